"""Terms for vectorizers of scikit-learn, and words for spaCy, whose texts come back to the character."""

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya import BadArgument
from jooya.indexer.integrations.scikit_learn import PersianTerms, TermWithOffsets
from jooya.indexer.integrations.spacy_words import JooyaTokenizer, words_and_spaces

PERSIAN = st.text(st.sampled_from("کتابهامیخوآنديك۱2 \u200c\u064e،.\n-(@/a"))


@pytest.mark.parametrize(
    ("options", "text", "terms"),
    [
        ({}, "كتابهاي تازه را می‌خوانند", ["کتاب", "تازه", "را", "خواند#خوان"]),
        ({"stop_words": False}, "كتابهاي تازه را می‌خوانند", ["کتاب", "تازه", "خواند#خوان"]),
        ({"form": "surface"}, "كتابهاي تازه", ["کتابهای", "تازه"]),
        ({}, "کتابخانهٔ", ["کتابخانه", "کتاب", "خانه"]),
        ({"parts": False}, "کتابخانهٔ علی رضا", ["کتابخانه", "علیرضا"]),
        ({}, "", []),
        ({}, "،؟!", []),
    ],
)
def test_terms(options: dict[str, Any], text: str, terms: list[str]) -> None:
    assert PersianTerms(**options)(text) == terms


def test_terms_have_offsets_into_the_text_as_given() -> None:
    assert PersianTerms(parts=False).with_offsets("كتاب هاي تازه") == [
        TermWithOffsets("کتاب", 0, 8),
        TermWithOffsets("تازه", 9, 13),
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PersianTerms("nope"), "form cannot be 'nope': give one of 'stem', 'surface'"),  # type: ignore[arg-type]
        (lambda: PersianTerms()(3), "text cannot be 3: give a string"),  # type: ignore[arg-type]
        (lambda: words_and_spaces(3), "text cannot be 3: give a string"),  # type: ignore[arg-type]
    ],
)
def test_wrong_arguments(call: Any, message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        call()


def test_equal_arguments_make_equal_analyzers() -> None:
    terms = PersianTerms("surface", stop_words=False)
    again = pickle.loads(pickle.dumps(terms))
    assert again == terms
    assert hash(again) == hash(terms)
    assert repr(again) == "PersianTerms('surface', stop_words=False, parts=True)"
    assert terms != PersianTerms()


def test_vectorizers_take_it_and_are_pickled_and_cloned() -> None:
    text: Any = pytest.importorskip("sklearn.feature_extraction.text", reason="scikit-learn is not installed")
    base: Any = pytest.importorskip("sklearn.base")
    vectorizer = text.TfidfVectorizer(analyzer=PersianTerms())
    spellings = vectorizer.fit_transform(["کتاب‌های تازه", "كتابهاي تازه", "کتاب های تازه", "باران"])
    assert sorted(vectorizer.get_feature_names_out()) == ["باران", "تازه", "کتاب"]
    assert [row.tolist() for row in spellings.toarray()[:2]] == [row.tolist() for row in spellings.toarray()[1:3]]
    for copy in (pickle.loads(pickle.dumps(vectorizer)), base.clone(vectorizer).fit(["کتاب تازه", "باران"])):
        assert copy.transform(["کتاب‌ها"]).nnz == 1
    counts = text.CountVectorizer(analyzer=PersianTerms(stop_words=False, parts=False)).fit(["در کتابخانه است"])
    assert counts.get_feature_names_out().tolist() == ["کتابخانه"]


@pytest.mark.parametrize(
    ("text", "words", "spaces", "lemmas"),
    [
        ("کتاب های تازه.", ["کتاب های", "تازه", "."], [True, False, False], ["کتاب", "تازه", "."]),
        ("(آب)", ["(", "آب", ")"], [False, False, False], ["(", "اب", ")"]),
        ("آب  و خاک ", ["آب", " ", "و", "خاک"], [True, False, True, True], ["اب", " ", "و", "خاک"]),
        ("آب، خاک", ["آب", "،", "خاک"], [False, True, False], ["اب", "،", "خاک"]),
        (" آب\nخاک", [" ", "آب", "\n", "خاک"], [False, False, False, False], [" ", "اب", "\n", "خاک"]),
        ("", [], [], []),
    ],
)
def test_words_and_spaces(text: str, words: list[str], spaces: list[bool], lemmas: list[str]) -> None:
    assert words_and_spaces(text) == (words, spaces, lemmas)


def joined(text: str) -> str:
    """Return the text that spaCy makes of the words of a text."""
    words, spaces, lemmas = words_and_spaces(text)
    assert len(words) == len(spaces) == len(lemmas)
    assert all(words)
    return "".join(word + " " * space for word, space in zip(words, spaces, strict=True))


@given(PERSIAN | st.text())
def test_words_and_spaces_are_the_text(text: str) -> None:
    assert joined(text) == text


@given(PERSIAN | st.text())
def test_offsets_are_in_the_text_and_in_order(text: str) -> None:
    found = PersianTerms(parts=False).with_offsets(text)
    ends = [0, *[one.end for one in found]]
    assert all(end <= one.start < one.end <= len(text) for end, one in zip(ends, found, strict=False))


def test_a_pipeline_of_spacy_has_the_words() -> None:
    spacy: Any = pytest.importorskip("spacy", reason="spaCy is not installed")
    nlp = spacy.blank("fa")
    nlp.tokenizer = JooyaTokenizer(nlp.vocab)
    doc = nlp("کتاب های تازه، باران.\n")
    assert doc.text == "کتاب های تازه، باران.\n"
    assert [(token.text, token.idx, token.lemma_) for token in doc][:2] == [
        ("کتاب های", 0, "کتاب"),
        ("تازه", 9, "تازه"),
    ]
    assert nlp.from_bytes(nlp.to_bytes()).tokenizer is nlp.tokenizer
