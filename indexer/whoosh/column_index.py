"""The index as a Whoosh index, with its readers, its writer, and a searcher that ranks exactly."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from whoosh.fields import Schema
from whoosh.index import Index
from whoosh.query import Query
from whoosh.reading import EmptyReader, IndexReader, MultiReader, SegmentReader
from whoosh.searching import Results, Searcher

from ..codec import toc
from ..codec.snapshot import Snapshot
from ..defaults import INDEXING_MEMORY, LOCK_WAIT
from ..ranking.clauses import Clause
from ..ranking.collector import count, rank
from ..ranking.filters import DocumentSet
from ..ranking.operators import Exclude, Filter
from ..ranking.searcher import IndexSearcher
from .column_codec import ColumnSegment
from .column_writer import ColumnWriter
from .query_translator import QueryTranslator
from .workers import Workers


class ColumnIndex(Index):
    """An index as a Whoosh index.

    Attributes:
        path: The folder of the index.
        schema: Its fields.
        order: The field by which documents of equal score are ordered.
    """

    def __init__(self, path: Path, schema: Schema, *, order: str | None = None, source: str | None = None) -> None:
        """Describe the index in the folder `path`, which is opened by `reader`, `searcher` and `writer`.

        Args:
            path: The folder.
            schema: The fields. The folder does not have them, since a schema contains code (its analyzers).
            order: A sortable field by which documents of equal score are ordered.
            source: Where worker processes import the schema from: `MODULE:FUNCTION`, or with a text that the
                function is called with, `MODULE:FUNCTION:TEXT`.
        """
        self._source = source
        self.path = path
        self.schema = schema
        self.order = order

    @classmethod
    def create(cls, path: Path, schema: Schema, *, order: str | None = None, analysis: str = "") -> "ColumnIndex":
        """Make an empty index in the folder `path`; `analysis` identifies the analysis that builds it."""
        toc.make_folder(path)
        toc.write(path, toc.Toc(0, analysis))
        return cls(path, schema, order=order)

    def is_empty(self) -> bool:
        """Return True if there are no documents."""
        return self.doc_count() == 0

    def latest_generation(self) -> int:
        """Return the number of the last commit."""
        return toc.read(self.path).generation

    def reader(self, **_kwargs: Any) -> "IndexReader":
        """Return a reader of the last commit."""
        return _reader(Snapshot.open(self.path), self.schema)

    def searcher(self, **kwargs: Any) -> "ColumnSearcher":
        """Return a searcher of the last commit."""
        return ColumnSearcher(Snapshot.open(self.path), self.schema, fromindex=self, order=self.order, **kwargs)

    def writer(
        self, *, memory: int = INDEXING_MEMORY, jobs: int = 1, wait: float = LOCK_WAIT, **_kwargs: Any
    ) -> ColumnWriter:
        """Return a writer.

        Args:
            memory: Megabytes for documents that wait to be written; a target, not an exact bound.
            jobs: Number of processes that analyze. With 1, this process does.
            wait: Seconds to wait for another writer.

        Raises:
            IndexBusy: If there is another writer.
            IndexUnusable: If the folder cannot be written to.
            ValueError: If there are several jobs and the index has no `source` of its schema.
        """
        workers = None
        if jobs > 1:
            if self._source is None:
                raise ValueError(
                    "several jobs need the source of the schema: pass source='MODULE:FUNCTION' to ColumnIndex"
                )
            workers = partial(Workers, jobs, self.path, self._source)
        return ColumnWriter(self.path, self.schema, self.searcher, memory=memory, workers=workers, wait=wait)

    def refresh(self) -> "ColumnIndex":
        """Return this index, whose readers and searchers are always those of the last commit."""
        return self


class ColumnSearcher(Searcher):
    """A Whoosh searcher whose `search` ranks with the package `ranking`. Threads may share it.

    With options that `ranking` does not have (sorting, grouping, collapsing), the search is Whoosh's own.

    Attributes:
        snapshot: The commit that is searched.
        index_searcher: The searcher of the package `ranking`.
    """

    def __init__(
        self, snapshot: Snapshot, schema: Schema, *, fromindex: Any = None, order: str | None = None, **kwargs: Any
    ) -> None:
        self.snapshot = snapshot
        self.index_searcher = IndexSearcher(snapshot, order=order)
        super().__init__(_reader(snapshot, schema), fromindex=fromindex, **kwargs)

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
        if any(kwargs.values()):
            return super().search(q, limit=limit, filter=filter, mask=mask, **kwargs)
        translator = QueryTranslator(self.index_searcher, self.schema)
        clause = translator.clause(q)
        if filter is not None:
            clause = Filter(clause, _documents(filter, translator))
        if mask is not None:
            clause = Exclude(clause, _documents(mask, translator))
        ranked = rank(self.index_searcher, clause, self.snapshot.doc_count_all if limit is None else limit)
        results = Results(self, q, [(hit.score, hit.number) for hit in ranked])
        results.collector = _HitCounter(self.index_searcher, clause)
        return results

    def docs_for_query(self, q: Query, for_deletion: bool = False) -> Iterator[int]:
        """Yield the numbers of the documents that a query finds, ascending."""
        clause = QueryTranslator(self.index_searcher, self.schema).clause(q)
        for leaf in self.index_searcher.leaves:
            yield from (clause.matches(leaf).docs + leaf.base).tolist()


class _HitCounter:
    """Counts all documents found, when Whoosh's `Results` is asked for its length."""

    def __init__(self, searcher: IndexSearcher, clause: Clause) -> None:
        self._searcher = searcher
        self._clause = clause

    def count(self) -> int:
        return count(self._searcher, self._clause)


def _documents(wanted: Any, translator: QueryTranslator) -> Clause:
    return translator.clause(wanted) if isinstance(wanted, Query) else DocumentSet(sorted(wanted))


def _reader(snapshot: Snapshot, schema: Schema) -> IndexReader:
    generation = snapshot.toc.generation
    readers = [SegmentReader(None, schema, ColumnSegment(leaf), generation=generation) for leaf in snapshot.leaves]
    if len(readers) == 1:
        return readers[0]
    return MultiReader(readers, generation=generation) if readers else EmptyReader(schema)
