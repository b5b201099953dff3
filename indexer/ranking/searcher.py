"""A snapshot of an index seen by a scorer: statistics of the whole, and postings with their part of the score.

Deleted documents are left out of everything here.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..codec.packing import concatenated_ranges
from ..codec.segment import Field
from ..codec.snapshot import Leaf, Snapshot
from ..defaults import CACHE_MEMORY
from ..limits import check

BLOCK_BITS = 6
"""Documents are looked at in blocks of 2**6: whole blocks are passed over when none of them can be among the best."""

BLOCK = 1 << BLOCK_BITS

_BEFORE = np.tri(BLOCK, BLOCK, -1, dtype=np.bool_)  # row i: the places of a block before place i

_COMMON = 32  # a term that is in one of so many documents has a table of all

_REMEMBERED = 1 << 16  # weights of terms


class BM25(NamedTuple):
    """Parameters of BM25 (Robertson et al. 1994; idf as in Lucene, never negative).

    k1: how much repetition counts. b: how much long texts are held back, from 0 (not) to 1.
    """

    k1: float = 1.2
    b: float = 0.75


class Postings:
    """The documents with a term, and what the term adds to their scores before idf and boost (its *impact*).

    count: how many documents have it. table: for a term that is in many documents, its frequency in each document of
    the segment: blocks of documents are scored by it without looking up anything. None for others.
    """

    __slots__ = (
        "_docs",
        "_index",
        "_leaf",
        "_most",
        "_positions",
        "_repeats",
        "count",
        "field",
        "ordinal",
        "table",
    )

    def __init__(self, leaf: "SegmentSearcher", field: Field, ordinal: int) -> None:
        self._leaf = leaf
        self.field = field
        self.ordinal = ordinal
        docs = field.docs(ordinal)
        self._repeats = field.extra_frequencies(ordinal)
        self._index: Array | None = None  # of `docs` among all postings of the segment
        if leaf.live is not None:
            index = self._index = np.flatnonzero(leaf.live[docs])
            docs = docs[index]
        self.count = len(docs)
        self._docs: Array | None = docs
        self._most: tuple[Array | slice, Array] | None = None
        self._positions: tuple[Array, Array] | None = None  # where they begin, and they
        self.table: Array | None = None
        if leaf.live is None and len(docs) * _COMMON > leaf.size:
            freqs = self._freqs(slice(None))
            self.table = np.zeros(leaf.blocks << BLOCK_BITS, np.min_scalar_type(int(np.max(freqs))))
            self.table[docs] = freqs
            self._docs = None

    @property
    def docs(self) -> Array:
        """The documents, ascending."""
        if self._docs is not None:
            return self._docs
        assert self.table is not None
        return np.flatnonzero(self.table)

    @property
    def size(self) -> int:
        """Bytes it takes once its blocks are known, about."""
        if self.table is not None:
            return 400 + self.table.nbytes + self._leaf.blocks * 8
        return 400 + self.count * 4 + min(self.count, self._leaf.blocks) * 12

    def _freqs(self, index: Array | slice) -> Array | int:
        """The frequencies in `docs[index]`."""
        if self._repeats is None:
            return 1
        return self._repeats[index if self._index is None else self._index[index]].astype(np.uint32) + 1

    def impacts(self, docs: Array, index: Array | slice) -> Array:
        """The impacts on some documents, float64; `docs` is `self.docs[index]`."""
        if not self.field.layout.lengths:
            return np.ones(len(docs))
        freqs = self._freqs(index) if self.table is None else self.table[docs]
        return freqs / (freqs + self._leaf.norms(self.field.name)[docs])

    def impacts_at(self, docs: Array) -> Array:
        """The impacts on documents that all have the term."""
        return self.impacts(docs, slice(0) if self._docs is None else self._docs.searchsorted(docs))

    def among(self, docs: Array) -> tuple[Array, Array]:
        """Which of a few `docs` have the term (their places), and the impacts on those."""
        if self._docs is None:
            rows = self.table[docs].nonzero()[0]  # type: ignore[index]
            return rows, self.impacts(docs[rows], slice(0))
        places = self._docs.searchsorted(docs)
        places[places == self.count] = 0
        rows = (self._docs[places] == docs).nonzero()[0]
        return rows, self.impacts(docs[rows], places[rows])

    def has(self, docs: Array) -> Array:
        """For each of `docs`, whether it has the term."""
        if self._docs is None:
            return self.table[docs] != 0  # type: ignore[index]
        places = self._docs.searchsorted(docs)
        places[places == self.count] = 0
        return self._docs[places] == docs

    def mark(self, has: Array) -> None:
        """Sets `has`, a bool for each document of the segment, where the term is."""
        if self._docs is None:
            has |= self.table[: len(has)] != 0  # type: ignore[index]
        else:
            has[self._docs] = True

    @property
    def most(self) -> tuple[Array | slice, Array]:
        """The blocks of documents that the term is in, and its greatest impact in each."""
        if self._most is None:
            if self.table is not None:
                self._most = (slice(None), self.rows(slice(None)).max(axis=1))
            else:
                docs = self.docs
                of = docs >> BLOCK_BITS
                first = np.flatnonzero(np.diff(of, prepend=-1))
                self._most = (of[first], np.maximum.reduceat(self.impacts(docs, slice(None)), first))
        return self._most

    def rows(self, blocks: Array | slice, norms: Array | None = None) -> Array:
        """The impacts on all documents of some blocks, a row for each block, 0 where the term is not; for terms with a
        table. norms: those of the blocks, if they are at hand."""
        assert self.table is not None
        freqs = self.table.reshape(-1, BLOCK)[blocks]
        if not self.field.layout.lengths:
            return (freqs != 0).astype(np.float64)
        if norms is None:
            norms = self._leaf.norms(self.field.name).reshape(-1, BLOCK)[blocks]
        weighed = freqs + norms
        return np.divide(freqs, weighed, out=weighed)

    def positions(self, docs: Array) -> tuple[Array, Array]:
        """Where the term is in documents that all have it: all positions, one document after another, and how many
        each has."""
        if self._positions is None:
            starts = self._position_starts()
            self._positions = starts, self.field.positions(self.ordinal, int(starts[-1]))
        known, positions = self._positions
        if self.table is not None:
            # Positions are in order of document: those of a document come after those of its block before it.
            block, place = docs >> BLOCK_BITS, docs & (BLOCK - 1)
            rows = self.table.reshape(-1, BLOCK)[block]
            rows *= _BEFORE[place]
            starts = known[block] + rows.sum(axis=1, dtype=np.int64)
            counts = self.table[docs].astype(np.int64)
        else:
            places = self.docs.searchsorted(docs)
            if self._index is not None:
                places = self._index[places]
            starts = known[places]
            if self._repeats is None:
                return positions[starts], np.ones_like(starts)
            counts = known[places + 1] - starts
        return positions[concatenated_ranges(starts, counts)], counts

    def _position_starts(self) -> Array:
        """Where the positions of each posting begin, or with a table those of each block; and the end."""
        if self.table is not None:
            ends = self.table.reshape(-1, BLOCK).sum(axis=1, dtype=np.int64).cumsum()
        elif self._repeats is None:
            ends = np.arange(1, self.field.doc_frequency(self.ordinal) + 1)
        else:
            ends = np.cumsum(self._repeats, dtype=np.int64) + np.arange(1, len(self._repeats) + 1)
        return np.concatenate([np.zeros(1, ends.dtype), ends])


class SegmentSearcher:
    """One segment of a view."""

    def __init__(self, searcher: "IndexSearcher", leaf: Leaf) -> None:
        self.searcher = searcher
        self.segment = leaf.segment
        self.live = leaf.live
        self.base = leaf.base
        self.size = leaf.segment.documents
        self.blocks = -(-self.size // BLOCK)
        self._norms: dict[str, Array] = {}
        self._spare: list[Array] = []

    def norms(self, field: str) -> Array:
        """For each document, up to whole blocks, what a term's frequency is weighed against."""
        if field not in self._norms:
            k1, b = self.searcher.bm25
            lengths = np.zeros(self.blocks << BLOCK_BITS)
            lengths[: self.size] = self.segment.fields[field].lengths
            self._norms[field] = k1 * (1 - b + b / self.searcher.average_length(field) * lengths)
        return self._norms[field]

    def postings(self, field: str, term: bytes) -> Postings | None:
        """The postings of a term; None if no document has it."""
        return self.searcher.cached(self, field, term)

    def all_docs(self) -> Array:
        """All documents."""
        return np.arange(self.size) if self.live is None else np.flatnonzero(self.live)

    def docs_with_field(self, field: str) -> Array:
        """The documents that have any term in `field`."""
        known = self.segment.fields.get(field)
        if known is None:
            return np.empty(0, np.intp)
        if known.layout.lengths:
            has = known.lengths > 0
        else:
            has = np.zeros(self.size, np.bool_)
            has[known.postings_between(0, known.terms).docs] = True
        return np.flatnonzero(has if self.live is None else has & self.live)

    def keys(self, name: str, docs: Array) -> list[bytes]:
        """The terms that `docs` have in a field with a column of ordinals, empty for none."""
        field = self.segment.fields[name]
        known, places = np.unique(field.ordinals[docs], return_inverse=True)
        every = field.terms_between(0, field.terms) if len(known) * 4 > field.terms else None
        term = every.__getitem__ if every else field.term
        terms = [b"" if ordinal >= field.terms else term(ordinal) for ordinal in known.tolist()]
        return [terms[place] for place in places.tolist()]

    def scratch(self) -> Array:
        """A float64 for each document, all zero, for the caller alone. Given back by `put_back`, all zero, it need not
        be made again; where an exception keeps it from that, it is forgotten, and what is left in it hurts nobody."""
        try:
            return self._spare.pop()
        except IndexError:
            return np.zeros(self.size)

    def put_back(self, scratch: Array) -> None:
        """Takes back what `scratch` gave."""
        self._spare.append(scratch)


class IndexSearcher:
    """A snapshot under BM25. May be shared by threads.

    order: a field by whose term documents of equal score are ordered (it needs a column of ordinals); beyond that, and
    without, they come in order of number. room: bytes of postings kept, 128 MB if it is not said.
    """

    def __init__(
        self, snapshot: Snapshot, order: str | None = None, bm25: BM25 | None = None, room: int | None = None
    ) -> None:
        self.snapshot = snapshot
        self.order = order
        self.bm25 = bm25 or BM25()
        self.leaves = [SegmentSearcher(self, leaf) for leaf in snapshot.leaves]
        self._lengths = _lengths(snapshot)
        self._postings: dict[tuple[int, str, bytes], Postings] = {}
        self._idf: dict[tuple[str, bytes], float] = {}
        self._room = CACHE_MEMORY << 20 if room is None else room
        self._held = 0
        self._lock = threading.Lock()

    def locate(self, number: int) -> tuple[SegmentSearcher, int]:
        """The segment that has document `number` of the snapshot, and its number there."""
        for leaf in reversed(self.leaves):
            if number >= leaf.base:
                return leaf, number - leaf.base
        raise IndexError(number)

    def keys(self, name: str, numbers: Sequence[int]) -> list[bytes]:
        """The terms that documents of the snapshot have in a field with a column of ordinals."""
        wanted = np.asarray(numbers, np.intp)
        found = [b""] * len(wanted)
        for leaf in self.leaves:
            places = np.flatnonzero((wanted >= leaf.base) & (wanted < leaf.base + leaf.size))
            for place, key in zip(places.tolist(), leaf.keys(name, wanted[places] - leaf.base), strict=True):
                found[place] = key
        return found

    def average_length(self, field: str) -> float:
        """How many terms the documents that have any have on average."""
        documents, length = self._lengths[field]
        return length / documents

    def idf(self, field: str, term: bytes) -> float:
        """The weight of a term: the rarer, the greater. 1 in a field without lengths, 0 if no document has it."""
        known = self._idf.get((field, term))
        if known is None:
            count = sum(self._count(leaf, field, term) for leaf in self.leaves)
            known = self.rarity(field, count)
            if len(self._idf) >= _REMEMBERED:
                self._idf.clear()
            self._idf[field, term] = known
        return known

    def rarity(self, field: str, count: int) -> float:
        """The weight of what is in `count` documents."""
        if not count or field not in self._lengths:
            return float(count > 0)
        return math.log(1 + (max(self._lengths[field][0] - count, 0) + 0.5) / (count + 0.5))

    def _count(self, leaf: SegmentSearcher, field: str, term: bytes) -> int:
        if leaf.live is not None:
            postings = leaf.postings(field, term)
            return postings.count if postings else 0
        known = leaf.segment.fields.get(field)
        ordinal = known.find(term) if known else None
        return 0 if known is None or ordinal is None else known.doc_frequency(ordinal)

    def terms(self, field: str) -> Iterator[Field]:
        """The field in each segment that has it."""
        for leaf in self.leaves:
            if field in leaf.segment.fields:
                yield leaf.segment.fields[field]

    def cached(self, leaf: SegmentSearcher, field: str, term: bytes) -> Postings | None:
        """The postings of a term in a leaf. Those used last are kept, up to so many bytes."""
        check()
        key = (leaf.base, field, term)
        with self._lock:
            found = self._postings.pop(key, None)
            if found is not None:
                self._postings[key] = found  # last again
        if found is None:
            known = leaf.segment.fields.get(field)
            ordinal = known.find(term) if known else None
            if known is None or ordinal is None:
                return None
            found = Postings(leaf, known, ordinal)
            with self._lock:
                if key not in self._postings:
                    self._postings[key] = found
                    self._held += found.size
                while self._held > self._room and len(self._postings) > 1:
                    self._held -= self._postings.pop(next(iter(self._postings))).size
        return found if found.count else None  # all documents that had it may be deleted


def _lengths(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    totals: dict[str, tuple[int, int]] = {}
    for entry in snapshot.toc.segments:
        for field, (documents, length) in entry.lengths.items():
            before = totals.get(field, (0, 0))
            totals[field] = (before[0] + documents, before[1] + length)
    return totals
