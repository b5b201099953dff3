"""Repairing a damaged index.

Sound segments stay. From the damaged ones, all documents whose stored passages can still be read are indexed again.
This is a commit like any other, except that the files that it replaces are kept (see `preserved`).
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ...analyzers import identity
from ..codec import toc
from ..codec.segment import Field, Segment
from ..codec.snapshot import NO_TABLE, Leaf, Snapshot
from ..codec.toc import SegmentEntry, Toc
from ..defaults import LOCK_WAIT
from ..errors import BadArgument, IndexDamaged, IndexUnusable
from ..ingest.document_records import DocumentRecord
from ..meta import meta_from_json
from ..own_fields import OwnFields, checked_fields, fields_of
from ..reports import CheckReport, OnWork, RepairReport
from ..schema import record_fields, restored_document, restored_fields
from ..whoosh.column_index import ColumnIndex
from ..whoosh.column_writer import ColumnWriter
from ..whoosh.passage_schema import schema
from ..whoosh.writer_errors import DocumentError
from .check import check, check_documents, problems_of_kept, report
from .commits import set_aside
from .preserved import Preserved
from .salvage import DamagedSegment, last_generation, open_damaged, read_or_none, reconstruct_toc
from .segment_check import IndexCheck, check_segments, unreadable_line

_UNKNOWN_DIGEST = 1
"""A digest that differs from that of any document, so that the document is indexed again at the next run."""


def repair(path: Path, wait: float = LOCK_WAIT, on_progress: OnWork | None = None) -> RepairReport:
    """Repair the index in the folder `path` and keep everything that can still be read.

    Args:
        path: The folder.
        wait: Seconds to wait for a writer.
        on_progress: A function that is called now and then with the progress.

    Raises:
        IndexUnusable: If there is no index, or if this version cannot write to it, or if it has a key.
        IndexBusy: If a writer is still there after `wait` seconds.
        OSError: If a file is there and cannot be read, or if the index cannot be written. A note says whether the
            index is as it was.
    """
    try:
        found = check_segments(path, on_progress)
        _raise_unreadable(found)
        if found.state is not None and found.state.code:
            raise _authenticated(path)
        before = report(found, on_progress)
        damaged = _DamagedIndex()
        rebuilt, lost = _rebuild(damaged, path, wait) if before.problems else (0, [])
        folder, files = (damaged.kept.folder, damaged.kept.files) if damaged.kept else (None, [])
        kept: list[int] = []
        try:
            kept = list(problems_of_kept(path, check_segments(path) if before.problems else found))
            if kept:
                folder, names = set_aside(path, kept, wait, folder)
                files = [*files, *names]
        except OSError:
            if not before.problems:
                raise
            kept = []  # the last commit is repaired, which must be told; the check below tells of the others
        if not before.problems and not kept:
            return RepairReport(0, [], [], before)
    except OSError as error:
        error.filename = error.filename or str(path)
        if not getattr(error, "__notes__", None):  # the writer was not open yet
            error.add_note(f"{path} is as it was")
        raise
    try:
        after = check(path, on_progress)
    except OSError as error:  # the repair is done, and what it lost must be told
        line = unreadable_line(error)
        after = CheckReport(0, 0, 0, [line], [line])
    losses = [*damaged.losses, *(f"commit {generation}, to which there is no return now" for generation in kept)]
    return RepairReport(rebuilt, lost, losses, after, folder, files)


def _authenticated(path: Path) -> IndexUnusable:
    return IndexUnusable(
        f"{path} has an authentication code, which a repair would give to whatever it finds",
        "mend it from a backup with Index.scrub, return to an earlier commit, or remove the code with Index.unseal",
        path=path,
        reason="key",
    )


def _rebuild(damaged: "_DamagedIndex", path: Path, wait: float) -> tuple[int, list[str]]:
    """Commit what can be read; return the number of passages that were indexed again, and the keys that are lost."""
    with damaged.writer(path, wait) as writer:
        present: set[str] = set()
        lost: set[str] = set()
        rebuilt = 0
        for key, problem in check_documents(damaged.sound, damaged.fields):
            (lost if problem else present).add(key)
        for key in lost:
            writer.delete_by_term("document", key)
        present -= lost
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
    return rebuilt, sorted(lost - present)


def _raise_unreadable(found: IndexCheck) -> None:
    """Raise the error of the first file that is there and could not be read, as it may be sound."""
    if found.unreadable:
        raise found.unreadable[0]


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
        losses: Descriptions of what is lost beside whole documents, or uncertain.
        kept: The files that are replaced.
        fields: The declared fields.
    """

    def __init__(self) -> None:
        self.sound: list[Leaf] = []
        self.losses: list[str] = []
        self.kept: Preserved | None = None
        self._damaged: list[SegmentEntry] = []
        self.fields: OwnFields = {}

    def writer(self, folder: Path, wait: float) -> ColumnWriter:
        """Lock the index in `folder`, open it, and return the writer that makes the repair."""
        self.fields = _declared(folder)
        own = schema(self.fields)
        return ColumnWriter(
            folder,
            own,
            ColumnIndex(folder, own).searcher,
            wait=wait,
            snapshot=self._open,
            before_replacing=self._keep,
            remove_unused=self._remove_unused,
        )

    def _keep(self, state: Toc) -> None:
        assert self.kept is not None
        self.kept.add(state)

    def _remove_unused(self, folder: Path) -> None:
        assert self.kept is not None
        self.kept.remove_unused(folder)

    def _open(self, folder: Path) -> Snapshot:
        """Check the index and return a snapshot of its sound segments."""
        found = check_segments(folder)
        _raise_unreadable(found)
        self.kept = Preserved(folder, found.state)
        self.sound = found.sound_leaves()
        state = found.state
        if state is None:
            state, self._damaged = reconstruct_toc(folder, identity())
            state = state._replace(fields=tuple(self.fields.items()))
            self.losses.append("the table of contents; documents that were removed lately may be back")
        else:
            self._damaged = [checked.entry for checked in found.segments if checked.problems]
        if state.analysis != identity():
            raise IndexUnusable.foreign(folder, state.analysis, identity())
        if found.user_data_lost:
            self.losses.append("the list of indexed files")
        # Without the list of files, the next run reads all of them again, and restores the lost documents. No file that
        # is there, even if no table names it, has the name of a file of the next commit, which would overwrite it.
        state = state._replace(
            generation=max(state.generation, last_generation(folder)),
            segments=tuple(leaf.entry for leaf in self.sound),
            commit_user_data=None,
            journal="",
        )
        return Snapshot(folder, state, self.sound, toc.signature(folder) if self.kept.has_table else NO_TABLE)

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
        name = damaged.segment.file.path.name
        nameless = {ordinal for ordinal, key in zip(sorted(incomplete), keys, strict=True) if key is None}
        unknown = len(gone) if ordinals is None else sum(int(ordinals[doc]) in nameless for doc in gone)
        if unknown:
            self.losses.append(f"{name}: the documents of {unknown} passages, whose keys can't be read")
        without_record = 0
        readable = ((doc, stored) for doc, stored in _passages(damaged) if stored is not None)
        for key, group in groupby(readable, key=lambda row: str(row[1]["document"])):
            rows = list(group)
            first, last = rows[0][0], rows[-1][0]
            if ordinals is not None:
                is_whole = int(ordinals[first]) not in incomplete
            else:  # its first or last passages may be among those that can't be read
                is_whole = last + 1 not in gone and (first - 1 not in gone or rows[0][1]["id"] in (key, f"{key}#1"))
            passages = restored_document([stored for _, stored in rows], self.fields) if is_whole else []
            if passages:
                record = _record(damaged.segment, first)
                without_record += record is None
                record = record or DocumentRecord(_UNKNOWN_DIGEST, None)
                passages[0] |= record_fields(record, record.source)
            yield _SalvagedDocument(key, passages)
        if without_record:
            self.losses.append(f"{name}: the sources and collections of {without_record} documents")


def _declared(folder: Path) -> OwnFields:
    """Return the declared fields of an index, from its segments if the table of contents is damaged."""
    try:
        return checked_fields(dict(toc.read(folder).fields))
    except (IndexDamaged, BadArgument, OSError):
        names: set[str] = set()
        for entry in reconstruct_toc(folder, "")[1]:
            damaged, _ = open_damaged(folder, entry)
            if damaged is not None:
                names.update(damaged.segment.fields)
        return fields_of(names)


def _passages(damaged: DamagedSegment) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the live documents of a segment, with their stored fields; None unless they are those of a passage."""
    for doc, stored in damaged.stored():
        yield doc, stored if isinstance(stored, dict) and _is_passage(stored) else None


def _is_passage(stored: dict[str, Any]) -> bool:
    has_texts = all(isinstance(stored.get(name), str) for name in ("document", "id", "text"))
    has_meta = "meta" not in stored or meta_from_json(stored["meta"]) is not None
    return has_texts and has_meta and read_or_none(restored_fields, stored) is not None


def _record(segment: Segment, doc: int) -> DocumentRecord | None:
    """Return the record of the document whose first passage is `doc`; None if more than its digest is damaged."""
    terms = read_or_none(_terms, segment, doc)
    digest = read_or_none(lambda: int(segment.fields["digest"].numbers[doc]))
    return None if terms is None else DocumentRecord(digest or _UNKNOWN_DIGEST, *terms)


def _terms(segment: Segment, doc: int) -> tuple[str | None, str | None, str | None]:
    source, encoding, collection = (_term(segment.fields[name], doc) for name in ("source", "encoding", "collection"))
    return source, encoding, collection


def _term(field: Field, doc: int) -> str | None:
    ordinal = int(field.ordinals[doc])
    return field.term(ordinal).decode() if ordinal < field.terms else None
