"""JSON lines (.jsonl, .ndjson): a record on each line."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from typing import NamedTuple, TypeVar

from ..errors import BadInput
from ..options import ReadOptions
from .record_columns import columns_of
from .records import read_record
from .source import Item, LongLine, Source

MAX_LINE = 50 << 20
"""The longest line that is read, in bytes."""

Found = TypeVar("Found")


def read_jsonl(
    source: Source,
    file: BufferedReader,
    options: ReadOptions,
    on_bytes: Callable[[int], None],
    longest: int = MAX_LINE,
    read_long: Callable[[LongLine], Iterator[Found]] | None = None,
) -> Iterator[Item | Found]:
    """Yield a document for each line, and an error for each that can't be read.

    A record without an id gets `FILE:LINE` as its key.

    Args:
        source: The file to read.
        file: Its content.
        options: How to read it.
        on_bytes: Called with the number of bytes of each line.
        longest: The longest line that is held in memory here, in bytes.
        read_long: Yields what is in a line that is longer than this, but no longer than `MAX_LINE`.
    """
    empty = True
    columns = _Columns(options)
    for number, line in enumerate(_lines(file, on_bytes, longest), 1):
        found: Iterator[Item | Found]
        if isinstance(line, bytes):
            found = _read_line(line, source, options, number, columns)
        elif line.size > MAX_LINE or read_long is None:
            found = iter([BadInput(f"{source.name}:{number}: longer than {MAX_LINE >> 20} MB")])
        else:
            found = read_long(LongLine(number, line.start))
        for item in found:
            empty = False
            yield item
    if empty:
        yield BadInput(f"{source.name}: empty file")


def read_long_line(source: Source, file: BufferedReader, options: ReadOptions, line: LongLine) -> Iterator[Item]:
    """Yield the document in one line of a file, or the error that says why there is none; nothing if it is blank.

    Args:
        source: The file to read.
        file: Its content, which can be read at any place.
        options: How to read it.
        line: The line.
    """
    file.seek(line.start)
    yield from _read_line(file.readline(MAX_LINE + 1), source, options, line.number, _Columns(options))


class _Columns:
    """The names of the fields in records, found once for the names that one record after the other has."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._names: tuple[str, ...] = ()
        self._found: Mapping[str, str] = columns_of((), options)

    def of(self, values: object) -> Mapping[str, str] | None:
        """Return the columns of a record; None for what is no record."""
        if not isinstance(values, dict):
            return None
        names = tuple(values)
        if names != self._names:
            self._names, self._found = names, columns_of(names, self._options)
        return self._found


def _read_line(line: bytes, source: Source, options: ReadOptions, number: int, columns: _Columns) -> Iterator[Item]:
    """Yield what is in a line: a document, errors, or nothing if it is blank."""
    if not line.strip():
        return
    where = f"{source.name}:{number}"
    try:
        values = json.loads(_decoded(line, options.encoding))
        yield from read_record(values, source, options, where, where, columns.of(values))
    except BadInput as error:
        yield BadInput(f"{where}: {error}")
    except json.JSONDecodeError as error:
        yield BadInput(f"{where}: broken JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        yield BadInput(f"{where}: JSON that is nested too deeply")
    except ValueError:
        yield BadInput(f"{where}: JSON with a number that is too long")


class _Skipped(NamedTuple):
    """A line that was not read: the offset of its first byte in the file, and its size in bytes."""

    start: int
    size: int


def _lines(file: BufferedReader, on_bytes: Callable[[int], None], longest: int) -> Iterator[bytes | _Skipped]:
    """Yield the lines of a file; those that are longer than `longest` are skipped without being held in memory."""
    start = 0
    while line := file.readline(longest + 1):
        size = len(line)
        on_bytes(size)
        if size <= longest:
            yield line
        else:
            while line and not line.endswith(b"\n"):
                line = file.readline(1 << 20)
                on_bytes(len(line))
                size += len(line)
            yield _Skipped(start, size)
        start += size


def _decoded(line: bytes, encoding: str | None) -> str:
    if b"\0" in line and not encoding:
        raise BadInput("binary file")
    try:
        # The codec utf-8-sig is written in Python, and takes as long as the reading of the JSON.
        return line.decode(encoding) if encoding else line.removeprefix(BOM_UTF8).decode()
    except LookupError:
        raise BadInput(f"no encoding is called {encoding!r}; for example windows-1256") from None
    except UnicodeDecodeError as error:
        raise BadInput(
            f"not {encoding or 'UTF-8'} (byte {error.start}); convert it first, for example with iconv"
        ) from None
