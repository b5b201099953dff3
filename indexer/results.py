"""What the index answers with."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .dates.parsing import Date
from .query.highlight_terms import NO_HIGHLIGHT_TERMS, HighlightTerms
from .ranking.score_parts import ScorePart
from .search.highlight import Span, highlight, snippet

SNIPPET = 700
"""Characters of a passage that are shown, where it is longer."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage beside a hit. start, end: where it stands, in characters of the document's text."""

    id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage.

    rank: from 1. score: comparable within one query only.
    id: the passage's; document: the key of its document; title, date: the document's.
    text: the passage as written. start, end: where it stands, in characters of the document's text.
    page, time: where it begins in its source; time: in a recording, HH:MM:SS.
    heading: of the section it is in. speaker: who says it. collection: what its document belongs to.
    copies: how many other passages with the same words were found, and are not given.
    before, after: passages around it in the document, in order, if asked for.
    explanation: what the score is the sum of, if asked for.
    marks: what the query is found by.
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
    page: int | None = None
    time: str | None = None
    heading: str | None = None
    speaker: str | None = None
    collection: str | None = None
    copies: int = 0
    before: tuple[Neighbour, ...] = ()
    after: tuple[Neighbour, ...] = ()
    explanation: tuple[ScorePart, ...] = ()
    highlight_terms: HighlightTerms = NO_HIGHLIGHT_TERMS

    @property
    def highlights(self) -> list[Span]:
        """Spans of `text` (start, end, in characters) of the words that the query found, in order. Computed at
        each call: a run of a thousand hits is mostly not shown."""
        return highlight(self.text, self.highlight_terms)

    @property
    def snippet(self) -> Span:
        """The span of `text` to show: all of it, or of a long text the part with most of what was found."""
        return snippet(self.text, self.highlights if len(self.text) > SNIPPET else (), SNIPPET)


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query: `hits`, some of `total` passages (or documents) found. Iterates over the hits.

    notes: what could not be done as the query seems to ask for.
    """

    query: str
    total: int
    hits: list[Hit]
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


@dataclass(slots=True)
class IndexReport:
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


@dataclass(slots=True)
class Progress:
    """How far taking in files has come: those that have changed, their bytes, and the passages that were made."""

    files: int = 0
    of_files: int = 0
    bytes: int = 0
    of_bytes: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: how many of each are as they should be, and what is wrong, a line each; all is well without
    problems."""

    documents: int
    passages: int
    segments: int
    problems: list[str]


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What a repair did.

    rebuilt: how many passages were taken in again, from their stored text. lost: the keys of documents that could not
    be; losses: what else is lost, a line each. soundness: of the index as it is now.
    """

    rebuilt: int
    lost: list[str]
    losses: list[str]
    report: CheckReport


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is in an index. `size` is in bytes; `encodings` says of how many documents the bytes were read as what,
    `collections` how many belong to which; `skipped` says what could not be read, and why; `analysis` names the
    analysis that built it."""

    path: str
    documents: int
    passages: int
    terms: int
    size: int
    encodings: dict[str, int]
    collections: dict[str, int]
    skipped: list[str]
    format: int
    analysis: str
