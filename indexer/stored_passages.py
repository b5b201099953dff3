"""Reading the stored fields of a passage. They come from a file that anybody may have written."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from .codec.arrays import Array
from .codec.segment import NO_TERM, Segment
from .meta import MetaValue, meta_from_json

_OPTIONAL_TEXTS = ("title", "time", "heading", "speaker", "collection")
_MAX_OFFSET = 1 << 53
_FEW = 64  # passages that are looked at first


def stored_passage(segment: Segment, doc: int) -> dict[str, Any]:
    """Return the stored fields of a document of a segment, which are those of a passage.

    Raises:
        IndexDamaged: If they have other types than a passage's, or do not agree with one another.
    """
    return _checked(segment, segment.stored(doc))


def stored_passages(segment: Segment, live: Array | None) -> Iterator[dict[str, Any]]:
    """Yield what `stored_passage` returns for all documents of a segment that are not deleted, in order."""
    for doc, stored in enumerate(segment.all_stored()):
        if live is None or live[doc]:
            yield _checked(segment, stored)


def _checked(segment: Segment, stored: dict[str, Any]) -> dict[str, Any]:
    if not _is_passage(stored):
        raise segment.file.damaged()
    return stored


def stored_meta(segment: Segment, doc: int, stored: dict[str, Any]) -> dict[str, MetaValue]:
    """Return the metadata of the document that a passage is of, which its first passage has.

    Args:
        segment: The segment.
        doc: The number of the passage there.
        stored: The stored fields of the passage.

    Raises:
        IndexDamaged: If it is not what `Document` takes.
    """
    first = first_passage(segment, doc)
    return meta_of(segment, stored if first == doc else stored_passage(segment, first))


def meta_of(segment: Segment, stored: dict[str, Any]) -> dict[str, MetaValue]:
    """Return the metadata among the stored fields of the first passage of a document; raise what `stored_meta` does."""
    found = meta_from_json(stored["meta"]) if "meta" in stored else {}
    if found is None:
        raise segment.file.damaged()
    return found


def first_passage(segment: Segment, doc: int) -> int:
    """Return the first passage of the document that a passage is of: those of a document are consecutive."""
    column = segment.fields["document"].ordinals
    own, size = column[doc], _FEW
    if own == NO_TERM:
        raise segment.file.damaged()
    if not doc or column[doc - 1] != own:  # as most are
        return doc
    end = doc
    while end:
        begin = max(end - size, 0)
        others = np.flatnonzero(column[begin:end] != own)
        if len(others):
            return begin + int(others[-1]) + 1
        end, size = begin, size * 4
    return 0


def _is_passage(stored: dict[str, Any]) -> bool:
    text, start, end, page = stored.get("text"), stored.get("start"), stored.get("end"), stored.get("page")
    if not (_is_text(text) and _is_text(stored.get("id")) and _is_text(stored.get("document"))):
        return False
    for name in _OPTIONAL_TEXTS:
        if stored.get(name) is not None and not _is_text(stored[name]):
            return False
    if not (_is_offset(start) and _is_offset(end) and end == start + len(text)):  # type: ignore[arg-type,operator]
        return False
    return (
        (page is None or _is_offset(page))
        and ("places" not in stored or _are_places(stored["places"]))
        and ("gregorian" not in stored or (_is_day(stored["gregorian"]) and _is_text(stored.get("jalali"))))
    )


def _are_places(value: Any) -> bool:
    """Return True if `value` is a list of places: an offset in the passage, a page or None, and a time or None."""
    return type(value) is list and all(
        type(place) is list
        and len(place) == 3
        and _is_offset(place[0])
        and (place[1] is None or _is_offset(place[1]))
        and (place[2] is None or _is_text(place[2]))
        for place in value
    )


def _is_text(value: Any) -> bool:
    """Return True if `value` is text without lone surrogates, which JSON can have as escapes."""
    if type(value) is not str:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_offset(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MAX_OFFSET


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
