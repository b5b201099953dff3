"""A record of what was synced of an index, and copies of the index in which nothing else can be relied upon.

While a `Synced` is watching, it sees each sync of a file or a folder by this process. From the record it makes copies
of an index as a bad power failure may leave it: what was not synced of a file is garbage, and a name that was not
synced in its folder may be missing, or may still be there though it was removed.

Calls go to the system directly, so that a test which replaces functions of `os` sees none of them.
"""

import os
import posix
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

from jooya.indexer.codec import toc
from jooya.indexer.codec.committer import OWN_SUFFIXES
from jooya.indexer.codec.lock import NAME as LOCK
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.integrity import backup

_Id = tuple[int, int]
"""The device and the inode of a file or folder."""

_MOST_GARBAGE = 100
"""The most bytes of a file that was removed, and is there again."""


class _Entry(NamedTuple):
    """A file in the folder of an index: what it is, its size in bytes, and when it was written, in nanoseconds."""

    id: _Id
    size: int
    time: int


class _Content(NamedTuple):
    """The content of a file when it was synced: its size in bytes and its CRC-32."""

    size: int
    checksum: int


class _Made(NamedTuple):
    """A folder that was made for an index: the folder it is in, its name there, and what it is."""

    parent: _Id
    name: str
    id: _Id


class Synced:
    """All that was synced, in all folders."""

    def __init__(self) -> None:
        self._contents: dict[_Id, _Content] = {}
        self._names: dict[_Id, dict[str, _Id]] = {}  # by folder
        self._left: dict[_Id, dict[str, _Entry]] = {}  # what was in a folder when its lock was released
        self._made: dict[_Id, list[_Made]] = {}
        self._replacement: Any = None
        self._sync = toc.sync

    @property
    def is_whole(self) -> bool:
        """False while a test has put something else in the place of the functions that sync."""
        return os.fsync is self._replacement and toc.sync is self._sync

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Record syncs within a `with` statement."""
        real_fsync, acquire, release = os.fsync, WriteLock.__init__, WriteLock.release
        lock_copy, make_folder = backup._locked, toc.make_folder

        def fsync(file: Any) -> None:
            real_fsync(file)
            self._is_synced(file if isinstance(file, int) else file.fileno())

        def acquired(lock: WriteLock, folder: Path, *arguments: Any, **options: Any) -> None:
            acquire(lock, folder, *arguments, **options)
            self._begin(folder)

        def released(lock: WriteLock) -> None:
            self._end(Path(lock._file.name).parent)
            release(lock)

        @contextmanager
        def locked(folder: Path) -> Iterator[None]:
            with lock_copy(folder):
                self._begin(folder)
                try:
                    yield
                finally:
                    self._end(folder)

        def made(folder: Path) -> None:
            missing = [path for path in (folder, *folder.parents) if not _is_there(path)]
            make_folder(folder)
            if self.is_whole:
                self._made[_id(folder)] = [_Made(_id(path.parent), path.name, _id(path)) for path in missing]

        self._replacement, self._sync = fsync, toc.sync
        with (
            mock.patch.object(os, "fsync", fsync),
            mock.patch.object(WriteLock, "__init__", acquired),
            mock.patch.object(WriteLock, "release", released),
            mock.patch.object(backup, "_locked", locked),
            mock.patch.object(toc, "make_folder", made),
        ):
            yield

    def is_as_left(self, folder: Path) -> bool:
        """Return True if nothing has changed in the folder of an index since its lock was released."""
        return _is_there(folder) and self._left.get(_id(folder)) == _entries(folder)

    def copy(self, folder: Path, to: Path, random: Random) -> int:
        """Copy the files of an index to a new folder, where all that was not synced is garbage or missing.

        Returns:
            The number of files that are not as they were.
        """
        posix.mkdir(to)
        identity = _id(folder)
        if any(self._names.get(made.parent, {}).get(made.name) != made.id for made in self._made.pop(identity, [])):
            return 1  # its own name is lost, or that of a folder that it is in
        names = self._names.get(identity, {})
        altered = 0
        there = _entries(folder)
        for name, entry in there.items():
            has_name = names.get(name) == entry.id
            if not has_name and random.random() < 0.5:
                altered += 1
                continue
            content = _read(str(folder / name))
            size, checksum = self._contents.get(entry.id, _Content(0, 0))
            if len(content) < size or zlib.crc32(content[:size]) != checksum:
                size = 0
            if size < len(content):
                content = _with_garbage(content, size, random)
                altered += 1
            _write(str(to / name), content)
        for name in sorted(names.keys() - there.keys()):  # files whose removal was not synced
            if Path(name).suffix in OWN_SUFFIXES - {toc.KEPT_SUFFIX} and random.random() < 0.5:
                _write(str(to / name), random.randbytes(random.randrange(_MOST_GARBAGE)))
                altered += 1
        return altered

    def _is_synced(self, descriptor: int) -> None:
        """Record the sync of an open file or folder."""
        status = posix.fstat(descriptor)
        identity = status.st_dev, status.st_ino
        if not stat.S_ISDIR(status.st_mode):
            self._contents[identity] = _content(f"/proc/self/fd/{descriptor}")
            return
        names = {}
        for name in posix.listdir(descriptor):
            with suppress(FileNotFoundError):  # another thread has removed it
                found = posix.stat(name, dir_fd=descriptor, follow_symlinks=False)
                names[name] = found.st_dev, found.st_ino
        self._names[identity] = names

    def _begin(self, folder: Path) -> None:
        """Take the files that are in the folder of an index for synced, unless a writer of this process left them."""
        if not self.is_whole:
            return
        identity = _id(folder)
        left = self._left.pop(identity, {})
        names = self._names.setdefault(identity, {})
        there = _entries(folder)
        for name in left.keys() - there.keys():
            names.pop(name, None)
        for name, entry in there.items():
            if left.get(name) != entry:
                names[name] = entry.id
                self._contents[entry.id] = _content(str(folder / name))

    def _end(self, folder: Path) -> None:
        if self.is_whole:
            with suppress(FileNotFoundError):  # the test has removed the index
                self._left[_id(folder)] = _entries(folder)


def copy_files(folder: Path, to: Path) -> None:
    """Copy the files of an index to a new folder as they are."""
    posix.mkdir(to)
    for name in _entries(folder):
        _write(str(to / name), _read(str(folder / name)))


def size_of(folder: Path) -> int:
    """Return the size of the files of an index in bytes."""
    return sum(entry.size for entry in _entries(folder).values())


def _with_garbage(content: bytes, size: int, random: Random) -> bytes:
    """Return a file of which `size` bytes were synced, and the others are lost in one way or another."""
    synced, rest = content[:size], len(content) - size
    return synced + random.choice((random.randbytes(rest), bytes(rest), content[size : size + random.randrange(rest)]))


def _id(path: Path) -> _Id:
    status = posix.stat(path)
    return status.st_dev, status.st_ino


def _is_there(path: Path) -> bool:
    try:
        posix.stat(path)
    except OSError:
        return False
    return True


def _entries(folder: Path) -> dict[str, _Entry]:
    """Return the regular files in a folder by name, but for the lock."""
    found = {}
    for name in sorted(posix.listdir(folder)):
        with suppress(FileNotFoundError):
            status = posix.stat(folder / name, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and name != LOCK:
                found[name] = _Entry((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)
    return found


def _content(path: str) -> _Content:
    content = _read(path)
    return _Content(len(content), zlib.crc32(content))


def _read(path: str) -> bytes:
    descriptor = posix.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = []
        while piece := posix.read(descriptor, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        posix.close(descriptor)


def _write(path: str, content: bytes) -> None:
    descriptor = posix.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[posix.write(descriptor, view) :]
    finally:
        posix.close(descriptor)
