"""A document taken apart: stretches of its text that no passage crosses the edges of."""

from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from ..document import Document
from .headings import headings
from .running_headers import furniture
from .speakers import turns
from .verse import Stanza, stanzas
from .words import after_blank


class Part(NamedTuple):
    """The stretch `text[start:end]` of a document's text.

    lead: where the heading or the speaker's name ends that it begins with; `start` if there is none.
    heading: of the section it belongs to. speaker: who says it.
    verse: the stanzas of the poems in it.
    """

    start: int
    end: int
    lead: int
    heading: str | None
    speaker: str | None
    verse: list[Stanza]


class _Edge(NamedTuple):
    """Where another part begins. kind: with a `heading` or a `turn` of a speaker, which ends at `end`, or after
    something that is `left out` and ends there. says: the heading, or the speaker's name."""

    start: int
    end: int
    kind: str
    says: str | None = None


def parts(document: Document) -> Iterator[Part]:
    """The parts of `document`, in order, from its body on. They hold all its text but white space and the furniture of
    pages."""
    text, begin = document.text, document.body
    recording = bool(document.places) and document.places[0].time is not None
    start = lead = begin
    heading = speaker = None
    opened = False  # whether what ends at `lead` is a heading

    def part(end: int) -> Iterator[Part]:
        if after_blank(text, start) < end:
            yield Part(start, end, lead, heading, speaker, [] if recording else stanzas(text, lead, end))

    for edge in _edges(document, recording=recording):
        if edge.start < lead:  # a name in a heading
            continue
        if edge.kind == "turn":
            if not (opened and after_blank(text, lead) == edge.start):
                yield from part(edge.start)
                start = edge.start
            speaker = edge.says
        else:
            yield from part(edge.start)
            start = edge.end if edge.kind == "left out" else edge.start
            if edge.kind == "heading":
                heading, speaker = edge.says, None
        lead = edge.end
        opened = edge.kind == "heading"
    yield from part(len(text))


def _edges(document: Document, *, recording: bool) -> list[_Edge]:
    """Where parts begin, in order. A recording has no pages, and its lines are not those of a writer."""
    text, begin = document.text, document.body
    said = turns(text, begin)
    edges: list[_Edge] = []
    if document.sections is not None:
        for section in document.sections:
            start = max(section.start, begin)
            edges.append(_Edge(start, _heading_end(text, start, section.heading), "heading", section.heading))
    elif not recording and text.find("\n", begin) >= 0:
        left_out = furniture(text, begin)
        edges += [_Edge(*span, "left out") for span in left_out]
        edges += [_Edge(*found[:2], "heading", found.text) for found in headings(text, begin, left_out, prose=not said)]
    edges += [_Edge(*turn[:2], "turn", turn.name) for turn in said]
    return sorted(edges, key=attrgetter("start")) if len(edges) > 1 else edges


def _heading_end(text: str, start: int, heading: str | None) -> int:
    """Where a heading that stands at `start` ends: with its words, or its line."""
    if heading is None:
        return start
    start = after_blank(text, start)
    if text.startswith(heading, start):
        return start + len(heading)
    end = text.find("\n", start)
    return len(text) if end < 0 else end
