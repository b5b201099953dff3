"""The intake of a call of `add`: its files and documents, and what is gone, before anything is written."""

from collections.abc import Callable, Collection, Container, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..arguments import (
    bad,
    check_callable,
    check_instance,
    check_integer,
    check_number,
    check_path,
    check_text,
    check_texts,
)
from ..defaults import MOST_JOBS
from ..document import Document, key_pattern, well_formed
from ..errors import BadArgument, BadInput
from ..options import ReadOptions
from ..reports import IndexReport, Progress
from . import discovery
from .add_items import divided, documents_of
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
    sources = cache(lambda: _sources(records()))
    gone = found.tell_gone(lambda path: known.has(path) or _is_source(path, sources()))
    failed = list(found.failed.values())
    if failed and not (ignore_missing and (has_documents or found.roots or gone)):
        raise BadInput(failed[0])
    return Intake(found, documents, has_documents, gone, failed)


def _sources(records: dict[str, DocumentRecord]) -> set[str]:
    """Return the names of the files that documents are from."""
    return {record.source for record in records.values() if record.source}


def _is_source(path: str, sources: set[str]) -> bool:
    """Return True if any of these files is at or below the absolute path `path`."""
    folder = source_name(path)
    return any(discovery.is_below(source, folder) for source in sources)


def check_watched(
    paths: Sequence[str | Path],
    exclude: Sequence[str],
    known: Callable[[], Manifest],
    records: Callable[[], dict[str, DocumentRecord]],
    *,
    not_below: Path | None = None,
) -> None:
    """Check that paths to be watched are there, or have been.

    Args:
        paths: Files and folders.
        exclude: Patterns of files to leave out.
        known: Returns the manifest of the index. It is called where a path is missing.
        records: Returns the records of its documents. It is called where a path is missing that the manifest lacks.
        not_below: A folder that is left out: that of the index.

    Raises:
        BadInput: A path does not exist and nothing was indexed from it, or a pattern cannot be read.
    """
    if missing := discovery.find(paths, exclude, not_below=not_below).missing:
        manifest, sources = known(), cache(lambda: _sources(records()))
        for location, path in missing.items():
            if not manifest.has(location) and not _is_source(location, sources()):
                raise BadInput(f"{path}: no such file or folder")


def check_paths(paths: Sequence[Any]) -> None:
    """Raise BadArgument unless all of these can be watched."""
    if any(isinstance(path, Document) for path in paths):
        raise BadArgument("watch takes files and folders alone", "add documents with Index.add", argument="paths")
    for path in paths:
        check_path("paths", path)


def documents_to_replace(
    documents: Sequence[Document | Iterable[Document]], keys: Container[str], where: str
) -> list[Document]:
    """Return the documents among some items, which take the place of others.

    Args:
        documents: Documents, and iterables of them.
        keys: The keys of the documents in the index.
        where: The index, for the error.

    Raises:
        BadArgument: An item is no document.
        BadInput: The index has no document with one of the keys.
    """
    given = documents_of(documents)
    for document in given:
        if document.key not in keys:
            raise BadInput(f"no document {document.key!r} in {where}", "add new documents with Index.add")
    return given


def check_keys(keys: Sequence[Any]) -> None:
    """Raise BadArgument unless all of these are keys."""
    for key in keys:
        if isinstance(key, list | tuple | set):
            raise bad("keys", key, "each key as an argument of its own: remove(*keys)")
        check_text("keys", key)


def matching_keys(wanted: Iterable[str], keys: Collection[str]) -> list[str]:
    """Return those of `keys` that any of `wanted` stands for: itself, or else those that it matches as a pattern."""
    return list(dict.fromkeys(key for one in wanted for key in _matching(one, keys)))


def _matching(key: str, keys: Collection[str]) -> list[str]:
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
