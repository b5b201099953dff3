"""Term vectors: the words of one document. They are not stored, but taken from the postings of the field."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.fields import FieldType
from whoosh.formats import Existence, Frequency, Positions
from whoosh.matching import ListMatcher
from whoosh.system import pack_uint

from ..codec.packing import repeat_each
from ..codec.segment import Field


class FieldVectors:
    """The terms of a field of a segment, document by document.

    All postings of the field are read and held in memory, in the order of the documents.
    """

    def __init__(self, field: Field) -> None:
        counts, docs, freqs, positions = field.postings_between(0, field.terms)
        order = np.argsort(docs, kind="stable")
        self._field = field
        self._ordinals = repeat_each(np.arange(field.terms), counts)[order]
        self._docs = docs[order]
        self._freqs = freqs[order]
        self._positions = positions
        self._position_starts = (np.cumsum(freqs) - freqs)[order]

    def has(self, doc: int) -> bool:
        """Return True if a document has any term."""
        first, last = self._range(doc)
        return first < last

    def matcher(self, doc: int, field: FieldType, form: Any) -> "VectorMatcher":
        """Return the terms of a document in order, each with its frequency, and its positions where they are kept.

        Raises:
            KeyError: If it has no terms.
        """
        first, last = self._range(doc)
        if first == last:
            raise KeyError(f"the document {doc} has no words in the field {self._field.name!r}")
        terms = [field.from_bytes(term) for term in self._field.terms_at(self._ordinals[first:last].tolist())]
        positions = None
        if len(self._positions) and form.supports("positions"):
            starts = self._position_starts[first:last].tolist()
            freqs = self._freqs[first:last].tolist()
            positions = [
                self._positions[start : start + freq].tolist() for start, freq in zip(starts, freqs, strict=True)
            ]
        return VectorMatcher(terms, self._freqs[first:last].tolist(), positions, form)

    def _range(self, doc: int) -> tuple[int, int]:
        first, last = np.searchsorted(self._docs, [doc, doc + 1]).tolist()
        return first, last


class VectorMatcher(ListMatcher):
    """Iterates over the terms of one document, which stand where other matchers have documents."""

    def __init__(self, terms: list[str], freqs: list[int], positions: list[list[int]] | None, form: Any) -> None:
        super().__init__(terms, [float(freq) for freq in freqs], format=form)
        self._freqs = freqs
        self._positions = positions

    def copy(self) -> "VectorMatcher":
        """Return another iterator at the same place."""
        duplicate = VectorMatcher(self._ids, self._freqs, self._positions, self._format)
        duplicate._i = self._i
        return duplicate

    def supports(self, astype: str) -> bool:
        """Return True if `value_as` has this."""
        return astype in ("weight", "frequency") or (astype == "positions" and self._positions is not None)

    def value_as(self, astype: str) -> Any:
        """Return the weight, the frequency or the positions of the present term."""
        if astype == "positions" and self._positions is not None:
            return self._positions[self._i]
        if astype in ("weight", "frequency"):
            return self._weights[self._i] if astype == "weight" else self._freqs[self._i]
        raise ValueError(f"a term vector has no {astype}")

    def value(self) -> bytes:
        """Return the value of the present term as its format encodes it.

        Raises:
            ValueError: If that needs more than the positions, such as ranges of characters.
        """
        if type(self._format) not in (Existence, Frequency, Positions):
            raise ValueError(f"the index keeps less than the format {type(self._format).__name__}: use value_as")
        if self._positions is not None:
            encoded: bytes = self._format.encode(self._positions[self._i])
            return encoded
        packed: bytes = b"" if isinstance(self._format, Existence) else pack_uint(self._freqs[self._i])
        return packed

    def all_items(self) -> Iterator[tuple[str, bytes]]:
        """Yield the terms with their values."""
        matcher = self.copy()
        matcher.reset()
        while matcher.is_active():
            yield matcher.id(), matcher.value()
            matcher.next()
