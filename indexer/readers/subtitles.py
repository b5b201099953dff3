"""Subtitles: SubRip (.srt) and WebVTT (.vtt), read by webvtt-py."""

import io
import re
from collections.abc import Iterator

from ..document import Document, Place
from ..errors import BadInput
from .source import Item, Source

_FRACTION = re.compile(r"[.,]\d+$")
_TIMES = re.compile(r"^.*-->.*$", re.MULTILINE)
_WHOLE_SECONDS = re.compile(r"(?<=\d:\d\d)(?=\s|$)")


def read_subtitles(source: Source, text: str) -> Iterator[Item]:
    """One document: what is said, a line for each cue, and when."""
    import webvtt  # noqa: PLC0415 - only those who have subtitles wait for it
    from webvtt.errors import MalformedFileError  # noqa: PLC0415

    form = "vtt" if source.suffix == ".vtt" else "srt"
    # webvtt-py leaves out what is said at whole seconds, and all of a file that does not begin with a number.
    text = _TIMES.sub(lambda times: _WHOLE_SECONDS.sub(".000" if form == "vtt" else ",000", times[0]), text)
    if form == "srt" and (first := _TIMES.search(text)):
        text = "1\n" + text[first.start() :]
    try:
        cues = webvtt.from_buffer(io.StringIO(text), format=form).captions
    except (MalformedFileError, ValueError, IndexError):
        yield BadInput(f"{source.name}: broken subtitles")
        return
    lines: list[str] = []
    places: list[Place] = []
    offset = 0
    for cue in cues:
        said = cue.text.strip()
        if said:
            places.append(Place(offset, time=_FRACTION.sub("", cue.start)))
            lines.append(said)
            offset += len(said) + 1
    if lines:
        yield Document(source.name, "\n".join(lines), source=source.path, places=tuple(places))
    else:
        yield BadInput(f"{source.name}: no subtitles in it")
