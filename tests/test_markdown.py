"""Markdown, read and searched."""

import json
from pathlib import Path

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st
from reader_helpers import document, headings, items

from jooya.indexer import Date, Document
from jooya.indexer.readers.markdown import read_markdown
from jooya.indexer.readers.source import Source

DAY = Date("2005-12-13", "1384-09-22")
WRITTEN = """# ديدار - ۲۲ آذر ۱۳۸۴

متن *نخست* با [پیوند](http://example.org "عنوان") و `رمز`
در دو خط[^1].

باران بر سرزمین‌**ها** بارید
=====

- یک
- دو

| شهر | بارش |
|-----|-----:|
| رشت | ۸۰ |

<div dir="rtl" hidden>پنهان</div>

> نقل<br>قول

[^1]: یادداشت

[آدرس]: http://example.org
"""
TEXT = """ديدار - ۲۲ آذر ۱۳۸۴

متن نخست با پیوند و رمز
در دو خط[^1].

باران بر سرزمین‌ها بارید

یک
دو

شهر\tبارش
رشت\t۸۰

نقل
قول

[^1]: یادداشت"""


def test_a_hit_in_markdown(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(WRITTEN.replace("\n", "\r\n"), encoding="utf-8")
    assert run("index", ".", cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    (hit,) = json.loads(run("search", "--format", "json", "سرزمین باران", cwd=tmp_path)[1])["hits"]
    assert (hit["title"], hit["date"]["jalali"]) == ("ديدار", "1384-09-22")
    assert hit["text"] == TEXT[hit["start"] : hit["end"]]
    assert {hit["text"][start:end] for start, end in hit["highlights"]} == {"باران", "سرزمین‌ها"}
    assert run("search", "پنهان", cwd=tmp_path)[0] == 1


def test_headings_title_and_date(tmp_path: Path) -> None:
    read = document(tmp_path, "a.markdown", WRITTEN)
    assert read.text == TEXT
    assert (read.title, read.date, read.encoding) == ("ديدار", DAY, "utf-8")
    assert read.text[read.body :].startswith("\n\nمتن نخست")
    assert headings(read) == [(TEXT.index("باران"), "باران بر سرزمین‌ها بارید")]


@pytest.mark.parametrize(
    ("front", "title", "date", "text"),
    [
        ("---\ntitle: سیل\ndate: 2005-12-13T10:00:00Z\n---\n", "سیل", DAY, "متن"),
        ("---\r\nTitle: 'سیل: یک'\r\nlayout: post\r\ndate: ۲۲ آذر ۱۳۸۴\r\n...\r\n", "سیل: یک", DAY, "متن"),
        ('---\nعنوان: "سیل"\nتاریخ: ۱۳۸۴/۹/۲۲\n---\n\n# سیل\n\n', "سیل", DAY, "سیل\n\nمتن"),
        ("---\ntitle: سیل\n---\n# دیگر\n\n", "سیل", None, "دیگر\n\nمتن"),
        ("---\ntitle:\ntags:\n  - یک\ndate: دیروز\n---\n", None, None, "متن"),
        ("---\nیک\n\n", "یک", None, "یک\n\nمتن"),  # a line, not the end of front matter
        ("\n---\ntitle: سیل\n---\n", "title: سیل", None, "title: سیل\n\nمتن"),  # a heading with a line above it
    ],
)
def test_front_matter(tmp_path: Path, front: str, title: str | None, date: Date | None, text: str) -> None:
    read = document(tmp_path, "a.md", front + "متن")
    assert (read.title, read.date, read.text) == (title, date, text)


def test_deeply_nested_text_is_read_as_plain_text(tmp_path: Path) -> None:
    """The parser leaves out text that is nested more deeply than its limit."""
    for text in (">" * 30 + "ژرف", "\n".join(f"{'  ' * depth}- {depth}" for depth in range(30))):
        assert document(tmp_path, "a.md", text).text == text
    assert document(tmp_path, "a.md", "> " * 15 + "ژرف").text == "ژرف"


def test_very_long_text_is_read_as_plain_text(tmp_path: Path) -> None:
    text = "# سر\n\n" + "واژه " * 600_001
    assert document(tmp_path, "a.md", text).text == text


@given(st.lists(st.text("ابکگ\u200cیء", min_size=1).filter(lambda word: word.strip("\u200c")), min_size=1))
def test_all_words_stay_in_their_order(words: list[str]) -> None:
    for mark in (
        "{}\n",
        "# {}\n",
        "- {}\n",
        "> {}\n\n",
        "**{}** ",
        "1. {}\n\n",
        "| {} |\n",
        "    {}\n",
        "[^1]: {}\n\n",
    ):
        written = "".join(mark.format(word) for word in words)
        (item,) = read_markdown(Source(Path("/a.md"), "a.md"), written)
        assert isinstance(item, Document)
        text = item.text.replace("[^1]:", "").replace("|", "")
        assert text.split() == words


@given(st.text(st.characters(codec="utf-8")) | st.text("#-=*_`[]()<>!|\\ \n\tآ1.&;:~^\"'>"))
def test_any_text_can_be_read(text: str) -> None:
    (_,) = read_markdown(Source(Path("/a.md"), "a.md"), text)


@pytest.mark.parametrize(
    ("front", "title", "day", "meta"),
    [
        ('+++\ntitle = "باران"\ndate = 2023-01-02\n+++\n', "باران", "2023-01-02", {}),
        ('+++\r\n"تاریخ" = "۱۴۰۲/۱/۵"\r\n+++\r\n', None, "2023-03-25", {}),
        ("+++\ndate = 2023-01-02T10:00:00+03:30\ndraft = true\n+++\n", None, "2023-01-02", {"draft": True}),
        ('+++\ntags = ["هوا", "آب"]\nn = 7\nat = 10:30:00\n+++\n', None, None, {
            "tags": ("هوا", "آب"), "n": 7, "at": "10:30:00",
        }),
        ('\ufeff+++\nauthor = "مریم"\n+++\n', None, None, {"author": "مریم"}),
        ("+++\n+++\n", None, None, {}),
    ],
)  # fmt: skip
def test_front_matter_in_toml(
    tmp_path: Path, front: str, title: str | None, day: str | None, meta: dict[str, object]
) -> None:
    read = document(tmp_path, "a.md", front + "متن")
    assert (read.text, read.title, read.date and read.date.gregorian, read.meta) == ("متن", title, day, meta)


def test_front_matter_that_is_no_toml(tmp_path: Path) -> None:
    found = items(tmp_path, "a.md", "+++\ntitle باران\n+++\nمتن")
    assert [item.text if isinstance(item, Document) else str(item) for item in found] == [
        "a.md: its front matter is no TOML, and is not read",
        "متن",
    ]
    assert document(tmp_path, "b.md", "+++\nیک\n\nمتن").text.endswith("متن")
