"""The log merge policy: which segments a commit merges.

A commit adds one segment. When enough neighbouring segments of about the same size have gathered, they are merged into
one of the next size, so that an index has few segments and large ones are seldom rewritten. The names of the settings
are those of Lucene's `LogDocMergePolicy`.
"""

from collections.abc import Sequence
from typing import Literal

MERGE_FACTOR = 8
"""Number of neighbouring segments of one level, or of lower ones, that are merged into one."""

MIN_MERGE_DOCS = 1000
"""Segments of up to this many documents are all of the lowest level."""

MAX_MERGE_DOCS = 5_000_000
"""A merge makes no segment of more documents than this, so that it takes minutes and not hours."""

Merging = Literal["policy", "none", "all"]
"""What a commit merges: what the policy says, only what it adds, or everything."""


def first_to_merge(sizes: Sequence[int]) -> int:
    """Return the index of the first segment that a commit merges; it merges all segments from there to the last.

    Only neighbours are merged, so that documents keep their order.

    Args:
        sizes: Number of documents of each segment, in order. The last one is the new segment.

    Returns:
        The index of the last segment if the new segment stays as it is.
    """
    first = start = len(sizes) - 1
    for level in range(max(map(_level, sizes)) + 1):
        while start > 0 and _level(sizes[start - 1]) <= level:
            start -= 1
        candidates = [*sizes[start:first], sum(sizes[first:])]
        if sum(_level(size) == level for size in candidates) >= MERGE_FACTOR and sum(candidates) <= MAX_MERGE_DOCS:
            first = start
    return first


def _level(size: int) -> int:
    """Return the size on a logarithmic scale, on which MERGE_FACTOR segments make one of the next level."""
    level = 0
    while size > MIN_MERGE_DOCS:
        size //= MERGE_FACTOR
        level += 1
    return level
