"""The things that are indexed: documents, and the passages they are cut into."""

import re
from dataclasses import dataclass
from pathlib import Path

from .dates.parsing import Date

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """`text` without lone surrogates, which no UTF-8 can hold: JSON can escape half a character, and arguments of a
    command in another encoding arrive as such. Each becomes U+FFFD; offsets stay."""
    return _LONE_SURROGATES.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Document:
    """A text with a name.

    key: names the document in the index; adding another with the same key replaces it.
    text: the text as read; every offset is in characters of it.
    title, date: what the text or its record says of itself.
    body: offset at which the text proper begins, after a title line; passages start there.
    source: the file it was read from.
    encoding: what its bytes were read as, if it is from a file of text.
    places: where in its source each part of the text comes from, in order of offset.
    sections: its parts under headings, in order of offset; None if the source does not mark them: they are looked for
    in the text then.
    collection: the name of what it belongs to.
    whole: whether it is one passage, with the document's key for its id.
    """

    key: str
    text: str
    title: str | None = None
    date: Date | None = None
    body: int = 0
    source: Path | None = None
    whole: bool = False
    encoding: str | None = None
    places: tuple["Place", ...] = ()
    sections: tuple["Section", ...] | None = None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its source a text comes from, from the offset `start` on. page: from 1. time: in a recording,
    HH:MM:SS."""

    start: int
    page: int | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text, from the offset `start` on (where its heading stands, if it has one). No passage crosses into
    it from what is before."""

    start: int
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked and shown: `text[start:end]` of its document. Offsets are in characters.

    place: where it begins in the document's source. heading: of its section. speaker: who says it, in a transcript.
    """

    id: str
    start: int
    end: int
    text: str
    place: Place | None = None
    heading: str | None = None
    speaker: str | None = None
