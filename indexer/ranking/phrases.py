"""Which documents have some words one after another."""

from collections.abc import Sequence

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from .searcher import Postings

ROOM = 1 << 33
"""More than a position can be: on a line of positions in document after document, those of two are never close."""


def in_sequence(words: Sequence[Postings], docs: Array, slop: int) -> Array:
    """For each of `docs` (ascending, and all of them have all `words`) whether the words stand in it in order, each
    at most `slop` positions after the one before.

    All positions are laid out on one line, document after document. From the places where the first words stand so,
    those of the next are found that have one of them close before.
    """
    reached: Array | None = None
    for word in words:
        check()
        places, counts = word.positions(docs)
        line = np.arange(len(docs)).repeat(counts) * ROOM + places
        if reached is not None:
            before = reached.searchsorted(line) - 1
            line = line[(before >= 0) & (line - reached[before] <= slop)]
        reached = line
        if not len(reached):
            break
    found = np.zeros(len(docs), np.bool_)
    if reached is not None:
        found[reached // ROOM] = True
    return found


def close_together(words: Sequence[Postings], docs: Array, gap: int) -> Array:
    """For each of `docs` (ascending, and all of them have all `words`) whether the words, in any order, stand so close
    that at most `gap` other positions are among them.

    All positions are laid out on one line as above, and each is taken for the end of a stretch: the last place of each
    word up to it tells how long the shortest stretch is that has them all.
    """
    found = np.zeros(len(docs), np.bool_)
    lines = []
    for word in words:
        check()
        places, counts = word.positions(docs)
        lines.append(np.arange(len(docs)).repeat(counts) * ROOM + places)
    ends = np.unique(np.concatenate(lines)) if lines else np.empty(0, np.int64)
    begins = ends
    for line in lines:
        check()
        last = line.searchsorted(ends, "right") - 1
        begins = np.where(last >= 0, np.minimum(begins, line[last]), -ROOM)
    # Words said twice (گل گل) stand at one place here; as many as are different need room.
    good = ends - begins < len(lines) + gap
    found[ends[good] // ROOM] = True
    return found
