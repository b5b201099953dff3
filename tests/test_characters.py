"""Folding and aligning characters."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.analyzers.characters import align, characters, fold, squeeze

ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from("كيیۀه\u0654\u200c\u200f\u0640\ufefb\ufdfa\ud800"))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("كتابي", "کتابی"),
        ("مسئلۀ", "مسیله"),
        ("خانهٔ", "خانه"),
        ("دائرة", "دایره"),
        ("آأإٱا", "ااااا"),
        ("مؤمن", "مومن"),
        ("جزء", "جز"),
        ("کـــتاب", "کتاب"),
        ("مُحَمَّدٌ", "محمد"),
        ("می\u200cرود", "میرود"),
        ("می\u00adرود", "میرود"),
        ("\u202bمی\u200f\u200c\u200cرود\u202c", "میرود"),
        ("۱۳۸۴ ١٣٨٤ 1384", "1384 1384 1384"),
        ("۳٫۱۴", "3.14"),
        ("\ufefb\ufe8e", "لاا"),
        ("\ufedb\ufe98\ufe8e\ufe8f", "کتاب"),
        ("\ufdf2", "الله"),
        ("ÉcoleSTRASSE", "ecolestrasse"),
        ("Straße", "strasse"),
        ("a\u00a0b", "a b"),
        ("", ""),
    ],
)
def test_folds(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_align_keeps_the_length_of_every_character() -> None:
    everything = "".join(map(chr, range(0x20000)))
    assert len(align(everything)) == len(everything)


def test_every_presentation_form_folds_to_what_unicode_says_it_is() -> None:
    for code in [*range(0xFB50, 0xFDFE), *range(0xFE70, 0xFEFD)]:
        if unicodedata.category(chr(code)) in ("Lo", "Lm"):
            assert fold(chr(code)).strip() == fold(unicodedata.normalize("NFKD", chr(code))).strip(), hex(code)


def test_every_code_point_folds_idempotently() -> None:
    for character in map(chr, range(0x110000)):
        once = fold(character)
        assert once == character or fold(once) == once, hex(ord(character))


@given(ANY_TEXT)
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_align_is_one_for_one(text: str) -> None:
    assert len(align(text)) == len(text)
    assert squeeze(align(text)) == fold(text)


def test_letters_marks_and_joiners_are_apart() -> None:
    table = characters()
    classes = {name: f"[{getattr(table, name)}]" for name in ("letters", "marks", "joiners")}
    for char, own in (("ب", "letters"), ("\ufefb", "letters"), ("\u064e", "marks"), ("\u200c", "joiners")):
        assert [name for name, pattern in classes.items() if re.fullmatch(pattern, char)] == [own]
