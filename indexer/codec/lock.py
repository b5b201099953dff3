"""The lock of the one writer of an index.

It is a file that the operating system locks, and unlocks when the process that holds it ends, however it ends.
"""

import fcntl
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ..defaults import LOCK_WAIT
from ..errors import IndexBusy, IndexUnusable, reason_and_fix
from .files import open_regular, opened

NAME = "write.lock"

_POLL_INTERVAL = 0.05  # seconds between two attempts
_MAX_HOLDER_LENGTH = 400  # characters of the line that describes the holder
_MAX_COMMAND_LENGTH = 200  # characters of the command in this line


class WriteLock:
    """The lock, held from its construction until `release` or the end of a `with` statement.

    Two locks within one process exclude each other, too.
    """

    def __init__(self, folder: Path, wait: float = LOCK_WAIT) -> None:
        """Acquire the lock of the index in `folder`.

        Args:
            folder: The folder of the index.
            wait: Seconds to wait while another writer holds the lock.

        Raises:
            IndexBusy: If another writer still holds the lock; the message describes the writer.
            IndexUnusable: If the folder cannot be written to.
        """
        until = time.monotonic() + wait
        try:
            self._file = open(folder / NAME, "ab", buffering=0, opener=_opener)  # noqa: SIM115 (closed by `release`)
            try:
                while not _acquired(self._file.fileno()):
                    if time.monotonic() >= until:
                        holder = _holder(folder)
                        raise IndexBusy(
                            f"{folder} is being written to by {holder or 'another process'}",
                            "try again later, or wait longer (wait=SECONDS)",
                            path=folder,
                            holder=holder,
                            waited=wait,
                        )
                    time.sleep(_POLL_INTERVAL)
            except BaseException:
                self._file.close()
                raise
        except OSError as error:
            reason, fix = reason_and_fix(error, "check its disk")
            raise IndexUnusable(
                f"{folder} can't be written to ({reason})", fix, path=folder, reason="not writable"
            ) from None
        with suppress(OSError):  # the line is for the messages of others; the lock holds without it
            self._file.truncate(0)
            self._file.write(_this_process().encode("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Release the lock, so that another writer can begin."""
        with suppress(OSError):
            self._file.truncate(0)
        with suppress(OSError):  # it is closed all the same, and the commit is on the disk
            self._file.close()


def _opener(path: str, flags: int) -> int:
    """Open the file of the lock, which may be a link or a pipe in the index of somebody else."""
    return open_regular(Path(path), flags)


def _acquired(descriptor: int) -> bool:
    """Try to lock an open file; return False if somebody else has locked it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _this_process() -> str:
    """Return a line that describes this process to others that wait for the lock."""
    import socket  # noqa: PLC0415 - a search does not wait for it

    since = time.strftime("%Y-%m-%d %H:%M:%S")
    program, *arguments = sys.argv or [""]
    command = " ".join([Path(program).name, *arguments])[:_MAX_COMMAND_LENGTH]
    return f"process {os.getpid()} on {socket.gethostname()} since {since} ({command})"[:_MAX_HOLDER_LENGTH]


def _holder(folder: Path) -> str | None:
    """Return how the holder of the lock describes itself, without characters that could control a terminal."""
    with opened(folder / NAME) as (descriptor, _):
        line = os.read(descriptor, 4 * _MAX_HOLDER_LENGTH).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in line) or None
