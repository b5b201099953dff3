"""A segment in memory, made of a few passages that the engine returned.

It has the same interface as a segment on disk, so clauses, rescorers, highlights and pages are computed on it by the
code that does so for a local index. A field is analyzed and inverted when it is first asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from ..codec.arrays import Array
from ..codec.counting_sort import sorted_postings
from ..codec.inverter import NumberedTerms
from ..codec.recent_values import RecentValues
from ..codec.sections import SectionFile
from ..codec.segment import NO_TERM, Field, Layout, PostingsRange, Segment
from ..codec.snapshot import Leaf, Snapshot
from ..codec.toc import Toc
from .passage_terms import NO_TERMS, FieldTerms

Terms = FieldTerms | NumberedTerms
"""The terms of one field of one passage, as strings or as the compiled core gives them."""

TermsOf = Callable[[int, str], Terms]
"""Returns the terms of a passage, by its place, in a field."""

NumberOf = Callable[[int, str], int]
"""Returns the number of a passage, by its place, in a field; 0 if it has none."""

Wanted = Mapping[str, frozenset[str]]
"""The terms of fields of words that are asked for, by field."""

_NO_NUMBERS = np.empty(0, np.uint32)


class _Occurrences(NamedTuple):
    """The occurrences of the terms of one field, passage by passage.

    Attributes:
        vocabulary: Strings.
        counts: The number of occurrences in each passage.
        numbers: The place of the term of each occurrence in the vocabulary.
        positions: The position of each; empty if the field keeps none.
    """

    vocabulary: Sequence[str]
    counts: Array
    numbers: Array
    positions: Array

    @classmethod
    def of(cls, found: Sequence[Terms]) -> "_Occurrences":
        """Return the occurrences of the terms of some passages."""
        vocabularies = {id(one.vocabulary) for one in found if isinstance(one, NumberedTerms)}
        if len(vocabularies) == 1 and all(isinstance(one, NumberedTerms) for one in found):
            numbered = cast(Sequence[NumberedTerms], found)
            counts = np.fromiter((len(one.numbers) >> 2 for one in numbered), np.int64, len(found))
            numbers = np.frombuffer(b"".join([one.numbers for one in numbered]), np.uint32)
            positions = np.frombuffer(b"".join([one.positions for one in numbered]), np.uint32)
            return cls(numbered[0].vocabulary, counts, numbers, positions)
        terms = [_as_strings(one) for one in found]
        counts = np.fromiter((len(one.terms) for one in terms), np.int64, len(terms))
        every = [term for one in terms for term in one.terms]
        known = {term: number for number, term in enumerate(dict.fromkeys(every))}
        numbers = np.fromiter(map(known.__getitem__, every), np.uint32, len(every))
        positions = np.array([position for one in terms for position in one.positions], np.uint32)
        return cls(list(known), counts, numbers, positions)


def _as_strings(terms: Terms) -> FieldTerms:
    if isinstance(terms, FieldTerms):
        return terms
    numbers = np.frombuffer(terms.numbers, np.uint32).tolist()
    positions = np.frombuffer(terms.positions, np.uint32).tolist()
    return FieldTerms([terms.vocabulary[number] for number in numbers], positions)


class MemoryField(Field):
    """The terms of one field of some passages, and their postings."""

    def __init__(self, name: str, layout: Layout, found: Sequence[Terms], wanted: frozenset[str] | None = None) -> None:
        """Invert a field.

        Args:
            name: The name of the field.
            layout: What a segment stores of it.
            found: The terms of each passage.
            wanted: The terms that are asked for; None for all.
        """
        self.name = name
        self.layout = layout
        self._segment_documents = len(found)
        vocabulary, counts, numbers, positions = _Occurrences.of(found)
        docs = np.arange(len(found), dtype=np.int64)
        self._columns: dict[str, Array] = {}
        if layout.lengths:
            self._columns["lengths"] = counts
        self.documents = int(np.count_nonzero(counts))
        self.length = len(numbers)
        distinct, places = np.unique(numbers, return_inverse=True)
        words = [vocabulary[number] for number in distinct.tolist()]
        chosen = range(len(words)) if wanted is None else [i for i, word in enumerate(words) if word in wanted]
        order = sorted(chosen, key=words.__getitem__)
        ranks = np.full(len(words), NO_TERM, np.uint32)
        ranks[order] = np.arange(len(order), dtype=np.uint32)
        ordinals = ranks[places]
        if wanted is not None:
            kept = np.flatnonzero(ordinals != NO_TERM)
            owners = docs.repeat(counts)[kept]
            counts = np.bincount(owners, minlength=len(found)).astype(np.int64)
            ordinals, positions = ordinals[kept], positions[kept] if len(positions) else positions
        self.terms = len(order)
        self._terms: list[bytes] = [words[place].encode("utf-8", "surrogatepass") for place in order]
        self._ordinal_cache = {term: ordinal for ordinal, term in enumerate(self._terms)}
        if layout.ordinals:
            column = np.full(len(found), NO_TERM, np.uint32)
            column[docs.repeat(counts)] = ordinals
            self._columns["ordinals"] = column
        if not layout.positions:
            positions = _NO_NUMBERS
        if len(ordinals):
            postings = sorted_postings(ordinals, positions, docs, counts, len(order))
        else:
            none = np.empty(0, np.int64)
            postings = PostingsRange(none, none, none, _NO_NUMBERS)
        self._frequencies, self._docs, freqs, self._positions = postings
        self._starts = np.concatenate([[0], np.cumsum(self._frequencies)]).astype(np.int64)
        self._repeats = (np.asarray(freqs, np.int64) - 1).astype(np.uint32)
        ends = np.concatenate([[0], np.cumsum(np.asarray(freqs, np.int64))])
        self._position_starts = ends[self._starts] if layout.positions else self._starts

    @classmethod
    def of_numbers(cls, name: str, layout: Layout, numbers: Sequence[int]) -> "MemoryField":
        """Return a field that has a number for each passage."""
        field = cls(name, layout, [NO_TERMS] * len(numbers))
        field._columns["numbers"] = np.array(numbers, np.int64)
        return field

    def term(self, ordinal: int) -> bytes:
        """Return the term with an ordinal."""
        term: bytes = self._terms[ordinal]
        return term

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
        wanted: Wanted | None = None,
    ) -> None:
        """Create a segment.

        Args:
            origin: The name of the index, for errors.
            layouts: The fields.
            stored: The stored fields of each passage, in order of documents and of their texts.
            terms_of: Returns the terms of a passage in a field.
            number_of: Returns the number of a passage in a field.
            wanted: The terms of fields of words that are asked for; None for all.
        """
        self.file = _NoFile(origin)
        self.name = "0"
        self.documents = len(stored)
        self._stored = stored
        self.kept = RecentValues()
        every = range(len(stored))

        def make(name: str, layout: Layout) -> Field:
            if layout.numbers:
                return MemoryField.of_numbers(name, layout, [number_of(place, name) for place in every])
            some = None if wanted is None or layout.ordinals else wanted.get(name, frozenset())
            return MemoryField(name, layout, [terms_of(place, name) for place in every], some)

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
        self.folder = Path("/", origin)  # what paths are relative to is "/", as for the writer
        self.toc = state
        self.leaves = [Leaf(segment, state.segments[0], 0, None)] if segment else []
        self.doc_count = self.doc_count_all = sum(entry.documents for entry in state.segments)
