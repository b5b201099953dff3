"""The grammar of dates, as regular expressions. The words in them are in `data/dates.tsv`.

The patterns are for normalized text: folded, without half-spaces, vowel marks and tatweel, with U+0020 for all spaces
and Latin letters in lower case. Nothing in them repeats without bound, so that matching takes bounded time at each
offset.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from ...analyzers.characters import align, characters, fold
from ...analyzers.data_tables import table_rows
from .calendars import Calendar

DATA = Path(__file__).parent.parent / "data"

# Hyphens, dashes and the minus sign; slashes, the Arabic date separator (U+060D) among them, and backslashes.
_DASH = r"\-\u2010-\u2015\u2212"
_SLASH = r"/\\\u060d\u2044\u2215"
_GAP = rf"[ .,\u060c_{_SLASH}{_DASH}]{{0,3}}"
_PAUSE = rf"[ ,\u060c{_DASH}]{{1,3}}"
# A number that is not part of another number, nor of a row of numbers: 1384/9/22/5, 192.168.13.84.
_INSIDE = rf"[.,:{_SLASH}{_DASH}]"
_NUMBER_START, _NUMBER_END = rf"(?<!\d)(?<!\d{_INSIDE})", rf"(?!\d)(?!{_INSIDE}\d)"
_WORD_START, _WORD_END = r"(?<![^\W\d_])", r"(?![^\W\d_])"


class Grammar(NamedTuple):
    """The compiled patterns, and the values of their words. Keys are folded, without spaces.

    The patterns whose names end in `before` match to the end of the string, and are searched for in the text before an
    offset. Those whose names end in `after` are matched at an offset.

    Attributes:
        months: The calendar and the number of each month.
        days: The number of each day of the month that is written in words.
        weekdays: The number of each day of the week, as of `date.weekday`.
        calendars: The calendar that a word after the year states.
        month: The name of a month.
        day_before: The day before the name of the month.
        year_before: The year before the name of the month.
        weekday_before: The day of the week before a date.
        year_after: The year after the name of the month.
        day_after: The day after the name of the month.
        day_year_after: The day and the year after the name of the month.
        end_of_phrase: The end of a phrase, or of the text.
        numbers: A date of numbers alone.
        name_numbers: A date of numbers in the name of a file.
        no_date_before: A word after which numbers are no date: نسخه, شماره.
        tail: The word for the calendar and the time of day after a date.
        until_before: A word between the first and the last of several days, before a date.
        until_after: The same after a date.
        other_day_before: Another day before a date: ۱۰ و ۱۱ آذر ۱۳۸۴.
        label_before: A label before a date: تاریخ.
        around: All that may stand around a date in a line that is nothing but a date.
    """

    months: dict[str, tuple[Calendar, int]]
    days: dict[str, int]
    weekdays: dict[str, int]
    calendars: dict[str, Calendar]
    month: re.Pattern[str]
    day_before: re.Pattern[str]
    year_before: re.Pattern[str]
    weekday_before: re.Pattern[str]
    year_after: re.Pattern[str]
    day_after: re.Pattern[str]
    day_year_after: re.Pattern[str]
    end_of_phrase: re.Pattern[str]
    numbers: re.Pattern[str]
    name_numbers: re.Pattern[str]
    no_date_before: re.Pattern[str]
    tail: re.Pattern[str]
    until_before: re.Pattern[str]
    until_after: re.Pattern[str]
    other_day_before: re.Pattern[str]
    label_before: re.Pattern[str]
    around: re.Pattern[str]


@cache
def grammar() -> Grammar:
    """Return the grammar, which is read from its table and compiled once."""
    words: dict[str, dict[str, str]] = {}
    for kind, value, spellings in table_rows("dates.tsv", DATA):
        words.setdefault(kind, {}).update(dict.fromkeys(spellings.split(", "), value))
    months = {
        spelling_key(name): (calendar, int(number))
        for calendar in cast(tuple[Calendar, ...], ("jalali", "gregorian", "lunar"))
        for name, number in words[calendar].items()
    }
    month = _any(words["jalali"] | words["gregorian"] | words["lunar"])
    day = rf"(?P<day>(?<![a-z\d])\d{{1,2}}(?: ?(?:st|nd|rd|th|ا?م){_WORD_END})?|{_WORD_START}(?:{_any(words['day'])}))"
    until = _any(words["until"])
    time = r"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:z|utc|gmt|[+\-]\d\d:?\d\d))?"
    return Grammar(
        months=months,
        days={spelling_key(name): int(number) for name, number in words["day"].items()},
        weekdays={spelling_key(name): int(number) for name, number in words["weekday"].items()},
        calendars={spelling_key(name): cast(Calendar, calendar) for name, calendar in words["calendar"].items()},
        # An epithet, the ی of ژانویه ی, and ماه may follow.
        month=re.compile(
            rf"{_WORD_START}(?P<name>{month})(?: ?(?:{_any(words['epithet'])}))?(?:(?<=ه) ?ی)?(?: {{0,2}}ماه)?"
            rf"{_WORD_END}"
        ),
        day_before=re.compile(rf"{_NUMBER_START}{day}(?: of)?{_GAP}(?:ماه {{0,2}}(?:مبارک {{0,2}})?)?\Z"),
        year_before=re.compile(rf"(?<![a-z]){_NUMBER_START}(?P<year>\d{{4}}){_GAP}\Z"),
        weekday_before=re.compile(
            rf"{_WORD_START}(?:روز ?)?(?P<name>{_any(words['weekday'])}){_GAP}(?:مورخه?)? {{0,2}}\Z"
        ),
        # A year of two digits stands closer to the month, or behind the word سال.
        year_after=re.compile(
            rf"(?:{_GAP}(?:سال {{0,2}})?(?P<year>\d{{4}})"
            rf"|(?: {{0,2}}|{_GAP}(?P<said>سال) {{0,2}}|[_{_SLASH}] ?|[.{_DASH}])(?P<short>\d\d)){_NUMBER_END}"
        ),
        day_after=re.compile(rf"{_GAP}(?P<day>\d{{1,2}}){_NUMBER_END}"),
        day_year_after=re.compile(
            rf"{_GAP}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ,\u060c_{_SLASH}{_DASH}]{{1,3}}(?P<year>\d{{4}}){_NUMBER_END}"
        ),
        end_of_phrase=re.compile(r" {0,2}(?:\Z|_|[^\w %])"),
        numbers=re.compile(
            # The first digit comes before its conditions, since a pattern that begins with a digit is found faster.
            rf"(?P<first>\d(?<![a-z\d]\d)(?<!\d{_INSIDE}\d)\d{{0,3}}) ?(?P<mark>[._{_SLASH}{_DASH}])"
            rf" ?(?P<second>\d{{1,2}}) ?(?P=mark) ?(?P<third>\d{{1,4}}){_NUMBER_END}(?![a-su-z]|t\D)"
        ),
        # In the name of a file, other numbers may stand beside a date with its year in front: 2005-12-13-10-30.
        name_numbers=re.compile(
            rf"(?<![a-z\d])[a-z]{{0,30}}(?P<date>(?P<first>\d{{4}})"
            rf"(?:(?P<mark>[ ._{_SLASH}{_DASH}])(?P<second>\d{{1,2}})[ ._{_SLASH}{_DASH}](?P<third>\d{{1,2}})"
            rf"|(?P<month>\d\d)(?P<day>\d\d)))(?![a-su-z\d]|t\D)"
        ),
        no_date_before=re.compile(rf"{_WORD_START}(?:{_any(words['number'])})[ :.]{{0,3}}\Z"),
        tail=re.compile(
            rf"(?: {{0,2}}\(?(?P<calendar>{_any(words['calendar'], space='[ .]{0,3}')}){_WORD_END}\.?\)?)?"
            rf"(?:(?:t|{_PAUSE}(?:ساعت )?){time}(?![\d:])|{_PAUSE}ساعت \d{{1,2}}(?![\d:]))?"
        ),
        until_before=re.compile(rf"{_WORD_START}(?:{until}) {{0,2}}\Z"),
        until_after=re.compile(rf" {{0,2}}(?:{until}){_WORD_END}"),
        other_day_before=re.compile(
            rf"(?:{_WORD_START}(?P<month_in_front>{month}){_GAP})?{_NUMBER_START}{day}(?:{_GAP}(?P<month>{month}))?"
            rf" {{0,2}}(?:و|[{_DASH}]) {{0,2}}\Z"
        ),
        label_before=re.compile(rf"{_WORD_START}(?:{_any(words['label'])}) {{0,2}}:? {{0,2}}\Z"),
        around=re.compile(
            rf"[\W_]*(?:(?:{_any(words['label'])}){_WORD_END}[\W_]*)?"
            rf"(?:(?:روز ?)?(?:{_any(words['weekday'] | words['same'])}){_WORD_END}[\W_]*)*"
        ),
    )


def spelling_key(name: str) -> str:
    """Return the key that the spellings of a name with spaces, with dots and without them share."""
    return re.sub(r"[ .]", "", fold(name))


def normalize_text(text: str) -> tuple[str, list[int] | range]:
    """Return `text` as the patterns need it, and for each of its characters the offset in `text`.

    No date crosses the end of a line: `|` stands for it.
    """
    aligned = align(text.replace("\n", "|"))
    leftover = characters().leftover
    reduced = aligned.translate(leftover)
    if reduced == aligned:
        return aligned, range(len(text))
    offsets = [offset for offset, char in enumerate(aligned) for _ in leftover.get(ord(char), char)]
    return reduced, offsets


def _any(names: Iterable[str], space: str = " {0,2}") -> str:
    """Return a pattern of `names`, the longest first; `space` stands for the spaces in them."""
    return "|".join(space.join(fold(name).split()) for name in sorted(names, key=len, reverse=True))
