"""Plain text (.txt)."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ..dates.parsing import Date, sole_date, split_date
from ..document import Document
from .source import Item, Source

_LONGEST_TITLE = 30  # words
_SENTENCE_MARKS = tuple(".!?؟…")
_HEAD_LINES, _HEAD_LENGTH = 5, 2000  # lines that are not blank; characters

_INK = re.compile(r"\S")


def read_text(source: Source, text: str) -> Iterator[Item]:
    """One document, with the title of a first line that stands alone, and the date that this tells, or a line near it
    that is nothing but a date."""
    title, date, body = _heading(text)
    yield Document(source.name, text, title, date, body, source.path)


class _Line(NamedTuple):
    """A line of the head, and the date that it tells. rest: what is left of it without. end: its end in the text. last:
    whether a blank one follows."""

    text: str
    rest: str
    date: Date | None
    end: int
    last: bool

    @property
    def is_date(self) -> bool:
        return not self.rest


def _heading(text: str) -> tuple[str | None, Date | None, int]:
    """Title and date of a text, and the offset where the rest begins."""
    head = _head(text)
    dates = [line for line in head if line.is_date]
    date = sole_date(" | ".join(line.text for line in dates))
    title = _title(text, head)
    if not title:
        return None, date, 0
    # A date in a line of its own is that of the text; another one in the title is what the text is about.
    if not dates:
        date = title.date
    return re.sub(r"\s+", " ", title.rest if title.date == date else title.text), date, title.end


def _title(text: str, head: list[_Line]) -> _Line | None:
    """The first line of the head that is no date, if it stands alone: a blank line or a date follows, and then more."""
    for number, line in enumerate(head):
        if not line.is_date:
            alone = line.last or any(following.is_date for following in head[number + 1 : number + 2])
            return line if alone and _INK.search(text, line.end) else None
    return None


def _head(text: str) -> list[_Line]:
    """The first lines of a text, up to the first of running prose."""
    begin = _INK.search(text)
    if not begin:
        return []
    lines: list[_Line] = []
    offset = begin.start()
    pieces = [*text[offset : offset + _HEAD_LENGTH].split("\n"), ""]
    if offset + _HEAD_LENGTH < len(text):
        del pieces[-2:]  # cut short
    for piece, following in pairwise(pieces):
        if written := piece.strip():
            rest, date = split_date(written)
            if rest and (written.endswith(_SENTENCE_MARKS) or len(written.split()) > _LONGEST_TITLE):
                break
            lines.append(_Line(written, rest, date, offset + len(piece), not following.strip()))
        if len(lines) == _HEAD_LINES:
            break
        offset += len(piece) + 1
    return lines
