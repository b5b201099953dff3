"""A disk that can fail and that records the operations on it.

While it is watched, everything that Python's own functions write, sync, rename, make and remove below a folder goes
through it.
"""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from unittest import mock

NAMELESS = -2
"""The number that stands for every file without a name."""


class Operation(NamedTuple):
    """An operation on the disk.

    Attributes:
        kind: One of "create", "write", "sync" (of a file), "sync folder", "rename", "link", "unlink", "make folder",
            "remove folder"; "failed" for any of these that failed; or a note of the trial (see `Disk.note`).
        path: The file or folder.
        target: The new name of a file that is renamed or linked.
        file: A number that identifies a file, whatever its name.
        number: The offset of a write in bytes, or the number of a note.
        data: The bytes of a write.
    """

    kind: str
    path: str = ""
    target: str = ""
    file: int = -1
    number: int = 0
    data: bytes = b""


class Disk:
    """The operations below a folder, while the disk is `watched`.

    Attributes:
        folder: The folder, with its links resolved.
        operations: The operations so far, in order.
        failed: The kind of the first operation that failed.
        fails_after_renaming: True to let the first sync of a folder after a rename fail.
    """

    def __init__(self, folder: Path, *, fail: int | None = None, error: int = 0, lasting: bool = False) -> None:
        """Prepare the disk.

        Args:
            folder: The folder.
            fail: The number of the operation that fails, from 0; None if none fails.
            error: The error number with which it fails.
            lasting: True if all later operations that write or sync fail, too, as on a full disk.
        """
        self.folder = os.path.realpath(folder)
        self.operations: list[Operation] = []
        self.failed: str | None = None
        self.fails_after_renaming = False
        self._fail = fail
        self._error = error
        self._lasting = lasting
        self._files: dict[int, int] = {}  # the number of each existing file, by its inode
        self._made = 0

    def adopt(self) -> tuple[dict[str, int], dict[int, bytes]]:
        """Take the files that are there for files of the disk, and return their numbers by name, and their contents."""
        names: dict[str, int] = {}
        contents: dict[int, bytes] = {}
        for path in sorted(Path(self.folder).rglob("*")):
            if path.is_dir():
                names[str(path)] = 0
                continue
            self._made += 1
            names[str(path)] = self._files[path.stat().st_ino] = self._made
            contents[self._made] = path.read_bytes()
        return names, contents

    def note(self, kind: str, number: int) -> None:
        """Insert a note among the operations."""
        self.operations.append(Operation(kind, number=number))

    @contextmanager
    def watched(self) -> Iterator["Disk"]:
        """Put the disk in place of the real functions within a `with` statement."""
        real = {name: getattr(os, name) for name in ("fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")}
        open_path, temporary = Path.open, tempfile.TemporaryFile

        def open_(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> IO[Any]:
            if "w" not in mode or not self._is_below(path):
                return open_path(path, mode, *arguments, **options)
            raw = io.BufferedWriter(self._created(path))
            return raw if "b" in mode else io.TextIOWrapper(raw, *arguments[1:], **options)

        def temporary_file(*arguments: Any, **options: Any) -> IO[bytes]:
            self._perform(Operation("create", file=NAMELESS))
            return io.BufferedRandom(_Raw(self, temporary(*arguments, buffering=0, **options), NAMELESS))

        def fsync(handle: int) -> None:
            path = str(Path(f"/proc/self/fd/{handle}").readlink())
            if self._is_below(path):
                folder = Path(path).is_dir()
                file = -1 if folder else self._files[os.fstat(handle).st_ino]
                self._perform(Operation("sync folder" if folder else "sync", path, file=file))
            real["fsync"](handle)

        def move(name: str, path: Any, target: Any) -> None:
            if self._is_below(path):
                self._perform(Operation("rename", _name(path), _name(target)))
            real[name](path, target)

        def link(path: Any, target: Any, **options: Any) -> None:
            if self._is_below(target):
                self._perform(Operation("link", _name(path), _name(target)))
            real["link"](path, target, **options)

        def rmdir(path: Any, **options: Any) -> None:
            if self._is_below(path) and not any(Path(path).iterdir()):
                self._perform(Operation("remove folder", _name(path)))
            real["rmdir"](path, **options)

        def unlink(path: Any, **options: Any) -> None:
            if self._is_below(path) and os.path.lexists(path):
                self._perform(Operation("unlink", _name(path)))
            real["unlink"](path, **options)

        def mkdir(path: Any, *arguments: Any, **options: Any) -> None:
            if self._is_below(path) and not os.path.lexists(path):
                self._perform(Operation("make folder", _name(path)))
            real["mkdir"](path, *arguments, **options)

        with (
            mock.patch.object(Path, "open", open_),
            mock.patch.object(tempfile, "TemporaryFile", temporary_file),
            mock.patch.object(os, "fsync", fsync),
            mock.patch.object(os, "replace", lambda path, target: move("replace", path, target)),
            mock.patch.object(os, "rename", lambda path, target: move("rename", path, target)),
            mock.patch.object(os, "link", link),
            mock.patch.object(os, "rmdir", rmdir),
            mock.patch.object(os, "unlink", unlink),
            mock.patch.object(os, "mkdir", mkdir),
        ):
            yield self

    def _is_below(self, path: Any) -> bool:
        return _name(path).startswith(self.folder)

    def _created(self, path: Path) -> "_Raw":
        self._made += 1
        self._perform(Operation("create", _name(path), file=self._made))
        real = io.FileIO(str(path), "wb")
        self._files[os.fstat(real.fileno()).st_ino] = self._made
        return _Raw(self, real, self._made)

    def _perform(self, operation: Operation) -> None:
        """Record an operation, and raise an OSError if it is to fail."""
        number = len(self.operations)
        self.operations.append(operation)
        late = self._fail is not None and self._lasting and number > self._fail
        fails = number == self._fail or (late and operation.kind in ("create", "write", "sync", "sync folder"))
        if self.fails_after_renaming and operation.kind == "sync folder":
            fails = self.operations[number - 1].kind == "rename"
        if fails:
            self.failed = self.failed or operation.kind
            self.operations[number] = operation._replace(kind="failed")
            raise OSError(self._error, os.strerror(self._error))

    def record_write(self, file: int, offset: int, data: bytes) -> None:
        """Record the write of a file."""
        self._perform(Operation("write", file=file, number=offset, data=data))


class _Raw(io.RawIOBase):
    """An unbuffered file whose writes go through the disk."""

    def __init__(self, disk: Disk, real: io.FileIO, file: int) -> None:
        super().__init__()
        self._disk = disk
        self._real = real
        self._file = file

    def write(self, data: Any) -> int:
        self._disk.record_write(self._file, self._real.tell(), bytes(data))
        return self._real.write(data) or 0

    def readinto(self, buffer: Any) -> int | None:
        return self._real.readinto(buffer)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._real.seek(offset, whence)

    def tell(self) -> int:
        return self._real.tell()

    def readable(self) -> bool:
        return self._real.readable()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._real.fileno()

    def close(self) -> None:
        if not self.closed:
            try:
                super().close()
            finally:
                self._real.close()


def _name(path: Any) -> str:
    """Return the path of a file with the links of its folders resolved."""
    return str(Path(path).parent.resolve() / Path(path).name)
