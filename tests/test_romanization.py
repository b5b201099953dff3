"""Persian words in Latin letters are found by their sounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.suggestions.romanization import reading_cost
from jooya.indexer.suggestions.romanization_table import latin_keys, words_by_consonants

CLOSE = 0.7
"""The cost up to which Latin letters are a usual spelling of a word."""


@pytest.mark.parametrize(
    ("persian", "spellings"),
    [
        ("تهران", "tehran tehraan"),
        ("اصفهان", "esfahan isfahan"),
        ("خراسان", "khorasan xorasan khorassan"),
        ("کرمانشاه", "kermanshah"),
        ("قشقایی", "qashqai ghashghai ghashghayi"),
        ("محمد", "mohammad muhammad mohamad"),
        ("حسین", "hosein hossein husain"),
        ("علی", "ali"),
        ("عباس", "abbas abas"),
        ("سعید", "saeed saeid"),
        ("مسعود", "masoud masood masud"),
        ("فاطمه", "fateme fatemeh"),
        ("خامنهای", "khamenei khamenehi"),
        ("شیراز", "shiraz"),
        ("گیلان", "gilan"),
        ("زلزله", "zelzele zelzeleh"),
        ("کتاب", "ketab ketaab ketabe"),
        ("چای", "chai chay"),
        ("ژاله", "zhale zhaleh jaleh"),
        ("نوروز", "norouz nowruz noruz nowrooz"),
        ("شاهنامه", "shahname shahnameh"),
        ("فردوسی", "ferdowsi ferdosi ferdousi"),
        ("آذربایجان", "azarbaijan azarbayejan"),
        ("اسحاق", "eshaq eshagh"),
        ("روحانی", "rohani ruhani rouhani"),
        ("احمدینژاد", "ahmadinejad ahmadinezhad"),
        ("مشهد", "mashhad"),
        ("قم", "qom ghom"),
        ("خواهر", "khahar"),
        ("آب", "ab aab"),
        ("ایران", "iran"),
        ("عیسی", "isa eesa"),
        ("مصطفی", "mostafa"),
    ],
)
def test_usual_spellings(persian: str, spellings: str) -> None:
    (key,) = words_by_consonants([persian])
    for latin in spellings.split():
        assert reading_cost(latin, persian) <= CLOSE, latin
        assert key in latin_keys(latin), latin


@pytest.mark.parametrize(
    ("latin", "persian"),
    [
        ("tehran", "تبریز"),
        ("ali", "عبدالله"),
        ("shiraz", "سیرز"),
        ("ketab", "کباب"),
        ("machine", "ماشین"),  # English, not Persian in Latin letters
        ("computer", "کمتر"),
    ],
)
def test_other_words(latin: str, persian: str) -> None:
    assert reading_cost(latin, persian) == math.inf


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=24))
def test_any_latin_word_has_few_keys(latin: str) -> None:
    assert len(latin_keys(latin)) <= 200
