"""What dates look like, as patterns. The words in them are in `data/dates.tsv`.

The patterns are for plain text: folded, without half-spaces, marks and tatweel, all spaces U+0020, Latin letters small.
Nothing in them repeats without bound, so that each is tried in a bounded time at each place.
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
# Neither within a number nor within a row of numbers: 1384/9/22/5, 192.168.13.84.
_INSIDE = rf"[.,:{_SLASH}{_DASH}]"
_NUMBER_START, _NUMBER_END = rf"(?<!\d)(?<!\d{_INSIDE})", rf"(?!\d)(?!{_INSIDE}\d)"
_WORD_START, _WORD_END = r"(?<![^\W\d_])", r"(?![^\W\d_])"


class Grammar(NamedTuple):
    """The compiled patterns, and what their words stand for: keys are folded, without spaces.

    An anchored pattern ends in `\\Z` and is searched for in what is before a place; those that are named after what
    follows are matched at a place.
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
    """Reads the table and compiles the patterns once."""
    words: dict[str, dict[str, str]] = {}
    for kind, value, spellings in table_rows("dates.tsv", DATA):
        words.setdefault(kind, {}).update(dict.fromkeys(spellings.split(", "), value))
    months = {
        key(name): (calendar, int(number))
        for calendar in cast(tuple[Calendar, ...], ("jalali", "gregorian", "lunar"))
        for name, number in words[calendar].items()
    }
    month = _any(words["jalali"] | words["gregorian"] | words["lunar"])
    day = rf"(?P<day>(?<![a-z\d])\d{{1,2}}(?: ?(?:st|nd|rd|th|ا?م){_WORD_END})?|{_WORD_START}(?:{_any(words['day'])}))"
    until = _any(words["until"])
    time = r"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:z|utc|gmt|[+\-]\d\d:?\d\d))?"
    return Grammar(
        months=months,
        days={key(name): int(number) for name, number in words["day"].items()},
        weekdays={key(name): int(number) for name, number in words["weekday"].items()},
        calendars={key(name): cast(Calendar, calendar) for name, calendar in words["calendar"].items()},
        # An epithet may follow, the ی of ژانویه ی, and ماه.
        month=re.compile(
            rf"{_WORD_START}(?P<name>{month})(?: ?(?:{_any(words['epithet'])}))?(?:(?<=ه) ?ی)?(?: {{0,2}}ماه)?"
            rf"{_WORD_END}"
        ),
        day_before=re.compile(rf"{_NUMBER_START}{day}(?: of)?{_GAP}(?:ماه {{0,2}}(?:مبارک {{0,2}})?)?\Z"),
        year_before=re.compile(rf"(?<![a-z]){_NUMBER_START}(?P<year>\d{{4}}){_GAP}\Z"),
        weekday_before=re.compile(
            rf"{_WORD_START}(?:روز ?)?(?P<name>{_any(words['weekday'])}){_GAP}(?:مورخه?)? {{0,2}}\Z"
        ),
        # A year of two digits stands closer, or behind the word.
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
            # The first digit in front, since places where it may stand are found fastest.
            rf"(?P<first>\d(?<![a-z\d]\d)(?<!\d{_INSIDE}\d)\d{{0,3}}) ?(?P<mark>[._{_SLASH}{_DASH}])"
            rf" ?(?P<second>\d{{1,2}}) ?(?P=mark) ?(?P<third>\d{{1,4}}){_NUMBER_END}(?![a-su-z]|t\D)"
        ),
        # A date in the name of a file may have other numbers beside it, if its year is in front: 2005-12-13-10-30.
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


def key(name: str) -> str:
    """`name` as its spellings with spaces and dots share it."""
    return re.sub(r"[ .]", "", fold(name))


def plain(text: str) -> tuple[str, list[int] | range]:
    """`text` as the patterns are for, and for each character of it the offset in `text`. No date crosses the end of a
    line: `|` stands for it."""
    aligned = align(text.replace("\n", "|"))
    leftover = characters().leftover
    reduced = aligned.translate(leftover)
    if reduced == aligned:
        return aligned, range(len(text))
    offsets = [offset for offset, char in enumerate(aligned) for _ in leftover.get(ord(char), char)]
    return reduced, offsets


def _any(names: Iterable[str], space: str = " {0,2}") -> str:
    """A pattern of `names`, longest first; `space` stands for the spaces in them."""
    return "|".join(space.join(fold(name).split()) for name in sorted(names, key=len, reverse=True))
