"""Records: JSON lines (.jsonl)."""

import json
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import Any

from ..dates.parsing import parse_date, sole_date
from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .source import Item, Source

MOST_LINE = 50 << 20
"""Bytes of a line."""


def read_records(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """A document for each line; those that are broken cost nothing but themselves."""
    empty = True
    for number, line in enumerate(_lines(file, on_bytes), 1):
        if line is not None and not line.strip():
            continue
        empty = False
        try:
            if line is None:
                raise BadInput(f"longer than {MOST_LINE >> 20} MB")
            yield record(json.loads(_decoded(line, options.encoding)), source, options)
        except BadInput as error:
            yield BadInput(f"{source.name}:{number}: {error}")
        except json.JSONDecodeError as error:
            yield BadInput(f"{source.name}:{number}: broken JSON: {error.msg} at column {error.colno}")
        except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
            yield BadInput(f"{source.name}:{number}: JSON beyond reason")
    if empty:
        yield BadInput(f"{source.name}: empty file")


def record(values: Any, source: Source, options: ReadOptions, key: str | None = None) -> Document:
    """The document that a record is; `key` if it has no id of its own. In a collection its name comes before the id, so
    that ids need to differ within each alone.

    Raises BadInput where a field is missing or of another kind.
    """
    if not isinstance(values, dict):
        raise BadInput('not an object; a record is {"id": …, "text": …}')
    name = options.column
    identifier, title, date = values.get(name("id"), key), values.get(name("title")), values.get(name("date"))
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if not isinstance(identifier, str) or not identifier.strip():
        raise BadInput(f'no "{name("id")}"; give each record one')
    text = values.get(name("text"))
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f'record {identifier!r} has no "{name("text")}"')
    if not isinstance(title, str | None):
        raise BadInput(f'"{name("title")}" of record {identifier!r} is not a string')
    if not isinstance(date, str | None):
        raise BadInput(f'"{name("date")}" of record {identifier!r} is not a string')
    if options.collection and identifier != key:
        identifier = f"{options.collection}/{identifier}"
    day = (parse_date(date) if date else None) or (sole_date(title) if title else None)
    return Document(identifier, text, title or None, day, source=source.path)


def _lines(file: BufferedReader, on_bytes: Callable[[int], None]) -> Iterator[bytes | None]:
    """The lines of a file; None for those too long to be held."""
    while line := file.readline(MOST_LINE + 1):
        on_bytes(len(line))
        if len(line) <= MOST_LINE:
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
