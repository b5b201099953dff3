"""Saving what can be saved of a damaged index.

Segments that are as they should be stay. Of the others, all documents whose stored passages can still be read are
taken in anew. It is a commit like any other, and the damaged files are removed after it.
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
from .check import check, documents_of
from .salvage import Remains, guessed, opened, readable
from .segment_check import examine

_UNKNOWN = 1
"""A digest that tells a document from any that comes in: it is taken in anew the next time."""


def repair(path: Path, wait: float = LOCK_WAIT) -> RepairReport:
    """Makes the index in the folder `path` sound again, with what can be saved.

    wait: for how many seconds to wait for a writer. Raises as `Writer`, and IndexUnusable if there is no index that
    this version can use.
    """
    before = check(path)
    if not before.problems:
        return RepairReport(0, [], [], before)
    ruin = _Ruin()
    searcher = ColumnIndex(path, schema()).searcher
    with ColumnWriter(path, schema(), searcher, wait=wait, snapshot=ruin.open) as writer:
        there: set[str] = set()
        lost: set[str] = set()
        rebuilt = 0
        for key, wrong in documents_of(ruin.sound):
            (lost if wrong else there).add(key)
        for key in lost:
            writer.delete_by_term("document", key)
        for document in ruin.documents(path):
            if not document.passages:
                lost.add(document.key)
            elif document.key not in there:
                there.add(document.key)
                for fields in document.passages:
                    writer.add_document(**fields)
                rebuilt += len(document.passages)
        writer.commit(always=True)
    return RepairReport(rebuilt, sorted(lost - there), ruin.losses, check(path))


class _Document(NamedTuple):
    """A document of a damaged segment. passages: as fields; none if not all of them can be read."""

    key: str
    passages: list[dict[str, Any]]


class _Ruin:
    """A damaged index. sound: its segments that are as they should be. losses: what is lost beside documents."""

    def __init__(self) -> None:
        self.sound: list[Leaf] = []
        self.losses: list[str] = []
        self._damaged: list[SegmentEntry] = []

    def open(self, folder: Path) -> Snapshot:
        """The sound part."""
        found = examine(folder)
        self.sound = found.sound_leaves()
        state = found.state
        if state is None:
            state, self._damaged = guessed(folder, identity())
            self.losses.append("the table of contents: what was removed lately may be back")
        else:
            self._damaged = [part.entry for part in found.parts if part.problems]
        if state.analysis != identity():
            raise IndexUnusable.foreign(folder, state.analysis, identity())
        if found.attachment_lost:
            self.losses.append("the list of files")
        table = (folder / toc.NAME).exists()
        # Without its list of files the next run reads them all again, and brings back what is lost.
        state = state._replace(segments=tuple(leaf.entry for leaf in self.sound), attachment=None)
        return Snapshot(folder, state, self.sound, toc.signature(folder) if table else (0, 0, 0))

    def documents(self, folder: Path) -> Iterator[_Document]:
        """The documents of the damaged segments. Those of later commits come first: where it is not known what was
        deleted, they are the ones that replaced others with their keys."""
        for entry in reversed(self._damaged):
            remains, losses = opened(folder, entry)
            self.losses += losses
            if remains is not None:
                yield from self._documents(remains)

    def _documents(self, remains: Remains) -> Iterator[_Document]:
        gone = {doc for doc, stored in remains.stored() if stored is None}
        ordinals = remains.ordinals("document")
        broken = set() if ordinals is None else {int(ordinals[doc]) for doc in gone}
        names = [remains.term("document", ordinal) for ordinal in sorted(broken)]
        yield from (_Document(name, []) for name in names if name is not None)
        if None in names or (gone and ordinals is None):
            self.losses.append(f"{remains.segment.file.path.name}: documents whose names can't be read")
        rest = ((doc, stored) for doc, stored in remains.stored() if stored is not None)
        for key, group in groupby(rest, key=lambda row: str(row[1]["document"])):
            rows = list(group)
            first, last = rows[0][0], rows[-1][0]
            if ordinals is not None:
                whole = int(ordinals[first]) not in broken
            else:  # where it begins and ends may be gone
                whole = last + 1 not in gone and (first - 1 not in gone or rows[0][1]["id"] in (key, f"{key}#1"))
            passages = [restored_fields(stored) for _, stored in rows] if whole else []
            if passages:
                record = readable(_record, remains.segment, first) or DocumentRecord(_UNKNOWN, None)
                passages[0] |= record_fields(record)
            yield _Document(key, passages)


def _record(segment: Segment, doc: int) -> DocumentRecord:
    """What the columns remember of the document whose first passage this is. Raises where they are damaged."""
    source, encoding, collection = (_term(segment.fields[name], doc) for name in ("source", "encoding", "collection"))
    digest = int(segment.fields["digest"].numbers[doc])
    return DocumentRecord(digest or _UNKNOWN, source, encoding, collection)


def _term(field: Field, doc: int) -> str | None:
    ordinal = int(field.ordinals[doc])
    return field.term(ordinal).decode() if ordinal < field.terms else None
