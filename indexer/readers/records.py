"""Records, the rows of tables and the objects of JSON lines, turned into documents."""

from collections.abc import Iterator
from typing import Any

from ..dates.parsing import parse_date, sole_date
from ..document import Document
from ..errors import BadInput
from ..options import FIELDS, ReadOptions
from .own_metadata import own_metadata
from .source import Item, Source


def record_items(values: Any, source: Source, options: ReadOptions, key: str | None = None) -> Iterator[Item]:
    """Yield the document that a record describes, and an error before it if some of its metadata is left out.

    In a collection, the key of the document is the name of the collection and the record's id (`news/17`), so ids need
    to differ only within a collection.

    Args:
        values: The record, a dictionary with the fields `id`, `text`, `title` and `date`, or what `options` calls them.
            All other fields are metadata.
        source: The file that the record is from.
        options: How to read it.
        key: The key of the document if the record has no id.

    Raises:
        BadInput: If a field is missing or has a value of another type.
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
    own = {known: value for known, value in values.items() if known not in map(name, FIELDS)}
    if date and not day:  # it may still be the year, or words
        own.setdefault(name("date"), date)
    meta, left_out = own_metadata(own)
    if left_out:
        yield BadInput(f"{source.name}: record {identifier!r}: {left_out}")
    yield Document(identifier, text, title or None, day, source=source.path, meta=meta)
