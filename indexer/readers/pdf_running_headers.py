"""What stands on pages besides their text: headers, footers, page numbers."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from ...analyzers.characters import align

_EDGE = 3  # lines at the top and at the bottom of a page
_NEAR = 4  # pages on either side: headers change with the chapter, and from left pages to right ones
_OTHERS = 2  # pages among them
_LONGEST = 200  # characters
_BAND = 4.0  # points
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,6}(?![0-9])")
_SIGNS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")


class _Mark(NamedTuple):
    """What pages have in common: the words of a line, how far its number is ahead of the page's, where it stands."""

    words: str
    ahead: int | None
    band: int | None


def without_furniture(
    pages: Sequence[Sequence[str]], heights: Sequence[Sequence[float]] | None = None
) -> list[tuple[int, int]]:
    """Where the text of each page begins and ends: `page[start:end]` is without headers, footers and page numbers.

    A line is furniture if it is one of the three at the top or the bottom of its page, what is beyond it is furniture
    too, and two of the pages near by have it at the same edge: with a number that goes up by one from page to page,
    or in the same words and at the same height; if heights are not known, set off from the text by an empty line. What
    stands inside pages, or twice on one, half as often as at their edges is text, such as the refrain of a poem.

    pages: their lines. heights: of the lines, in points.
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
        marks = [
            [_marks(pages[page][line], page, heights[page][line] if heights else None) for line in lines]
            for page, lines in enumerate(edges)
        ]
        seen: dict[_Mark, list[int]] = defaultdict(list)
        for page, of_lines in enumerate(marks):
            for mark in set(chain.from_iterable(of_lines)):
                seen[mark].append(page)
        for page, (lines, of_lines) in enumerate(zip(edges, marks, strict=True)):
            for line, of_line in zip(lines, of_lines, strict=True):
                start, end = spans[page]
                shared = [mark for mark in of_line if _is_shared(mark, page, seen[mark], inside)]
                if not shared or not start <= line < end:
                    break
                cut = (line + 1, end) if top else (start, line)
                beside = pages[page][line + 1 : line + 2] if top else pages[page][max(0, line - 1) : line]
                counted = any(mark.ahead is not None for mark in shared)
                if counted or ((heights or not "".join(beside).strip()) and "".join(pages[page][slice(*cut)]).strip()):
                    spans[page] = cut
    return spans


def _is_shared(mark: _Mark, page: int, seen: list[int], inside: Counter[str]) -> bool:
    """Whether the pages near by have a mark, too; `seen` are all that have it."""
    near = bisect_right(seen, page + _NEAR) - bisect_left(seen, page - _NEAR) - 1
    return near >= _OTHERS and 2 * inside[mark.words] < len(seen)


def _marks(line: str, page: int, height: float | None) -> list[_Mark]:
    """What a line may have in common with those of other pages."""
    if len(line) > _LONGEST:
        return []
    words = _words(line)
    band = None if height is None else round(height / _BAND)
    marks = [_Mark(words, None, band)] if _LETTER.search(words) else []
    for number in _NUMBER.finditer(words):
        others = f"{words[: number.start()]}#{words[number.end() :]}"
        marks.append(_Mark(others, int(number[0]) - page, band))
    return marks


def _words(line: str) -> str:
    return _SIGNS.sub(" ", align(line[:_LONGEST])).strip()
