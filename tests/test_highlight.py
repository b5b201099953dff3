"""Highlights and snippets of single texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
