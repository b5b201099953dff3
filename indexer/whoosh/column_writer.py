"""The Whoosh writer of an index: one at a time, with all changes in one commit."""

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from whoosh.fields import Schema
from whoosh.reading import IndexReader
from whoosh.searching import Searcher
from whoosh.writing import CLEAR, IndexWriter

from ..boundary import reading
from ..codec import committer, toc
from ..codec.lock import WriteLock
from ..codec.merge_policy import Merging
from ..codec.merger import MergeSource
from ..codec.segment import Segment
from ..codec.segment_writer import SegmentWriter
from ..codec.snapshot import Snapshot
from ..codec.toc import Toc
from ..defaults import INDEXING_MEMORY, LOCK_WAIT
from . import reader_copy
from .column_codec import leaf_reader
from .commit_options import chosen_merging
from .document_buffer import AnalyzedDocument, DocumentAnalyzer, DocumentBuffer
from .schema_changes import FieldNames, copy_schema
from .workers import Workers
from .writer_errors import DocumentError, WriterError

_MEMORY_CHECK_INTERVAL = 500  # documents between two checks of the memory in use
_LARGE_DOCUMENTS = 4 << 20  # bytes of stored fields after which it is checked in any case

_Delete = tuple[str, bytes, int]
"""A field, a term, and the number of documents added before the deletion, which are those that it applies to."""


class ColumnWriter(IndexWriter):
    """A Whoosh writer, for use by one thread. Its changes are invisible before `commit`, and `cancel` discards them.

    An error while the writer is open discards either all changes or none; a note of the exception says which. The one
    exception: if you catch the error of a document that cannot be analyzed, only this document is lost.

    Attributes:
        schema: The fields.
        merge: False for a `commit` that merges no segment of the last commit.
        optimize: True for one that merges everything into one segment.
        mergetype: The merge function of Whoosh's that it uses; see `commit`.
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
        before_replacing: Callable[[Toc], None] | None = None,
        remove_unused: Callable[[Path], None] = committer.remove_unused_files,
        schema_changed: Callable[[Schema], None] | None = None,
    ) -> None:
        """Lock the index in `folder` and start from its last commit.

        Args:
            folder: The folder of the index.
            schema: Its fields.
            searcher: Returns a Whoosh searcher of the last commit, for deletions by query.
            memory: Megabytes for documents that wait to be written; a target, not an exact bound.
            workers: Starts processes that analyze; without it, this process does. The index is the same either way.
            wait: Seconds to wait for another writer.
            snapshot: Opens the commit to start from.
            before_replacing: Is called with the next table of contents, whose files are on the disk, before it
                replaces the present one.
            remove_unused: Removes the files of the folder that are not needed, before, after and instead of a commit.
            schema_changed: Takes the schema that `add_field` and `remove_field` have made, once they are committed.

        Raises:
            IndexBusy: If there is another writer.
            IndexUnusable: If the folder cannot be written to.
        """
        self.schema = schema
        self._folder = folder
        self._searcher = searcher
        self._memory = memory << 20
        self._start_workers = workers
        self._open_snapshot = snapshot
        self._before_replacing = before_replacing
        self._remove_unused = remove_unused
        self._schema_changed = schema_changed
        self.merge = True
        self.optimize = False
        self.mergetype: Any = None
        self._document_analyzer = DocumentAnalyzer(schema)
        self._run: int | None = None  # the generation that the first checkpoint began with
        self._lock = WriteLock(folder, wait)
        try:
            self._begin()
        except BaseException:
            self._lock.release()
            raise

    def _begin(self) -> None:
        """Start from the last commit."""
        with reading(self._folder):
            self._snapshot = self._open_snapshot(self._folder)
        toc.check_writable(self._folder, self._snapshot.toc, self._snapshot.key)
        self._remove_unused(self._folder)
        self._workers = self._start_workers() if self._start_workers else None
        self._buffer: DocumentBuffer | None = None
        self._file: SegmentWriter | None = None
        self._unchecked = 0
        self._spills: list[Segment] = []
        self._spilled_documents = 0
        self._deleted: dict[int, set[int]] = {}
        self._changed_schema = False
        self._deletes: list[_Delete] = []
        self._commit_user_data: bytes | None = None
        self._journal: str | None = None
        self._field_names = FieldNames(name for leaf in self._snapshot.leaves for name in leaf.segment.fields)
        self._field_names.check(self.schema.names(), self.schema)
        self._open = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._open:
            return
        if error is not None:
            self._give_up(error)
            return
        try:
            self.commit()
        except BaseException as refused:
            if self._open:
                self._give_up(refused)
            raise

    @property
    def declared(self) -> tuple[tuple[str, str], ...]:
        """The declared fields of the last commit, as its table of contents has them."""
        return self._snapshot.toc.fields

    def reader(self, **_kwargs: Any) -> IndexReader:
        """Return a Whoosh reader of the last commit, without the documents that this writer has deleted of it."""
        self._check_open()
        leaves = [
            committer.with_deleted(leaf, self._deleted.get(number, set()))
            for number, leaf in enumerate(self._snapshot.leaves)
        ]
        return leaf_reader(leaves, self.schema, self._snapshot.toc.generation)

    def searcher(self, **_kwargs: Any) -> Searcher:
        """Return a Whoosh searcher of the last commit."""
        self._check_open()
        return self._searcher()

    def add_document(self, **fields: Any) -> None:
        """Add a document with these values by name of field.

        Raises:
            UnknownField: If a field is not in the schema; it is also a `whoosh.fields.UnknownFieldError`.
            DocumentError: If the document cannot be analyzed. It leaves no trace, and the writer stays open.
            OSError: If the document cannot be written, or a worker failed. The writer is then cancelled.
        """
        self._check_open()
        self._field_names.check(fields, self.schema)
        document: AnalyzedDocument | str
        if self._workers is not None:
            document = self._workers.serialize(fields)
        else:
            document = self._document_analyzer.analyze(fields)
        self._add(document)

    def add_reader(self, reader: IndexReader) -> None:
        """Add the documents of another index, or of one in memory, as they are indexed there.

        Args:
            reader: A reader of an index of Whoosh's or Jooya's own. Its fields are taken that are in the schema here,
                with the words, positions, stored values and columns that they have there.

        Raises:
            WriterError: If a word has a weight that is not the number of its occurrences, or this writer has several
                jobs, which analyze texts alone.
            DocumentError: If a stored value is of no type that can be stored.
        """
        self._check_open()
        if self._workers is not None:
            raise WriterError("a writer with several jobs can't add a reader: open one with jobs=1")
        self._field_names.check(list(reader.indexed_field_names()), self.schema)
        for document in list(reader_copy.documents(reader, self.schema)):
            self._add(document)

    def _add(self, document: AnalyzedDocument | str) -> None:
        try:
            self._take(document)
        except BaseException as error:  # half of the document may have been added
            self._fail(error)
            raise

    def _take(self, document: AnalyzedDocument | str) -> None:
        if self._workers is not None:
            assert isinstance(document, str)
            self._workers.add(document)
            return
        assert not isinstance(document, str)
        if self._buffer is None:
            self._file = SegmentWriter(self._folder / f"{os.getpid()}-{len(self._spills)}.spill")
            self._buffer = DocumentBuffer(self.schema, self._file)
        self._buffer.add(document)
        self._unchecked += len(document.stored)
        if self._buffer.documents % _MEMORY_CHECK_INTERVAL == 0 or self._unchecked > _LARGE_DOCUMENTS:
            self._unchecked = 0
            if self._buffer.memory > self._memory:
                self._spill()

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a document of the last commit by its number there; with `delete=False`, undo the deletion."""
        self._check_open()
        if not 0 <= docnum < self._snapshot.doc_count_all:
            raise WriterError(f"there is no document {docnum}: numbers are below {self._snapshot.doc_count_all}")
        number = max(n for n, leaf in enumerate(self._snapshot.leaves) if leaf.base <= docnum)
        docs = self._deleted.setdefault(number, set())
        doc = docnum - self._snapshot.leaves[number].base
        (docs.add if delete else docs.discard)(doc)

    def delete_by_term(self, fieldname: str, text: Any, searcher: Any = None) -> int:
        """Delete the documents that have a term, including those added by this writer.

        Returns:
            The number of documents of the last commit that this call deleted.
        """
        term = self.schema[fieldname].to_bytes(text)
        if self._documents:
            self._deletes.append((fieldname, term, self._documents))
        count = 0
        with reading(self._folder):
            for number, leaf in enumerate(self._snapshot.leaves):
                docs = _docs_with(leaf.segment, fieldname, term)
                live = set(docs if leaf.live is None else docs[leaf.live[docs]]) - self._deleted.get(number, set())
                if live:
                    self._deleted.setdefault(number, set()).update(live)
                    count += len(live)
        return count

    def update_document(self, **fields: Any) -> None:
        """Add a document in place of those that have the same value in any of the unique fields of the schema."""
        for name, field in self.schema.items():
            if field.unique and fields.get(name) is not None:
                self.delete_by_term(name, fields[name])
        self.add_document(**fields)

    def is_deleted(self, docnum: int) -> bool:
        """Return True if a document of the last commit is deleted, there or by this writer."""
        leaf, doc = self._snapshot.locate(docnum)
        number = self._snapshot.leaves.index(leaf)
        return doc in self._deleted.get(number, set()) or (leaf.live is not None and not leaf.live[doc])

    def add_field(self, fieldname: str, fieldtype: Any, **kwargs: Any) -> None:
        """Add a field to the schema, from the next document on; the schema of the index has it after the commit."""
        self._begin_schema_change()
        self.schema.add(fieldname, fieldtype, **kwargs)
        try:
            self._field_names.check(self.schema.names(), self.schema)
        except DocumentError:
            self.schema.remove(fieldname)
            raise
        self._end_schema_change()

    def remove_field(self, fieldname: str, **_kwargs: Any) -> None:
        """Remove a field from the schema. Its words and values stay on the disk, but nobody finds or sees them."""
        self._begin_schema_change()
        self.schema.remove(fieldname)
        self._end_schema_change()

    def _begin_schema_change(self) -> None:
        self._check_open()
        if self._workers is not None:
            raise WriterError("a writer with several jobs can't change the schema: open one with jobs=1")
        if not self._changed_schema:
            self.schema = copy_schema(self.schema)
        self._changed_schema = True

    def _end_schema_change(self) -> None:
        """Have the next documents analyzed by the present schema."""
        try:
            self._spill()
        except BaseException as error:
            self._fail(error)
            raise
        self._document_analyzer = DocumentAnalyzer(self.schema)

    def set_commit_user_data(self, content: bytes) -> None:
        """Keep `content` beside the documents from the next commit on, instead of the present user data."""
        self._commit_user_data = content
        self._journal = None

    def set_journal(self, journal: str) -> None:
        """Keep `journal` beside the user data from the next commit on, instead of the present journal.

        The journal says in the caller's own words what has changed since the user data was set; it is ASCII, and short,
        since each commit writes it anew, and each opening of the index reads it. Setting the user data empties it.
        """
        self._journal = journal

    def commit(
        self, mergetype: Any = None, optimize: bool | None = None, merge: bool | None = None, *, always: bool = False
    ) -> None:
        """Commit all changes at once, and close the writer; they are on the disk when this returns.

        Args:
            mergetype: One of Whoosh's merge functions: `NO_MERGE`, `MERGE_SMALL`, `OPTIMIZE`, or `CLEAR`, which deletes
                all documents of the last commit. Without it, the attribute `mergetype` of the writer is used.
            optimize: True to merge everything into one segment. Without it, the attribute of this name is used.
            merge: False to merge no segment of the last commit. Without it, the attribute of this name is used.
            always: Commit even if there are no changes.

        Raises:
            WriterError: If `mergetype` is another function.
            OSError: If the changes cannot be written.
        """
        self._check_open()
        chosen = mergetype or self.mergetype
        merging = chosen_merging(
            chosen, self.optimize if optimize is None else optimize, self.merge if merge is None else merge
        )
        if chosen is CLEAR:
            for number, leaf in enumerate(self._snapshot.leaves):
                self._deleted[number] = set(range(leaf.segment.documents))
        self._commit(always=always, merging=merging, run=self._run)
        self._open = False
        self._lock.release()

    def checkpoint(self) -> None:
        """Commit all changes and stay open. From now on, documents have the numbers of the new commit.

        The last commit merges the segments that the checkpoints have made.
        """
        if self._run is None:
            self._run = self._snapshot.toc.generation
        self._commit()
        try:
            self._begin()
        except BaseException as error:
            self._fail(error)
            raise

    def cancel(self) -> None:
        """Discard all changes and close the writer; do nothing if it is closed."""
        if not self._open:
            return
        self._open = False
        try:
            if self._workers is not None:
                self._workers.close()
            if self._file is not None:
                self._file.__exit__(Exception, Exception(), None)
                self._file = self._buffer = None
            self._remove_unused(self._folder)
        finally:
            self._lock.release()

    def _fail(self, error: BaseException) -> None:
        """Close the writer because of an error of its own, which is given the folder if it names no file."""
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(self._folder)
        self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        """Cancel because of `error`, and add a note to it that says what became of the index."""
        error.add_note(f"{self._folder} {self._became()}")
        self.cancel()

    def _became(self) -> str:
        """Return what became of the index, which depends on whether the table of contents was replaced."""
        try:
            if not self._snapshot.is_current():
                return "has all changes, but a power failure may undo them"
        except OSError as error:
            # Only the table that a repair has not made yet can be missing without any doubt.
            if self._snapshot.has_table or not isinstance(error, FileNotFoundError):
                return "is as it was, or has all changes"
        return "is as it was"

    def _check_open(self) -> None:
        if not self._open:
            raise WriterError("this writer is closed: its changes were committed or discarded; open another one")

    def _commit(self, *, always: bool = False, merging: Merging = "policy", run: int | None = None) -> None:
        self._check_open()
        try:
            self._spill()
            if self._workers is not None:
                self._spills = self._workers.finish()
            has_user_data = self._commit_user_data is not None or self._journal is not None
            several = run is not None and committer.run_segments(self._snapshot, run) > 1
            if self._spills or any(self._deleted.values()) or has_user_data or always or several or merging == "all":
                deleted = {number: docs for number, docs in self._deleted.items() if docs}
                with reading(self._folder):
                    committer.commit(
                        self._snapshot,
                        deleted,
                        self._sources(),
                        self._commit_user_data,
                        self._journal,
                        self._before_replacing,
                        merging,
                        run,
                    )
                self._remove_unused(self._folder)
            if self._changed_schema and self._schema_changed is not None:
                self._schema_changed(self.schema)
        except BaseException as error:
            self._fail(error)
            raise

    @property
    def _documents(self) -> int:
        """Number of documents added since the last commit."""
        if self._workers is not None:
            return self._workers.documents
        return self._spilled_documents + (self._buffer.documents if self._buffer else 0)

    def _spill(self) -> None:
        """Write the documents that wait as a segment of their own, which the commit merges."""
        if self._buffer is None or self._file is None:
            return
        path = self._file.sections.path
        with self._file:
            size, checksum = self._buffer.write()
        self._spilled_documents += self._buffer.documents
        self._file = self._buffer = None
        self._spills.append(Segment(path, size, checksum))

    def _sources(self) -> list[MergeSource]:
        """Return the new segments, without the documents that this writer added and then deleted."""
        sources = []
        base = 0
        for segment in self._spills:
            live = np.ones(segment.documents, np.bool_)
            for field, term, before in self._deletes:
                docs = _docs_with(segment, field, term)
                live[docs[docs + base < before]] = False
            sources.append(MergeSource(segment, None if live.all() else live))
            base += segment.documents
        return sources


def _docs_with(segment: Segment, name: str, term: bytes) -> Any:
    """Return the documents of a segment that have a term, including deleted ones."""
    field = segment.fields.get(name)
    ordinal = field.find(term) if field else None
    return np.empty(0, np.int32) if field is None or ordinal is None else field.docs(ordinal)
