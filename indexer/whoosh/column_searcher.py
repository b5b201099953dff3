"""The Whoosh searcher of an index, which ranks exactly."""

from collections.abc import Iterator
from typing import Any

from whoosh.fields import Schema
from whoosh.query import Query
from whoosh.reading import IndexReader
from whoosh.searching import Results, Searcher

from ..codec.snapshot import Snapshot
from ..ranking.clauses import Clause
from ..ranking.collector import rank
from ..ranking.filters import DocumentSet
from ..ranking.operators import Exclude, Filter
from ..ranking.searcher import IndexSearcher
from .column_codec import leaf_reader
from .query_translator import QueryTranslator, UnsupportedQuery
from .ranked_results import FoundDocuments, RankedResults, matching_documents


class ColumnSearcher(Searcher):
    """A Whoosh searcher whose `search` ranks with the package `ranking`. Threads may share it.

    With options that `ranking` does not have (sorting, grouping, collapsing), with queries that it does not have
    (spans, nested documents), and with a weighting of the caller's own, the search is Whoosh's own.

    Attributes:
        snapshot: The commit that is searched.
        index_searcher: The searcher of the package `ranking`.
    """

    def __init__(
        self, snapshot: Snapshot, schema: Schema, *, fromindex: Any = None, order: str | None = None, **kwargs: Any
    ) -> None:
        self.snapshot = snapshot
        self.index_searcher = IndexSearcher(snapshot, order=order)
        self._own_weighting = "weighting" in kwargs
        super().__init__(leaf_reader(snapshot.leaves, schema, snapshot.toc.generation), fromindex=fromindex, **kwargs)

    def _subsearcher(self, reader: IndexReader) -> Searcher:
        return Searcher(reader, fromindex=self._ix, weighting=self.weighting, parent=self)

    def refresh(self) -> "ColumnSearcher":
        """Return a searcher of the last commit: this one if there has been no commit since."""
        return self if self.up_to_date() else self._ix.searcher()

    def search(self, q: Query, limit: int | None = 10, filter: Any = None, mask: Any = None, **kwargs: Any) -> Results:
        """Return the best documents for a query.

        Args:
            q: The query.
            limit: Number of documents; None for all.
            filter: A query or a set of document numbers; only documents that are in it are found.
            mask: A query or a set of document numbers; documents that are in it are not found.
            **kwargs: Other options of Whoosh's `Searcher.search`; with any of them, Whoosh's own search is used.
        """
        try:
            if any(kwargs.values()) or self._own_weighting:
                raise UnsupportedQuery
            return self._ranked(q, limit, filter, mask)
        except UnsupportedQuery:
            return super().search(q, limit=limit, filter=filter, mask=mask, **kwargs)

    def _ranked(self, q: Query, limit: int | None, filter: Any, mask: Any) -> Results:
        translator = QueryTranslator(self.index_searcher, self.schema)
        clause = unfiltered = translator.clause(q)
        if filter is not None:
            clause = Filter(clause, self._documents(filter, translator))
        if mask is not None:
            clause = Exclude(clause, self._documents(mask, translator))
        ranked = rank(self.index_searcher, clause, self.snapshot.doc_count_all if limit is None else limit)
        results = RankedResults(self, q, ranked, FoundDocuments(self.index_searcher, clause, unfiltered))
        results.allowed, results.restricted = filter, mask
        return results

    def _documents(self, wanted: Any, translator: QueryTranslator) -> Clause:
        if isinstance(wanted, Query):
            return translator.clause(wanted)
        return DocumentSet(sorted(wanted if isinstance(wanted, list | tuple) else self._filter_to_comb(wanted)))

    def docs_for_query(self, q: Query, for_deletion: bool = False) -> Iterator[int]:
        """Yield the numbers of the documents that a query finds, ascending."""
        try:
            clause = QueryTranslator(self.index_searcher, self.schema).clause(q)
        except UnsupportedQuery:
            return iter(sorted(set(super().docs_for_query(q, for_deletion=for_deletion))))
        return matching_documents(self.index_searcher, clause)
