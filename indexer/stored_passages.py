"""Reading the stored fields of a passage. They come from a file that anybody may have written."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from .codec.arrays import Array
from .codec.segment import NO_TERM, Segment
from .dates.parsing import Date
from .meta import MetaValue, meta_from_json

_OPTIONAL_TEXTS = ("title", "time", "heading", "speaker", "collection")
_MAX_OFFSET = 1 << 53
_FEW = 64  # passages that are looked at first
_SIZE = 900  # bytes that a passage takes beside its text
_SIZE_OF_OTHERS = 10  # bytes that its places and metadata take for each character of them in print


Places = list[tuple[int, int | None, str | None]]
"""Where a passage goes on at another page or time: an offset in it, the page or None, and the time or None."""


class StoredPassage(NamedTuple):
    """A passage as it is stored.

    Attributes:
        id: Its id.
        document: The key of its document.
        text: Its text.
        start: The offset at which it begins, in characters of the document's text.
        end: The offset at which it ends.
        title: The title of its document, or None.
        date: The date of its document, or None.
        page: The page on which it begins, from 1, or None.
        time: The time at which it begins, or None.
        heading: The heading of its section, or None.
        speaker: The person who says it, or None.
        collection: The collection of its document, or None.
        places: Where it goes on at another page or time.
        meta: The metadata of its document. Not to be changed.
    """

    id: str
    document: str
    text: str
    start: int
    end: int
    title: str | None
    date: Date | None
    page: int | None
    time: str | None
    heading: str | None
    speaker: str | None
    collection: str | None
    places: Places
    meta: dict[str, MetaValue]

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory."""
        texts = (self.id, self.document, self.text, self.title, self.heading, self.collection)
        others = len(str(self.places)) + len(str(self.meta)) if self.places or self.meta else 0
        return _SIZE + 2 * sum(map(len, filter(None, texts))) + _SIZE_OF_OTHERS * others


def stored_passage(segment: Segment, doc: int) -> StoredPassage:
    """Return the stored passage with a number in a segment, and keep it for the next call.

    Its metadata are those of its document, which are stored with the first passage.

    Raises:
        IndexDamaged: If what is stored has other types than a passage's, or does not agree.
    """
    passage: StoredPassage | None = segment.kept.get(doc)
    if passage is None:
        passage = _passage(segment, segment.stored(doc))
        first = first_passage(segment, doc)
        if first != doc:
            passage = passage._replace(meta=stored_passage(segment, first).meta)
        segment.kept.put(doc, passage, passage.size)
    return passage


def stored_passages(segment: Segment, live: Array | None) -> Iterator[StoredPassage]:
    """Yield the stored passages of a segment that are not deleted, in order; only first ones have metadata."""
    for doc, stored in enumerate(segment.all_stored()):
        if live is None or live[doc]:
            yield _passage(segment, stored)


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


def _passage(segment: Segment, stored: dict[str, Any]) -> StoredPassage:
    """Return the passage that is stored, or raise IndexDamaged."""
    get = stored.get
    meta = meta_from_json(stored["meta"]) if "meta" in stored else {}
    if meta is None or not _is_passage(stored):
        raise segment.file.damaged()
    return StoredPassage(
        stored["id"],
        stored["document"],
        stored["text"],
        stored["start"],
        stored["end"],
        get("title"),
        Date(stored["gregorian"], stored["jalali"]) if "gregorian" in stored else None,
        get("page"),
        get("time"),
        get("heading"),
        get("speaker"),
        get("collection"),
        [tuple(place) for place in get("places", ())],
        meta,
    )


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
