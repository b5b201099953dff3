"""Accepted spellings: the forms of a family are found by one stem, and words that look like such forms are not."""

import pytest

from jooya.analyzers import analysis

MEET = {
    "ism": ("رئالیسم", "رئالیزم", "رئالیزمی", "ریالیزم"),
    "ism that only dictionaries of rare words have": ("مکانیسم", "مکانیزم", "مکانیزم\u200cها"),
    "tanvin": ("تقریباً", "تقریبا", "تقریبن"),
    "seat of the hamza": ("غیرمسئول", "غیرمسؤول", "غیرمسوول"),
    "plural with a hamza": ("مسئولین", "مسؤولین", "مسوولین", "مسئول"),
    "one waw": ("طاووس", "طاوس", "طاوس\u200cها"),
    "final alef of names": ("یحیی", "یحیا"),
    "superscript alef": ("اسحاق", "اسحق"),
    "servant of God": ("عبدالرحمان", "عبدالرحمن", "عبد الرحمن", "عبد\u200cالرحمان"),
    "name with God's": ("روح\u200cالله", "روح\u200cاله", "روح الله", "روح اله", "روحاله", "روحالله"),
    "title with ة": ("حجت\u200cالاسلام", "حجةالاسلام", "حجه\u200cالاسلام", "حجت الاسلام"),
    "name with ة": ("رحمت\u200cالله", "رحمةالله", "رحمه الله", "رحمت\u200cاله"),
    "ة in a word": ("زکات", "زکاة", "زکوة"),
    "ت and ط": ("تالقان", "طالقان"),
    "ز and ذ": ("شکرگزار", "شکرگذار"),
    "ذ and ز": ("سرمایه\u200cگذار", "سرمایه\u200cگزار", "سرمایه گزار"),
    "غ and ق": ("بقچه", "بغچه", "بغچه\u200cای"),
    "number": ("هجده", "هیجده", "هژده"),
    "loan word": ("پروفسور", "پرفسور"),
    "kunya": ("ابوالفضل", "ابولفضل"),
    "month": ("ذی\u200cحجه", "ذی\u200cالحجه", "ذوالحجه", "ذی الحجه"),
}

APART = (
    ("هیزم", "هیسم"),
    ("بدواً", "بدون"),
    ("تلفاً", "تلفن"),
    ("رساله", "رسالله"),
    ("حیات", "حیاط"),
    ("گذار", "گزار"),
    ("غالب", "قالب"),
    ("اساس", "اثاث"),
    ("قریب", "غریب"),
)


def stem(text: str) -> str:
    """Return the stem of the whole of a text, which is one word."""
    token = analysis().tokens(text)[0]
    assert text[token.start : token.end] == text
    return token.stem


@pytest.mark.parametrize("name", MEET)
def test_spellings_have_one_stem(name: str) -> None:
    assert {stem(form) for form in MEET[name]} == {stem(MEET[name][0])}


@pytest.mark.parametrize(("one", "two"), APART)
def test_words_that_look_like_spellings_stay_apart(one: str, two: str) -> None:
    assert stem(one) != stem(two)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("بمنظور", ["بمنظور", "به", "منظور"]),
        ("بعلت", ["بعلت", "به", "علت"]),
        ("بعنوان", ["بهعنوان", "به", "عنوان"]),
        ("بزودی", ["بزودی", "به", "زودی"]),
        ("بلاک", ["بلاک"]),  # a name, and not به لاک
        ("باران", ["باران"]),
        ("بنفشه", ["بنفشه"]),
        ("بگوید", ["گفت#گو"]),
    ],
)
def test_a_joined_preposition_has_its_noun_as_a_part(text: str, terms: list[str]) -> None:
    assert analysis().columns(text).stems == terms
