"""The layout of passages as Whoosh documents. The Whoosh schema of their fields is in `whoosh.passage_schema`.

The record of a document as a whole, by which a changed one is told from an unchanged one, is in columns beside its
first passage. All passages carry the key of their document, so that deleting by the key deletes all of them. Passages
are filtered and sorted by the column `day` (as of `date.toordinal`), and copies are found by the column `fingerprint`
(a hash of the words).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from .document import Document, Passage
from .fingerprints import fingerprint
from .ingest.document_records import DocumentRecord
from .meta import meta_from_json
from .own_fields import SPEAKERS, OwnFields, own_values, value_term


def passage_fields(document: Document, passage: Passage) -> dict[str, Any]:
    """Return a passage as keyword arguments of Whoosh's `add_document`."""
    values: dict[str, Any] = {
        "document": document.key,
        "id": passage.id,
        "text": passage.text,
        "exact": passage.text,
        "loose": passage.text,
        "fingerprint": fingerprint(passage.text),
        "start": passage.start,
        "end": passage.end,
    }
    if passage.speaker and (speaker := value_term(passage.speaker)):
        values[SPEAKERS] = speaker
    if document.title:
        values["title"] = document.title
    if document.collection:
        values["collection"] = document.collection
    if passage.heading:
        values["heading"] = passage.heading
    if passage.speaker:
        values["speaker"] = passage.speaker
    if passage.place:
        values |= {name: value for name in ("page", "time") if (value := getattr(passage.place, name))}
    if passage.later_places:
        values["places"] = [[later.start - passage.start, later.page, later.time] for later in passage.later_places]
    if document.date:
        day = date.fromisoformat(document.date.gregorian).toordinal()
        values |= {"gregorian": document.date.gregorian, "jalali": document.date.jalali, "day": day}
    return values


def restored_fields(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `passage_fields` returned for a passage, from its stored fields."""
    text = stored["text"]
    values = {**stored, "exact": text, "loose": text, "fingerprint": fingerprint(text)}
    if "gregorian" in stored:
        values["day"] = date.fromisoformat(stored["gregorian"]).toordinal()
    if stored.get("speaker") and (speaker := value_term(stored["speaker"])):
        values[SPEAKERS] = speaker
    return values


def restored_document(passages: Sequence[Mapping[str, Any]], fields: OwnFields) -> list[dict[str, Any]]:
    """Return what was added for a document, apart from its record, from the stored fields of all its passages."""
    meta = meta_from_json(passages[0].get("meta", {}))
    own, _ = own_values(meta or {}, fields, len(passages))
    return [restored_fields(stored) | own for stored in passages]


def record_fields(record: DocumentRecord, source: str | None) -> dict[str, Any]:
    """Return the record of a document as further keyword arguments for its first passage, beside `meta`.

    Args:
        record: The record.
        source: The file of the document, relative to the root of the index.
    """
    values = {"digest": record.digest, "source": source, "encoding": record.encoding}
    return {name: value for name, value in values.items() if value is not None}
