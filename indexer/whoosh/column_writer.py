"""Adding to an index and deleting from it: one writer at a time, all in one commit."""

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from whoosh.fields import Schema
from whoosh.reading import IndexReader
from whoosh.searching import Searcher
from whoosh.writing import IndexingError, IndexWriter

from ..codec import committer
from ..codec.lock import WriteLock
from ..codec.merger import Source
from ..codec.segment import Segment
from ..codec.segment_writer import SegmentWriter
from ..codec.snapshot import Snapshot
from ..defaults import INDEXING_MEMORY, LOCK_WAIT
from .document_buffer import Analyst, DocumentBuffer, Prepared
from .workers import Workers

_LOOK = 500  # documents between two looks at the memory taken

_Delete = tuple[str, bytes, int]
"""A field, a term, and how many of the new documents it applies to: those added before it."""


class ColumnWriter(IndexWriter):
    """A Whoosh writer, for one thread. Nothing it does is seen before `commit`; `cancel` forgets it all.

    What is raised while it is open loses all of it or nothing, and says which in a note of the exception (a document
    that can't be analyzed loses itself alone, if you catch that).

    schema: the fields. searcher: gives a Whoosh searcher of the last commit, for deleting by query.
    memory: megabytes (a budget, held roughly) for documents that wait to be written.
    workers: processes that analyze; without, this one does. The index is the same either way.
    wait: for how many seconds to wait for another writer.
    snapshot: opens what is to be written to.

    Raises IndexBusy if there is another writer, and IndexUnusable if the folder can't be written to.
    """

    def __init__(
        self,
        folder: Path,
        schema: Schema,
        searcher: Callable[[], Searcher],
        *,
        memory: int = INDEXING_MEMORY,
        workers: Callable[[], Workers] | None = None,
        wait: float = LOCK_WAIT,
        snapshot: Callable[[Path], Snapshot] = Snapshot.open,
    ) -> None:
        self.schema = schema
        self._folder = folder
        self._searcher = searcher
        self._memory = memory << 20
        self._start_workers = workers
        self._open_snapshot = snapshot
        self._analyst = Analyst(schema)
        self._lock = WriteLock(folder, wait)
        try:
            self._begin()
        except BaseException:
            self._lock.release()
            raise

    def _begin(self) -> None:
        """Starts from the last commit."""
        self._snapshot = self._open_snapshot(self._folder)
        committer.clean(self._folder)
        self._workers = self._start_workers() if self._start_workers else None
        self._buffer: DocumentBuffer | None = None
        self._file: SegmentWriter | None = None
        self._spills: list[Segment] = []
        self._spilled = 0  # documents
        self._deleted: dict[int, set[int]] = {}
        self._deletes: list[_Delete] = []
        self._attachment: bytes | None = None
        self._open = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._open:
            return
        if error is None:
            self.commit()
        else:
            self._give_up(error)

    def reader(self, **_kwargs: Any) -> IndexReader:
        """A reader of the last commit."""
        return self._searcher().reader()

    def searcher(self, **_kwargs: Any) -> Searcher:
        """A searcher of the last commit."""
        return self._searcher()

    def add_document(self, **fields: Any) -> None:
        """Adds a document: values by field. One that can't be analyzed leaves no trace: raises as `Analyst.prepare`.
        Where it can't be written (OSError), or as `Workers.add` raises, the writer is cancelled."""
        self._check_open()
        taken = self._workers.line(fields) if self._workers is not None else self._analyst.prepare(fields)
        try:
            self._take(taken)
        except BaseException as error:  # half of it may have been taken in
            self._fail(error)
            raise

    def _take(self, document: Prepared | str) -> None:
        if self._workers is not None:
            assert isinstance(document, str)
            self._workers.add(document)
            return
        assert not isinstance(document, str)
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
            fresh = set(docs if leaf.live is None else docs[leaf.live[docs]]) - self._deleted.get(place, set())
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

    def commit(self, *, always: bool = False, **_kwargs: Any) -> None:
        """Makes all changes at once; without any, nothing is written unless `always`. They are on the disk when this
        returns; raises OSError where they can't be written."""
        self._commit(always=always)
        self._open = False
        self._lock.release()

    def checkpoint(self) -> None:
        """Commits, and goes on. Numbers of documents are those of the new commit from now on."""
        self._commit()
        try:
            self._begin()
        except BaseException as error:
            self._fail(error)
            raise

    def cancel(self) -> None:
        """Leaves the index as it was. A writer that was committed, or cancelled, is left alone."""
        if not self._open:
            return
        self._open = False
        try:
            if self._workers is not None:
                self._workers.close()
            if self._file is not None:
                self._file.__exit__(Exception, Exception(), None)
                self._file = self._buffer = None
            committer.clean(self._folder)
        finally:
            self._lock.release()

    def _fail(self, error: BaseException) -> None:
        """Gives up for an error of the writer's own."""
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(self._folder)
        self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        """Cancels for `error`, and has it say what became of the index."""
        if self._is_replaced():
            error.add_note(f"{self._folder} has all changes, but a power failure may undo them")
        else:
            error.add_note(f"{self._folder} is as it was")
        self.cancel()

    def _is_replaced(self) -> bool:
        """Whether the table of contents was replaced."""
        try:
            return not self._snapshot.is_last()
        except FileNotFoundError:
            return False

    def _check_open(self) -> None:
        if not self._open:
            raise IndexingError("this writer is closed: its changes were committed, or given up")

    def _commit(self, *, always: bool = False) -> None:
        self._check_open()
        try:
            self._spill()
            if self._workers is not None:
                self._spills = self._workers.finish()
            if self._spills or any(self._deleted.values()) or self._attachment is not None or always:
                deleted = {place: docs for place, docs in self._deleted.items() if docs}
                committer.commit(self._snapshot, deleted, self._sources(), self._attachment)
                committer.clean(self._folder)
        except BaseException as error:
            self._fail(error)
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
            live = np.ones(segment.documents, np.bool_)
            for field, term, before in self._deletes:
                docs = _docs_with(segment, field, term)
                live[docs[docs + base < before]] = False
            sources.append(Source(segment, None if live.all() else live))
            base += segment.documents
        return sources


def _docs_with(segment: Segment, field: str, term: bytes) -> Any:
    known = segment.fields.get(field)
    ordinal = known.find(term) if known else None
    return np.empty(0, np.int32) if known is None or ordinal is None else known.docs(ordinal)
