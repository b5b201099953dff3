"""What a misspelled word was meant to be.

The noisy channel (Kernighan, Church & Gale 1990): of the index's own words those that are common and come to what was
typed by few, likely edits. Edits are weighed by Persian letters that sound or look alike and by neighbouring keys.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ...analyzers.data_tables import table_rows
from ..codec.arrays import Array
from .keyboard import DATA, neighbours
from .vocabulary import ALPHABET, Vocabulary, letters_of

# Costs are in units of the likeliest edits: a letter left out, or two exchanged. A letter too many, or another one, is
# one of some thirty that could have been typed, and so much less likely each.
MISSING_COST = 1.0
SWAP_COST = 1.0
EXTRA_COST = 2.0
OTHER_COST = 2.0
NEIGHBOUR_COST = 1.8

EDIT_WEIGHT = 3.5
"""How much rarer (as a power of e) a word makes the unit of cost; ln 30 or so."""

COUNT_WEIGHT = 0.8
"""How much it says that a word is common: less than all, since rare ones are misspelled more often."""

_SHORT = 3  # letters from which on a word is put right
_LONG = 7  # letters from which on a word may be two edits off, if no word is one edit off


class Correction(NamedTuple):
    """A word of the index, folded. cost: of the edits to it. passages: how many have it."""

    word: str
    cost: float
    passages: int


def corrections(vocabulary: Vocabulary, word: str, limit: int = 3) -> list[Correction]:
    """The words that `word` may have been meant to be, likeliest first; not itself."""
    if len(word) < _SHORT or not word.isalpha():  # nearly any two letters are a word, and any number a number
        return []
    for edits in (1, 2) if len(word) >= _LONG else (1,):
        places = vocabulary.near(word, edits)
        costs = weighted_distances(vocabulary.letters[places], vocabulary.lengths[places], word)
        good = (costs <= edits * OTHER_COST) & (costs > 0)
        places, costs = places[good], costs[good]
        if len(places):
            break
    counts = vocabulary.counts[places]
    order = np.argsort(EDIT_WEIGHT * costs - COUNT_WEIGHT * np.log(counts), kind="stable")[:limit]
    return [
        Correction(vocabulary.words[place], cost, count)
        for place, cost, count in zip(
            places[order].tolist(), costs[order].tolist(), counts[order].tolist(), strict=True
        )
    ]


@cache
def _costs() -> Array:
    """What it costs to read one letter (row) for another (column)."""
    costs = np.full((ALPHABET, ALPHABET), OTHER_COST, np.float32)

    def set_cost(left: str, right: str, cost: float) -> None:
        first, second = letters_of([left + right])[0, :2].tolist()
        costs[first, second] = costs[second, first] = min(cost, float(costs[first, second]))

    for left, right in neighbours():
        set_cost(left, right, NEIGHBOUR_COST)
    for letters, cost, _ in table_rows("confusions.tsv", DATA):
        for left in letters.split():
            for right in letters.split():
                set_cost(left, right, float(cost))
    np.fill_diagonal(costs, 0)
    return costs


def weighted_distances(letters: Array, lengths: Array, word: str) -> Array:
    """What the edits from `word` to each of some words cost, none of which is edited twice in one place (optimal string
    alignment): the table of the classic algorithm, for all words at once."""
    typed = letters_of([word])[0, : len(word)].tolist()
    width = int(lengths.max(initial=0))
    columns = [letters[:, j].astype(np.intp) for j in range(width)]
    before = previous = [np.full(len(letters), np.float32(MISSING_COST) * j) for j in range(width + 1)]
    costs = _costs()
    for i, letter in enumerate(typed, 1):
        current = [previous[0] + np.float32(EXTRA_COST)]
        for j in range(1, width + 1):
            best = np.minimum(previous[j] + np.float32(EXTRA_COST), current[j - 1] + np.float32(MISSING_COST))
            best = np.minimum(best, previous[j - 1] + costs[letter][columns[j - 1]])
            if i > 1 and j > 1:
                swapped = (columns[j - 2] == letter) & (columns[j - 1] == typed[i - 2])
                best = np.where(swapped, np.minimum(best, before[j - 2] + np.float32(SWAP_COST)), best)
            current.append(best)
        before, previous = previous, current
    return np.stack(previous, axis=1)[np.arange(len(letters)), lengths]
