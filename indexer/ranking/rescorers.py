"""What speaks for a document beside the clauses that found it: only the best are looked at so closely."""

from typing import NamedTuple, Protocol

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from .clauses import Term
from .phrases import ROOM
from .searcher import SegmentSearcher

_NOWHERE = np.empty(0, np.intp)

FAR = 8
"""Positions by which the words of a pair may stand otherwise than in the query and still count as near."""


class Evidence(NamedTuple):
    """One thing that adds to scores. name: for explanations."""

    name: str
    scores: Array


class Rescorer(Protocol):
    """Something that looks for evidence."""

    def rescore(self, leaf: SegmentSearcher, docs: Array) -> list[Evidence]:
        """What is found in `docs` (ascending) of a segment: scores of 0 or more for each document."""


class SurfaceForms(NamedTuple):
    """The very words of the query, where documents are found by stems: terms of a field of words as written."""

    terms: tuple[Term, ...]

    def rescore(self, leaf: SegmentSearcher, docs: Array) -> list[Evidence]:
        found = []
        for field, term, boost in self.terms:
            postings = leaf.postings(field, term)
            if postings is None:
                continue
            rows, impacts = postings.among(docs)
            scores = np.zeros(len(docs))
            scores[rows] = impacts * (leaf.searcher.idf(field, term) * boost)
            found.append(Evidence(f"{field}:{term.decode()}", scores))
        return found


class Pair(NamedTuple):
    """Two words of the query, `distance` positions apart in it. weight: of the pair one right as in the query. Loose
    pairs count in documents where they stand otherwise, too."""

    first: bytes
    second: bytes
    distance: int
    weight: float
    loose: bool


class Proximity(NamedTuple):
    """Words that stand together in the query and in the document: for each pair, its weight divided by one more than
    the number of positions by which its best place in the document differs from the query; the other order is one
    more.

    Evidence of adjacent pairs as in Metzler & Croft's sequential dependence model (SIGIR 2005), with a distance that
    fades as in Rasolofo & Savoy (ECIR 2003) instead of a window, and the words' own weights for those of pairs, which
    are in no dictionary.
    """

    field: str
    pairs: tuple[Pair, ...]

    def rescore(self, leaf: SegmentSearcher, docs: Array) -> list[Evidence]:
        lines: dict[bytes, Array] = {}
        for term in {term for pair in self.pairs for term in (pair.first, pair.second)}:
            postings = leaf.postings(self.field, term)
            rows = postings.has(docs).nonzero()[0] if postings else _NOWHERE
            if postings and len(rows):
                places, counts = postings.positions(docs[rows])
                lines[term] = rows.repeat(counts) * ROOM + places
        found = []
        for pair in self.pairs:
            check()
            first, second = lines.get(pair.first), lines.get(pair.second)
            if first is not None and second is not None:
                name = f"{pair.first.decode()} + {pair.second.decode()}"
                found.append(Evidence(name, _nearness(first, second, pair, len(docs)) * pair.weight))
        return found


def _nearness(first: Array, second: Array, pair: Pair, size: int) -> Array:
    """For each of `size` rows how near the pair comes in it to how it is in the query, from 0 to 1."""
    best = np.zeros(size)
    off = _nearest(second, first + pair.distance)
    if pair.loose:
        off = np.minimum(off, _nearest(second, first - pair.distance) + 1)
    good = (off <= (FAR if pair.loose else 0)).nonzero()[0]
    if len(good):
        np.maximum.at(best, first[good] // ROOM, 1 / (1 + off[good]))
    return best


def _nearest(line: Array, targets: Array) -> Array:
    """How far the nearest place on `line` (ascending) is from each of `targets`."""
    after = line.searchsorted(targets)
    edged = np.empty(len(line) + 2, line.dtype)  # so that there is a place on both sides, if far
    edged[0], edged[-1] = -ROOM, np.iinfo(line.dtype).max
    edged[1:-1] = line
    return np.minimum(targets - edged[after], edged[after + 1] - targets)
