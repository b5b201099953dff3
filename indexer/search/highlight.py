"""Which words of a passage a query found, and which part of a long one shows most of them."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ...analyzers import TokenColumns
from ..limits import check
from ..query.long_texts import analyze_long_text
from ..query.planner import HighlightTerms

Span = tuple[int, int]
"""Start and end, offsets in characters."""

_BETWEEN_WORDS = re.compile(r"[\s\u200b-\u200f]*")


def highlight(text: str, highlight_terms: HighlightTerms) -> list[Span]:
    """Spans of what `marks` names in `text`, in order; those with nothing but space between them are one."""
    columns = analyze_long_text(text)
    spans = [
        (start, end)
        for surface, stem, start, end in zip(columns.surfaces, columns.stems, columns.starts, columns.ends, strict=True)
        if stem in highlight_terms.stems or surface in highlight_terms.surfaces
    ]
    for phrase in highlight_terms.phrases:
        spans += _occurrences(columns, phrase)
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or _BETWEEN_WORDS.fullmatch(text, merged[-1][1], start)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def snippet(text: str, spans: Sequence[Span], width: int) -> Span:
    """The part of `text`, at most `width` characters and cut between words, that has most of `spans` in it; the whole
    text if it is no longer than that."""
    if len(text) <= width:
        return 0, len(text)
    # Each window begins at a span, and the one with most characters of spans is best; what room is left is shared out.
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
    """The first beginning of a word from `begin` on; `begin` if there is no space before `end`."""
    if begin == 0 or text[begin - 1].isspace():
        return begin
    place = next((place for place in range(begin, end) if text[place].isspace()), begin - 1)
    return place + 1


def _before_space(text: str, begin: int, end: int) -> int:
    """The last end of a word up to `end`; `end` if there is no space after `begin`."""
    if end == len(text) or text[end].isspace():
        return end
    return next((place for place in range(end - 1, begin, -1) if text[place].isspace()), end)


def _occurrences(columns: TokenColumns, phrase: Sequence[str]) -> Iterator[Span]:
    """Where the words of `phrase` stand one after another. Bit i of `reached` says that the first i + 1 of them end
    here (the shift-and algorithm of Baeza-Yates & Gonnet), so that گل گل گل … is found in one pass, too."""
    check()
    bits: defaultdict[str, int] = defaultdict(int)
    for offset, word in enumerate(phrase):
        bits[word] |= 1 << offset
    here: defaultdict[int, int] = defaultdict(int)
    at: dict[tuple[int, str], Span] = {}
    for surface, position, start, end in zip(
        columns.surfaces, columns.positions, columns.starts, columns.ends, strict=True
    ):
        if surface in bits:
            here[position] |= bits[surface]
            at[position, surface] = start, end
    reached, before, whole = 0, -1, 1 << (len(phrase) - 1)
    for position, words in here.items():
        reached = (reached << 1 | 1) & words if position == before + 1 else words & 1
        before = position
        if reached & whole:
            yield at[position - len(phrase) + 1, phrase[0]][0], at[position, phrase[-1]][1]
