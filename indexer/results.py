"""The results of searching an index."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

from .dates.parsing import Date
from .meta import Meta
from .query.corrections import Correction
from .query.highlight_terms import HighlightTerms
from .ranking.score_parts import ScorePart
from .search.highlight import Span, highlight, snippet
from .search.markup import marked, pieces
from .search.other_queries import OtherQueries

if TYPE_CHECKING:
    from .search.facets import Facets

SNIPPET = 700
"""The length of a snippet in characters. Shorter passages are shown whole."""


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
        return marked(pieces(self.text, self.highlights, shown), pre, post, escape or _escape_html)

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as the JSON of the command line has it."""
        from . import result_dicts  # noqa: PLC0415 - only who asks for dictionaries waits for it

        return result_dicts.hit_dict(self)

    def __repr__(self) -> str:
        from . import notebook  # noqa: PLC0415 - only consoles and notebooks wait for it

        return notebook.hit_repr(self)

    def _repr_html_(self) -> str:
        from . import notebook  # noqa: PLC0415 - only consoles and notebooks wait for it

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
        from . import result_dicts  # noqa: PLC0415 - only who asks for dictionaries waits for it

        found = result_dicts.results_dict(self, other)
        return found if reason is None else found | {"notes": [*self.notes, reason]}

    def to_frame(self, library: Literal["pandas", "polars"] | None = None) -> Any:
        """Return the hits as a DataFrame, a row for each.

        Args:
            library: The library that makes it; if None, the first of pandas and polars that is installed.

        Raises:
            MissingPackage: It is not installed.
        """
        from . import frames, result_dicts  # noqa: PLC0415 - few programs wait for them

        return frames.frame(list(map(result_dicts.hit_row, self.hits)), library)

    def __repr__(self) -> str:
        from . import notebook  # noqa: PLC0415 - only consoles and notebooks wait for it

        return notebook.results_repr(self)

    def _repr_html_(self) -> str:
        from . import notebook  # noqa: PLC0415 - only consoles and notebooks wait for it

        return notebook.results_html(self)


def _escape_html(text: str) -> str:
    from html import escape  # noqa: PLC0415 - a terminal does not wait for it

    return escape(text)
