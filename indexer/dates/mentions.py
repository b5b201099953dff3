"""The dates that a text mentions.

- The name of the month tells the calendar. Bare numbers are Jalali or Gregorian, told apart by the year, and lunar only
  if it is said; a word after the year (ه.ش، میلادی، ق) says which calendar it is.
- Numbers go from the year down (1384/9/22) or from the day up (22/9/1384). Gregorian ones may begin with the month, so
  that 12/13/2005 is a day, and 03/04/2005 is left out.
- A year of two digits is Jalali. It stands after the name of a month, or before numbers that allow no other order
  (84/9/22). Its century is the one that puts it between FIRST_YEAR and LAST_YEAR: ۸۴ is 1384 and ۰۱ is 1401, but ۰۵
  could be 1305 or 1405, and is left out.
- The day of the week belongs to a date, fitting or not; which day a lunar date was is settled by it.
- The first and the last of several days (۱ تا ۵ آذر ۱۳۸۴) are no dates.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from .calendars import GREGORIAN_YEARS, JALALI_YEARS, LUNAR_YEARS, Calendar, day_in
from .grammar import Grammar, grammar, plain

FIRST_YEAR, LAST_YEAR = 1304, 1410
"""Of Jalali years of two digits: from when the calendar became the country's. Bare numbers are left out after the last,
too: no document is of the future, and 1426/11/11 is likelier lunar. The clock has no say in it, so that a text has the
same date whenever it is read; a release may raise it."""

_YEARS: dict[Calendar, range] = {"jalali": JALALI_YEARS, "gregorian": GREGORIAN_YEARS, "lunar": LUNAR_YEARS}
_YEAR = re.compile(r"\d\d")
_DIGITS = re.compile(r"\d+")
_NEAR = 48  # what patterns of what is before a place have room in: characters
_TIES = " \t-–—،,:|/"


class Mention(NamedTuple):
    """A date: where it stands (offsets in characters), which day it is, and whether the lunar calendar says so."""

    start: int
    end: int
    day: date
    lunar: bool


def mentions(text: str) -> list[Mention]:
    """All dates in `text`, in order; none within another."""
    return _read(text, _in_words, _in_numbers)


def mentions_in_name(text: str) -> list[Mention]:
    """All dates in the name of a file, or in names parted by `/`: also 13840922, 1384_09_22 and 2005-12-13-10-30."""
    return _read(text, _in_words, _in_numbers, _in_names)


def between(text: str, found: list[Mention]) -> Iterator[str]:
    """What is before, between and after the dates `found` in `text`."""
    edges = [0, *(edge for mention in found for edge in (mention.start, mention.end)), len(text)]
    return (text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def untied(text: str) -> str:
    """`text` without what ties it to a date before or after it: brackets, dashes, a label at its end. Nothing is left
    of a label, a day of the week, برابر با and the like."""
    reduced, offsets = plain(text)
    if grammar().around.fullmatch(reduced):
        return ""
    label = grammar().label_before.search(reduced, max(0, len(reduced) - _NEAR))
    return (text[: offsets[label.start()]] if label else text).rstrip(_TIES + "([{").lstrip(_TIES + ")]}")


def _read(text: str, *readers: Callable[[Grammar, str], Iterator[Mention]]) -> list[Mention]:
    if not _YEAR.search(text):
        return []
    reduced, offsets = plain(text)
    found: list[Mention] = []
    for mention in sorted(mention for reader in readers for mention in reader(grammar(), reduced)):
        start, end = offsets[mention.start], offsets[mention.end - 1] + 1
        if not found or start >= found[-1].end:
            found.append(mention._replace(start=start, end=end))
    return found


def _in_words(grammar: Grammar, text: str) -> Iterator[Mention]:
    """Dates with the name of the month."""
    for month in grammar.month.finditer(text):
        calendar, number = grammar.months[month["name"].replace(" ", "")]
        for start, middle, year, day in _around(grammar, text, month, short=calendar == "jalali"):
            end, marked = _tail(grammar, text, middle)
            readings = [_Reading(calendar, year, number, day)] if marked in (None, calendar) else []
            if mention := _settled(grammar, text, start, end, readings, day):
                yield mention
                break


def _around(grammar: Grammar, text: str, month: re.Match[str], *, short: bool) -> Iterator[tuple[int, int, int, int]]:
    """What may be year and day beside the name of a month: start, end, year, day. short: whether the year may have two
    digits."""
    start, end = month.span()
    near = max(0, start - _NEAR)
    if after := grammar.day_year_after.match(text, end):  # December 13, 2005
        yield start, after.end(), int(after["year"]), int(after["day"])
    after = grammar.year_after.match(text, end)
    if after and (before := grammar.day_before.search(text, near, start)):  # 22 آذر 1384
        day = _number(grammar, before["day"])
        if after["year"]:
            yield before.start(), after.end(), int(after["year"]), day
        elif short and (after["said"] or _ends(grammar, text, after.end())) and (year := _full(after["short"])):
            yield before.start(), after.end(), year, day
    after = grammar.day_after.match(text, end)
    if after and (before := grammar.year_before.search(text, near, start)):  # 1384 آذر 22
        yield before.start(), after.end(), int(before["year"]), int(after["day"])


def _ends(grammar: Grammar, text: str, end: int) -> bool:
    """Whether what may be a year of two digits is the last word, and does not count the next: ۵ مهر ۶۰ نفر."""
    return bool(grammar.end_of_phrase.match(text, end) or _tail(grammar, text, end)[1])


def _in_numbers(grammar: Grammar, text: str) -> Iterator[Mention]:
    """Dates of numbers alone."""
    for numbers in grammar.numbers.finditer(text):
        start = numbers.start()
        if grammar.no_date_before.search(text, max(0, start - _NEAR), start):
            continue
        end, marked = _tail(grammar, text, numbers.end())
        first, second, third = numbers.group("first", "second", "third")
        day = int(first) if len(third) == 4 else None
        if mention := _settled(grammar, text, start, end, _orders(first, second, third, marked), day):
            yield mention


def _in_names(grammar: Grammar, text: str) -> Iterator[Mention]:
    """Dates of numbers as names of files have them, the year in front."""
    for numbers in grammar.name_numbers.finditer(text):
        start, mark = numbers.start("date"), numbers["mark"]
        if mark not in (None, "/") and start > 1 and text[start - 1] == mark and text[start - 2].isdecimal():
            continue  # 13-12-2005-10-30 has the year in the middle
        second, third = numbers["second"] or numbers["month"], numbers["third"] or numbers["day"]
        if not mark and numbers["first"][:2] not in ("13", "14", "19", "20"):
            continue  # a number of eight digits
        readings = _orders(numbers["first"], second, third, None)
        if mention := _settled(grammar, text, start, numbers.end(), readings, None):
            yield mention


class _Reading(NamedTuple):
    calendar: Calendar
    year: int
    month: int
    day: int


def _orders(first: str, second: str, third: str, marked: Calendar | None) -> list[_Reading]:
    """What three numbers can be; marked: the calendar that a word after them tells."""
    month = int(second)
    if len(first) == 4 and len(third) <= 2:
        year, day = int(first), int(third)
    elif len(third) == 4 and len(first) <= 2:
        year, day = int(third), int(first)
    elif len(first) == 2 and len(third) <= 2 and not 1 <= int(first) <= 31 and marked in (None, "jalali"):
        year, day = _full(first) or 0, int(third)
    else:
        return []
    calendar = marked or ("jalali" if year in JALALI_YEARS else "gregorian")
    if calendar == "jalali" and not marked and year > LAST_YEAR:
        return []
    readings = [_Reading(calendar, year, month, day)]
    if calendar == "gregorian" and len(third) == 4:
        readings.append(_Reading(calendar, year, day, month))
    return readings


def _full(short: str) -> int | None:
    """The Jalali year of two digits; None if there are two."""
    years = [year for year in range(1300 + int(short), LAST_YEAR + 1, 100) if year >= FIRST_YEAR]
    return years[0] if len(years) == 1 else None


def _tail(grammar: Grammar, text: str, end: int) -> tuple[int, Calendar | None]:
    """Where the date up to `end` really ends, with the time and the word for its calendar, and the calendar."""
    tail = grammar.tail.match(text, end)
    if not tail:
        return end, None
    word = tail["calendar"]
    return tail.end(), grammar.calendars[re.sub("[ .]", "", word)] if word else None


def _settled(
    grammar: Grammar, text: str, start: int, end: int, readings: list[_Reading], first_day: int | None
) -> Mention | None:
    """The date that stands at `start` to `end`, if its readings come down to one day and it is not one of several.
    first_day: the day of the month; None if the year stands in front of it."""
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
    if _in_period(grammar, text, start, end, calendar, first_day):
        return None
    return Mention(start, end, day, calendar == "lunar")


def _in_period(grammar: Grammar, text: str, start: int, end: int, calendar: Calendar, first_day: int | None) -> bool:
    """Whether a date is the first or the last day of several: ۱ تا ۵ آذر ۱۳۸۴، ۱۰ و ۱۱ آذر ۱۳۸۴."""
    near = max(0, start - _NEAR)
    if grammar.until_after.match(text, end) or grammar.until_before.search(text, near, start):
        return True
    other = grammar.other_day_before.search(text, near, start) if first_day else None
    if not other or not first_day:
        return False
    month = other["month"] or other["month_in_front"]
    if month:
        return grammar.months[month.replace(" ", "")][0] == calendar
    return _number(grammar, other["day"]) < first_day


def _number(grammar: Grammar, day: str) -> int:
    """The day of the month, in digits or in words."""
    digits = _DIGITS.match(day)
    return int(digits[0]) if digits else grammar.days[day.replace(" ", "")]


def _day(reading: _Reading) -> date | None:
    if reading.year not in _YEARS[reading.calendar]:
        return None
    try:
        return day_in(*reading)
    except ValueError:
        return None
