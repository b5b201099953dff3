"""Passages as a text for a language model: whole ones within a budget, neighbours merged, citations numbered."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from .arguments import bad
from .dates.parsing import Date
from .options import Order
from .results import Hit
from .token_counts import Counter, counted

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a document: a passage, or several that follow one another, merged.

    Attributes:
        number: The number of its citation, from 1.
        text: The text of its passages, as it was written, with a line break between two of them.
        passages: Its passages, in the order of the text. Each has its own `start` and `end`.
        start: The offset at which it begins, in characters of the document's text.
        end: The offset at which it ends. Between two passages the document may have headings, which no passage has.
        rank: The best rank among its passages.
    """

    number: int
    text: str
    passages: tuple[Hit, ...]
    start: int
    end: int
    rank: int

    @property
    def document(self) -> str:
        """The key of its document."""
        return self.passages[0].document

    @property
    def title(self) -> str | None:
        """The title of its document, or None."""
        return self.passages[0].title

    @property
    def date(self) -> Date | None:
        """The date of its document, or None."""
        return self.passages[0].date

    @property
    def pages(self) -> tuple[int, int] | None:
        """The pages of the source on which its first and its last passage are, or None."""
        known = [one.page for one in self.passages if one.page]
        return (min(known), max(known)) if known else None

    @property
    def time(self) -> str | None:
        """The time in a recording that its first passage has, as HH:MM:SS, or None."""
        return self.passages[0].time

    @property
    def heading(self) -> str | None:
        """The heading of its section, or None."""
        return self.passages[0].heading

    @property
    def speaker(self) -> str | None:
        """The person who says it, in a transcript, or None."""
        return self.passages[0].speaker

    @property
    def citation(self) -> str:
        """Its place, in words and on one line: title (or key), date, heading, speaker, pages or time."""
        return cited(self.passages[0], self.pages)

    def to_dict(self) -> dict[str, Any]:
        """Return the excerpt as a dictionary that JSON can hold."""
        return {
            "number": self.number,
            "citation": self.citation,
            "document": self.document,
            "title": self.title,
            "date": {"jalali": self.date.jalali, "gregorian": self.date.gregorian} if self.date else None,
            "pages": list(self.pages) if self.pages else None,
            "time": self.time,
            "heading": self.heading,
            "speaker": self.speaker,
            "start": self.start,
            "end": self.end,
            "rank": self.rank,
            "text": self.text,
            "passages": [{"id": one.id, "start": one.start, "end": one.end} for one in self.passages],
        }


@dataclass(frozen=True, slots=True)
class Context:
    """Text to answer a question from: excerpts with numbered citations, within a budget.

    Attributes:
        question: The question as it was given.
        text: The excerpts, each below its number and citation, with a blank line between two of them.
        excerpts: The excerpts, in the order of the text.
        budget: The budget.
        size: The length of `text` by the same counter; never more than the budget.
        left_out: How many passages were found that did not fit.
        notes: What the caller should know, a sentence for each.
    """

    question: str
    text: str
    excerpts: tuple[Excerpt, ...]
    budget: int
    size: int
    left_out: int = 0
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Excerpt]:
        return iter(self.excerpts)

    def __len__(self) -> int:
        return len(self.excerpts)

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """Return the context as a dictionary that JSON can hold."""
        return {
            "question": self.question,
            "text": self.text,
            "budget": self.budget,
            "size": self.size,
            "left_out": self.left_out,
            "notes": list(self.notes),
            "excerpts": [one.to_dict() for one in self.excerpts],
        }


Cite = Callable[[Excerpt], str]
"""A function that returns the line above an excerpt; an empty one for none."""


def cited(passage: Hit, pages: tuple[int, int] | None = None) -> str:
    """Return where a passage stands, in words and on one line.

    Args:
        passage: The passage.
        pages: Its first and last page; the page of the passage if it is None.
    """
    parts = [f"«{passage.title}»" if passage.title else passage.document]
    if passage.date:
        parts.append(f"{passage.date.jalali} ({passage.date.gregorian})")
    parts += [part for part in (passage.heading, passage.speaker) if part]
    first, last = pages or (passage.page, passage.page)
    if first:
        parts.append(f"page {first}" if first == last else f"pages {first}–{last}")
    if passage.time:
        parts.append(f"at {passage.time}")
    return " ".join(", ".join(parts).split())


def numbered(excerpt: Excerpt) -> str:
    """Return the line above an excerpt: its number in brackets, and its citation."""
    return f"[{excerpt.number}] {excerpt.citation}"


class Packed(NamedTuple):
    """A text that fits into a budget.

    Attributes:
        text: The text.
        excerpts: Its excerpts.
        size: The length of the text.
        left_out: The passages that did not fit.
    """

    text: str
    excerpts: tuple[Excerpt, ...]
    size: int
    left_out: tuple[Hit, ...]


def pack(passages: Sequence[Hit], budget: int, count: Counter, order: Order = "rank", cite: Cite = numbered) -> Packed:
    """Return a text of as many passages as a budget holds: each whole, the best ranks first.

    A passage that does not fit is left out, and shorter ones after it may be taken.

    Args:
        passages: The passages, best first, each once, with the id of the passage after it in `after`.
        budget: The greatest length of the text, with its citations.
        count: The function that tells the length of a text.
        order: The order of the excerpts.
        cite: The function that returns the line above an excerpt.
    """
    known: dict[str, int] = {}

    def length(excerpts: Sequence[Excerpt]) -> int:
        total = 0
        for number, one in enumerate(excerpts):
            block = _block(one, cite) if number == 0 else _BETWEEN + _block(one, cite)
            if block not in known:
                known[block] = counted(count, block)
            total += known[block]
        return total

    taken: list[Hit] = []
    for passage in passages:
        if length(excerpts_of([*taken, passage], order)) <= budget:
            taken.append(passage)
    while True:
        excerpts = excerpts_of(taken, order)
        text = _BETWEEN.join(_block(one, cite) for one in excerpts)
        size = counted(count, text)
        # Tokens may be more where texts meet, so the whole text has the last word.
        if size <= budget or not taken:
            break
        taken.pop()
    if not taken:
        text, size = "", 0
    ids = {one.id for one in taken}
    return Packed(text, excerpts, size, tuple(one for one in passages if one.id not in ids))


def excerpts_of(passages: Sequence[Hit], order: Order) -> tuple[Excerpt, ...]:
    """Return passages as excerpts: those of one document that follow one another are one.

    They stay apart where heading or speaker change, so that each citation says whose words an excerpt has.

    Args:
        passages: The passages, best first, each once.
        order: The order of the excerpts.
    """
    ranks = {one.id: rank for rank, one in enumerate(passages)}
    by_document: defaultdict[str, list[Hit]] = defaultdict(list)
    for one in passages:
        by_document[one.document].append(one)
    runs: list[list[Hit]] = []
    for found in by_document.values():
        found.sort(key=lambda one: (one.start, one.end))
        runs.append([found[0]])
        for one in found[1:]:
            if _continues(runs[-1][-1], one):
                runs[-1].append(one)
            else:
                runs.append([one])
    if order == "rank":
        runs.sort(key=lambda run: min(ranks[one.id] for one in run))
    return tuple(_excerpt(number, run) for number, run in enumerate(runs, 1))


def checked_line(line: object) -> str:
    """Return the line above an excerpt that a function of the caller's made.

    Raises:
        BadArgument: It is no text.
    """
    if not isinstance(line, str):
        raise bad("cite", line, "a function that returns a string")
    return line


def _continues(first: Hit, second: Hit) -> bool:
    follows = bool(first.after) and first.after[0].id == second.id
    return follows and (first.heading, first.speaker) == (second.heading, second.speaker)


def _excerpt(number: int, run: Sequence[Hit]) -> Excerpt:
    parts = [run[0].text]
    for before, one in pairwise(run):
        parts += ["\n" if one.start > before.end else "", one.text]
    return Excerpt(number, "".join(parts), tuple(run), run[0].start, run[-1].end, min(one.rank for one in run))


def _block(excerpt: Excerpt, cite: Cite) -> str:
    line = checked_line(cite(excerpt))
    return f"{line}\n{excerpt.text}" if line else excerpt.text
