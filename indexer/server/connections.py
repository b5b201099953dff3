"""Connections that slow and broken clients do not keep: each step of theirs has a time."""

import asyncio
import logging
import resource
import socket
from time import monotonic
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

_SPARE = 128  # files that the index, its journals and libraries may have open
_WAITING = 2_048  # connections that the system keeps until they are taken
_STEP = 1 << 16  # bytes; a body that has brought so many gets the whole time again

_logger = logging.getLogger(__name__)

State = tuple[str, int]
"""The thing that a connection waits for, and a number that changes when this begins anew."""


class PatientProtocol(H11Protocol):
    """A connection that knows how long its client has kept it waiting."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Create the connection; the arguments are those of uvicorn."""
        super().__init__(*arguments, **named)
        self._taken = self._pauses = self._requests = 0
        self._state: State = ("request", 0)
        self._since = monotonic()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin. If there are more connections than allowed, end the one that has waited longest for a request."""
        super().connection_made(transport)
        most = getattr(self.config, "most_connections", None)
        if most is not None and len(self.connections) > most:
            waiting = [one for one in self.connections if isinstance(one, PatientProtocol) and one.is_waiting]
            if waiting:
                min(waiting, key=lambda one: one.since()).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        self._taken += len(data)
        super().data_received(data)

    def pause_writing(self) -> None:
        """Stop writing, since the client does not read what was written."""
        self._pauses += 1
        super().pause_writing()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._requests += 1
        super().on_response_complete()

    @property
    def is_waiting(self) -> bool:
        """True if no request is being answered."""
        return self._now()[0] == "request"

    def since(self) -> float:
        """Return the time since when the connection has waited for the same step of its client."""
        state = self._now()
        if state != self._state:
            self._state, self._since = state, monotonic()
        return self._since

    def end_if_stalled(self, before: float) -> None:
        """End the connection if its client has kept it waiting since `before`."""
        if self.since() < before and self._state[0] != "answer":
            self.transport.abort()

    def _now(self) -> State:
        if self.transport.is_closing():
            return "close", 0
        if self.transport.get_write_buffer_size():
            return "write", self._pauses
        if self.cycle is None or self.cycle.response_complete:
            return "request", self._requests
        return ("body", self._taken // _STEP) if self.cycle.more_body else ("answer", self._requests)


class PatientServer(Server):
    """A server that ends connections whose clients keep it waiting."""

    def __init__(self, config: Config, patience: float, connections: int) -> None:
        """Create the server.

        Args:
            config: The configuration of uvicorn.
            patience: How many seconds a client may take for a step.
            connections: The number of connections that are kept open.
        """
        super().__init__(config)
        self._patience = patience
        config.most_connections = min(connections, _files() - _SPARE)  # type: ignore[attr-defined]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections, of which as many may wait as the system allows.

        asyncio takes as many connections in a row as the configuration lets wait.
        """
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(_WAITING)

    async def on_tick(self, counter: int) -> bool:
        """Look at all connections, once a second; uvicorn calls this ten times a second."""
        if counter % 10 == 0:
            before = monotonic() - self._patience
            for connection in list(self.server_state.connections):
                if isinstance(connection, PatientProtocol):
                    connection.end_if_stalled(before)
        return await super().on_tick(counter)


def _files() -> int:
    """Return how many files this process may have open, after raising the limit as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError) as error:  # macOS allows less than it says
            _logger.info("the limit of open files stays %d: %s", soft, error)
            return soft
        return wanted
    return 65_536 if soft == resource.RLIM_INFINITY else soft
