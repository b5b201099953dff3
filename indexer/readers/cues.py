"""Cues, what is said at some time of a recording, and the document that they make."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..document import Document, Place, Section
from .source import Source

_SILENCE = 60_000  # milliseconds without a cue, after which what is said belongs to another scene
_TOUCHING = 100  # milliseconds between two cues of which the second continues the first
_LEAST_ROLLED = 2  # the number of cues that repeat the one before, from which on a file has rolling captions


class Cue(NamedTuple):
    """A text that is said at some time.

    Attributes:
        start: When it appears, in milliseconds.
        end: When it disappears.
        text: What is said, without markup.
        speaker: Who says it, if the format states that.
    """

    start: int
    end: int
    text: str
    speaker: str | None = None


class _Overlap(NamedTuple):
    """The lines that a cue repeats of the one before.

    Attributes:
        lines: The number of its first lines that are the last ones of the other.
        grows: True if the last of these lines has more words than before.
    """

    lines: int
    grows: bool


_NONE = _Overlap(0, grows=False)


def cue_document(source: Source, cues: Iterable[Cue]) -> Document | None:
    """Return the document of some cues, in the order of their times; None if they have no text.

    It has a line (or several) for each cue, and a place with its time. Where someone else speaks, and after a minute
    of silence, a section begins, so that no passage goes on there.
    """
    lines: list[str] = []
    places: list[Place] = []
    sections: list[Section] = []
    offset = 0
    before: Cue | None = None
    spoken = [cue._replace(text=_clean(cue.text)) for cue in cues]
    for cue in without_repeated_lines(sorted((cue for cue in spoken if cue.text), key=lambda cue: cue.start)):
        silence = before is not None and cue.start - before.end > _SILENCE
        if silence or cue.speaker != (before and before.speaker):
            sections.append(Section(offset, speaker=cue.speaker))
        places.append(Place(offset, time=clock(cue.start)))
        lines.append(cue.text)
        offset += len(cue.text) + 1
        before = cue if before is None else cue._replace(end=max(cue.end, before.end))
    if not lines:
        return None
    parts = tuple(sections) or None
    return Document(source.name, "\n".join(lines), source=source.path, places=places, sections=parts)


def without_repeated_lines(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield the cues, without what a cue of rolling captions repeats of the one before.

    Captions that are made while somebody speaks show each line again above the next one (باغبان آمد, then باغبان آمد
    and below it درخت را دید), or grow by a word at a time (باغبان, then باغبان آمد). In other files a repeated line
    was said twice, so only files where most cues repeat are taken to roll.
    """
    lines = [cue.text.split("\n") for cue in cues]
    overlaps = [_NONE, *(_overlap(*pair) for pair in zip(cues, cues[1:], lines, lines[1:], strict=False))]
    rolled = sum(overlap.lines > 0 for overlap in overlaps)
    if rolled < _LEAST_ROLLED or 2 * rolled < len(cues) - 1:
        yield from cues
        return
    last: Cue | None = None  # the next cue may have more of its last line
    for cue, own, overlap in zip(cues, lines, overlaps, strict=True):
        if last and overlap.grows:
            kept = last.text.split("\n")[:-1]
            last = last._replace(text="\n".join([*kept, own[overlap.lines - 1]]))
        if rest := own[overlap.lines :]:
            if last:
                yield last
            last = cue._replace(text="\n".join(rest))
        elif last:
            last = last._replace(end=cue.end)
    if last:
        yield last


def clock(milliseconds: int) -> str:
    """Return a time as HH:MM:SS."""
    seconds = max(milliseconds, 0) // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _overlap(before: Cue, cue: Cue, lines_before: list[str], lines: list[str]) -> _Overlap:
    """Return what a cue repeats of the one before, whose last lines may be its first ones."""
    if cue.start - before.end > _TOUCHING or cue.speaker != before.speaker:
        return _NONE
    for count in range(min(len(lines_before), len(lines)), 0, -1):
        *first, last = lines_before[-count:]
        if first == lines[: count - 1] and f"{lines[count - 1]} ".startswith(f"{last} "):
            return _Overlap(count, lines[count - 1] != last)
    return _NONE


def _clean(text: str) -> str:
    """Return a text without blank lines and the white space around lines."""
    return "\n".join(filter(None, map(str.strip, text.splitlines())))
