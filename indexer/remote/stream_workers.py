"""Passages become actions for the engine here: in this process, or in several others.

Batches are lines of JSON; a reply is a line of JSON, and the actions as they are sent; see `worker_pool`.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import IO, Any

from ..errors import JooyaError
from ..own_fields import OwnFields
from ..whoosh.document_buffer import first_value
from ..whoosh.passage_schema import schema
from ..whoosh.writer_errors import DocumentError
from ..worker_pool import WorkerPool, leave_interrupts_to_the_writer
from .streams import PlacedPassage, StreamMaker
from .term_counts import TermCounts

Done = Callable[[list[str], list[bytes], TermCounts], None]
"""Takes the ids of the passages of a batch, their actions, and what they count."""

BATCH_CHARACTERS = 500_000
"""The characters of the passages that are analyzed and sent together."""

_TEXTS = ("exact", "loose")
"""The fields that hold the text of the passage once more, which workers put there themselves."""


def maker(own: OwnFields) -> StreamMaker:
    """Return what makes actions of passages, for the declared fields of an index."""
    sortable = [name for name, kind in own.items() if kind in ("text", "keyword")]
    return StreamMaker(schema(own), sortable)


class LocalStreams:
    """Makes actions in this process."""

    def __init__(self, own: OwnFields, done: Done) -> None:
        self._maker = maker(own)
        self._done = done
        self._ids: list[str] = []
        self._actions: list[bytes] = []
        self._size = 0

    def add(self, index: str, since: int, passage: PlacedPassage) -> None:
        """Add a passage. Raise DocumentError if it cannot be analyzed."""
        self._actions.append(self._maker.action(index, since, passage))
        self._ids.append(passage.values["id"])
        self._size += len(passage.values["text"])
        if self._size >= BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Pass on what is waiting."""
        if self._ids:
            counts = self._maker.counts
            counts.passages = len(self._ids)
            ids, actions = self._ids, self._actions
            self._ids, self._actions, self._size, self._maker.counts = [], [], 0, TermCounts()
            self._done(ids, actions, counts)

    def close(self) -> None:
        """Do nothing: there are no processes."""


class WorkerStreams:
    """Makes actions in other processes."""

    def __init__(self, count: int, own: OwnFields, done: Done) -> None:
        """Start `count` processes."""
        self._pool = WorkerPool(count, __name__, [json.dumps(dict(own))], _died)
        self._done = done
        self._waiting: list[PlacedPassage] = []
        self._size = 0
        self._target: tuple[str, int] = ("", 0)

    def add(self, index: str, since: int, passage: PlacedPassage) -> None:
        """Add a passage. Raise DocumentError if one that was added before cannot be analyzed."""
        self._target = index, since
        values = {name: value for name, value in passage.values.items() if name not in _TEXTS}
        self._waiting.append(passage._replace(values=values))
        self._size += len(passage.values["text"])
        if self._size >= BATCH_CHARACTERS:
            self._send()

    def flush(self) -> None:
        """Pass on what is waiting, and wait for what is being analyzed."""
        if self._waiting:
            self._send()
        while not self._pool.is_idle:
            self._receive()

    def close(self) -> None:
        """End the processes."""
        self._pool.close()

    def _send(self) -> None:
        while not self._pool.has_idle:
            self._receive()
        self._pool.send(json.dumps([*self._target, self._waiting], ensure_ascii=False) + "\n")
        self._waiting, self._size = [], 0

    def _receive(self) -> None:
        """Wait for the reply of any worker."""
        for reply, read in self._pool.replies():
            if "error" in reply:
                raise DocumentError(reply["error"])
            actions = [read(size) for size in reply["sizes"]]
            self._done(reply["ids"], actions, TermCounts.from_json(reply["counts"]))


def _died() -> JooyaError:
    return JooyaError("a process that analyzes texts died", "run it again: what is committed stays")


def _work(own: OwnFields, batches: IO[bytes], replies: IO[bytes]) -> None:
    """Make actions of each batch until the input ends."""
    streams = maker(own)
    for line in batches:
        index, since, passages = json.loads(line)
        actions: list[bytes] = []
        values: dict[str, Any] = {}
        try:
            for passage in passages:
                values = {**passage[0], **dict.fromkeys(_TEXTS, passage[0]["text"])}
                actions.append(streams.action(index, since, PlacedPassage(values, *passage[1:])))
        except Exception as error:  # whatever it is, the writer raises it
            named = f"{error}" if isinstance(error, DocumentError) else f"{first_value(values)}: {error!r}"
            reply: dict[str, Any] = {"error": named}
        else:
            streams.counts.passages = len(passages)
            ids = [values["id"] for values, _, _ in passages]
            reply = {"ids": ids, "sizes": list(map(len, actions)), "counts": streams.counts.to_json()}
        streams.counts = TermCounts()
        try:
            replies.write(json.dumps(reply).encode() + b"\n" + (b"" if "error" in reply else b"".join(actions)))
            replies.flush()
        except BrokenPipeError:  # the writer is gone
            os._exit(1)


def _main() -> None:
    leave_interrupts_to_the_writer()
    _work(json.loads(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    _main()
