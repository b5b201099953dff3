"""The settings of a server: where it listens, who may read and write, and its limits."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from ..defaults import (
    BODY_SIZE,
    MOST_REQUESTS,
    PATIENCE,
    SERVER_HOST,
    SERVER_PORT,
    SERVER_PROCESSES,
    SERVER_THREADS,
    WAITING_REQUESTS,
)
from ..errors import BadArgument
from ..limits import Limits


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of a server.

    Attributes:
        host: The address to listen on.
        port: The port to listen on; 0 for one that is free.
        token: The secret that requests must have in `Authorization: Bearer …`, or None.
        public_read: True if reading needs no token.
        writable: True if documents may be put and deleted by those who have the token.
        hosts: Further names by which browsers reach the server, besides those of `host`.
        origins: Pages of other servers (`https://example.org`) that may call this one.
        metrics: True if `/metrics` is served.
        mcp: True if agents have tools at `/mcp`.
        sources: The folders whose files may be handed out, if a document was read from them. If there are none, it is
            the folder that holds the index, and only on loopback.
        body: The greatest size of the body of a request, in bytes.
        processes: The number of processes that answer. Each counts the rate for itself.
        threads: The number of requests that a process answers at the same time.
        waiting: The number of requests that may wait for one of these threads; others are refused.
        exports: The number of exports that a process streams at the same time; others are refused.
        rate: The number of requests a second from one address, over ten seconds; 0 for any number; None for any number
            on loopback and 50 elsewhere.
        patience: How many seconds a client may take to send a request, or to take the next part of an answer.
        connections: The number of connections that are kept open. If there are more, those that have waited longest
            without a request are closed.
        limits: The limits of a query.

    Raises:
        BadArgument: Another address than loopback is to be served without a token, or documents may be written
            without one.
    """

    host: str = SERVER_HOST
    port: int = SERVER_PORT
    token: str | None = field(default=None, repr=False)
    public_read: bool = False
    writable: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    metrics: bool = False
    mcp: bool = False
    sources: tuple[Path, ...] = ()
    body: int = BODY_SIZE << 20
    processes: int = SERVER_PROCESSES
    threads: int = SERVER_THREADS
    waiting: int = WAITING_REQUESTS
    exports: int = 8
    rate: float | None = None
    patience: float = PATIENCE
    connections: int = 1_000
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not self.token and not self.public_read and not self.is_loopback:
            raise BadArgument(
                f"anyone who reaches {self.host} could read the index",
                "set a token, or public_read for all",
                argument="host",
                value=self.host,
            )
        if self.writable and not self.token:
            raise BadArgument("anyone could change the index", "set a token", argument="writable", value=self.writable)
        if self.metrics and self.processes > 1:
            raise BadArgument(
                "each process of a server has numbers of its own",
                "serve the numbers with one process",
                argument="metrics",
                value=self.metrics,
            )

    @property
    def is_loopback(self) -> bool:
        """True if only programs on this machine reach the server."""
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def most_requests(self) -> float:
        """The number of requests a second that one address may send; 0 for any number."""
        if self.rate is not None:
            return self.rate
        return 0.0 if self.is_loopback else MOST_REQUESTS


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
