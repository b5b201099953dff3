"""What an index remembers of the files it was made from: by this, what is unchanged need not be read again."""

import json
from collections.abc import Container
from typing import Any, NamedTuple

from ..codec.snapshot import Snapshot
from ..errors import IndexDamaged
from .discovery import File, Found, Stamp
from .document_records import source_name


class Entry(NamedTuple):
    """A file that was read. name: as first given; keys of documents are made of it. stamp: None if it has to be read
    again in any case. settings: a number for how it was read. documents: how many there are of it. skipped: why parts
    of it, or all, could not be read."""

    name: str
    stamp: Stamp | None
    options: int
    documents: int = 0
    skipped: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """The files of an index, and why what was found beside them was left, by absolute path."""

    files: dict[str, Entry]
    left: dict[str, str]

    def unchanged(self, file: File, options: int) -> Entry | None:
        """The entry of a file that need not be read again."""
        entry = self.files.get(file.location)
        return entry if entry and entry.stamp == file.stamp and entry.options == options else None

    def covers(self, found: Found, options: int) -> bool:
        """Whether nothing that was found is new or changed, and nothing is gone."""
        locations = {file.location for file in found.files}
        return (
            all(self.unchanged(file, options) for file in found.files)
            and all(location in locations or not found.covers(location) for location in self.files)
            and {location: why for location, why in self.left.items() if found.covers(location)} == found.skipped
        )

    def to_be_read_again(self, sources: Container[str | None]) -> "Manifest":
        """A manifest by which the files called so (as of `records.source_name`) are read again."""
        files = {
            location: entry._replace(stamp=None) if source_name(location) in sources else entry
            for location, entry in self.files.items()
        }
        return self._replace(files=files)

    @property
    def skipped(self) -> list[str]:
        """All that was skipped, with the reason."""
        return [reason for entry in self.files.values() for reason in entry.skipped] + list(self.left.values())


def load(snapshot: Snapshot) -> Manifest:
    """The manifest of an index; empty for one without. Raises IndexUnusable if it is damaged."""
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
    """Raises TypeError or ValueError if it is no entry."""
    entry = Entry(name, Stamp(*stamp) if stamp else None, options, documents, tuple(skipped))
    if not all(map(_is_text, (name, *entry.skipped))) or not all(
        isinstance(part, int) for part in (options, documents)
    ):
        raise ValueError
    return entry


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def dump(manifest: Manifest) -> bytes:
    """`manifest` as bytes, none if it is empty; names that are not UTF-8 survive, as escapes."""
    if not any(manifest):
        return b""
    return json.dumps(manifest._asdict()).encode()
