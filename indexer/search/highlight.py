"""Highlights, the words of a passage that a query found, and snippets, the part of a long passage to show."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ...analyzers import TokenColumns
from ...analyzers.loose_terms import loose_terms
from ..limits import check
from ..query.highlight_terms import HighlightTerms
from .chunked_analysis import analyze_in_chunks

Span = tuple[int, int]
"""The start and the end of a part of a text, as offsets in characters."""

_BETWEEN_WORDS = re.compile(r"[\s\u200b-\u200f]*")


def highlight(text: str, highlight_terms: HighlightTerms) -> list[Span]:
    """Return the spans of a text to highlight, in order; spans with nothing but space between them are merged.

    Args:
        text: The text of a passage.
        highlight_terms: The terms to highlight.
    """
    columns = analyze_in_chunks(text)
    spans = [
        (start, end)
        for surface, stem, start, end in zip(columns.surfaces, columns.stems, columns.starts, columns.ends, strict=True)
        if stem in highlight_terms.stems
        or surface in highlight_terms.surfaces
        or (highlight_terms.loose and loose_terms().find(surface, stem) in highlight_terms.loose)
    ]
    for phrase in highlight_terms.phrases:
        spans += _occurrences(columns, columns.surfaces, phrase)
    for parts in highlight_terms.compounds:
        *first, last = parts
        words = [
            last if stem == last and surface not in first else surface
            for surface, stem in zip(columns.surfaces, columns.stems, strict=True)
        ]
        spans += _occurrences(columns, words, parts)
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or _BETWEEN_WORDS.fullmatch(text, merged[-1][1], start)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def snippet(text: str, spans: Sequence[Span], width: int) -> Span:
    """Return the part of a text that has most of the highlights in it, cut between words.

    Args:
        text: The text of a passage.
        spans: The highlights, in order.
        width: The greatest length of the snippet, in characters. A text that is no longer is returned whole.
    """
    if len(text) <= width:
        return 0, len(text)
    # A window begins at each highlight, and the one with the most highlighted characters is best. The room that is
    # left is shared between the two sides.
    starts = [start for start, _ in spans]
    sums = list(accumulate((end - start for start, end in spans), initial=0))
    lasts = [max(bisect_left(starts, start + width * 2 // 3), index + 1) for index, start in enumerate(starts)]
    best = max(range(len(spans)), key=lambda index: sums[lasts[index]] - sums[index], default=None)
    begin, last = (spans[best][0], spans[lasts[best] - 1][1]) if best is not None else (0, 0)
    begin = max(0, min(begin - max(width - (last - begin), 0) // 2, len(text) - width))
    end = min(begin + width, len(text))
    first, last = _after_space(text, begin, end), _before_space(text, begin, end)
    return (first, last) if first < last else (begin, end)


def _after_space(text: str, begin: int, end: int) -> int:
    """Return the first beginning of a word from `begin` on; `begin` if there is no space before `end`."""
    if begin == 0 or text[begin - 1].isspace():
        return begin
    place = next((place for place in range(begin, end) if text[place].isspace()), begin - 1)
    return place + 1


def _before_space(text: str, begin: int, end: int) -> int:
    """Return the last end of a word up to `end`; `end` if there is no space after `begin`."""
    if end == len(text) or text[end].isspace():
        return end
    return next((place for place in range(end - 1, begin, -1) if text[place].isspace()), end)


def _occurrences(columns: TokenColumns, words: Sequence[str], phrase: Sequence[str]) -> Iterator[Span]:
    """Yield the spans where the words of a phrase stand one right after another; `words` has one for each token.

    By the shift-and algorithm of Baeza-Yates & Gonnet: bit i of `reached` is set where the first i + 1 words end. So a
    phrase like گل گل گل … is found in one pass, too.
    """
    check()
    bits: defaultdict[str, int] = defaultdict(int)
    for offset, word in enumerate(phrase):
        bits[word] |= 1 << offset
    here: defaultdict[int, int] = defaultdict(int)
    at: dict[tuple[int, str], Span] = {}
    for word, position, start, end in zip(words, columns.positions, columns.starts, columns.ends, strict=True):
        if word in bits:
            here[position] |= bits[word]
            at[position, word] = start, end
    reached, before, whole = 0, -1, 1 << (len(phrase) - 1)
    for position, ends in here.items():
        reached = (reached << 1 | 1) & ends if position == before + 1 else ends & 1
        before = position
        if reached & whole:
            yield at[position - len(phrase) + 1, phrase[0]][0], at[position, phrase[-1]][1]
