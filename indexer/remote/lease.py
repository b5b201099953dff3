"""The lease of the one writer of an index on OpenSearch: it expires unless it is renewed.

The lease is in the document with the state, so a writer whose lease another one has taken can commit nothing. It also
stops before it writes more, and what it may have under way never becomes visible: see `commit_state`.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..errors import IndexBusy, JooyaError
from .commit_state import State
from .state_store import Changed, StateStore, Stored

SECONDS = 20.0
"""Seconds that a lease lasts unless it is renewed."""

_RENEWAL = 4.0  # seconds between two renewals
_MARGIN = 5.0  # seconds before the end of a lease from which nothing is written before it is renewed
_SKEW = 30.0  # seconds by which the clocks of two machines may differ
_PAUSE = 0.2  # seconds between two looks at the lease of another writer
_DEAD_SECONDS = 3600.0  # after so long, no request of a dead writer is under way
_BEGIN_OF_STAT = 20  # the place of the start time after the name of the program in /proc/PID/stat


class LeaseLost(IndexBusy):
    """Another writer has taken the lease, since it was not renewed in time."""


class Lease:
    """The right to write to an index. Threads may share it.

    Attributes:
        number: The number that the next commit will have.
    """

    def __init__(self, store: StateStore, stored: Stored, token: str) -> None:
        """Hold a lease that has been taken. Call `Lease.take` instead."""
        self._store = store
        self._stored = stored
        self._token = token
        self._lock = threading.RLock()
        self._renewed = time.monotonic()
        self._lost = False
        self._ended = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="jooya-lease", daemon=True)
        self._renewing.start()

    @classmethod
    def take(cls, store: StateStore, wait: float, begin: Callable[[], State]) -> "Lease":
        """Take the lease of an index.

        Args:
            store: Where the state is.
            wait: How many seconds to wait while another writer has it.
            begin: Makes the first state of an index that has none.

        Raises:
            IndexBusy: Another writer still has it.
        """
        deadline = time.monotonic() + wait
        seen: tuple[Any, float] | None = None
        while True:
            stored = store.read()
            if stored is None:
                store.create()
                stored = Stored(begin(), {"next": 1})
            lease = stored.writer.get("lease")
            if (lease and seen is None) or (seen and seen[0] != stored.version):
                seen = stored.version, time.monotonic()
            if not lease or (seen and (time.monotonic() - seen[1] > SECONDS or _is_over(lease))):
                token = uuid4().hex
                state, writer = _taken_over(stored) if lease else (stored.state, stored.writer)
                try:
                    return cls(store, store.replace(stored, state, {**writer, "lease": _lease(token)}), token)
                except Changed:
                    continue
            if time.monotonic() >= deadline:
                raise IndexBusy(
                    f"{lease['holder']} is writing to {store.where}",
                    "wait until it has finished, or longer (wait)",
                    holder=lease["holder"],
                    waited=wait,
                )
            time.sleep(_PAUSE)

    @property
    def state(self) -> State:
        """The last state."""
        return self._stored.state

    @property
    def writer(self) -> Mapping[str, Any]:
        """The notes that writers leave for one another."""
        return self._stored.writer

    @property
    def number(self) -> int:
        """The number that the next commit will have."""
        return int(self._stored.writer["next"])

    def check(self) -> None:
        """Renew the lease if it will soon expire. Raise LeaseLost if another writer has it."""
        if not self._lost and time.monotonic() - self._renewed > SECONDS - _MARGIN:
            with self._lock:
                if not self._lost:
                    self._replace(self._stored.state, {**self._stored.writer, "lease": _lease(self._token)})
        if self._lost:
            raise self._error()

    def replace(self, state: State | None = None, **writer: Any) -> None:
        """Replace the state, and some of what writers leave for one another.

        Raises:
            LeaseLost: Another writer has the lease.
        """
        with self._lock:
            self.check()
            self._replace(state or self._stored.state, {**self._stored.writer, **writer, "lease": _lease(self._token)})

    def abandon(self) -> None:
        """Let the lease expire: whoever takes it then makes its number dead. Do nothing if it was given back."""
        self._ended.set()

    def release(self) -> None:
        """Give the lease back; do nothing if it is lost."""
        self._ended.set()
        with self._lock:
            if self._lost:
                return
            try:
                self._replace(self._stored.state, {**self._stored.writer, "lease": None})
            except LeaseLost:
                pass  # it was given back, the answer was lost, and another writer has it by now; or it is lost anyway
            finally:
                self._lost = True

    def _replace(self, state: State, writer: Mapping[str, Any]) -> None:
        asked = time.monotonic()
        try:
            self._stored = self._store.replace(self._stored, state, writer)
        except Changed:
            self._lost = True
            raise self._error() from None
        self._renewed = asked

    def _renew(self) -> None:
        while not self._ended.wait(_RENEWAL):
            with self._lock:
                if self._lost or self._ended.is_set():
                    return
                try:
                    self._replace(self._stored.state, {**self._stored.writer, "lease": _lease(self._token)})
                except LeaseLost:
                    return
                except JooyaError:
                    continue  # the next one may succeed, and `check` renews, or raises it, before anything is written

    def _error(self) -> LeaseLost:
        return LeaseLost(
            f"this writer has lost its lease on {self._store.where}",
            "run it again: what it has committed stays, and the rest is done then",
        )


def _taken_over(stored: Stored) -> tuple[State, dict[str, Any]]:
    """Return the state and the notes after a writer that has not given its lease back: its number is dead."""
    number = int(stored.writer["next"])
    return without_number(stored.state, stored.writer, number)


def without_number(state: State, writer: Mapping[str, Any], number: int) -> tuple[State, dict[str, Any]]:
    """Return the state and the notes of writers in which no commit gets a number."""
    died = {**writer.get("died", {}), str(number): time.time()}
    changed = {**writer, "next": number + 1, "died": died}
    rebuild = writer.get("rebuild")
    if rebuild:
        changed["rebuild"] = {**rebuild, "state": {**rebuild["state"], "dead": [*rebuild["state"]["dead"], number]}}
    return state._replace(dead=(*state.dead, number)), changed


def forgotten(writer: Mapping[str, Any]) -> set[int]:
    """Return the dead numbers of which nothing can come any more."""
    return {int(number) for number, died in writer.get("died", {}).items() if time.time() - died > _DEAD_SECONDS}


def _lease(token: str) -> dict[str, Any]:
    return {
        "token": token,
        "holder": f"process {os.getpid()} on {socket.gethostname()}",
        "machine": _machine(),
        "pid": os.getpid(),
        "began": _began(os.getpid()),
        "expires": time.time() + SECONDS,
    }


def _is_over(lease: Mapping[str, Any]) -> bool:
    """Return True if a lease has expired by all clocks, or its process on this machine is gone."""
    try:
        if time.time() > float(lease["expires"]) + _SKEW:
            return True
        pid = int(lease["pid"])
        return lease["machine"] == _machine() and pid != os.getpid() and _began(pid) != lease["began"]
    except (KeyError, TypeError, ValueError) as error:
        raise JooyaError(
            f"the lease of a writer cannot be read ({error})", "make it again with RemoteIndex.rebuild"
        ) from None


def _machine() -> str:
    """Return what two processes share that can see one another."""
    parts = [socket.gethostname()]
    for file in ("/proc/sys/kernel/random/boot_id", "/etc/machine-id"):
        if Path(file).exists():
            parts.append(Path(file).read_text().strip())
    space = Path("/proc/self/ns/pid")
    if space.exists():
        parts.append(os.readlink(space))  # noqa: PTH115 - what it leads to is no path
    return "/".join(parts)


def _began(pid: int) -> str:
    """Return when a process began, by which it is told from a later one with its number; empty if there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[_BEGIN_OF_STAT - 1]
        except OSError:
            return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"
