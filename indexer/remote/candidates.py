"""Passages that the engine returned, and the segment in memory that is made of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import IndexDamaged
from ..own_fields import OwnFields, value_term
from .layout import JOINT, NUMBER, OWN, STORED, STREAMS, engine_term
from .memory_segment import MemorySegment, Terms, Wanted
from .passage_terms import NO_TERMS, FieldTerms, TextTerms, field_terms, layouts

SOURCE = [STORED, OWN, "fingerprint", "source", "encoding", "day", "digest", NUMBER]
"""The parts of a passage that are asked for."""


class Candidate(NamedTuple):
    """A passage that the engine returned.

    Attributes:
        id: The id by which the engine knows it.
        key: The key of its document.
        number: Its number in the document.
        score: The engine's score.
        source: What it has of the passage.
    """

    id: str
    key: bytes
    number: int
    score: float
    source: Mapping[str, Any]

    @classmethod
    def of_hit(cls, where: str, hit: Mapping[str, Any]) -> "Candidate":
        """Return the passage of a hit of the engine; `where` names the index, for errors."""
        try:
            source = hit["_source"]
            key = source[STORED]["document"].encode()
            return cls(str(hit["_id"]), key, int(source[NUMBER]), float(hit["_score"] or 0.0), source)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise IndexDamaged.at(where) from None

    @property
    def document(self) -> str:
        """The term of its document."""
        return engine_term(self.key.decode())

    @property
    def place(self) -> tuple[bytes, int]:
        """By which passages are in order: the key of the document, and the number in it."""
        return self.key, self.number


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return passages in the order of their documents and texts, each once."""
    return sorted({one.id: one for one in candidates}.values(), key=lambda one: one.place)


def segment_of(
    where: str,
    candidates: Sequence[Candidate],
    own: OwnFields,
    wanted: Wanted | None = None,
    read: dict[str, "ReadPassage"] | None = None,
) -> MemorySegment:
    """Return the segment of some passages, which are in order.

    Args:
        where: The name of the index, for errors.
        candidates: The passages.
        own: The declared fields.
        wanted: The terms that are asked for; None for all.
        read: Has the passages that were read for an earlier segment, by their ids, and takes the others.
    """
    known = {} if read is None else read
    known |= {one.id: ReadPassage(one.source) for one in candidates if one.id not in known}
    passages = [known[one.id] for one in candidates]
    return MemorySegment(
        where,
        layouts(own),
        [one.stored for one in passages],
        lambda place, name: passages[place].terms(name),
        lambda place, name: passages[place].number(name),
        wanted,
    )


class ReadPassage:
    """Reads the values of the fields of a passage. Its text is analyzed once."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.stored: dict[str, Any] = source[STORED]
        self._source = source
        self._text: TextTerms | None = None

    def terms(self, name: str) -> Terms:
        """Return the terms of a field."""
        if name in ("text", "exact", "loose"):
            return self._of_text(name)
        if name in STREAMS:
            return field_terms(name, self.stored.get(name))
        if name.startswith("text."):
            return _of_stream(self._own(name))
        if name == "value.speaker":
            return field_terms(name, value_term(self.stored.get("speaker") or "") or None)
        if "." in name:
            return field_terms(name, self._own(name))
        return field_terms(name, self.stored.get(name) or self._source.get(name))

    def number(self, name: str) -> int:
        """Return the number of the passage in a field; 0 if it has none."""
        value = self._own(name) if "." in name else self._source.get(name)
        return int(value or 0)

    def _of_text(self, name: str) -> Terms:
        if self._text is None:
            self._text = TextTerms(self.stored["text"])
        return self._text.of(name)

    def _own(self, name: str) -> Any:
        """Return the value of a part of an own field, which the engine returns as it was sent."""
        found: Any = self._source.get(OWN)
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def _of_stream(stream: Any) -> FieldTerms:
    """Return the terms of a stream with their positions."""
    if not stream:
        return NO_TERMS
    terms: list[str] = []
    positions: list[int] = []
    for position, joined in enumerate(stream.split(" ")):
        for term in filter(None, joined.split(JOINT)):
            terms.append(term)
            positions.append(position)
    return FieldTerms(terms, positions)
