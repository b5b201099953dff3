"""The glyphs on a page of a PDF and their positions, as PDFium finds them."""

import math
import re
from collections import defaultdict
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple
from unicodedata import bidirectional, combining, normalize

from pypdfium2 import PdfTextPage

from .pdf_stream import Char, drawn_chars

_ANGLE_STEP = 5  # degrees; text that is turned by less is a crooked line
_STROKE_RATIO = 2.5  # a full stop that is so many times as wide as high is the stroke between two letters (kashida)
_BEARING = 0.08  # of the font's size: the part of the box beside the ink, for a letter of which only the ink is known
_OVERHANGING = frozenset("کگك")  # their stroke reaches over the letter before them
_OVERHANG = 0.1  # of the font's size
_PRESENTATION = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]")
_INVISIBLE = re.compile("[\x00-\x1f\x7f\u0640\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ARABIC = 0x06  # the higher byte of the letters
_NOT_JOINING = frozenset("اآأإٱدذرزژوؤءةى")  # to the letter after them


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
        order: Its number in the order of drawing.
        usual: The letters of a ligature in the order that most fonts have them in, if those in `text` may be in reading
            order or as they are seen; empty for all other glyphs.
    """

    text: str
    left: float
    right: float
    height: float
    size: float
    word: int = 0
    mirrored: bool = False
    order: int = 0
    usual: str = ""


def page_glyphs(page: PdfTextPage) -> dict[int, list[Glyph]]:
    """Return the glyphs of a page in the order of drawing, by the angle (in degrees) that they are turned by."""
    found: dict[int, list[Glyph]] = defaultdict(list)
    for number, (_, spot) in enumerate(groupby(drawn_chars(page), key=_spot)):
        chars = list(spot)
        char = chars[0]
        text, usual = (char.text, "") if len(chars) == 1 else _reading_order(_mended([other.text for other in chars]))
        text = " ".join(text.split()) or " " if char.is_span else text
        angle = round(math.degrees(char.angle) / _ANGLE_STEP) * _ANGLE_STEP % 360
        glyph = _glyph(_plain_letters(text), char, number)
        found[angle].append(glyph._replace(usual=_plain_letters(usual)) if usual else glyph)
    return found


def _spot(char: Char) -> tuple[object, ...]:
    """Return what the characters of one glyph have in common."""
    return char.object, char.x, char.y, char.ink


def _glyph(text: str, char: Char, order: int) -> Glyph:
    """Return the glyph that is drawn at the place of a character."""
    if text == "." and char.ink[1] - char.ink[0] > _STROKE_RATIO * (char.ink[3] - char.ink[2]):
        text = ""
    left, right, bottom, top = char.bounds
    is_mark = bool(text) and all(map(combining, text))
    if is_mark:
        left, right, bottom, top = char.ink
    elif text and text[0] in _OVERHANGING:
        right -= _OVERHANG * char.size * (right == char.ink[1] and char.ink != char.bounds)
    elif char.ink == char.bounds and text != " ":
        right += _BEARING * char.size
    start, height = char.x, char.y
    if char.angle:
        cos, sin = math.cos(char.angle), math.sin(char.angle)
        start, height = start * cos + height * sin, height * cos - start * sin
        ends = [across * cos + up * sin for across in (left, right) for up in (bottom, top)]
        left, right = min(ends), max(ends)
    # The box of a letter begins at its origin; its ink may begin before it.
    start, end = (left, max(left, right)) if is_mark else (left, start) if char.mirrored else (start, max(start, right))
    return Glyph(text, start, end, height, char.size, char.word, char.mirrored, order)


def _mended(chars: list[str]) -> list[str]:
    """Return the characters of one glyph without a fault of Ghostscript 10.0.

    In the Unicode maps that it writes, the second letter of a ligature has the lower byte of the first one in place of
    its own higher byte: 0644 4427 for 0644 0627 (لا).
    """
    for first, second in (chars, chars[::-1]) if len(chars) == 2 else ():
        code, other = ord(first), ord(second)
        if code >> 8 == _ARABIC and other >> 8 == code & 0xFF:
            return [first, chr(_ARABIC << 8 | other & 0xFF)]
    return chars


def _reading_order(chars: list[str]) -> tuple[str, str]:
    """Return the characters of one glyph in reading order, and another order if the letters do not tell which it is.

    The Unicode map of a font should list the letters of a ligature in reading order; in some files they stand as they
    are seen. Only the last letter of a ligature may be one that does not join the next (لا).
    """
    text = "".join(chars)
    other = text[::-1]
    if text == other or sum(bidirectional(char) in ("R", "AL") for char in text) < 1 + (not _has_marks(text)):
        return text, ""
    if combining(text[0]) or combining(text[-1]):
        return (other if combining(text[0]) else text), ""
    joined, other_joined = _is_joined(text), _is_joined(other)
    known, other_known = (_without_marks(form) in _ligatures() for form in (text, other))
    if len(text) > 2 and known != other_known:
        return (text if known else other), ""
    if joined != other_joined:
        return (text if joined else other), ""
    return text, (other if other_known and not known else text)


def _has_marks(text: str) -> bool:
    return any(map(combining, text))


def _without_marks(text: str) -> str:
    return "".join(char for char in text if not combining(char))


def _is_joined(text: str) -> bool:
    """Return True if each letter joins the next."""
    letters = [char for char in text if char.isalpha()]
    return not any(letter in _NOT_JOINING for letter in letters[:-1])


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
