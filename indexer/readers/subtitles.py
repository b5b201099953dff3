"""Subtitles: SubRip and WebVTT, and those formats that pysubs2 reads (SubStation Alpha, MicroDVD, SAMI, TTML)."""

import re
import warnings
from collections.abc import Iterator

import pysubs2
from pysubs2.exceptions import Pysubs2Error
from pysubs2.time import TIMESTAMP, timestamp_to_ms

from ..errors import BadInput
from .cue_blocks import plain_text, read_cues
from .cues import Cue, cue_document
from .source import Item, Source

_FORMATS = {".sub": "microdvd", ".smi": "sami", ".sami": "sami", ".ttml": "ttml", ".dfxp": "ttml"}
_EVENT_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_OVERRIDE = re.compile(r"(\{[^{}]*\})")
_LINE_BREAK = re.compile(r"\\[Nn]")
_DRAWING = re.compile(r"\\p(\d)")
_TIME_WITH_COMMA = re.compile(r"(\b(?:begin|end|dur)\s*=\s*[\"'][\d:]+),(\d+)")  # of programs that know SubRip
_FILM = 23.976  # frames in a second, of a MicroDVD file that does not state its rate


def read_subtitles(source: Source, text: str) -> Iterator[Item]:
    """Yield one document: the text of each cue on lines of its own, and a place with the time at which it begins."""
    found: Iterator[Cue | BadInput]
    if source.suffix in (".srt", ".vtt"):
        found = iter(read_cues(text, is_webvtt=text.lstrip("\ufeff \t\r\n").startswith("WEBVTT")))
    elif source.suffix in (".ass", ".ssa"):
        found = _substation_cues(source, text)
    else:
        found = _other_cues(source, text)
    cues: list[Cue] = []
    for item in found:
        if isinstance(item, Cue):
            cues.append(item)
        else:
            yield item
    yield cue_document(source, cues) or BadInput(f"{source.name}: no subtitles in it")


def _substation_cues(source: Source, text: str) -> Iterator[Cue | BadInput]:
    """Yield the cues of SubStation Alpha, and an error for each line that can't be read as one.

    Comments and drawings are left out. Styles are not read, so that a broken one costs nothing.
    """
    fields: tuple[str, ...] = _EVENT_FIELDS
    for number, line in enumerate(text.splitlines(), 1):
        kind, colon, rest = line.strip().partition(":")
        if colon and kind == "Format":
            names = tuple("name" if name == "actor" else name for name in map(str.strip, rest.lower().split(",")))
            fields = names if {"start", "end", "text"} <= set(names) else fields
        elif colon and kind == "Dialogue":
            values = dict(zip(fields, rest.lstrip().split(",", len(fields) - 1), strict=False))
            start, end = (TIMESTAMP.match(values.get(name, "").strip()) for name in ("start", "end"))
            if start and end and "text" in values:
                said = plain_text(_without_overrides(values["text"]))
                speaker = values.get("name", "").strip() or None
                yield Cue(timestamp_to_ms(start.groups()), timestamp_to_ms(end.groups()), said, speaker)
            else:
                yield BadInput(f"{source.name}: line {number} is no subtitle of SubStation Alpha")


def _without_overrides(text: str) -> str:
    """Return a text of SubStation without its commands, and without the drawings that some of them begin."""
    kept: list[str] = []
    is_drawing = False
    for piece in _OVERRIDE.split(_LINE_BREAK.sub("\n", text)):
        if piece.startswith("{") and piece.endswith("}"):
            is_drawing = next((mode != "0" for mode in reversed(_DRAWING.findall(piece))), is_drawing)
        elif not is_drawing:
            kept.append(piece)
    return "".join(kept)


def _other_cues(source: Source, text: str) -> Iterator[Cue | BadInput]:
    try:
        events = _parsed(text, _FORMATS[source.suffix])
    except (
        Pysubs2Error,
        ValueError,
        KeyError,
        AttributeError,
        SyntaxError,
        TypeError,
        OverflowError,
        NotImplementedError,
    ) as error:
        yield BadInput(f"{source.name}: broken subtitles ({' '.join(str(error).split())})")
        return
    for event in events:
        if event.is_text:
            yield Cue(event.start, event.end, plain_text(event.plaintext))


def _parsed(text: str, form: str) -> "pysubs2.SSAFile":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values that are of no account here
        if form == "ttml":
            text = _TIME_WITH_COMMA.sub(r"\1.\2", text)
        # MicroDVD counts frames; a file without its rate on the first line is taken to be a film.
        options = {"fps": _FILM} if form == "microdvd" and "{1}{1}" not in text[:100] else {}
        return pysubs2.SSAFile.from_string(text, form, **options)
