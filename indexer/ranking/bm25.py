"""The BM25 formula: its parameters, the norm of a document, and the idf of a term."""

import math
from typing import NamedTuple

from ..codec.arrays import Array

MIN_DELTA = 0.2
"""The `delta` of BM25 for long texts."""


class BM25(NamedTuple):
    """The parameters of BM25 (Robertson et al. 1994), with the idf of Lucene, which is never negative.

    The score of a term in a document is `idf * (frequency / (frequency + norm) + delta)`. With a `delta` above 0 this
    is BM25+ (Lv & Zhai, CIKM 2011): a document that has a term is never worth as little as one that lacks it.

    How much it says that a term is there at all depends on the length of texts. A verse has most of its words once, so
    what matters is how many words of the query it has. An article of a thousand words may mention anything once, so
    what matters is how often. So `delta` falls with the mean length.

    Attributes:
        k1: How much each repetition of a term adds. 0 means that repetitions add nothing.
        b: How much long texts are penalized, from 0 (not at all) to 1 (in proportion to their length).
        presence: The mean length, in terms, up to which `delta` is 1. It falls with the square of longer lengths, down
            to `MIN_DELTA`. With 0, it is always 0.
    """

    k1: float = 1.2
    b: float = 0.75
    presence: float = 0.0

    def delta(self, average_length: float) -> float:
        """Return what the presence of a term adds to its frequency's part of the score, from 0 to 1."""
        if not self.presence:
            return 0.0
        return min(1.0, max(MIN_DELTA, (self.presence / average_length) ** 2))

    def single(self, average_length: float) -> float:
        """Return what a term adds, times its idf, to a document of mean length that has it once."""
        return 1 / (1 + self.k1) + self.delta(average_length)

    def norms(self, lengths: Array, average_length: float) -> Array:
        """Return the norm of each document: the number that the frequency of a term is weighed against.

        Args:
            lengths: The number of terms of each document, float64.
            average_length: The mean of `lengths` over all documents that have any terms.
        """
        norms: Array = self.k1 * (1 - self.b + self.b / average_length * lengths)
        return norms


def idf(count: int, documents: int) -> float:
    """Return the inverse document frequency of a term that `count` (above 0) of `documents` documents have."""
    return math.log(1 + (max(documents - count, 0) + 0.5) / (count + 0.5))
