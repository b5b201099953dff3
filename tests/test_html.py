"""Web pages, read and searched."""

import json
from pathlib import Path

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st
from reader_helpers import document, headings, reason

from jooya.indexer import BadInput, Date
from jooya.indexer.readers.html import decode_page

DAY = Date("2005-12-13", "1384-09-22")
PROSE = "باران بر سرزمین\u200cهای شمالی بارید و رودخانه\u200cها پر از آب شدند؛ مردم از خانه\u200cها بیرون آمدند."

MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("خانه", "سیاسی", "اقتصادی", "تماس با ما"))
ARTICLE = f"""<!DOCTYPE html>
<html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>سیل در شمال - خبرگزاری نمونه</title>
<meta property="article:published_time" content="2005-12-13T10:20:00+03:30">
<script>var x = "باران اسکریپت";</script></head>
<body><header><div class="logo">خبرگزاری نمونه</div><nav><ul>{MENU}</ul></nav></header>
<div class="cookie-banner">این سایت کوکی باران نگه می‌دارد. <button>باشد</button></div>
<div id="content"><h1>سیل در شمال</h1>
<p>{PROSE}</p>
<h2>خسارت‌ها</h2>
<p>سه پل<br>ویران شد.</p>
<table><tr><th>شهر</th><th>بارش</th></tr><tr><td>رشت</td><td>۸۰</td></tr></table>
</div>
<div class="col"><h3>مطالب مرتبط</h3><ul>{MENU}</ul></div>
<footer>همهٔ حقوق باران محفوظ است.</footer></body></html>"""
TEXT = f"""خبرگزاری نمونه

سیل در شمال

{PROSE}

خسارت‌ها

سه پل
ویران شد.

شهر\tبارش
رشت\t۸۰"""


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def test_a_hit_in_a_page(tmp_path: Path) -> None:
    (tmp_path / "سیل.html").write_text(ARTICLE, encoding="utf-8")
    assert run("index", ".", cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    (hit,) = json.loads(run("search", "--format", "json", "سرزمین باران", cwd=tmp_path)[1])["hits"]
    assert (hit["document"], hit["title"]) == ("سیل.html", "سیل در شمال")
    assert hit["date"] == {"gregorian": "2005-12-13", "jalali": "1384-09-22"}
    assert hit["text"] == TEXT[hit["start"] : hit["end"]]
    assert {hit["text"][start:end] for start, end in hit["highlights"]} == {"باران", "سرزمین\u200cهای"}
    assert run("search", "اسکریپت | کوکی | حقوق | اقتصادی", cwd=tmp_path)[0] == 1
    assert json.loads(run("status", "--json", cwd=tmp_path)[1])["encodings"] == {"utf-8": 1}


def test_the_main_text_of_a_page(tmp_path: Path) -> None:
    read = document(tmp_path, "a.htm", ARTICLE)
    assert read.text == TEXT
    assert (read.title, read.date, read.encoding) == ("سیل در شمال", DAY, "utf-8")
    assert headings(read) == [(16, "سیل در شمال"), (TEXT.index("خسارت"), "خسارت‌ها")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        # Without structure and with little text, all of the text stays.
        ("متن", "متن"),
        ("<br>".join(["یک", "دو", "سه"]), "یک\nدو\nسه"),
        ('<div class="menu">یک</div>', "یک"),
        ("<nav>یک</nav>", "یک"),
        (f"<nav>{MENU}</nav><p>یک</p>", "یک"),
        (f'<div class="menu"><ul>{MENU}</ul></div><p>یک</p>', "یک"),
        # A menu without a name stays if it may be the text: an index of poems.
        (f"<h1>غزل‌ها</h1><ul>{MENU}</ul>", "غزل‌ها\n\nخانه\nسیاسی\nاقتصادی\nتماس با ما"),
        # Text that looks like a menu: links in an article, a paragraph of links, or two.
        (f'<article><p>{PROSE * 3}</p><ul>{MENU}</ul></article>', f"{PROSE * 3}\n\nخانه\nسیاسی\nاقتصادی\nتماس با ما"),
        (f'<p>{PROSE * 3}</p><div><a href="1">یک</a> <a href="2">دو</a></div>', f"{PROSE * 3}\n\nیک دو"),
        (f'<p>{PROSE * 3}</p><div><p><a href="1">{PROSE * 2}</a></p></div>', f"{PROSE * 3}\n\n{PROSE * 2}"),
        (f'<p>{PROSE * 3}</p><div><ul>{MENU}</ul></div><p>آخر', f"{PROSE * 3}\n\nآخر"),
        # A part that is named a sidebar is the text, if there is little else.
        (f'<div class="sidebar-left"><p>{PROSE * 3}</p></div><p>آخر', f"{PROSE * 3}\n\nآخر"),
        (f'<p>{PROSE * 3}</p><div class="sidebar-left"><p>کنار</p></div>', PROSE * 3),
        (f'<p>{PROSE * 3}</p><p id="siteFooter">پا</p><p class="uploads">بار</p>', f"{PROSE * 3}\n\nبار"),
        (f'<p>{PROSE * 3}</p><aside>کنار</aside><div role="navigation">جا</div>', PROSE * 3),
        (f'<p>{PROSE * 3}</p><form role="search">یافتن</form><div class="cookie-bar">کوکی</div>', PROSE * 3),
        (f'<article><p>{PROSE * 3}</p><aside>کنار</aside><footer>پا</footer></article>', f"{PROSE * 3}\n\nکنار\n\nپا"),
        (f'<div class="breadcrumb"><h1>سر</h1></div><p>{PROSE * 3}', f"سر\n\n{PROSE * 3}"),
        # A page inside a form, as ASP writes them.
        (f'<form id="aspnetForm"><input type=hidden><p>{PROSE}</p></form>', PROSE),
        ("<noframes>قاب</noframes>", "قاب"),
    ],
)  # fmt: skip
def test_text_is_not_lost(tmp_path: Path, body: str, text: str) -> None:
    assert document(tmp_path, "a.html", page(body)).text == text


def test_conversations_and_poems_keep_their_lines(tmp_path: Path) -> None:
    talk = ["مجری: سلام.", "مهمان: سلام بر شما.", "مجری: بله.", "مهمان: بله."]
    text = document(tmp_path, "a.html", page(f"<h1>گفتگو</h1><p>{'<br>'.join(talk)}</p>")).text
    assert text == "گفتگو\n\n" + "\n".join(talk)
    verse = "<table>" + "<tr><td>توانا بود<td>هر که دانا بود" * 2 + "</table>"
    assert document(tmp_path, "b.html", page(verse)).text == "توانا بود\tهر که دانا بود\nتوانا بود\tهر که دانا بود"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>الف</title>", "", "الف"),
        ("<title>الف | سایت</title>", "<h1>الف</h1>", "الف"),
        ("<title>الف | سایت</title>", "<h1>سایت</h1><h1>الف</h1>", "الف"),
        ("<title>سايت - كتاب‌ها</title>", "<h1>کتاب‌ها</h1>", "کتاب‌ها"),  # compared after folding
        ("<title>سایت</title><meta property=og:site_name content=سایت>", "<h1>سایت</h1><h1>الف</h1>", "سایت"),
        ("<title>الف - سایت</title><meta property=og:site_name content=سایت>", "", "الف"),
        ("<title>سایت | الف</title><meta property=og:site_name content=سایت>", "", "الف"),
        ("<title>دانسایت</title><meta property=og:site_name content=سایت>", "", "دانسایت"),
        ('<title>ب</title><meta property="og:title" content=" الف&#10;  دو">', "", "الف دو"),
        ("<title>ب</title>", "<h1>الف</h1>", "الف"),
        ("<title>ب</title>", "<h1>الف</h1><h1>پ</h1>", "ب"),
        ("<title>Untitled Document</title>", "<p>خط تنها</p>", "خط تنها"),
        ("<title></title>", "<h1>الف ۲۲ آذر ۱۳۸۴</h1>", "الف"),
        ("", "<h2>الف</h2>", "الف"),
        ("", "", None),
    ],
)
def test_titles(tmp_path: Path, head: str, body: str, title: str | None) -> None:
    assert document(tmp_path, "a.html", page(f"{body}<p>{PROSE}</p>", head)).title == title


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2005-12-13T23:00:00Z"><meta name=date content="2001-01-01">',
        '<meta name="DC.date" content="2005-12-13">',
        '<meta name="dc.date.issued" content="1384/09/22">',
        '<meta itemprop="datePublished" content="2005-12-13">',
        '<meta property="article:published_time" content="0000-00-00"><meta name="pubdate" content="2005-12-13">',
        '<script type="application/ld+json">{"@graph": [{"@type": "Article", "datePublished": "2005-12-13"}]}</script>',
        '<script type="application/ld+json">{broken</script><h1>باران ۲۲ آذر ۱۳۸۴</h1>',
        '<time datetime="2005-12-13">دیروز</time>',
        '<time itemprop="datePublished" datetime="2005-12-13"></time><time datetime="2007-01-01"></time>',
        "<h1>دیدار - ۱۳۸۴/۹/۲۲</h1>",
        '<meta property="article:modified_time" content="2020-01-01"><h1>دیدار - 22 آذر 1384</h1>',
    ],
)
def test_dates(tmp_path: Path, head: str) -> None:
    assert document(tmp_path, "a.html", f"{head}<p>{PROSE}</p>").date == DAY


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:modified_time" content="2005-12-13">',
        '<meta name="date" content="دیروز">',
        '<time datetime="2005-12-13"></time><time datetime="2007-01-01"></time>',
        '<nav><time datetime="2005-12-13"></time></nav>',
        '<script type="application/ld+json">[{"datePublished": "2005-12-13"}, {"datePublished": "2007-1-1"}]</script>',
        "<h1>از ۱۳۸۴/۹/۲۲ تا ۱۳۸۵/۹/۲۲</h1>",
        f'<meta name="date" content="{"2005-12-13 " * 100_000}">',
    ],
)
def test_no_date_if_it_is_uncertain(tmp_path: Path, head: str) -> None:
    assert document(tmp_path, "a.html", f"{head}<p>{PROSE}</p>").date is None


PERSIAN = "سلام بر مردم و باران تند در سرزمين دور"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PERSIAN.encode(), "utf-8"),
        (PERSIAN.encode("utf-8-sig"), "utf-8"),
        (("<p>" + PERSIAN).encode("utf-16"), "utf-16"),
        ("باران".encode("utf-16"), "utf-16"),  # contains no zero byte, and was refused
        (b"<meta charset=windows-1256>" + PERSIAN.encode("cp1256"), "windows-1256"),
        (
            b"<style>" + b"x" * 20_000 + b"</style>" + PERSIAN.encode("cp1256"),
            "windows-1256",
        ),  # not declared, and Persian only at the end
        (b"<meta charset=iso-8859-1>" + PERSIAN.encode("cp1256"), "windows-1256"),  # as old programs write it
        (b"<meta charset=windows-1256>" + PERSIAN.encode(), "utf-8"),  # converted after it was declared
        (b"<meta charset=utf-8>" + PERSIAN.encode() * 20 + b"\xd8", "utf-8"),  # cut inside a letter
        ('<meta http-equiv=Content-Type content="text/html; charset=iso-8859-1">größer'.encode("latin1"), "iso8859-1"),
        ('<?xml version="1.0" encoding="windows-1251"?>слово'.encode("cp1251"), "windows-1251"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    assert decode_page(content).encoding == encoding
    if PERSIAN in content.decode(encoding, "replace"):
        assert PERSIAN in decode_page(content).text


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    content = b"<meta charset=utf-8><p>" + "größer".encode("latin1")
    assert document(tmp_path, "a.html", content, "latin1").text == "größer"
    assert reason(tmp_path, "a.html", content) == (
        "a.html: not UTF-8 (byte 25), nor another encoding of Persian; name it with the encoding option"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty file"),
        (b" \n", "empty file"),
        (b"<html><script>x</script></html>", "no text in it"),
        (b"<frameset><frame src=a.htm></frameset>", "no text in it"),
        (b"\0\1\2", "binary file"),
        (b"\xff\xfe\xf1922337203Tj5", "broken UTF-16"),  # raised UnicodeDecodeError
        (
            b"<meta charset=punycode>gr\xf6er",
            "not UTF-8 (byte 25), nor another encoding of Persian; name it with the encoding option",
        ),
        (b"<p>\xe2\x80\x8c&nbsp;</p>", "no text in it"),
    ],
)
def test_bad_pages_are_reported(tmp_path: Path, content: bytes, why: str) -> None:
    assert reason(tmp_path, "a.html", content) == f"a.html: {why}"


def test_xhtml(tmp_path: Path) -> None:
    text = """<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
    <html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head>
    <body><a id="x"/><p/>یک &b; <![CDATA[دو <b> & سه]]></body></html>"""
    assert document(tmp_path, "a.xhtml", text).text == "یک &b; دو <b> & سه"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        decode_page(content)
    except BadInput as error:
        assert "\n" not in str(error)
