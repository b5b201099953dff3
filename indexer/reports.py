"""The reports and the progress of what changes an index, checks it and keeps it safe."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class IndexReport:
    """The changes that a call of `Index.add` made.

    Attributes:
        new: The number of documents that were added.
        updated: The number of documents that were replaced, since they had changed.
        unchanged: The number of documents that were in the index already.
        removed: The number of documents that were removed, since their file or record is gone.
        skipped: The files and records that could not be read, a line each, with the reason.
        gone: The paths given that are no longer there. The documents that were indexed from them were removed.
        failed: The paths given that do not exist or cannot be looked at, a line each, with the reason. There are none
            unless the call asked for `ignore_missing`.
        unread: Those lines of `skipped` that are of files and folders which the system did not let be read this time.
            The next call tries them again.
        notes: Values of declared fields that are not of the kind of their field, a line for each field. Their documents
            are indexed all the same.
        recognized: The number of pages of scans whose text was recognized.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recognized: int = 0

    @property
    def changed(self) -> bool:
        """True if the index changed."""
        return bool(self.new or self.updated or self.removed)


@dataclass(slots=True)
class Progress:
    """The progress of a call of `Index.add`. The numbers of files are of those that are new or have changed.

    Attributes:
        files: The number of files that have been read.
        of_files: The number of files to read.
        bytes: The number of bytes that have been read.
        of_bytes: The number of bytes to read.
        passages: The number of passages that have been added.
        documents: The number of `Document` objects that have been taken.
    """

    files: int = 0
    of_files: int = 0
    bytes: int = 0
    of_bytes: int = 0
    passages: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True)
class WorkProgress:
    """The progress of a call of `Index.check`, `Index.repair`, `Index.scrub`, `Index.backup` or `Index.restore`.

    Attributes:
        work: The part of the work, such as `"checking files"`.
        done: How much of it is done.
        total: How much there is to do.
        unit: What is counted, `"passages"` or `"bytes"`.
    """

    work: str
    done: int
    total: int
    unit: str


OnWork = Callable[[WorkProgress], None]
"""A function that is called now and then with the progress of long work."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of `Index.check`. The index is sound if there are no problems.

    Attributes:
        documents: The number of documents that can be read.
        passages: The number of passages in sound segments.
        segments: The number of sound segments (files of the index).
        problems: The problems that were found, a line each.
        unreadable: Those of the problems that say nothing about the index: the system could not read a file, which may
            be sound. A repair does not begin as long as there are any.
    """

    documents: int
    passages: int
    segments: int
    problems: list[str]
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RepairReport:
    """The result of `Index.repair`.

    Attributes:
        rebuilt: The number of passages that were indexed again from their stored text.
        lost: The keys of documents that could not be read and are no longer in the index.
        losses: Other losses, and what is uncertain, a line each.
        report: The result of checking the index after the repair.
        folder: The folder that now has the files that the repair replaced; None if it replaced none.
        files: The names of these files.
    """

    rebuilt: int
    lost: list[str]
    losses: list[str]
    report: CheckReport
    folder: Path | None = None
    files: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """True if nothing was lost, nothing is uncertain, and the index is sound now."""
        return not (self.lost or self.losses or self.report.problems)


@dataclass(frozen=True, slots=True)
class ScrubReport:
    """The result of `Index.scrub`. All files of the index are sound if there are no problems.

    Attributes:
        files: The number of files that were read.
        size: How much was read, in bytes.
        problems: What is wrong with the files that are not sound, a line each, without those that were mended.
        mended: The names of the files that were replaced by those of the backup.
        folder: The folder that now has the damaged files that were replaced; None if there are none.
    """

    files: int
    size: int
    problems: list[str]
    mended: list[str] = field(default_factory=list)
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that is kept.

    Attributes:
        number: Its number. Later commits have greater ones.
        name: The name that `Index.commit` had after it.
        time: When it was made, in seconds since 1970; None if this is not known.
        documents: The number of documents.
        passages: The number of passages.
        size: The size of the files that it needs, in bytes.
        own: The size of those files that no other commit needs, in bytes.
        problem: Why it cannot be returned to, or None.
    """

    number: int
    name: str
    time: float | None
    documents: int
    passages: int
    size: int
    own: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The contents of an index in numbers.

    Attributes:
        path: The folder of the index.
        documents: The number of documents.
        passages: The number of passages.
        terms: The number of different terms (stems) in the passages.
        size: The size of the index on disk, in bytes.
        encodings: How many documents were read in each encoding, the most frequent first.
        collections: How many documents belong to each collection, the largest first.
        years: How many documents have a date in each Jalali year, the first year first.
        fields: The kinds of the declared fields, by name.
        facets: How many documents have each value of each declared field, in the order of `Results.facets`.
        skipped: The files and records that could not be read, a line each, with the reason.
        format: The version of the format on disk.
        analysis: The name of the analysis that built the index. Another version of Jooya may have another one, and
            refuses the index then.
    """

    path: str
    documents: int
    passages: int
    terms: int
    size: int
    encodings: dict[str, int]
    collections: dict[str, int]
    years: dict[int, int]
    fields: dict[str, str]
    facets: dict[str, dict[str | int | float, int]]
    skipped: list[str]
    format: int
    analysis: str


@dataclass(frozen=True, slots=True)
class BackupReport(IndexStatus):
    """The contents of a backup in numbers, and what `Index.backup` did for it.

    Attributes:
        copied: The size of the files that were copied, in bytes.
        present: The size of the files that were there already, from an earlier backup, in bytes.
        replaced: The names of the files that were there, but damaged, and were copied again.
    """

    copied: int = 0
    present: int = 0
    replaced: list[str] = field(default_factory=list)
