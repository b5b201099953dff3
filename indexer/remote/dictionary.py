"""The dictionary of a field of the index on the engine, with the interface of the dictionary of a segment."""

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field, Layout
from .statistics import Statistics
from .vocabularies import Vocabulary

_NONE = Vocabulary([], [])


class EngineDictionary(Field):
    """The terms of a field that were asked for last: all of them, or those with a prefix.

    Ordinals are those of these terms. So what is asked for by ordinals must be what was found last.
    """

    def __init__(self, statistics: Statistics, name: str) -> None:
        self.name = name
        self.layout = Layout()
        self._statistics = statistics
        self._read: tuple[str, Vocabulary] | None = None

    def _vocabulary(self, prefix: str = "") -> Vocabulary:
        if self._read is None or not prefix.startswith(self._read[0]):
            self._read = prefix, self._statistics.vocabulary(self.name, prefix)
        return self._read[1]

    @property
    def terms(self) -> int:  # type: ignore[override]
        """The number of different terms."""
        return len(self._vocabulary().terms)

    def with_prefix(self, prefix: bytes) -> range:
        """Return the ordinals of the terms that begin with `prefix`."""
        known = self._vocabulary(prefix.decode("utf-8", "ignore")).terms
        first = bisect_left(known, prefix)
        after = prefix.rstrip(b"\xff")
        end = bisect_left(known, after[:-1] + bytes([after[-1] + 1])) if after else len(known)
        return range(first, end)

    def lower_bound(self, term: bytes) -> int:
        """Return the ordinal of the first term that is not less than `term`."""
        return bisect_left(self._vocabulary().terms, term)

    def _current(self) -> Vocabulary:
        return self._read[1] if self._read else _NONE

    def term(self, ordinal: int) -> bytes:
        """Return the term with an ordinal."""
        return self._current().terms[ordinal]

    def terms_between(self, first: int, last: int) -> list[bytes]:
        """Return the terms with ordinals from `first` up to, but not including, `last`."""
        return self._current().terms[first : max(first, last)]

    def terms_at(self, ordinals: Iterable[int]) -> list[bytes]:
        """Return the terms with these ordinals."""
        known = self._current().terms
        return [known[ordinal] for ordinal in ordinals]

    def doc_frequencies(self, first: int, last: int) -> Array:
        """Return how many passages have each term from `first` up to, but not including, `last`."""
        return np.array(self._current().counts[first : max(first, last)], np.int64)
