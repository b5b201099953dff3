"""Days and periods as they are typed: 1384, 1384-09..1385, 2005-12-13."""

import re
from datetime import date

from ...analyzers.characters import align
from ..dates.calendars import GREGORIAN_YEARS, JALALI_YEARS, day_in
from .tree import Period

_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_EARLIEST, _LATEST = date.min.toordinal(), date.max.toordinal()


class BadPeriod(ValueError):
    """No period; the message says why."""


def period(text: str) -> Period:
    """The days from the first to the last of a year, a month or a day, or from one such to another (`A..B`; either may
    be left out). Jalali and Gregorian are told apart by the year.

    Raises BadPeriod.
    """
    low, dots, high = align(text).partition("..")
    if not dots:
        return Period(*_span(low))
    if not low and not high:
        raise BadPeriod("a period has a beginning or an end")
    found = Period(_span(low)[0] if low else _EARLIEST, _span(high)[1] if high else _LATEST)
    if found.first > found.last:
        raise BadPeriod("the period ends before it begins")
    return found


def _span(text: str) -> tuple[int, int]:
    match = _DATE.fullmatch(text)
    if not match:
        raise BadPeriod("a date is a year, YEAR-MONTH or YEAR-MONTH-DAY")
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    if year not in JALALI_YEARS and year not in GREGORIAN_YEARS:
        raise BadPeriod(f"no Jalali or Gregorian year {year}")
    try:
        first = _ordinal(year, month, day)
        if match[3]:
            return first, first
        # The day before the next year or month begins.
        after = (year + 1, 1) if not match[2] or month == 12 else (year, month + 1)
        return first, _ordinal(*after, 1, like=year) - 1
    except ValueError:
        raise BadPeriod("there is no such day") from None


def _ordinal(year: int, month: int, day: int, like: int | None = None) -> int:
    """`like`: the year that tells the calendar, if not this one (1699 is followed by a Jalali year all the same)."""
    return day_in("jalali" if (like or year) in JALALI_YEARS else "gregorian", year, month, day).toordinal()
