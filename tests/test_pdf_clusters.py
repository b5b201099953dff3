"""Glyphs that are drawn for one letter, strokes between letters, and the order of letters in ligatures."""

import re

import pdfs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pdf_samples import text_of

from jooya.indexer.readers.pdf_clusters import joined_clusters
from jooya.indexer.readers.pdf_glyphs import Glyph
from jooya.indexer.readers.pdf_pages import Page, in_one_order, leading
from jooya.indexer.readers.pdf_stream import UNREADABLE
from jooya.indexer.readers.pdf_strokes import without_strokes

SIZE = 10.0
LINES = ["این سرزمین سبز شیرین است و پیران آن دیروز رفتند", "نسیم تیر ماه در باغ پیر میوزید و لاله ها میلرزیدند"]


def _glyph(text: str, left: float, right: float, height: float = 700.0) -> Glyph:
    return Glyph(text, left, right, height, SIZE)


@pytest.mark.parametrize(
    ("glyphs", "texts"),
    [
        ([_glyph("مِ", 501, 503, 698), _glyph("مِ", 500, 507)], ["مِ"]),  # the mark, and its letter
        ([_glyph("ن", 501, 502, 697), _glyph("ن", 500, 506)], ["ن"]),  # the dots, and their letter
        ([_glyph("ن", 500, 506), _glyph("ن", 506, 512)], ["ن", "ن"]),
        ([_glyph("۱", 500, 506), _glyph("۱", 500, 506, 690)], ["۱", "۱"]),  # in two lines
        ([_glyph("ل", 500, 504), _glyph("ل", 503, 507, 699)], ["ل", "ل"]),  # one letter reaches over the other
        ([_glyph("ن", 501, 502, 697), _glyph(" ", 500, 500), _glyph("ن", 500, 506)], ["ن"]),
        ([_glyph("إِ", 502, 503, 698), _glyph(UNREADABLE, 500, 504)], ["إِ"]),  # the letter has no entry in the map
        ([_glyph("\u064e", 501, 503), _glyph(UNREADABLE, 500, 504)], ["\u064e", UNREADABLE]),
        ([_glyph("ب", 500, 506), _glyph("乑", 502, 504, 702)], ["ب"]),
        ([_glyph("ب", 500, 506), _glyph("a", 502, 504, 702)], ["ب", "a"]),
    ],
)
def test_one_glyph_for_a_letter(glyphs: list[Glyph], texts: list[str]) -> None:
    assert [glyph.text for glyph in joined_clusters(glyphs)] == texts
    assert sorted(glyph.text for glyph in joined_clusters(reversed(glyphs))) == sorted(texts)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("کتاب�خان�ه ملی� در ش�هر", "کتابخانه ملی� در شهر"),
        ("نشIانی اسIت و شIما", "نشانی است و شما"),
        ("اس8ت و بIا", "است و بIا"),
        ("قضغ�ظث بخت�شغ", "قضغ�ظث بخت�شغ"),  # letters without an entry, not strokes
        ("شبکهٔ 5G و C++", "شبکهٔ 5G و C++"),
    ],
)
def test_strokes(text: str, shown: str) -> None:
    assert without_strokes(text) == shown


@given(st.text("بسمIا� "))
def test_only_strokes_are_left_out(text: str) -> None:
    left = without_strokes(text)
    assert re.sub(f"[I{UNREADABLE}]", "", left) == re.sub(f"[I{UNREADABLE}]", "", text)


def _with_reversed_map(lines: list[str]) -> bytes:
    """Return a PDF whose Unicode maps have the letters of ligatures as they are seen."""
    pdf = pdfs.new()
    pdf.set_compression(False)
    pdf.add_page()
    pdfs.put(pdf, lines, pdfs.shaped)

    def reverse(match: re.Match[bytes]) -> bytes:
        return b"<%s> <%s%s>" % (match[1], match[3], match[2])

    return re.sub(rb"<([0-9A-F]{4})> <([0-9A-F]{4})([0-9A-F]{4})>", reverse, bytes(pdf.output()))


def test_letters_of_ligatures_as_they_are_seen() -> None:
    content = _with_reversed_map(LINES)
    assert content != pdfs.made([LINES])
    assert text_of(content) == text_of(pdfs.made([LINES])) == " | ".join(LINES)


def test_the_words_of_all_pages_tell_the_order() -> None:
    few, many = Page(([], [], []), (2.0, 2.0, 1.0)), Page(([], [], []), (3.0, 3.0, 40.0))
    assert leading([few]) == 0
    assert leading([few, many]) == 2
    assert leading([few, many], 50.0) is None
    assert in_one_order([few, many, Page(([],))]) == [[], [], []]
