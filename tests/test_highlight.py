"""Highlights and snippets of single texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.analyzers import analysis
from jooya.indexer.query.highlight_terms import HighlightTerms
from jooya.indexer.query.query_words import query_words
from jooya.indexer.search.highlight import highlight, snippet


def terms_of(*words: str) -> HighlightTerms:
    return HighlightTerms(
        frozenset(stem for word in query_words(" ".join(words)) for stem in (*word.stems, *word.parts))
    )


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("كتابهاي ما و کتاب تو", ["کتاب"], ["كتابهاي", "کتاب"]),
        ("آنان مي روند", ["رفت"], ["مي روند"]),
        ("دانش\u200cآموز خوب", ["دانش"], ["دانش"]),
        ("باران", ["برف"], []),
        ("عقب\nنشيني كردند", ["عقب\u200cنشینی"], ["عقب\nنشيني"]),
        ("دانش\u200cآموزان آمدند", ["دانش\u200cآموز"], ["دانش\u200cآموزان"]),
        ("كتابِ مَن", ["کتاب"], ["كتابِ"]),
        # Words with nothing but spaces or half-spaces between them make one span.
        ("در سرزمين هاي اشغالي، سرزمین", ["سرزمین", "اشغالی"], ["سرزمين هاي اشغالي", "سرزمین"]),
    ],
)
def test_words_are_highlighted_as_written(text: str, words: list[str], found: list[str]) -> None:
    assert [text[start:end] for start, end in highlight(text, terms_of(*words))] == found


def test_phrases_are_highlighted_where_they_stand() -> None:
    text = "سنگ صبور و صبور سنگ و سنگ\nصبور"
    spans = highlight(text, HighlightTerms(phrases=(("سنگ", "صبور"),)))
    assert [text[start:end] for start, end in spans] == ["سنگ صبور", "سنگ\nصبور"]
    assert highlight(text, HighlightTerms(surfaces=frozenset(["صبور"]))) == [(4, 8), (11, 15), (26, 30)]


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("باران آمد", [(0, 5)], 9) == (0, 9)


def test_a_snippet_has_the_most_highlights_and_whole_words() -> None:
    text = "باران " + "کلمه " * 100 + "باران باران باران " + "کلمه " * 100
    spans = highlight(text, terms_of("باران"))
    start, end = snippet(text, spans, 60)
    assert text[start:end].count("باران") == 3
    assert 40 <= end - start <= 60
    assert (text[start - 1], text[end]) == (" ", " ")
    assert snippet(text, [], 60) == (0, 60)


@given(st.text(alphabet="ابپ \u200c\n", max_size=300), st.integers(1, 40))
def test_any_text_has_a_snippet(text: str, width: int) -> None:
    spans = highlight(text, terms_of("ا"))
    start, end = snippet(text, spans, width)
    assert 0 <= start <= end <= len(text)
    assert end - start <= max(width, 0) or ((start, end) == (0, len(text)) and len(text) <= width)


NUMBERS = " ".join(f"{number:02}" for number in range(30))
"""Thirty words of two letters: word n begins at 3 n."""

LONG = "aaaa " + "b" * 40 + " cccc"


def words_at(*numbers: int) -> list[tuple[int, int]]:
    return [(3 * number, 3 * number + 2) for number in numbers]


@pytest.mark.parametrize(
    ("text", "spans", "width", "found"),
    [
        (NUMBERS, [], 20, (0, 20)),
        (NUMBERS, [], 19, (0, 17)),
        (NUMBERS, words_at(0), 20, (0, 20)),
        (NUMBERS, words_at(1), 20, (0, 20)),
        (NUMBERS, words_at(10), 20, (21, 41)),
        (NUMBERS, words_at(29), 20, (69, 89)),
        (NUMBERS, words_at(28), 21, (69, 89)),
        (NUMBERS, words_at(10, 11), 20, (24, 41)),
        # the window with the most highlighted characters; of two alike, the first
        (NUMBERS, words_at(2, 20, 21), 20, (54, 71)),
        (NUMBERS, words_at(2, 3, 20, 21), 20, (0, 20)),
        (NUMBERS, words_at(4, 12, 13, 14), 31, (27, 56)),
        (NUMBERS, words_at(3, 13), 10, (6, 14)),
        # highlights count for a window if they begin in its first two thirds
        (NUMBERS, words_at(10, 14), 20, (27, 47)),
        (NUMBERS, words_at(10, 15), 20, (21, 41)),
        (NUMBERS, words_at(10, 14), 18, (24, 38)),
        (NUMBERS, [(12, 50)], 20, (12, 32)),
        (NUMBERS, [(12, 31)], 20, (12, 32)),
        (NUMBERS, words_at(5), 2, (15, 17)),
        (NUMBERS, words_at(5), 6, (15, 17)),
        (NUMBERS, words_at(10), 88, (0, 86)),
        (NUMBERS, words_at(29), 88, (3, 89)),
        (NUMBERS, words_at(10), 89, (0, 89)),
        # words longer than the snippet are cut
        ("کلمه" * 30, [], 10, (0, 10)),
        ("کلمه" * 30, [(40, 44)], 10, (37, 47)),
        ("کلمه" * 30, [(40, 44)], 1, (40, 41)),
        (LONG, [(10, 12)], 20, (1, 21)),
        (LONG, [(1, 2)], 20, (0, 4)),
        (LONG, [(46, 48)], 20, (46, 50)),
        (LONG, [(0, 4)], 5, (0, 4)),
        ("\n" + LONG, [(2, 3)], 20, (0, 5)),
        ("ab\ncd ef", [(3, 5)], 4, (3, 5)),
    ],
)
def test_the_bounds_of_snippets(text: str, spans: list[tuple[int, int]], width: int, found: tuple[int, int]) -> None:
    assert snippet(text, spans, width) == found


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("گل باغ گل باغ گل", ("گل", "باغ"), ["گل باغ گل باغ"]),
        ("گل و باغ", ("گل", "باغ"), []),
        ("باغ گل", ("گل", "باغ"), []),
        ("گل گل و گل گل گل", ("گل", "گل", "گل"), ["گل گل گل"]),
        ("گل", ("گل",), ["گل"]),
        ("خاک گل گل باغ خاک گل باغ سنگ", ("گل", "باغ", "سنگ"), ["گل باغ سنگ"]),
        ("گل باغ، گل سنگ", ("باغ", "گل"), ["باغ، گل"]),
    ],
)
def test_the_places_of_phrases(text: str, phrase: tuple[str, ...], found: list[str]) -> None:
    assert [text[start:end] for start, end in highlight(text, HighlightTerms(phrases=(phrase,)))] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("باران برف", ["باران برف"]),
        ("باران \u200c\u200f\n برف", ["باران \u200c\u200f\n برف"]),
        ("باران، برف", ["باران", "برف"]),
        ("باران و برف", ["باران", "برف"]),
        ("برف", ["برف"]),
    ],
)
def test_spans_with_space_between_them_are_one(text: str, found: list[str]) -> None:
    terms = HighlightTerms(surfaces=frozenset(["باران", "برف"]))
    assert [text[start:end] for start, end in highlight(text, terms)] == found


def test_a_compound_is_highlighted_with_its_last_word_in_any_form() -> None:
    terms = HighlightTerms(compounds=(("پیش", "بینی"),))
    for text, found in (
        ("پیش بینی هوا", ["پیش بینی"]), ("پیش بینی‌ها", ["پیش بینی‌ها"]), ("بینی پیش", []), ("پیش از بینی", []),
    ):  # fmt: skip
        assert [text[start:end] for start, end in highlight(text, terms)] == found


def test_a_form_of_the_last_word_may_be_the_first_word_of_a_compound() -> None:
    text = "کتاب‌ها کتاب"
    columns = analysis().columns(text)
    assert columns.stems[0] == columns.stems[1] == columns.surfaces[1]
    terms = HighlightTerms(compounds=((columns.surfaces[0], columns.stems[1]),))
    assert highlight(text, terms) == [(0, len(text))]
    assert highlight("کتاب کتاب", terms) == []
