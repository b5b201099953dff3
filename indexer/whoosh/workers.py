"""Spreading analysis over processes: each makes segments of batches of documents, which the writer merges in order.

A worker is a fresh interpreter that reads batches from its standard input and ends when that is closed, as it is when
the writer's process dies, however it dies. What goes between the two is JSON.
"""

import errno
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from whoosh.fields import Schema
from whoosh.writing import IndexingError

from ..codec.segment import Segment
from ..codec.segment_writer import SegmentWriter
from .document_buffer import Analyst, DocumentBuffer

_BATCH = 2_000_000  # characters of documents that are handed over together


class Workers:
    """Some worker processes for one writer.

    schema: where the schema is to be had, `module:function`. folder: where the segments go.
    """

    def __init__(self, count: int, folder: Path, schema: str) -> None:
        # Named by the writer's process: a worker that outlives it by a moment does not touch the next one's files.
        command = [sys.executable, "-m", __name__, str(folder / str(os.getpid())), schema]
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._replies = selectors.DefaultSelector()
        try:
            for _ in range(count):
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                self._processes.append(process)
                self._replies.register(_pipe(process.stdout), selectors.EVENT_READ, process)
        except BaseException:
            self.close()
            raise
        self._idle = list(self._processes)
        self._waiting: list[str] = []
        self._size = 0
        self._batches = 0
        self._segments: dict[int, Segment] = {}
        self.documents = 0

    def line(self, document: Mapping[str, Any]) -> str:
        """A document as it is handed over. Raises TypeError for values that JSON does not know."""
        return json.dumps(document, ensure_ascii=False)

    def add(self, line: str) -> None:
        """Hands over a document. Raises IndexingError if a worker could not do with one handed over before, OSError
        where it could not write, and ChildProcessError if one died."""
        self._waiting.append(line)
        self._size += len(line)
        self.documents += 1
        if self._size >= _BATCH:
            self._send()

    def finish(self) -> list[Segment]:
        """Waits for all; the segments, in the order of the documents. Raises as `add`."""
        if self._waiting:
            self._send()
        while len(self._segments) < self._batches:
            self._receive()
        self.close()
        return [self._segments[number] for number in range(self._batches)]

    def close(self) -> None:
        """Ends the processes."""
        self._replies.close()
        for process in self._processes:
            process.kill()
            process.wait()
            _pipe(process.stdout).close()
            with suppress(BrokenPipeError):  # what it did not read
                _pipe(process.stdin).close()

    def _send(self) -> None:
        while not self._idle:
            self._receive()
        process = self._idle.pop()
        batch = f"[{self._batches}, [{', '.join(self._waiting)}]]\n"
        try:
            _pipe(process.stdin).write(batch.encode("utf-8", "surrogatepass"))
            _pipe(process.stdin).flush()
        except BrokenPipeError:
            raise self._died() from None
        self._batches += 1
        self._waiting.clear()
        self._size = 0

    def _receive(self) -> None:
        """Waits for some worker's reply."""
        for key, _ in self._replies.select():
            line = _pipe(key.data.stdout).readline()
            if not line:
                raise self._died()
            reply = json.loads(line)
            if reply.get("errno"):
                raise OSError(reply["errno"], os.strerror(reply["errno"]), str(self._folder))
            if "error" in reply:
                raise IndexingError(f"a document can't be indexed: {reply['error']}")
            path = self._folder / reply["name"]
            self._segments[reply["batch"]] = Segment(path, reply["size"], reply["checksum"])
            self._idle.append(key.data)

    def _died(self) -> ChildProcessError:
        return ChildProcessError(errno.ECHILD, "a worker process died", str(self._folder))


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _work(beginning: Path, schema: Schema, batches: IO[bytes], replies: IO[str]) -> None:
    analyst = Analyst(schema)
    for line in batches:
        number, documents = json.loads(line)
        path = beginning.with_name(f"{beginning.name}-{number}.spill")
        try:
            with SegmentWriter(path) as writer:
                buffer = DocumentBuffer(schema, writer)
                for document in documents:
                    buffer.add(analyst.prepare(document))
                size, checksum = buffer.write()
        except Exception as error:  # whatever it is, the writer raises it
            answer: dict[str, Any] = {"error": f"{type(error).__name__}: {error}"}
            if isinstance(error, OSError):
                answer["errno"] = error.errno
        else:
            answer = {"batch": number, "name": path.name, "size": size, "checksum": checksum}
        try:
            print(json.dumps(answer), file=replies, flush=True)
        except BrokenPipeError:  # the writer is gone, and nobody waits for what was made
            path.unlink(missing_ok=True)
            os._exit(1)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the writer's process is interrupted too, and ends its workers
    beginning, source = sys.argv[1:]
    module, _, function = source.partition(":")
    _work(Path(beginning), getattr(import_module(module), function)(), sys.stdin.buffer, sys.stdout)


if __name__ == "__main__":
    _main()
