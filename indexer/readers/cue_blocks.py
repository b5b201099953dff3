"""The cues of SubRip (.srt) and WebVTT (.vtt), however they were written.

People and programs write these formats in many ways: with blank lines inside a cue, commas or points in times, tags of
other formats, without numbers. A cue is all that stands between two lines of times, but for the number or the name
that belongs to the second of them. The libraries for these formats drop what they do not expect.
"""

import html
import re
from collections.abc import Iterator

from .cues import Cue

_TIME = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,\u066b](\d{1,3}))?\d*"
_TIMES = re.compile(rf"\A\s*{_TIME}\s*[-–—]+>\s*{_TIME}(?:\s.*)?")
_NOTE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_NUMBER = re.compile(r"\A\s*\d+\s*")
# Tags of HTML and WebVTT, times inside a cue (<00:00:01.000>), and the commands of SubStation ({\an8}) and
# MicroDVD ({y:i}), which players of .srt files obey too.
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<\d+:[\d:.]*>|\{\\[^{}]*\}|\{[A-Za-z]:[^{}]*\}")
_LINE_BREAK = re.compile(r"<br\s*/?>|\\[Nn](?![A-Za-z])", re.IGNORECASE)
_HARD_SPACE = re.compile(r"\\h(?![A-Za-z])")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>|</v>")
_RUBY_BASE_END = re.compile(r"<rt(?:\.[^<>]*)?>")


def read_cues(text: str, *, is_webvtt: bool) -> Iterator[Cue]:
    """Yield the cues of a text in SubRip or WebVTT, in its order."""
    start = end = 0
    block: list[str] = []
    lines = text.lstrip("\ufeff").splitlines()
    is_header, has_times = is_webvtt, False
    for line in _without_notes(lines) if is_webvtt else lines:
        times = _TIMES.fullmatch(line)
        if not times:
            block.append(line)
            continue
        _remove_name(block, is_webvtt=is_webvtt)
        if not is_header:
            yield from _cues_of_block(start, end, block)
        is_header, has_times = False, True
        start, end = _milliseconds(*times.groups()[:4]), _milliseconds(*times.groups()[4:])
        block = []
    if not is_header and has_times:
        yield from _cues_of_block(start, end, block)


def plain_text(text: str) -> str:
    """Return the text of a cue without tags and commands, and with characters in place of references to them."""
    text = _LINE_BREAK.sub("\n", text)
    text = _RUBY_BASE_END.sub(" ", _HARD_SPACE.sub(" ", text))
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), _MARKUP.sub("", text))


def _without_notes(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a WebVTT file that are in no comment or style, each of which ends at a blank line."""
    in_note, after_blank = False, True
    for line in lines:
        in_note = bool(line.strip()) and (in_note or (after_blank and _NOTE.match(line) is not None))
        after_blank = not line.strip()
        if not in_note:
            yield line


def _remove_name(block: list[str], *, is_webvtt: bool) -> None:
    """Remove what names the next cue from the end of a block: a number, or in WebVTT any line after a blank one."""
    if not block or not block[-1].strip():
        return
    follows_blank = len(block) == 1 or not block[-2].strip()
    if (is_webvtt or _NUMBER.fullmatch(block[-1])) and follows_blank:
        block.pop()


def _cues_of_block(start: int, end: int, block: list[str]) -> Iterator[Cue]:
    """Yield a cue for each voice in a block of lines."""
    pieces = _VOICE.split("\n".join(block))
    yield Cue(start, end, plain_text(pieces[0]))
    for speaker, said in zip(pieces[1::2], pieces[2::2], strict=True):
        name = " ".join(plain_text(speaker).split()) if speaker else None
        yield Cue(start, end, plain_text(said), name or None)


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int((fraction or "0").ljust(3, "0"))
