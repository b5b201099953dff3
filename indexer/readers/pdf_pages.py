"""The lines of a page of a PDF, in the order of letters that makes words of them.

In some files the letters of a line, or those of the ligatures of a font (لم, ین), stand in another order than the one
they are read in. The words tell: those of the page for its lines, those of the whole file for the ligatures.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import NamedTuple

from pypdfium2 import PdfDocument, PdfiumError, raw

from ..errors import BadInput
from .legibility import is_legible, known_words
from .ocr import ADVICE
from .pdf_glyphs import Glyph, page_glyphs
from .pdf_layout import Line, page_lines
from .pdf_strokes import without_strokes

MAX_PAGE_CHARACTERS = 200_000
"""The most characters on a page. A page of a newspaper has 30,000."""

LEAD = 40.0
"""The words that the best order of letters gives more than the worst, from which on no other is tried."""

_MIN_KNOWN = 0.5  # share of the words of text whose letters are in the right order
_MIN_WORDS = 4  # fewer words tell nothing
_PICTURE_DEPTH = 3  # of forms within one another

_NO_UNICODE_MAP = f"its text can't be read, since its fonts have no usable Unicode map: {ADVICE}"


class NoUnicodeMap(BadInput):
    """The characters of a page are not the ones that a reader of the page sees."""


class Page(NamedTuple):
    """The lines of a page.

    Attributes:
        orders: The lines with the letters of ligatures in the order of the Unicode map; where these letters do not tell
            the order, also in that which most fonts have them in, and in the reverse of the map.
        known: For each of them, the number of known words that not all of them have.
    """

    orders: tuple[list[Line], ...]
    known: tuple[float, ...] = (0.0,)


def read_page(pdf: PdfDocument, index: int, order: int | None = None) -> Page | None:
    """Return a page, or None if the page is a picture.

    Text along the edges of the page, turned by a right angle, comes last. Text at another angle is left out.

    Args:
        pdf: The open file.
        index: The number of the page, from 0.
        order: The order of the letters of ligatures, if it is known: a number for one of `Page.orders`.

    Raises:
        NoUnicodeMap: If the characters of the page can't be known.
        BadInput: If the page can't be read.
    """
    try:
        with closing(pdf[index]) as page, closing(page.get_textpage()) as text:
            if text.count_chars() > MAX_PAGE_CHARACTERS:
                raise BadInput(f"more than {MAX_PAGE_CHARACTERS:,} characters")
            by_angle = page_glyphs(text)
            if not by_angle:
                picture = next(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=_PICTURE_DEPTH), None)
                return Page(([],)) if picture is None else None
    except PdfiumError:
        raise BadInput("broken") from None
    upright = [group for angle, group in by_angle.items() if angle % 90 == 0]
    groups = sorted(upright, key=len, reverse=True)
    several = any(glyph.usual for group in groups for glyph in group)
    changes: Sequence[Callable[[Glyph], Glyph]] = _CHANGES if several else _CHANGES[:1]
    if order is not None:
        changes = _CHANGES[order : order + 1]
    orders = [_page_lines([list(map(change, group)) for group in groups]) for change in changes]
    if not is_legible(_text(orders[0])):
        raise NoUnicodeMap(_NO_UNICODE_MAP)
    return Page(tuple(orders), _known(orders))


def leading(pages: Iterable[Page], lead: float = 0.0) -> int | None:
    """Return the order of the letters of ligatures that gives the most words.

    Args:
        pages: The pages of a file.
        lead: How many words more it has to give than the worst one; None is returned if it gives less.
    """
    sums = [sum(page.known[order] for page in pages if len(page.orders) > 1) for order in range(len(_CHANGES))]
    best = max(range(len(sums)), key=lambda order: sums[order])
    return best if sums[best] - min(sums) >= lead else None


def in_one_order(pages: Sequence[Page]) -> list[list[Line]]:
    """Return the lines of the pages of a file, with the letters of ligatures in the order that gives the most words."""
    best = leading(pages) or 0
    return [page.orders[best if len(page.orders) > 1 else 0] for page in pages]


def _same(glyph: Glyph) -> Glyph:
    return glyph


def _usual(glyph: Glyph) -> Glyph:
    return glyph._replace(text=glyph.usual) if glyph.usual else glyph


def _reversed(glyph: Glyph) -> Glyph:
    return glyph._replace(text=glyph.text[::-1]) if glyph.usual else glyph


_CHANGES = (_same, _usual, _reversed)


def _known(orders: Sequence[list[Line]]) -> tuple[float, ...]:
    if len(orders) == 1:
        return (0.0,)
    words = [Counter(_text(lines).split()) for lines in orders]
    shared = words[0] & words[1] & words[2]
    own = ["\n".join((counts - shared).elements()) for counts in words]
    return tuple([share * count for share, count in map(known_words, own)])


def _page_lines(groups: Iterable[list[Glyph]]) -> list[Line]:
    return [line for group in groups for line in _lines(group)]


def _lines(glyphs: list[Glyph]) -> list[Line]:
    """Return the lines of glyphs, whichever way round the file has their letters."""
    seen = _without_strokes(page_lines(glyphs))
    share, words = known_words(_text(seen))
    if words >= _MIN_WORDS and share < _MIN_KNOWN:
        drawn = page_lines(glyphs, ordered=False)
        if known_words(_text(drawn))[0] >= _MIN_KNOWN:
            return drawn
    return seen


def _without_strokes(lines: list[Line]) -> list[Line]:
    texts = without_strokes(_text(lines)).split("\n")
    return [line._replace(text=text) for line, text in zip(lines, texts, strict=bool(lines))]


def _text(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)
