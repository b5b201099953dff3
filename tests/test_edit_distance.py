"""Edit distances of many words at once, compared with the definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from reference_ranker import distance

from jooya.indexer.codec.arrays import Array
from jooya.indexer.ranking.edit_distance import EditCosts, edit_distances

WORDS = st.text(alphabet="ابپت", max_size=6)


def rows(words: list[str]) -> tuple[Array, Array]:
    """Return the letters of some words, a row for each, and their lengths."""
    longest = max(map(len, words))
    letters = [[ord(word[place]) if place < len(word) else 0 for place in range(longest)] for word in words]
    return np.array(letters).reshape(len(words), longest), np.array(list(map(len, words)))


@given(WORDS, st.lists(WORDS, min_size=1, max_size=5))
def test_distances_are_by_the_definition(typed: str, words: list[str]) -> None:
    letters, lengths = rows(words)
    expected = [distance(typed, word) for word in words]
    assert edit_distances(list(map(ord, typed)), letters, lengths).tolist() == expected
    for most in (0, 1, 2):
        found = edit_distances(list(map(ord, typed)), letters, lengths, most=most).tolist()
        assert [min(edits, most + 1) for edits in found] == [min(edits, most + 1) for edits in expected]


def test_costs_belong_to_the_typed_word() -> None:
    letters, lengths = rows(["باران", "بران", "باارن", "بارات"])
    costs = EditCosts(2, 3, 5, 7 * (1 - np.eye(2048, dtype=np.float32)))
    typed = list(map(ord, "باران"))
    assert edit_distances(typed, letters, lengths, costs).tolist() == [0, 3, 5, 5]
    assert edit_distances(list(map(ord, "بران")), letters, lengths, costs).tolist()[0] == 2
