"""Subtitles: SubRip (.srt) and WebVTT (.vtt), read by webvtt-py."""

import io
import re
from collections.abc import Iterator

import webvtt
from webvtt.errors import MalformedFileError

from ..document import Document, Place
from ..errors import BadInput
from .source import Item, Source

_FRACTION = re.compile(r"[.,]\d+$")
_CUE_TIMES = re.compile(r"^.*-->.*$", re.MULTILINE)
_WHOLE_SECONDS = re.compile(r"(?<=\d:\d\d)(?=\s|$)")


def read_subtitles(source: Source, text: str) -> Iterator[Item]:
    """Yield one document: a line for the text of each cue, and a place with the time at which it begins."""
    form = "vtt" if source.suffix == ".vtt" else "srt"
    # webvtt-py drops cues with times in whole seconds, and all of an .srt file that does not begin with a number.
    text = _CUE_TIMES.sub(lambda times: _WHOLE_SECONDS.sub(".000" if form == "vtt" else ",000", times[0]), text)
    if form == "srt" and (first := _CUE_TIMES.search(text)):
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
        spoken = cue.text.strip()
        if spoken:
            places.append(Place(offset, time=_FRACTION.sub("", cue.start)))
            lines.append(spoken)
            offset += len(spoken) + 1
    if lines:
        yield Document(source.name, "\n".join(lines), source=source.path, places=tuple(places))
    else:
        yield BadInput(f"{source.name}: no subtitles in it")
