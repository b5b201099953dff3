"""A Whoosh index over segments of columns: its readers, its writer, and a searcher that ranks exactly."""

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
    """The index in the folder `path`, as a Whoosh index.

    schema: its fields; it is not kept in the folder, since a schema is code (analyzers).
    order: a sortable field by which documents of equal score are ordered.
    source: where other processes get the schema from, `module:function`.
    """

    def __init__(self, path: Path, schema: Schema, *, order: str | None = None, source: str | None = None) -> None:
        self._source = source
        self.path = path
        self.schema = schema
        self.order = order

    @classmethod
    def create(cls, path: Path, schema: Schema, *, order: str | None = None, analysis: str = "") -> "ColumnIndex":
        """A new, empty index in the folder `path`; `analysis` names what will build it."""
        toc.make_folder(path)
        toc.write(path, toc.Toc(0, analysis))
        return cls(path, schema, order=order)

    def is_empty(self) -> bool:
        """Whether there are no documents."""
        return self.doc_count() == 0

    def latest_generation(self) -> int:
        """The number of the last commit."""
        return toc.read(self.path).generation

    def reader(self, **_kwargs: Any) -> "IndexReader":
        """A reader of the last commit."""
        return _reader(Snapshot.open(self.path), self.schema)

    def searcher(self, **kwargs: Any) -> "ColumnSearcher":
        """A searcher of the last commit."""
        return ColumnSearcher(Snapshot.open(self.path), self.schema, fromindex=self, order=self.order, **kwargs)

    def writer(
        self, *, memory: int = INDEXING_MEMORY, jobs: int = 1, wait: float = LOCK_WAIT, **_kwargs: Any
    ) -> ColumnWriter:
        """A writer; see there. With more than one of `jobs`, so many processes analyze."""
        workers = None
        if jobs > 1:
            if self._source is None:
                raise ValueError("jobs need a source of the schema")
            workers = partial(Workers, jobs, self.path, self._source)
        return ColumnWriter(self.path, self.schema, self.searcher, memory=memory, workers=workers, wait=wait)

    def refresh(self) -> "ColumnIndex":
        """Itself: readers and searchers are always of the last commit."""
        return self


class ColumnSearcher(Searcher):
    """A Whoosh searcher whose `search` ranks by `jooya.indexer.ranking`; with options that has not (sorting, grouping,
    collapsing) it is Whoosh's own. May be shared by threads."""

    def __init__(
        self, snapshot: Snapshot, schema: Schema, *, fromindex: Any = None, order: str | None = None, **kwargs: Any
    ) -> None:
        self.snapshot = snapshot
        self.index_searcher = IndexSearcher(snapshot, order=order)
        super().__init__(_reader(snapshot, schema), fromindex=fromindex, **kwargs)

    def _subsearcher(self, reader: IndexReader) -> Searcher:
        return Searcher(reader, fromindex=self._ix, weighting=self.weighting, parent=self)

    def refresh(self) -> "ColumnSearcher":
        """A searcher of the last commit: this one, if there has been none since."""
        return self if self.up_to_date() else self._ix.searcher()

    def search(self, q: Query, limit: int | None = 10, filter: Any = None, mask: Any = None, **kwargs: Any) -> Results:
        """The best `limit` documents for a query (all if None), only those that `filter` and none that `mask` finds:
        each a query, or a set of document numbers."""
        if any(kwargs.values()):
            return super().search(q, limit=limit, filter=filter, mask=mask, **kwargs)
        translator = QueryTranslator(self.index_searcher, self.schema)
        clause = translator.clause(q)
        if filter is not None:
            clause = Filter(clause, _documents(filter, translator))
        if mask is not None:
            clause = Exclude(clause, _documents(mask, translator))
        ranked = rank(self.index_searcher, clause, self.snapshot.numbers if limit is None else limit)
        results = Results(self, q, [(hit.score, hit.number) for hit in ranked])
        results.collector = _Counter(self.index_searcher, clause)
        return results

    def docs_for_query(self, q: Query, for_deletion: bool = False) -> Iterator[int]:
        """The numbers of the documents that a query finds, ascending."""
        clause = QueryTranslator(self.index_searcher, self.schema).clause(q)
        for leaf in self.index_searcher.leaves:
            yield from (clause.matches(leaf).docs + leaf.base).tolist()


class _Counter:
    """Counts all documents found when a `Results` is asked for its length."""

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
