"""What stands on a page of a PDF, and where: the glyphs that PDFium finds."""

import ctypes
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import bidirectional, normalize

from jooya.indexer.readers.visual_order import logical

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

UNREADABLE = "\ufffd"
"""The text of a glyph of which the file does not say what it means."""

_STEP = 5  # degrees: what is turned by less is a crooked line
_FARTHEST = 1e5  # points, from the corner of the page
_STROKE = 2.5  # times as wide as high
_BEARING = 0.08  # of the size of the font: the room beside a letter of which only the ink is known
_PERSIAN = re.compile("[\u0600-\u06ff\u200c]")
_PRESENTATION = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]")
_HYPHEN = "\x02"  # how PDFium gives one at a line's end
_NOTHING = re.compile("[\x00-\x1f\x7f\u0640\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Glyph(NamedTuple):
    """Characters drawn in one piece, in reading order; none for a stroke between two letters, a space for a space.
    Lengths are in points, as if the page were turned so that its lines run along the first axis.

    left, right: with the room that belongs to it. height: of the baseline. size: of the font. mirrored: whether it
    belongs to text that is drawn from the right, be it letters or numbers, as programs do that read scans.
    """

    text: str
    left: float
    right: float
    height: float
    size: float
    mirrored: bool = False


class _Char(NamedTuple):
    """A character as PDFium gives it. x, y: its origin. bounds: left, right, bottom, top, with its room if that is
    known; ink: the same without. angle: in radians."""

    text: str
    x: float
    y: float
    bounds: tuple[float, float, float, float]
    ink: tuple[float, float, float, float]
    angle: float
    mirrored: bool
    size: float


def glyphs(page: "PdfTextPage") -> dict[int, list[Glyph]]:
    """The glyphs of a page by the angle (in degrees) that they are turned by."""
    found: dict[int, list[Glyph]] = defaultdict(list)
    for _, parts in groupby(_chars(page), key=lambda char: (char.x, char.y, char.ink[2:])):
        first, *others = parts
        angle = round(math.degrees(first.angle) / _STEP) * _STEP % 360
        found[angle].append(_glyph(first, others))
    return found


def _chars(page: "PdfTextPage") -> Iterator[_Char]:
    """The characters that are in the file; PDFium adds spaces and line ends of its own."""
    from pypdfium2 import raw  # noqa: PLC0415 - only those who have PDFs wait for it

    handle = page.raw
    x, y, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
    matrix, bounds = raw.FS_MATRIX(), raw.FS_RECTF()
    # Each call costs a microsecond, which is most of the time a page takes.
    for index in range(raw.FPDFText_CountChars(handle)):
        text = chr(raw.FPDFText_GetUnicode(handle, index))
        if text.isspace():
            if raw.FPDFText_IsGenerated(handle, index) == 1:
                continue
            text = " "
        elif text == _HYPHEN and raw.FPDFText_IsHyphen(handle, index) == 1:
            text = "-"
        elif not _PERSIAN.match(text) and raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
            text = UNREADABLE  # the number of the glyph, which is hardly ever that of a Persian letter
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        raw.FPDFText_GetLooseCharBox(handle, index, bounds)
        raw.FPDFText_GetMatrix(handle, index, matrix)
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        mirrored = a * d < b * c
        size = raw.FPDFText_GetFontSize(handle, index) * math.hypot(c, d)
        box = (bounds.left, bounds.right, bounds.bottom, bounds.top)
        if text == " " and box[0] == box[1] and box[2] == box[3]:
            continue
        if sum(map(abs, (x.value, y.value, size, *box))) < _FARTHEST:  # not NaN either
            angle = math.atan2(-b, -a) if mirrored else math.atan2(b, a)
            ink = (left.value, right.value, bottom.value, top.value)
            yield _Char(text, x.value, y.value, box, ink, angle, mirrored, size)


def _glyph(char: _Char, others: list[_Char]) -> Glyph:
    """The glyph of a character, and of others at the same spot."""
    text = _letters(_reading([char, *others]) if others else char.text)
    if text == "." and char.ink[1] - char.ink[0] > _STROKE * (char.ink[3] - char.ink[2]):
        text = ""
    left, right, bottom, top = char.bounds
    for other in others:
        left, right = min(left, other.bounds[0]), max(right, other.bounds[1])
    if char.ink == char.bounds:
        right += _BEARING * char.size
    start, height = char.x, char.y
    if char.angle:
        cos, sin = math.cos(char.angle), math.sin(char.angle)
        start, height = start * cos + height * sin, height * cos - start * sin
        ends = [across * cos + up * sin for across in (left, right) for up in (bottom, top)]
        left, right = min(ends), max(ends)
    # The room of a letter begins at its origin; its ink may begin before.
    start, end = (left, start) if char.mirrored else (start, max(start, right))
    return Glyph(text, start, end, height, char.size, char.mirrored)


def _reading(chars: list[_Char]) -> str:
    """What characters at one spot say together."""
    text = "".join(char.text for char in chars)
    from_right = any(bidirectional(char) in ("R", "AL") for char in text)
    if chars[0].ink != chars[1].ink:  # said of the glyph by the file, and parted by PDFium
        return "".join(char.text for char in sorted(chars, key=lambda char: char.ink[0], reverse=from_right))
    # PDFium reverses what is read from the right, but not a ligature that it has taken apart itself.
    turned = "".join(logical(text, right_to_left=from_right))
    return turned if turned in _ligatures() or text not in _ligatures() else text


@lru_cache(1 << 12)
def _letters(text: str) -> str:
    """`text` in letters, without what is not seen."""
    if _PRESENTATION.search(text):
        text = normalize("NFKC", text).strip()
    return _NOTHING.sub("", text)


@cache
def _ligatures() -> frozenset[str]:
    """What the ligatures among the presentation forms stand for."""
    forms = (normalize("NFKC", chr(code)) for code in (*range(0xFB00, 0xFDFE), *range(0xFE70, 0xFEFD)))
    return frozenset(form for form in forms if len(form) > 1)
