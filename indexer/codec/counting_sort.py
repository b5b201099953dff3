"""Sorting the occurrences of terms, which come document by document, into postings.

Documents come in order, and so do the positions in each. So a sort by term that keeps the order of what is equal is
enough, and needs no comparison: the occurrences of each term are counted, and each is put into its place.
"""

import numpy as np

from ...core import compiled
from .arrays import Array
from .packing import repeat_each
from .segment import PostingsRange

_DIGIT = 16  # bits by which numpy sorts without comparing


def sorted_postings(terms: Array, positions: Array, docs: Array, counts: Array, dictionary: int) -> PostingsRange:
    """Return the postings in order of term, document and position.

    Args:
        terms: The number of the term of each occurrence, as uint32, document by document.
        positions: The position of each occurrence, as uint32; empty if the field keeps none.
        docs: The documents, ascending, as int64.
        counts: The number of occurrences in each of `docs`, as int64.
        dictionary: Number of terms; the numbers of `terms` are below it.
    """
    if compiled is not None:
        return PostingsRange(*compiled.sorted_postings(terms, positions, docs, counts, dictionary))
    docs, counts = docs[counts > 0], counts[counts > 0]
    docs = repeat_each(docs.astype(np.uint32), counts)
    with_positions = len(positions) > 0
    if with_positions and ((positions[1:] < positions[:-1]) & (docs[1:] == docs[:-1])).any():
        order = np.lexsort((positions, docs, terms))
    else:
        order = _stable_order(terms, dictionary)
    terms, docs = terms[order], docs[order]
    positions = positions[order] if with_positions else positions
    del order
    first = np.flatnonzero(np.concatenate([[True], (terms[1:] != terms[:-1]) | (docs[1:] != docs[:-1])]))
    freqs = np.diff(first, append=len(terms))
    counts = np.bincount(terms[first].astype(np.int64), minlength=dictionary)
    return PostingsRange(counts, docs[first].astype(np.int64), freqs, positions)


def _stable_order(terms: Array, dictionary: int) -> Array:
    """Return the order of occurrences by term; numpy counts instead of comparing where numbers have 16 bits."""
    order = np.argsort(terms.astype(np.uint16), kind="stable")
    if dictionary > 1 << _DIGIT:
        order = order[np.argsort((terms >> np.uint32(_DIGIT)).astype(np.uint16)[order], kind="stable")]
    return order
