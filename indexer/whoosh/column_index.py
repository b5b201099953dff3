"""The index as a Whoosh index, with its readers, its writer, and a searcher that ranks exactly."""

from functools import partial
from pathlib import Path
from typing import Any

from whoosh.fields import Schema, ensure_schema
from whoosh.index import Index
from whoosh.reading import IndexReader, MultiReader

from ..codec import toc
from ..codec.snapshot import Snapshot
from ..defaults import INDEXING_MEMORY
from ..errors import IndexBusy
from .column_codec import leaf_reader
from .column_searcher import ColumnSearcher
from .column_writer import ColumnWriter
from .workers import Workers
from .writer_errors import WriterBusy

_IGNORED = frozenset(
    {"delay", "codec", "compound", "poolclass", "docbase", "multisegment", "batchsize", "subargs", "_lk"}
)
"""Arguments of Whoosh's writers about the files that they write."""


class ColumnIndex(Index):
    """An index as a Whoosh index.

    Attributes:
        path: The folder of the index.
        schema: Its fields.
        order: The field by which documents of equal score are ordered.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        *,
        order: str | None = None,
        source: str | None = None,
        key: bytes | None = None,
    ) -> None:
        """Describe the index in the folder `path`, which is opened by `reader`, `searcher` and `writer`.

        Args:
            path: The folder.
            schema: The fields. The folder does not have them, since a schema contains code (its analyzers).
            order: A sortable field by which documents of equal score are ordered.
            source: Where worker processes import the schema from: `MODULE:FUNCTION`, or with a text that the
                function is called with, `MODULE:FUNCTION:TEXT`.
            key: The key of the index, if it has one, by which it is authenticated.
        """
        self._source = source
        self._key = key
        self.path = path
        self.schema = ensure_schema(schema)
        self.order = order

    @classmethod
    def create(cls, path: Path, schema: Schema, *, order: str | None = None, analysis: str = "") -> "ColumnIndex":
        """Make an empty index in the folder `path`; `analysis` identifies the analysis that builds it."""
        toc.make_folder(path)
        toc.write(path, toc.Toc(0, analysis, index_id=toc.new_id(), time=toc.now()))
        return cls(path, schema, order=order)

    @property
    def analysis(self) -> str:
        """The name of the analysis that built the index, as it was given to `create`."""
        return toc.read(self.path).analysis

    def is_empty(self) -> bool:
        """Return True if there are no documents."""
        return self.doc_count() == 0

    def latest_generation(self) -> int:
        """Return the number of the last commit."""
        return toc.read(self.path).generation

    def last_modified(self) -> float:
        """Return the time of the last commit, in seconds since 1970."""
        return (self.path / toc.NAME).stat().st_mtime

    def reader(self, reuse: IndexReader | None = None, **_kwargs: Any) -> IndexReader:
        """Return a reader of the last commit.

        Args:
            reuse: An older reader. If it is of the same commit and also reads documents that wait in memory, as those
                of Whoosh's `BufferedWriter` do, the new one reads them, too.
        """
        snapshot = Snapshot.open(self.path, key=self._key)
        generation = snapshot.toc.generation
        reader = leaf_reader(snapshot.leaves, self.schema, generation)
        waiting = [] if reuse is None else _in_memory(reuse, generation)
        return MultiReader([*(leaf for leaf, _ in reader.leaf_readers()), *waiting]) if waiting else reader

    def searcher(self, **kwargs: Any) -> "ColumnSearcher":
        """Return a searcher of the last commit."""
        snapshot = Snapshot.open(self.path, key=self._key)
        return ColumnSearcher(snapshot, self.schema, fromindex=self, order=self.order, **kwargs)

    def writer(
        self,
        procs: int = 1,
        *,
        memory: int | None = None,
        jobs: int | None = None,
        wait: float | None = None,
        timeout: float = 0.0,
        limitmb: int | None = None,
        **others: Any,
    ) -> ColumnWriter:
        """Return a writer. The arguments are Jooya's or, in their place, those of Whoosh.

        Args:
            procs: Number of processes that analyze, as Whoosh calls them: it is as if it were 1 if the index has no
                `source` of its schema, which they need.
            memory: Megabytes for documents that wait to be written; a target, not an exact bound.
            jobs: Number of processes that analyze. With 1, this process does.
            wait: Seconds to wait for another writer.
            timeout: Whoosh's name of `wait`.
            limitmb: Whoosh's name of `memory`.
            **others: Whoosh's other arguments, such as `codec` and `delay`, which say how its own files are written
                and mean nothing here.

        Raises:
            IndexBusy: If there is another writer. It is also a `whoosh.index.LockError`.
            IndexUnusable: If the folder cannot be written to.
            TypeError: If there is no such argument.
            ValueError: If there are several jobs and the index has no `source` of its schema.
        """
        merge = others.pop("merge", True)
        if unknown := sorted(others.keys() - _IGNORED):
            raise TypeError(f"a writer has no argument {unknown[0]!r}")
        if jobs is None:
            jobs = procs if self._source else 1
        if memory is None:
            memory = INDEXING_MEMORY if limitmb is None else limitmb
        workers = None
        if jobs > 1:
            if self._source is None:
                raise ValueError(
                    "several jobs need the source of the schema: pass source='MODULE:FUNCTION' to ColumnIndex"
                )
            workers = partial(Workers, jobs, self.path, self._source)
        try:
            writer = ColumnWriter(
                self.path,
                self.schema,
                self.searcher,
                memory=memory,
                workers=workers,
                wait=timeout if wait is None else wait,
                schema_changed=self._change_schema,
                snapshot=partial(Snapshot.open, key=self._key),
            )
        except IndexBusy as error:
            raise WriterBusy.of(error) from None
        writer.merge = merge
        return writer

    def _change_schema(self, schema: Schema) -> None:
        self.schema = schema

    def optimize(self, **kwargs: Any) -> None:
        """Merge all documents into one segment, without the deleted ones; `kwargs` are those of `writer`."""
        self.writer(**kwargs).commit(optimize=True)

    def refresh(self) -> "ColumnIndex":
        """Return this index, whose readers and searchers are always those of the last commit."""
        return self


def _in_memory(reader: IndexReader, generation: int) -> list[IndexReader]:
    """Return those parts of a reader that are not on the disk, if the others are of this commit."""
    leaves = [leaf for leaf, _ in reader.leaf_readers()]
    if {leaf.generation() for leaf in leaves} - {None} != {generation}:
        return []  # a later commit may have written them
    return [leaf for leaf in leaves if leaf.generation() is None]
