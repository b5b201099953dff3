"""Subtitles: SubRip (.srt) and WebVTT (.vtt), read by webvtt-py."""

import io
import re
from collections.abc import Iterator

from jooya.indexer.document import Document, Place
from jooya.indexer.errors import BadInput
from jooya.indexer.readers.source import Item, Source

_FRACTION = re.compile(r"[.,]\d+$")


def read_subtitles(source: Source, text: str) -> Iterator[Item]:
    """One document: what is said, a line for each cue, and when."""
    import webvtt  # noqa: PLC0415 - only those who have subtitles wait for it
    from webvtt.errors import MalformedFileError  # noqa: PLC0415

    form = "vtt" if source.suffix == ".vtt" else "srt"
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
