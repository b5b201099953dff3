"""Which documents have some words one after another."""

from collections.abc import Sequence

import numpy as np

from jooya.indexer.codec.arrays import Array
from jooya.indexer.ranking.view import Postings

_ROOM = 1 << 33  # more than a position can be, so that no step leads from one document into another


def in_sequence(words: Sequence[Postings], docs: Array, slop: int) -> Array:
    """For each of `docs` (ascending, and all of them have all `words`) whether the words stand in it in order, each
    at most `slop` positions after the one before.

    All positions are laid out on one line, document after document. From the places where the first words stand so,
    those of the next are found that have one of them close before.
    """
    reached: Array | None = None
    for word in words:
        places, counts = word.positions(docs)
        line = np.arange(len(docs)).repeat(counts) * _ROOM + places
        if reached is not None:
            before = reached.searchsorted(line) - 1
            line = line[(before >= 0) & (line - reached[before] <= slop)] if len(reached) else reached
        reached = line
    found = np.zeros(len(docs), np.bool_)
    if reached is not None:
        found[reached // _ROOM] = True
    return found
