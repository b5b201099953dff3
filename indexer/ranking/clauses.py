"""The clauses that a query is made of, and which documents of a segment each matches, with what score.

A clause is evaluated over whole arrays. Boosts are in the terms; the weight of a term comes from the whole index.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from ..codec.arrays import Array
from .phrases import close_together, in_sequence
from .searcher import Postings, SegmentSearcher


class Matches(NamedTuple):
    """Documents of a segment, ascending, and the score of each."""

    docs: Array
    scores: Array

    def only(self, which: Array) -> "Matches":
        """Those that `which` (bools or places) names."""
        return Matches(self.docs[which], self.scores[which])


class Clause(Protocol):
    """Part of a query."""

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """The documents of `leaf` that match, deleted ones left out."""


class MatchNone(NamedTuple):
    """No document."""

    def matches(self, leaf: SegmentSearcher) -> Matches:
        return Matches(np.empty(0, np.intp), np.empty(0))


class Term(NamedTuple):
    """The documents with a term, scored by BM25 times boost; in a field without lengths the score is the boost."""

    field: str
    term: bytes
    boost: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        postings = leaf.postings(self.field, self.term)
        if postings is None:
            return MatchNone().matches(leaf)
        weight = leaf.searcher.idf(self.field, self.term) * self.boost
        docs = postings.docs
        return Matches(docs.astype(np.intp), postings.impacts(docs, slice(None)) * weight)


class Phrase(NamedTuple):
    """The documents that have words in order, each at most `slop` positions after the one before. The score is the
    sum of the words'."""

    field: str
    words: tuple[bytes, ...]
    slop: int = 1
    boost: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        found, words = _with_all(leaf, self.field, self.words, self.boost)
        return found.only(in_sequence(words, found.docs, self.slop)) if len(found.docs) else found


class Near(NamedTuple):
    """The documents that have different words, in any order, with at most `gap` other positions among them. The score
    is the sum of the words'."""

    field: str
    words: tuple[bytes, ...]
    gap: int
    boost: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        found, words = _with_all(leaf, self.field, self.words, self.boost)
        return found.only(close_together(words, found.docs, self.gap)) if len(found.docs) else found


class And(NamedTuple):
    """The documents that match all clauses; scores are added up."""

    clauses: tuple[Clause, ...]

    def matches(self, leaf: SegmentSearcher) -> Matches:
        found: Matches | None = None
        for clause in self.clauses:
            more = clause.matches(leaf)
            if found is None:
                found = more
            else:
                left, right = _common(found.docs, more.docs)
                found = Matches(found.docs[left], found.scores[left] + more.scores[right])
            if not len(found.docs):
                break
        return found or MatchNone().matches(leaf)


class Or(NamedTuple):
    """The documents that match any clause; scores are added up."""

    clauses: tuple[Clause, ...]

    def matches(self, leaf: SegmentSearcher) -> Matches:
        has, totals = np.zeros(leaf.size, np.bool_), np.zeros(leaf.size)
        for clause in self.clauses:
            docs, scores = clause.matches(leaf)
            has[docs] = True
            totals[docs] += scores
        docs = np.flatnonzero(has)
        return Matches(docs, totals[docs])


def _with_all(
    leaf: SegmentSearcher, field: str, words: Sequence[bytes], boost: float
) -> tuple[Matches, list[Postings]]:
    """The documents that have all of some words, and the postings of those that any document has."""
    found = And(tuple([Term(field, word, boost) for word in words])).matches(leaf)
    return found, [postings for word in words if (postings := leaf.postings(field, word)) is not None]


def _common(left: Array, right: Array) -> tuple[Array, Array]:
    """Where the numbers that are in both of two ascending arrays stand in each."""
    if len(left) > len(right):
        there, here = _common(right, left)
        return here, there
    places = right.searchsorted(left)
    places[places == len(right)] = 0
    which = np.flatnonzero(right[places] == left) if len(right) else np.empty(0, np.intp)
    return which, places[which]
