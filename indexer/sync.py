"""Keeping the index in step with what it was made from: what comes in is compared with what is there."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from jooya.indexer import passages
from jooya.indexer.codec.writer import Writer
from jooya.indexer.document import Document, well_formed
from jooya.indexer.errors import BadInput
from jooya.indexer.readers.source import Item, Source
from jooya.indexer.records import Record, number_of
from jooya.indexer.results import Changes
from jooya.indexer.schema import passage_fields, record_fields


class Sync:
    """One run over some documents, through one writer, which it neither commits nor cancels.

    records: what the index remembers of the documents in it, by key.
    whole: whether each document is to be one passage.
    """

    def __init__(self, writer: Writer, records: dict[str, Record], *, whole: bool) -> None:
        self.changes = Changes()
        self._writer = writer
        self._records = records
        self._whole = whole
        self._keys_by_source: dict[Path, list[str]] = {}
        for key, record in records.items():
            if record.source:
                self._keys_by_source.setdefault(record.source, []).append(key)
        self._seen: set[str] = set()
        self._unreadable: set[Path] = set()

    def take_file(self, source: Source, items: Iterable[Item]) -> None:
        """Takes in what reading `source` yields."""
        for item in items:
            if isinstance(item, BadInput):
                self._unreadable.add(source.path)
                self.changes.skipped.append(str(item))
            elif item.key == source.name:
                self.take(replace(item, key=self._file_key(source)))
            else:
                self.take(item)

    def take(self, document: Document) -> None:
        """Adds `document`, or replaces the one with its key, unless nothing of it has changed."""
        document = _storable(document)
        if self._whole and not document.whole:
            document = replace(document, whole=True)
        record = self._records.get(document.key)
        if not document.text.strip():
            reason = "has no text"
        elif document.key in self._seen:
            reason = "stands before it already; give each its own"
        elif document.source and record and self._is_anothers(record, document.source):
            reason = f"belongs to a document of {record.source} already"
        else:
            self._seen.add(document.key)
            self._write(document, record)
            return
        where = document.source.name if document.source else "document"
        self.changes.skipped.append(f"{where}: the key {document.key!r} {reason}")

    def remove_missing(self, roots: Iterable[Path]) -> None:
        """Removes the documents of files at or below `roots` (absolute paths) that did not come in this time,
        save those of files that could not be read in full."""
        for root in roots:
            for source, keys in self._keys_by_source.items():
                if source.is_relative_to(root) and source not in self._unreadable:
                    for key in set(keys) - self._seen:
                        self._seen.add(key)
                        self._writer.delete_by_term("document", key)
                        self.changes.removed += 1

    def _write(self, document: Document, record: Record | None) -> None:
        now = Record(_digest(document), document.source, document.encoding)
        if record == now:
            self.changes.unchanged += 1
            return
        if record:
            self._writer.delete_by_term("document", document.key)
            self.changes.updated += 1
        else:
            self.changes.new += 1
        remembered = record_fields(now)
        for passage in passages.cut(document):
            self._writer.add_document(**passage_fields(document, passage), **remembered)
            remembered = {}

    def _file_key(self, source: Source) -> str:
        """The key of the document that the file `source` is: the one it has in the index, or the file's name
        as given; where another file is called so (in another working folder), its absolute path."""
        for key in self._keys_by_source.get(source.path, ()):
            return key
        record = self._records.get(source.name)
        taken = source.name in self._seen or (record and self._is_anothers(record, source.path))
        return source.path.as_posix() if taken else source.name

    @staticmethod
    def _is_anothers(record: Record, source: Path) -> bool:
        return record.source not in (None, source) and record.source.exists()


def _digest(document: Document) -> int:
    content = (
        document.text,
        document.title,
        document.date,
        document.body,
        document.whole,
        document.places,
        passages.PASSAGE_WORDS,
    )
    return number_of(repr(content)) or 1


def _storable(document: Document) -> Document:
    """`document` as UTF-8 can hold it."""
    title = document.title and well_formed(document.title)
    return replace(document, key=well_formed(document.key), text=well_formed(document.text), title=title)
