"""Finding the documents in which words stand in sequence, or close together."""

from collections.abc import Sequence

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..limits import check
from .postings import Postings

POSITION_STRIDE = 1 << 33
"""More than any position. Positions are laid out on one line, those of document i shifted by i times this number, so
that positions in two documents are never close together."""


def in_sequence(words: Sequence[Postings], docs: Array, slop: int) -> Array:
    """Return for each document True if the words occur in it in order, each at most `slop` positions after the last.

    All positions are laid out on one line, document after document. For each word, only the positions are kept that
    have a kept position of the word before at most `slop` positions ahead of them.

    Args:
        words: The postings of the words, in order.
        docs: Documents that all have all of the words, ascending.
        slop: The greatest distance between two words; 1 for words that directly follow each other.
    """
    if compiled is not None and words:
        terms = [word.compiled_with_positions() for word in words]
        return compiled.in_sequence(terms, docs.astype(np.int64), words[0].blocks, slop)
    reached: Array | None = None
    for word in words:
        check()
        places, counts = word.positions(docs)
        line = np.arange(len(docs)).repeat(counts) * POSITION_STRIDE + places
        if reached is not None:
            before = reached.searchsorted(line) - 1
            line = line[(before >= 0) & (line - reached[before] <= slop)]
        reached = line
        if not len(reached):
            break
    found = np.zeros(len(docs), np.bool_)
    if reached is not None:
        found[reached // POSITION_STRIDE] = True
    return found


def close_together(words: Sequence[Postings], docs: Array, gap: int) -> Array:
    """Return for each document True if the words occur in it, in any order, with at most `gap` other positions between.

    All positions are laid out on one line, as in `in_sequence`, and each is considered as the end of a stretch of
    text: the last position of each word up to it tells how long the shortest stretch with all the words is.

    Args:
        words: The postings of the words.
        docs: Documents that all have all of the words, ascending.
        gap: How many positions of other words the shortest stretch may have.
    """
    found = np.zeros(len(docs), np.bool_)
    lines = []
    for word in words:
        check()
        places, counts = word.positions(docs)
        lines.append(np.arange(len(docs)).repeat(counts) * POSITION_STRIDE + places)
    ends = np.unique(np.concatenate(lines)) if lines else np.empty(0, np.int64)
    begins = ends
    for line in lines:
        check()
        last = line.searchsorted(ends, "right") - 1
        begins = np.where(last >= 0, np.minimum(begins, line[last]), -POSITION_STRIDE)
    # A word that is given twice (گل گل) counts for the same position twice: only different words need one each.
    good = ends - begins < len(lines) + gap
    found[ends[good] // POSITION_STRIDE] = True
    return found
