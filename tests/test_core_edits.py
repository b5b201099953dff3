"""Edit distances and the words near a word, by the compiled core and by Python: equal to the last digit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.core import compiled
from jooya.indexer.codec.arrays import Array
from jooya.indexer.ranking import edit_distance
from jooya.indexer.ranking.edit_distance import UNIT_COSTS, EditCosts, edit_distances
from jooya.indexer.suggestions import spelling, vocabulary
from jooya.indexer.suggestions.vocabulary import Vocabulary, letter_numbers

pytestmark = pytest.mark.skipif(compiled is None, reason="the compiled core was not built")

WORDS = st.text(alphabet="ابپتسصکگaö\U0001f600", max_size=9)


def pure(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Have what is called in this context done by Python."""
    monkeypatch.setattr(edit_distance, "compiled", None)
    monkeypatch.setattr(vocabulary, "compiled", None)
    return monkeypatch


def rows(words: list[str]) -> tuple[Array, Array]:
    return letter_numbers(words), np.array(list(map(len, words)), np.int64)


def word_list(words: list[str], counts: list[int]) -> Vocabulary:
    found = Vocabulary([])
    found.words, found.counts = words, np.array(counts, np.int64)
    found.letters, found.lengths = rows(words)
    found._signatures = vocabulary._signatures(found.letters)
    return found


@given(WORDS, st.lists(WORDS, max_size=8), st.sampled_from([None, 0, 1, 2, 3]))
def test_distances_are_the_same(typed: str, words: list[str], most: int | None) -> None:
    letters, lengths = rows(words)
    numbers = letter_numbers([typed])[0, : len(typed)].tolist()
    found = edit_distances(numbers, letters, lengths, most=most)
    with pytest.MonkeyPatch.context() as context:
        pure(context)
        expected = edit_distances(numbers, letters, lengths, most=most)
    assert found.dtype == expected.dtype
    assert found.tolist() == expected.tolist()


@given(WORDS, st.lists(WORDS, max_size=8))
def test_weighted_distances_are_the_same(typed: str, words: list[str]) -> None:
    letters, lengths = rows(words)
    found = spelling.weighted_distances(letters, lengths, typed)
    with pytest.MonkeyPatch.context() as context:
        pure(context)
        assert found.tolist() == spelling.weighted_distances(letters, lengths, typed).tolist()


@given(
    st.lists(st.tuples(WORDS, st.integers(1, 200)), max_size=12), WORDS, st.integers(1, 2), st.sampled_from([0, 2, 150])
)
def test_candidates_are_the_same(counted: list[tuple[str, int]], word: str, edits: int, least: int) -> None:
    words = word_list([word for word, _ in counted], [count for _, count in counted])
    found = words.candidates(word, edits, least)
    with pytest.MonkeyPatch.context() as context:
        pure(context)
        assert found.tolist() == words.candidates(word, edits, least).tolist()


@given(st.lists(st.integers(0, (1 << 64) - 1), max_size=9))
def test_bits_are_counted(numbers: list[int]) -> None:
    counts = vocabulary._set_bits(np.array(numbers, np.uint64))
    assert counts.tolist() == [number.bit_count() for number in numbers]


@pytest.mark.parametrize(
    ("letters", "lengths", "wrong"),
    [
        ([[1, 2]], [3], np.empty((0, 0))),
        ([[1, 2]], [-1], np.empty((0, 0))),
        ([[1, 2]], [1, 1], np.empty((0, 0))),
        ([[1, 9]], [2], np.zeros((4, 4))),
        ([[1, 2]], [2], np.zeros((2, 2))),
        ([[1, 2]], [2], np.zeros((4, 3))),
    ],
    ids=[
        "longer than its row",
        "below 0",
        "more words than rows",
        "letter beyond",
        "typed letter beyond",
        "not square",
    ],
)
def test_tables_that_do_not_fit_are_refused(letters: list[list[int]], lengths: list[int], wrong: Array) -> None:
    costs = EditCosts(1, 1, 1, wrong.astype(np.float32))
    with pytest.raises(ValueError, match="edit distances"):
        edit_distances([3], np.array(letters), np.array(lengths), costs)


def test_columns_of_different_lengths_are_refused() -> None:
    two, one = np.ones(2, np.int64), np.ones(1, np.uint64)
    with pytest.raises(ValueError, match="differ in length"):
        compiled.words_near(two, two, one, 1, 1, 1, 0)


def test_many_words_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_distance, "_AT_ONCE", 3)
    letters, lengths = rows(["باران", "بران", "باارن", "بارات", "", "کتاب", "باران"])
    typed = letter_numbers(["باران"])[0, :5].tolist()
    assert edit_distances(typed, letters, lengths, UNIT_COSTS).tolist() == [0, 1, 1, 1, 5, 4, 0]
