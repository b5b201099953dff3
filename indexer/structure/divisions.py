"""Divisions of a document: stretches of its text, such as the turn of a speaker; no passage is in two of them."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Literal, NamedTuple

from ..document import Document
from .headings import find_headings
from .running_headers import running_headers
from .speakers import speaker_turns
from .text_spans import skip_space
from .verse import Stanza, find_stanzas


class Division(NamedTuple):
    """A division of a document: the stretch `text[start:end]` of its text.

    Attributes:
        start: The offset of its start, in characters.
        end: The offset of its end.
        lead: The end of the heading or the speaker's name that it begins with; `start` if there is none.
        heading: The heading of the section that it belongs to.
        speaker: The name of its speaker.
        verse: The stanzas of the poems in it.
    """

    start: int
    end: int
    lead: int
    heading: str | None
    speaker: str | None
    verse: list[Stanza]


class _Boundary(NamedTuple):
    """A boundary, at which another division begins.

    Attributes:
        start: The offset of the heading, of the speaker's label, or of the running header.
        end: The offset at which this ends.
        kind: The kind of the boundary. A running header belongs to no division: the next one begins at its end.
        label: The heading, or the speaker's name.
        speaker: Who speaks from a heading on, where the format states that.
    """

    start: int
    end: int
    kind: Literal["heading", "turn", "running header"]
    label: str | None = None
    speaker: str | None = None


def divide(document: Document) -> Iterator[Division]:
    """Yield the divisions of `document`, in order, from its body on.

    They contain all its text but white space and the running headers of pages.
    """
    text, begin = document.text, document.body
    is_recording = bool(document.places) and document.places[0].time is not None
    start = lead = begin
    heading = speaker = None
    lead_is_heading = False

    def division(end: int) -> Iterator[Division]:
        if skip_space(text, start) < end:
            stanzas = [] if is_recording else find_stanzas(text, lead, end)
            yield Division(start, end, lead, heading, speaker, stanzas)

    for boundary in _boundaries(document, is_recording=is_recording):
        if boundary.start < lead:  # a name inside a heading
            continue
        if boundary.kind == "turn":
            if not (lead_is_heading and skip_space(text, lead) == boundary.start):
                yield from division(boundary.start)
                start = boundary.start
            speaker = boundary.label
        else:
            yield from division(boundary.start)
            start = boundary.end if boundary.kind == "running header" else boundary.start
            if boundary.kind == "heading":
                heading, speaker = boundary.label, boundary.speaker
        lead = boundary.end
        lead_is_heading = boundary.kind == "heading"
    yield from division(len(text))


def _boundaries(document: Document, *, is_recording: bool) -> list[_Boundary]:
    """Return the boundaries, in order. A recording has no pages, and its line breaks are not those of a writer."""
    text, begin = document.text, document.body
    # Where the format states the speakers, a name before a colon (مجری: …) is a part of what they say.
    is_stated = any(section.speaker for section in document.sections or ())
    turns = [] if is_stated else speaker_turns(text, begin)
    boundaries: list[_Boundary] = []
    if document.sections is not None:
        for section in document.sections:
            start = max(section.start, begin)
            end = _heading_end(text, start, section.heading)
            boundaries.append(_Boundary(start, end, "heading", section.heading, section.speaker))
    elif not is_recording and text.find("\n", begin) >= 0:
        excluded = running_headers(text, begin)
        headings = find_headings(text, begin, excluded, in_prose=not turns)
        boundaries += [_Boundary(*span, "running header") for span in excluded]
        boundaries += [_Boundary(found.start, found.end, "heading", found.text) for found in headings]
    boundaries += [_Boundary(turn.start, turn.end, "turn", turn.name) for turn in turns]
    return sorted(boundaries, key=attrgetter("start")) if len(boundaries) > 1 else boundaries


def _heading_end(text: str, start: int, heading: str | None) -> int:
    """Return the end of the heading that stands at `start`: the end of its words, or of its line."""
    if heading is None:
        return start
    start = skip_space(text, start)
    if text.startswith(heading, start):
        return start + len(heading)
    end = text.find("\n", start)
    return len(text) if end < 0 else end
