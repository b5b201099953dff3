"""The BM25 formula: its parameters, the norm of a document, and the idf of a term."""

import math
from typing import NamedTuple

from ..codec.arrays import Array


class BM25(NamedTuple):
    """The parameters of BM25 (Robertson et al. 1994), with the idf of Lucene, which is never negative.

    The score of a term in a document is `idf * frequency / (frequency + norm)`.

    Attributes:
        k1: How much each repetition of a term adds. 0 means that repetitions add nothing.
        b: How much long texts are penalized, from 0 (not at all) to 1 (in proportion to their length).
    """

    k1: float = 1.2
    b: float = 0.75

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
