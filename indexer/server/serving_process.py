"""Running a server until it is told to stop."""

import gc
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from ..any_index import AnyIndex
from .app import create_app
from .connections import PatientProtocol, PatientServer
from .server_settings import ServerSettings
from .worker_processes import run_processes

_BACKLOG = 2_048
_GRACE = 5  # seconds that requests have when the server is told to stop


def serve(index: AnyIndex, settings: ServerSettings, on_ready: Callable[[str], None]) -> None:
    """Serve an index until the process is interrupted.

    Args:
        index: The open index.
        settings: The settings.
        on_ready: A function that is called with the address when connections are taken.

    Raises:
        OSError: The address cannot be listened on.
    """
    listener = _listener(settings)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        create_app(index, settings),
        http=PatientProtocol,
        ws="none",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE,
    )
    server = PatientServer(config, settings.patience, settings.connections)
    if settings.processes > 1:
        config.backlog = 1  # connections that are taken at once, so that each process takes its part of them
    # The lexicon, the index and the libraries stay: the garbage collector need not look at them again.
    gc.collect()
    gc.freeze()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    on_ready(f"http://{host}:{port}/")
    if settings.processes > 1:
        run_processes(settings.processes, lambda: server.run([listener]))
        return
    with suppress(KeyboardInterrupt):  # uvicorn has ended in order, and tells of it so
        server.run([listener])


def _listener(settings: ServerSettings) -> socket.socket:
    """Return a socket that listens on the address of the settings."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
