"""Facets: how many of all hits have each value of a field."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from ..codec.arrays import Array
from ..codec.packing import concatenated_ranges
from ..codec.segment import NO_TERM, Field
from ..dates.calendars import first_days
from ..errors import BadArgument
from ..limits import check
from ..options import FACETS
from ..own_fields import END_OF_KEY, SPEAKERS, OwnFields, column_name, number_of_code, value_term
from ..ranking.clauses import Clause
from ..ranking.collector import matching_docs
from ..ranking.searcher import IndexSearcher, SegmentSearcher
from ..stored_passages import stored_passage

MOST_VALUES = 1_000
"""The greatest number of values of a facet that are returned: the most frequent ones."""


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value of a field, and how many hits have it.

    Attributes:
        value: The value as it was written; of a date, the Jalali year.
        count: The number of passages (or documents, for `by="document"`).
    """

    value: str | int | float
    count: int


Facets = Mapping[str, tuple[FacetCount, ...]]
"""The counts of some fields, by name: years from the first to the last, other values the most frequent first."""


def check_facets(names: Sequence[str], own: OwnFields) -> None:
    """Raise BadArgument if hits cannot be counted by one of some fields."""
    for name in names:
        if name not in FACETS and name not in own:
            raise BadArgument(
                f"hits cannot be counted by {name!r}",
                f"there are {', '.join((*FACETS, *own))}; Index.declare adds others",
                argument="facets",
                value=names,
            )


def facets(
    searcher: IndexSearcher,
    clause: Clause,
    names: Sequence[str],
    own: OwnFields,
    notes: list[str],
    *,
    by_document: bool = False,
) -> tuple[dict[str, tuple[FacetCount, ...]], int]:
    """Count all that a clause finds by the values of some fields.

    Args:
        searcher: The searcher of the index.
        clause: The clause.
        names: The names of the fields.
        own: The declared fields of the index.
        notes: Takes a line for each field that has more values than are returned.
        by_document: True to count documents instead of passages.

    Returns:
        The counts by name, and the number of passages that were found.
    """
    counters = {name: _Counter(name, own) for name in names}
    total = 0
    for leaf in searcher.leaves:
        check()
        docs = matching_docs(leaf, clause)
        total += len(docs)
        for counter in counters.values():
            check()
            counter.add(leaf, docs, by_document=by_document)
    return {name: counter.result(notes) for name, counter in counters.items()}, total


class FacetTotals:
    """The counts of the values of one field.

    Attributes:
        field: The name in segments of the field.
        by_years: True if `numbers` has Jalali years.
        is_number: True if `numbers` has numbers. If both are False, `terms` has the values.
        numbers: The count of each number.
        terms: The count of each term.
        has_more: True if there are more values, which are less frequent and not counted.
    """

    def __init__(self, name: str, own: OwnFields) -> None:
        """Create the counts, all of them 0.

        Args:
            name: The name of the field, as facets have it.
            own: The declared fields of the index.
        """
        self._name = name
        kind = own.get(name)
        if kind is None:
            self.field = {"year": "day", "speaker": SPEAKERS}.get(name, name)
        else:
            self.field = column_name(name, kind)
        self.by_years = name == "year" or kind == "date"
        self.is_number = kind == "number"
        self.numbers: Counter[int | float] = Counter()
        self.terms: Counter[bytes] = Counter()
        self.has_more = False

    def add_code(self, code: int, count: int) -> None:
        """Count the number that a code stands for."""
        self.numbers[number_of_code(code)] += count

    def result(self, notes: list[str]) -> tuple[FacetCount, ...]:
        """Return the counts in order."""
        if self.by_years:
            return tuple([FacetCount(year, self.numbers[year]) for year in sorted(self.numbers)])
        if self.is_number:
            found: list[tuple[str | int | float, int]] = [*self.numbers.items()]
        else:
            found = [(written, count) for written, count in self._written()]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        if len(found) > MOST_VALUES:
            notes.append(
                f"{self._name} has {'more than ' if self.has_more else ''}{len(found):,} different values; "
                f"only the {MOST_VALUES:,} most frequent are counted"
            )
        return tuple([FacetCount(value, count) for value, count in found[:MOST_VALUES]])

    def _written(self) -> Iterator[tuple[str, int]]:
        """Yield each value, as it is most often written, with its count.

        Of two spellings as frequent, that with Persian letters is taken, which come last.
        """
        end = END_OF_KEY.encode()
        totals: Counter[bytes] = Counter()
        best: dict[bytes, tuple[int, bytes]] = {}
        for term, count in self.terms.items():
            key, _, written = term.partition(end)
            totals[key] += count
            best[key] = max(best.get(key, (0, b"")), (count, written or key))
        for key, total in totals.items():
            yield best[key][1].decode("utf-8", "replace"), total


class _Counter(FacetTotals):
    """Counts the values of one field in segments."""

    def add(self, leaf: SegmentSearcher, docs: Array, *, by_document: bool) -> None:
        """Count the values of some documents of a segment, ascending."""
        if self.by_years or self.is_number:
            self._add_numbers(leaf, docs, by_document)
            return
        if self.field == SPEAKERS and _lacks_speakers(leaf):
            self._add_stored_speakers(leaf, docs, by_document)
            return
        field = leaf.segment.fields[self.field]
        owners, ordinals = _ordinals(leaf, field, docs)
        if by_document:
            owners = leaf.segment.fields["document"].ordinals[owners].astype(np.int64)
            _, first = np.unique(owners << 32 | _values(field, ordinals), return_index=True)
            ordinals = ordinals[first]
        counts = np.bincount(ordinals, minlength=0)
        present = np.flatnonzero(counts)
        self.terms.update(dict(zip(_terms(field, present), counts[present].tolist(), strict=True)))

    def _add_numbers(self, leaf: SegmentSearcher, docs: Array, by_document: bool) -> None:
        if by_document:
            docs = _first_of_each_document(leaf, docs)
        values = leaf.segment.fields[self.field].numbers[docs]
        if self.by_years:
            self._add_years(values[values > 0])
            return
        codes, counts = np.unique(values[values != 0], return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            self.add_code(code, count)

    def _add_years(self, days: Array) -> None:
        starts = first_jalali_days()
        counts = np.bincount(starts.searchsorted(days, side="right"))
        for year in np.flatnonzero(counts).tolist():
            if 0 < year < len(starts):
                self.numbers[year] += int(counts[year])

    def _add_stored_speakers(self, leaf: SegmentSearcher, docs: Array, by_document: bool) -> None:
        """Count the speakers of a segment that was written before there was a column of them."""
        seen: set[tuple[str, str]] = set()
        for doc in docs.tolist():
            check()
            stored = stored_passage(leaf.segment, doc)
            term = value_term(stored.speaker) if stored.speaker else ""
            if not term or (by_document and (stored.document, term.partition(END_OF_KEY)[0]) in seen):
                continue
            seen.add((stored.document, term.partition(END_OF_KEY)[0]))
            self.terms[term.encode()] += 1


def _lacks_speakers(leaf: SegmentSearcher) -> bool:
    """Return True if not all speakers of a segment are in its column of them, which earlier versions did not write."""
    fields = leaf.segment.fields
    return SPEAKERS not in fields or fields[SPEAKERS].documents < fields["speaker"].documents


@cache
def first_jalali_days() -> Array:
    """Return the first day of each Jalali year from the year 1 on."""
    return np.array(first_days(), np.int64)


def _ordinals(leaf: SegmentSearcher, field: Field, docs: Array) -> tuple[Array, Array]:
    """Return the documents among `docs` that have terms of a field, once for each term, and the terms' ordinals."""
    if not field.terms or int(field.doc_frequencies(0, field.terms).sum(dtype=np.int64)) == field.documents:
        column = field.ordinals[docs].astype(np.int64)
        has = column != NO_TERM
        return docs[has], column[has]
    ordinals, starts = leaf.values(field.name)
    counts = (starts[1:] - starts[:-1])[docs]
    return docs.repeat(counts), ordinals[concatenated_ranges(starts[docs], counts)].astype(np.int64)


def _values(field: Field, ordinals: Array) -> Array:
    """Return a number for each of some ordinals that is the same for the spellings of a value."""
    if "." not in field.name or not len(ordinals):
        return ordinals
    present, places = np.unique(ordinals, return_inverse=True)
    keys = [term.partition(END_OF_KEY.encode())[0] for term in _terms(field, present)]
    # Terms are in order, so those with the same key are neighbours.
    return np.cumsum([0, *[one != other for one, other in pairwise(keys)]])[places]


def _terms(field: Field, ordinals: Array) -> list[bytes]:
    """Return the terms with these ordinals, all of them different."""
    if len(ordinals) * 4 <= field.terms:
        return field.terms_at(ordinals.tolist())
    every = field.terms_between(0, field.terms)
    return [every[ordinal] for ordinal in ordinals.tolist()]


def _first_of_each_document(leaf: SegmentSearcher, docs: Array) -> Array:
    """Return the first of `docs` of each document; documents are alike in all of their passages."""
    ordinals = leaf.segment.fields["document"].ordinals[docs]
    _, first = np.unique(ordinals, return_index=True)
    return docs[first]
