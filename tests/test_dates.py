"""Dates: finding and parsing them, in all spellings and calendars, and indexing files by them."""

import datetime as datetime_module
import doctest
import json
import re
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from command import run
from hypothesis import assume, given
from hypothesis import strategies as st

from jooya.indexer.dates import parsing
from jooya.indexer.dates.calendars import day_in, jalali_text
from jooya.indexer.dates.grammar import grammar
from jooya.indexer.dates.parsing import Date, date_from_path, find_date, parse_date, sole_date, split_date

TALK = Date("2005-12-13", "1384-09-22")
DIGITS = {
    "Latin": "0123456789",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
}


def cases(where: str) -> list[tuple[str, str | None]]:
    """Return the rows of the table that are of one kind: the text, and the Gregorian day."""
    rows = (Path(__file__).parent / "data" / "dates.tsv").read_text(encoding="utf-8").splitlines()
    found = [row.split("\t") for row in rows if row and not row.startswith("#")]
    return [
        (written.replace("~", "\u200c").replace("{ZWJ}", "\u200d"), None if day == "-" else day)
        for kind, written, day in found
        if kind == where
    ]


def digits(text: str, script: str) -> str:
    """Return `text` with the digits of another script."""
    return "".join(DIGITS[script][int(char)] if char.isdecimal() else char for char in text)


@pytest.mark.parametrize("script", DIGITS)
@pytest.mark.parametrize(("written", "day"), cases("text"))
def test_dates_in_text(written: str, day: str | None, script: str) -> None:
    found = find_date(digits(written, script))
    assert (found[0].gregorian if found else None) == day


@pytest.mark.parametrize(("written", "day"), cases("heading"))
def test_the_date_of_a_heading(written: str, day: str | None) -> None:
    found = sole_date(written)
    assert (found.gregorian if found else None) == day


@pytest.mark.parametrize("script", DIGITS)
@pytest.mark.parametrize(("written", "day"), cases("name"))
def test_the_date_of_a_file_name(written: str, day: str | None, script: str) -> None:
    found = date_from_path(Path(digits(written, script) + ".txt"))
    assert (found.gregorian if found else None) == day


@pytest.mark.parametrize("day", [date(2005, 12, 13), datetime(2005, 12, 13, 23, 59)])
def test_a_date_from_a_python_date(day: date) -> None:
    assert Date.from_gregorian(day) == TALK


def test_days_before_the_jalali_calendar() -> None:
    assert Date.from_gregorian(date(622, 3, 21)) == Date("0622-03-21", "0001-01-01")
    with pytest.raises(ValueError):
        Date.from_gregorian(date(622, 3, 20))


@pytest.mark.parametrize(
    "written",
    ["22 آذر 1384", "۲۲ آذر ۱۳۸۴", "22 /آذر/ 1384", "1384/9/22", "١٣٨٤-٠٩-٢٢", "2005-12-13", " 22 آذر ماه 1384 "],
)
def test_spellings_of_one_day(written: str) -> None:
    assert parse_date(written) == TALK


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1384",
        "آذر 1384",
        "1384-13-01",
        "1384-12-31",
        "30 اسفند 1384",
        "x 1384-09-22",
        "1384-09-22 x",
        "20051213",
        "1384-09-22" + " " * 1000 + "م",
    ],
)
def test_no_date(written: str) -> None:
    assert parse_date(written) is None


def test_a_leap_day_exists_in_leap_years_only() -> None:
    assert parse_date("30 اسفند 1387") == Date("2009-03-20", "1387-12-30")


@pytest.mark.parametrize(
    ("calendar", "year", "month", "day", "gregorian"),
    [
        ("jalali", 1400, 1, 1, "2021-03-21"),
        ("jalali", 1399, 12, 30, "2021-03-20"),
        ("jalali", 1357, 11, 22, "1979-02-11"),
        ("jalali", 1304, 1, 1, "1925-03-21"),
        ("lunar", 1446, 1, 1, "2024-07-07"),
        ("lunar", 1400, 1, 10, "1979-11-29"),
        ("lunar", 1343, 1, 1, "1924-08-01"),
        ("lunar", 1500, 12, 30, "2077-11-16"),
        ("gregorian", 2005, 12, 13, "2005-12-13"),
    ],
)
def test_calendars_agree_on_days_that_are_known(calendar: str, year: int, month: int, day: int, gregorian: str) -> None:
    assert day_in(calendar, year, month, day).isoformat() == gregorian  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("calendar", "year", "month", "day"),
    [
        ("jalali", 1384, 12, 30),
        ("jalali", 1384, 0, 1),
        ("lunar", 1342, 1, 1),
        ("lunar", 1501, 1, 1),
        ("lunar", 1446, 13, 1),
        ("lunar", 1446, 1, 31),
        ("lunar", 1446, 1, 0),
    ],
)
def test_days_that_do_not_exist(calendar: str, year: int, month: int, day: int) -> None:
    with pytest.raises(ValueError):
        day_in(calendar, year, month, day)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [
        ("ديدار - ", "22 /آذر/ 1384", " در تهران"),
        ("(", "1384/9/22", ")"),
        ("دیدار ", "روز سه\u200cشنبه، ۲۲ آذر ۱۳۸۴", ""),
        ("\u200f\u200c", "۲۲\u200c آذر\u200cماه ۱۳۸۴", "\u200f"),
        ("دیـدار در ", "سه\u200cشنبه ۱۲ ربیـع\u200cالاوّل ۱۴۴۶ ه\u200d.ق", "، و"),
        ("\ufefbله ", "12 ربيع ا\ufefbول 1446", " \ufefbله"),  # ligatures from a PDF, of two letters each
        ("در ", "2005-12-13T10:00:00+03:30", "، و"),
        ("on ", "Tuesday, December 13th, 2005", ", in Tehran"),
        ("03/04/2005 یا ", "1384/9/22 ساعت 10:30", " یا"),
        ("تلفن 11384-09-221؛ ", "بیست و دوم آذر ۱۳۸۴ خورشیدی", "، ۲۳ آذر ۱۳۸۴"),
    ],
)
def test_offsets_of_a_date(before: str, written: str, after: str) -> None:
    found = find_date(before + written + after)
    assert found
    assert found[1:] == (len(before), len(before) + len(written))
    assert parse_date(written) == found[0]


def test_no_date_crosses_the_end_of_a_line() -> None:
    assert find_date("بخش 12\nآذر 1384") is None
    assert find_date("بخش 12\n22 آذر 1384\n1385") == (TALK, 7, 18)


@pytest.mark.parametrize(
    ("heading", "rest"),
    [
        ("ديدار حماس - 22 /آذر/ 1384", "ديدار حماس"),
        ("دیدار (۲۲ آذر ۱۳۸۴) در تهران", "دیدار در تهران"),
        ("دیدار (تهران) - ۲۲ آذر ۱۳۸۴", "دیدار (تهران)"),
        ("سه\u200cشنبه ۲۲ آذر ۱۳۸۴: دیدار", "دیدار"),
        ("دیدار، مورخ ۲۲ آذر ۱۳۸۴", "دیدار"),
        ("دیدار - ۲۲ آذر ۱۳۸۴ برابر با ۱۳ دسامبر ۲۰۰۵", "دیدار"),
        ("دیدار | تاریخ انتشار: ۱۳۸۴/۹/۲۲ - ۱۰:۳۰", "دیدار"),
        ("تاریخ: سه\u200cشنبه ۱۳۸۴/۹/۲۲ - ۱۰:۳۰", ""),
        ("۱۳۸۴/۹/۲۲ سه\u200cشنبه", ""),
        ("[ 13 December 2005 ]", ""),
        ("Published on: Dec. 13, 2005", ""),
    ],
)
def test_a_heading_without_its_date(heading: str, rest: str) -> None:
    assert split_date(heading) == (rest, TALK)


@pytest.mark.parametrize("heading", ["دیدار", "تولد ۲۲ آذر ۱۳۸۴ و ۲۳ آذر ۱۳۸۴", "۱ تا ۵ آذر ۱۳۸۴", ""])
def test_a_heading_without_a_date_is_returned_as_it_is(heading: str) -> None:
    assert split_date(heading) == (heading, None)


def test_the_label_of_another_date_stays() -> None:
    assert split_date("تاریخ تولد: ۱۳۸۴/۹/۲۲") == ("تاریخ تولد", TALK)


DAYS = st.dates(date(1930, 1, 1), date(2031, 1, 1))
FORMATS = {
    "numbers": "{year}/{month}/{day}",
    "two digits each": "{year}-{month:02}-{day:02}",
    "from the day up": "{day}.{month}.{year}",
    "name": "{day} {name} {year}",
    "name and marks": "{day}/{name}/{year}",
    "year first": "{year} {name} {day}",
    "month first": "{name} {day}, {year}",
    "in words": "{words} {name} {year}",
}


def _written(how: str, script: str, calendar: str, numbers: tuple[int, int, int], pick: int) -> str:
    """Return a day written in some way, in any of the spellings of its month."""
    year, month, day = numbers
    names = [name for name, number in grammar().months.items() if number == (calendar, month)]
    words = [word for word, number in grammar().days.items() if number == day]
    text = FORMATS[how].format(
        year=year, month=month, day=day, name=names[pick % len(names)], words=words[pick % len(words)]
    )
    return digits(text, script)


@given(DAYS, st.sampled_from(list(FORMATS)), st.sampled_from(list(DIGITS)), st.integers(0, 99))
def test_a_jalali_day_is_found_again(day: date, how: str, script: str, pick: int) -> None:
    year, month, number = map(int, jalali_text(day).split("-"))
    written = _written(how, script, "jalali", (year, month, number), pick)
    found = find_date(f"دیدار در {written}؛ تهران")
    assert found
    assert (found[0].gregorian, found[1:]) == (day.isoformat(), (9, 9 + len(written)))


@given(DAYS, st.sampled_from(list(FORMATS)), st.sampled_from(list(DIGITS)), st.integers(0, 99))
def test_a_gregorian_day_is_found_again_unless_it_is_ambiguous(day: date, how: str, script: str, pick: int) -> None:
    written = _written(how, script, "gregorian", (day.year, day.month, day.day), pick)
    found = parse_date(written)
    if how == "from the day up" and day.day <= 12 and day.day != day.month:
        assert found is None
    else:
        assert found == Date(day.isoformat(), jalali_text(day))


@given(st.dates(date(1930, 1, 1), date(2031, 1, 1)), st.sampled_from(list(DIGITS)), st.integers(0, 99))
def test_a_lunar_day_is_found_again(day: date, script: str, pick: int) -> None:
    from hijridate import Gregorian  # noqa: PLC0415 - for this test alone

    lunar = Gregorian.fromdate(day).to_hijri().datetuple()
    assume(lunar[2] <= 30)  # in the tables, some of the oldest months have 31 days to catch up
    for how in ("name", "in words", "month first"):
        assert parse_date(_written(how, script, "lunar", lunar, pick)) == Date(day.isoformat(), jalali_text(day))
    assert parse_date(_written("numbers", script, "lunar", lunar, pick) + " ه.ق") == Date(
        day.isoformat(), jalali_text(day)
    )


NUMBERS = ["22", "1384", "84", "2005", "9", "10:30"]
WORDS = [
    "آذر",
    "ربیع",
    "الاول",
    "دسامبر",
    "December",
    "شنبه",
    "ه.ق",
    "م",
    "تا ",
    "سال ",
    "ماه",
    "تاریخ",
    "ساعت ",
    "و",
    "T",
]
MARKS = ["(", ")", " ", "/", "-", ".", ",", "،", "\n", "\u200c", "\ufefb", "\u0654"]
PIECES = st.sampled_from(NUMBERS + WORDS + MARKS)


@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text(text: str) -> None:
    found = find_date(text)
    if found:
        found_date, start, end = found
        assert parse_date(text[start:end]) in (found_date, None)  # no date: 22/9/84 in 22/9/84 ش
        assert text[start:end].strip() == text[start:end]
        assert date.fromisoformat(found_date.gregorian)
    rest, day = split_date(text)
    assert day == sole_date(text)
    assert day or rest == text
    date_from_path(Path(text.replace("\0", "") or "."))


@pytest.mark.parametrize(
    ("unit", "times"),
    [("12/", 10_000), ("1", 30_000), ("آذر 22 ", 300), ("بیست و ", 5_000), (" ", 30_000), ("\u200c", 30_000)],
    ids=["slashes", "digits", "months", "words", "spaces", "half-spaces"],
)
def test_ten_times_the_text_takes_ten_times_the_time(unit: str, times: int) -> None:
    def seconds(times: int) -> float:
        text = f"22{unit * times}آذر 84 متن"
        start = time.perf_counter()
        assert find_date(text) is None
        return time.perf_counter() - start

    seconds(1)
    assert seconds(10 * times) < 40 * min(seconds(times) for _ in range(3)) + 0.1


def test_files_are_found_by_their_dates(tmp_path: Path) -> None:
    files = {
        "heading.txt": "دیدار نخست - ۲۲ آذر ۱۳۸۴\n\nباران بر سرزمین ما بارید",
        "line.txt": "دیدار دوم\nتاریخ: ۱۳۸۴/۹/۲۳\n\nباران بر سرزمین ما بارید و رفت",
        "1384-09-24_both.txt": "دیدار سوم - ۱ دی ۱۳۸۴\n\nباران بر سرزمین ما باز بارید",
        "1384-09-25.txt": "باران در متنی بی\u200cعنوان بارید",
        "1384/09/26.txt": "باران در پوشه\u200cها بارید",
        "13840927.srt": "1\n00:00:01,000 --> 00:00:02,000\nباران در فیلم بارید\n",
        "records.jsonl": "\n".join(
            json.dumps(record)
            for record in (
                {"id": "dated", "text": "باران در سند بارید", "date": "۲۸ آذر ۱۳۸۴", "title": "درباره ۱ دی ۱۳۸۴"},
                {"id": "titled", "text": "باران در عنوان بارید", "title": "دیدار ۲۹ آذر ۱۳۸۴"},
                {"id": "neither", "text": "باران در ۳۰ آذر ۱۳۸۴ بارید", "date": "پاییز"},
            )
        ),
        "none.txt": "باران در ۳۰ آذر ۱۳۸۴ بارید. این جمله است.\n\nو این جمله\u200cای دیگر.",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("index", ".", cwd=tmp_path)[:2] == (0, "new 10, updated 0, unchanged 0, removed 0\n")

    def found(period: str) -> dict[str, str]:
        out = run("search", "--format", "jsonl", "-k", "100", "باران", f"date:{period}", cwd=tmp_path)[1]
        return {hit["document"]: hit["date"]["jalali"] for hit in map(json.loads, out.splitlines())}

    everything = {
        "heading.txt": "1384-09-22",
        "line.txt": "1384-09-23",
        "1384-09-24_both.txt": "1384-10-01",
        "1384-09-25.txt": "1384-09-25",
        "1384/09/26.txt": "1384-09-26",
        "13840927.srt": "1384-09-27",
        "dated": "1384-09-28",
        "titled": "1384-09-29",
    }
    assert found("1384") == everything
    assert found("1384-09") == {name: day for name, day in everything.items() if day < "1384-10"}
    assert found("..1384-09-24") == {"heading.txt": "1384-09-22", "line.txt": "1384-09-23"}
    assert found("2005-12-19..2005-12-20") == {"dated": "1384-09-28", "titled": "1384-09-29"}
    assert found("۱۳۸۴/۹/۲۷") == {"13840927.srt": "1384-09-27"}
    # The index records what states the date, so that nothing has changed.
    assert run("index", ".", cwd=tmp_path)[1] == "new 0, updated 0, unchanged 10, removed 0\n"


def test_examples_in_docstrings() -> None:
    """The dates listed for `parse_date` are accepted, and the examples give what they show."""
    listed = re.findall(r"^ *- .*", parse_date.__doc__ or "", re.MULTILINE)
    examples = [written for line in listed for written in re.findall("`(.*?)`", line)]
    assert len(examples) == 11
    assert None not in map(parse_date, examples)
    assert doctest.testmod(parsing, extraglobs={"datetime": datetime_module}) == (0, 2)
