"""The intake of a call of `add`: its files and documents, and what is gone, before anything is written."""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..arguments import check_callable, check_instance, check_integer, check_number, check_texts
from ..defaults import MOST_JOBS
from ..document import Document, key_pattern, well_formed
from ..errors import BadInput
from ..options import ReadOptions
from ..reports import IndexReport, Progress
from . import discovery
from .add_items import divided
from .discovery import FoundFiles
from .document_records import DocumentRecord, source_name
from .manifest import Manifest


class Intake(NamedTuple):
    """The files and documents of a call, and what is gone.

    Attributes:
        found: The files.
        documents: The documents, which may be made as they are taken.
        has_documents: True if there may be documents.
        gone: The paths, as they were given, that are gone and whose documents are to be removed.
        failed: Why other paths cannot be taken in.
    """

    found: FoundFiles
    documents: Iterable[Document]
    has_documents: bool
    gone: list[str]
    failed: list[str]

    def report_unchanged(self, known: Manifest, options: ReadOptions) -> IndexReport | None:
        """Return the report of a call by which nothing changes; None if something may.

        Args:
            known: The manifest of the index.
            options: How files are read.
        """
        if self.has_documents or self.gone or not known.covers(self.found, options.number):
            return None
        entries = [known.files[file.location] for file in self.found.files]
        skipped = [reason for entry in entries for reason in entry.skipped] + list(self.found.skipped.values())
        unchanged = sum(entry.documents for entry in entries)
        return IndexReport(unchanged=unchanged, skipped=skipped, failed=self.failed, unread=self.found.unread)


def intake(
    items: Sequence[Any],
    exclude: Sequence[str],
    known: Manifest,
    records: Callable[[], dict[str, DocumentRecord]],
    *,
    not_below: Path | None = None,
    ignore_missing: bool = False,
) -> Intake:
    """Look at the items of a call.

    Args:
        items: Paths, documents, and iterables of them.
        exclude: Patterns of files to leave out.
        known: The manifest of the index.
        records: Returns the records of its documents. It is called where a path is missing that the manifest lacks.
        not_below: A folder that is left out: that of the index.
        ignore_missing: Go on with the other items if a path does not exist.

    Raises:
        BadInput: A path does not exist, or all of them, or a pattern cannot be read.
    """
    paths, documents, has_documents = divided(items)
    found = discovery.find(paths, exclude, not_below=not_below)
    gone = found.tell_gone(lambda path: known.has(path) or has_source(records(), path))
    failed = list(found.failed.values())
    if failed and not (ignore_missing and (has_documents or found.roots or gone)):
        raise BadInput(failed[0])
    return Intake(found, documents, has_documents, gone, failed)


def has_source(records: dict[str, DocumentRecord], path: str) -> bool:
    """Return True if any document is from a file at or below the absolute path `path`."""
    folder = source_name(path)
    sources = {record.source for record in records.values()}
    return any(discovery.is_below(source, folder) for source in sources if source)


def matching_keys(key: str, keys: Collection[str]) -> list[str]:
    """Return those of `keys` that `key` stands for: itself, or else those that it matches as a pattern."""
    key = well_formed(key)
    if key in keys or "*" not in key:
        return [key] if key in keys else []
    pattern = key_pattern(key)
    return [other for other in keys if pattern.fullmatch(other)]


def check_adding(
    options: ReadOptions | None,
    exclude: Iterable[str],
    memory: int,
    jobs: int,
    wait: float,
    on_progress: Callable[[Progress], None] | None,
) -> tuple[str, ...]:
    """Check the arguments that `add` and `watch` share. Return the patterns to exclude."""
    if options is not None:
        check_instance("options", options, ReadOptions)
    check_integer("memory", memory, 0)
    check_integer("jobs", jobs, 1, MOST_JOBS)
    check_number("wait", wait)
    if on_progress is not None:
        check_callable("on_progress", on_progress)
    return check_texts("exclude", exclude)
