"""Periods: the days of a year, a month or a day, and ranges of these: 1384, آبان ۱۳۹۹, 1384-09..1385, >1399."""

import re
from datetime import date

from ...analyzers.characters import align
from .calendars import GREGORIAN_YEARS, JALALI_YEARS, LUNAR_YEARS, Calendar, day_in

_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_NAMED = re.compile(r"(?P<month>[^\W\d_](?:[\w ]{0,30}[^\W\d_])?)\s*(?P<year>\d{4})")

COMPARISON = re.compile(r"[<>]=?")
"""The sign before a value from which on, or up to which, values are meant."""

SIGNS = str.maketrans({"≤": "<=", "≥": ">="})
"""The signs of one character that stand for these."""

EARLIEST, LATEST = date.min.toordinal(), date.max.toordinal()

Period = tuple[int, int]
"""The first and the last day, as proleptic Gregorian ordinals (`datetime.date.toordinal`)."""


class BadPeriod(ValueError):
    """Raised for a text that is no period; the message says why."""


def parse_range(text: str) -> Period:
    """Return the days of a period, a range `A..B` of which one end may be left out, or a comparison such as `>1399`.

    The year, or the name of the month, tells the calendar.

    Raises:
        BadPeriod: If `text` is none of these.
    """
    text = align(text).translate(SIGNS).strip()
    if sign := COMPARISON.match(text):
        first, last = parse_period(text[sign.end() :])
        found = {">": (last + 1, LATEST), ">=": (first, LATEST), "<": (EARLIEST, first - 1), "<=": (EARLIEST, last)}
        return found[sign[0]]
    low, dots, high = text.partition("..")
    if not dots:
        return parse_period(low)
    if not low.strip() and not high.strip():
        raise BadPeriod("a date range needs a beginning or an end")
    first = parse_period(low)[0] if low.strip() else EARLIEST
    last = parse_period(high)[1] if high.strip() else LATEST
    if first > last:
        raise BadPeriod("the date range ends before it begins")
    return first, last


def parse_period(text: str) -> Period:
    """Return the first and the last day of a year, a month or a day.

    Raises:
        BadPeriod: If `text` is none of these.
    """
    text = align(text).strip()
    if match := _DATE.fullmatch(text):
        year, month, day = (None if part is None else int(part) for part in match.groups())
        assert year is not None
        if year not in JALALI_YEARS and year not in GREGORIAN_YEARS:
            raise BadPeriod(f"{year} is no Jalali or Gregorian year")
        return _days("jalali" if year in JALALI_YEARS else "gregorian", year, month, day)
    if found := _named_month(text) or _whole_date(text):
        return found
    raise BadPeriod("a date is YEAR, YEAR-MONTH or YEAR-MONTH-DAY")


def _named_month(text: str) -> Period | None:
    """Return the days of a month that is named, as in آبان ۱۳۹۹."""
    match = _NAMED.fullmatch(text)
    if not match:
        return None
    from .grammar import grammar, spelling_key  # noqa: PLC0415 - only names of months wait for it

    named = grammar().month.fullmatch(match["month"])
    if not named:
        return None
    calendar, month = grammar().months[spelling_key(named["name"])]
    year = int(match["year"])
    if year not in {"jalali": JALALI_YEARS, "gregorian": GREGORIAN_YEARS, "lunar": LUNAR_YEARS}[calendar]:
        raise BadPeriod(f"{year} is no {calendar.capitalize() if calendar != 'lunar' else calendar} year")
    return _days(calendar, year, month)


def _whole_date(text: str) -> Period | None:
    from .parsing import parse_date  # noqa: PLC0415 - as above

    found = parse_date(text)
    if found is None:
        return None
    day = date.fromisoformat(found.gregorian).toordinal()
    return day, day


def _days(calendar: Calendar, year: int, month: int | None = None, day: int | None = None) -> Period:
    """Return the days of a year, or of a month or day in it."""
    try:
        first = day_in(calendar, year, 1 if month is None else month, 1 if day is None else day).toordinal()
        if day is not None:
            return first, first
        # The last day is the one before the next year or month begins.
        after = (year + 1, 1) if month in (None, 12) else (year, (month or 0) + 1)
        if calendar == "lunar" and after[0] not in LUNAR_YEARS:
            return first, first + (28 if month else 353)
        return first, day_in(calendar, *after, 1).toordinal() - 1
    except ValueError:
        raise BadPeriod("there is no such day") from None
