"""Records: JSON lines (.jsonl)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from jooya.indexer.dates import parse_date, sole_date
from jooya.indexer.document import Document
from jooya.indexer.errors import BadInput
from jooya.indexer.readers.source import Item, Source


def read_records(source: Source, encoding: str | None, on_bytes: Callable[[int], None]) -> Iterator[Item]:
    """A document for each line; those that are broken cost nothing but themselves."""
    empty = True
    with source.path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            on_bytes(len(line))
            if not line.strip():
                continue
            empty = False
            try:
                yield _record(json.loads(_decoded(line, encoding)), source)
            except BadInput as error:
                yield BadInput(f"{source.name}:{number}: {error}")
            except json.JSONDecodeError as error:
                yield BadInput(f"{source.name}:{number}: broken JSON: {error.msg} at column {error.colno}")
            except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
                yield BadInput(f"{source.name}:{number}: JSON beyond reason")
    if empty:
        yield BadInput(f"{source.name}: empty file")


def _record(record: Any, source: Source) -> Document:
    if not isinstance(record, dict):
        raise BadInput('not an object; a record is {"id": …, "text": …}')
    key, text, title, date = (record.get(name) for name in ("id", "text", "title", "date"))
    if isinstance(key, int) and not isinstance(key, bool):
        key = str(key)
    if not isinstance(key, str) or not key.strip():
        raise BadInput('no "id"; give each record one')
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f'record {key!r} has no "text"')
    if not isinstance(title, str | None):
        raise BadInput(f'"title" of record {key!r} is not a string')
    if not isinstance(date, str | None):
        raise BadInput(f'"date" of record {key!r} is not a string')
    day = (parse_date(date) if date else None) or (sole_date(title) if title else None)
    return Document(key, text, title, day, source=source.path)


def _decoded(line: bytes, encoding: str | None) -> str:
    if b"\0" in line and not encoding:
        raise BadInput("binary file")
    try:
        return line.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"not {encoding or 'UTF-8'} (byte {error.start}); convert it first, for example with iconv"
        ) from None
