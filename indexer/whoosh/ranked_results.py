"""Whoosh's results of a search that the package `ranking` made."""

from collections.abc import Iterator
from typing import Any

from whoosh.query import Query
from whoosh.searching import Results, Searcher

from ..ranking.clauses import Clause
from ..ranking.collector import RankedDocument, count
from ..ranking.searcher import IndexSearcher


class RankedResults(Results):
    """The best documents for a query. All others that it finds are looked up when they are asked for.

    Attributes:
        allowed: The filter that the search was given, or None.
        restricted: The mask that it was given, or None.
    """

    def __init__(self, searcher: Searcher, query: Query, ranked: list[RankedDocument], found: "FoundDocuments") -> None:
        super().__init__(searcher, query, [(hit.score, hit.number) for hit in ranked])
        self.collector = found
        self.allowed: Any = None
        self.restricted: Any = None

    @property
    def filtered_count(self) -> int:
        """The number of documents that the query finds and the filter or the mask takes away."""
        found: FoundDocuments = self.collector
        return found.unfiltered_count() - found.count()


class FoundDocuments:
    """All documents that a query finds, as Whoosh's `Results` asks a collector for them."""

    def __init__(self, searcher: IndexSearcher, clause: Clause, unfiltered: Clause) -> None:
        self._searcher = searcher
        self._clause = clause
        self._unfiltered = unfiltered
        self._count: int | None = None

    def count(self) -> int:
        """Return the number of documents."""
        if self._count is None:
            self._count = count(self._searcher, self._clause)
        return self._count

    def unfiltered_count(self) -> int:
        """Return the number of documents without the filter and the mask of the search."""
        return count(self._searcher, self._unfiltered)

    def computes_count(self) -> bool:
        """Return True if the number is known."""
        return self._count is not None

    def all_ids(self) -> Iterator[int]:
        """Yield the numbers of the documents, ascending."""
        yield from matching_documents(self._searcher, self._clause)


def matching_documents(searcher: IndexSearcher, clause: Clause) -> Iterator[int]:
    """Yield the numbers of the documents that match, ascending."""
    for leaf in searcher.leaves:
        yield from (clause.matches(leaf).docs + leaf.base).tolist()
