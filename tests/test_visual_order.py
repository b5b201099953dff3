"""Text in visual order, turned into logical order."""

import time

import pytest
from bidi.algorithm import get_display
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.readers.visual_order import (
    numbers_from_right,
    orient_brackets,
    to_logical_order,
    with_end_in_place,
)


@pytest.mark.parametrize(
    "line",
    [
        "کتاب تازه (چاپ ۱۳۸۴/۹/۲۲) در Tehran و New York به نام «خاطرات سفر» با 2005 نسخه",
        "سیستم Python (CPython) است",
        "قیمت ۱۲٬۳۴۵ ریال (12.5 دلار) و ۲۵٪ است.",
        "نشانی: www.example.com/page?x=1 برای دریافت.",
        "نسخهٔ Windows 98 و C++ و f(x) خوب",
        "تاریخ 2005-12-13 بود",
        "در ۵–۶ سال، ساعت 12:30 تا ١٤:٠٠",
        "Tehran",
        "۱۳۸۴",
        "سلام!",
        "شبکهٔ 5G در شهر و 4K خوب",
        "کد S-۱۰۲ و COVID-۱۹ است",
    ],
)
def test_round_trip_through_visual_order(line: str) -> None:
    seen = get_display(line, base_dir="R")
    assert orient_brackets("".join(to_logical_order(seen, right_to_left=True))) == line


@pytest.mark.parametrize("line", ["the word کتاب خوب is Persian", "in 1384 (سال ۱۳۸۴ شمسی) it was", "a (b) c 12.5%"])
def test_round_trip_of_a_line_from_the_left(line: str) -> None:
    assert orient_brackets("".join(to_logical_order(get_display(line, base_dir="L"), right_to_left=False))) == line


@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("گفت )بلی( و رفت", "گفت (بلی) و رفت"),
        ("»سلام«، گفت", "«سلام»، گفت"),
        ("([الف])", "([الف])"),
        ("کتاب)ها(یی", "کتاب(ها)یی"),  # without spaces, the first one opens
        ("a ) b", "a ) b"),  # here, too, it stays as it is
        ("", ""),
    ],
)
def test_brackets(line: str, turned: str) -> None:
    assert orient_brackets(line) == turned


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (")۰۲۱-۸۸۷۷۶۶۵۵", "۰۲۱-۸۸۷۷۶۶۵۵)"),
        ("۳\t۲۴۰\t۱٬۵۶۵", "۱٬۵۶۵\t۲۴۰\t۳"),
        ("- ۱۲ -", "- ۱۲ -"),
        ("***", "***"),
    ],
)
def test_lines_without_letters(seen: str, line: str) -> None:
    assert "".join(numbers_from_right(seen)) == line


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (".کتاب خوب است", "کتاب خوب است."),
        ("؟چه گفت", "چه گفت؟"),
        (".کتاب خوب است.", ".کتاب خوب است."),
        ("... و رفت", "... و رفت"),
        (".NET خوب است", ".NET خوب است"),
    ],
)
def test_a_full_stop_at_the_wrong_end(seen: str, line: str) -> None:
    assert with_end_in_place(seen) == line


def test_cells_of_a_table_are_ordered_by_themselves() -> None:
    assert "".join(to_logical_order("Oil & Gas\t185\t18\tزاوها", right_to_left=True)) == "اهواز\t18\t185\tOil & Gas"


@given(st.lists(st.sampled_from(["ا", "لا", "ب", "a", "B", "1", "۲", ".", "-", "(", ")", " ", "\u200c", "؟"])))
def test_no_character_is_lost(pieces: list[str]) -> None:
    for right_to_left in (True, False):
        assert sorted(to_logical_order(pieces, right_to_left=right_to_left)) == sorted(pieces)
    assert len(orient_brackets("".join(pieces))) == len("".join(pieces))


@given(st.text())
def test_any_text(text: str) -> None:
    assert sorted(to_logical_order(text, right_to_left=True)) == sorted(text)
    assert len(orient_brackets(text)) == len(text)


@pytest.mark.parametrize(
    "text", ["1" * 300_000, "1." * 150_000, "(" * 300_000, "1a" * 150_000, "ا1" * 150_000, "1 ا" * 99_999]
)
def test_time_is_linear(text: str) -> None:
    started = time.process_time()
    to_logical_order(text, right_to_left=True)
    orient_brackets(text)
    assert time.process_time() - started < 5
