"""The guard: another process that reads files, so that a file that crashes or hangs its reader costs no other file.

The memory and the time of this process are limited. It also cuts long documents into passages, which takes far more
memory than their text. The process that started it sends requests as JSON lines, and gets documents and errors back as
JSON lines.
"""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from ..dates.parsing import Date
from ..document import Document, Place, Section, well_formed
from ..errors import BadInput
from ..options import ReadOptions
from . import budgets
from .budgets import Cut, CutDocument
from .dispatch import read, read_line, read_lines
from .ocr import Recognizer
from .source import Item, LongLine, ReadFailure, Source

SECONDS = 120
"""The longest time that a document may take, in seconds: a slow PDF of a thousand pages takes half of it."""

MEMORY = 4096
"""The most address space that the process may take, in megabytes: a DOCX of 64 MB unpacked may take a third of it."""

SMALL = 1 << 18
"""The largest text, or line of JSON, that is read and cut in the process that indexes: in bytes, and in characters.

It takes at most 40 MB and a second, whatever it holds. To have 10,000 small files or lines read by the other process
would cost more than that saves.
"""

_TEXTS = (".txt",)
"""Formats that are read without a library, and so without a guard if the file is small."""

_LINES = (".jsonl", ".ndjson")
"""Formats of records that are read one by one without a library, and so without a guard where a line is small."""

_WORN = 1 << 20
"""The most memory in kilobytes after which the process reads another file: not all of it may have been given back."""

_MAX_MESSAGE = 1_000
"""The most characters of an error: those that name a member or all columns of a table could be as long as the file."""

_BATCH = 1_000
"""The number of passages that are sent on one line."""


class Guard:
    """Reads sources in another process if a library reads their format; starts the process when it is first needed.

    Attributes:
        recognized_pages: The number of pages whose text was recognized so far.
    """

    def __init__(self, seconds: int = SECONDS, memory: int = MEMORY, recognized: Path | None = None) -> None:
        """Set the limits of the process.

        Args:
            seconds: The longest time that a document may take.
            memory: The most address space that the process may take, in megabytes.
            recognized: The folder in which recognized texts of pictures are kept; None to keep none.
        """
        self.recognized_pages = 0
        self._recognized = recognized
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_process()

    def read(
        self, source: Source, options: ReadOptions, on_bytes: Callable[[int], None]
    ) -> Iterator[Item | CutDocument]:
        """Yield the documents in `source`, as `dispatch.read` does, long ones with their passages."""
        size = _size(source.path)
        if size is not None and source.suffix in _LINES:

            def read_long(line: LongLine) -> Iterator[Item | CutDocument]:
                return self._read_elsewhere(source, options, lambda _: None, line)

            yield from read_lines(source, options, on_bytes, SMALL, read_long)
        elif size is not None and size <= SMALL and source.suffix in _TEXTS:
            yield from read(source, options, on_bytes)
        else:
            yield from self._read_elsewhere(source, options, on_bytes)

    def _read_elsewhere(
        self, source: Source, options: ReadOptions, on_bytes: Callable[[int], None], line: LongLine | None = None
    ) -> Iterator[Item | CutDocument]:
        """Yield the documents in `source`, or in one line of it, as the other process reads them."""
        process = self._process = self._process or self._start_process()
        requests, replies = process.stdin, process.stdout
        assert requests and replies
        request = {"path": str(source.path), "name": source.name, "options": astuple(options), "line": line}
        try:
            requests.write(json.dumps(request).encode() + b"\n")
            requests.flush()
            while (received := replies.readline()).endswith(b"\n"):
                reply = json.loads(received)
                if "bytes" in reply:
                    on_bytes(reply["bytes"])
                elif "recognized" in reply:
                    self.recognized_pages += 1
                elif "end" in reply:
                    if reply["end"] > _WORN:
                        self._end_process()
                    return
                else:
                    yield _from_reply(reply, replies, source.path)
        except (BrokenPipeError, EOFError):
            pass
        yield BadInput(f"{line.name(source) if line else source.name}: {self._reason_of_end()}")

    def _start_process(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", __name__, str(self._seconds), str(self._memory)]
        if self._recognized:
            command.append(str(self._recognized))
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
        return f"crashes its reader, or needs more than {self._memory:,} MB of memory; it may be damaged"

    def _end_process(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe
                with suppress(BrokenPipeError):
                    pipe.close()
            self._process = None


def _size(path: Path) -> int | None:
    """Return the size of a regular file in bytes; None for anything else, and 0 for nothing."""
    try:
        status = path.stat()
    except OSError:  # the reader gives the reason
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _write_item(replies: IO[bytes], item: Item | CutDocument) -> None:
    """Write a document or an error: a JSON line; then the text as it is; then the passages, some on each line."""
    if isinstance(item, BadInput):
        message = str(item)
        if len(message) > _MAX_MESSAGE:
            message = f"{message[:_MAX_MESSAGE]}…"
        replies.write(json.dumps({"bad": message, "again": isinstance(item, ReadFailure)}).encode() + b"\n")
        return
    document, cut = item if isinstance(item, CutDocument) else (item, None)
    text = well_formed(document.text).encode()
    reply = {
        "key": document.key,
        "text": len(text),
        "title": document.title,
        "date": document.date and astuple(document.date),
        "body": document.body,
        "whole": document.whole,
        "encoding": document.encoding,
        "places": [(place.start, place.page, place.time) for place in document.places],
        "sections": None if document.sections is None else [astuple(part) for part in document.sections],
        "meta": document.meta,
        "passages": None if cut is None else len(cut.starts),
    }
    replies.write(json.dumps(reply).encode() + b"\n")
    replies.write(text)
    if cut is not None:
        passages = zip(*cut, strict=True)
        while batch := list(islice(passages, _BATCH)):
            replies.write(json.dumps(batch).encode() + b"\n")


def _from_reply(reply: dict[str, Any], replies: IO[bytes], path: Path) -> Item | CutDocument:
    """Return the document or the error of a reply, of which the JSON line has been read.

    Raises:
        EOFError: If the process ended before the reply did.
    """
    if "bad" in reply:
        return (ReadFailure if reply.get("again") else BadInput)(reply["bad"])
    text = replies.read(reply["text"])
    if len(text) < reply["text"]:
        raise EOFError
    decoded = text.decode()
    del text  # it may take 160 MB
    document = Document(
        reply["key"],
        decoded,
        reply["title"],
        Date(*reply["date"]) if reply["date"] else None,
        reply["body"],
        source=path,
        whole=reply["whole"],
        encoding=reply["encoding"],
        places=tuple([Place(*place) for place in reply["places"]]),
        sections=None if reply["sections"] is None else tuple([Section(*section) for section in reply["sections"]]),
        meta=reply["meta"],
    )
    if reply["passages"] is None:
        return document
    cut = Cut.empty()
    while len(cut.starts) < reply["passages"]:
        line = replies.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        for passage in json.loads(line):
            cut.append(*passage)
    return CutDocument(document, cut)


def _checked(item: Item, source: Source, options: ReadOptions) -> Item | CutDocument:
    """Return an item of a reader, cut into passages if it is a long document; an error if it is beyond a limit."""
    if isinstance(item, BadInput):
        return item
    document = replace(item, whole=item.whole or options.whole)
    try:
        budgets.check(document)
        if len(document.text) <= SMALL:
            return item
        document = replace(document, text=well_formed(document.text))
        return CutDocument(document, budgets.cut(document, options.passage_words))
    except BadInput as error:
        return BadInput(f"{source.name}: {error}")


def _serve(requests: IO[bytes], replies: IO[bytes], seconds: int, memory: int, recognized: Path | None) -> None:
    """Read what is requested, in the process that `Guard` started, until there are no more requests."""

    def send(reply: dict[str, Any] | Item | CutDocument) -> None:
        signal.alarm(0)  # the other process takes the reply when it is done with the one before
        if isinstance(reply, dict):
            replies.write(json.dumps(reply).encode() + b"\n")
        else:
            _write_item(replies, reply)
        replies.flush()
        signal.alarm(seconds)  # the alarm kills this process, whatever it is doing then

    recognizer = Recognizer(recognized, lambda: send({"recognized": True}))
    for sent in requests:
        request = json.loads(sent)
        whole, encoding, passage_words, fields, *others = request["options"]
        fields = tuple([(name, column) for name, column in fields])
        options = ReadOptions(whole, encoding, passage_words, fields, *others)
        source = Source(Path(request["path"]), request["name"])
        name = source.name
        signal.alarm(seconds)
        try:
            if request["line"]:
                line = LongLine(*request["line"])
                name, items = line.name(source), read_line(source, options, line)
            else:
                items = read(source, options, lambda count: send({"bytes": count}), recognizer)
            for item in items:
                send(_checked(item, source, options))
        except MemoryError:
            send(BadInput(f"{name}: needs more than {memory:,} MB of memory to be read"))
        except BrokenPipeError:
            raise
        except Exception as error:  # a library fails on this file, which is no reason to leave out others
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            send(BadInput(f"{name}: can't be read ({reason})"))
        send({"end": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})
        signal.alarm(0)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one is interrupted too, and ends it
    seconds, memory = map(int, sys.argv[1:3])
    recognized = Path(sys.argv[3]) if sys.argv[3:] else None
    resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
    # Libraries may print to the standard output: replies go to a copy of it, and what is printed goes nowhere.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _serve(sys.stdin.buffer, replies, seconds, memory, recognized)
    except BrokenPipeError:  # the process that started this one is gone
        os._exit(1)


if __name__ == "__main__":
    _main()
