"""A server in a process of its own, as the installed command starts it."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from command import JOOYA


class RunningServer(NamedTuple):
    """A server that runs.

    Attributes:
        process: Its process.
        port: The port that it listens on.
    """

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        """Return a connection to the server."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def running_server(folder: Path, *options: str, **environment: str) -> Iterator[RunningServer]:
    """Serve the index `index` in a folder on a free port, while the body of a `with` statement runs."""
    with subprocess.Popen(
        [JOOYA, "serve", "--port", "0", *options],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            found = re.search(r"http://\S+:(\d+)/", line)
            assert found, line + process.stderr.read()
            yield RunningServer(process, int(found[1]))
        finally:
            process.send_signal(signal.SIGINT)
