"""Merging: the work with the dictionaries and the lists of several segments."""

from collections.abc import Sequence
from itertools import islice
from operator import ge

import numpy as np

from ...core import compiled
from .arrays import Array
from .packing import concatenated_ranges, repeat_each
from .segment import PostingsRange


def merged_terms(dictionaries: Sequence[list[bytes]]) -> tuple[list[bytes], list[Array]]:
    """Return the terms of all dictionaries in order, and for each dictionary an array of the new numbers of its terms.

    Raises:
        ValueError: If a dictionary is not in order, or has a term twice, which would take the place of another; the
            argument of the error is its number.
    """
    if compiled is not None:
        return compiled.merged_terms(dictionaries)
    for number, terms in enumerate(dictionaries):
        if any(map(ge, terms, islice(terms, 1, None))):
            raise ValueError(number)
    merged = sorted(set().union(*dictionaries))
    rank = {term: number for number, term in enumerate(merged)}
    return merged, [np.fromiter(map(rank.__getitem__, terms), np.int64, len(terms)) for terms in dictionaries]


def copy_lists(values: Array, starts: Array, counts: Array, out: Array) -> None:
    """Copy lists, which are one after another in `values`, to their places in `out`, an array of the same type.

    Args:
        values: The lists.
        starts: The place in `out` of each list.
        counts: The length of each list.
        out: The array to copy to.
    """
    if compiled is not None:
        compiled.copy_lists(values, starts, counts, out)
    else:
        out[concatenated_ranges(starts, counts)] = values


def live_postings(postings: PostingsRange, live: Array | None, new: Array) -> PostingsRange:
    """Return the postings of the live documents, with their `new` numbers; `live` is None if all are live."""
    counts, docs, freqs, positions = postings
    if live is None:
        return postings._replace(docs=new[docs])
    if compiled is not None:
        return PostingsRange(*compiled.live_postings(counts, docs, freqs, positions, live.view(np.uint8), new))
    keep = live[docs]
    if len(positions):
        positions = positions[repeat_each(keep, freqs) == 1]
    live_before = np.concatenate([[0], np.cumsum(keep)])
    ends = np.cumsum(counts)
    return PostingsRange(live_before[ends] - live_before[ends - counts], new[docs[keep]], freqs[keep], positions)
