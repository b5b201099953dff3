"""Mentions of dates in a text.

- The name of the month determines the calendar. Bare numbers are Jalali or Gregorian, depending on the year, and lunar
  only if that is stated; a word after the year (ه.ش، میلادی، ق) states the calendar.
- Numbers are in the order year, month, day (1384/9/22) or day, month, year (22/9/1384). Gregorian ones may begin with
  the month, so that 12/13/2005 is a day, and 03/04/2005 is ambiguous and left out.
- A year of two digits is Jalali. It stands after the name of a month, or before numbers that allow no other order
  (84/9/22). Its century is the one that puts it between FIRST_YEAR and LAST_YEAR: ۸۴ is 1384 and ۰۱ is 1401, but ۰۵
  could be 1305 or 1405, and is left out.
- The name of a day of the week before a date belongs to it, even if it is the wrong one. A lunar date may be a day off:
  the day of the week then decides which day it is.
- The first and the last of several days (۱ تا ۵ آذر ۱۳۸۴) are not dates.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from .calendars import GREGORIAN_YEARS, JALALI_YEARS, LUNAR_YEARS, Calendar, day_in
from .grammar import Grammar, grammar, normalize_text

FIRST_YEAR, LAST_YEAR = 1304, 1410
"""The range of Jalali years that may be written with two digits.

It begins when the calendar became the official one. Bare numbers with a later year are left out, too: no document is
from the future, and 1426/11/11 is more likely lunar. The range does not depend on the clock, so that a text has the
same date whenever it is read; a release may extend it.
"""

_YEARS: dict[Calendar, range] = {"jalali": JALALI_YEARS, "gregorian": GREGORIAN_YEARS, "lunar": LUNAR_YEARS}
_YEAR = re.compile(r"\d\d")
_DIGITS = re.compile(r"\d+")
_NEAR = 48  # characters before an offset, in which the patterns of what precedes it are searched for
_CONNECTORS = " \t-–—،,:|/"


class Mention(NamedTuple):
    """A mention of a date.

    Attributes:
        start: The offset of its start, in characters.
        end: The offset of its end.
        day: The day, as a Gregorian date.
        lunar: True if it is stated in the lunar calendar.
    """

    start: int
    end: int
    day: date
    lunar: bool


def find_mentions(text: str) -> list[Mention]:
    """Return all dates in `text`, in order; no two of them overlap."""
    return _found(text, _in_words, _in_numbers)


def find_mentions_in_name(text: str) -> list[Mention]:
    """Return all dates in the name of a file, or in names separated by `/`.

    These include 13840922, 1384_09_22 and 2005-12-13-10-30.
    """
    return _found(text, _in_words, _in_numbers, _in_names)


def text_between(text: str, found: list[Mention]) -> Iterator[str]:
    """Yield the pieces of `text` before, between and after the dates `found`."""
    edges = [0, *(edge for mention in found for edge in (mention.start, mention.end)), len(text)]
    return (text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def strip_connectors(text: str) -> str:
    """Return `text` without what connects it to a date before or after it: brackets, dashes, a label at its end.

    Nothing is left of a label, a day of the week, برابر با and the like.
    """
    reduced, offsets = normalize_text(text)
    if grammar().around.fullmatch(reduced):
        return ""
    label = grammar().label_before.search(reduced, max(0, len(reduced) - _NEAR))
    return (text[: offsets[label.start()]] if label else text).rstrip(_CONNECTORS + "([{").lstrip(_CONNECTORS + ")]}")


def _found(text: str, *finders: Callable[[Grammar, str], Iterator[Mention]]) -> list[Mention]:
    """Return the dates that `finders` find in `text`, with offsets into it; of dates that overlap, the first."""
    if not _YEAR.search(text):
        return []
    reduced, offsets = normalize_text(text)
    found: list[Mention] = []
    for mention in sorted(mention for finder in finders for mention in finder(grammar(), reduced)):
        start, end = offsets[mention.start], offsets[mention.end - 1] + 1
        if not found or start >= found[-1].end:
            found.append(mention._replace(start=start, end=end))
    return found


def _in_words(grammar: Grammar, text: str) -> Iterator[Mention]:
    """Yield the dates with the name of a month."""
    for month in grammar.month.finditer(text):
        calendar, number = grammar.months[month["name"].replace(" ", "")]
        for start, middle, year, day in _around(grammar, text, month, allow_short_year=calendar == "jalali"):
            end, stated = _tail(grammar, text, middle)
            readings = [_Reading(calendar, year, number, day)] if stated in (None, calendar) else []
            if mention := _mention(grammar, text, start, end, readings, day):
                yield mention
                break


def _around(
    grammar: Grammar, text: str, month: re.Match[str], *, allow_short_year: bool
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the start, the end, the year and the day of what may be a date with the name of this month.

    Args:
        grammar: The grammar.
        text: The normalized text.
        month: The match of the name.
        allow_short_year: True if the year may have two digits.
    """
    start, end = month.span()
    near = max(0, start - _NEAR)
    if after := grammar.day_year_after.match(text, end):  # December 13, 2005
        yield start, after.end(), int(after["year"]), int(after["day"])
    after = grammar.year_after.match(text, end)
    if after and (before := grammar.day_before.search(text, near, start)):  # 22 آذر 1384
        day = _day_number(grammar, before["day"])
        if after["year"]:
            yield before.start(), after.end(), int(after["year"]), day
        elif (
            allow_short_year
            and (after["said"] or _is_last_word(grammar, text, after.end()))
            and (year := _full_year(after["short"]))
        ):
            yield before.start(), after.end(), year, day
    after = grammar.day_after.match(text, end)
    if after and (before := grammar.year_before.search(text, near, start)):  # 1384 آذر 22
        yield before.start(), after.end(), int(before["year"]), int(after["day"])


def _is_last_word(grammar: Grammar, text: str, end: int) -> bool:
    """Return True if what may be a year of two digits is not the number of things in the next word: ۵ مهر ۶۰ نفر."""
    return bool(grammar.end_of_phrase.match(text, end) or _tail(grammar, text, end)[1])


def _in_numbers(grammar: Grammar, text: str) -> Iterator[Mention]:
    """Yield the dates of numbers alone."""
    for numbers in grammar.numbers.finditer(text):
        start = numbers.start()
        if grammar.no_date_before.search(text, max(0, start - _NEAR), start):
            continue
        end, stated = _tail(grammar, text, numbers.end())
        first, second, third = numbers.group("first", "second", "third")
        day = int(first) if len(third) == 4 else None
        if mention := _mention(grammar, text, start, end, _readings(first, second, third, stated), day):
            yield mention


def _in_names(grammar: Grammar, text: str) -> Iterator[Mention]:
    """Yield the dates of numbers as names of files have them, with the year in front."""
    for numbers in grammar.name_numbers.finditer(text):
        start, mark = numbers.start("date"), numbers["mark"]
        if mark not in (None, "/") and start > 1 and text[start - 1] == mark and text[start - 2].isdecimal():
            continue  # 13-12-2005-10-30 has the year in the middle
        second, third = numbers["second"] or numbers["month"], numbers["third"] or numbers["day"]
        if not mark and numbers["first"][:2] not in ("13", "14", "19", "20"):
            continue  # a number of eight digits that is no date
        readings = _readings(numbers["first"], second, third, None)
        if mention := _mention(grammar, text, start, numbers.end(), readings, None):
            yield mention


class _Reading(NamedTuple):
    """One way to read the numbers of a date."""

    calendar: Calendar
    year: int
    month: int
    day: int


def _readings(first: str, second: str, third: str, stated: Calendar | None) -> list[_Reading]:
    """Return the ways to read three numbers; `stated` is the calendar that a word after them states."""
    month = int(second)
    if len(first) == 4 and len(third) <= 2:
        year, day = int(first), int(third)
    elif len(third) == 4 and len(first) <= 2:
        year, day = int(third), int(first)
    elif len(first) == 2 and len(third) <= 2 and not 1 <= int(first) <= 31 and stated in (None, "jalali"):
        year, day = _full_year(first) or 0, int(third)
    else:
        return []
    calendar = stated or ("jalali" if year in JALALI_YEARS else "gregorian")
    if calendar == "jalali" and not stated and year > LAST_YEAR:
        return []
    readings = [_Reading(calendar, year, month, day)]
    if calendar == "gregorian" and len(third) == 4:
        readings.append(_Reading(calendar, year, day, month))
    return readings


def _full_year(short: str) -> int | None:
    """Return the Jalali year of two digits; None if it is ambiguous."""
    years = [year for year in range(1300 + int(short), LAST_YEAR + 1, 100) if year >= FIRST_YEAR]
    return years[0] if len(years) == 1 else None


def _tail(grammar: Grammar, text: str, end: int) -> tuple[int, Calendar | None]:
    """Return the end of a date with its time and the word for its calendar, and this calendar.

    Args:
        grammar: The grammar.
        text: The normalized text.
        end: The end of the date without them.
    """
    tail = grammar.tail.match(text, end)
    if not tail:
        return end, None
    word = tail["calendar"]
    return tail.end(), grammar.calendars[re.sub("[ .]", "", word)] if word else None


def _mention(
    grammar: Grammar, text: str, start: int, end: int, readings: list[_Reading], first_day: int | None
) -> Mention | None:
    """Return the date at `start` to `end`, if its readings agree on one day and it is not the first or last of several.

    Args:
        grammar: The grammar.
        text: The normalized text.
        start: The start of the date.
        end: The end of the date.
        readings: The ways to read it.
        first_day: The day of the month, if the date begins with it; otherwise None.
    """
    days = {day for reading in readings if (day := _day(reading))}
    if len(days) != 1:
        return None
    (day,) = days
    calendar = readings[0].calendar
    if weekday := grammar.weekday_before.search(text, max(0, start - _NEAR), start):
        start = weekday.start()
        number = grammar.weekdays[weekday["name"].replace(" ", "")]
        near = (day + timedelta(days=off) for off in (0, 1, -1))
        day = next((one for one in near if calendar == "lunar" and one.weekday() == number), day)
    if _is_in_period(grammar, text, start, end, calendar, first_day):
        return None
    return Mention(start, end, day, calendar == "lunar")


def _is_in_period(grammar: Grammar, text: str, start: int, end: int, calendar: Calendar, first_day: int | None) -> bool:
    """Return True if a date is the first or the last of several days: ۱ تا ۵ آذر ۱۳۸۴، ۱۰ و ۱۱ آذر ۱۳۸۴."""
    near = max(0, start - _NEAR)
    if grammar.until_after.match(text, end) or grammar.until_before.search(text, near, start):
        return True
    other = grammar.other_day_before.search(text, near, start) if first_day else None
    if not other or not first_day:
        return False
    month = other["month"] or other["month_in_front"]
    if month:
        return grammar.months[month.replace(" ", "")][0] == calendar
    return _day_number(grammar, other["day"]) < first_day


def _day_number(grammar: Grammar, day: str) -> int:
    """Return the day of the month, written in digits or in words."""
    digits = _DIGITS.match(day)
    return int(digits[0]) if digits else grammar.days[day.replace(" ", "")]


def _day(reading: _Reading) -> date | None:
    """Return the day of a reading; None if there is no such day."""
    if reading.year not in _YEARS[reading.calendar]:
        return None
    try:
        return day_in(*reading)
    except ValueError:
        return None
