"""Finding words in a text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jooya.analyzers.characters import align
from jooya.analyzers.tokenizer import split, token_pattern


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("سلام، دنیا!", ["سلام", "دنیا"]),
        ("می\u200cرود", ["می\u200cرود"]),
        ("\u200cمی\u200c رود\u200c", ["می", "رود"]),
        ("«كتابِ» من", ["کتابِ", "من"]),
        ("\u200fکتاب\u200e", ["کتاب"]),
        ("سال۱۳۸۴م", ["سال", "1384", "م"]),
        ("۱۳۸۴/۹/۲۲ و 1384-09-22 و 12:31", ["1384/9/22", "و", "1384-09-22", "و", "12:31"]),
        ("۳٫۱۴ 1,000,000 2.7.5", ["3.14", "1,000,000", "2.7.5"]),
        ("پایان 22.", ["پایان", "22"]),
        ("info@example.ir را", ["info@example.ir", "را"]),
        ("به https://a.ir/b?c=د، برو", ["به", "https://a.ir/b?c=د", "برو"]),
        ("www.example.com.", ["www.example.com"]),
        ("#سرزمین_اشغالی @user_name", ["#سرزمین_اشغالی", "@user_name"]),
        ("COVID19 LCD\u200cها", ["covid19", "lcd", "ها"]),
        ("naïve мир 東京", ["naïve", "мир", "東京"]),
        # Marks of other scripts belong to their words; aligned, they are all one mark.
        ("हिन्दी ワ\u30990", ["ह\u0300न\u0300द\u0300", "ワ\u03000"]),
        ("a@b.ir، a@b.irà", ["a@b.ir", "a", "@b", "irà"]),
        ("...؟!  ", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert token_pattern().split(align(text))[1::2] == tokens


PIECES = [
    *"ابپه.وکج،,:;!؟؛…»«)(]}\"'+#%@/-_ 01359aucfjwz\u0300\u064e\u0640\u200c\u00ad\u2010\u2011à東",
    "www",
    "http",
    "net",
    "000",
    " ش",
]


@given(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=14).map("".join))
@settings(max_examples=1500)
@example("0912 345 67 89")
@example("ه. ش.")
@example("12.5.")
@example("c++")
@example("www.…a")
def test_plain_text_is_split_as_by_all_patterns(text: str) -> None:
    aligned = align(text)
    assert split(aligned) == token_pattern().split(aligned)


def test_a_few_plain_words_do_not_wait_for_all_patterns() -> None:
    token_pattern.cache_clear()
    assert split("باران سال 1384.")[1::2] == ["باران", "سال", "1384"]
    assert token_pattern.cache_info().currsize == 0
