"""Dumps of Wikipedia, and the text of articles in their markup."""

import bz2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_helpers import headings, items, reason

from jooya.indexer import BadInput, Document
from jooya.indexer.readers.wiki_markup import article_text

NAMESPACE = 'xmlns="http://www.mediawiki.org/xml/export-0.11/"'


def page(number: int, title: str, text: str, ns: int = 0, more: str = "") -> str:
    return (
        f"<page><title>{title}</title><ns>{ns}</ns><id>{number}</id>{more}"
        f"<revision><id>1</id><timestamp>2023-01-01T00:00:00Z</timestamp><text>{text}</text></revision></page>"
    )


def dump(*pages: str) -> str:
    base = "<siteinfo><base>https://fa.wikipedia.org/wiki/صفحهٔ_اصلی</base></siteinfo>"
    return f"<mediawiki {NAMESPACE}>{base}{''.join(pages)}</mediawiki>"


PAGES = dump(
    page(7, "سیل گلستان", "'''سیل''' در [[استان گلستان|گلستان]].\n== زیان ==\nخانه‌ها.\n[[رده:سیل]]"),
    page(8, "بحث:سیل", "بحث", ns=1),
    page(9, "سیلاب", "#تغییرمسیر [[سیل]]", more='<redirect title="سیل"/>'),
    page(10, "برف", "{{بدون منبع}}برف سفید است."),
)


@pytest.mark.parametrize("name", ["fawiki.xml", "fawiki.xml.bz2"])
def test_articles_are_documents(tmp_path: Path, name: str) -> None:
    content = bz2.compress(PAGES.encode()) if name.endswith("bz2") else PAGES.encode()
    first, second = items(tmp_path, name, content)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.key, first.title, first.text) == (f"{name}:7", "سیل گلستان", "سیل در گلستان.\n\nزیان\n\nخانه‌ها.")
    assert headings(first) == [(first.text.index("زیان"), "زیان")]
    assert first.meta == {"url": "https://fa.wikipedia.org/wiki/سیل_گلستان", "tags": ("سیل",)}
    assert (second.key, second.text) == (f"{name}:10", "برف سفید است.")


def test_a_dump_that_is_cut_short(tmp_path: Path) -> None:
    *documents, error = items(tmp_path, "a.xml", PAGES[: PAGES.index("سفید")])
    assert [item.title for item in documents if isinstance(item, Document)] == ["سیل گلستان"]
    assert str(error).startswith("a.xml: broken dump (")
    *_, error = items(tmp_path, "a.bz2", bz2.compress(PAGES.encode())[:-20])
    assert isinstance(error, BadInput)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xml", "<rss><item/></rss>", "a.xml: XML of no known format"),
        ("a.bz2", "x", "a.bz2: broken dump (Invalid data stream)"),
        ("a.xml", dump(), "a.xml: no articles in it"),
    ],
)
def test_other_files(tmp_path: Path, name: str, content: str, why: str) -> None:
    assert reason(tmp_path, name, content) == why


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("'''باران''' و ''برف''", "باران و برف"),
        ("[[تهران]] و [[شهر ری|ری]]", "تهران و ری"),
        ("[[پرونده:a.jpg|بندانگشتی|عکس [[تهران]]]] متن", "متن"),
        ("[[en:Tehran]]متن [[:en:Tehran|تهران]]", "متن تهران"),
        ("[https://x.ir پیوند] و [https://x.ir]", "پیوند و"),
        ("متن<ref name=a>منبع</ref> و<ref name=b/> متن", "متن و متن"),
        ("{{جعبه|الف={{ب}}|ج=د}}متن", "متن"),
        ("{| class=x\n! الف\n|-\n| ب {{ج}}\n|}متن", "متن"),
        ("}} متن", "}} متن"),
        ("متن {{ناتمام", "متن"),
        ("* یک\n* دو\n# سه\n: چهار", "یک\nدو\nسه\nچهار"),
        ("می&zwnj;رود&nbsp;خانه<br/>و", "می\u200cرود\xa0خانه\nو"),
        ("<!-- پنهان -->متن __TOC__<!-- ناتمام", "متن"),
        ("<math>x^2</math><small>متن</small>", "متن"),
        ("=== سر ===\nمتن", "سر\n\nمتن"),
    ],
)
def test_the_text_of_articles(markup: str, text: str) -> None:
    assert article_text(markup).text == text


@given(st.text("[]{}|='<>/!-ref:رده الف\n*#", max_size=80))
def test_any_markup_can_be_read(markup: str) -> None:
    article = article_text(markup)
    for start, heading in article.headings:
        assert article.text.startswith(heading, start)
