"""The glyphs on a page of a PDF and their positions, as PDFium finds them."""

import ctypes
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple
from unicodedata import bidirectional, normalize

from pypdfium2 import PdfTextPage, raw

from .visual_order import to_logical_order

UNREADABLE = "\ufffd"
"""The text of a glyph whose font has no Unicode map for it."""

_ANGLE_STEP = 5  # degrees; text that is turned by less is a crooked line
_MAX_COORDINATE = 1e5  # points from the corner of the page
_STROKE_RATIO = 2.5  # a full stop that is so many times as wide as high is the stroke between two letters (kashida)
_BEARING = 0.08  # of the font's size: the part of the box beside the ink, for a letter of which only the ink is known
_OVERHANGING = frozenset("کگك")  # their stroke reaches over the letter before them
_OVERHANG = 0.1  # of the font's size
_PERSIAN = frozenset((*range(0x0600, 0x0700), 0x200C))
_PRESENTATION = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]")
_HYPHEN = "\x02"  # PDFium's character for a hyphen at a line's end
_INVISIBLE = re.compile("[\x00-\x1f\x7f\u0640\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Glyph(NamedTuple):
    """Characters that are drawn in one piece.

    Lengths are in points, as if the page were turned so that its lines run along the first axis.

    Attributes:
        text: The characters in reading order; empty for a stroke between two letters (kashida), a space for a space.
        left: The left end of the glyph's box: the ink, and the empty space that the font puts beside it.
        right: The right end of the box.
        height: The height of the baseline.
        size: The size of the font.
        word: A number for the word that PDFium takes the glyph for a part of.
        mirrored: True if the text is drawn from the right, whether it is letters or numbers, as OCR programs do.
    """

    text: str
    left: float
    right: float
    height: float
    size: float
    word: int = 0
    mirrored: bool = False


class _Char(NamedTuple):
    """A character as PDFium gives it.

    Attributes:
        text: The character.
        x: The first coordinate of its origin.
        y: The second coordinate of its origin.
        bounds: Left, right, bottom and top of the character's box; the same as `ink` if it is not known.
        ink: Left, right, bottom and top of what is drawn.
        angle: The angle that it is turned by, in radians.
        size: The size of the font, in points.
        word: As in `Glyph`.
        mirrored: As in `Glyph`.
    """

    text: str
    x: float
    y: float
    bounds: tuple[float, float, float, float]
    ink: tuple[float, float, float, float]
    angle: float
    size: float
    word: int
    mirrored: bool


def page_glyphs(page: PdfTextPage) -> dict[int, list[Glyph]]:
    """Return the glyphs of a page, by the angle (in degrees) that they are turned by."""
    found: dict[int, list[Glyph]] = defaultdict(list)
    spots = [list(spot) for _, spot in groupby(_chars(page), key=lambda char: (char.x, char.y, char.ink[2:]))]
    for number, spot in enumerate(spots):
        char = spot[0]
        text = char.text
        if len(spot) > 1:
            beside = [other[0].x for other in spots[max(0, number - 1) : number + 2] if other[0].word == char.word]
            text = _reading_order(spot, reversed_word=beside[0] >= beside[-1])
        angle = round(math.degrees(char.angle) / _ANGLE_STEP) * _ANGLE_STEP % 360
        found[angle].append(_glyph(_plain_letters(text), spot))
    if 0 in found:
        found[0] += _spaces(page)
    return found


def _chars(page: PdfTextPage) -> Iterator[_Char]:
    """Yield the characters that are in the file, without the spaces and line ends that PDFium adds."""
    handle = page.raw
    x, y, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
    matrix, bounds = raw.FS_MATRIX(), raw.FS_RECTF()
    word = 0
    # Each call takes a microsecond, and together they take most of the time of a page.
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
                text = UNREADABLE  # PDFium gives the glyph's number, which is hardly ever that of a Persian letter
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        raw.FPDFText_GetLooseCharBox(handle, index, bounds)
        raw.FPDFText_GetMatrix(handle, index, matrix)
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        box = (bounds.left, bounds.right, bounds.bottom, bounds.top)
        if text == " " and box[0] == box[1] and box[2] == box[3]:
            continue
        size = raw.FPDFText_GetFontSize(handle, index) * math.hypot(c, d)
        if sum(map(abs, (x.value, y.value, size, *box))) < _MAX_COORDINATE:  # false also for NaN
            mirrored = a * d < b * c
            angle = math.atan2(-b, -a) if mirrored else math.atan2(b, a)
            ink = (left.value, right.value, bottom.value, top.value)
            yield _Char(text, x.value, y.value, box, ink, angle, size, word, mirrored)


def _spaces(page: PdfTextPage) -> Iterator[Glyph]:
    """Yield the spaces and half-spaces that are drawn by themselves, which PDFium leaves out: text without extent."""
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
            if height and sum(map(abs, (left.value, bottom.value, height))) < _MAX_COORDINATE:
                yield Glyph(" ", left.value, left.value, bottom.value, height)


def _glyph(text: str, spot: list[_Char]) -> Glyph:
    """Return the glyph of the characters at one spot."""
    char, *others = spot
    if text == "." and char.ink[1] - char.ink[0] > _STROKE_RATIO * (char.ink[3] - char.ink[2]):
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
    # The box of a letter begins at its origin; its ink may begin before it.
    start, end = (left, start) if char.mirrored else (start, max(start, right))
    return Glyph(text, start, end, height, char.size, char.word, char.mirrored)


def _reading_order(chars: list[_Char], *, reversed_word: bool) -> str:
    """Return the characters at one spot in reading order.

    Args:
        chars: The characters, as PDFium orders them.
        reversed_word: True if PDFium gives the characters of their word from the right. It has then also reversed those
            of one glyph, unless it has split the glyph (a ligature) itself.
    """
    text = "".join(char.text for char in chars)
    from_right = any(bidirectional(char) in ("R", "AL") for char in text)
    if chars[0].ink != chars[1].ink:  # the Unicode map has several characters for a glyph, and PDFium has split it
        return "".join(char.text for char in sorted(chars, key=lambda char: char.ink[0], reverse=from_right))
    reversed_text = "".join(to_logical_order(text, right_to_left=from_right))
    if reversed_text in _ligatures() or text in _ligatures():
        return reversed_text if reversed_text in _ligatures() else text
    return reversed_text if reversed_word else text


@lru_cache(1 << 12)
def _plain_letters(text: str) -> str:
    """Return `text` in letters instead of presentation forms, without invisible characters and kashida."""
    if _PRESENTATION.search(text):
        text = normalize("NFKC", text).strip()
    return _INVISIBLE.sub("", text)


@cache
def _ligatures() -> frozenset[str]:
    """Return the letters of each ligature among the presentation forms."""
    forms = (normalize("NFKC", chr(code)) for code in (*range(0xFB00, 0xFDFE), *range(0xFE70, 0xFEFD)))
    return frozenset(form for form in forms if len(form) > 1)
