"""The manifest of an index: the files it was made from. By it, unchanged files need not be read again.

On disk, a manifest is two pieces of JSON: all of it as it once was, which is the commit user data, and what has changed
since then, which is the journal of that data. The journal has the present entries of the files that changed, and null
for those that are gone, so that one changed file of thousands writes some hundred bytes. Paths are relative, see
`path_root`.
"""

import json
import os
from collections.abc import Container
from typing import Any, NamedTuple, Protocol

from ..codec.snapshot import Snapshot
from ..errors import IndexDamaged
from .discovery import FoundFile, FoundFiles, Stamp
from .document_records import source_name
from .path_root import PathRoot

_SHARE = 16
"""The journal is at most this part of the whole manifest."""

_JOURNAL = 16 << 10
"""The size in bytes that a journal may have in any case."""

_FIRST_FORMAT = 6
"""The first format of an index that has a journal, and relative paths in its manifest."""

_Stored = dict[str, dict[str, Any]]
"""A manifest in JSON: its files, and what else was found, each by relative path."""


class StoredManifest(NamedTuple):
    """A manifest as an index keeps it.

    Attributes:
        where: The folder or the address of the index, for messages.
        root: What the paths in it are relative to.
        whole: The manifest as it was when it was last written as a whole; None if it never was, or by a version without
            journals.
        journal: What has changed since then.
        before: A whole manifest that an older version wrote.
    """

    where: object
    root: PathRoot
    whole: bytes | None
    journal: str = ""
    before: bytes | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "StoredManifest":
        """Return the manifest of a local index. Raise IndexDamaged if it is damaged."""
        root = PathRoot(snapshot.folder)
        if snapshot.toc.commit_user_data is None:
            return cls(snapshot.folder, root, None, snapshot.toc.journal)
        content = snapshot.commit_user_data()
        if snapshot.toc.format < _FIRST_FORMAT:
            return cls(snapshot.folder, root, None, snapshot.toc.journal, content)
        return cls(snapshot.folder, root, content, snapshot.toc.journal)


class UserDataWriter(Protocol):
    """A writer that keeps a manifest from its next commit on."""

    def set_commit_user_data(self, content: bytes) -> None:
        """Keep a whole manifest, without a journal."""

    def set_journal(self, journal: str) -> None:
        """Keep a journal beside the whole manifest."""


class Entry(NamedTuple):
    """A file that was read.

    Attributes:
        name: The name of the file as it was first given. The keys of its documents are made of it.
        stamp: The size and times of the file, or None if it has to be read again in any case.
        options: The hash of the options with which it was read.
        documents: The number of its documents.
        skipped: Why parts of it, or all of it, could not be read.
    """

    name: str
    stamp: Stamp | None
    options: int
    documents: int = 0
    skipped: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """The files of an index, by absolute path.

    Attributes:
        files: The files that were read.
        left: Why other files and folders that were found were left out.
    """

    files: dict[str, Entry]
    left: dict[str, str]

    def unchanged(self, file: FoundFile, options: int) -> Entry | None:
        """Return the entry of a file that need not be read again; None for any other file."""
        entry = self.files.get(file.location)
        return entry if entry and entry.stamp == file.stamp and entry.options == options else None

    def covers(self, found: FoundFiles, options: int) -> bool:
        """Return True if nothing that was found is new or has changed, and nothing is gone."""
        locations = {file.location for file in found.files}
        return (
            all(self.unchanged(file, options) for file in found.files)
            and all(location in locations or not found.lacks(location) for location in self.files)
            and {location: why for location, why in self.left.items() if found.covers(location)} == found.skipped
        )

    def to_be_read_again(self, sources: Container[str | None]) -> "Manifest":
        """Return a manifest by which some files are read again; `sources` has what `source_name` gives for them."""
        files = {
            location: entry._replace(stamp=None) if source_name(location) in sources else entry
            for location, entry in self.files.items()
        }
        return self._replace(files=files)

    @property
    def skipped(self) -> list[str]:
        """The files and records that were skipped, a line each, with the reason."""
        return [reason for entry in self.files.values() for reason in entry.skipped] + list(self.left.values())

    def has(self, location: str) -> bool:
        """Return True if any file at or below `location` was read."""
        below = location.rstrip(os.sep) + os.sep
        return location in self.files or any(file.startswith(below) for file in self.files)


def load(index: Snapshot | StoredManifest) -> Manifest:
    """Return the manifest of an index; an empty one if it has none. Raise IndexDamaged if it cannot be read."""
    kept = index if isinstance(index, StoredManifest) else StoredManifest.of(index)
    root = kept.root
    try:
        stored = _parsed(kept.whole or kept.before)
        if kept.journal:
            stored = _with_changes(stored, json.loads(kept.journal))
        files = {root.resolve(path): _entry(root, *values) for path, values in stored["files"].items()}
        if not all(map(_is_text, stored["left"].values())):
            raise ValueError
        left = {root.resolve(path): root.restored(why) for path, why in stored["left"].items()}
        return Manifest(files, left)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise IndexDamaged.at(kept.where, "without a readable list of its files") from None


class ManifestWriter:
    """Writes the manifest of an index, as a whole or as a journal of changes, whichever writes less in the long run."""

    def __init__(self, index: Snapshot | StoredManifest) -> None:
        """Prepare to write what comes after the manifest of `index`, which can be loaded."""
        kept = index if isinstance(index, StoredManifest) else StoredManifest.of(index)
        self._root = kept.root
        self._whole: _Stored | None = None
        if kept.whole is not None:
            self._whole = _parsed(kept.whole)
            self._size = len(kept.whole)
        self._journal = kept.journal

    def write(self, manifest: Manifest, writer: UserDataWriter) -> None:
        """Let the next commit of `writer` have `manifest`; do nothing if the last commit has it already."""
        if self._whole is None and not any(manifest):
            return
        stored = self._stored(manifest)
        if self._whole is not None and any(manifest):
            changes = _changes(self._whole, stored)
            journal = json.dumps(changes) if any(changes.values()) else ""
            if journal == self._journal:
                return
            if len(journal) <= max(_JOURNAL, self._size // _SHARE):
                writer.set_journal(journal)
                self._journal = journal
                return
        # Names that are not UTF-8 survive as escapes.
        content = json.dumps(stored).encode() if any(manifest) else b""
        writer.set_commit_user_data(content)
        self._whole, self._size, self._journal = stored, len(content), ""

    def _stored(self, manifest: Manifest) -> _Stored:
        root = self._root
        files = {
            root.relative(location): [
                root.shortened(entry.name),
                list(entry.stamp) if entry.stamp else None,
                entry.options,
                entry.documents,
                list(map(root.shortened, entry.skipped)),
            ]
            for location, entry in manifest.files.items()
        }
        left = {root.relative(location): root.shortened(why) for location, why in manifest.left.items()}
        return {"files": dict(sorted(files.items())), "left": dict(sorted(left.items()))}


def _parsed(content: bytes | None) -> _Stored:
    """Return a manifest that was written as a whole, or none at all. Raise ValueError if it is none."""
    if not content:
        return {"files": {}, "left": {}}
    known = json.loads(content)
    return {name: dict(known[name]) for name in ("files", "left")}


def _changes(before: _Stored, after: _Stored) -> _Stored:
    """Return the entries of `after` that `before` does not have, and None for those that only `before` has."""
    return {
        name: {path: value for path, value in after[name].items() if before[name].get(path) != value}
        | {path: None for path in before[name] if path not in after[name]}
        for name in ("files", "left")
    }


def _with_changes(before: _Stored, changes: Any) -> _Stored:
    """Return the manifest of which `changes` are the changes to `before`, in the order it would be written in."""
    return {
        name: dict(sorted((path, value) for path, value in (before[name] | changes[name]).items() if value is not None))
        for name in ("files", "left")
    }


def _entry(root: PathRoot, name: Any, stamp: Any, options: Any, documents: Any, skipped: Any) -> Entry:
    """Return the entry that these values are. Raise TypeError or ValueError if they are none."""
    if stamp is not None and not all(type(part) is int for part in stamp):
        raise ValueError
    entry = Entry(root.restored(name), Stamp(*stamp) if stamp else None, options, documents, tuple(skipped))
    if not all(map(_is_text, (name, *skipped))) or not all(isinstance(part, int) for part in (options, documents)):
        raise ValueError
    return entry._replace(skipped=tuple(map(root.restored, skipped))) if skipped else entry


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
