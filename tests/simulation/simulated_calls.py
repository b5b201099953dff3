"""The functions by which Python calls the operating system, in place of which a simulated machine answers.

Everything below `ROOT`, and every descriptor of the simulated disk, goes to the machine; all else to the system.
"""

import builtins
import fcntl
import io
import mmap
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest import mock

from disk_entries import File, Folder, Status
from machine import Machine
from simulated_disk import FIRST_DESCRIPTOR, ROOT, SimulatedDisk

_LOST_ANSWERS = 0.3
"""The share of failing renames that have been made nevertheless, as on a file system beyond a network."""

_SHORT_READS = 0.02
"""The share of reads that return less than was asked for."""


class Calls:
    """The calls, answered by one machine after another.

    Attributes:
        machine: The present machine.
    """

    def __init__(self) -> None:
        self.machine: Machine | None = None
        self._real = {name: getattr(os, name) for name in (*_BY_PATH, *_BY_DESCRIPTOR)}

    @property
    def _now(self) -> Machine:
        assert self.machine is not None
        return self.machine

    @property
    def _disk(self) -> SimulatedDisk:
        return self._now.disk

    @contextmanager
    def answered(self) -> Iterator["Calls"]:
        """Answer the calls within a `with` statement."""
        real_map, real_time, real_sleep, real_pid = mmap.mmap, time.monotonic, time.sleep, os.getpid
        real_flock, real_open, real_temporary = fcntl.flock, io.open, tempfile.TemporaryFile

        def flock(file: Any, operation: int) -> None:
            descriptor = file if isinstance(file, int) else file.fileno()
            if descriptor < FIRST_DESCRIPTOR:
                real_flock(file, operation)
                return
            assert operation == fcntl.LOCK_EX | fcntl.LOCK_NB, "the only lock there is"
            self._now.call("flock", "")
            self._disk.lock(descriptor)

        def map_(descriptor: int, length: int, *arguments: Any, **options: Any) -> Any:
            if descriptor < FIRST_DESCRIPTOR:
                return real_map(descriptor, length, *arguments, **options)
            self._now.call("mmap", "")
            content, file = self._disk.map(descriptor)
            return Mapped(content[:length], file)

        def monotonic() -> float:
            return real_time() if self._is_idle() else self._now.clock

        def sleep(seconds: float) -> None:
            if self._is_idle():
                real_sleep(seconds)
            else:
                self._now.sleep(seconds)

        def process_number() -> int:
            machine = self.machine
            return real_pid() if machine is None or machine.running is None else machine.running.process

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
            path = file if isinstance(file, str) else None if isinstance(file, int) else os.fspath(file)
            if not isinstance(path, str) or not path.startswith(ROOT):
                return real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
            flags = _FLAGS[mode.replace("b", "").replace("t", "")]
            descriptor = self._open(path, flags) if opener is None else opener(path, flags)
            raw = Raw(self, descriptor, path, writable="r" not in mode or "+" in mode)
            if buffering == 0:
                return raw
            buffered = io.BufferedReader(raw) if "r" in mode and "+" not in mode else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

        def temporary(*arguments: Any, **options: Any) -> Any:
            if not str(options.get("dir") or "").startswith(ROOT):
                return real_temporary(*arguments, **options)
            self._now.call("open", "a file without a name")
            descriptor = self._disk.open_nameless(process_number())
            return io.BufferedRandom(Raw(self, descriptor, "a file without a name", writable=True))

        with ExitStack() as patches:
            for name in _BY_PATH:
                patches.enter_context(mock.patch.object(os, name, self._by_path(name)))
            for name in _BY_DESCRIPTOR:
                patches.enter_context(mock.patch.object(os, name, self._by_descriptor(name)))
            for module, name, replacement in (
                (io, "open", open_), (builtins, "open", open_), (mmap, "mmap", map_), (fcntl, "flock", flock),
                (time, "monotonic", monotonic), (time, "sleep", sleep), (os, "getpid", process_number),
                (tempfile, "TemporaryFile", temporary), (shutil, "_USE_CP_SENDFILE", False),
            ):  # fmt: skip
                patches.enter_context(mock.patch.object(module, name, replacement))
            yield self

    def _is_idle(self) -> bool:
        return self.machine is None or self.machine.running is None

    def _by_path(self, name: str) -> Callable[..., Any]:
        real, simulated = self._real[name], getattr(self, f"_{name}")

        def call(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            if isinstance(path, int):
                if path >= FIRST_DESCRIPTOR:  # `os.stat` takes descriptors, too
                    return self._fstat(path)
                return real(path, *arguments, **options)
            text = path if isinstance(path, str) else os.fspath(path)
            if not isinstance(text, str) or not text.startswith(ROOT):
                return real(path, *arguments, **options)
            return simulated(text, *arguments, **options)

        return call

    def _by_descriptor(self, name: str) -> Callable[..., Any]:
        real, simulated = self._real[name], getattr(self, f"_{name}")

        def call(descriptor: Any, *arguments: Any) -> Any:
            if not isinstance(descriptor, int) or descriptor < FIRST_DESCRIPTOR:
                return real(descriptor, *arguments)
            return simulated(descriptor, *arguments)

        return call

    # Each function of `os`, on the simulated disk.

    def _open(self, path: str, flags: int, _mode: int = 0o777, **_options: Any) -> int:
        machine = self._now
        machine.call("open", path)
        descriptor = machine.disk.open(path, flags, machine.running.process if machine.running else 0)
        machine.done("open")
        return descriptor

    def _stat(self, path: str, **_options: Any) -> Status:
        self._now.call("stat", path)
        return self._disk.status(path)

    _lstat = _stat

    def _listdir(self, path: str) -> list[str]:
        self._now.call("listdir", path)
        return self._disk.list(path)

    def _scandir(self, path: str) -> "_Listing":
        return _Listing(path, self._listdir(path))

    def _unlink(self, path: str, **_options: Any) -> None:
        self._now.call("unlink", path)
        self._disk.unlink(path)
        self._now.done("unlink")

    def _mkdir(self, path: str, _mode: int = 0o777) -> None:
        self._now.call("mkdir", path)
        self._disk.make_folder(path)

    def _rmdir(self, path: str) -> None:
        self._now.call("rmdir", path)
        self._disk.remove_folder(path)

    def _utime(self, path: str, *, ns: tuple[int, int]) -> None:
        self._now.call("utime", path)
        self._disk.set_time(path, ns[1])

    def _rename(self, path: str, target: Any) -> None:
        machine, name = self._now, os.fspath(target)
        try:
            machine.call("rename", path)
        except OSError:
            if machine.random.random() < _LOST_ANSWERS:
                machine.renaming(path, name)
                machine.disk.rename(path, name)
            raise
        machine.renaming(path, name)
        machine.disk.rename(path, name)
        machine.done("rename")

    _replace = _rename

    def _link(self, path: str, target: Any, **_options: Any) -> None:
        self._now.call("link", path)
        self._disk.link(path, os.fspath(target))

    def _close(self, descriptor: int) -> None:
        machine = self._now
        if descriptor not in machine.disk.handles:  # of a process that is dead
            return
        try:
            machine.call("close", "")
        finally:  # as on Linux, it is closed even if that fails
            if descriptor in machine.disk.handles:
                machine.disk.close(descriptor)

    def _fsync(self, descriptor: int) -> None:
        machine = self._now
        handle = machine.disk.handle(descriptor)
        kind = "fsync folder" if isinstance(handle.entry, Folder) else "fsync"
        try:
            machine.call(kind, handle.path)
        except OSError:
            machine.disk.give_up_sync(descriptor)
            raise
        machine.disk.sync(descriptor)
        machine.done(kind)

    def _fstat(self, descriptor: int) -> Status:
        self._now.call("fstat", "")
        return self._disk.status_of(descriptor)

    def _read(self, descriptor: int, size: int) -> bytes:
        machine = self._now
        machine.call("read", "")
        if size > 1 and machine.running is not None and machine.random.random() < _SHORT_READS:
            size = 1 + int(machine.random.random() * (size - 1))
        return machine.disk.read(descriptor, size)

    def _pread(self, descriptor: int, size: int, offset: int) -> bytes:
        self._now.call("pread", "")
        entry = self._disk.handle(descriptor).entry
        assert isinstance(entry, File)
        return bytes(entry.content[offset : offset + size])

    def _write(self, descriptor: int, data: Any) -> int:
        machine = self._now
        try:
            machine.call("write", "")
        except InterruptedError:  # Python tries again
            raise
        except OSError:
            part = bytes(data)[: int(machine.random.random() * len(data))]  # a full disk takes some of it
            if part:
                machine.disk.write(descriptor, part)
            raise
        done = machine.disk.write(descriptor, bytes(data))
        machine.done("write")
        return done

    def _ftruncate(self, descriptor: int, size: int) -> None:
        self._now.call("truncate", "")
        self._disk.truncate(descriptor, size)

    # What open files call.

    def read_into(self, descriptor: int, buffer: Any) -> int:
        """Read into a buffer."""
        found = self._read(descriptor, len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def write(self, descriptor: int, data: Any) -> int:
        """Write."""
        return self._write(descriptor, data)

    def truncate(self, descriptor: int, size: int) -> None:
        """Give a file another length."""
        self._ftruncate(descriptor, size)

    def seek(self, descriptor: int, offset: int, whence: int) -> int:
        """Go to another place in a file."""
        handle = self._disk.handle(descriptor)
        assert isinstance(handle.entry, File)
        base = (0, handle.offset, len(handle.entry.content))[whence]
        handle.offset = base + offset
        return handle.offset

    def close(self, descriptor: int) -> None:
        """Close a file."""
        self._close(descriptor)

    def is_open(self, descriptor: int) -> bool:
        """Return True if the process that has opened a descriptor still lives."""
        return self.machine is not None and descriptor in self.machine.disk.handles


_BY_PATH = (
    "open", "stat", "lstat", "listdir", "scandir", "unlink", "mkdir", "rmdir", "utime", "rename", "replace", "link",
)  # fmt: skip
_BY_DESCRIPTOR = ("close", "fsync", "fstat", "read", "pread", "write", "ftruncate")

_FLAGS = {
    "r": os.O_RDONLY,
    "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
    "x": os.O_WRONLY | os.O_CREAT | os.O_EXCL,
}


class Mapped(bytes):
    """A file that is mapped into memory, as far as Jooya uses it."""

    def __new__(cls, content: bytes, _file: File) -> "Mapped":
        return super().__new__(cls, content)

    def madvise(self, *_arguments: int) -> None:
        """Accept advice."""


class Raw(io.RawIOBase):
    """An open file of the simulated disk, unbuffered."""

    def __init__(self, calls: Calls, descriptor: int, name: str, *, writable: bool) -> None:
        super().__init__()
        self._calls = calls
        self._descriptor = descriptor
        self._writable = writable
        self.name = name

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return self._writable

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._calls.read_into(self._descriptor, buffer)

    def write(self, data: Any) -> int:
        if not self._calls.is_open(self._descriptor):
            return len(data)  # the rest of a buffer of a process that is dead
        return self._calls.write(self._descriptor, data)

    def seek(self, offset: int, whence: int = 0) -> int:
        if not self._calls.is_open(self._descriptor):
            return 0
        return self._calls.seek(self._descriptor, offset, whence)

    def truncate(self, size: int | None = None) -> int:
        self._calls.truncate(self._descriptor, size or 0)
        return size or 0

    def close(self) -> None:
        if not self.closed:
            try:
                super().close()
            finally:
                self._calls.close(self._descriptor)

    def __del__(self) -> None:
        with suppress(BaseException):  # in silence, as before Python 3.13: the process may be dead
            self.close()


class _Listing:
    """The result of `os.scandir`."""

    def __init__(self, path: str, names: list[str]) -> None:
        self._paths = iter([_Listed(name, f"{path}/{name}") for name in names])

    def __enter__(self) -> Iterator["_Listed"]:
        return self._paths

    def __exit__(self, *_: object) -> None: ...

    def __iter__(self) -> Iterator["_Listed"]:
        return self._paths


class _Listed:
    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path
