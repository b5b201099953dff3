"""The first lines of a text: its title and date, and the offset at which the rest begins."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer import Date, Document
from jooya.indexer.readers.plain_text import read_text
from jooya.indexer.readers.source import Source

TALK = Date("2005-12-13", "1384-09-22")


def read(text: str) -> Document:
    (document,) = read_text(Source(Path("/talks/a.txt"), "a.txt"), text)
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("دیدار - ۲۲ آذر ۱۳۸۴\n\nمتن", "دیدار", "متن"),
        ("\n \n  دیدار - ۲۲ آذر ۱۳۸۴\n\nمتن", "دیدار", "متن"),
        ("دیدار\n۲۲ آذر ۱۳۸۴\nمتن", "دیدار", "۲۲"),
        ("دیدار\n\n۲۲ آذر ۱۳۸۴\n\nمتن", "دیدار", "۲۲"),
        ("دیدار\n\nتاریخ: سه\u200cشنبه ۱۳۸۴/۹/۲۲ - ۱۰:۳۰\nمتن", "دیدار", "تاریخ"),
        ("دیدار\n(۸۴/۹/۲۲)\nمتن", "دیدار", "(۸۴"),
        ("دیدار\n\nسخنران: خالد مشعل\nمکان: تهران\nتاریخ: ۱۳۸۴/۹/۲۲\n\nمتن", "دیدار", "سخنران"),
        ("تاریخ: ۱۳۸۴/۹/۲۲\nدیدار\n\nمتن", "دیدار", "متن"),
        ("۲۲ آذر ۱۳۸۴\n\nمتن بلندی که جمله است.", None, "۲۲"),
        ("۲۲ آذر ۱۳۸۴", None, "۲۲"),
        ("۲۲ آذر ۱۳۸۴\n۱۰ ذی\u200cالقعده ۱۴۲۶\n13 December 2005\n\nمتن", None, "۲۲"),
        # The subject of the text is another day.
        ("سالگرد ۱۵ خرداد ۱۳۴۲\n\n۲۲ آذر ۱۳۸۴\n\nمتن", "سالگرد ۱۵ خرداد ۱۳۴۲", "۲۲"),
        ("دیدار - ۲۲ آذر ۱۳۸۴\n\n۱۳۸۴/۹/۲۲\n\nمتن", "دیدار", "۱۳۸۴"),
    ],
)
def test_title_and_date(text: str, title: str | None, body: str, end: str) -> None:
    document = read(text.replace("\n", end))
    assert (document.title, document.date) == (title, TALK)
    assert document.text[document.body :].lstrip().startswith(body)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("دیدار\n\nمتن در ۲۲ آذر ۱۳۸۴ آمد.", "دیدار"),
        ("دیدار\n\nاین جمله است.\n۲۲ آذر ۱۳۸۴\n\nمتن", "دیدار"),
        ("دیدار\n\nیک\nدو\nسه\nچهار\n۲۲ آذر ۱۳۸۴", "دیدار"),
        ("دیدار\n\nتاریخ تولد: ۲۲ آذر ۱۳۸۴\nمتن", "دیدار"),
        ("دیدار\n\n۲۲ آذر ۱۳۸۴\n۲۳ آذر ۱۳۸۴\n\nمتن", "دیدار"),
        ("دیدار - ۲۲ آذر ۱۳۸۴ و ۲۳ آذر ۱۳۸۴\n\nمتن", "دیدار - ۲۲ آذر ۱۳۸۴ و ۲۳ آذر ۱۳۸۴"),
        ("دیدار - ۱ تا ۵ آذر ۱۳۸۴\n\nمتن", "دیدار - ۱ تا ۵ آذر ۱۳۸۴"),
        ("دیدار در ۲۲ آذر ۱۳۸۴\nو متن", None),
        ("دیدار در ۲۲ آذر ۱۳۸۴", None),
        ("واژه " * 31 + "۲۲ آذر ۱۳۸۴\n\nمتن", None),
    ],
)
def test_no_date(text: str, title: str | None) -> None:
    document = read(text)
    assert (document.title, document.date) == (title, None)


def test_a_long_first_line_costs_nothing() -> None:
    assert read("۲۲ آذر ۱۳۸۴ " * 100_000).date is None


@given(st.text(st.sampled_from("ا ب.\n\r۲۲/۹آذر ۱۳۸۴:-")))
def test_a_title_is_written_before_the_body(text: str) -> None:
    document = read(text)
    assert 0 <= document.body <= len(text)
    assert (document.title is None) == (document.body == 0)
    if document.title:
        assert document.title.strip() == document.title
        assert document.text[document.body :].strip()
