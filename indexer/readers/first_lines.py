"""The title and the date in the first lines of a text that has no markup."""

import re
from itertools import pairwise
from typing import NamedTuple

from ..dates.parsing import Date, sole_date, split_date

_MAX_TITLE_WORDS = 30
_SENTENCE_MARKS = tuple(".!?؟…")
_HEAD_LINES, _HEAD_LENGTH = 5, 2000  # the head is so many lines, blank ones not counted, and characters

_INK = re.compile(r"\S")


class _HeadLine(NamedTuple):
    """A line of the head of a text.

    Attributes:
        text: The line without the white space around it.
        rest: What remains of it without the date that it states.
        date: This date, if there is one.
        end: The offset of its end in the text.
        last: True if a blank line follows.
    """

    text: str
    rest: str
    date: Date | None
    end: int
    last: bool

    @property
    def is_date(self) -> bool:
        return not self.rest


def title_and_date(text: str) -> tuple[str | None, Date | None, int]:
    """Return the title and the date of a text, and the offset in characters at which the rest begins.

    The title is a first line that stands alone. The date is stated by a line near the beginning that is nothing but a
    date, or else by the title.
    """
    head = _head(text)
    dates = [line for line in head if line.is_date]
    date = sole_date(" | ".join(line.text for line in dates))
    title = _title(text, head)
    if not title:
        return None, date, 0
    # A date on a line of its own is the date of the text; another date in the title is the subject of the text.
    if not dates:
        date = title.date
    return re.sub(r"\s+", " ", title.rest if title.date == date else title.text), date, title.end


def _title(text: str, head: list[_HeadLine]) -> _HeadLine | None:
    """Return the first line that is no date, if a blank line or a date follows it, and then more text."""
    for number, line in enumerate(head):
        if not line.is_date:
            alone = line.last or any(following.is_date for following in head[number + 1 : number + 2])
            return line if alone and _INK.search(text, line.end) else None
    return None


def _head(text: str) -> list[_HeadLine]:
    """Return the first lines of a text, up to the first line of running prose."""
    begin = _INK.search(text)
    if not begin:
        return []
    lines: list[_HeadLine] = []
    offset = begin.start()
    pieces = [*text[offset : offset + _HEAD_LENGTH].split("\n"), ""]
    if offset + _HEAD_LENGTH < len(text):
        del pieces[-2:]  # the last line is cut short
    for piece, following in pairwise(pieces):
        if written := piece.strip():
            rest, date = split_date(written)
            if rest and (written.endswith(_SENTENCE_MARKS) or len(written.split()) > _MAX_TITLE_WORDS):
                break
            lines.append(_HeadLine(written, rest, date, offset + len(piece), not following.strip()))
        if len(lines) == _HEAD_LINES:
            break
        offset += len(piece) + 1
    return lines
