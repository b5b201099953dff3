"""A searcher with the statistics of an index on the engine: by it, queries are planned and candidates are scored."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from ..codec.segment import Field, Segment
from ..limits import check
from ..query.planner import PASSAGE_BM25
from ..ranking.clauses import Clause
from ..ranking.searcher import IndexSearcher, SegmentSearcher
from .clause_queries import MATCH_NOTHING, Query, Translation
from .dictionary import EngineDictionary
from .memory_segment import MemorySnapshot
from .statistics import Statistics, query_key, term_query

ORDER = "document"
"""The field by which passages of equal score are ordered."""

_ASSUMED = 1_000  # passages that have a term, until the engine has been asked: neither a rare word nor a common one

_MOST_ROUNDS = 8  # of asking for many counts at once; further ones are asked for one by one

_CACHE = 64 << 20  # bytes; the postings of some candidates are less

_Answer = TypeVar("_Answer")

SegmentMaker = Callable[[Query], Segment | None]
"""Returns a segment of the first passage that a query finds; None if it finds none."""


class ClusterSearcher(IndexSearcher):
    """Some passages, or none, with the statistics of the whole index on the engine.

    Attributes:
        statistics: The statistics.
        missing: The queries whose counts were asked for and are not known, by key, while it records.
        first_passage: Finds passages that show how a word is written; None to do without.
    """

    def __init__(self, statistics: Statistics, segment: Segment | None = None, *, records: bool = False) -> None:
        """Create a searcher.

        Args:
            statistics: The statistics of the index.
            segment: The passages.
            records: Remember which counts are missing and assume some, in place of asking for each.
        """
        super().__init__(
            MemorySnapshot(statistics.state.engine_index, statistics.toc, segment), ORDER, PASSAGE_BM25, _CACHE
        )
        self.statistics = statistics
        self.missing: dict[str, Query] = {}
        self.first_passage: SegmentMaker | None = None
        self._records = records

    def count(self, field: str, term: bytes) -> int:
        """Return how many passages of the index have a term in `field`."""
        return self._count_query(*term_query(field, term))

    def count_with_deleted(self, field: str, term: bytes) -> int:
        """Return what `count` does."""
        return self.count(field, term)

    def idf(self, field: str, term: bytes) -> float:
        """Return the inverse document frequency of a term in the index."""
        return self.idf_of_count(field, self.count(field, term))

    def count_matches(self, clause: Clause) -> int:
        """Return how many passages of the index match a clause."""
        query = Translation(self, clause, is_scored=False).query
        return 0 if query is MATCH_NOTHING else self._count_query(query_key(query), query)

    def segment_fields(self, name: str) -> Iterator[Field]:
        """Yield the dictionary of a field."""
        yield EngineDictionary(self.statistics, name)

    def first_with(self, field: str, term: bytes) -> Iterator[tuple[SegmentSearcher, int]]:
        """Yield the first passage of the index that has a term in `field`."""
        segment = self.first_passage(term_query(field, term)[1]) if self.first_passage else None
        if segment is not None:
            yield ClusterSearcher(self.statistics, segment).leaves[0], 0

    def _count_query(self, key: str, query: Query) -> int:
        if self._records and self.statistics.known(key) is None:
            self.missing[key] = query
            return _ASSUMED
        return self.statistics.count(key, query)


def with_counts(
    statistics: Statistics,
    compute: Callable[[ClusterSearcher], _Answer],
    first_passage: SegmentMaker | None = None,
) -> _Answer:
    """Return what a function computes from the counts of terms, which are asked for many at once.

    The function is called with assumed counts, which tells what it needs, and again when these have been fetched, until
    it needs no more.

    Args:
        statistics: The statistics of the index.
        compute: The function.
        first_passage: Finds passages that show how a word is written. It is given in the last call alone.
    """
    for _ in range(_MOST_ROUNDS):
        check()
        searcher = ClusterSearcher(statistics, records=True)
        answer = compute(searcher)
        if not searcher.missing:
            break
        statistics.fetch(searcher.missing.items())
    if not searcher.missing and first_passage is None:
        return answer
    searcher = ClusterSearcher(statistics)
    searcher.first_passage = first_passage
    return compute(searcher)
