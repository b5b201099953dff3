"""Adding to an index and deleting from it: one writer at a time, all in one commit."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.fields import Schema
from whoosh.reading import IndexReader
from whoosh.searching import Searcher
from whoosh.util.filelock import FileLock
from whoosh.writing import IndexingError, IndexWriter

from jooya.indexer.codec import committer
from jooya.indexer.codec.budget import MEMORY
from jooya.indexer.codec.documents import Analyst, DocumentBuffer
from jooya.indexer.codec.merger import Source
from jooya.indexer.codec.segment import Segment
from jooya.indexer.codec.segment_writer import SegmentWriter
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.codec.workers import Workers
from jooya.indexer.errors import IndexBusy, IndexUnusable

_LOOK = 500  # documents between two looks at the memory taken

_Delete = tuple[str, bytes, int]
"""A field, a term, and how many of the new documents it applies to: those added before it."""


class Writer(IndexWriter):
    """A Whoosh writer. Nothing it does is seen before `commit`; `cancel` forgets it all.

    schema: the fields. searcher: gives a Whoosh searcher of the last commit, for deleting by query.
    memory: megabytes (a budget, held roughly) for documents that wait to be written.
    workers: processes that analyze; without, this one does. The index is the same either way.

    Raises IndexBusy if there is another writer, and IndexUnusable if the folder can't be written to.
    """

    def __init__(
        self,
        folder: Path,
        schema: Schema,
        searcher: Callable[[], Searcher],
        *,
        memory: int = MEMORY,
        workers: Callable[[], Workers] | None = None,
    ) -> None:
        self.schema = schema
        self._folder = folder
        self._searcher = searcher
        self._memory = memory << 20
        self._start_workers = workers
        self._analyst = Analyst(schema)
        self._lock = _locked(folder)
        try:
            self._begin()
        except BaseException:
            self._lock.release()
            raise

    def _begin(self) -> None:
        """Starts from the last commit."""
        self._snapshot = Snapshot.open(self._folder)
        committer.clean(self._folder, self._snapshot.toc.files)
        self._workers = self._start_workers() if self._start_workers else None
        self._buffer: DocumentBuffer | None = None
        self._file: SegmentWriter | None = None
        self._spills: list[Segment] = []
        self._spilled = 0  # documents
        self._deleted: dict[int, set[int]] = {}
        self._deletes: list[_Delete] = []
        self._attachment: bytes | None = None

    def reader(self, **_kwargs: Any) -> IndexReader:
        """A reader of the last commit."""
        return self._searcher().reader()

    def searcher(self, **_kwargs: Any) -> Searcher:
        """A searcher of the last commit."""
        return self._searcher()

    def add_document(self, **fields: Any) -> None:
        """Adds a document: values by field. One that raises leaves no trace. Raises as `Analyst.prepare`, or where
        there are workers as `Workers.add`."""
        if self._workers is not None:
            self._workers.add(fields)
            return
        document = self._analyst.prepare(fields)
        if self._buffer is None:
            self._file = SegmentWriter(self._folder / f"{os.getpid()}-{len(self._spills)}.spill")
            self._buffer = DocumentBuffer(self.schema, self._file)
        self._buffer.add(document)
        if self._buffer.documents % _LOOK == 0 and self._buffer.memory > self._memory:
            self._spill()

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Deletes a document of the last commit by its number there."""
        if not 0 <= docnum < self._snapshot.numbers:
            raise IndexingError(f"no document {docnum}")
        place = max(p for p, leaf in enumerate(self._snapshot.leaves) if leaf.base <= docnum)
        docs = self._deleted.setdefault(place, set())
        doc = docnum - self._snapshot.leaves[place].base
        (docs.add if delete else docs.discard)(doc)

    def delete_by_term(self, fieldname: str, text: Any, searcher: Any = None) -> int:
        """Deletes the documents that have a term, also among those added by this writer; returns how many there
        were at the last commit."""
        term = self.schema[fieldname].to_bytes(text)
        if self._documents:
            self._deletes.append((fieldname, term, self._documents))
        count = 0
        for place, leaf in enumerate(self._snapshot.leaves):
            docs = _docs_with(leaf.segment, fieldname, term)
            fresh = set(docs if leaf.kept is None else docs[leaf.kept[docs]]) - self._deleted.get(place, set())
            if fresh:
                self._deleted.setdefault(place, set()).update(fresh)
                count += len(fresh)
        return count

    def update_document(self, **fields: Any) -> None:
        """Replaces the documents that have the same value in any of the schema's unique fields."""
        for name, field in self.schema.items():
            if field.unique and fields.get(name) is not None:
                self.delete_by_term(name, fields[name])
        self.add_document(**fields)

    def add_reader(self, reader: IndexReader) -> None:
        """Not offered: an index is extended with documents."""
        raise IndexingError("documents of another index can't be taken over: index their source")

    def attach(self, content: bytes) -> None:
        """Has `content` kept beside the documents, from the next commit on, instead of what was."""
        self._attachment = content

    def commit(self, **_kwargs: Any) -> None:
        """Makes all changes at once; without any, nothing is written."""
        self._commit()
        self._lock.release()

    def checkpoint(self) -> None:
        """Commits, and goes on. Numbers of documents are those of the new commit from now on."""
        self._commit()
        try:
            self._begin()
        except BaseException:
            self._lock.release()
            raise

    def cancel(self) -> None:
        """Leaves the index as it was."""
        if self._workers is not None:
            self._workers.close()
        if self._file is not None:
            self._file.__exit__(Exception, Exception(), None)
            self._file = self._buffer = None
        committer.clean(self._folder, self._snapshot.toc.files)
        self._lock.release()

    def _commit(self) -> None:
        try:
            self._spill()
            if self._workers is not None:
                self._spills = self._workers.finish()
            if self._spills or any(self._deleted.values()) or self._attachment is not None:
                deleted = {place: docs for place, docs in self._deleted.items() if docs}
                state = committer.commit(self._snapshot, deleted, self._sources(), self._attachment)
                committer.clean(self._folder, state.files)
        except BaseException:
            self.cancel()
            raise

    @property
    def _documents(self) -> int:
        """How many documents were added."""
        if self._workers is not None:
            return self._workers.documents
        return self._spilled + (self._buffer.documents if self._buffer else 0)

    def _spill(self) -> None:
        if self._buffer is None or self._file is None:
            return
        path = self._file.sections.path
        with self._file:
            size, checksum = self._buffer.write()
        self._spilled += self._buffer.documents
        self._file = self._buffer = None
        self._spills.append(Segment(path, size, checksum))

    def _sources(self) -> list[Source]:
        """The new segments, without the documents that this writer added and then deleted."""
        sources = []
        base = 0
        for segment in self._spills:
            kept = np.ones(segment.documents, np.bool_)
            for field, term, before in self._deletes:
                docs = _docs_with(segment, field, term)
                kept[docs[docs + base < before]] = False
            sources.append(Source(segment, None if kept.all() else kept))
            base += segment.documents
        return sources


def _docs_with(segment: Segment, field: str, term: bytes) -> Any:
    known = segment.fields.get(field)
    ordinal = known.find(term) if known else None
    return np.empty(0, np.int32) if known is None or ordinal is None else known.docs(ordinal)


def _locked(folder: Path) -> Any:
    try:
        lock = FileLock(str(folder / "write.lock"))
        if lock.acquire():
            return lock
    except OSError as error:
        raise IndexUnusable(f"{folder} can't be written to ({error.strerror}): check its permissions") from None
    raise IndexBusy(f"{folder} is being written to by another process: try again later")
