"""The characters of a page in the order in which the file draws them.

PDFium gives the characters of a line in the order that it takes for the reading order: it reverses the letters that are
read from the right, those of one glyph too, and the parts of the line if it takes the line for one that is read from
the right. What is drawn on one spot (the two letters of لا, a letter and its marks, a half-space) can be ordered only
by the order of drawing, so the reversal is taken back here.
"""

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from unicodedata import bidirectional

from pypdfium2 import PdfTextPage, raw

from .pdf_objects import TextObject, address_of, text_objects

UNREADABLE = "\ufffd"
"""The text of a glyph whose font has no Unicode map for it."""

_ON_BASELINE = 0.02  # sizes of the font
_WIDTH_OF_LETTER = 0.4  # the least width of a letter, in widths of its widest mark
_MAX_COORDINATE = 1e5  # points from the corner of the page
_PERSIAN = frozenset((*range(0x0600, 0x0700), 0x200C))
_HYPHEN = "\x02"  # PDFium's character for a hyphen at a line's end
# PDFium's classes of characters, a letter for each: read from the right, from the left, weak, neutral.
_CLASSES = {"R": "R", "AL": "R", "L": "L"} | dict.fromkeys(("AN", "EN", "NSM", "CS", "ES", "ET", "BN"), "W")

_Box = tuple[float, float, float, float]


class Char(NamedTuple):
    """A character as PDFium gives it.

    Attributes:
        text: The character; the whole text for a span that has a text of its own.
        x: The first coordinate of its origin.
        y: The second coordinate of its origin.
        bounds: Left, right, bottom and top of the character's box; the same as `ink` if it is not known.
        ink: Left, right, bottom and top of what is drawn.
        angle: The angle that it is turned by, in radians.
        size: The size of the font, in points.
        word: A number for the word that PDFium takes the character for a part of.
        mirrored: True if it is drawn through a mirror.
        object: The address of the object that draws it.
        is_span: True for a span that has a text of its own.
    """

    text: str
    x: float
    y: float
    bounds: _Box
    ink: _Box
    angle: float
    size: float
    word: int
    mirrored: bool
    object: int
    is_span: bool = False


def drawn_chars(page: PdfTextPage) -> list[Char]:
    """Return the characters of a page in the order of drawing, without the spaces and line ends that PDFium adds."""
    of_objects: dict[int, list[Char]] = defaultdict(list)
    for char in _chars(page):
        of_objects[char.object].append(char)
    found: list[Char] = []
    word = 0
    for span, group in groupby(text_objects(page), key=lambda drawn: drawn.span or drawn.address):
        objects = list(group)
        chars = [char for drawn in objects for char in of_objects.pop(drawn.address, [])]
        word = chars[0].word if chars else word
        if span == objects[0].span:
            found += _span(objects, word, found[-1].y if found else None)
        elif chars:
            found += chars
        else:
            found += _space(objects[0], word)
    for chars in of_objects.values():  # of forms that are too deep
        found += chars
    return found


def _chars(page: PdfTextPage) -> Iterator[Char]:
    """Yield the characters that are in the file; those of an object in the order of drawing."""
    line: list[tuple[str, Char | None]] = []
    for text, char in _listed(page):
        if text in "\r\n":
            yield from _as_drawn(line)
            line = []
        else:
            line.append((text, char))
    yield from _as_drawn(line)


def _as_drawn(line: list[tuple[str, Char | None]]) -> Iterator[Char]:
    """Yield the characters of a line of PDFium in the order that they had before PDFium reversed them."""
    parts = [(kind, list(part)) for kind, part in groupby(line, key=lambda listed: _class(listed[0]))]
    from_right = sum(kind == "R" for kind, _ in parts)
    reverse = 0 < from_right >= sum(kind == "L" for kind, _ in parts)
    direction = "R" if reverse else "L"
    undone = []
    for kind, part in parts:
        direction = kind if kind in "RL" else direction
        undone.append(part[::-1] if kind == "R" or (kind == "N" and direction == "R") else part)
    for part in reversed(undone) if reverse else undone:
        for _, char in part:
            if char:
                yield char


def _listed(page: PdfTextPage) -> Iterator[tuple[str, Char | None]]:
    """Yield the characters of PDFium's list; with None in place of those that PDFium adds."""
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
                    yield text, None
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
            drawn = address_of(raw.FPDFText_GetTextObject(handle, index))
            yield text, Char(text, x.value, y.value, box, ink, angle, size, word, mirrored, drawn)


def _span(objects: list[TextObject], word: int, baseline: float | None) -> Iterator[Char]:
    """Yield one character for the objects of a span that has a text of its own.

    Its place is that of the widest object; the others are marks, unless a narrower one is on the baseline.
    """
    boxes = {drawn.address: drawn.bounds() for drawn in objects}
    widest = max(right - left for left, right, _, _ in boxes.values())

    def rank(drawn: TextObject) -> tuple[bool, float]:
        left, right, _, _ = boxes[drawn.address]
        _, y, size = drawn.place()
        on_baseline = baseline is not None and abs(y - baseline) < _ON_BASELINE * size
        return on_baseline and right - left > _WIDTH_OF_LETTER * widest, right - left

    letter = max(objects, key=rank)
    yield from _char(letter, objects[0].text or "", boxes[letter.address], word, is_span=True)


def _space(drawn: TextObject, word: int) -> Iterator[Char]:
    """Yield a space for an object without extent, which PDFium leaves out: a space or a half-space drawn by itself."""
    left, right, bottom, top = drawn.bounds()
    if left == right and bottom == top:
        yield from _char(drawn, " ", (left, right, bottom, top), word, is_span=False)


def _char(drawn: TextObject, text: str, ink: _Box, word: int, *, is_span: bool) -> Iterator[Char]:
    x, y, size = drawn.place()
    if size and text and sum(map(abs, (x, y, size, *ink))) < _MAX_COORDINATE:
        angle, mirrored = drawn.turn()
        yield Char(text, x, y, ink, ink, angle, size, word, mirrored, drawn.address, is_span)


@lru_cache(1 << 12)
def _class(char: str) -> str:
    return _CLASSES.get(bidirectional(char), "N")
