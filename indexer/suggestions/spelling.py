"""Correcting a misspelled word.

By the noisy channel model (Kernighan, Church & Gale 1990): the corrections are the index's own words that are common,
and that few and likely edits turn into what was typed. Edits are weighed by Persian letters that sound or look alike,
and by neighbouring keys.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...analyzers.data_tables import table_rows
from ..codec.arrays import Array
from ..query.corrections import MIN_LETTERS
from ..ranking.edit_distance import EditCosts, edit_distances
from .keyboard_layouts import DATA, neighbouring_letters
from .vocabulary import ALPHABET_SIZE, Vocabulary, letter_numbers

# The unit of cost is the likeliest edit: a letter left out, or two letters exchanged. An extra letter or a wrong one is
# one of about thirty that could have been typed, and each of them is that much less likely.
MISSING_LETTER_COST = 1.0
SWAPPED_LETTERS_COST = 1.0
EXTRA_LETTER_COST = 2.0
WRONG_LETTER_COST = 2.0
NEIGHBOURING_KEY_COST = 1.8

EDIT_WEIGHT = 3.5
"""The natural logarithm of how much less likely each unit of cost makes a word: about ln 30."""

FREQUENCY_WEIGHT = 0.8
"""The weight of the logarithm of a word's count: below 1, since rare words are misspelled more often."""

_MIN_LATIN_LETTERS = 5  # Latin words are mostly names and initials, and a short one is likelier Persian: ali is not All
_MIN_LETTERS_TWO_EDITS = 7  # a word this long may be two edits off, if no word is one edit off


class WordCorrection(NamedTuple):
    """A word that may have been meant.

    Attributes:
        word: A word of the index, folded.
        cost: The cost of the edits between it and what was typed.
        passages: How many passages have it.
    """

    word: str
    cost: float
    passages: int


def corrections(vocabulary: Vocabulary, word: str, limit: int = 3, least: int = 0) -> list[WordCorrection]:
    """Return the words that may have been meant by a misspelled word, likeliest first, without the word itself.

    Args:
        vocabulary: The words of the index.
        word: The word that was typed, folded.
        limit: The number of words to return, at most.
        least: The least number of passages that a correction is in.
    """
    least_letters = _MIN_LATIN_LETTERS if word.isascii() else MIN_LETTERS
    if len(word) < least_letters or not word.isalpha():  # numbers are not corrected: any digits are a number
        return []
    for edits in (1, 2) if len(word) >= _MIN_LETTERS_TWO_EDITS else (1,):
        places = vocabulary.candidates(word, edits, least)
        costs = weighted_distances(vocabulary.letters[places], vocabulary.lengths[places], word)
        good = (costs <= edits * WRONG_LETTER_COST) & (costs > 0)
        places, costs = places[good], costs[good]
        if len(places):
            break
    counts = vocabulary.counts[places]
    order = np.argsort(EDIT_WEIGHT * costs - FREQUENCY_WEIGHT * np.log(counts), kind="stable")[:limit]
    return [
        WordCorrection(vocabulary.words[place], cost, count)
        for place, cost, count in zip(
            places[order].tolist(), costs[order].tolist(), counts[order].tolist(), strict=True
        )
    ]


@cache
def _wrong_letter_costs() -> Array:
    """Return the cost of each letter (row) typed in place of each other letter (column)."""
    costs = np.full((ALPHABET_SIZE, ALPHABET_SIZE), WRONG_LETTER_COST, np.float32)

    def set_cost(left: str, right: str, cost: float) -> None:
        first, second = letter_numbers([left + right])[0, :2].tolist()
        costs[first, second] = costs[second, first] = min(cost, float(costs[first, second]))

    for left, right in neighbouring_letters():
        set_cost(left, right, NEIGHBOURING_KEY_COST)
    for letters, cost, _ in table_rows("confusions.tsv", DATA):
        for left in letters.split():
            for right in letters.split():
                set_cost(left, right, float(cost))
    np.fill_diagonal(costs, 0)
    return costs


def weighted_distances(letters: Array, lengths: Array, word: str) -> Array:
    """Return the cost of the edits between a typed word and each of some words.

    Args:
        letters: The letters of the words; see `letter_numbers`.
        lengths: The number of letters of each word.
        word: The typed word.
    """
    costs = EditCosts(MISSING_LETTER_COST, EXTRA_LETTER_COST, SWAPPED_LETTERS_COST, _wrong_letter_costs())
    typed = letter_numbers([word])[0, : len(word)].tolist()
    return edit_distances(typed, letters, lengths, costs, dtype=np.float64)
