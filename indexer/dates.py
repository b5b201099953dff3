"""Dates of documents, in both calendars."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from jooya.analyzers.characters import align, fold

JALALI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip

# Years tell the calendars apart: the Jalali year is 621 or 622 behind.
JALALI_YEARS = range(1000, 1700)
GREGORIAN_YEARS = range(1700, 2300)

_SEPARATOR = r"[\s/\-.\u060c,]*"


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day, as `YYYY-MM-DD` in the Gregorian and in the Jalali calendar."""

    gregorian: str
    jalali: str


@cache
def _month_numbers() -> dict[str, int]:
    return {fold(name): number for number, name in enumerate(JALALI_MONTHS, 1)} | {"امرداد": 5}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """With the month's name, and in numbers."""
    named = re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}}){_SEPARATOR}(?P<month>{'|'.join(_month_numbers())})(?:\s+ماه)?"
        rf"{_SEPARATOR}(?P<year>\d{{4}})(?!\d)"
    )
    return named, re.compile(r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)")


def parse_date(text: str) -> Date | None:
    """The date that `text` is: 1384-09-22, ۱۳۸۴/۹/۲۲, 2005-12-13, ۲۲ آذر ۱۳۸۴. None if it is none of these
    or no such day exists."""
    found = find_date(text.strip())
    return found[0] if found and found[1:] == (0, len(text.strip())) else None


def find_date(text: str) -> tuple[Date, int, int] | None:
    """The first date in `text`, with its start and end offsets in characters."""
    folded = align(text)
    for match in sorted((match for pattern in _patterns() for match in pattern.finditer(folded)), key=re.Match.start):
        month = match["month"]
        number = _month_numbers().get(month) or int(month)
        if found := _date(int(match["year"]), number, int(match["day"]), named=not month.isdecimal()):
            return found, match.start(), match.end()
    return None


def _date(year: int, month: int, day: int, *, named: bool) -> Date | None:
    import jdatetime  # noqa: PLC0415 - only documents with dates need it, searching does not

    try:
        if year in JALALI_YEARS:
            jalali = jdatetime.date(year, month, day)
            gregorian = jalali.togregorian()
        elif year in GREGORIAN_YEARS and not named:
            gregorian = date(year, month, day)
            jalali = jdatetime.date.fromgregorian(date=gregorian)
        else:
            return None
    except ValueError:
        return None
    return Date(gregorian.isoformat(), f"{jalali.year:04}-{jalali.month:02}-{jalali.day:02}")
