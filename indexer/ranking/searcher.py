"""A snapshot of an index as ranking reads it: statistics of the whole, and the postings of each segment.

Deleted documents are left out of everything here.
"""

import threading
import weakref
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import NO_TERM, Field
from ..codec.snapshot import Leaf, Snapshot
from ..defaults import CACHE_MEMORY
from ..limits import check
from .bm25 import BM25, idf
from .equal_numbers import EqualNumbers
from .postings import BLOCK, BLOCK_BITS, Postings

if TYPE_CHECKING:
    from .clauses import Clause

_MAX_CACHED_COUNTS = 1 << 16

_STORED_SHARE = 0.25  # of the memory for postings: so much is kept of stored fields, beside them


class SegmentSearcher:
    """One segment of a snapshot.

    Attributes:
        searcher: The searcher of the whole snapshot: a weak reference, since that one holds this one, and a cycle would
            keep the segment's file open until the garbage collector runs. Whoever uses a segment holds the searcher of
            the snapshot.
        segment: The segment's file.
        live: For each document, True if it is not deleted; None if no document is deleted.
        base: The number within the snapshot of the segment's first document.
        size: The number of documents, deleted ones included.
        blocks: The number of blocks of documents; the last block may be shorter.
    """

    def __init__(self, searcher: "IndexSearcher", leaf: Leaf) -> None:
        self.searcher: IndexSearcher = weakref.proxy(searcher)
        self.segment = leaf.segment
        self.live = leaf.live
        self.base = leaf.base
        self.size = leaf.segment.documents
        self.blocks = -(-self.size // BLOCK)
        self._norms: dict[str, Array] = {}
        self._group_lengths: dict[tuple[str, str], Array] = {}
        self._values: dict[str, tuple[Array, Array]] = {}
        self._spare_scores: list[Array] = []

    def norms(self, field: str) -> Array:
        """Return the BM25 norm of each document, padded to whole blocks."""
        if field not in self._norms:
            lengths = np.zeros(self.blocks << BLOCK_BITS)
            lengths[: self.size] = self.segment.fields[field].lengths
            self._norms[field] = self.searcher.bm25.norms(lengths, self.searcher.average_length(field))
        return self._norms[field]

    def delta(self, field: str) -> float:
        """Return the `delta` of BM25 for a field."""
        return self.searcher.bm25.delta(self.searcher.average_length(field))

    def group_lengths(self, group: str, field: str) -> Array:
        """Return how many terms of `field` the documents with each term of `group` have together, by its ordinal.

        Passages of one document have the same term in the field `group`, which has a column of ordinals.
        """
        key = (group, field)
        if key not in self._group_lengths:
            column = self.segment.fields[group]
            docs = self.all_docs()
            known = self.segment.fields.get(field)
            lengths = np.zeros(len(docs)) if known is None else known.lengths[docs]
            self._group_lengths[key] = np.bincount(column.ordinals[docs], weights=lengths, minlength=column.terms)
        return self._group_lengths[key]

    def values(self, name: str) -> tuple[Array, Array]:
        """Return the terms that each document has in a field, which are kept for the next call.

        Returns:
            The ordinals of the terms, one document after another; and where those of each document begin, and the last
            end.
        """
        if name not in self._values:
            field = self.segment.fields[name]
            counts, docs = field.docs_between(0, field.terms)
            order = np.argsort(docs, kind="stable")
            ordinals = np.arange(field.terms, dtype=np.int32).repeat(counts)[order]
            starts = np.concatenate([[0], np.cumsum(np.bincount(docs, minlength=self.size))]).astype(np.int32)
            self._values[name] = (ordinals, starts)
        return self._values[name]

    def postings(self, field: str, term: bytes) -> Postings | None:
        """Return the postings of a term; None if no document has it."""
        return self.searcher.cached_postings(self, field, term)

    def is_live(self, doc: int) -> bool:
        """Return True if a document is not deleted."""
        return self.live is None or bool(self.live[doc])

    def all_docs(self) -> Array:
        """Return all documents, ascending."""
        return np.arange(self.size) if self.live is None else np.flatnonzero(self.live)

    def docs_with_field(self, field: str) -> Array:
        """Return the documents that have any term in `field`, ascending."""
        known = self.segment.fields.get(field)
        if known is None:
            return np.empty(0, np.intp)
        if known.layout.lengths:
            has = known.lengths > 0
        else:
            has = np.zeros(self.size, np.bool_)
            has[known.docs_between(0, known.terms)[1]] = True
        return np.flatnonzero(has if self.live is None else has & self.live)

    def has_field(self, doc: int, field: str) -> bool:
        """Return True if a document that is not deleted has any term in `field`."""
        known = self.segment.fields.get(field)
        if known is None or not self.is_live(doc):
            return False
        if known.layout.lengths:
            return bool(known.lengths[doc] > 0)
        if known.layout.ordinals:
            return int(known.ordinals[doc]) != NO_TERM
        return bool(np.isin(doc, self.docs_with_field(field)))

    def keys(self, name: str, docs: Array) -> list[bytes]:
        """Return the term that each of `docs` has in a field with a column of ordinals, empty if it has none."""
        field = self.segment.fields[name]
        known, places = np.unique(field.ordinals[docs], return_inverse=True)
        every = field.terms_between(0, field.terms) if len(known) * 4 > field.terms else None
        ordinals = known.tolist()
        known_ordinals = ordinals[:-1] if ordinals and ordinals[-1] >= field.terms else ordinals
        terms = [every[ordinal] for ordinal in known_ordinals] if every else field.terms_at(known_ordinals)
        terms += [b""] * (len(ordinals) - len(known_ordinals))
        return [terms[place] for place in places.tolist()]

    def borrow_scores(self) -> Array:
        """Return an array with a float64 of 0 for each document, for the caller alone.

        The caller sets it to 0 again and gives it back with `return_scores`, so that the next caller needs no new
        array. An array that is never returned (because of an exception) is simply forgotten.
        """
        try:
            return self._spare_scores.pop()
        except IndexError:
            return np.zeros(self.size)

    def return_scores(self, scores: Array) -> None:
        """Take back an array from `borrow_scores`; all of it must be 0 again."""
        self._spare_scores.append(scores)


class IndexSearcher:
    """A snapshot scored by BM25. Threads may share it.

    Attributes:
        snapshot: The snapshot.
        order: The field whose term orders documents of equal score; None to order them by number.
        bm25: The parameters of BM25.
        leaves: A searcher for each segment.
    """

    def __init__(
        self, snapshot: Snapshot, order: str | None = None, bm25: BM25 | None = None, cache_bytes: int | None = None
    ) -> None:
        """Create the searcher of a snapshot.

        Args:
            snapshot: The snapshot.
            order: A field with a column of ordinals, whose term orders documents of equal score. Documents that it
                leaves equal, and all documents without it, are ordered by number.
            bm25: The parameters of BM25; its defaults if None.
            cache_bytes: How many bytes of postings to keep for the next queries; the default (128 MB) if None.
        """
        self.snapshot = snapshot
        self.order = order
        self.bm25 = bm25 or BM25()
        self.leaves = [SegmentSearcher(self, leaf) for leaf in snapshot.leaves]
        self._by_base = {leaf.base: leaf for leaf in self.leaves}
        self._lengths = _lengths(snapshot)
        self._postings: dict[tuple[int, str, bytes], Postings] = {}
        self._equal_numbers: dict[str, EqualNumbers] = {}
        self._counts: dict[tuple[str, bytes], int] = {}
        self._idf: dict[tuple[str, bytes], float] = {}
        self._cache_bytes = CACHE_MEMORY << 20 if cache_bytes is None else cache_bytes
        self._cached_bytes = 0
        for leaf in self.leaves:
            share = leaf.size / snapshot.doc_count_all if leaf.size else 0.0
            leaf.segment.kept.limit(int(self._cache_bytes * _STORED_SHARE * share))
        self._lock = threading.Lock()

    def locate(self, number: int) -> tuple[SegmentSearcher, int]:
        """Return the segment that has document `number` of the snapshot, and the document's number there.

        Raises:
            IndexError: If the snapshot has no such document.
        """
        leaf, doc = self.snapshot.locate(number)
        return self._by_base[leaf.base], doc

    def keys(self, name: str, numbers: Sequence[int]) -> list[bytes]:
        """Return the term that each document of the snapshot has in a field with a column of ordinals."""
        wanted = np.asarray(numbers, np.intp)
        found = [b""] * len(wanted)
        for leaf in self.leaves:
            places = np.flatnonzero((wanted >= leaf.base) & (wanted < leaf.base + leaf.size))
            for place, key in zip(places.tolist(), leaf.keys(name, wanted[places] - leaf.base), strict=True):
                found[place] = key
        return found

    def equal_numbers(self, name: str) -> EqualNumbers:
        """Return what finds documents with the same number in the column of a field."""
        if name not in self._equal_numbers:
            columns = [(leaf.base, leaf.segment.fields[name].numbers) for leaf in self.leaves]
            self._equal_numbers[name] = EqualNumbers(columns)
        return self._equal_numbers[name]

    def has_lengths(self, field: str) -> bool:
        """Return True if the index knows how many terms each document has in a field, so that it is scored by BM25."""
        return field in self._lengths

    def average_length(self, field: str) -> float:
        """Return the mean number of terms of the documents that have any in `field`."""
        documents, length = self._lengths[field]
        return length / documents

    def single_score(self, field: str, term: bytes) -> float:
        """Return the score of a term in a document of mean length that has it once; 0 if no document has it."""
        known = self.idf(field, term)
        return known * self.single_impact(field) if known else 0.0

    def single_impact(self, field: str) -> float:
        """Return the part of that score that does not depend on the term."""
        return self.bm25.single(self.average_length(field))

    def idf(self, field: str, term: bytes) -> float:
        """Return the inverse document frequency of a term: 1 in a field without lengths, 0 if no document has it."""
        known = self._idf.get((field, term))
        if known is None:
            known = self.idf_of_count(field, self.count(field, term))
            if len(self._idf) >= _MAX_CACHED_COUNTS:
                self._idf.clear()
            self._idf[field, term] = known
        return known

    def count(self, field: str, term: bytes) -> int:
        """Return how many documents have a term in `field`."""
        known = self._counts.get((field, term))
        if known is None:
            known = sum([self._count(leaf, field, term) for leaf in self.leaves])
            if len(self._counts) >= _MAX_CACHED_COUNTS:
                self._counts.clear()
            self._counts[field, term] = known
        return known

    def count_with_deleted(self, field: str, term: bytes) -> int:
        """Return how many documents have a term in `field`, with deleted ones that are still in the segments."""
        counts = [
            known.doc_frequency(place)
            for known in self.segment_fields(field)
            if (place := known.find(term)) is not None
        ]
        return sum(counts)

    def count_matches(self, clause: "Clause") -> int:
        """Return how many documents match a clause."""
        return sum(len(clause.matches(leaf).docs) for leaf in self.leaves)

    def first_with(self, field: str, term: bytes) -> Iterator[tuple[SegmentSearcher, int]]:
        """Yield the first document of each segment that has a term in `field`."""
        for leaf in self.leaves:
            postings = leaf.postings(field, term)
            if postings is not None and postings.count:
                yield leaf, int(postings.docs[0])

    def idf_of_count(self, field: str, count: int) -> float:
        """Return the inverse document frequency of a term that `count` documents have in `field`."""
        if not count or field not in self._lengths:
            return float(count > 0)
        return idf(count, self._lengths[field][0])

    def _count(self, leaf: SegmentSearcher, field: str, term: bytes) -> int:
        if leaf.live is not None:
            postings = leaf.postings(field, term)
            return postings.count if postings else 0
        known = leaf.segment.fields.get(field)
        ordinal = known.find(term) if known else None
        return 0 if known is None or ordinal is None else known.doc_frequency(ordinal)

    def segment_fields(self, name: str) -> Iterator[Field]:
        """Yield the field `name` of each segment that has it."""
        for leaf in self.leaves:
            if name in leaf.segment.fields:
                yield leaf.segment.fields[name]

    def cached_postings(self, leaf: SegmentSearcher, field: str, term: bytes) -> Postings | None:
        """Return the postings of a term in a segment, from the cache of the last used ones; None if there are none."""
        check()
        key = (leaf.base, field, term)
        with self._lock:
            found = self._postings.pop(key, None)
            if found is not None:
                self._postings[key] = found  # the last used one comes last
        if found is None:
            known = leaf.segment.fields.get(field)
            ordinal = known.find(term) if known else None
            if known is None or ordinal is None:
                return None
            found = Postings(leaf, known, ordinal)
            with self._lock:
                if key not in self._postings:
                    self._postings[key] = found
                    self._cached_bytes += found.size
                while self._cached_bytes > self._cache_bytes and len(self._postings) > 1:
                    self._cached_bytes -= self._postings.pop(next(iter(self._postings))).size
        return found if found.count else None  # all documents that had it may be deleted


def _lengths(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """Return for each field with lengths how many documents have terms in it, and how many terms these are."""
    totals: dict[str, tuple[int, int]] = {}
    for entry in snapshot.toc.segments:
        for field, (documents, length) in entry.lengths.items():
            before = totals.get(field, (0, 0))
            totals[field] = (before[0] + documents, before[1] + length)
    return totals
