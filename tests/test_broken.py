"""Words that a stray space, or a hyphen at the end of a line, broke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.analyzers import analysis
from jooya.analyzers.bloom import BloomFilter, bloom, code_of

JOINED = {
    "مقا ومت": ("مقاومت", 7),
    "فلسطی ن": ("فلسطین", 7),
    "ا سرائیل": ("اسراییل", 8),
    "د ا ن ش گ ا ه": ("دانشگاه", 13),
    "دانش-\nجو": ("دانشجو", 8),
    "مقاو-\nمت": ("مقاومت", 8),
    "مقاو-  \n  مت": ("مقاومت", 12),
    "مقاو\u2010\nمت": ("مقاومت", 8),
    "مقاو\u00ad\nمت": ("مقاومت", 8),
    "مقا\u00adومت": ("مقاومت", 7),
}


@pytest.mark.parametrize("written", JOINED)
def test_a_broken_word_is_one(written: str) -> None:
    """With offsets from its first letter to its last."""
    assert [(token.surface, token.start, token.end) for token in analysis().tokens(written)] == [
        (JOINED[written][0], 0, JOINED[written][1])
    ]


def test_a_broken_compound_has_its_parts() -> None:
    found = [(token.surface, token.start, token.end) for token in analysis().tokens("کتا بخانه")]
    assert found == [("کتابخانه", 0, 9), ("کتاب", 0, 5), ("خانه", 5, 9)]
    found = [(token.surface, token.start, token.end) for token in analysis().tokens("علمی-\nپژوهشی")]
    assert found == [("علمیپژوهشی", 0, 12), ("علمی", 0, 4), ("پژوهشی", 6, 12)]


@pytest.mark.parametrize(
    "written",
    ["از او", "به آن", "با ران", "این کار", "من و تو", "ب ا", "و ا ز", "سال ۱۹۴۵ م است", "مقاومت\nکرد", "اس اس"],
)
def test_words_that_may_be_two_stay_so(written: str) -> None:
    assert [written[token.start : token.end] for token in analysis().tokens(written)] == written.split()


@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\u00ad", "\u00ac"])
def test_hyphens_elsewhere_part_words_as_ever(hyphen: str) -> None:
    inside = [token.surface for token in analysis().tokens(f"تهران{hyphen} مشهد")]
    assert inside == ["تهران", "مشهد"]
    assert [token.surface for token in analysis().tokens(f"{hyphen}\nمشهد")] == ["مشهد"]


@given(st.text(st.sampled_from("ابنشهیو-\u00ad\u2010\u200c \nAz1")))
def test_offsets_stay_within_the_text(text: str) -> None:
    tokens = analysis().tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(not text[token.start].isspace() and not text[token.end - 1].isspace() for token in tokens)
    columns = analysis().columns(text)
    assert sorted(token.stem for token in tokens) == sorted(columns.stems)


@given(st.sets(st.text(min_size=1), max_size=50))
def test_what_was_put_into_a_filter_is_in_it(words: set[str]) -> None:
    known = BloomFilter(bloom(words))
    assert all(code_of(word) in known for word in words)
