"""Statistics of some passages, to be added to those of an index: the counts of their terms, and their lengths."""

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from ..codec.arrays import Array

_MOST_PENDING = 1 << 20
"""The occurrences of a field that wait to be counted together."""


class TermCounts:
    """Counts of terms and lengths by field, by its name in segments.

    Attributes:
        passages: The number of passages; the caller counts them.
        documents: The number of documents, likewise.
        lengths: For each field with lengths, how many passages have terms in it, and how many terms these are.
    """

    def __init__(self) -> None:
        self.passages = 0
        self.documents = 0
        self.lengths: dict[str, tuple[int, int]] = {}
        self._known: dict[str, Counter[str]] = {}
        self._pending: dict[str, _Pending] = {}

    def add(self, field: str, terms: list[str], with_length: bool) -> None:
        """Count the terms of a field of a passage."""
        self._known.setdefault(field, Counter()).update(set(terms))
        if with_length:
            self._add_length(field, len(terms))

    def add_numbered(self, field: str, vocabulary: list[str], numbers: "array[int]", with_length: bool) -> None:
        """Count the terms of a field of a passage, which are given as places in a list that may grow."""
        pending = self._pending.get(field)
        if pending is None or pending.vocabulary is not vocabulary or pending.size >= _MOST_PENDING:
            self._count_pending(field)
            pending = self._pending[field] = _Pending(vocabulary)
        pending.add(numbers)
        if with_length:
            self._add_length(field, len(numbers))

    def _add_length(self, field: str, length: int) -> None:
        if length:
            passages, terms = self.lengths.get(field, (0, 0))
            self.lengths[field] = (passages + 1, terms + length)

    def terms(self) -> dict[str, Counter[str]]:
        """Return for each field how many passages have each term."""
        for field in [*self._pending]:
            self._count_pending(field)
        return self._known

    def _count_pending(self, field: str) -> None:
        pending = self._pending.pop(field, None)
        if pending is None:
            return
        known = self._known.setdefault(field, Counter())
        numbers, counts = pending.counted()
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            known[pending.vocabulary[number]] += count

    def to_json(self) -> dict[str, Any]:
        """Return the counts as `from_json` takes them."""
        terms = {field: [list(known), list(known.values())] for field, known in self.terms().items()}
        return {"passages": self.passages, "documents": self.documents, "lengths": self.lengths, "terms": terms}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the counts that `to_json` returned."""
        counts = cls()
        counts.passages, counts.documents = stored["passages"], stored["documents"]
        counts.lengths = {field: (one, other) for field, (one, other) in stored["lengths"].items()}
        for field, (terms, numbers) in stored["terms"].items():
            counts._known[field] = Counter(dict(zip(terms, numbers, strict=True)))
        return counts

    def merge(self, other: "TermCounts", sign: int = 1) -> None:
        """Add what `other` counts, or with the sign -1 subtract it."""
        self.passages += sign * other.passages
        self.documents += sign * other.documents
        for field, (passages, terms) in other.lengths.items():
            before = self.lengths.get(field, (0, 0))
            self.lengths[field] = (before[0] + sign * passages, before[1] + sign * terms)
        own = self.terms()
        for field, counted in other.terms().items():
            known = own.setdefault(field, Counter())
            for term, count in counted.items():
                known[term] += sign * count


class _Pending:
    """The terms of a field of some passages that are not counted yet.

    Attributes:
        vocabulary: The list whose places they are.
        size: Their number.
    """

    def __init__(self, vocabulary: list[str]) -> None:
        self.vocabulary = vocabulary
        self.size = 0
        self._numbers: list[bytes] = []
        self._counts: list[int] = []

    def add(self, numbers: "array[int]") -> None:
        """Add the terms of a passage."""
        self._numbers.append(numbers.tobytes())
        self._counts.append(len(numbers))
        self.size += len(numbers)

    def counted(self) -> tuple[Array, Array]:
        """Return the places of terms, and how many passages have each."""
        numbers = np.frombuffer(b"".join(self._numbers), np.uint32).astype(np.int64)
        passages = np.arange(len(self._counts), dtype=np.int64).repeat(self._counts)
        distinct = np.unique((passages << 32) | numbers) & 0xFFFFFFFF
        counts = np.bincount(distinct, minlength=0)
        places = np.flatnonzero(counts)
        return places, counts[places]
