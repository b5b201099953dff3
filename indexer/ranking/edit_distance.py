"""Edit distances from one word to many, all at once.

An edit is a letter inserted, deleted or replaced, or two neighbouring letters exchanged; no part of a word is edited
twice (the optimal string alignment distance).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..limits import check


class EditCosts(NamedTuple):
    """The costs of the edits that turn a typed word into another word.

    Attributes:
        missing: The cost of a letter that the typed word lacks.
        extra: The cost of a letter that the typed word has too many.
        swap: The cost of two neighbouring letters in the wrong order.
        replacement: Returns the cost of a typed letter in place of each letter of an array.
    """

    missing: float
    extra: float
    swap: float
    replacement: Callable[[int, Array], Array]


UNIT_COSTS = EditCosts(1, 1, 1, lambda letter, others: others != letter)
"""Each edit costs 1."""


def edit_distances(
    typed: Sequence[int],
    letters: Sequence[Array],
    lengths: Array,
    costs: EditCosts = UNIT_COSTS,
    most: int | None = None,
    dtype: type[np.generic] = np.int16,
) -> Array:
    """Return the distance from a typed word to each of some words, by the table of the classic algorithm.

    Args:
        typed: The letters of the typed word, as numbers.
        letters: Item j has the letter of each word at place j; anything beyond the end of a word.
        lengths: The number of letters of each word; none is longer than `letters`.
        costs: What the edits cost.
        most: The greatest distance that matters, in edits of cost 1; None if all do. Only the part of the table near
            its diagonal is computed, and a distance that is greater comes out as any number above `most`.
        dtype: The type of the distances.

    Raises:
        BeyondLimit: If the time of the query is over.
    """
    size, width = len(lengths), len(letters)
    far = np.inf if most is None else most + 1
    # previous[j]: the cost from the first i - 1 typed letters to the first j letters of each word;
    # before_previous[j]: the cost from the first i - 2 typed letters.
    previous: list[Array] = [np.full(size, min(costs.missing * j, far), dtype) for j in range(width + 1)]
    before_previous = previous
    beyond: Array = previous[0] if most is None else np.full(size, far, dtype)
    for i, letter in enumerate(typed, 1):
        check()
        current: list[Array] = [beyond] * (width + 1)
        current[0] = np.full(size, min(costs.extra * i, far), dtype)
        columns = range(1, width + 1) if most is None else range(max(i - most, 1), min(i + most, width) + 1)
        for j in columns:
            best = np.minimum(previous[j] + costs.extra, current[j - 1] + costs.missing)
            best = np.minimum(best, previous[j - 1] + costs.replacement(letter, letters[j - 1]))
            if i > 1 and j > 1:
                swapped = (letters[j - 2] == letter) & (letters[j - 1] == typed[i - 2])
                best = np.where(swapped, np.minimum(best, before_previous[j - 2] + costs.swap), best)
            current[j] = best
        before_previous, previous = previous, current
    return np.stack(previous, axis=1)[np.arange(size), lengths]
