"""The table of contents: which segments an index has at the moment. It is replaced in one step at each commit."""

import json
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import IndexDamaged, IndexUnusable

FORMAT = 5
"""Version of what is on disk; raised when older programs could no longer read it."""

NAME = "toc.json"

TEMPORARY = f".{NAME}"
"""The next table, while it is being written."""

_NAME = re.compile(r"\w[\w.-]*", re.ASCII)  # of a file of the index


class File(NamedTuple):
    """A file of the index: its name in the folder, its size in bytes, and a checksum."""

    name: str
    size: int
    checksum: int


class SegmentEntry(NamedTuple):
    """A segment, and what is deleted of it.

    documents: how many it has, without the deleted ones. lengths: for each field that has lengths, how many of these
    documents have any term in it, and how many terms in all.
    """

    file: File
    documents: int
    deleted: int
    deletions: File | None
    lengths: dict[str, tuple[int, int]]


class Toc(NamedTuple):
    """The state of an index after a commit. `generation` counts commits; `analysis` names what built it; `attachment`
    is what the writer's owner keeps beside the documents."""

    generation: int
    analysis: str
    segments: tuple[SegmentEntry, ...] = ()
    attachment: File | None = None

    @property
    def files(self) -> set[str]:
        """The names of all files that belong to this state, the table itself aside."""
        return {file.name for file in self._files()}

    @property
    def size(self) -> int:
        """The bytes of these files."""
        return sum(file.size for file in self._files())

    def _files(self) -> list[File]:
        files = [entry.file for entry in self.segments]
        files += [entry.deletions for entry in self.segments if entry.deletions]
        return [*files, *([self.attachment] if self.attachment else [])]


Signature = tuple[int, int, int]


def signature(folder: Path) -> Signature:
    """What tells one table of contents from the next, without reading it. Raises FileNotFoundError."""
    status = (folder / NAME).stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def make_folder(folder: Path) -> None:
    """Makes `folder` and those it is in, if need be; their names are on the disk when this returns."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        sync(path.parent)


def write(folder: Path, toc: Toc) -> None:
    """Makes `toc` the state of the index in `folder`: everything is on the disk when this returns. If it raises, the
    state is the last one, or this one, which may then be lost again if the power is."""
    segments = [
        entry._asdict()
        | {"file": entry.file._asdict(), "deletions": entry.deletions._asdict() if entry.deletions else None}
        for entry in toc.segments
    ]
    attachment = toc.attachment._asdict() if toc.attachment else None
    content: dict[str, Any] = {"format": FORMAT, **toc._asdict(), "segments": segments, "attachment": attachment}
    content["checksum"] = _checksum(content)
    temporary, path = folder / TEMPORARY, folder / NAME
    temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
    _make_newer(temporary, path)
    sync(temporary)
    sync(folder)  # the segments' names, before the table tells of them
    temporary.replace(path)
    sync(folder)


def _make_newer(path: Path, last: Path) -> None:
    """Gives `path` a later time than `last` has: readers know a table by it, and the system's clock may stand still
    from one commit to the next, and the number of a file come back with the next but one."""
    with suppress(FileNotFoundError):
        time = last.stat().st_mtime_ns
        if path.stat().st_mtime_ns <= time:
            os.utime(path, ns=(time + 1, time + 1))


def read(folder: Path) -> Toc:
    """The state of the index in `folder`.

    Raises IndexUnusable if there is none, it is damaged, or it was written by another version of the format;
    FileNotFoundError if the folder has no table.
    """
    path = folder / NAME
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content.pop("checksum") != _checksum(content):
            raise ValueError
        found = content["format"]
        if found != FORMAT:
            raise IndexUnusable(
                f"{folder} has format {found}, not {FORMAT}",
                "index again into a new folder, or use the version of Jooya that made it",
                path=folder,
                reason="format",
            )
        segments = tuple(_entry(entry) for entry in content["segments"])
        attachment = _file(content["attachment"]) if content["attachment"] else None
        if not isinstance(content["analysis"], str):
            raise ValueError
        return Toc(_count(content["generation"]), content["analysis"], segments, attachment)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise IndexDamaged.at(path) from None


def sync(path: Path) -> None:
    """Waits until a file, or the names of the files in a folder, are on the disk."""
    if path.is_dir() and os.name != "posix":
        return  # where a folder can't be opened, its names are written with the files
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(handle)


def _entry(entry: dict[str, Any]) -> SegmentEntry:
    deletions = _file(entry["deletions"]) if entry["deletions"] else None
    lengths = {name: (_count(documents), _count(length)) for name, (documents, length) in entry["lengths"].items()}
    return SegmentEntry(_file(entry["file"]), _count(entry["documents"]), _count(entry["deleted"]), deletions, lengths)


def _file(entry: dict[str, Any]) -> File:
    file = File(entry["name"], _count(entry["size"]), _count(entry["checksum"]))
    if not _NAME.fullmatch(file.name):
        raise ValueError  # nothing outside the folder is ever opened
    return file


def _count(value: Any) -> int:
    """`value`, if it is a number of things. Raises ValueError."""
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _checksum(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
