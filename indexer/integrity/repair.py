"""Repairing a damaged index.

Sound segments stay. From the damaged ones, all documents whose stored passages can still be read are indexed again.
This is a commit like any other, after which the damaged files are removed.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ...analyzers import identity
from ..codec import toc
from ..codec.segment import Field, Segment
from ..codec.snapshot import Leaf, Snapshot
from ..codec.toc import SegmentEntry
from ..defaults import LOCK_WAIT
from ..errors import IndexUnusable
from ..ingest.document_records import DocumentRecord
from ..results import RepairReport
from ..schema import record_fields, restored_fields
from ..whoosh.column_index import ColumnIndex
from ..whoosh.column_writer import ColumnWriter
from ..whoosh.passage_schema import schema
from ..whoosh.writer_errors import DocumentError
from .check import check, check_documents
from .salvage import DamagedSegment, open_damaged, read_or_none, reconstruct_toc
from .segment_check import check_segments

_UNKNOWN_DIGEST = 1
"""A digest that differs from that of any document, so that the document is indexed again at the next run."""


def repair(path: Path, wait: float = LOCK_WAIT) -> RepairReport:
    """Repair the index in the folder `path` and keep everything that can still be read.

    Args:
        path: The folder.
        wait: Seconds to wait for a writer.

    Raises:
        IndexUnusable: If there is no index, or if this version cannot write to it.
        IndexBusy: If a writer is still there after `wait` seconds.
    """
    before = check(path)
    if not before.problems:
        return RepairReport(0, [], [], before)
    damaged = _DamagedIndex()
    searcher = ColumnIndex(path, schema()).searcher
    with ColumnWriter(path, schema(), searcher, wait=wait, snapshot=damaged.open) as writer:
        present: set[str] = set()
        lost: set[str] = set()
        rebuilt = 0
        for key, problem in check_documents(damaged.sound):
            (lost if problem else present).add(key)
        for key in lost:
            writer.delete_by_term("document", key)
        for document in damaged.documents(path):
            if not document.passages:
                lost.add(document.key)
            elif document.key not in present:
                try:
                    for fields in document.passages:
                        writer.add_document(**fields)
                except DocumentError:  # a faulty program stored it
                    writer.delete_by_term("document", document.key)
                    lost.add(document.key)
                else:
                    present.add(document.key)
                    rebuilt += len(document.passages)
        writer.commit(always=True)
    return RepairReport(rebuilt, sorted(lost - present), damaged.losses, check(path))


class _SalvagedDocument(NamedTuple):
    """A document of a damaged segment.

    Attributes:
        key: Its key.
        passages: The fields of each passage; empty unless all passages can be read.
    """

    key: str
    passages: list[dict[str, Any]]


class _DamagedIndex:
    """A damaged index.

    Attributes:
        sound: The segments without problems.
        losses: Descriptions of what is lost beside whole documents.
    """

    def __init__(self) -> None:
        self.sound: list[Leaf] = []
        self.losses: list[str] = []
        self._damaged: list[SegmentEntry] = []

    def open(self, folder: Path) -> Snapshot:
        """Check the index and return a snapshot of its sound segments."""
        found = check_segments(folder)
        self.sound = found.sound_leaves()
        state = found.state
        if state is None:
            state, self._damaged = reconstruct_toc(folder, identity())
            self.losses.append("the table of contents; documents that were removed lately may be back")
        else:
            self._damaged = [checked.entry for checked in found.segments if checked.problems]
        if state.analysis != identity():
            raise IndexUnusable.foreign(folder, state.analysis, identity())
        if found.user_data_lost:
            self.losses.append("the list of indexed files")
        has_table = (folder / toc.NAME).exists()
        # Without the list of files, the next run reads all of them again, and restores the lost documents.
        state = state._replace(segments=tuple(leaf.entry for leaf in self.sound), commit_user_data=None)
        return Snapshot(folder, state, self.sound, toc.signature(folder) if has_table else (0, 0, 0))

    def documents(self, folder: Path) -> Iterator[_SalvagedDocument]:
        """Yield the documents of the damaged segments, those of later commits first.

        If it is not known which documents were deleted, the later ones are those that replaced others of the same key.
        """
        for entry in reversed(self._damaged):
            damaged, losses = open_damaged(folder, entry)
            self.losses += losses
            if damaged is not None:
                yield from self._documents(damaged)

    def _documents(self, damaged: DamagedSegment) -> Iterator[_SalvagedDocument]:
        gone = {doc for doc, stored in _passages(damaged) if stored is None}
        ordinals = damaged.ordinals("document")
        incomplete = set() if ordinals is None else {int(ordinals[doc]) for doc in gone}
        keys = [damaged.term("document", ordinal) for ordinal in sorted(incomplete)]
        yield from (_SalvagedDocument(key, []) for key in keys if key is not None)
        if None in keys or (gone and ordinals is None):
            self.losses.append(f"{damaged.segment.file.path.name}: documents whose keys can't be read")
        readable = ((doc, stored) for doc, stored in _passages(damaged) if stored is not None)
        for key, group in groupby(readable, key=lambda row: str(row[1]["document"])):
            rows = list(group)
            first, last = rows[0][0], rows[-1][0]
            if ordinals is not None:
                is_whole = int(ordinals[first]) not in incomplete
            else:  # its first or last passages may be among those that can't be read
                is_whole = last + 1 not in gone and (first - 1 not in gone or rows[0][1]["id"] in (key, f"{key}#1"))
            passages = [restored_fields(stored) for _, stored in rows] if is_whole else []
            if passages:
                record = read_or_none(_record, damaged.segment, first) or DocumentRecord(_UNKNOWN_DIGEST, None)
                passages[0] |= record_fields(record)
            yield _SalvagedDocument(key, passages)


def _passages(damaged: DamagedSegment) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the live documents of a segment, with their stored fields; None unless they are those of a passage."""
    for doc, stored in damaged.stored():
        yield doc, stored if isinstance(stored, dict) and _is_passage(stored) else None


def _is_passage(stored: dict[str, Any]) -> bool:
    has_texts = all(isinstance(stored.get(name), str) for name in ("document", "id", "text"))
    return has_texts and read_or_none(restored_fields, stored) is not None


def _record(segment: Segment, doc: int) -> DocumentRecord:
    """Return the record of the document whose first passage is `doc`; raise an error if the columns are damaged."""
    source, encoding, collection = (_term(segment.fields[name], doc) for name in ("source", "encoding", "collection"))
    digest = int(segment.fields["digest"].numbers[doc])
    return DocumentRecord(digest or _UNKNOWN_DIGEST, source, encoding, collection)


def _term(field: Field, doc: int) -> str | None:
    ordinal = int(field.ordinals[doc])
    return field.term(ordinal).decode() if ordinal < field.terms else None
