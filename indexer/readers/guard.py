"""The guard: another process that reads files, so that a file that crashes or hangs its reader costs no other file.

The memory and the time of this process are limited. The process that started it sends requests as JSON lines, and gets
documents and errors back as JSON lines.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from ..dates.parsing import Date
from ..document import Document, Place, Section
from ..errors import BadInput
from ..options import ReadOptions
from .dispatch import read
from .source import Item, Source

SECONDS = 120
"""The longest time that a document may take, in seconds."""

MEMORY = 4096
"""The most address space that the process may take, in megabytes."""

_UNGUARDED = (".txt", ".jsonl")
"""Formats that are read without a library, and so without a guard."""


class Guard:
    """Reads sources in another process if a library reads their format; starts the process when it is first needed."""

    def __init__(self, seconds: int = SECONDS, memory: int = MEMORY) -> None:
        """Set the limits of the process.

        Args:
            seconds: The longest time that a document may take.
            memory: The most address space that the process may take, in megabytes.
        """
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_process()

    def read(self, source: Source, options: ReadOptions, on_bytes: Callable[[int], None]) -> Iterator[Item]:
        """Yield the documents in `source`, as `dispatch.read` does."""
        if source.suffix in _UNGUARDED:
            yield from read(source, options, on_bytes)
            return
        process = self._process = self._process or self._start_process()
        requests, replies = process.stdin, process.stdout
        assert requests and replies
        request = {"path": str(source.path), "name": source.name, "options": astuple(options)}
        try:
            requests.write(json.dumps(request).encode() + b"\n")
            requests.flush()
            while (line := replies.readline()).endswith(b"\n"):
                reply = json.loads(line)
                if "bytes" in reply:
                    on_bytes(reply["bytes"])
                elif "end" in reply:
                    return
                else:
                    yield _from_reply(reply, source.path)
        except BrokenPipeError:
            pass
        yield BadInput(f"{source.name}: {self._reason_of_end()}")

    def _start_process(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", __name__, str(self._seconds), str(self._memory)]
        # One thread is enough, and each takes address space.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def _reason_of_end(self) -> str:
        """Return the reason why the process ended while it was reading."""
        assert self._process
        ended = self._process.wait()
        self._end_process()
        if ended == -signal.SIGALRM:
            return f"takes longer than {self._seconds} seconds to read"
        return "crashes its reader; it may be damaged"

    def _end_process(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe
                with suppress(BrokenPipeError):
                    pipe.close()
            self._process = None


def _to_reply(item: Item) -> dict[str, Any]:
    if isinstance(item, BadInput):
        return {"bad": str(item)}
    return {
        "key": item.key,
        "text": item.text,
        "title": item.title,
        "date": item.date and astuple(item.date),
        "body": item.body,
        "encoding": item.encoding,
        "places": [astuple(place) for place in item.places],
        "sections": None if item.sections is None else [astuple(section) for section in item.sections],
    }


def _from_reply(reply: dict[str, Any], path: Path) -> Item:
    if "bad" in reply:
        return BadInput(reply["bad"])
    return Document(
        reply["key"],
        reply["text"],
        reply["title"],
        Date(*reply["date"]) if reply["date"] else None,
        reply["body"],
        source=path,
        encoding=reply["encoding"],
        places=tuple([Place(*place) for place in reply["places"]]),
        sections=None if reply["sections"] is None else tuple([Section(*section) for section in reply["sections"]]),
    )


def _serve(requests: IO[bytes], replies: IO[bytes], seconds: int) -> None:
    """Read what is requested, in the process that `Guard` started, until there are no more requests."""

    def send(reply: dict[str, Any]) -> None:
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()
        signal.alarm(seconds)  # the alarm kills this process, whatever it is doing then

    for line in requests:
        request = json.loads(line)
        whole, encoding, passage_words, fields, collection = request["options"]
        fields = tuple([(name, column) for name, column in fields])
        options = ReadOptions(whole, encoding, passage_words, fields, collection)
        source = Source(Path(request["path"]), request["name"])
        signal.alarm(seconds)
        try:
            for item in read(source, options, lambda count: send({"bytes": count})):
                send(_to_reply(item))
        except MemoryError:
            send({"bad": f"{source.name}: needs too much memory to be read"})
        except Exception as error:  # a library fails on this file, which is no reason to leave out others
            send({"bad": f"{source.name}: can't be read ({type(error).__name__}: {' '.join(str(error).split())})"})
        send({"end": True})
        signal.alarm(0)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one is interrupted too, and ends it
    seconds, memory = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
    # Libraries may print to the standard output: replies go to a copy of it, and what is printed goes nowhere.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _serve(sys.stdin.buffer, replies, seconds)
    except BrokenPipeError:  # the process that started this one is gone
        os._exit(1)


if __name__ == "__main__":
    _main()
