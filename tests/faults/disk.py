"""A disk that can fail, and that remembers what was asked of it: everything below a folder that Python's own functions
write, sync, rename, make and remove goes through it."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from unittest import mock

NAMELESS = -2
"""The number of all files without a name."""


class Operation(NamedTuple):
    """Something done to the disk.

    kind: create, write, sync (a file), sync folder, rename, unlink, make folder; failed, for any that did; or what the
    trial put in (`say`). path: of what; target: where it is renamed to. file: tells files apart that have had
    one name, or several. data: what was written at `place`.
    """

    kind: str
    path: str = ""
    target: str = ""
    file: int = -1
    place: int = 0
    data: bytes = b""


class Disk:
    """What happens below `folder`, while `watched`.

    fail: the number of the operation that fails, from 0. error: how (an errno). lasting: whether all that write or sync
    fail from then on, as on a full disk.
    """

    def __init__(self, folder: Path, *, fail: int | None = None, error: int = 0, lasting: bool = False) -> None:
        self.folder = os.path.realpath(folder)
        self.operations: list[Operation] = []
        self.failed: str | None = None
        self.fails_after_renaming = False  # the first sync of a folder after that
        self._fail = fail
        self._error = error
        self._lasting = lasting
        self._files: dict[int, int] = {}  # by inode, those that are there
        self._made = 0

    def say(self, what: str, number: int) -> None:
        """Puts a remark among the operations."""
        self.operations.append(Operation(what, place=number))

    @contextmanager
    def watched(self) -> Iterator["Disk"]:
        """Within, the disk is in place."""
        real = {name: getattr(os, name) for name in ("fsync", "replace", "rename", "unlink", "mkdir")}
        open_path, temporary = Path.open, tempfile.TemporaryFile

        def open_(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> IO[Any]:
            if "w" not in mode or not self._is_mine(path):
                return open_path(path, mode, *arguments, **options)
            raw = io.BufferedWriter(self._created(path))
            return raw if "b" in mode else io.TextIOWrapper(raw, *arguments[1:], **options)

        def temporary_file(*arguments: Any, **options: Any) -> IO[bytes]:
            self._happens(Operation("create", file=NAMELESS))
            return io.BufferedRandom(_Raw(self, temporary(*arguments, buffering=0, **options), NAMELESS))

        def fsync(handle: int) -> None:
            path = str(Path(f"/proc/self/fd/{handle}").readlink())
            if self._is_mine(path):
                folder = Path(path).is_dir()
                file = -1 if folder else self._files[os.fstat(handle).st_ino]
                self._happens(Operation("sync folder" if folder else "sync", path, file=file))
            real["fsync"](handle)

        def move(name: str, path: Any, target: Any) -> None:
            if self._is_mine(path):
                self._happens(Operation("rename", _name(path), _name(target)))
            real[name](path, target)

        def unlink(path: Any, **options: Any) -> None:
            if self._is_mine(path) and os.path.lexists(path):
                self._happens(Operation("unlink", _name(path)))
            real["unlink"](path, **options)

        def mkdir(path: Any, *arguments: Any, **options: Any) -> None:
            if self._is_mine(path) and not os.path.lexists(path):
                self._happens(Operation("make folder", _name(path)))
            real["mkdir"](path, *arguments, **options)

        with (
            mock.patch.object(Path, "open", open_),
            mock.patch.object(tempfile, "TemporaryFile", temporary_file),
            mock.patch.object(os, "fsync", fsync),
            mock.patch.object(os, "replace", lambda path, target: move("replace", path, target)),
            mock.patch.object(os, "rename", lambda path, target: move("rename", path, target)),
            mock.patch.object(os, "unlink", unlink),
            mock.patch.object(os, "mkdir", mkdir),
        ):
            yield self

    def _is_mine(self, path: Any) -> bool:
        return _name(path).startswith(self.folder)

    def _created(self, path: Path) -> "_Raw":
        self._made += 1
        self._happens(Operation("create", _name(path), file=self._made))
        real = io.FileIO(str(path), "wb")
        self._files[os.fstat(real.fileno()).st_ino] = self._made
        return _Raw(self, real, self._made)

    def _happens(self, operation: Operation) -> None:
        """Lets an operation happen, or fail."""
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

    def wrote(self, file: int, place: int, data: bytes) -> None:
        """A file's write."""
        self._happens(Operation("write", file=file, place=place, data=data))


class _Raw(io.RawIOBase):
    """An unbuffered file whose writes go through the disk."""

    def __init__(self, disk: Disk, real: io.FileIO, file: int) -> None:
        super().__init__()
        self._disk = disk
        self._real = real
        self._file = file

    def write(self, data: Any) -> int:
        self._disk.wrote(self._file, self._real.tell(), bytes(data))
        return self._real.write(data) or 0

    def readinto(self, buffer: Any) -> int | None:
        return self._real.readinto(buffer)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._real.seek(place, whence)

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
    """Where a file stands, links of its folders resolved."""
    return str(Path(path).parent.resolve() / Path(path).name)
