"""Records, the rows of tables and the objects of JSON, turned into documents."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..dates.parsing import Date, parse_date, sole_date
from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .own_metadata import own_metadata
from .record_columns import columns_of
from .source import Item, Source

_SECONDS = range(10**8, 10**11)  # numbers of seconds since 1970 that are dates; a thousand times that are milliseconds
_DAYS = range(1000_01_01, 2300_01_01)  # days as numbers: 14011012


def read_record(
    values: Any, source: Source, options: ReadOptions, key: str, where: str, columns: Mapping[str, str] | None = None
) -> Iterator[Item]:
    """Yield the document that a record describes, or the error that says why there is none.

    What is no field of a record is metadata of the document. Before the document comes an error that names what was
    too much for that. In a collection, the key of the document is the name of the collection and the record's id
    (`news/17`), so ids need to differ only within a collection.

    Args:
        values: The record, a dictionary.
        source: The file that the record is from.
        options: How to read it.
        key: The key of the document if the record has no id.
        where: The place of the record, for errors.
        columns: The names of the fields in the record; if None, they are found.
    """
    try:
        if not isinstance(values, dict):
            raise BadInput('not an object; a record is {"id": …, "text": …}')
        columns = columns_of(values, options) if columns is None else columns
        document = _document(values, source, options, key, columns)
    except BadInput as error:
        yield BadInput(f"{where}: {error}")
        return
    own = {str(name): value for name, value in values.items() if name not in columns.values()}
    date = columns.get("date")
    if date is not None and not document.date and isinstance(values.get(date), str):  # it may still be a year, or words
        own.setdefault(date, values[date])
    meta, left_out = own_metadata(own)
    if left_out:
        yield BadInput(f"{source.name}: record {document.key!r}: {left_out}")
    yield replace(document, meta=meta) if meta else document


def _document(
    values: dict[str, Any], source: Source, options: ReadOptions, key: str, columns: Mapping[str, str]
) -> Document:
    def value(field: str) -> Any:
        return values.get(columns[field]) if field in columns else None

    identifier, title, text = value("id"), value("title"), _text(value("text"))
    if identifier is None:
        identifier = key
    elif isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if not isinstance(identifier, str) or not identifier.strip():
        raise BadInput(f'no "{columns.get("id")}"; give each record one')
    if text is None:
        raise BadInput(f'record {identifier!r} has no "{columns.get("text", options.column("text"))}"')
    if isinstance(title, int | float) and not isinstance(title, bool):
        title = str(title)
    if not isinstance(title, str | None):
        raise BadInput(f'"{columns["title"]}" of record {identifier!r} is not a string')
    try:
        day = _day(value("date"))
    except TypeError:
        raise BadInput(f'"{columns["date"]}" of record {identifier!r} is not a string') from None
    if options.collection and identifier != key:
        identifier = f"{options.collection}/{identifier}"
    day = day or (sole_date(title) if title else None)
    return Document(identifier, text, title or None, day, source=source.path)


def _text(value: Any) -> str | None:
    """Return a text, which may be a list of paragraphs; None if there is none."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n\n".join(value)
    return value if isinstance(value, str) and value.strip() else None


def _day(value: Any) -> Date | None:
    """Return the day that a value states, or None.

    Raises:
        TypeError: If it is neither a text nor a number.
    """
    if value is None or isinstance(value, str):
        return parse_date(value) if value else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("neither a text nor a number")
    if value in _DAYS:
        return parse_date(f"{value // 10000}-{value // 100 % 100:02}-{value % 100:02}")
    with suppress(ValueError, OverflowError, OSError):
        seconds = int(value) if int(value) in _SECONDS else int(value) // 1000
        if seconds in _SECONDS:
            return Date.from_gregorian(datetime.fromtimestamp(seconds, UTC).date())
    return None
