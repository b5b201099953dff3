"""JSON (.json): records, exports of chats from Telegram, and transcripts of Whisper."""

import json
from collections.abc import Callable, Iterator
from io import BufferedReader, BytesIO
from typing import Any

from ..errors import BadInput
from ..options import ReadOptions
from .cues import Cue, cue_document
from .encodings import decode
from .jsonl import read_jsonl
from .record_columns import columns_of
from .records import read_record
from .source import Item, Source
from .telegram import is_telegram_export, read_telegram

MAX_BYTES = 500 << 20
"""The largest file that is read."""

_DEEPEST = 4  # how many objects the list of the records may be in: {"hits": {"hits": […]}}


def read_json(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """Yield the documents of a file.

    These are the objects of its first list of records, or those of a chat, or the file itself if it is one record. A
    record without an id gets `FILE:NUMBER` as its key. A file that is no JSON as a whole is read as JSON lines.
    """
    content = file.read(MAX_BYTES + 1)
    on_bytes(len(content))
    try:
        if len(content) > MAX_BYTES:
            raise BadInput(f"larger than {MAX_BYTES >> 20} MB; make JSON lines of it")
        text = decode(content, options.encoding).text
        if not text.strip():
            raise BadInput("empty file")
        try:
            value = json.loads(text.lstrip("\ufeff"))
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise BadInput(f"broken JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
            value = None
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
    except RecursionError:
        yield BadInput(f"{source.name}: JSON that is nested too deeply")
    except ValueError:
        yield BadInput(f"{source.name}: JSON with a number that is too long")
    else:
        if value is None:
            yield from read_jsonl(source, BufferedReader(BytesIO(content)), options, lambda _: None)
        else:
            del text, content
            yield from _documents(source, value, options)


def _documents(source: Source, value: Any, options: ReadOptions) -> Iterator[Item]:
    if is_telegram_export(value):
        yield from read_telegram(source, value)
        return
    if segments := _segments(value):
        yield cue_document(source, segments) or BadInput(f"{source.name}: no text in it")
        return
    records = _records(value, options)
    if records is None:
        name = options.column("text")
        yield BadInput(
            f'{source.name}: no records in it; a record is {{"{name}": …}}; name its field with the field option'
        )
        return
    for number, record in enumerate(records, 1):
        key = source.name if records[0] is value else f"{source.name}:{number}"
        yield from read_record(record, source, options, key, key)


def _records(value: Any, options: ReadOptions) -> list[Any] | None:
    """Return the first list of records that is found, or the value itself if it is one; None if there is none."""
    waiting = [value]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for found in waiting:
            if isinstance(found, list):
                unpacked = [_unpacked(record) for record in found]
                if any(_is_record(record, options) for record in unpacked):
                    return unpacked
            elif _is_record(found, options):
                return [found]
            elif isinstance(found, dict):
                below += found.values()
        waiting = below
    return None


def _unpacked(record: Any) -> Any:
    """Return the record in a hit of Elasticsearch or OpenSearch, which has it in `_source`."""
    if isinstance(record, dict) and isinstance(inner := record.get("_source"), dict):
        return ({"id": record["_id"]} if "_id" in record else {}) | inner
    return record


def _is_record(value: Any, options: ReadOptions) -> bool:
    if not isinstance(value, dict):
        return False
    column = columns_of(value, options).get("text")
    return column is not None and isinstance(value[column], str | list)


def _segments(value: Any) -> list[Cue]:
    """Return the cues of a transcript of Whisper; none if it is no such transcript."""
    found = value.get("segments") if isinstance(value, dict) else None
    if not isinstance(found, list) or not found or not all(map(_is_segment, found)):
        return []
    return [
        Cue(int(cue["start"] * 1000), int(cue["end"] * 1000), cue["text"], _speaker(cue.get("speaker")))
        for cue in found
    ]


def _is_segment(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("text"), str)
        and all(isinstance(value.get(name), int | float) and 0 <= value[name] < 10**9 for name in ("start", "end"))
    )


def _speaker(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
