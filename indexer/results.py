"""The results of searching an index, of changing it and of checking it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape as escape_html
from pathlib import Path
from typing import Any, Literal, overload

from . import frames, notebook, result_dicts
from .dates.parsing import Date
from .meta import Meta
from .query.corrections import Correction
from .query.highlight_terms import HighlightTerms
from .ranking.score_parts import DIGITS, ScorePart
from .search.facets import Facets
from .search.highlight import Span, highlight, snippet
from .search.markup import marked, pieces
from .search.other_queries import OtherQueries

SNIPPET = 700
"""The length of a snippet in characters. Shorter passages are shown whole."""

SCORE_DIGITS = DIGITS
"""The decimals to which the parts of an explanation add up to the score."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage before or after a hit in the same document.

    Attributes:
        id: The id of the passage.
        text: The text of the passage as it was written.
        start: The offset at which the passage begins, in characters of the document's text.
        end: The offset at which it ends.
    """

    id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a query found.

    Attributes:
        rank: The rank of the passage among all hits, from 1.
        score: The score. Scores are comparable within one query only.
        id: The id of the passage.
        document: The key of its document.
        title: The title of its document, or None.
        date: The date of its document, or None.
        text: The text of the passage as it was written.
        start: The offset at which the passage begins, in characters of the document's text.
        end: The offset at which it ends.
        page: The page of the source, from 1, on which the first match of the passage is, or None.
        time: The time in a recording at which the cue with the first match begins, as HH:MM:SS, or None.
        heading: The heading of its section, or None.
        speaker: The person who says it, in a transcript, or None.
        collection: The collection that its document belongs to, or None.
        meta: What else is known of its document, by name, as `Document.meta` has it.
        copies: The number of other passages with the same words that were found and are not among the hits.
        before: The passages before it in its document, if `context` asked for them, in the order of the text.
        after: The passages after it in its document, if `context` asked for them, in the order of the text.
        explanation: The parts that add up to the score, if `explain` asked for them.
        highlight_terms: The stems, surface forms and phrases of the query, by which `highlights` finds words in `text`.
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
    meta: "Meta" = field(default_factory=dict, hash=False)
    copies: int = 0
    before: tuple[Neighbour, ...] = ()
    after: tuple[Neighbour, ...] = ()
    explanation: tuple[ScorePart, ...] = ()
    highlight_terms: "HighlightTerms" = field(default_factory=HighlightTerms, repr=False)

    @property
    def highlights(self) -> list[Span]:
        """The parts of `text` that match the query: start and end offsets in characters of `text`, in order.

        They are computed at each access, since of a thousand hits only a few are shown.
        """
        return highlight(self.text, self.highlight_terms)

    @property
    def snippet(self) -> Span:
        """The part of `text` to show: start and end offsets in characters of `text`.

        This is all of it, or at most 700 characters of a longer text: those with most of the highlights.
        """
        return snippet(self.text, self.highlights if len(self.text) > SNIPPET else (), SNIPPET)

    def highlighted(
        self,
        pre: str = "<mark>",
        post: str = "</mark>",
        escape: Callable[[str], str] | None = None,
        *,
        part: Literal["text", "snippet"] = "text",
    ) -> str:
        """Return the text with marks around the words that the query found, safe to be put into a page of HTML.

        Each piece of the text, within marks and between them, is escaped by itself, so no mark is ever within an entity
        and nothing of the text is read as markup.

        Args:
            pre: The mark before words that were found. It is not escaped.
            post: The mark after them.
            escape: A function that escapes a piece of text: `html.escape` if it is None; `str` leaves text as it is.
            part: `"snippet"` for the part of a long text that is to be shown, with … where it is cut.
        """
        shown = self.snippet if part == "snippet" else None
        return marked(pieces(self.text, self.highlights, shown), pre, post, escape or escape_html)

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as the JSON of the command line has it."""
        return result_dicts.hit_dict(self)

    def __repr__(self) -> str:
        return notebook.hit_repr(self)

    def _repr_html_(self) -> str:
        return notebook.hit_html(self)


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query: a sequence of its hits.

    Attributes:
        query: The query as it was given.
        total: How many passages (or documents, for `by="document"`) the query found.
        hits: Those of them that were asked for, in order.
        notes: What was not done as the query seems to ask for, a sentence for each: a bracket that is not closed, words
            beyond a limit.
        corrections: The words that were searched for in another form, in the order of the query.
        facets: For each field that `facets` asked for, how many of all hits have each of its values: years from the
            first to the last, other values the most frequent first.
        other_queries: Looks for other queries that may have been meant, when `did_you_mean` is first read.
    """

    query: str
    total: int
    hits: list[Hit]
    notes: list[str] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    facets: "Facets" = field(default_factory=dict)
    other_queries: OtherQueries = field(default_factory=OtherQueries, repr=False, compare=False, kw_only=True)

    @property
    def did_you_mean(self) -> list[str]:
        """Other queries that are likelier to find what was meant, likeliest first; at most three.

        They are looked for when this is first read.

        Raises:
            BeyondLimit: It took longer than the limits of the search allow.
            IndexUnusable: The index was closed before this was first read.
        """
        return self.other_queries.found()

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def corrected_query(self) -> str | None:
        """The query with the likeliest corrections in place; None if no word was replaced."""
        pieces: list[str] = []
        done = 0
        for one in self.corrections:
            place = -1 if one.is_addition else self.query.find(one.typed, done)
            if place >= 0:
                pieces += [self.query[done:place], one.used[0]]
                done = place + len(one.typed)
        return "".join([*pieces, self.query[done:]]) if pieces else None

    @overload
    def __getitem__(self, place: int) -> Hit: ...

    @overload
    def __getitem__(self, place: slice) -> list[Hit]: ...

    def __getitem__(self, place: int | slice) -> Hit | list[Hit]:
        return self.hits[place]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as the JSON of the command line has it, with `did_you_mean`.

        If the index was closed before `did_you_mean` was read, it is empty here, and a note says so.
        """
        other, reason = self.other_queries.found_or_reason()
        found = result_dicts.results_dict(self, other)
        return found if reason is None else found | {"notes": [*self.notes, reason]}

    def to_frame(self, library: Literal["pandas", "polars"] | None = None) -> Any:
        """Return the hits as a DataFrame, a row for each.

        Args:
            library: The library that makes it; if None, the first of pandas and polars that is installed.

        Raises:
            MissingPackage: It is not installed.
        """
        return frames.frame(list(map(result_dicts.hit_row, self.hits)), library)

    def __repr__(self) -> str:
        return notebook.results_repr(self)

    def _repr_html_(self) -> str:
        return notebook.results_html(self)


@dataclass(slots=True)
class IndexReport:
    """The changes that a call of `Index.add` made.

    Attributes:
        new: The number of documents that were added.
        updated: The number of documents that were replaced, since they had changed.
        unchanged: The number of documents that were in the index already.
        removed: The number of documents that were removed, since their file or record is gone.
        skipped: The files and records that could not be read, a line each, with the reason.
        gone: The paths given that are no longer there. The documents that were indexed from them were removed.
        failed: The paths given that do not exist or cannot be looked at, a line each, with the reason. There are none
            unless the call asked for `ignore_missing`.
        unread: Those lines of `skipped` that are of files and folders which the system did not let be read this time.
            The next call tries them again.
        notes: Values of declared fields that are not of the kind of their field, a line for each field. Their documents
            are indexed all the same.
        recognized: The number of pages of scans whose text was recognized.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recognized: int = 0

    @property
    def changed(self) -> bool:
        """True if the index changed."""
        return bool(self.new or self.updated or self.removed)


@dataclass(slots=True)
class Progress:
    """The progress of a call of `Index.add`. The numbers of files are of those that are new or have changed.

    Attributes:
        files: The number of files that have been read.
        of_files: The number of files to read.
        bytes: The number of bytes that have been read.
        of_bytes: The number of bytes to read.
        passages: The number of passages that have been added.
        documents: The number of `Document` objects that have been taken.
    """

    files: int = 0
    of_files: int = 0
    bytes: int = 0
    of_bytes: int = 0
    passages: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True)
class WorkProgress:
    """The progress of a call of `Index.check`, `Index.repair` or `Index.backup`.

    Attributes:
        work: The part of the work, such as `"checking files"`.
        done: How much of it is done.
        total: How much there is to do.
        unit: What is counted, `"passages"` or `"bytes"`.
    """

    work: str
    done: int
    total: int
    unit: str


OnWork = Callable[[WorkProgress], None]
"""A function that is called now and then with the progress of long work."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of `Index.check`. The index is sound if there are no problems.

    Attributes:
        documents: The number of documents that can be read.
        passages: The number of passages in sound segments.
        segments: The number of sound segments (files of the index).
        problems: The problems that were found, a line each.
        unreadable: Those of the problems that say nothing about the index: the system could not read a file, which may
            be sound. A repair does not begin as long as there are any.
    """

    documents: int
    passages: int
    segments: int
    problems: list[str]
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RepairReport:
    """The result of `Index.repair`.

    Attributes:
        rebuilt: The number of passages that were indexed again from their stored text.
        lost: The keys of documents that could not be read and are no longer in the index.
        losses: Other losses, and what is uncertain, a line each.
        report: The result of checking the index after the repair.
        folder: The folder that now has the files that the repair replaced; None if it replaced none.
        files: The names of these files.
    """

    rebuilt: int
    lost: list[str]
    losses: list[str]
    report: CheckReport
    folder: Path | None = None
    files: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """True if nothing was lost, nothing is uncertain, and the index is sound now."""
        return not (self.lost or self.losses or self.report.problems)


@dataclass(frozen=True, slots=True)
class ScrubReport:
    """The result of `Index.scrub`. All files of the index are sound if there are no problems.

    Attributes:
        files: The number of files that were read.
        size: How much was read, in bytes.
        problems: What is wrong with the files that are not sound, a line each, without those that were mended.
        mended: The names of the files that were replaced by those of the backup.
        folder: The folder that now has the damaged files that were replaced; None if there are none.
    """

    files: int
    size: int
    problems: list[str]
    mended: list[str] = field(default_factory=list)
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that is kept.

    Attributes:
        number: Its number. Later commits have greater ones.
        name: The name that `Index.commit` had after it.
        time: When it was made, in seconds since 1970; None if this is not known.
        documents: The number of documents.
        passages: The number of passages.
        size: The size of the files that it needs, in bytes.
        own: The size of those files that no other commit needs, in bytes.
        problem: Why it cannot be returned to, or None.
    """

    number: int
    name: str
    time: float | None
    documents: int
    passages: int
    size: int
    own: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The contents of an index in numbers.

    Attributes:
        path: The folder of the index.
        documents: The number of documents.
        passages: The number of passages.
        terms: The number of different terms (stems) in the passages.
        size: The size of the index on disk, in bytes.
        encodings: How many documents were read in each encoding, the most frequent first.
        collections: How many documents belong to each collection, the largest first.
        years: How many documents have a date in each Jalali year, the first year first.
        fields: The kinds of the declared fields, by name.
        facets: How many documents have each value of each declared field, in the order of `Results.facets`.
        skipped: The files and records that could not be read, a line each, with the reason.
        format: The version of the format on disk.
        analysis: The name of the analysis that built the index. Another version of Jooya may have another one, and
            refuses the index then.
    """

    path: str
    documents: int
    passages: int
    terms: int
    size: int
    encodings: dict[str, int]
    collections: dict[str, int]
    years: dict[int, int]
    fields: dict[str, str]
    facets: dict[str, dict[str | int | float, int]]
    skipped: list[str]
    format: int
    analysis: str


@dataclass(frozen=True, slots=True)
class BackupReport(IndexStatus):
    """The contents of a backup in numbers, and what `Index.backup` did for it.

    Attributes:
        copied: The size of the files that were copied, in bytes.
        present: The size of the files that were there already, from an earlier backup, in bytes.
        replaced: The names of the files that were there, but damaged, and were copied again.
    """

    copied: int = 0
    present: int = 0
    replaced: list[str] = field(default_factory=list)
