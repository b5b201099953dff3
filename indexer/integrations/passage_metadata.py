"""Metadata as frameworks have it: one flat dictionary for a passage, and from such a dictionary back to a document."""

import datetime
import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from .. import BadArgument, Document, Excerpt, Hit, IndexReport
from ..any_index import AnyIndex
from ..result_dicts import hit_row

_Item = TypeVar("_Item")

_LOGGER = logging.getLogger("jooya.integrations")

_OF_DOCUMENT = {
    "title": "title",
    "date": "date",
    "gregorian": "date",
    "jalali": "date",
    "collection": "collection",
}
"""The arguments of `Document` that metadata of these names stands for, if it can be read as such; the first wins."""

_MOST_INTEGER = (1 << 63) - 1


def metadata_of(hit: Hit) -> dict[str, Any]:
    """Return all that is known of a hit but its text, in one flat dictionary.

    The names are those of the columns of `Results.to_frame`, with `highlights`; all are there, also those whose value
    is None, since a template may name any of them. The document's own metadata is there by its own names. Where Jooya
    has a value of that name itself, the own one has `meta.` before it: `meta.score`.
    """
    found = hit_row(hit) | {"highlights": [list(span) for span in hit.highlights]}
    del found["text"]
    for name, value in hit.meta.items():
        plain = list(value) if isinstance(value, tuple) else value
        found[name if found.get(name) is None and name != "text" else f"meta.{name}"] = plain
    return found


def metadata_of_excerpt(excerpt: Excerpt) -> dict[str, Any]:
    """Return all that is known of an excerpt of a context but its text, in one flat dictionary.

    It has the metadata of the best of its passages, with the offsets of the excerpt, and besides it `number` and
    `citation`, and `passages` with their ids. Highlights are left out: they have offsets in a passage.
    """
    best = min(excerpt.passages, key=lambda one: one.rank)
    found = metadata_of(best)
    del found["highlights"]
    own = {"number": excerpt.number, "citation": excerpt.citation, "passages": [one.id for one in excerpt.passages]}
    kept = {f"meta.{name}": found[name] for name in own if name in found}
    return found | kept | own | {"start": excerpt.start, "end": excerpt.end}


def document_from(text: str, metadata: Mapping[str, Any], key: str | None = None, *, whole: bool = False) -> Document:
    """Return the document for a text and its flat metadata.

    `title`, `date` (or `gregorian` or `jalali`) and `collection` become those of the document where they can be read as
    such; all others are own metadata, as is a date with a time. Values that Jooya has no type for are kept as text:
    days as `2005-12-13`, nested values as JSON. None is left out.

    Args:
        text: The text.
        metadata: The metadata.
        key: The key of the document. If None, it is a hash of text and metadata, so that the same document always has
            the same key.
        whole: Make the document a single passage.

    Raises:
        BadArgument: The metadata exceeds a limit.
    """
    own = {str(name): meta_value(value) for name, value in metadata.items() if value is not None}
    if key is None:
        content = json.dumps([text, own], ensure_ascii=False, sort_keys=True)
        key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    known: dict[str, Any] = {}
    for name, argument in _OF_DOCUMENT.items():
        value, given = own.get(name), metadata.get(name)
        if argument in known:
            continue
        if argument == "date" and isinstance(given, datetime.date):
            known["date"] = given
            if not _has_time(given):
                del own[name]
        elif isinstance(value, str) and fits(argument, value):
            known[argument] = value
            del own[name]
    return Document(key, text, whole=whole, meta=own, **known)


def fits(argument: str, value: str) -> bool:
    """Return True if a document can have a value for an argument."""
    given: dict[str, Any] = {argument: value}
    try:
        Document("key", "", **given)
    except BadArgument:
        return False
    return True


def _has_time(value: datetime.date) -> bool:
    """Return True if a day has a time, too."""
    return isinstance(value, datetime.datetime) and (value.timetz() != datetime.time())


def meta_value(value: object) -> str | int | float | bool | list[str]:
    """Return a value in a type that `Document.meta` has."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) <= _MOST_INTEGER:
        return value
    if isinstance(value, float) and abs(value) < float("inf"):
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return list(value)
    if isinstance(value, datetime.datetime) and not _has_time(value):
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def add_all(
    index: AnyIndex, items: Iterable[_Item], document: Callable[[_Item], Document], **options: Any
) -> IndexReport:
    """Add what a framework calls documents. One that cannot be added does not cost the others.

    Args:
        index: The index.
        items: What is to be added.
        document: A function that returns the document for an item.
        options: The other arguments of `Index.add`.

    Returns:
        The report of `Index.add`, whose `skipped` also has the items that are no documents. They are logged, too, as
        warnings to `jooya.integrations`.
    """
    refused: list[str] = []

    def documents() -> Iterator[Document]:
        for number, item in enumerate(items, 1):
            try:
                yield document(item)
            except BadArgument as error:
                refused.append(f"item {number}: {error}")

    report = index.add(documents(), **options)
    report.skipped += refused
    for line in (*report.skipped, *report.notes):
        _LOGGER.warning("not indexed as given: %s", line)
    return report
