"""Reading in a process of its own: a file that crashes its reader, hangs it or needs too much memory costs only itself.

What goes between the two processes is JSON, a line for each thing.
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
from .reader import read
from .source import Item, Source

SECONDS = 120
"""For one document, at most."""

MEMORY = 4096
"""Megabytes of address space."""

_PLAIN = (".txt", ".jsonl")
"""Formats that are read by Jooya alone, which need no guard."""


class Guard:
    """Reads sources, in another process where a library does it, which is started when it is first needed.

    seconds: for one document. memory: megabytes, of address space.
    """

    def __init__(self, seconds: int = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, source: Source, options: ReadOptions, on_bytes: Callable[[int], None]) -> Iterator[Item]:
        """As `readers.reader.read`."""
        if source.suffix in _PLAIN:
            yield from read(source, options, on_bytes)
            return
        process = self._process = self._process or self._started()
        requests, replies = process.stdin, process.stdout
        assert requests and replies
        request = {"path": str(source.path), "name": source.name, "settings": astuple(options)}
        try:
            requests.write(json.dumps(request).encode() + b"\n")
            requests.flush()
            while (reply := replies.readline()).endswith(b"\n"):
                answer = json.loads(reply)
                if "bytes" in answer:
                    on_bytes(answer["bytes"])
                elif "end" in answer:
                    return
                else:
                    yield _item(answer, source.path)
        except BrokenPipeError:
            pass
        yield BadInput(f"{source.name}: {self._why()}")

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", __name__, str(self._seconds), str(self._memory)]
        # One thread is all that is needed, and each takes address space.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def _why(self) -> str:
        """Why the process ended."""
        assert self._process
        ended = self._process.wait()
        self._end()
        if ended == -signal.SIGALRM:
            return f"takes longer than {self._seconds} seconds to read"
        return "crashes its reader; it may be damaged"

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe
                with suppress(BrokenPipeError):
                    pipe.close()
            self._process = None


def _reply(item: Item) -> dict[str, Any]:
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


def _item(reply: dict[str, Any], path: Path) -> Item:
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


def _work(requests: IO[bytes], replies: IO[bytes], seconds: int) -> None:
    def say(reply: dict[str, Any]) -> None:
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()
        signal.alarm(seconds)  # kills this process, whatever it does then

    for line in requests:
        request = json.loads(line)
        whole, encoding, passage_words, fields, collection = request["settings"]
        fields = tuple([(name, column) for name, column in fields])
        options = ReadOptions(whole, encoding, passage_words, fields, collection)
        source = Source(Path(request["path"]), request["name"])
        signal.alarm(seconds)
        try:
            for item in read(source, options, lambda count: say({"bytes": count})):
                say(_reply(item))
        except MemoryError:
            say({"bad": f"{source.name}: needs too much memory to be read"})
        except Exception as error:  # a library's mistake on this file, which is no reason to leave out others
            say({"bad": f"{source.name}: can't be read ({type(error).__name__}: {' '.join(str(error).split())})"})
        say({"end": True})
        signal.alarm(0)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process is interrupted, too, and ends this one
    seconds, memory = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
    # Libraries print what they like; replies go where they can't.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _work(sys.stdin.buffer, replies, seconds)
    except BrokenPipeError:  # the other process is gone
        os._exit(1)


if __name__ == "__main__":
    _main()
