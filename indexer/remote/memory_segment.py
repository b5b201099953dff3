"""A segment in memory, made of a few passages that the engine returned.

It has the same interface as a segment on disk, so clauses, rescorers, highlights and pages are computed on it by the
code that does so for a local index. A field is analyzed and inverted when it is first asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..codec.arrays import Array
from ..codec.counting_sort import sorted_postings
from ..codec.packing import repeat_each
from ..codec.sections import SectionFile
from ..codec.segment import NO_TERM, Field, Layout, Segment
from ..codec.snapshot import Leaf, Snapshot
from ..codec.toc import Toc
from .passage_terms import FieldTerms

TermsOf = Callable[[int, str], FieldTerms]
"""Returns the terms of a passage, by its place, in a field."""

NumberOf = Callable[[int, str], int]
"""Returns the number of a passage, by its place, in a field; 0 if it has none."""


class MemoryField(Field):
    """The terms of one field of some passages, and their postings."""

    def __init__(self, name: str, layout: Layout, found: Sequence[FieldTerms], numbers: Sequence[int] = ()) -> None:
        """Invert a field.

        Args:
            name: The name of the field.
            layout: What a segment stores of it.
            found: The terms of each passage.
            numbers: The number of each passage, for a field of numbers.
        """
        self.name = name
        self.layout = layout
        self._segment_documents = len(found)
        counts = np.fromiter((len(one.terms) for one in found), np.int64, len(found))
        every = [term for one in found for term in one.terms]
        known = sorted(set(every))
        ranks = {term: rank for rank, term in enumerate(known)}
        occurrences = np.fromiter(map(ranks.__getitem__, every), np.uint32, len(every))
        places = [position for one in found for position in one.positions] if layout.positions else []
        self.terms = len(known)
        self.documents = int(np.count_nonzero(counts))
        self.length = len(every)
        self._terms = [term.encode("utf-8", "surrogatepass") for term in known]
        self._ordinal_cache = {term: ordinal for ordinal, term in enumerate(self._terms)}
        docs = np.arange(len(found), dtype=np.int64)
        self._columns: dict[str, Array] = {}
        if layout.lengths:
            self._columns["lengths"] = counts
        if layout.ordinals:
            column = np.full(len(found), NO_TERM, np.uint32)
            column[repeat_each(docs[counts > 0], counts[counts > 0])] = occurrences
            self._columns["ordinals"] = column
        if layout.numbers:
            self._columns["numbers"] = np.array(numbers, np.int64)
        if every:
            postings = sorted_postings(occurrences, np.array(places, np.uint32), docs, counts, len(known))
        else:
            none = np.empty(0, np.int64)
            postings = none, none, none, np.empty(0, np.uint32)  # type: ignore[assignment]
        self._frequencies, self._docs, freqs, self._positions = postings
        self._starts = np.concatenate([[0], np.cumsum(self._frequencies)]).astype(np.int64)
        self._repeats = (np.asarray(freqs, np.int64) - 1).astype(np.uint32)
        ends = np.concatenate([[0], np.cumsum(np.asarray(freqs, np.int64))])
        self._position_starts = ends[self._starts] if layout.positions else self._starts

    def term(self, ordinal: int) -> bytes:
        """Return the term with an ordinal."""
        return self._terms[ordinal]

    def find(self, term: bytes) -> int | None:
        """Return the ordinal of a term; None if no passage has it."""
        return self._ordinal_cache.get(term)

    def terms_between(self, first: int, last: int) -> list[bytes]:
        """Return the terms with ordinals from `first` up to, but not including, `last`."""
        return self._terms[first : max(first, last)]

    def terms_at(self, ordinals: Any) -> list[bytes]:
        """Return the terms with these ordinals."""
        return [self._terms[ordinal] for ordinal in ordinals]

    def doc_frequency(self, ordinal: int) -> int:
        """Return how many passages have the term."""
        return int(self._frequencies[ordinal])

    def doc_frequencies(self, first: int, last: int) -> Array:
        """Return how many passages have each term from `first` up to, but not including, `last`."""
        return np.asarray(self._frequencies[first : max(first, last)])

    def docs(self, ordinal: int) -> Array:
        """Return the passages that have the term, ascending, as int32."""
        return self._docs[self._starts[ordinal] : self._starts[ordinal + 1]].astype(np.int32)

    def extra_frequencies(self, ordinal: int) -> Array | None:
        """Return the frequency minus 1 of the term in each of its passages; None if all frequencies are 1."""
        if not self.layout.frequencies:
            return None
        repeats = self._repeats[self._starts[ordinal] : self._starts[ordinal + 1]]
        return repeats if repeats.any() else None

    def positions(self, ordinal: int, total: int) -> Array:
        """Return the positions of the term in each of its passages."""
        return self._positions[self._position_starts[ordinal] : self._position_starts[ordinal + 1]]

    def docs_between(self, first: int, last: int, *, in_order: bool = True) -> tuple[Array, Array]:
        """Return the counts and the passages of the terms from `first` up to, but not including, `last`."""
        last = max(first, last)
        return self.doc_frequencies(first, last), self._docs[self._starts[first] : self._starts[last]]

    def _column(self, part: str) -> Array:
        return self._columns[part]


class _LazyFields(dict[str, Field]):
    """The fields of a segment by name, each made when it is first asked for."""

    def __init__(self, layouts: Mapping[str, Layout], make: Callable[[str, Layout], Field]) -> None:
        super().__init__()
        self._layouts = layouts
        self._make = make

    def __missing__(self, name: str) -> Field:
        field = self[name] = self._make(name, self._layouts[name])
        return field

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field, or the default if passages have no field of this name."""
        return default if name not in self._layouts else self[name]

    def __contains__(self, name: object) -> bool:
        return name in self._layouts


class _NoFile(SectionFile):
    """Stands in the place of the file of a segment: what was damaged came from the engine."""

    def __init__(self, origin: str) -> None:
        self.path = Path(origin)


class MemorySegment(Segment):
    """A segment of some passages."""

    def __init__(
        self,
        origin: str,
        layouts: Mapping[str, Layout],
        stored: Sequence[dict[str, Any]],
        terms_of: TermsOf,
        number_of: NumberOf,
    ) -> None:
        """Create a segment.

        Args:
            origin: The name of the index, for errors.
            layouts: The fields.
            stored: The stored fields of each passage, in order of documents and of their texts.
            terms_of: Returns the terms of a passage in a field.
            number_of: Returns the number of a passage in a field.
        """
        self.file = _NoFile(origin)
        self.name = "0"
        self.documents = len(stored)
        self._stored = stored
        every = range(len(stored))

        def make(name: str, layout: Layout) -> Field:
            if layout.numbers:
                return MemoryField(name, layout, [FieldTerms((), ())] * len(every), [number_of(p, name) for p in every])
            return MemoryField(name, layout, [terms_of(place, name) for place in every])

        self.fields = _LazyFields(layouts, make)  # type: ignore[assignment]

    def stored(self, doc: int) -> dict[str, Any]:
        """Return the stored fields of a passage."""
        return self._stored[doc]

    def all_stored(self) -> Iterator[dict[str, Any]]:
        """Yield the stored fields of all passages in order."""
        yield from self._stored


class MemorySnapshot(Snapshot):
    """A snapshot of some passages, with the statistics of the whole index."""

    def __init__(self, origin: str, state: Toc, segment: Segment | None = None) -> None:
        """Create a snapshot.

        Args:
            origin: The name of the index, for errors.
            state: The table of contents that the index would have: one segment with the statistics of all passages.
            segment: Some of the passages.
        """
        self.folder = Path(origin)
        self.toc = state
        self.leaves = [Leaf(segment, state.segments[0], 0, None)] if segment else []
        self.doc_count = self.doc_count_all = sum(entry.documents for entry in state.segments)
