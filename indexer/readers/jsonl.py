"""JSON lines (.jsonl, .ndjson): a record on each line."""

import json
from collections.abc import Callable, Iterator
from io import BufferedReader

from ..errors import BadInput
from ..options import ReadOptions
from .records import read_record
from .source import Item, Source

MAX_LINE = 50 << 20
"""The longest line that is read, in bytes."""


def read_jsonl(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """Yield a document for each line, and an error for each that can't be read.

    A record without an id gets `FILE:LINE` as its key.
    """
    empty = True
    for number, line in enumerate(_lines(file, on_bytes), 1):
        if line is not None and not line.strip():
            continue
        empty = False
        try:
            if line is None:
                raise BadInput(f"longer than {MAX_LINE >> 20} MB")
            values = json.loads(_decoded(line, options.encoding))
            where = f"{source.name}:{number}"
            yield from read_record(values, source, options, where, where)
        except BadInput as error:
            yield BadInput(f"{source.name}:{number}: {error}")
        except json.JSONDecodeError as error:
            yield BadInput(f"{source.name}:{number}: broken JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield BadInput(f"{source.name}:{number}: JSON that is nested too deeply")
        except ValueError:
            yield BadInput(f"{source.name}:{number}: JSON with a number that is too long")
    if empty:
        yield BadInput(f"{source.name}: empty file")


def _lines(file: BufferedReader, on_bytes: Callable[[int], None]) -> Iterator[bytes | None]:
    """Yield the lines of a file; None for each that is too long, which is skipped without being held in memory."""
    while line := file.readline(MAX_LINE + 1):
        on_bytes(len(line))
        if len(line) <= MAX_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(1 << 20)
            on_bytes(len(line))
        yield None


def _decoded(line: bytes, encoding: str | None) -> str:
    if b"\0" in line and not encoding:
        raise BadInput("binary file")
    try:
        return line.decode(encoding or "utf-8-sig")
    except LookupError:
        raise BadInput(f"no encoding is called {encoding!r}; for example windows-1256") from None
    except UnicodeDecodeError as error:
        raise BadInput(
            f"not {encoding or 'UTF-8'} (byte {error.start}); convert it first, for example with iconv"
        ) from None
