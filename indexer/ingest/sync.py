"""Bringing an index up to date with files and documents: what comes in is compared with what is there."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

from ..codec.snapshot import Snapshot
from ..document import Document, well_formed
from ..errors import BadInput
from ..hashing import stable_hash_of
from ..meta import json_form
from ..options import ReadOptions
from ..own_fields import NO_FIELDS, FieldProblems, OwnFields, own_values
from ..readers import budgets
from ..readers.budgets import Cut, CutDocument
from ..readers.guard import Guard
from ..readers.source import ReadFailure, Source
from ..reports import IndexReport, Progress
from ..schema import passage_fields, record_fields
from . import manifest
from .discovery import FoundFile, FoundFiles, absolute, is_below
from .document_records import DocumentRecord, document_records, source_name
from .manifest import Entry, ManifestWriter, StoredManifest, UserDataWriter
from .path_root import PathRoot

CHECKPOINT = 60.0
"""Seconds between two commits, so that an interrupted run loses no more work than that."""

_FRESH = 2_000_000_000
"""Nanoseconds within which a file may change twice with the same time stamp (on FAT; elsewhere far less)."""

_MOST_WAITING = 10_000
"""Documents whose key belongs to another file that wait until all files are read: the other may have lost the key."""

_MOST_WAITING_CHARACTERS = 20_000_000
"""The most characters of these documents."""

_MOST_REASONS = 1_000
"""The reasons for skipping parts of one file that are kept. It can have millions; of the others the number is kept."""

_CHUNK = 1 << 16
"""The number of characters of a text that are written out at a time to be hashed, since it may be very long."""

_RECOGNIZED = "recognized"
"""The folder in an index with the recognized texts of scans. It may be removed at any time: they are made again."""

_log = logging.getLogger(__name__)


class _KeyTaken(Exception):
    """The key of a document belongs to a document of another file."""


class KnownIndex(NamedTuple):
    """The knowledge of an index of its files and documents.

    Attributes:
        root: What the paths in it are relative to.
        manifest: Its manifest.
        records: The records of its documents, by key.
        cache: A folder for what takes long to find out and may be lost, or None.
    """

    root: PathRoot
    manifest: StoredManifest
    records: dict[str, DocumentRecord]
    cache: Path | None

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Return what a local index knows. Raise IndexDamaged if it cannot be read."""
        stored = StoredManifest.of(snapshot)
        return cls(stored.root, stored, document_records(snapshot), snapshot.folder)


class SyncWriter(UserDataWriter, Protocol):
    """A writer as a run uses it. Its changes are visible after a checkpoint or commit."""

    def add_document(self, **fields: Any) -> None:
        """Add a passage, by the names of its fields; those of a document follow one another."""

    def delete_by_term(self, fieldname: str, text: Any) -> Any:
        """Delete the passages that have a term."""

    def checkpoint(self) -> None:
        """Commit all changes and stay open."""


class Sync:
    """A run over some documents and files, through one writer. The caller makes the last commit.

    The work is committed now and then, together with the manifest, so an interrupted run resumes where it stopped.

    Attributes:
        report: What has been done so far.
    """

    def __init__(
        self,
        writer: SyncWriter,
        known: KnownIndex,
        options: ReadOptions,
        found: FoundFiles,
        on_progress: Callable[[Progress], None],
        own_fields: OwnFields = NO_FIELDS,
    ) -> None:
        """Prepare a run.

        Args:
            writer: The writer of the index.
            known: What the index has.
            options: How files are read and documents cut into passages.
            found: The files.
            on_progress: A function that is called now and then with the progress.
            own_fields: The declared fields.
        """
        self.report = IndexReport()
        self._writer = writer
        self._options = options
        self._found = found
        self._on_progress = on_progress
        self._root = known.root
        self._recognized = known.cache / _RECOGNIZED if options.ocr and known.cache else None
        self._manifest = manifest.load(known.manifest)
        self._manifest_writer = ManifestWriter(known.manifest)
        self._names = {entry.name: location for location, entry in self._manifest.files.items()}
        self._records = known.records
        self._keys_by_source: dict[str, list[str]] = {}
        for key, record in self._records.items():
            if record.source:
                self._keys_by_source.setdefault(record.source, []).append(key)
        self._seen: dict[str, str | None] = {}
        self._source: tuple[Path, str, str] | None = (
            None  # of the last document: path, and its absolute and relative name
        )
        self._waiting: list[tuple[Document | CutDocument, FoundFile]] = []
        self._waiting_characters = 0
        self._own_fields = own_fields
        self._field_problems = FieldProblems()
        self._progress = Progress()
        self._began = time.time_ns()
        self._committed = time.monotonic()

    def run(self, documents: Iterable[Document]) -> IndexReport:
        """Add documents and files, and remove what is gone."""
        for document in documents:
            try:
                self._take(document)
            except (BadInput, _KeyTaken) as error:
                self.report.skipped.append(f"document: {error}")
            self._progress.documents += 1
            self._on_progress(self._progress)
            self._checkpoint()
        changed = []
        for file in self._found.files:
            entry = self._manifest.unchanged(file, self._options.number)
            if entry:
                self.report.unchanged += entry.documents
                self.report.skipped += entry.skipped
                source = source_name(file.location)
                self._seen |= dict.fromkeys(self._keys_by_source.get(source, ()), source)
            else:
                changed.append(file)
        size = sum(file.stamp.size for file in changed)
        self._progress.of_files, self._progress.of_bytes = len(changed), size
        with Guard(recognized=self._recognized) as guard:
            for file in changed:
                self._take_file(file, guard)
        self.report.recognized = guard.recognized_pages
        self._remove_gone()
        self._take_waiting()
        self.report.skipped += self._found.skipped.values()
        self.report.unread += self._found.unread
        self.report.notes += self._field_problems.lines()
        left = {location: why for location, why in self._manifest.left.items() if not self._found.covers(location)}
        self._manifest = self._manifest._replace(left=left | self._found.skipped)
        self._manifest_writer.write(self._manifest, self._writer)
        for reason in self.report.skipped:
            _log.info("skipped %s", reason)
        return self.report

    def _take_file(self, file: FoundFile, guard: Guard) -> None:
        """Read a file, add its documents, remove those that it no longer has, and enter it in the manifest."""
        source = Source(Path(file.location), self._name(file))
        skipped = _Reasons(_MOST_REASONS)
        unread = []
        documents = waiting = 0
        for item in guard.read(source, self._options, self._on_bytes):
            if isinstance(item, BadInput):
                skipped.add(str(item))
                if isinstance(item, ReadFailure):
                    unread.append(str(item))
                continue
            try:
                if self._take_or_wait(item, file, source.name):
                    documents += 1
                else:
                    waiting += 1
            except (BadInput, _KeyTaken) as error:
                skipped.add(f"{source.name}: {error}")
            self._checkpoint()
        before = [key for key in self._keys_by_source.get(source_name(file.location), ()) if key not in self._seen]
        reasons = skipped.lines(source.name)
        if reasons:
            documents += len(before)  # what cannot be read now may still be there
        else:
            self._remove(before)
        self.report.skipped += reasons
        self.report.unread += unread
        fresh = self._began - max(file.stamp.modified, file.stamp.changed) < _FRESH
        stamp = None if waiting or fresh or unread else file.stamp
        entry = Entry(source.name, stamp, self._options.number, documents, tuple(reasons))
        self._manifest.files[file.location] = entry
        self._names[source.name] = file.location
        self._progress.files += 1
        self._on_progress(self._progress)

    def _take_or_wait(self, item: Document | CutDocument, file: FoundFile, name: str) -> bool:
        """Add a document of a file; return False if it waits instead, as its key belongs to another file.

        It is added under a key of its own if it has been before, or if too many are waiting.
        """
        try:
            self._take(item)
        except _KeyTaken:
            own = self._with_own_key(item, name)
            known = self._records.get(_key(own))
            had_own = known is not None and known.source == source_name(file.location)
            if not had_own and self._wait_with(item, file):
                return False
            self._take(own)
        return True

    def _wait_with(self, item: Document | CutDocument, file: FoundFile) -> bool:
        """Keep a document whose key belongs to another file; return False if too many are kept already."""
        characters = len((item.document if isinstance(item, CutDocument) else item).text)
        if len(self._waiting) >= _MOST_WAITING or self._waiting_characters + characters > _MOST_WAITING_CHARACTERS:
            return False
        self._waiting.append((item, file))
        self._waiting_characters += characters
        return True

    def _with_own_key(self, item: Document | CutDocument, name: str) -> Document | CutDocument:
        """Return a record whose id another file has, too, with the key `FILE:ID`; any other document as it is."""
        document = item.document if isinstance(item, CutDocument) else item
        if document.key.startswith(name):
            return item
        collection = document.collection or self._options.collection
        own_id = document.key.removeprefix(f"{collection}/") if collection else document.key
        document = replace(document, key=f"{name}:{own_id}")
        return item._replace(document=document) if isinstance(item, CutDocument) else document

    def _take_waiting(self) -> None:
        """Add the documents whose keys belonged to another file; where they still do, under keys of their own."""
        skipped: dict[str, _Reasons] = {}
        for document, file in self._waiting:
            entry = self._manifest.files[file.location]
            try:
                try:
                    self._take(document)
                except _KeyTaken:
                    self._take(self._with_own_key(document, entry.name))
                self._manifest.files[file.location] = entry._replace(documents=entry.documents + 1)
            except (BadInput, _KeyTaken) as error:
                reasons = skipped.setdefault(file.location, _Reasons(_MOST_REASONS - len(entry.skipped)))
                reasons.add(f"{entry.name}: {error}")
        for location, reasons in skipped.items():
            entry = self._manifest.files[location]
            lines = reasons.lines(entry.name)
            self._manifest.files[location] = entry._replace(skipped=(*entry.skipped, *lines))
            self.report.skipped += lines

    def _take(self, item: Document | CutDocument) -> None:
        """Add a document, or replace the one with its key, unless nothing of it has changed.

        Raises:
            BadInput: The document cannot be indexed.
            _KeyTaken: Its key belongs to a document of another file.
        """
        document, cut = item if isinstance(item, CutDocument) else (item, None)
        document = self._completed(document)
        budgets.check(document)
        key, source = document.key, self._source_of(document)
        record = self._records.get(key)
        if not document.text[document.body :].strip():
            raise BadInput(f"the key {key!r} has no text")
        if key in self._seen and self._seen[key] in (source, None):
            raise BadInput(f"the key {key!r} occurs twice; give each document a key of its own")
        if key in self._seen:
            raise self._taken(key, self._seen[key])
        if source and record and record.source not in (None, source) and os.path.exists(record.source):  # noqa: PTH110
            raise self._taken(key, record.source)
        self._write(document, cut, source, record)
        self._seen[key] = source
        if record and record.source != source:
            self._read_again(record.source)

    def _taken(self, key: str, source: str | None) -> _KeyTaken:
        """Return the error for a key that belongs to a document of the file `source`, by the name it was given by."""
        entry = self._manifest.files.get(source or "")
        name = entry.name if entry else self._root.relative(source) if source else "another call"
        return _KeyTaken(f"the key {key!r} already belongs to a document of {name}")

    def _source_of(self, document: Document) -> str | None:
        """Return the file of a document as its record has it. Most documents have the file of the one before."""
        path = document.source
        if path is None:
            return None
        if self._source is None or path is not self._source[0]:
            name = source_name(absolute(path))
            self._source = path, name, self._root.relative(name)
        return self._source[1]

    def _write(self, document: Document, cut: Cut | None, source: str | None, record: DocumentRecord | None) -> None:
        digest = _digest(document, self._options.passage_words)
        now = DocumentRecord(digest, source, document.encoding, document.collection)
        if record == now:
            self.report.unchanged += 1
            return
        if cut is None:
            cut = budgets.cut(document, self._options.passage_words)
        if record:
            self._writer.delete_by_term("document", document.key)
            self.report.updated += 1
        else:
            self.report.new += 1
        # The record is stored with the first passage alone.
        of_first = record_fields(now, self._source[2] if source and self._source else None)
        if document.meta:
            of_first["meta"] = json_form(document.meta)
        own, problems = own_values(document.meta, self._own_fields, len(cut.starts))
        self._field_problems.add(problems)
        for passage in cut.passages(document):
            self._writer.add_document(**passage_fields(document, passage), **own, **of_first)
            of_first = {}
            self._progress.passages += 1

    def _remove_gone(self) -> None:
        """Remove the documents of files that are no longer among those found."""
        there = {file.location for file in self._found.files}
        for location in [*self._manifest.files]:
            if location not in there and self._found.lacks(location):
                del self._manifest.files[location]
                self._remove_of(source_name(location))
        for path in self._found.gone:  # a repair may have lost the manifest, but the documents know their files
            for source in [*self._keys_by_source]:
                if is_below(source, source_name(path)):
                    self._remove_of(source)

    def _remove_of(self, source: str) -> None:
        """Remove the documents of a file, but for those that were found elsewhere by now."""
        self._remove([key for key in self._keys_by_source.pop(source, ()) if key not in self._seen])

    def _remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            del self._records[key]
            self._writer.delete_by_term("document", key)
            self.report.removed += 1

    def _read_again(self, source: str | None) -> None:
        """Let the next run read a file whose document was replaced by that of another file."""
        if source in self._manifest.files:
            self._manifest.files[source] = self._manifest.files[source]._replace(stamp=None)

    def _checkpoint(self) -> None:
        if time.monotonic() - self._committed >= CHECKPOINT:
            self._manifest_writer.write(self._manifest, self._writer)
            self._writer.checkpoint()
            self._committed = time.monotonic()
            _log.info("committed after %s of %s files", self._progress.files, self._progress.of_files)

    def _on_bytes(self, count: int) -> None:
        self._progress.bytes += count
        self._on_progress(self._progress)

    def _completed(self, document: Document) -> Document:
        """Return `document` as the options ask for it, and as UTF-8 can hold it."""
        completed: dict[str, Any] = {
            "key": well_formed(document.key),
            "text": well_formed(document.text),
            "title": document.title and well_formed(document.title),
            "whole": document.whole or self._options.whole,
            "collection": document.collection or self._options.collection,
        }
        changed = {name: value for name, value in completed.items() if value is not getattr(document, name)}
        return document.changed(**changed) if changed else document

    def _name(self, file: FoundFile) -> str:
        """Return the name of a file in the keys of its documents.

        This is its path as it was first given. If another file (in another working folder) has that name, it is the
        path from the folder that holds the index. This may be another file's name, too; then "./" is put before it,
        which no name that was given begins with.
        """
        if file.location in self._manifest.files:
            return self._manifest.files[file.location].name
        own = self._root.relative(file.location).replace(os.sep, "/")
        return next((name for name in (file.name, own) if not self._is_taken(name, file)), f"./{own}")

    def _is_taken(self, name: str, file: FoundFile) -> bool:
        """Return True if a name is that of another file that is still there."""
        other = self._names.get(name)
        record = self._records.get(name)
        taken = self._seen.get(name) or (other if other and os.path.exists(other) else None)  # noqa: PTH110
        if not taken and record and record.source and os.path.exists(record.source):  # noqa: PTH110
            taken = record.source
        return taken not in (None, source_name(file.location))


def _key(item: Document | CutDocument) -> str:
    return well_formed((item.document if isinstance(item, CutDocument) else item).key)


class _Reasons:
    """The reasons for skipping parts of a file, and the number of those that are too many to be kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[str] = []
        self._others = 0

    def add(self, reason: str) -> None:
        """Add a reason."""
        if len(self._kept) < self._most:
            self._kept.append(reason)
        else:
            self._others += 1

    def lines(self, name: str) -> list[str]:
        """Return the reasons, for a file of this name."""
        return self._kept + ([f"{name}: {self._others:,} more that can't be read"] if self._others else [])


def _digest(document: Document, passage_words: int) -> int:
    """Return a hash of all that a document's passages depend on; never 0, which marks passages without a record.

    It is that of the `repr` of the text and the other values, which is never made as a whole.
    """
    others: tuple[object, ...] = (
        document.title, document.date, document.body, document.whole, document.places, document.sections,
    )  # fmt: skip
    if document.meta:
        others = (*others, sorted(document.meta.items()))
    return stable_hash_of(chain("(", _repr(document.text), [f", {repr((*others, passage_words))[1:]}"])) or 1


def _repr(text: str) -> Iterator[str]:
    """Yield the pieces of `repr(text)`."""
    quote = '"' if "'" in text and '"' not in text else "'"
    yield quote
    for start in range(0, len(text), _CHUNK):
        chunk = text[start : start + _CHUNK]
        # This is several times as fast as `repr`, and enough for nearly all Persian texts.
        escaped = chunk.replace("\\", "\\\\").replace("\n", "\\n").replace("\u200c", "\\u200c")
        if escaped.isprintable() and (quote == '"' or "'" not in chunk):
            yield escaped
        else:
            yield repr(chunk + '"')[1:-2] if quote == "'" else repr(chunk)[1:-1]
    yield quote
