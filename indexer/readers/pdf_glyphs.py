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

from .visual_order import logical

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

UNREADABLE = "\ufffd"
"""The text of a glyph of which the file does not say what it means."""

_STEP = 5  # degrees: what is turned by less is a crooked line
_FARTHEST = 1e5  # points, from the corner of the page
_STROKE = 2.5  # times as wide as high
_BEARING = 0.08  # of the size of the font: the room beside a letter of which only the ink is known
_OVERHANGING = frozenset("کگك")  # their stroke reaches over what is before them
_OVERHANG = 0.1  # of the size of the font
_PERSIAN = frozenset((*range(0x0600, 0x0700), 0x200C))
_PRESENTATION = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]")
_HYPHEN = "\x02"  # how PDFium gives one at a line's end
_NOTHING = re.compile("[\x00-\x1f\x7f\u0640\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Glyph(NamedTuple):
    """Characters drawn in one piece, in reading order; none for a stroke between two letters, a space for a space.
    Lengths are in points, as if the page were turned so that its lines run along the first axis.

    left, right: with the room that belongs to it. height: of the baseline. size: of the font. word: which one PDFium
    takes it for a part of. mirrored: whether it belongs to text that is drawn from the right, be it letters or numbers,
    as programs do that read scans.
    """

    text: str
    left: float
    right: float
    height: float
    size: float
    word: int = 0
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
    size: float
    word: int
    mirrored: bool


def glyphs(page: "PdfTextPage") -> dict[int, list[Glyph]]:
    """The glyphs of a page by the angle (in degrees) that they are turned by."""
    found: dict[int, list[Glyph]] = defaultdict(list)
    spots = [list(spot) for _, spot in groupby(_chars(page), key=lambda char: (char.x, char.y, char.ink[2:]))]
    for number, spot in enumerate(spots):
        char = spot[0]
        text = char.text
        if len(spot) > 1:
            beside = [other[0].x for other in spots[max(0, number - 1) : number + 2] if other[0].word == char.word]
            text = _reading(spot, turned=beside[0] >= beside[-1])
        angle = round(math.degrees(char.angle) / _STEP) * _STEP % 360
        found[angle].append(_glyph(_letters(text), spot))
    if 0 in found:
        found[0] += _spaces(page)
    return found


def _chars(page: "PdfTextPage") -> Iterator[_Char]:
    """The characters that are in the file; PDFium adds spaces and line ends of its own."""
    from pypdfium2 import raw  # noqa: PLC0415 - only those who have PDFs wait for it

    handle = page.raw
    x, y, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
    matrix, bounds = raw.FS_MATRIX(), raw.FS_RECTF()
    word = 0
    # Each call costs a microsecond, and all of them most of the time that a page takes.
    for index in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, index)
        text = chr(code)
        if code not in _PERSIAN:
            if text.isspace():
                word += 1
                if raw.FPDFText_IsGenerated(handle, index) == 1:
                    continue
                text = " "
            elif text == _HYPHEN and raw.FPDFText_IsHyphen(handle, index) == 1:
                text = "-"
            elif raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
                text = UNREADABLE  # the number of the glyph, which is hardly ever that of a Persian letter
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        raw.FPDFText_GetLooseCharBox(handle, index, bounds)
        raw.FPDFText_GetMatrix(handle, index, matrix)
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        box = (bounds.left, bounds.right, bounds.bottom, bounds.top)
        if text == " " and box[0] == box[1] and box[2] == box[3]:
            continue
        size = raw.FPDFText_GetFontSize(handle, index) * math.hypot(c, d)
        if sum(map(abs, (x.value, y.value, size, *box))) < _FARTHEST:  # nor is it NaN
            mirrored = a * d < b * c
            angle = math.atan2(-b, -a) if mirrored else math.atan2(b, a)
            ink = (left.value, right.value, bottom.value, top.value)
            yield _Char(text, x.value, y.value, box, ink, angle, size, word, mirrored)


def _spaces(page: "PdfTextPage") -> Iterator[Glyph]:
    """The spaces and half-spaces that are drawn by themselves, which PDFium leaves out: texts without extent."""
    from pypdfium2 import raw  # noqa: PLC0415

    left, bottom, right, top, size = (ctypes.c_float() for _ in range(5))
    matrix = raw.FS_MATRIX()
    for index in range(raw.FPDFPage_CountObjects(page.page)):
        drawn = raw.FPDFPage_GetObject(page.page, index)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_TEXT:
            continue
        raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
        if left.value == right.value and bottom.value == top.value:
            raw.FPDFPageObj_GetMatrix(drawn, matrix)
            raw.FPDFTextObj_GetFontSize(drawn, size)
            height = size.value * math.hypot(matrix.c, matrix.d)
            if height and sum(map(abs, (left.value, bottom.value, height))) < _FARTHEST:
                yield Glyph(" ", left.value, left.value, bottom.value, height)


def _glyph(text: str, spot: list[_Char]) -> Glyph:
    """The glyph of the characters at one spot."""
    char, *others = spot
    if text == "." and char.ink[1] - char.ink[0] > _STROKE * (char.ink[3] - char.ink[2]):
        text = ""
    left, right, bottom, top = char.bounds
    for other in others:
        left, right = min(left, other.bounds[0]), max(right, other.bounds[1])
    if text and text[0] in _OVERHANGING:
        right -= _OVERHANG * char.size * (right == char.ink[1] and char.ink != char.bounds)
    elif char.ink == char.bounds:
        right += _BEARING * char.size
    start, height = char.x, char.y
    if char.angle:
        cos, sin = math.cos(char.angle), math.sin(char.angle)
        start, height = start * cos + height * sin, height * cos - start * sin
        ends = [across * cos + up * sin for across in (left, right) for up in (bottom, top)]
        left, right = min(ends), max(ends)
    # The room of a letter begins at its origin; its ink may begin before.
    start, end = (left, start) if char.mirrored else (start, max(start, right))
    return Glyph(text, start, end, height, char.size, char.word, char.mirrored)


def _reading(chars: list[_Char], *, turned: bool) -> str:
    """What characters at one spot say together. turned: whether PDFium gives those of their word from the right; then
    it has reversed those of one glyph with them, if it has not taken the glyph (a ligature) apart itself."""
    text = "".join(char.text for char in chars)
    from_right = any(bidirectional(char) in ("R", "AL") for char in text)
    if chars[0].ink != chars[1].ink:  # said of the glyph by the file, and parted by PDFium
        return "".join(char.text for char in sorted(chars, key=lambda char: char.ink[0], reverse=from_right))
    back = "".join(logical(text, right_to_left=from_right))
    if back in _ligatures() or text in _ligatures():
        return back if back in _ligatures() else text
    return back if turned else text


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
