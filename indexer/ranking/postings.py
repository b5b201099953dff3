"""The postings of a term in a segment, with the term's share of the scores. Deleted documents are left out."""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..codec.packing import concatenated_ranges
from ..codec.segment import Field

if TYPE_CHECKING:
    from ...core._compiled import TermPostings

BLOCK_BITS = 6
"""Documents are handled in blocks of 2**6. A block is skipped when none of its documents can be among the best."""

BLOCK = 1 << BLOCK_BITS

_BEFORE = np.tri(BLOCK, BLOCK, -1, dtype=np.bool_)  # row i: the places of a block before place i

_BOUND = 16 if compiled is None else 12  # bytes that a block takes with the greatest impact in it

_TABLE_RATIO = 16  # a term that one in so many documents has gets a frequency table


class SegmentStatistics(Protocol):
    """The facts about a segment that postings need.

    Attributes:
        live: For each document, True if it is not deleted; None if no document is deleted.
        size: The number of documents, deleted ones included.
        blocks: The number of blocks of documents; the last block may be shorter.
    """

    live: Array | None
    size: int
    blocks: int

    def delta(self, field: str) -> float:
        """Return the part of a term's impact on each document that has it, however often."""

    def norms(self, field: str) -> Array:
        """Return the BM25 norm of each document, padded to whole blocks."""


class Postings:
    """The documents of a segment that have a term, and the term's *impact* on them: its score before idf and boost.

    Attributes:
        field: The field of the segment.
        ordinal: The number of the term in the field.
        count: How many documents have the term.
        table: For a term that many documents have, its frequency in each document of the segment, padded to whole
            blocks: with it, blocks of documents are scored without a search in the postings. None for other terms.
    """

    __slots__ = (
        "_compiled",
        "_docs",
        "_index",
        "_max_impacts",
        "_positions",
        "_repeats",
        "_segment",
        "count",
        "field",
        "ordinal",
        "table",
    )

    def __init__(self, segment: SegmentStatistics, field: Field, ordinal: int) -> None:
        self._segment = segment
        self.field = field
        self.ordinal = ordinal
        docs = field.docs(ordinal)
        self._repeats = field.extra_frequencies(ordinal)
        self._index: Array | None = None  # where `docs` stand among the postings with deleted documents
        if segment.live is not None:
            index = self._index = np.flatnonzero(segment.live[docs])
            docs = docs[index]
        self.count = len(docs)
        self._docs: Array | None = docs
        self._max_impacts: tuple[Array | slice, Array] | None = None
        self._positions: tuple[Array, Array] | None = None  # where those of each document begin, and the positions
        self._compiled: TermPostings | None = None
        self.table: Array | None = None
        if segment.live is None and len(docs) * _TABLE_RATIO > segment.size:
            freqs = self._freqs(slice(None))
            self.table = np.zeros(segment.blocks << BLOCK_BITS, np.min_scalar_type(int(np.max(freqs))))
            self.table[docs] = freqs
            self._docs = None

    def compiled(self) -> "TermPostings":
        """Return the postings as the functions of the compiled core take them."""
        made = self._compiled
        if made is None:
            assert compiled is not None
            repeats = self._repeats if self.table is None else None
            made = compiled.TermPostings(
                self._docs,
                self._index,
                None if repeats is None else repeats.view(np.uint8),
                0 if repeats is None else repeats.itemsize,
                None if self.table is None else self.table.view(np.uint8),
                0 if self.table is None else self.table.itemsize,
                self._segment.norms(self.field.name) if self.field.layout.lengths else None,
                self._segment.delta(self.field.name) if self.field.layout.lengths else 0.0,
                self.field.doc_frequency(self.ordinal),
                self._segment.blocks,
            )
            self._compiled = made
        return made

    def compiled_with_positions(self) -> "TermPostings":
        """Return what `compiled` does, for functions that also read the positions."""
        made = self.compiled()
        if not made.has_positions():
            positions = self.field.positions(self.ordinal, made.occurrences())
            made.set_positions(positions.view(np.uint8), positions.itemsize)
        return made

    @property
    def docs(self) -> Array:
        """The documents that have the term, ascending."""
        if self._docs is not None:
            return self._docs
        assert self.table is not None
        return np.flatnonzero(self.table)

    @property
    def blocks(self) -> int:
        """The number of blocks of the segment."""
        return self._segment.blocks

    @property
    def size(self) -> int:
        """The approximate number of bytes that the postings take once the bounds of blocks have been computed."""
        if self.table is not None:
            return 800 + self.table.nbytes + self._segment.blocks * _BOUND
        repeats = 0 if self._repeats is None else self._repeats.nbytes
        return 800 + self.count * 4 + repeats + min(self.count, self._segment.blocks) * _BOUND

    def _freqs(self, index: Array | slice) -> Array | int:
        """Return the frequencies of the term in `docs[index]`."""
        if self._repeats is None:
            return 1
        return self._repeats[index if self._index is None else self._index[index]].astype(np.uint32) + 1

    def frequencies(self) -> Array:
        """Return how often the term is in each of `docs`."""
        if self.table is not None:
            return self.table[self.docs]
        return np.broadcast_to(self._freqs(slice(None)), self.count)

    def impacts(self, docs: Array, index: Array | slice) -> Array:
        """Return the impacts on some documents, float64.

        Args:
            docs: Documents that all have the term: `self.docs[index]`.
            index: Where they stand in `self.docs`. Ignored for a term with a table.
        """
        if not self.field.layout.lengths:
            return np.ones(len(docs))
        freqs = self._freqs(index) if self.table is None else self.table[docs]
        impacts: Array = freqs / (freqs + self._segment.norms(self.field.name)[docs])
        impacts += self._segment.delta(self.field.name)
        return impacts

    def impacts_at(self, docs: Array) -> Array:
        """Return the impacts on `docs`, which all have the term."""
        return self.impacts(docs, slice(0) if self._docs is None else self._docs.searchsorted(docs))

    def among(self, docs: Array) -> tuple[Array, Array]:
        """Return which of a few `docs` have the term (as places in `docs`), and the impacts on those."""
        if self._docs is None:
            rows = self.table[docs].nonzero()[0]  # type: ignore[index]
            return rows, self.impacts(docs[rows], slice(0))
        places = self._docs.searchsorted(docs)
        places[places == self.count] = 0
        rows = (self._docs[places] == docs).nonzero()[0]
        return rows, self.impacts(docs[rows], places[rows])

    def has(self, docs: Array) -> Array:
        """Return for each of `docs` True if it has the term."""
        if self._docs is None:
            return self.table[docs] != 0  # type: ignore[index]
        places = self._docs.searchsorted(docs)
        places[places == self.count] = 0
        return self._docs[places] == docs

    def mark(self, has: Array) -> None:
        """Set `has`, a bool for each document of the segment, to True for the documents that have the term."""
        if self._docs is None:
            has |= self.table[: len(has)] != 0  # type: ignore[index]
        else:
            has[self._docs] = True

    @property
    def max_impacts(self) -> tuple[Array | slice, Array]:
        """The blocks with documents that have the term, and its greatest impact in each of them."""
        if self._max_impacts is None:
            docs = self.docs
            blocks = docs >> BLOCK_BITS
            first = np.flatnonzero(np.diff(blocks, prepend=-1))
            most = np.maximum.reduceat(self.impacts(docs, slice(None)), first)
            if self.table is None:
                self._max_impacts = (blocks[first], most)
            else:
                of_all = np.zeros(self._segment.blocks)
                of_all[blocks[first]] = most
                self._max_impacts = (slice(None), of_all)
        return self._max_impacts

    def block_impacts(self, blocks: Array, norms: Array | None) -> tuple[Array, Array]:
        """Return which documents of some blocks have the term, and the impacts on these.

        Only for terms with a table. Even of these most are in few documents, so it is quicker to look for the documents
        first than to compute with whole blocks.

        Args:
            blocks: The numbers of the blocks.
            norms: The norms of the documents of these blocks, a row for each; None for a field without lengths.

        Returns:
            The places of the documents in a flattened table with a row for each block, ascending; and the impacts.
        """
        assert self.table is not None
        freqs = self.table.reshape(-1, BLOCK)[blocks].ravel()
        places = np.flatnonzero(freqs != 0)
        if norms is None:
            return places, np.ones(len(places))
        freqs = freqs[places]
        impacts: Array = freqs / (freqs + norms.ravel()[places])
        impacts += self._segment.delta(self.field.name)
        return places, impacts

    def positions(self, docs: Array) -> tuple[Array, Array]:
        """Return where the term occurs in `docs`, which all have it.

        Returns:
            All positions, one document after another, and the number of positions in each document.
        """
        if self._positions is None:
            starts = self._position_starts()
            self._positions = starts, self.field.positions(self.ordinal, int(starts[-1]))
        known, positions = self._positions
        if self.table is not None:
            # Positions are stored in order of document: those of a document come after those of all documents
            # before it in its block.
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
        """Return where the positions of each document (with a table, of each block) begin, and where the last end."""
        if self.table is not None:
            ends = self.table.reshape(-1, BLOCK).sum(axis=1, dtype=np.int64).cumsum()
        elif self._repeats is None:
            ends = np.arange(1, self.field.doc_frequency(self.ordinal) + 1)
        else:
            ends = np.cumsum(self._repeats, dtype=np.int64) + np.arange(1, len(self._repeats) + 1)
        return np.concatenate([np.zeros(1, ends.dtype), ends])
