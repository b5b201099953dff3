"""Suggestions: corrected spellings, the other keyboard layout, and completions."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_maker import MakeIndex

from jooya.indexer import Document, Index
from jooya.indexer.suggestions.keyboard_layouts import in_other_layout, neighbouring_letters
from jooya.indexer.suggestions.spelling import corrections, weighted_distances
from jooya.indexer.suggestions.vocabulary import Vocabulary, letter_numbers


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Index:
    index = make_index(tmp_path_factory.mktemp("library") / "index")
    index.add(
        *(Document(f"s{n}", f"سلام بر مردم سرزمین\u200cهای اشغالی، بار {n}") for n in range(9)),
        *(Document(f"p{n}", f"كتابخانه\u200cي ملي و ظرفیت آن در سال {n}") for n in range(5)),
        *(Document(f"r{n}", f"دانش\u200cآموز صبور کتاب خوب می\u200cخواند {n}") for n in range(4)),
        Document("e", "hello world"),
    )
    return index


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("سلم", ["سلام"]),  # a missing letter
        ("سلاام", ["سلام"]),  # an extra letter
        ("سالم", ["سلام"]),  # two letters exchanged
        ("صلام", ["سلام"]),  # a letter that sounds alike
        ("ضرفیت", ["ظرفیت"]),
        ("سبور", ["صبور"]),
        ("سلان", ["سلام"]),
        ("سرزمینهی اشغالی", ["سرزمین\u200cهای اشغالی"]),  # shown as people write it, not as it is indexed
        ("سرزمینهای اشقالی", ["سرزمینهای اشغالی"]),
        ("کتابخانهٔ ملی و ضرفیت", ["کتابخانهٔ ملی و ظرفیت"]),
        ("برمردم", ["بر مردم"]),  # a missing space
        ("کتابخوب", []),  # a search finds the two words, so there is nothing to suggest
        ("صب ور", ["صبور"]),  # an extra space
        ("+سلم -مردم", ["+سلام -مردم"]),
        ("سلام -صبوور", []),  # excluded words need not be in the index
        ('"سلم بر"', ['"سلام بر"']),
        ("doc:سلم title:صلام", []),
        ("سلا*", []),
        ("سلام", []),
        ("", []),
        ("؟", []),
        ("ققققققق", []),
        ("چرا", []),  # a stop word is not corrected
        ("سل ۱۳۸۴", []),  # neither are two letters, or a number
    ],
)
def test_did_you_mean(library: Index, typed: str, meant: list[str]) -> None:
    assert library.did_you_mean(typed)[: max(len(meant), 1)] == meant


def test_long_texts_are_not_corrected(library: Index) -> None:
    """A text of 60,000 characters used to take seconds: each word was looked up, and compared with all before it."""
    assert library.did_you_mean("سلم " * 250) != []
    assert library.did_you_mean("سلم " * 251) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sghl", ["سلام"]),
        ("sghl fv lvnl", ["سلام بر مردم"]),
        ("اثممخ", ["hello"]),
        ("اثممخ صخقمی", ["hello world"]),
        ("hello", []),
        ("qqq", []),
        ("SGHL", ["سلام"]),
        ("sghl 12", ["سلام 12"]),
        ("sghl AND fv", ["سلام AND بر"]),
    ],
)
def test_the_wrong_keyboard_layout(library: Index, typed: str, meant: list[str]) -> None:
    assert library.did_you_mean(typed) == meant


def test_retyping_twice_gives_the_same_text() -> None:
    letters = "ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو"
    (latin,) = [other for other in in_other_layout(letters) if "gh" in other]
    assert list(in_other_layout(latin)) == [letters]
    assert list(in_other_layout("سلام hello")) == list(in_other_layout("12")) == []


def test_neighbouring_letters() -> None:
    assert {("س", "ش"), ("ش", "س"), ("ل", "ا"), ("ا", "غ")} <= neighbouring_letters()
    assert ("ض", "پ") not in neighbouring_letters()


@pytest.mark.parametrize(
    ("prefix", "completed"),
    [
        ("سر", ["سرزمین\u200cهای"]),
        ("كتابخ", ["کتابخانه\u200cی"]),
        ("سرزمین های اش", ["سرزمین های اشغالی"]),
        ("+سر", ["+سرزمین\u200cهای"]),
        ("(كتابخ", ["(کتابخانه\u200cی"]),
        ("مردم س", ["مردم سرزمین\u200cهای"]),  # words that follow the word before
        ("آن س", ["آن سرزمین\u200cهای", "آن سلام", "آن سال"]),  # no word follows it
        ("sg", ["سلام"]),
        ("ژژژ", []),
        ("", []),
        ("؟", []),
    ],
)
def test_completion(library: Index, prefix: str, completed: list[str]) -> None:
    assert library.suggest(prefix) == completed


def test_the_most_common_completions_come_first(library: Index) -> None:
    assert library.suggest("س") == ["سرزمین\u200cهای", "سلام", "سال"]
    assert len(library.suggest("س", 2)) == 2


def test_the_rest_of_a_word_is_completed_after_a_space(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    index.add(Document("a", "کتاب\u200cها"), Document("b", "کتاب"))
    assert index.suggest("کتاب ه") == ["کتاب\u200cها"]


LETTERS = st.text(alphabet="ابپتسشzکگی", min_size=1, max_size=8)


def unweighted(one: str, other: str) -> int:
    """Return the optimal string alignment distance."""
    table = [[max(i, j) if not min(i, j) else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(LETTERS, st.lists(LETTERS, min_size=1, max_size=5))
def test_weighted_distances_are_between_one_and_two_per_edit(word: str, others: list[str]) -> None:
    letters, lengths = letter_numbers(others), np.array(list(map(len, others)))
    for other, distance in zip(others, weighted_distances(letters, lengths, word).tolist(), strict=True):
        edits = unweighted(word, other)
        assert edits <= distance + 1e-5
        assert distance <= 2 * edits + 1e-5


@given(st.lists(LETTERS, unique=True, min_size=1, max_size=30), LETTERS, st.integers(1, 2))
def test_candidates_include_all_near_words(words: list[str], word: str, edits: int) -> None:
    vocabulary = Vocabulary([])
    vocabulary.words = words
    vocabulary.letters = letter_numbers(words)
    vocabulary.lengths = np.array(list(map(len, words)))
    vocabulary.counts = np.ones(len(words), np.int64)
    vocabulary._signatures = np.bitwise_or.reduce(
        np.where(vocabulary.letters > 0, np.uint64(1) << (vocabulary.letters % 64).astype(np.uint64), np.uint64(0)),
        axis=1,
    )
    found = {words[place] for place in vocabulary.candidates(word, edits)}
    assert {other for other in words if unweighted(word, other) <= edits} <= found


def test_words_that_no_passage_has_are_no_corrections() -> None:
    counts = {"باران": 0, "باراد": 2, "باراس": -1}  # which only a crafted index has
    field: Any = SimpleNamespace(
        terms=len(counts),
        terms_between=lambda first, stop: [word.encode() for word in counts][first:stop],
        doc_frequencies=lambda first, stop: np.array([*counts.values()][first:stop]),
    )
    with np.errstate(all="raise"):
        assert [one.word for one in corrections(Vocabulary([field]), "باراک")] == ["باراد"]


def test_corrections_prefer_likely_edits_and_common_words(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    index.add(*(Document(f"a{n}", "راز") for n in range(3)), Document("b", "راض"), Document("c", "رازی"))
    vocabulary = Vocabulary(index._searcher().segment_fields("exact"))
    assert [found.word for found in corrections(vocabulary, "راذ")] == ["راز", "راض"]
    assert corrections(vocabulary, "قلم") == []
