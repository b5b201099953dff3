"""The table of contents: which segments an index has at the moment. Each commit replaces it in one step."""

import json
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import IndexDamaged, IndexUnusable
from .files import clear, read_file

FORMAT = 7
"""Version of the format on disk. It is raised when older programs can no longer read what newer ones write.

Format 6 added the journal of the commit user data; format 7 metadata of documents and declared fields.
"""

_READABLE = (5, 6, 7)
"""The versions of the format that this program reads. It writes the last one."""

_JOURNALS, _FIELDS = 6, 7  # the first formats with a journal, and with declared fields

NAME = "toc.json"
"""Name of the file."""

DAMAGED = "damaged"
"""Name of the folder for the files that repairs replaced. Nothing in it is ever read or removed."""

TEMPORARY = f".{NAME}"
"""Name of the next table while it is being written."""

MAX_SIZE = 16 << 20
"""The greatest size of the table in bytes. It is read whole, and takes some twenty times its size in memory."""

MAX_SEGMENTS = 1000
"""The greatest number of segments. The merge policy leaves some dozens, of whatever size the index is."""

MAX_FIELDS = 1000
"""The greatest number of fields of a segment."""

_MAX_COUNT = 1 << 53
"""The greatest number in the table: a size in bytes that no disk has."""

_MAX_NAME_LENGTH = 200  # characters of the name of a file, or of the analysis

_FILE_NAME = re.compile(r"\w[\w.-]*", re.ASCII)


class IndexFile(NamedTuple):
    """A file of the index.

    Attributes:
        name: Its name in the folder of the index.
        size: In bytes.
        checksum: CRC-32 of the content; of a segment, the checksum that `SectionWriter.finish` returned.
    """

    name: str
    size: int
    checksum: int


class SegmentEntry(NamedTuple):
    """A segment and its deletions, as the table of contents names them.

    Attributes:
        file: The segment itself.
        documents: Number of live documents.
        deleted: Number of deleted documents.
        deletions: The file with a bit for each document, set for deleted ones; None if no document is deleted.
        lengths: For each field with lengths, the number of live documents that have any term in it, and the total
            number of their terms.
    """

    file: IndexFile
    documents: int
    deleted: int
    deletions: IndexFile | None
    lengths: dict[str, tuple[int, int]]


class Toc(NamedTuple):
    """The state of an index after a commit.

    Attributes:
        generation: The number of the commit.
        analysis: Identifies the analysis that built the index.
        segments: The segments, in order of their documents.
        commit_user_data: A file that the owner of the writer keeps beside the documents; None if there is none.
        journal: The changes since that file was written, in a form of its owner's choice. It is in the table itself, so
            that a small change does not rewrite a large file.
        format: Version of the format of the table that was read.
        fields: The declared fields of its owner, sorted: the name and the kind of each.
    """

    generation: int
    analysis: str
    segments: tuple[SegmentEntry, ...] = ()
    commit_user_data: IndexFile | None = None
    journal: str = ""
    format: int = FORMAT
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> set[str]:
        """The names of all files that belong to this state, except the table itself."""
        return {file.name for file in self._files()}

    @property
    def size(self) -> int:
        """The total size of these files in bytes, with the journal."""
        return sum(file.size for file in self._files()) + len(self.journal)

    def _files(self) -> list[IndexFile]:
        files = [entry.file for entry in self.segments]
        files += [entry.deletions for entry in self.segments if entry.deletions]
        return [*files, *([self.commit_user_data] if self.commit_user_data else [])]


Signature = tuple[int, int, int]
"""Inode, modification time in nanoseconds, and size of a table of contents."""


def signature(folder: Path) -> Signature:
    """Return a value that differs from one commit to the next, without reading the table of contents.

    Raises:
        FileNotFoundError: If the folder has no table of contents.
    """
    status = (folder / NAME).stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents as needed; their names are on the disk when this returns.

    Each is synced before the next one is made, and so is the last that is there already: whoever has made it may have
    been killed before its name was on the disk.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    last = missing[-1].parent if missing else folder
    with suppress(PermissionError):  # a folder that this process may not read is one of long ago
        sync(last.parent)
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync(path.parent)
    folder.mkdir(exist_ok=True)  # raises an error if it is a file


def write(folder: Path, toc: Toc) -> None:
    """Make `toc` the state of the index in `folder`; everything is on the disk when this returns.

    Raises:
        OSError: If something could not be written. The state is then the previous one, or the new one, which a power
            failure may still undo.
    """
    segments = [
        entry._asdict()
        | {"file": entry.file._asdict(), "deletions": entry.deletions._asdict() if entry.deletions else None}
        for entry in toc.segments
    ]
    content: dict[str, Any] = {
        "format": FORMAT,
        "generation": toc.generation,
        "analysis": toc.analysis,
        "segments": segments,
        "attachment": toc.commit_user_data._asdict() if toc.commit_user_data else None,
        "journal": toc.journal,
        "fields": dict(toc.fields),
    }
    content["checksum"] = _checksum(content)
    temporary, path = folder / TEMPORARY, folder / NAME
    clear(temporary)
    temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
    _make_newer(temporary, path)
    sync(temporary)
    sync(folder)  # the names of the segments, before the table that lists them
    temporary.replace(path)
    sync(folder)


def _make_newer(path: Path, previous: Path) -> None:
    """Give `path` a later modification time than `previous` has.

    Readers recognize a table by its signature. The clock of the system may stand still from one commit to the next,
    and the inode of a file may be that of the table before the previous one.
    """
    with suppress(FileNotFoundError):
        time = previous.stat().st_mtime_ns
        if path.stat().st_mtime_ns <= time:
            os.utime(path, ns=(time + 1, time + 1))


def read(folder: Path) -> Toc:
    """Return the state of the index in `folder`.

    Raises:
        IndexUnusable: If the table of contents is damaged, or of another version of the format.
        FileNotFoundError: If the folder has no table of contents.
    """
    path = folder / NAME
    try:
        content: dict[str, Any] = json.loads(read_file(path, MAX_SIZE))
        if content.pop("checksum") != _checksum(content):
            raise ValueError
        found = _parse_count(content["format"])
        if found not in _READABLE:
            raise IndexUnusable(
                f"{folder} has format {found}, but this version of Jooya reads formats {_READABLE[0]} to {FORMAT}",
                "index again into a new folder, or use the version that made it",
                path=folder,
                reason="format",
            )
        if len(content["segments"]) > MAX_SEGMENTS:
            raise ValueError
        segments = tuple(_parse_entry(entry) for entry in content["segments"])
        user_data = _parse_file(content["attachment"]) if content["attachment"] else None
        journal = content["journal"] if found >= _JOURNALS else ""
        fields = _parse_fields(content["fields"]) if found >= _FIELDS else ()
        analysis = content["analysis"]
        if not isinstance(journal, str) or not isinstance(analysis, str) or len(analysis) > _MAX_NAME_LENGTH:
            raise ValueError
        toc = Toc(_parse_count(content["generation"]), analysis, segments, user_data, journal, found, fields)
        if len(toc.files) != len(toc._files()):  # a file that is named twice
            raise ValueError
        return toc
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise IndexDamaged.at(path) from None


def _read_bytes(path: Path) -> bytes:
    """Return the content of a file; an OSError names the file."""
    try:
        return path.read_bytes()
    except OSError as error:
        error.filename = str(path)
        raise


def sync(path: Path) -> None:
    """Wait until a file, or the names of the files in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(handle)


def _parse_entry(entry: dict[str, Any]) -> SegmentEntry:
    file = _parse_file(entry["file"])
    deletions = _parse_file(entry["deletions"]) if entry["deletions"] else None
    documents, deleted = _parse_count(entry["documents"]), _parse_count(entry["deleted"])
    lengths = {
        name: (_parse_count(with_terms), _parse_count(length))
        for name, (with_terms, length) in entry["lengths"].items()
    }
    if len(lengths) > MAX_FIELDS or any(own > documents for own, _ in lengths.values()):
        raise ValueError
    return SegmentEntry(file, documents, deleted, deletions, lengths)


def _parse_file(entry: dict[str, Any]) -> IndexFile:
    file = IndexFile(entry["name"], _parse_count(entry["size"]), _parse_count(entry["checksum"]))
    if len(file.name) > _MAX_NAME_LENGTH or not _FILE_NAME.fullmatch(file.name):
        raise ValueError  # no file outside the folder is ever opened
    return file


def _parse_fields(fields: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the declared fields. Their owner checks what they mean."""
    if len(fields) > MAX_FIELDS or not all(type(name) is str and type(kind) is str for name, kind in fields.items()):
        raise ValueError
    return tuple(sorted(fields.items()))


def _parse_count(value: Any) -> int:
    """Return `value` if it is a non-negative integer within reason; otherwise raise ValueError."""
    if type(value) is not int or not 0 <= value <= _MAX_COUNT:
        raise ValueError
    return value


def _checksum(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
