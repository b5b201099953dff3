"""Dates of documents: which day a heading, a line, metadata or the name of a file tells.

A date is a whole day, with its year: آذر ۱۳۸۴, the date of a magazine, is none. What can be read in two ways is left
out. `date_mentions` has the rules.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .calendars import jalali_text

if TYPE_CHECKING:
    from .mentions import Mention

LONGEST = 1000
"""No date and no heading is longer, in characters."""


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day, as `YYYY-MM-DD` in the Gregorian and in the Jalali calendar."""

    gregorian: str
    jalali: str

    @classmethod
    def from_gregorian(cls, day: date) -> "Date":
        """Return the day of a `datetime.date`."""
        return cls(day.isoformat(), jalali_text(day))


def parse_date(text: str) -> Date | None:
    """The date that `text` is, white space around it aside: 1384-09-22, ۸۴/۹/۲۲, 2005-12-13T10:00Z,
    سه شنبه ۲۲ آذر ۱۳۸۴. None if it is none or no such day exists."""
    text = text.strip()
    found = find_date(text) if len(text) <= LONGEST else None
    return found[0] if found and found[1:] == (0, len(text)) else None


def find_date(text: str) -> tuple[Date, int, int] | None:
    """The first date in `text`, with its start and end offsets in characters."""
    from .mentions import mentions  # noqa: PLC0415 - what finds dates is not on the way of a search

    for mention in mentions(text):
        return _date(mention.day), mention.start, mention.end
    return None


def sole_date(text: str) -> Date | None:
    """The date that a heading tells. None if it names several days, or is longer than headings are; the same day in
    several calendars is one. A lunar date beside a solar one may be up to two days off, and the solar one counts."""
    from .mentions import mentions  # noqa: PLC0415 - as above

    return _sole(mentions(text)) if len(text) <= LONGEST else None


def split_date(heading: str) -> tuple[str, Date | None]:
    """What is left of a heading without the date it tells, and this date; or the heading itself and None. Labels,
    brackets and dashes go with the date: nothing is left of تاریخ: سه شنبه ۱۳۸۴/۹/۲۲ - ۱۰:۳۰."""
    from .mentions import between, mentions, untied  # noqa: PLC0415 - as above

    found = mentions(heading) if len(heading) <= LONGEST else []
    day = _sole(found)
    return (" ".join(filter(None, map(untied, between(heading, found)))), day) if day else (heading, None)


def date_of_name(path: Path) -> Date | None:
    """The date that the name of a file tells (1384-09-22, talk_13840922, 22 آذر 1384), or that it is together with its
    folders (1384/09/22.txt); or else the one that its folder is (1384-09-22/talk.txt)."""
    from .mentions import mentions_in_name  # noqa: PLC0415 - as above

    folders = [part for part in path.parts[-4:-1] if part != path.anchor]
    text = "/".join([*folders, path.stem])
    begin = len(text) - len(path.stem)
    own: list[Mention] = []
    folder: list[Mention] = []
    for mention in mentions_in_name(text):
        # In 1384/09, 22.txt is of the 22nd; 22-talk.txt may be the 22nd of the talks.
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
    return _date(day) if all(abs(mention.day - day).days <= 2 for mention in found) else None


def _date(day: date) -> Date:
    return Date(day.isoformat(), jalali_text(day))
