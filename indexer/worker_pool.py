"""Processes that analyze batches of documents for a writer.

Each is a new interpreter that reads batches from its standard input, a line each, and replies to each with a line of
JSON, after which more may follow. It ends when its input is closed, which also happens when the process of the writer
dies, however it dies.
"""

import json
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any


class WorkerPool:
    """The worker processes of one writer."""

    def __init__(self, count: int, module: str, arguments: list[str], died: Callable[[], Exception]) -> None:
        """Start `count` processes.

        Args:
            count: The number of processes.
            module: The module that they run.
            arguments: The arguments of its command line.
            died: Returns the error to raise if one of them died.
        """
        self._died = died
        self._processes: list[subprocess.Popen[bytes]] = []
        self._replies = selectors.DefaultSelector()
        try:
            for _ in range(count):
                command = [sys.executable, "-m", module, *arguments]
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                self._processes.append(process)
                self._replies.register(_pipe(process.stdout), selectors.EVENT_READ, process)
        except BaseException:
            self.close()
            raise
        self._idle = list(self._processes)

    @property
    def has_idle(self) -> bool:
        """True if a process waits for a batch."""
        return bool(self._idle)

    @property
    def is_idle(self) -> bool:
        """True if all processes wait for a batch."""
        return len(self._idle) == len(self._processes)

    def send(self, batch: str) -> None:
        """Send a line to a process that waits for one. Raise the error of `died` if it died."""
        process = self._idle.pop()
        try:
            _pipe(process.stdin).write(batch.encode("utf-8", "surrogatepass"))
            _pipe(process.stdin).flush()
        except BrokenPipeError:
            raise self._died() from None

    def replies(self) -> Iterator[tuple[Any, Callable[[int], bytes]]]:
        """Wait for the reply of any process, and yield those that are there.

        A process waits for the next batch once its reply is done with, that is when the next one is asked for.

        Yields:
            The object in the line, and a function that reads a number of bytes of what follows it.
        """
        for key, _ in self._replies.select():
            pipe = _pipe(key.data.stdout)
            line = pipe.readline()
            if not line.endswith(b"\n"):  # it died before or within its reply
                raise self._died()
            yield json.loads(line), lambda size, pipe=pipe: self._read(pipe, size)  # type: ignore[misc]
            self._idle.append(key.data)

    def close(self) -> None:
        """End the processes."""
        self._replies.close()
        for process in self._processes:
            process.kill()
            process.wait()
            _pipe(process.stdout).close()
            with suppress(BrokenPipeError):  # there was data that it had not read
                _pipe(process.stdin).close()

    def _read(self, pipe: IO[bytes], size: int) -> bytes:
        content = pipe.read(size)
        if len(content) < size:
            raise self._died()
        return content


def leave_interrupts_to_the_writer() -> None:
    """Ignore SIGINT in a worker: the writer is interrupted, too, and ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
