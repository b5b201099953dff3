"""Running headers of PDF pages: headers, footers and page numbers, which are removed from the text of each page.

This module and `structure.running_headers` find the same thing in different input, and neither can do the work of the
other. A PDF has pages, and the height of each line on them. A line that recurs at the same height on two of the pages
near by is no part of the text, however long it is; so a header may change with every chapter. Plain text has form feeds
between pages at best, and no heights. There, a line has to be short and to recur on three pages, the first of which may
have it as the heading of a chapter; where there are no form feeds, it also has to interrupt a sentence. These rules
would miss headers in PDFs, and the rules of PDFs would remove headings and refrains from plain text.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from ...analyzers.characters import align

_EDGE = 3  # lines at the top, and at the bottom, of a page that may be running headers
_NEAR = 4  # pages on either side; headers change with the chapter, and from left pages to right ones
_MIN_OTHERS = 2  # of these pages have the line, too
_MAX_LENGTH = 200  # characters
_BAND = 4.0  # points; lines within it are at the same height
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,6}(?![0-9])")
_SIGNS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")


class _Trait(NamedTuple):
    """A trait that lines of several pages may share.

    Attributes:
        words: The words of the line, with one number as `#` if `ahead` is given.
        ahead: By how much this number is ahead of the index of the page.
        band: The height of the line, in units of `_BAND`.
    """

    words: str
    ahead: int | None
    band: int


def body_spans(pages: Sequence[Sequence[str]], heights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the span of the lines of each page that are its text, without headers, footers and page numbers.

    A line is a running header if it is one of the three at the top or the bottom of its page, if all lines beyond it
    are running headers too, and if two of the pages near by have it at the same edge: with a number that goes up by one
    from page to page, or in the same words and at the same height. A line that stands inside pages, or twice on one, at
    least half as often as at their edges is text, such as the refrain of a poem.

    Args:
        pages: The lines of each page.
        heights: The heights of the lines, in points.

    Returns:
        For each page the start and end of `page[start:end]`.
    """
    filled = [[number for number, line in enumerate(page) if line.strip()] for page in pages]
    inside: Counter[str] = Counter()
    for number, lines in enumerate(filled):
        words = [_words(pages[number][line]) for line in lines]
        inside.update(words[_EDGE:-_EDGE])
        inside.update(some for some, times in Counter(words).items() if times > 1)
    spans = [(0, len(page)) for page in pages]
    for top in (True, False):
        edges = [lines[:_EDGE] if top else lines[-_EDGE:][::-1] for lines in filled]
        traits = [
            [_traits(pages[page][line], page, heights[page][line]) for line in lines]
            for page, lines in enumerate(edges)
        ]
        seen: dict[_Trait, list[int]] = defaultdict(list)
        for page, of_lines in enumerate(traits):
            for trait in set(chain.from_iterable(of_lines)):
                seen[trait].append(page)
        for page, (lines, of_lines) in enumerate(zip(edges, traits, strict=True)):
            for line, of_line in zip(lines, of_lines, strict=True):
                start, end = spans[page]
                shared = [trait for trait in of_line if _is_shared(trait, page, seen[trait], inside)]
                if not shared or not start <= line < end:
                    break
                cut = (line + 1, end) if top else (start, line)
                counted = any(trait.ahead is not None for trait in shared)
                if counted or "".join(pages[page][slice(*cut)]).strip():
                    spans[page] = cut
    return spans


def _is_shared(trait: _Trait, page: int, seen: list[int], inside: Counter[str]) -> bool:
    """Return True if pages near by have a trait, too; `seen` are all pages that have it, in order."""
    near = bisect_right(seen, page + _NEAR) - bisect_left(seen, page - _NEAR) - 1
    return near >= _MIN_OTHERS and 2 * inside[trait.words] < len(seen)


def _traits(line: str, page: int, height: float) -> list[_Trait]:
    """Return the traits that a line may share with lines of other pages."""
    if len(line) > _MAX_LENGTH:
        return []
    words = _words(line)
    band = round(height / _BAND)
    traits = [_Trait(words, None, band)] if _LETTER.search(words) else []
    for number in _NUMBER.finditer(words):
        others = f"{words[: number.start()]}#{words[number.end() :]}"
        traits.append(_Trait(others, int(number[0]) - page, band))
    return traits


def _words(line: str) -> str:
    return _SIGNS.sub(" ", align(line[:_MAX_LENGTH])).strip()
