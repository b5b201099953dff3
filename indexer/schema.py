"""How documents and passages are laid out as Whoosh documents.

Each passage is one, and each document has a record beside its passages, by which a changed document is told
from an unchanged one. Both carry the document's key, so that deleting by it deletes all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import fields

from jooya.analyzers import PersianAnalyzer
from jooya.indexer.dates import Date
from jooya.indexer.document import Document, Passage

FORMAT = 2
"""Version of what is on disk; raised when older programs could no longer read it."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the index remembers of a document. `digest` changes with anything that is indexed of it."""

    digest: str
    source: Path | None


def schema() -> fields.Schema:
    """The fields; searched are `text` and `title` by stems, and `exact`, the text by its words as written."""
    persian = PersianAnalyzer()
    exact = PersianAnalyzer(exact=True)
    return fields.Schema(
        kind=fields.ID,
        document=fields.ID(stored=True),
        id=fields.ID(stored=True),
        title=fields.TEXT(analyzer=persian, stored=True),
        text=fields.TEXT(analyzer=persian, stored=True),
        exact=fields.TEXT(analyzer=exact),
        start=fields.STORED,
        end=fields.STORED,
        gregorian=fields.STORED,
        jalali=fields.STORED,
        digest=fields.STORED,
        source=fields.STORED,
    )


def passage_fields(document: Document, passage: Passage) -> dict[str, Any]:
    """A passage as keyword arguments of Whoosh's `add_document`."""
    stored: dict[str, Any] = {
        "kind": "passage",
        "document": document.key,
        "id": passage.id,
        "text": passage.text,
        "exact": passage.text,
        "start": passage.start,
        "end": passage.end,
    }
    if document.title:
        stored["title"] = document.title
    if document.date:
        stored |= {"gregorian": document.date.gregorian, "jalali": document.date.jalali}
    return stored


def record_fields(key: str, record: Record) -> dict[str, Any]:
    """The record of the document `key`, as keyword arguments of Whoosh's `add_document`."""
    source = str(record.source) if record.source else None
    return {"kind": "document", "document": key, "digest": record.digest, "source": source}


def stored_record(stored: dict[str, Any]) -> tuple[str, Record]:
    """A document's key and record, from stored fields."""
    source = stored.get("source")
    return stored["document"], Record(stored["digest"], Path(source) if source else None)


def stored_date(stored: dict[str, Any]) -> Date | None:
    """The date among stored fields."""
    return Date(stored["gregorian"], stored["jalali"]) if "gregorian" in stored else None
