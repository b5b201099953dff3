"""The words of a query as they were typed, and if the index knows them. A search looks no further if it does."""

import re
from typing import NamedTuple

from ...analyzers import analysis
from ..limits import check
from ..query.corrections import MAX_CHARACTERS, RARE
from ..ranking.searcher import IndexSearcher

# Words with marks of the query language, which are left as they are.
_MARKED = re.compile(r"(?<!\S)[^\s:*?~^]*+[:*?~^]\S*|\b(?:AND|OR|NOT)\b")


class TypedWord(NamedTuple):
    """A word of the query.

    Attributes:
        surface: Its surface form.
        stem: Its stem.
        start: The offset at which it starts, in characters of the query.
        end: The offset at which it ends.
    """

    surface: str
    stem: str
    start: int
    end: int


def typed_words(text: str) -> list[TypedWord]:
    """Return the words of a query, without those that have marks, or are excluded: these need not be in the index."""
    marked = [match.span() for match in _MARKED.finditer(text)]
    columns = analysis().columns(text)
    words: list[TypedWord] = []
    for surface, stem, start, end in zip(columns.surfaces, columns.stems, columns.starts, columns.ends, strict=True):
        check()
        inside = any(begin <= start < stop for begin, stop in marked)
        inside = inside or text.endswith("-", 0, start)
        if not inside and (not words or start >= words[-1].end):
            words.append(TypedWord(surface, stem, start, end))
    return words


def stem_count(searcher: IndexSearcher, stem: str) -> int:
    """Return how many passages have a stem, with those that were removed since the segments were written."""
    return searcher.count_with_deleted("text", stem.encode())


def may_be_misspelled(searcher: IndexSearcher, text: str) -> bool:
    """Return True if some word of a query is in few passages.

    Only then is the vocabulary needed, which is slow to read. The words of a text that is too long to have been typed
    are not looked up.
    """
    return len(text) <= MAX_CHARACTERS and any(stem_count(searcher, word.stem) <= RARE for word in typed_words(text))
