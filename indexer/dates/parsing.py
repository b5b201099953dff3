"""Dates of documents: the day that a heading, a line, metadata or the name of a file states.

A date is a whole day with its year: «آذر ۱۳۸۴», as on a magazine, is not one. A date that can be read as two different
days is left out. The docstring of the module `mentions` has the rules.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .calendars import jalali_text

if TYPE_CHECKING:
    from .mentions import Mention

LONGEST = 1000
"""Longer texts, in characters, are not looked at as a date or a heading."""

_MOST_REMEMBERED = 1 << 10  # headings whose date is remembered: many passages have the same title


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day, written in the Gregorian and in the Jalali calendar.

    Use `parse_date` to get one from a text, and `Date.from_gregorian` to get one from a `datetime.date`. Dates are
    ordered from the earliest to the latest.

    Attributes:
        gregorian: The day as `YYYY-MM-DD` in the Gregorian calendar, for example `2005-12-13`.
        jalali: The same day as `YYYY-MM-DD` in the Jalali calendar, for example `1384-09-22`.
    """

    gregorian: str
    jalali: str

    @classmethod
    def from_gregorian(cls, day: date) -> Self:
        """Return the date of a Python date; of a `datetime.datetime`, the time of day is dropped.

        >>> Date.from_gregorian(datetime.date(2005, 12, 13))
        Date(gregorian='2005-12-13', jalali='1384-09-22')

        Raises:
            ValueError: If the day is before 21 March 622, the first day of the Jalali calendar, or after 20 March 9999.
        """
        return cls(f"{day.year:04}-{day.month:02}-{day.day:02}", jalali_text(day))


def day_of(moment: datetime | None) -> Date | None:
    """Return the day of a time; None if there is no time, or if the Jalali calendar has no such day."""
    try:
        return Date.from_gregorian(moment.date()) if moment else None
    except ValueError:
        return None


def parse_date(text: str) -> Date | None:
    """Return the date that `text` states, or None if it states anything else or no such day exists.

    The text may be in Persian, Arabic or English, with digits of any of them, and with white space around it:

    - Jalali: `1384-09-22`, `۱۳۸۴/۹/۲۲`, `۸۴/۹/۲۲`, `سه شنبه ۲۲ آذر ۱۳۸۴`, `بیست و دوم آذر ۱۳۸۴`
    - Gregorian: `2005-12-13`, `2005-12-13T10:00Z`, `۱۳ دسامبر ۲۰۰۵`, `December 13, 2005`
    - lunar Hijri: `۱۱ رمضان ۱۴۲۶`, `۱۴۲۶/۱۱/۱۱ قمری`

    The year tells the Jalali from the Gregorian calendar. A lunar date may be a day off, since its months begin when
    the moon is seen. Text that can be read as two different days, such as `03/04/2005`, gives None.

    >>> parse_date("۲۲ آذر ۱۳۸۴")
    Date(gregorian='2005-12-13', jalali='1384-09-22')
    """
    text = text.strip()
    found = find_date(text) if len(text) <= LONGEST else None
    return found[0] if found and found[1:] == (0, len(text)) else None


def find_date(text: str) -> tuple[Date, int, int] | None:
    """Return the first date in `text`, with its start and end offsets in characters."""
    from .mentions import find_mentions  # noqa: PLC0415 - a search, which imports `Date`, looks for no dates in texts

    for mention in find_mentions(text):
        return Date.from_gregorian(mention.day), mention.start, mention.end
    return None


def sole_date(text: str) -> Date | None:
    """Return the date that a heading states, or None if it names several days or is longer than a heading can be.

    The same day in several calendars counts once. A lunar date beside a solar one may be up to two days off; the solar
    one is taken.
    """
    return _stated(text) if len(text) <= LONGEST else None


@lru_cache(_MOST_REMEMBERED)
def _stated(text: str) -> Date | None:
    from .mentions import find_mentions  # noqa: PLC0415 - as above

    return _sole(find_mentions(text))


def split_date(heading: str) -> tuple[str, Date | None]:
    """Return the heading without the date that it states, and this date; or the heading as it is, and None.

    Labels, brackets and dashes are removed with the date: nothing is left of «تاریخ: سه شنبه ۱۳۸۴/۹/۲۲ - ۱۰:۳۰».
    """
    return _divided(heading) if len(heading) <= LONGEST else (heading, None)


@lru_cache(_MOST_REMEMBERED)
def _divided(heading: str) -> tuple[str, Date | None]:
    from .mentions import find_mentions, strip_connectors, text_between  # noqa: PLC0415 - as above

    found = find_mentions(heading)
    day = _sole(found)
    if day is None:
        return heading, None
    return " ".join(filter(None, map(strip_connectors, text_between(heading, found)))), day


def date_from_path(path: Path) -> Date | None:
    """Return the date that a path states.

    The name of the file may state it (1384-09-22, talk_13840922, 22 آذر 1384), the name together with its folders
    (1384/09/22.txt), or else the folder alone (1384-09-22/talk.txt).
    """
    from .mentions import find_mentions_in_name  # noqa: PLC0415 - as above

    folders = [part for part in path.parts[-4:-1] if part != path.anchor]
    text = "/".join([*folders, path.stem])
    begin = len(text) - len(path.stem)
    own: list[Mention] = []
    folder: list[Mention] = []
    for mention in find_mentions_in_name(text):
        # In the folder 1384/09, 22.txt is of the 22nd; 22-talk.txt may be talk number 22.
        whole = mention.start == 0 or text[mention.start - 1] == "/"
        if mention.start >= begin or (whole and mention.end == len(text)):
            own.append(mention)
        elif whole and mention.end == begin - 1:
            folder.append(mention)
    return _sole(own or folder)


def _sole(found: list["Mention"]) -> Date | None:
    solar = {mention.day for mention in found if not mention.lunar}
    days = solar or {mention.day for mention in found}
    if len(days) != 1:
        return None
    (day,) = days
    agree = all(abs(mention.day - day).days <= 2 for mention in found)
    return Date.from_gregorian(day) if agree else None
