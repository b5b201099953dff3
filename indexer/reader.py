"""Files to documents. A file or record that can't be read costs nothing but itself."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jooya.indexer.dates import Date, find_date, parse_date
from jooya.indexer.document import Document
from jooya.indexer.errors import BadInput

_LONGEST_TITLE = 30  # words
_SENTENCE_MARKS = tuple(".!?؟…")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: its absolute path, and the name the user gave it."""

    path: Path
    name: str


Item = Document | BadInput
"""What reading yields: a document, or why one could not be had."""


def read(source: Source, on_bytes: Callable[[int], None]) -> Iterator[Item]:
    """The documents in `source`. Calls `on_bytes` with the number of bytes read since it was last called."""
    reader = FORMATS.get(source.path.suffix.lower())
    if reader is None:
        yield BadInput(f"{source.name}: unknown format; Jooya reads {', '.join(FORMATS)}")
        return
    try:
        yield from reader(source, on_bytes)
    except OSError as error:
        yield BadInput(f"{source.name}: {error.strerror}")


def _read_text(source: Source, on_bytes: Callable[[int], None]) -> Iterator[Item]:
    content = source.path.read_bytes()
    on_bytes(len(content))
    try:
        text = _decode(content)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if not text.strip():
        yield BadInput(f"{source.name}: empty file")
        return
    title, date, body = _heading(text)
    yield Document(source.name, text, title, date, body, source.path)


def _read_jsonl(source: Source, on_bytes: Callable[[int], None]) -> Iterator[Item]:
    empty = True
    with source.path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            on_bytes(len(line))
            if not line.strip():
                continue
            empty = False
            try:
                yield _record(json.loads(_decode(line)), source)
            except BadInput as error:
                yield BadInput(f"{source.name}:{number}: {error}")
            except json.JSONDecodeError as error:
                yield BadInput(f"{source.name}:{number}: broken JSON: {error.msg} at column {error.colno}")
            except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
                yield BadInput(f"{source.name}:{number}: JSON beyond reason")
    if empty:
        yield BadInput(f"{source.name}: empty file")


FORMATS: dict[str, Callable[[Source, Callable[[int], None]], Iterator[Item]]] = {
    ".txt": _read_text,
    ".jsonl": _read_jsonl,
}


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
    return Document(key, text, title, parse_date(date) if date else None, source=source.path)


def _decode(content: bytes) -> str:
    if b"\0" in content:
        raise BadInput("binary file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8 (byte {error.start}); convert it first, for example with iconv") from None


def _heading(text: str) -> tuple[str | None, Date | None, int]:
    """Title and date of a text whose first line stands alone, and the offset where the rest begins."""
    begin = len(text) - len(text.lstrip())
    line, _, rest = text[begin:].partition("\n")
    first = line.strip()
    alone = not rest.partition("\n")[0].strip() and bool(rest.strip())
    if not alone or first.endswith(_SENTENCE_MARKS) or len(first.split()) > _LONGEST_TITLE:
        return None, None, 0
    title, date = first, None
    if found := find_date(first):
        date, start, end = found
        title = f"{first[:start].rstrip(' -–—،,:|(')} {first[end:].lstrip(' -–—،,:|)')}".strip()
    return re.sub(r"\s+", " ", title) or first, date, begin + len(line)
