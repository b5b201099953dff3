"""The table of contents: which segments an index has at the moment. Each commit replaces it in one step."""

import errno
import json
import os
import re
import stat
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import IndexDamaged, IndexUnusable
from ..hashing import stable_hash
from .files import clear, read_file, write_file

FORMAT = 8
"""Version of the format on disk. It is raised when older programs can no longer read what newer ones write.

Format 6 added the journal of the commit user data; format 7 metadata of documents and declared fields; format 8
commits that are kept, and digests and codes by which an index is authenticated.
"""

_READABLE = (5, 6, 7, 8)
"""The versions of the format that this program reads. It writes the last one."""

_JOURNALS, _FIELDS, _KEPT = 6, 7, 8  # the first formats with a journal, with declared fields, and with kept commits

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

KEPT_SUFFIX = ".commit"
"""Ending of the name of an earlier table of contents that is kept; before it stands the number of its commit."""

MAX_KEPT = 1000
"""The greatest number of commits that can be kept."""

_MAX_COUNT = 1 << 53
"""The greatest number in the table: a size in bytes that no disk has."""

_MAX_NAME_LENGTH = 200  # characters of the name of a file, or of the analysis

_FILE_NAME = re.compile(r"\w[\w.-]*", re.ASCII)

_KEPT_NAME = re.compile(r"(\d{1,16})\.commit", re.ASCII)

_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){0,32}", re.ASCII)

_WITHOUT_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
"""The errors of file systems where a file cannot have a second name."""


class IndexFile(NamedTuple):
    """A file of the index.

    Attributes:
        name: Its name in the folder of the index.
        size: In bytes.
        checksum: CRC-32 of the content; of a segment, the checksum that `SectionWriter.finish` returned.
        digest: SHA-256 of the content, in hexadecimal digits; of a segment, that of its directory, by which all of the
            segment can be checked (see `sections`). It is empty in indexes of formats before 8.
    """

    name: str
    size: int
    checksum: int
    digest: str = ""


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
        index_id: A random name of the index, by which its copies are recognized; empty before format 8.
        time: When it was committed, in milliseconds since 1970; 0 if this is not known.
        keep: How many commits are kept, with the last one.
        code: The authentication code, if the index has a key: HMAC-SHA256 of the table, in hexadecimal digits.
    """

    generation: int
    analysis: str
    segments: tuple[SegmentEntry, ...] = ()
    commit_user_data: IndexFile | None = None
    journal: str = ""
    format: int = FORMAT
    fields: tuple[tuple[str, str], ...] = ()
    index_id: str = ""
    time: int = 0
    keep: int = 1
    code: str = ""

    @property
    def name(self) -> str:
        """A name of the commit that no other has, in whatever index."""
        return f"{self.generation}-{stable_hash(repr(self)) & 0xFFFFFFFFFFFFFFFF:x}"

    @property
    def files(self) -> set[str]:
        """The names of all files that belong to this state, except the table itself."""
        return {file.name for file in self._files()}

    @property
    def size(self) -> int:
        """The total size of these files in bytes, with the journal."""
        return sum(file.size for file in self._files()) + len(self.journal)

    @property
    def entries(self) -> dict[str, IndexFile]:
        """The files by their names."""
        return {file.name: file for file in self._files()}

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


def new_id() -> str:
    """Return a name for a new index that no other index has."""
    return os.urandom(8).hex()


def now() -> int:
    """Return the present time as a table of contents has it."""
    return time.time_ns() // 1_000_000


def write(folder: Path, toc: Toc, key: bytes | None = None) -> None:
    """Make `toc` the state of the index in `folder`; everything is on the disk when this returns.

    If more commits than the last are kept, the present table stays under another name.

    Args:
        folder: The folder of the index.
        toc: The next state.
        key: The key of the index, for the authentication code. Without it, the code of `toc` is written, which is
            right for a copy alone.

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
        "id": toc.index_id,
        "time": toc.time,
        "keep": toc.keep,
    }
    content["code"] = toc.code if key is None else _code(content, key)
    content["checksum"] = _checksum(content)
    temporary, path = folder / TEMPORARY, folder / NAME
    write_file(temporary, json.dumps(content, indent=1).encode())
    _make_newer(temporary, path)
    sync(temporary)
    if toc.keep > 1:
        _keep_present(folder, toc.generation)
    sync(folder)  # the names of the segments, before the table that lists them
    temporary.replace(path)
    sync(folder)


def _keep_present(folder: Path, following: int) -> None:
    """Give the present table of contents a second name, under which it stays when the next one replaces it."""
    try:
        generation = read(folder).generation
    except (FileNotFoundError, IndexUnusable):  # there is none, or a repair or a restoration replaces a damaged one
        return
    if generation < following:
        path = folder / kept_name(generation)
        clear(path)
        give_second_name(folder / NAME, path)


def give_second_name(path: Path, to: Path) -> None:
    """Give a file a second name, or copy it where files have only one; the name is not synced."""
    try:
        os.link(path, to, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS or not stat.S_ISREG(path.lstat().st_mode):
            raise
        import shutil  # noqa: PLC0415 - a search does not wait for it

        shutil.copyfile(path, to)
        sync(to)


def kept_name(generation: int) -> str:
    """Return the name of the table of contents of an earlier commit."""
    return f"{generation}{KEPT_SUFFIX}"


def kept_generations(folder: Path, state: Toc) -> list[int]:
    """Return the numbers of the earlier commits that are kept beside `state`, ascending.

    Raises:
        OSError: If the folder cannot be read.
    """
    if state.keep <= 1:
        return []
    names = map(_KEPT_NAME.fullmatch, os.listdir(folder))  # noqa: PTH208 (unlike iterdir, one call of the system)
    numbers = sorted(number for name in names if name and (number := int(name[1])) < state.generation)
    return numbers[-(state.keep - 1) :]


def read_kept(folder: Path, generation: int, key: bytes | None = None) -> Toc:
    """Return the state of an earlier commit that is kept; otherwise as `read`.

    Raises:
        IndexUnusable: If its table of contents is damaged, or not authentic.
        FileNotFoundError: If it is not kept.
    """
    path = folder / kept_name(generation)
    state = _read(path, folder, key)
    if state.generation != generation:
        raise IndexDamaged.at(path)
    return state


def needed_files(folder: Path, state: Toc) -> set[str]:
    """Return the names of the files that `state` and the commits that are kept beside it need.

    Raises:
        IndexUnusable: If the table of contents of a kept commit is damaged, so that its files are not known.
        OSError: If one cannot be read.
    """
    needed = set(state.files)
    for generation in kept_generations(folder, state):
        needed |= {kept_name(generation), *read_kept(folder, generation).files}
    return needed


def touch(folder: Path) -> None:
    """Have readers open the files of the index again, though there is no other commit."""
    _make_newer(folder / NAME, folder / NAME)


def _make_newer(path: Path, previous: Path) -> None:
    """Give `path` a later modification time than `previous` has.

    Readers recognize a table by its signature. The clock of the system may stand still from one commit to the next,
    and the inode of a file may be that of the table before the previous one.
    """
    with suppress(FileNotFoundError):
        time = previous.stat().st_mtime_ns
        if path.stat().st_mtime_ns <= time:
            os.utime(path, ns=(time + 1, time + 1))


def read(folder: Path, key: bytes | None = None) -> Toc:
    """Return the state of the index in `folder`.

    Args:
        folder: The folder of the index.
        key: The key of the index. The table must have the authentication code that this key gives.

    Raises:
        IndexUnusable: If the table of contents is damaged, of another version of the format, or not authentic.
        FileNotFoundError: If the folder has no table of contents.
    """
    return _read(folder / NAME, folder, key)


def _read(path: Path, folder: Path, key: bytes | None) -> Toc:
    """Return the state that the table of contents `path` has."""
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
        if key is not None:
            _authenticate(folder, content, key)
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
        if found >= _KEPT:
            toc = toc._replace(
                index_id=_parse_hexadecimal(content["id"]),
                time=_parse_count(content["time"]),
                keep=_parse_count(content["keep"]),
                code=_parse_hexadecimal(content["code"]),
            )
        if not 1 <= toc.keep <= MAX_KEPT or len(toc.files) != len(toc._files()):  # the latter: a file is named twice
            raise ValueError
        return toc
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise IndexDamaged.at(path) from None


def _authenticate(folder: Path, content: dict[str, Any], key: bytes) -> None:
    """Raise IndexUnusable unless a table of contents has the authentication code that `key` gives."""
    import hmac  # noqa: PLC0415 - a search without a key does not wait for it

    code = _parse_hexadecimal(content["code"]) if content["format"] >= _KEPT else ""
    if not code:
        raise IndexUnusable(
            f"{folder} has no authentication code: it was made without a key, or somebody has altered it",
            "give it one with Index.seal if you trust it, or open it without a key",
            path=folder,
            reason="key",
        )
    signed = {name: value for name, value in content.items() if name != "code"}
    if not hmac.compare_digest(code, _code(signed, key)):
        raise IndexUnusable(
            f"{folder} was written with another key, or somebody has altered it",
            "give the key that it was made with, or restore a backup",
            path=folder,
            reason="key",
        )


def check_writable(folder: Path, state: Toc, key: bytes | None) -> None:
    """Raise IndexUnusable if the index needs a key to be written to, and none is given."""
    if state.code and key is None:
        raise IndexUnusable(
            f"{folder} has an authentication code, and is not written to without its key",
            "give the key that it was made with (key=…)",
            path=folder,
            reason="key",
        )


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
    digest = _parse_hexadecimal(entry.get("digest", ""))
    file = IndexFile(entry["name"], _parse_count(entry["size"]), _parse_count(entry["checksum"]), digest)
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


def _parse_hexadecimal(value: Any) -> str:
    """Return `value` if it is text of up to 32 bytes in hexadecimal digits; otherwise raise ValueError."""
    if not isinstance(value, str) or not _HEXADECIMAL.fullmatch(value):
        raise ValueError
    return value


def _code(content: dict[str, Any], key: bytes) -> str:
    """Return the authentication code of a table of contents without its code and checksum."""
    import hashlib  # noqa: PLC0415 - as above
    import hmac  # noqa: PLC0415

    return hmac.new(key, json.dumps(content, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _checksum(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
