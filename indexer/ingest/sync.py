"""Keeping the index in step with what it was made from: what comes in is compared with what is there."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from ..codec.snapshot import Snapshot
from ..document import Document, well_formed
from ..errors import BadInput
from ..hashing import stable_hash
from ..options import ReadOptions
from ..readers.guard import Guard
from ..readers.source import Source
from ..results import IndexReport, Progress
from ..schema import passage_fields, record_fields
from ..structure import passages
from ..whoosh.column_writer import ColumnWriter
from . import manifest
from .discovery import File, Found
from .document_records import Record, records, source_name
from .manifest import Entry

CHECKPOINT = 60.0
"""Seconds after which what is done is committed, so that an interruption costs no more."""

_FRESH = 2_000_000_000
"""Nanoseconds within which a file may change twice and not show it (on FAT; elsewhere far less)."""


_MOST_WAITING = 10_000
"""Documents whose key is another file's, kept until all files are read: it may be gone from there."""


class _Taken(Exception):
    """A key is that of a document of another file."""


class Sync:
    """One run over some documents and files, through one writer, whose last commit is left to the caller. What is done
    is committed now and then, together with the manifest: a run that was interrupted goes on where it was.

    snapshot: the index as it is. settings: how documents are read and cut. found: the files.
    """

    def __init__(
        self,
        writer: ColumnWriter,
        snapshot: Snapshot,
        options: ReadOptions,
        found: Found,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self.changes = IndexReport()
        self._writer = writer
        self._settings = options
        self._found = found
        self._on_progress = on_progress
        self._attached = snapshot.commit_user_data()
        self._manifest = manifest.load(snapshot)
        self._names = {entry.name: location for location, entry in self._manifest.files.items()}
        self._records = records(snapshot)
        self._keys_by_source: dict[str, list[str]] = {}
        for key, record in self._records.items():
            if record.source:
                self._keys_by_source.setdefault(record.source, []).append(key)
        self._seen: dict[str, str | None] = {}
        self._waiting: list[tuple[Document, File]] = []
        self._progress = Progress()
        self._began = time.time_ns()
        self._committed = time.monotonic()

    def run(self, documents: Iterable[Document]) -> IndexReport:
        """Takes in documents and files, and removes what is gone."""
        for document in documents:
            try:
                self._take(document)
            except (BadInput, _Taken) as error:
                self.changes.skipped.append(f"document: {error}")
        changed = []
        for file in self._found.files:
            entry = self._manifest.unchanged(file, self._settings.number)
            if entry:
                self.changes.unchanged += entry.documents
                self.changes.skipped += entry.skipped
                source = source_name(file.location)
                self._seen |= dict.fromkeys(self._keys_by_source.get(source, ()), source)
            else:
                changed.append(file)
        size = sum(file.stamp.size for file in changed)
        self._progress.of_files, self._progress.of_bytes = len(changed), size
        with Guard() as guard:
            for file in changed:
                self._take_file(file, guard)
        self._remove_gone()
        self._take_waiting()
        self.changes.skipped += self._found.skipped.values()
        left = {location: why for location, why in self._manifest.left.items() if not self._found.covers(location)}
        self._manifest = self._manifest._replace(left=left | self._found.skipped)
        self._attach()
        return self.changes

    def _take_file(self, file: File, guard: Guard) -> None:
        source = Source(Path(file.location), self._name(file))
        skipped = []
        documents = waiting = 0
        for item in guard.read(source, self._settings, self._on_bytes):
            if isinstance(item, BadInput):
                skipped.append(str(item))
                continue
            try:
                self._take(item)
                documents += 1
            except BadInput as error:
                skipped.append(f"{source.name}: {error}")
            except _Taken as error:
                if len(self._waiting) < _MOST_WAITING:
                    self._waiting.append((item, file))
                else:
                    skipped.append(f"{source.name}: {error}")
                waiting += 1
            self._checkpoint()
        before = [key for key in self._keys_by_source.get(source_name(file.location), ()) if key not in self._seen]
        if skipped:
            documents += len(before)  # what can't be read now may be there still
        else:
            self._remove(before)
        self.changes.skipped += skipped
        fresh = self._began - max(file.stamp.modified, file.stamp.changed) < _FRESH
        stamp = None if waiting or fresh else file.stamp
        entry = Entry(source.name, stamp, self._settings.number, documents, tuple(skipped))
        self._manifest.files[file.location] = entry
        self._names[source.name] = file.location
        self._progress.files += 1
        self._on_progress(self._progress)

    def _take_waiting(self) -> None:
        """Takes in the documents whose keys were another file's, where they are so no more."""
        for document, file in self._waiting:
            entry = self._manifest.files[file.location]
            try:
                self._take(document)
                entry = entry._replace(documents=entry.documents + 1)
            except (BadInput, _Taken) as error:
                reason = f"{entry.name}: {error}"
                entry = entry._replace(skipped=(*entry.skipped, reason))
                self.changes.skipped.append(reason)
            self._manifest.files[file.location] = entry

    def _take(self, document: Document) -> None:
        """Adds `document`, or replaces the one with its key, unless nothing of it has changed.

        Raises BadInput if it can't be indexed, and _Taken if its key is another file's.
        """
        document = self._completed(document)
        key, source = document.key, source_name(document.source) if document.source else None
        record = self._records.get(key)
        if not document.text.strip():
            raise BadInput(f"the key {key!r} has no text")
        if key in self._seen and self._seen[key] in (source, None):
            raise BadInput(f"the key {key!r} stands before it already; give each its own")
        if key in self._seen:
            raise _Taken(f"the key {key!r} belongs to a document of {self._seen[key]} already")
        if source and record and record.source not in (None, source) and os.path.exists(record.source):  # noqa: PTH110
            raise _Taken(f"the key {key!r} belongs to a document of {record.source} already")
        self._seen[key] = source
        if record and record.source != source:
            self._read_again(record.source)
        self._write(document, record)

    def _write(self, document: Document, record: Record | None) -> None:
        source = source_name(document.source) if document.source else None
        digest = _digest(document, self._settings.passage_words)
        now = Record(digest, source, document.encoding, document.collection)
        if record == now:
            self.changes.unchanged += 1
            return
        if record:
            self._writer.delete_by_term("document", document.key)
            self.changes.updated += 1
        else:
            self.changes.new += 1
        remembered = record_fields(now)
        for passage in passages.cut(document, self._settings.passage_words):
            self._writer.add_document(**passage_fields(document, passage), **remembered)
            remembered = {}
            self._progress.passages += 1

    def _remove_gone(self) -> None:
        """Removes the documents of files that are no longer among those found."""
        there = {file.location for file in self._found.files}
        for location in [*self._manifest.files]:
            if location not in there and self._found.covers(location):
                del self._manifest.files[location]
                keys = self._keys_by_source.get(source_name(location), ())
                self._remove([key for key in keys if key not in self._seen])

    def _remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            del self._records[key]
            self._writer.delete_by_term("document", key)
            self.changes.removed += 1

    def _read_again(self, source: str | None) -> None:
        """Makes the next run read a file whose document was replaced by another's."""
        if source in self._manifest.files:
            self._manifest.files[source] = self._manifest.files[source]._replace(stamp=None)

    def _checkpoint(self) -> None:
        if time.monotonic() - self._committed >= CHECKPOINT:
            self._attach()
            self._writer.checkpoint()
            self._committed = time.monotonic()

    def _attach(self) -> None:
        content = manifest.dump(self._manifest)
        if content != self._attached:
            self._writer.set_commit_user_data(content)
            self._attached = content

    def _on_bytes(self, count: int) -> None:
        self._progress.bytes += count
        self._on_progress(self._progress)

    def _completed(self, document: Document) -> Document:
        """`document` as the settings ask for it, and as UTF-8 can hold it."""
        return replace(
            document,
            key=well_formed(document.key),
            text=well_formed(document.text),
            title=document.title and well_formed(document.title),
            whole=document.whole or self._settings.whole,
            collection=document.collection or self._settings.collection,
        )

    def _name(self, file: File) -> str:
        """What the file is called in keys of documents: as it was first given; where another file is called so (in
        another working folder), by its absolute path."""
        if file.location in self._manifest.files:
            return self._manifest.files[file.location].name
        other = self._names.get(file.name)
        record = self._records.get(file.name)
        taken = self._seen.get(file.name) or (other if other and os.path.exists(other) else None)  # noqa: PTH110
        if not taken and record and record.source and os.path.exists(record.source):  # noqa: PTH110
            taken = record.source
        return file.location.replace(os.sep, "/") if taken not in (None, source_name(file.location)) else file.name


def _digest(document: Document, passage_words: int) -> int:
    content = (
        document.text,
        document.title,
        document.date,
        document.body,
        document.whole,
        document.places,
        document.sections,
        passage_words,
    )
    return stable_hash(repr(content)) or 1
