"""The calls to the operating system for files below some folders, each of which can fail.

While they are `watched`, all functions of Python that read, write, list, map, lock, make, rename or remove something
there count as calls, also those of open files. What other processes do, and modules that call the system without
Python's functions, is not seen; `audited` tells whether there is any such call in this process.
"""

import builtins
import fcntl
import io
import mmap
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

BY_PATH = (
    "open", "stat", "lstat", "listdir", "scandir", "unlink", "remove", "mkdir", "rmdir", "utime", "replace", "rename",
    "link", "symlink", "readlink", "chmod", "access", "truncate",
)  # fmt: skip
"""Functions of `os` whose first argument is a path; some take an open file as well."""

BY_FILE = ("fsync", "fdatasync", "fstat", "read", "write", "ftruncate", "pread", "pwrite", "lseek")
"""Functions of `os` whose first argument is an open file."""

AUDITED = {
    "open", "os.listdir", "os.scandir", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "os.rename", "os.link",
    "os.symlink", "os.chmod", "os.truncate", "mmap.__new__", "fcntl.flock",
}  # fmt: skip
"""The events of `sys.addaudithook` for calls that concern files."""


class Call(NamedTuple):
    """A call to the operating system.

    Attributes:
        name: The name of the function, such as "open" or "readinto".
        path: The file or folder, as it was given or as the system knows it.
    """

    name: str
    path: str


class SystemCalls:
    """The calls for files below some folders.

    Attributes:
        calls: The calls so far, in order.
        failed: The first call that failed; None if none has.
        error: The error number with which calls fail.
        may_fail_again: True if calls can fail after the first one that failed.
        around: Descriptions of calls that were not made by way of this object.
    """

    def __init__(self, *folders: Path, fail: int | None = None, error: int = 0) -> None:
        """Prepare to watch.

        Args:
            folders: The folders, which need not exist.
            fail: The number of the call that fails, from 0; None if none fails.
            error: The error number with which it fails.
        """
        self.calls: list[Call] = []
        self.failed: Call | None = None
        self.may_fail_again = False
        self.around: list[str] = []
        self._folders = [os.path.realpath(folder) for folder in folders]
        self._fail = fail
        self.error = error
        self._inside = threading.local()
        self._real_folders: dict[str, str] = {}
        self._real = {name: getattr(os, name) for name in (*BY_PATH, *BY_FILE) if hasattr(os, name)}

    @contextmanager
    def watched(self) -> Iterator["SystemCalls"]:
        """Count the calls within a `with` statement, and let one of them fail."""
        real_open, real_flock = io.open, fcntl.flock
        calls = self

        class File(io.FileIO):
            """An unbuffered file."""

            def readinto(self, buffer: Any) -> Any:
                calls.called("readinto", self.name if isinstance(self.name, str) else self.fileno())
                return super().readinto(buffer)

            def read(self, size: int | None = -1) -> Any:
                calls.called("read", self.fileno())
                return super().read(-1 if size is None else size)

            def readall(self) -> Any:
                calls.called("read", self.fileno())
                return super().readall()

            def write(self, data: Any) -> Any:
                calls.called("write", self.fileno())
                return super().write(data)

            def truncate(self, size: int | None = None) -> int:
                calls.called("truncate", self.fileno())
                return super().truncate(size)

        class Map(mmap.mmap):
            """A file mapped into memory."""

            def __new__(cls, file: int, *arguments: Any, **options: Any) -> "Map":
                calls.called("mmap", file)
                with calls._within():
                    return super().__new__(cls, file, *arguments, **options)

            def madvise(self, *arguments: Any) -> None:
                calls.called("madvise", calls._folders[0])  # the file is not known
                super().madvise(*arguments)

        def open_(
            file: Any,
            mode: str = "r",
            buffering: int = -1,
            encoding: str | None = None,
            errors: str | None = None,
            newline: str | None = None,
            closefd: bool = True,
            opener: Any = None,
        ) -> Any:
            if not self.is_below(file):
                return real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
            if not isinstance(file, int):
                self.called("open", file)
            with self._within():
                raw = File(
                    file if isinstance(file, int) else os.fspath(file),
                    mode.replace("b", "").replace("t", ""),
                    closefd,
                    opener,
                )
            if buffering == 0:
                return raw
            kind = io.BufferedRandom if "+" in mode else io.BufferedReader if "r" in mode else io.BufferedWriter
            buffered = kind(raw, buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

        def flock(file: Any, operation: int) -> None:
            self.called("flock", file if isinstance(file, int) else file.fileno())
            with self._within():
                real_flock(file, operation)

        with ExitStack() as patches:
            for name in self._real:
                patches.enter_context(mock.patch.object(os, name, self._replacement(name)))
            for module in (io, builtins):
                patches.enter_context(mock.patch.object(module, "open", open_))
            patches.enter_context(mock.patch.object(mmap, "mmap", Map))
            patches.enter_context(mock.patch.object(fcntl, "flock", flock))
            yield self

    @contextmanager
    def audited(self) -> Iterator["SystemCalls"]:
        """Watch, and gather in `around` the calls that are made in another way. Python keeps the hook for ever."""
        is_active = True

        def hook(event: str, arguments: Any) -> None:
            if is_active and event in AUDITED and not getattr(self._inside, "depth", 0) and self.is_below(arguments[0]):
                self.around.append(f"{event} {arguments[0]}")

        sys.addaudithook(hook)
        try:
            with self.watched():
                yield self
        finally:
            is_active = False

    def is_below(self, path: Any) -> bool:
        """Return True if a path, or an open file, is in one of the folders, or is one of them."""
        name = self._name(path)
        return any(name == folder or name.startswith(folder + os.sep) for folder in self._folders)

    def called(self, name: str, path: Any) -> None:
        """Count a call for a path or an open file; raise an OSError if it is to fail."""
        if getattr(self._inside, "depth", 0) or not self.is_below(path):
            return
        number = len(self.calls)
        call = Call(name, self._name(path))
        self.calls.append(call)
        if self._fails(number):
            self.failed = self.failed or call
            # As by the system, only functions that are given a path name it in their error.
            named = () if isinstance(path, int) or name not in BY_PATH else (os.fspath(path),)
            raise OSError(self.error, os.strerror(self.error), *named)

    def _fails(self, number: int) -> bool:
        """Return True if the call with this number, from 0, is to fail."""
        return number == self._fail

    def _replacement(self, name: str) -> Callable[..., Any]:
        real = self._real[name]

        def replacement(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            if not self.is_below(path):
                return real(path, *arguments, **options)
            self.called(name, path)
            with self._within():
                done = real(path, *arguments, **options)
            return _Listing(self, done) if name == "scandir" else done

        return replacement

    def _name(self, path: Any) -> str:
        with self._within():
            if isinstance(path, int):
                try:
                    return str(self._real["readlink"](f"/proc/self/fd/{path}"))
                except OSError:
                    return ""
            try:
                given = os.fsdecode(path)
            except TypeError:
                return ""
            folder, _, name = os.path.abspath(given).rpartition(os.sep)  # noqa: PTH100 (unlike Path, it removes "..")
            if folder not in self._real_folders:
                self._real_folders[folder] = os.path.realpath(folder)
            return f"{self._real_folders[folder]}/{name}"

    @contextmanager
    def _within(self) -> Iterator[None]:
        """Take the calls that are made now for parts of one call."""
        self._inside.depth = getattr(self._inside, "depth", 0) + 1
        try:
            yield
        finally:
            self._inside.depth -= 1


class _Listing:
    """A result of `os.scandir` whose entries can fail when they ask the system."""

    def __init__(self, calls: SystemCalls, real: Any) -> None:
        self._calls = calls
        self._real = real

    def __enter__(self) -> "_Listing":
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()

    def close(self) -> None:
        self._real.close()

    def __iter__(self) -> Iterator["_Entry"]:
        return self

    def __next__(self) -> "_Entry":
        return _Entry(self._calls, next(self._real))


class _Entry:
    """An entry of a folder, as `os.DirEntry`."""

    def __init__(self, calls: SystemCalls, real: Any) -> None:
        self._calls = calls
        self._real = real
        self.name = real.name
        self.path = real.path

    def __fspath__(self) -> str:
        return str(self.path)

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return bool(self._real.is_dir(follow_symlinks=follow_symlinks))  # the listing says it

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return bool(self._real.is_file(follow_symlinks=follow_symlinks))

    def is_symlink(self) -> bool:
        return bool(self._real.is_symlink())

    def inode(self) -> int:
        return int(self._real.inode())

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        self._calls.called("stat", self.path)
        with self._calls._within():
            return self._real.stat(follow_symlinks=follow_symlinks)  # type: ignore[no-any-return]
