"""The lock of an index's one writer: a file that the system locks, and frees when its holder ends, however it ends."""

import fcntl
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ..defaults import LOCK_WAIT
from ..errors import IndexBusy, IndexUnusable

NAME = "write.lock"

_AGAIN = 0.05  # seconds between two tries
_LINE = 300  # characters of the line that names the holder


class WriteLock:
    """Locked from the beginning until `release`, or the end of a `with` statement. Also two of one process keep each
    other out.

    wait: for how many seconds to wait for another holder.

    Raises IndexBusy, naming the holder, if that was not long enough; IndexUnusable if the folder can't be written to.
    """

    def __init__(self, folder: Path, wait: float = LOCK_WAIT) -> None:
        until = time.monotonic() + wait
        try:
            self._file = (folder / NAME).open("ab", buffering=0)
            while not _acquired(self._file.fileno()):
                if time.monotonic() >= until:
                    self._file.close()
                    holder = _holder(folder)
                    raise IndexBusy(
                        f"{folder} is being written to by {holder or 'another process'}",
                        "try again later, or wait longer (wait=SECONDS)",
                        path=folder,
                        holder=holder,
                        waited=wait,
                    )
                time.sleep(_AGAIN)
        except OSError as error:
            raise IndexUnusable(
                f"{folder} can't be written to ({error.strerror})",
                "check its permissions and its disk",
                path=folder,
                reason="not writable",
            ) from None
        with suppress(OSError):  # whoever waits reads who it is; the lock holds without
            self._file.truncate(0)
            self._file.write(_this_process().encode("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Lets the next one write."""
        with suppress(OSError):
            self._file.truncate(0)
        self._file.close()


def _acquired(descriptor: int) -> bool:
    """Try to lock an open file; return False if somebody else has locked it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _this_process() -> str:
    import socket  # noqa: PLC0415 (searching does not wait for it)

    since = time.strftime("%Y-%m-%d %H:%M:%S")
    program, *arguments = sys.argv or [""]
    command = " ".join([Path(program).name, *arguments])
    return f"process {os.getpid()} on {socket.gethostname()} since {since} ({command})"[:_LINE]


def _holder(folder: Path) -> str | None:
    """Return who holds the lock, in its own words; None if it left none."""
    line = (folder / NAME).read_bytes()[: 4 * _LINE].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in line) or None
