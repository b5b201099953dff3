"""Documents, which are indexed, and the passages they are cut into."""

import datetime
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from .arguments import bad, check_integer, check_path, check_text
from .dates.parsing import Date, parse_date
from .meta import Meta, MetaValue, checked_meta
from .options import check_collection
from .surrogates import well_formed as well_formed  # noqa: PLC0414 - other modules have it from here

_T = TypeVar("_T")


def key_pattern(text: str) -> re.Pattern[str]:
    """Return the pattern that matches the keys that `text` stands for, in which a `*` stands for any characters."""
    return re.compile(".*".join(map(re.escape, well_formed(text).split("*"))), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """The place in a source (a page, or a time) at which a part of a text begins.

    Attributes:
        start: The offset of the part, in characters of the document's text. It ends where the next one begins.
        page: The page of the source, from 1.
        time: The time in a recording, as HH:MM:SS.

    Raises:
        BadArgument: A value has the wrong type, or is negative.
    """

    start: int
    page: int | None = None
    time: str | None = None

    def __post_init__(self) -> None:
        check_integer("start", self.start, 0)
        if self.page is not None:
            check_integer("page", self.page, 0)
        if self.time is not None:
            check_text("time", self.time)
            object.__setattr__(self, "time", well_formed(self.time))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text under a heading. No passage crosses from one section into the next.

    Attributes:
        start: The offset of the section, in characters of the document's text: where its heading stands, if it has
            one. It ends where the next one begins.
        heading: The heading, or None.
        speaker: The person who says it, where the format states that, or None.

    Raises:
        BadArgument: A value has the wrong type, or is negative.
    """

    start: int
    heading: str | None = None
    speaker: str | None = None

    def __post_init__(self) -> None:
        check_integer("start", self.start, 0)
        if self.heading is not None:
            check_text("heading", self.heading)
            object.__setattr__(self, "heading", well_formed(self.heading))
        if self.speaker is not None:
            check_text("speaker", self.speaker)
            object.__setattr__(self, "speaker", well_formed(self.speaker))


@dataclass(frozen=True, slots=True, init=False)
class Document:
    """A text with a key and, if known, a title, a date and its structure.

    Attributes:
        key: The name of the document in the index. Adding another document with the same key replaces it.
        text: The text as it was read. All offsets are in characters of it.
        title: The title, or None.
        date: The date, or None.
        body: The offset at which passages begin, after a title line for example.
        source: The file that the document was read from, or None.
        whole: True if the document is a single passage, whose id is the key.
        encoding: The encoding of the text file that the document was read from, or None.
        places: The pages or times of the parts of the text, in order of their offsets.
        sections: The parts of the text under headings, in order of their offsets. If None, Jooya looks for headings
            in the text.
        collection: The name of the collection that the document belongs to, or None.
        meta: What else is known of the document, by name: its author, address or tags. Values are strings, numbers,
            True and False, and tuples of strings. Do not change it.

    Raises:
        BadArgument: A value has the wrong type, the key is empty, the date cannot be read, or `meta` exceeds a
            limit.
    """

    key: str
    text: str
    title: str | None
    date: Date | None
    body: int
    source: Path | None
    whole: bool
    encoding: str | None
    places: tuple[Place, ...]
    sections: tuple[Section, ...] | None
    collection: str | None
    meta: "Meta" = field(hash=False)

    def __init__(
        self,
        key: str,
        text: str,
        title: str | None = None,
        date: Date | datetime.date | str | None = None,
        body: int = 0,
        source: str | Path | None = None,
        whole: bool = False,
        encoding: str | None = None,
        places: Iterable[Place] = (),
        sections: Iterable[Section] | None = None,
        collection: str | None = None,
        meta: "Mapping[str, MetaValue | list[str]] | None" = None,
    ) -> None:
        """Create a document.

        Args:
            key: The name of the document in the index.
            text: The text.
            title: The title.
            date: A `Date`, a `datetime.date`, or a string that names a day in the Gregorian or the Jalali calendar:
                `"2005-12-13"`, `"1384-09-22"`, `"۲۲ آذر ۱۳۸۴"`.
            body: The offset at which passages begin.
            source: The file that the document was read from.
            whole: Make the document a single passage.
            encoding: The encoding of that file.
            places: The pages or times of the parts of the text.
            sections: The parts of the text under headings.
            collection: The name of the collection that the document belongs to: letters, digits, `-`, `.` and `_`.
            meta: What else is known of the document, by name: `{"author": "…", "tags": ["…"], "pages": 12}`. Values are
                strings, numbers, True and False, and lists of strings. All of it is stored and returned with hits;
                what is declared as a field of the index is also searched, filtered, sorted and counted.
        """
        check_text("key", key, empty=False)
        check_text("text", text)
        for name, value in (("title", title), ("encoding", encoding)):
            if value is not None:
                check_text(name, value)
        check_integer("body", body, 0)
        if source is not None:
            check_path("source", source)
        if not isinstance(whole, bool):
            raise bad("whole", whole, "True or False")
        if collection is not None:
            check_collection(collection)
        put = object.__setattr__  # the class is frozen
        put(self, "key", key)
        put(self, "text", text)
        put(self, "title", title)
        put(self, "date", _date(date))
        put(self, "body", body)
        put(self, "source", source if source is None or isinstance(source, Path) else Path(source))
        put(self, "whole", whole)
        put(self, "encoding", encoding and well_formed(encoding))
        put(self, "places", _all_of("places", places, Place))
        put(self, "sections", None if sections is None else _all_of("sections", sections, Section))
        put(self, "collection", collection)
        put(self, "meta", {} if meta is None else checked_meta(meta))

    def changed(self, **values: Any) -> "Document":
        """Return the document with other values, which are not checked: they must be as `__init__` leaves them."""
        other = object.__new__(Document)
        for name in Document.__slots__:
            object.__setattr__(other, name, values[name] if name in values else getattr(self, name))
        return other


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document, `text[start:end]`. Passages are what is ranked and shown.

    Attributes:
        id: The key of the document, `#` and the number of the passage in it, from 1; for a document that is a single
            passage, the key alone.
        start: The offset at which the passage begins, in characters of the document's text.
        end: The offset at which it ends.
        text: The text of the passage as it was written.
        place: The place in the document's source at which it begins, or None.
        later_places: The places at which further parts of it begin: the times of its cues, or its second page.
        heading: The heading of its section, or None.
        speaker: The person who says it, in a transcript, or None.
    """

    id: str
    start: int
    end: int
    text: str
    place: Place | None = None
    heading: str | None = None
    speaker: str | None = None
    later_places: tuple[Place, ...] = ()


def _date(value: object) -> Date | None:
    """Return the date that a program gave for a document."""
    if value is None:
        return None
    found: Date | None = None
    with suppress(ValueError):  # a day before the Jalali calendar, or a Date that is not made of a day
        if isinstance(value, Date):
            datetime.date.fromisoformat(value.gregorian)
            return value
        if isinstance(value, datetime.date):
            day = value.date() if isinstance(value, datetime.datetime) else value
            found = Date.from_gregorian(day)
        elif isinstance(value, str):
            found = parse_date(value)
    if found is None:
        raise bad("date", value, 'a Date, a datetime.date or a day such as "2005-12-13", "1384-09-22" or "۲۲ آذر ۱۳۸۴"')
    return found


def _all_of(name: str, values: Iterable[_T], kind: type[_T]) -> tuple[_T, ...]:
    """Return `values` as a tuple, all of them of one kind."""
    if values == ():
        return ()
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise bad(name, values, f"a list of {kind.__name__} objects")
    found = tuple(values)
    for value in found:
        if not isinstance(value, kind):
            raise bad(name, value, f"a list of {kind.__name__} objects")
    return found
