"""Analysis in several processes: each worker makes segments of batches of documents, and the writer merges them.

Batches and replies are lines of JSON; see `worker_pool`.
"""

import errno
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from whoosh.fields import Schema

from ..codec.segment import Segment
from ..codec.segment_writer import SegmentWriter
from ..worker_pool import WorkerPool, leave_interrupts_to_the_writer
from .document_buffer import DocumentAnalyzer, DocumentBuffer, document_error, first_value
from .stored_values import decode, encode
from .writer_errors import DocumentError

_BATCH_CHARACTERS = 2_000_000  # characters of the documents that are sent together
_SHORT = 100  # the most characters of a text that is sent for each field that has it; longer ones are sent once


class Workers:
    """The worker processes of one writer.

    Attributes:
        documents: Number of documents added so far.
    """

    def __init__(self, count: int, folder: Path, schema: str) -> None:
        """Start `count` processes.

        Args:
            count: Number of processes.
            folder: The folder of the index, in which they write segments.
            schema: The function from which they get the schema: `MODULE:FUNCTION`, or with a text that it is called
                with, `MODULE:FUNCTION:TEXT`.
        """
        # The files are named by the process of the writer: a worker that outlives it by a moment must not touch the
        # files of the next writer.
        self._pool = WorkerPool(count, __name__, [str(folder / str(os.getpid())), schema], partial(_died, folder))
        self._folder = folder
        self._waiting: list[str] = []
        self._size = 0
        self._batches = 0
        self._segments: dict[int, Segment] = {}
        self.documents = 0

    def serialize(self, document: Mapping[str, Any]) -> str:
        """Return a document as the text that `add` takes.

        Raises:
            DocumentError: If JSON cannot represent a value.
        """
        values = dict(document)
        repeated: dict[str, str] = {}
        names: dict[int, str] = {}
        for name, value in values.items():
            if type(value) is str and len(value) > _SHORT:
                first = names.setdefault(id(value), name)
                if first != name:
                    repeated[name] = first
        for name in repeated:
            values[name] = None
        try:
            return json.dumps([encode(values), repeated], ensure_ascii=False)
        except (TypeError, ValueError) as error:
            raise document_error(first_value(document), error) from error

    def add(self, line: str) -> None:
        """Add a document, which is sent to a worker once there are enough for a batch.

        Raises:
            DocumentError: If a worker could not analyze a document that was sent before.
            OSError: If a worker could not write its segment.
            ChildProcessError: If a worker died.
        """
        self._waiting.append(line)
        self._size += len(line)
        self.documents += 1
        if self._size >= _BATCH_CHARACTERS:
            self._send()

    def finish(self) -> list[Segment]:
        """Wait for all workers and return their segments in the order of the documents; raise what `add` raises."""
        if self._waiting:
            self._send()
        while len(self._segments) < self._batches:
            self._receive()
        self.close()
        return [self._segments[number] for number in range(self._batches)]

    def close(self) -> None:
        """End the processes."""
        self._pool.close()

    def _send(self) -> None:
        while not self._pool.has_idle:
            self._receive()
        self._pool.send(f"[{self._batches}, [{', '.join(self._waiting)}]]\n")
        self._batches += 1
        self._waiting.clear()
        self._size = 0

    def _receive(self) -> None:
        """Wait for the reply of any worker."""
        for reply, _ in self._pool.replies():
            if reply.get("errno"):
                raise OSError(reply["errno"], os.strerror(reply["errno"]), str(self._folder))
            if "error" in reply:
                raise DocumentError(reply["error"])
            path = self._folder / reply["name"]
            self._segments[reply["batch"]] = Segment(path, reply["size"], reply["checksum"])


def _died(folder: Path) -> ChildProcessError:
    return ChildProcessError(errno.ECHILD, "a worker process died", str(folder))


def _restored(values: Any, repeated: dict[str, str]) -> dict[str, Any]:
    """Return the document that `Workers.serialize` was given: a text that several fields have was sent once."""
    document: dict[str, Any] = decode(values)
    for name, first in repeated.items():
        document[name] = document[first]
    return document


def _work(prefix: Path, schema: Schema, batches: IO[bytes], replies: IO[str]) -> None:
    """Make a segment of each batch until the input ends; the names of their files begin with `prefix`."""
    analyzer = DocumentAnalyzer(schema)
    for line in batches:
        number, documents = json.loads(line)
        path = prefix.with_name(f"{prefix.name}-{number}.spill")
        document: Mapping[str, Any] = {}
        try:
            with SegmentWriter(path) as writer:
                buffer = DocumentBuffer(schema, writer)
                for values, repeated in documents:
                    document = _restored(values, repeated)
                    buffer.add(analyzer.analyze(document))
                size, checksum = buffer.write()
        except Exception as error:  # whatever it is, the writer raises it
            named = error if isinstance(error, DocumentError) else document_error(first_value(document), error)
            reply: dict[str, Any] = {"error": str(named)}
            if isinstance(error, OSError):
                reply["errno"] = error.errno
        else:
            reply = {"batch": number, "name": path.name, "size": size, "checksum": checksum}
        try:
            print(json.dumps(reply), file=replies, flush=True)
        except BrokenPipeError:  # the writer is gone, and nobody waits for the segment
            path.unlink(missing_ok=True)
            os._exit(1)


def _main() -> None:
    leave_interrupts_to_the_writer()
    prefix, source = sys.argv[1:]
    module, function, *argument = source.split(":", 2)
    _work(Path(prefix), getattr(import_module(module), function)(*argument), sys.stdin.buffer, sys.stdout)


if __name__ == "__main__":
    _main()
