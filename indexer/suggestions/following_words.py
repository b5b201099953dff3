"""Counts of the words that follow a word: the passages that have them right after it."""

from collections.abc import Sequence

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from ..ranking.postings import Postings
from ..ranking.searcher import IndexSearcher

_POSITION_BITS = 32

_MOST_PASSAGES = 4096  # that are looked at for two words in a segment; beyond them, counts are estimated


def following_counts(searcher: IndexSearcher, field: str, word: str, others: Sequence[str]) -> dict[str, int]:
    """Return how many passages have each of some words right after a word.

    Of two words that are each in more than 4,096 passages of a segment, so many of these, evenly spread, are looked
    at, and the count is estimated from them: که is in every second passage, and the reader who types waits.

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
        first_docs = first.docs
        for other in others:
            check()
            second = leaf.postings(field, other.encode())
            if second is None or not second.count:
                continue
            fewer, more = (first, second) if first.count <= second.count else (second, first)
            docs = first_docs if fewer is first else second.docs
            step = -(-len(docs) // _MOST_PASSAGES)
            docs = docs[::step]
            both = docs[more.has(docs)]
            if not len(both):
                continue
            after, places = _places(first, both) + 1, _places(second, both)
            found = after.searchsorted(places)
            found[found == len(after)] = 0
            follows = places[after[found] == places] >> _POSITION_BITS
            if len(follows):  # the documents ascend, so the places in one document are neighbours
                counts[other] += step * (1 + int(np.count_nonzero(follows[1:] != follows[:-1])))
    return counts


def _places(postings: Postings, docs: Array) -> Array:
    """Return the places of a word in `docs`, which all have it: of each the document and the position, ascending."""
    positions, counts = postings.positions(docs)
    return (np.repeat(docs.astype(np.int64), counts) << _POSITION_BITS) | positions.astype(np.int64)
