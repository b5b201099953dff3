"""Edit distances from one word to many, all at once.

An edit is a letter inserted, deleted or replaced, or two neighbouring letters exchanged; no part of a word is edited
twice (the optimal string alignment distance).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..limits import check

_AT_ONCE = 1 << 15  # words that the compiled core looks at between two checks of the deadline


class EditCosts(NamedTuple):
    """The costs of the edits that turn a typed word into another word.

    Attributes:
        missing: The cost of a letter that the typed word lacks.
        extra: The cost of a letter that the typed word has too many.
        swap: The cost of two neighbouring letters in the wrong order.
        wrong: The cost of each letter (row) typed in place of each other letter (column), as float32; None if each
            costs 1.
    """

    missing: float
    extra: float
    swap: float
    wrong: Array | None = None


UNIT_COSTS = EditCosts(1, 1, 1)
"""Each edit costs 1."""


def edit_distances(
    typed: Sequence[int],
    letters: Array,
    lengths: Array,
    costs: EditCosts = UNIT_COSTS,
    most: int | None = None,
    dtype: type[np.generic] = np.int16,
) -> Array:
    """Return the distance from a typed word to each of some words, by the table of the classic algorithm.

    Args:
        typed: The letters of the typed word, as numbers.
        letters: A row for each word with its letters; anything beyond its end.
        lengths: The number of letters of each word; no row is shorter.
        costs: What the edits cost.
        most: The greatest distance that matters, in edits of cost 1; None if all do. Only the part of the table near
            its diagonal is computed, and a distance that is greater comes out as any number above `most`.
        dtype: The type of the distances.

    Raises:
        BeyondLimit: If the time of the query is over.
    """
    if compiled is None:
        return _by_columns(typed, letters, lengths, costs, most, dtype)
    word = np.array(typed, np.uint32)
    wrong = np.empty((0, 0), np.float32) if costs.wrong is None else costs.wrong
    edits = (costs.missing, costs.extra, costs.swap, wrong, -1 if most is None else most)
    found = np.empty(len(lengths), dtype)
    for first in range(0, len(lengths), _AT_ONCE):
        check()
        part = slice(first, first + _AT_ONCE)
        rows = np.ascontiguousarray(letters[part], np.uint32)
        found[part] = compiled.edit_distances(word, rows, np.ascontiguousarray(lengths[part], np.int64), *edits)
    return found


def _by_columns(
    typed: Sequence[int], letters: Array, lengths: Array, costs: EditCosts, most: int | None, dtype: type[np.generic]
) -> Array:
    """Return what `edit_distances` does, for all words at once, without the compiled core."""
    size, width = len(lengths), int(lengths.max(initial=0))
    columns = [np.ascontiguousarray(letters[:, place], np.intp) for place in range(width)]
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
        places = range(1, width + 1) if most is None else range(max(i - most, 1), min(i + most, width) + 1)
        for j in places:
            best = np.minimum(previous[j] + costs.extra, current[j - 1] + costs.missing)
            replaced = columns[j - 1] != letter if costs.wrong is None else costs.wrong[letter][columns[j - 1]]
            best = np.minimum(best, previous[j - 1] + replaced)
            if i > 1 and j > 1:
                swapped = (columns[j - 2] == letter) & (columns[j - 1] == typed[i - 2])
                best = np.where(swapped, np.minimum(best, before_previous[j - 2] + costs.swap), best)
            current[j] = best
        before_previous, previous = previous, current
    return np.stack(previous, axis=1)[np.arange(size), lengths]
