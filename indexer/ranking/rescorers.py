"""Rescorers, which add to the scores of the best documents only, since they read more of each document."""

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..limits import check
from .clauses import Term
from .phrase_matching import POSITION_STRIDE
from .score_parts import readable
from .searcher import SegmentSearcher

if TYPE_CHECKING:
    from ...core._compiled import TermPostings

_NO_ROWS = np.empty(0, np.intp)

MAX_DISPLACEMENT = 8
"""By how many positions the distance of a loose pair may differ from its distance in the query and still count."""


class AddedScores(NamedTuple):
    """The additions that one term or pair of terms makes to the scores of some documents.

    Attributes:
        description: A name for explanations.
        scores: How much is added to the score of each document, 0 or more.
    """

    description: str
    scores: Array


class Rescorer(Protocol):
    """Adds to the scores of documents in the rescore window."""

    def rescore(self, leaf: SegmentSearcher, docs: Array) -> list[AddedScores]:
        """Return what is added to the scores of `docs` (ascending) of a segment."""

    def add(self, leaf: SegmentSearcher, docs: Array, scores: Array) -> None:
        """Add all of this to `scores`, one after another."""


class SurfaceFormRescorer(NamedTuple):
    """Prefers documents with the words just as they were typed, where documents are found by stems.

    Attributes:
        terms: Terms of a field of surface forms, with their boosts.
    """

    terms: tuple[Term, ...]

    def rescore(self, leaf: SegmentSearcher, docs: Array) -> list[AddedScores]:
        """Return the BM25 score of each surface form."""
        found = []
        for field, term, boost in self.terms:
            postings = leaf.postings(field, term)
            if postings is None:
                continue
            rows, impacts = postings.among(docs)
            scores = np.zeros(len(docs))
            scores[rows] = impacts * (leaf.searcher.idf(field, term) * boost)
            found.append(AddedScores(f"{field}:{readable(term)}", scores))
        return found

    def add(self, leaf: SegmentSearcher, docs: Array, scores: Array) -> None:
        """Add the BM25 score of each surface form."""
        if compiled is None:
            _add_all(self.rescore(leaf, docs), scores)
            return
        check()
        made: list[TermPostings] = []
        weights: list[float] = []
        for field, term, boost in self.terms:
            postings = leaf.postings(field, term)
            if postings is not None:
                made.append(postings.compiled())
                weights.append(leaf.searcher.idf(field, term) * boost)
        compiled.add_scores(made, np.array(weights, np.float64), leaf.blocks, docs.astype(np.int64, copy=False), scores)


class TermPair(NamedTuple):
    """Two words of a query.

    Attributes:
        first: The term of the first word.
        second: The term of the second word.
        distance: How many positions after the first word the second one stands in the query.
        weight: What is added to the score of a document in which they stand in the same way.
        is_loose: True if the pair also counts, for less, in documents where it stands in another way.
    """

    first: bytes
    second: bytes
    distance: int
    weight: float
    is_loose: bool


class ProximityRescorer(NamedTuple):
    """Prefers documents in which words of the query stand together as they do in the query.

    Each pair adds its weight divided by 1 + the number of positions by which its best occurrence in the document
    differs from the query; the reverse order counts as one position more.

    Adjacent pairs are scored as in the sequential dependence model of Metzler & Croft (SIGIR 2005), but with a
    distance that fades as in Rasolofo & Savoy (ECIR 2003) in place of a fixed window, and with the words' own idfs in
    place of those of the pairs, which no index has.
    """

    field: str
    pairs: tuple[TermPair, ...]

    def rescore(self, leaf: SegmentSearcher, docs: Array) -> list[AddedScores]:
        """Return what each pair adds."""
        lines: dict[bytes, Array] = {}
        for term in {term for pair in self.pairs for term in (pair.first, pair.second)}:
            postings = leaf.postings(self.field, term)
            rows = postings.has(docs).nonzero()[0] if postings else _NO_ROWS
            if postings and len(rows):
                places, counts = postings.positions(docs[rows])
                lines[term] = rows.repeat(counts) * POSITION_STRIDE + places
        found = []
        for pair in self.pairs:
            check()
            first, second = lines.get(pair.first), lines.get(pair.second)
            if first is not None and second is not None:
                description = f"{readable(pair.first)} + {readable(pair.second)}"
                found.append(AddedScores(description, _proximity(first, second, pair, len(docs)) * pair.weight))
        return found

    def add(self, leaf: SegmentSearcher, docs: Array, scores: Array) -> None:
        """Add what each pair adds."""
        if compiled is None:
            _add_all(self.rescore(leaf, docs), scores)
            return
        check()
        places: dict[bytes, int] = {}
        made: list[TermPostings] = []
        for term in dict.fromkeys(term for pair in self.pairs for term in (pair.first, pair.second)):
            postings = leaf.postings(self.field, term)
            if postings is not None:
                places[term] = len(made)
                made.append(postings.compiled_with_positions())
        pairs = [
            (places[pair.first], places[pair.second], pair.distance, pair.weight, pair.is_loose)
            for pair in self.pairs
            if pair.first in places and pair.second in places
        ]
        compiled.add_pairs(made, pairs, leaf.blocks, docs.astype(np.int64, copy=False), scores)


def _add_all(found: list[AddedScores], scores: Array) -> None:
    for one in found:
        scores += one.scores


def _proximity(first: Array, second: Array, pair: TermPair, size: int) -> Array:
    """Return for each of `size` documents how close the pair comes to its form in the query, from 0 to 1."""
    best = np.zeros(size)
    off = _distance_to_nearest(second, first + pair.distance)
    if pair.is_loose:
        off = np.minimum(off, _distance_to_nearest(second, first - pair.distance) + 1)
    good = (off <= (MAX_DISPLACEMENT if pair.is_loose else 0)).nonzero()[0]
    if len(good):
        np.maximum.at(best, first[good] // POSITION_STRIDE, 1 / (1 + off[good]))
    return best


def _distance_to_nearest(line: Array, targets: Array) -> Array:
    """Return for each of `targets` the distance to the nearest place on `line` (ascending)."""
    after = line.searchsorted(targets)
    edged = np.empty(len(line) + 2, line.dtype)  # with a far place at each end, so that every target has neighbours
    edged[0], edged[-1] = -POSITION_STRIDE, np.iinfo(line.dtype).max
    edged[1:-1] = line
    return np.minimum(targets - edged[after], edged[after + 1] - targets)
