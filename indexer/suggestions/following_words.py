"""Counts of the words that follow a word: the passages that have them right after it."""

from collections.abc import Sequence

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from ..ranking.postings import Postings
from ..ranking.searcher import IndexSearcher

_POSITION_BITS = 32


def following_counts(searcher: IndexSearcher, field: str, word: str, others: Sequence[str]) -> dict[str, int]:
    """Return how many passages have each of some words right after a word.

    A phrase for each of them would look up the places of the first word as often.

    Args:
        searcher: The searcher of the index.
        field: The field that has the words.
        word: The first word.
        others: The words that may follow it.
    """
    counts = dict.fromkeys(others, 0)
    for leaf in searcher.leaves:
        first = leaf.postings(field, word.encode())
        if first is None or not first.count:
            continue
        docs = first.docs
        after = _places(first, docs) + 1
        for other in others:
            check()
            second = leaf.postings(field, other.encode())
            if second is None or not second.count:
                continue
            both = second.docs[first.has(second.docs)] if second.count < len(docs) else docs[second.has(docs)]
            if not len(both):
                continue
            places = _places(second, both)
            found = after.searchsorted(places)
            found[found == len(after)] = 0
            follows = places[after[found] == places] >> _POSITION_BITS
            if len(follows):  # the documents ascend, so the places in one document are neighbours
                counts[other] += 1 + int(np.count_nonzero(follows[1:] != follows[:-1]))
    return counts


def _places(postings: Postings, docs: Array) -> Array:
    """Return the places of a word in `docs`, which all have it: of each the document and the position, ascending."""
    positions, counts = postings.positions(docs)
    return (np.repeat(docs.astype(np.int64), counts) << _POSITION_BITS) | positions.astype(np.int64)
