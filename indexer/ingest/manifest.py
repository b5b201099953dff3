"""The manifest of an index: the files it was made from. By it, unchanged files need not be read again."""

import json
from collections.abc import Container
from typing import Any, NamedTuple

from ..codec.snapshot import Snapshot
from ..errors import IndexDamaged
from .discovery import FoundFile, FoundFiles, Stamp
from .document_records import source_name


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
            and all(location in locations or not found.covers(location) for location in self.files)
            and {location: why for location, why in self.left.items() if found.covers(location)} == found.skipped
        )

    def to_be_read_again(self, sources: Container[str | None]) -> "Manifest":
        """Return a manifest by which some files are read again; `sources` holds their names as of `source_name`."""
        files = {
            location: entry._replace(stamp=None) if source_name(location) in sources else entry
            for location, entry in self.files.items()
        }
        return self._replace(files=files)

    @property
    def skipped(self) -> list[str]:
        """The files and records that were skipped, a line each, with the reason."""
        return [reason for entry in self.files.values() for reason in entry.skipped] + list(self.left.values())


def load(snapshot: Snapshot) -> Manifest:
    """Return the manifest of an index; an empty one if it has none. Raise IndexDamaged if it cannot be read."""
    content = snapshot.commit_user_data()
    if not content:
        return Manifest({}, {})
    try:
        known = json.loads(content)
        files = {location: _entry(*values) for location, values in known["files"].items()}
        left = dict(known["left"])
        if not all(map(_is_text, left.values())):
            raise ValueError
        return Manifest(files, left)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise IndexDamaged.at(snapshot.folder, "without a readable list of its files") from None


def _entry(name: Any, stamp: Any, options: Any, documents: Any, skipped: Any) -> Entry:
    """Return the entry that these values are. Raise TypeError or ValueError if they are none."""
    if stamp is not None and not all(type(part) is int for part in stamp):
        raise ValueError
    entry = Entry(name, Stamp(*stamp) if stamp else None, options, documents, tuple(skipped))
    if not all(map(_is_text, (name, *entry.skipped))) or not all(
        isinstance(part, int) for part in (options, documents)
    ):
        raise ValueError
    return entry


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def dump(manifest: Manifest) -> bytes:
    """Return `manifest` as bytes; none if it is empty. Names that are not UTF-8 survive as escapes."""
    if not any(manifest):
        return b""
    return json.dumps(manifest._asdict()).encode()
