"""Exports of chats from WhatsApp: text files, in the forms of its programs for Android and iOS.

The form of dates is that of the phone: the Gregorian or the Jalali calendar, the month or the day first, Persian or
Latin digits, 24 hours or 12.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ...analyzers.characters import fold
from ...analyzers.data_tables import table_rows
from ..dates.calendars import day_in
from .chats import Message, chat_documents, or_error
from .source import Item, Source

_DATA = Path(__file__).parent.parent / "data"
# Possessive, since several in a row would be tried in all divisions.
_MARKS = "[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]*+"
_SPACE = "[ \u00a0\u202f]"
_DAY = r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})"
_CLOCK = rf"(\d{{1,2}})[:.٫](\d{{2}})(?:[:.٫](\d{{2}}))?(?:{_SPACE}?(?P<half>[APap]\.?{_SPACE}?[Mm]\.?|[قب]\.?{_SPACE}?ظ\.?|(?:قبل|بعد)[ \u200c]?از[ \u200c]?ظهر))?"  # noqa: E501
_HEADER = re.compile(
    rf"\A{_MARKS}\[?{_MARKS}{_DAY}{_MARKS}[,،]?{_MARKS}{_SPACE}*{_MARKS}{_CLOCK}{_MARKS}(?:\]{_SPACE}*|{_SPACE}+[-–]{_SPACE}+){_MARKS}"
)
_SENDER = re.compile(r"([^:\n]{1,100}?):(?: |$)", re.MULTILINE)
_HEAD = 20  # lines, in which the first message has to stand
_LONGEST_NOTICE = 300  # characters, with the name of a file
_TITLE = re.compile(r"(?:WhatsApp Chat with |WhatsApp Chat - |گپ واتساپ با |گفتگوی واتساپ با |چت واتساپ با )(.+)")
_JALALI_YEARS = range(1300, 1500)
_ORDERS = ((0, 1), (1, 0))  # where the month and the day stand, if the year stands last


class _Entry(NamedTuple):
    """An entry of the file, of which the date still has to be understood."""

    numbers: tuple[int, int, int]
    at: time
    rest: str


def is_whatsapp_export(text: str) -> bool:
    """Return True if a text is an export of a chat: one of its first lines begins as a message does."""
    lines = text[:5_000].split("\n")[:_HEAD]
    found = [match for line in lines if (match := _HEADER.match(line))]
    return bool(found) and any(_SENDER.match(match.string, match.end()) for match in found)


def read_whatsapp(source: Source, text: str) -> Iterator[Item]:
    """Yield the documents of an export."""
    entries = list(_entries(text))
    dates = _days([entry.numbers for entry in entries])
    name = PurePosixPath(source.inside or source.path.name).stem
    title = _TITLE.fullmatch(name)
    messages = (
        Message(str(number), sender, datetime.combine(day, entry.at) if day else None, said)
        for number, (entry, day) in enumerate(zip(entries, dates, strict=True), 1)
        for sender, said in _sender_and_text(entry.rest)
    )
    yield from or_error(source, chat_documents(source, title[1].strip() if title else None, messages))


def _entries(text: str) -> Iterator[_Entry]:
    """Yield the entries; lines that begin none go on with the one before."""
    header: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.splitlines():
        found = _HEADER.match(line)
        if not found:
            lines.append(line)
            continue
        if header and (entry := _entry(header, lines)):
            yield entry
        header, lines = found, [line[found.end() :]]
    if header and (entry := _entry(header, lines)):
        yield entry


def _entry(header: re.Match[str], lines: list[str]) -> _Entry | None:
    numbers = int(header[1]), int(header[2]), int(header[3])
    hour, minute, second = int(header[4]), int(header[5]), int(header[6] or 0)
    half = header["half"]
    if half:
        is_second = half[0] in "pPب"
        hour = hour % 12 + 12 * is_second
    if hour > 23 or minute > 59 or second > 59:
        return None
    return _Entry(numbers, time(hour, minute, second), "\n".join(lines))


def _sender_and_text(rest: str) -> Iterator[tuple[str, str]]:
    """Yield the sender of an entry and what he wrote, unless it is a notice or stands for a picture."""
    sender = _SENDER.match(rest)
    if sender:
        said = rest[sender.end() :]
        kept = [line for line in said.split("\n") if not _is_notice(line)]
        yield sender[1].strip(" \u200e\u200f\u202a\u202b\u202c~"), "\n".join(kept)


def _is_notice(line: str) -> bool:
    plain = line.strip(" \u200e\u200f\u202a\u202b\u202c<>.[]")
    return len(plain) <= _LONGEST_NOTICE and _notices().fullmatch(fold(plain)) is not None


@cache
def _notices() -> re.Pattern[str]:
    """Return the pattern of what WhatsApp writes in place of pictures and of deleted messages."""
    notices = (re.escape(fold(notice)).replace(r"\*", ".*") for (notice,) in table_rows("chat_notices.tsv", _DATA))
    return re.compile("|".join(notices), re.IGNORECASE)


def _days(found: list[tuple[int, int, int]]) -> list[date | None]:
    """Return the days that dates state, all in the same order of year, month and day.

    If the month or the day may stand first, that order is taken by which all dates are days, or else by which they
    follow one another, and are nearer to one another: a chat goes on from day to day.
    """
    if any(numbers[0] > 31 for numbers in found):
        return [_day(*numbers) for numbers in found]
    readings = [[_day(numbers[2], numbers[month], numbers[day]) for numbers in found] for month, day in _ORDERS]
    return min(readings, key=_strangeness)


def _strangeness(days: list[date | None]) -> tuple[int, int, int]:
    known = [day for day in days if day]
    backwards = sum(later < earlier for earlier, later in pairwise(known))
    span = (max(known) - min(known)).days if known else 0
    return len(days) - len(known), backwards, span


def _day(year: int, month: int, day: int) -> date | None:
    """Return a day of the calendar that its year is of. Two digits are of this century, Gregorian."""
    if year < 100:
        year += 2000
    try:
        return day_in("jalali", year, month, day) if year in _JALALI_YEARS else date(year, month, day)
    except ValueError:
        return None
