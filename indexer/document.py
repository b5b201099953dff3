"""The things that are indexed: documents, and the passages they are cut into."""

from dataclasses import dataclass
from pathlib import Path

from jooya.indexer.dates import Date


@dataclass(frozen=True, slots=True)
class Document:
    """A text with a name.

    key: names the document in the index; adding another with the same key replaces it.
    text: the text as read; every offset is in characters of it.
    title, date: what the text or its record says of itself.
    body: offset at which the text proper begins, after a title line; passages start there.
    source: the file it was read from.
    whole: whether it is one passage, with the document's key for its id.
    """

    key: str
    text: str
    title: str | None = None
    date: Date | None = None
    body: int = 0
    source: Path | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked and shown: `text[start:end]` of its document. Offsets are in characters."""

    id: str
    start: int
    end: int
    text: str
