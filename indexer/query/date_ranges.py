"""Parsing the days and periods of `date:`: 1384, 1384-09..1385, 2005-12-13."""

import re
from datetime import date

from ...analyzers.characters import align
from ..dates.calendars import GREGORIAN_YEARS, JALALI_YEARS, day_in
from .tree import DateRangeNode

_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_EARLIEST, _LATEST = date.min.toordinal(), date.max.toordinal()


class BadDateRange(ValueError):
    """Raised for a text that is no date range; the message says why."""


def parse_date_range(text: str) -> DateRangeNode:
    """Return the days of a year, a month, a day, or a range `A..B` of these, of which one end may be left out.

    The year tells whether a date is Jalali or Gregorian.

    Raises:
        BadDateRange: If `text` is no date range.
    """
    low, dots, high = align(text).partition("..")
    if not dots:
        return DateRangeNode(*_days(low))
    if not low and not high:
        raise BadDateRange("a date range needs a beginning or an end")
    found = DateRangeNode(_days(low)[0] if low else _EARLIEST, _days(high)[1] if high else _LATEST)
    if found.first > found.last:
        raise BadDateRange("the date range ends before it begins")
    return found


def _days(text: str) -> tuple[int, int]:
    """Return the first and the last day of a year, month or day, as proleptic Gregorian ordinals."""
    match = _DATE.fullmatch(text)
    if not match:
        raise BadDateRange("a date is YEAR, YEAR-MONTH or YEAR-MONTH-DAY")
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    if year not in JALALI_YEARS and year not in GREGORIAN_YEARS:
        raise BadDateRange(f"{year} is no Jalali or Gregorian year")
    try:
        first = _ordinal(year, month, day)
        if match[3]:
            return first, first
        # The last day is the one before the next year or month begins.
        after = (year + 1, 1) if not match[2] or month == 12 else (year, month + 1)
        return first, _ordinal(*after, 1, like=year) - 1
    except ValueError:
        raise BadDateRange("there is no such day") from None


def _ordinal(year: int, month: int, day: int, like: int | None = None) -> int:
    """Return the ordinal of a day.

    Args:
        year: The year.
        month: The month, from 1.
        day: The day, from 1.
        like: The year that tells the calendar, if it is not `year` itself: the year after 1699, the last that is
            taken for a Jalali one, is Jalali, too.
    """
    return day_in("jalali" if (like or year) in JALALI_YEARS else "gregorian", year, month, day).toordinal()
