"""Inverting documents: terms are collected document by document, and then sorted into postings all at once."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np

from .arrays import Array
from .counting_sort import sorted_postings
from .packing import repeat_each
from .segment import NO_TERM, Layout
from .segment_writer import FieldWriter, SegmentWriter

Term = str | bytes

_MAX_PENDING_TERMS = 1 << 15  # occurrences that are held as objects before they become numbers in an array
_TERM_BYTES = 130  # estimated memory of a distinct term: the string, its number, the entry of the dictionary
_OCCURRENCE_BYTES = 8  # memory of an occurrence: the number of its term, and its position
_SORTING_BYTES = 32  # additional memory of an occurrence while all are sorted


_UNNUMBERED = 0xFFFFFFFF


class NumberedTerms(NamedTuple):
    """The terms of one field of one document, as the compiled core gives them.

    Attributes:
        vocabulary: Strings. It may grow, but what is in it stays.
        numbers: The places of the terms in the vocabulary, in order of position, as unsigned integers of 32 bits.
        positions: The position of each term, likewise; empty if the field keeps no positions.
    """

    vocabulary: list[str]
    numbers: bytes
    positions: bytes


class _TermNumbers(dict[Term, int]):
    """A dictionary that gives each new term the next number."""

    def __missing__(self, term: Term) -> int:
        number = self[term] = len(self)
        return number


class FieldInverter:
    """Collects the terms of one field, and writes them as a field of a segment.

    The terms are all strings or all bytes.

    Attributes:
        layout: What to store of the field.
        occurrences: Number of terms collected so far, repetitions included.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._numbers = _TermNumbers()
        self._terms: list[Term] = []
        self._positions: list[int] = []
        self._vocabulary: list[str] = []
        self._of_vocabulary: Array = np.empty(0, np.uint32)  # the numbers of its terms here
        self._numbered: list[bytes] = []
        self._numbered_positions: list[bytes] = []
        self._numbered_count = 0
        self._blocks: list[tuple[Array, Array]] = []
        self._docs: list[int] = []
        self._counts: list[int] = []
        self._column: dict[int, int] = {}
        self.occurrences = 0

    @property
    def memory(self) -> tuple[int, int]:
        """The memory in use, and the additional memory that `write` needs; both in bytes, estimated."""
        held = len(self._numbers) * _TERM_BYTES + self.occurrences * _OCCURRENCE_BYTES
        return held, self.occurrences * _SORTING_BYTES

    def add(self, doc: int, terms: Sequence[Term], positions: Sequence[int]) -> None:
        """Add the terms of the next document.

        Args:
            doc: The number of the document, greater than the one before.
            terms: The terms in order of position.
            positions: The position of each term; may be empty if the field does not keep positions.
        """
        if self._numbered:
            self._number_pending()
        self._terms += terms
        self._positions += positions
        self._docs.append(doc)
        self._counts.append(len(terms))
        self.occurrences += len(terms)
        if len(self._terms) >= _MAX_PENDING_TERMS:
            self._number_pending()

    def add_numbered(self, doc: int, terms: NumberedTerms) -> None:
        """Add the terms of the next document, which is what `add` does, for numbered terms."""
        if self._terms or terms.vocabulary is not self._vocabulary:
            self._number_pending()
            self._vocabulary, self._of_vocabulary = terms.vocabulary, np.empty(0, np.uint32)
        count = len(terms.numbers) >> 2
        self._numbered.append(terms.numbers)
        self._numbered_positions.append(terms.positions)
        self._docs.append(doc)
        self._counts.append(count)
        self.occurrences += count
        self._numbered_count += count
        if self._numbered_count >= _MAX_PENDING_TERMS:
            self._number_pending()

    def add_number(self, doc: int, value: int) -> None:
        """Set the number of a document, if the field keeps numbers."""
        self._column[doc] = value

    def _number_pending(self) -> None:
        """Replace the pending terms, which are objects, with an array of their numbers."""
        if self._numbered:
            positions = np.frombuffer(b"".join(self._numbered_positions), np.uint32)
            self._blocks.append((self._own_numbers(), positions))
            self._numbered.clear()
            self._numbered_positions.clear()
            self._numbered_count = 0
        count = len(self._terms)
        numbers = np.fromiter(map(self._numbers.__getitem__, self._terms), np.uint32, count)
        positions = np.array(self._positions, np.uint32)
        self._blocks.append((numbers, positions))
        self._terms.clear()
        self._positions.clear()

    def _own_numbers(self) -> Array:
        """Return the numbers here of the terms that are pending by their numbers in the vocabulary."""
        numbers = np.frombuffer(b"".join(self._numbered), np.uint32)
        more = len(self._vocabulary) - len(self._of_vocabulary)
        self._of_vocabulary = np.concatenate([self._of_vocabulary, np.full(more, _UNNUMBERED, np.uint32)])
        own = self._of_vocabulary[numbers]
        new = np.unique(numbers[own == _UNNUMBERED])
        if len(new):
            terms = map(self._vocabulary.__getitem__, new.tolist())
            # Not from a list: numpy 1.24 crashes while it reads one if there is no memory.
            self._of_vocabulary[new] = np.fromiter(map(self._numbers.__getitem__, terms), np.uint32, len(new))
            own = self._of_vocabulary[numbers]
        return own

    def write(self, writer: SegmentWriter, name: str, documents: int) -> None:
        """Write everything as the field `name` of a segment that has `documents` documents."""
        self._number_pending()
        counts = np.array(self._counts, np.int64)
        docs = np.array(self._docs, np.int64)
        lengths = None
        if self.layout.lengths:
            lengths = np.zeros(documents, np.int64)
            lengths[docs] = counts
            writer.add_column(name, "lengths", lengths)
        numbers = np.concatenate([block[0] for block in self._blocks])
        positions = np.concatenate([block[1] for block in self._blocks])
        self._blocks.clear()
        order = sorted(self._numbers)  # strings have the same order as their UTF-8 encodings
        ranks = np.empty(len(order), np.uint32)
        ranks[np.fromiter(map(self._numbers.__getitem__, order), np.int64, len(order))] = np.arange(len(order))
        numbers = ranks[numbers]
        if self.layout.ordinals:
            column = np.full(documents, NO_TERM, np.uint32)
            column[repeat_each(docs[counts > 0], counts[counts > 0])] = numbers
            writer.add_column(name, "ordinals", column)
        if self.layout.numbers:
            values = np.zeros(documents, np.int64)
            values[list(self._column)] = list(self._column.values())
            writer.add_column(name, "numbers", values)
        field = FieldWriter(writer.sections, name, self.layout, lengths)
        if len(numbers):
            field.add(_encoded(order), sorted_postings(numbers, positions, docs, counts, len(order)))
        writer.end_field(field, lengths, int(np.count_nonzero(counts)))


def _encoded(terms: list[Term]) -> list[bytes]:
    """Return terms, which are all strings or all bytes, as bytes."""
    if isinstance(terms[0], bytes):
        return cast(list[bytes], terms)
    return [term.encode("utf-8", "surrogatepass") for term in cast(list[str], terms)]
