"""What the index answers with."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from jooya.indexer.dates import Date
from jooya.indexer.highlight import Span, highlight


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage.

    rank: from 1. score: BM25, comparable within one query only.
    id: the passage's; document: the key of its document; title, date: the document's.
    text: the passage as written. start, end: where it stands, in characters of the document's text.
    stems: what the query is found by.
    """

    rank: int
    score: float
    id: str
    document: str
    title: str | None
    date: Date | None
    text: str
    start: int
    end: int
    stems: frozenset[str]

    @property
    def highlights(self) -> list[Span]:
        """Spans of `text` (start, end, in characters) of the words that the query found, in order. Computed at
        each call: a run of a thousand hits is mostly not shown."""
        return highlight(self.text, self.stems)


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query: `hits`, best first, of `total` passages found. Iterates over the hits."""

    query: str
    total: int
    hits: list[Hit]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


@dataclass(slots=True)
class Changes:
    """What taking in documents did: how many of each, and why others were skipped."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether the index is now another."""
        return bool(self.new or self.updated or self.removed)


@dataclass(frozen=True, slots=True)
class Status:
    """What is in an index. `size` is in bytes; `analysis` names the analysis that built it."""

    path: str
    documents: int
    passages: int
    terms: int
    size: int
    format: int
    analysis: str
