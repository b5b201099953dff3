"""The clauses that a query is made of, and which documents of a segment each matches, with what score.

A clause is evaluated over whole arrays. Boosts are in the terms; the weight of a term comes from the whole index.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from jooya.indexer.codec.arrays import Array
from jooya.indexer.ranking.phrases import in_sequence
from jooya.indexer.ranking.view import LeafView, Postings


class Matches(NamedTuple):
    """Documents of a segment, ascending, and the score of each."""

    docs: Array
    scores: Array

    def only(self, which: Array) -> "Matches":
        """Those that `which` (bools or places) names."""
        return Matches(self.docs[which], self.scores[which])


class Clause(ABC):
    """Part of a query."""

    __slots__ = ()

    @abstractmethod
    def matches(self, leaf: LeafView) -> Matches:
        """The documents of `leaf` that match, deleted ones left out."""


@dataclass(frozen=True, slots=True)
class Nothing(Clause):
    """No document."""

    def matches(self, leaf: LeafView) -> Matches:
        return _constant(np.empty(0, np.intp), 0)


@dataclass(frozen=True, slots=True)
class Everything(Clause):
    """All documents, or those with any term in `field`, each with one score."""

    field: str | None = None
    score: float = 1.0

    def matches(self, leaf: LeafView) -> Matches:
        return _constant(leaf.all_docs() if self.field is None else leaf.docs_with_field(self.field), self.score)


@dataclass(frozen=True, slots=True)
class Term(Clause):
    """The documents with a term, scored by BM25 times boost; in a field without lengths the score is the boost."""

    field: str
    term: bytes
    boost: float = 1.0

    def matches(self, leaf: LeafView) -> Matches:
        postings = leaf.postings(self.field, self.term)
        if postings is None:
            return Nothing().matches(leaf)
        weight = leaf.view.idf(self.field, self.term) * self.boost
        docs = postings.docs
        return Matches(docs.astype(np.intp), postings.impacts(docs, slice(None)) * weight)


@dataclass(frozen=True, slots=True)
class AnyTerm(Clause):
    """The documents with any of some terms of a field, each with one score."""

    field: str
    terms: tuple[bytes, ...]
    score: float = 1.0

    def matches(self, leaf: LeafView) -> Matches:
        has = np.zeros(leaf.size, np.bool_)
        field = leaf.segment.fields.get(self.field)
        for ordinal in map(field.find, self.terms) if field else ():
            if field and ordinal is not None:
                has[field.docs(ordinal)] = True
        return _constant(np.flatnonzero(has if leaf.kept is None else has & leaf.kept), self.score)


@dataclass(frozen=True, slots=True)
class Phrase(Clause):
    """The documents that have words in order, each at most `slop` positions after the one before. The score is the
    sum of the words'."""

    field: str
    words: tuple[bytes, ...]
    slop: int = 1
    boost: float = 1.0

    def matches(self, leaf: LeafView) -> Matches:
        found = All(tuple(Term(self.field, word, self.boost) for word in self.words)).matches(leaf)
        return found.only(self.holds(leaf, found.docs)) if len(found.docs) else found

    def holds(self, leaf: LeafView, docs: Array) -> Array:
        """For each of `docs` (ascending), which have all the words, whether they are in order."""
        return in_sequence(self.postings(leaf), docs, self.slop)

    def postings(self, leaf: LeafView) -> list[Postings]:
        """Those of the words that are in `leaf`."""
        return [found for word in self.words if (found := leaf.postings(self.field, word)) is not None]


@dataclass(frozen=True, slots=True)
class All(Clause):
    """The documents that match all clauses; scores are added up."""

    clauses: tuple[Clause, ...]

    def matches(self, leaf: LeafView) -> Matches:
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
        return found or Nothing().matches(leaf)


@dataclass(frozen=True, slots=True)
class Any_(Clause):
    """The documents that match any clause; scores are added up."""

    clauses: tuple[Clause, ...]

    def matches(self, leaf: LeafView) -> Matches:
        has, totals = np.zeros(leaf.size, np.bool_), np.zeros(leaf.size)
        for clause in self.clauses:
            docs, scores = clause.matches(leaf)
            has[docs] = True
            totals[docs] += scores
        docs = np.flatnonzero(has)
        return Matches(docs, totals[docs])


@dataclass(frozen=True, slots=True)
class Best(Clause):
    """The documents that match any clause; the score is the greatest, and `tiebreak` times the others."""

    clauses: tuple[Clause, ...]
    tiebreak: float = 0.0

    def matches(self, leaf: LeafView) -> Matches:
        most, totals = np.full(leaf.size, -np.inf), np.zeros(leaf.size)
        for clause in self.clauses:
            docs, scores = clause.matches(leaf)
            most[docs] = np.maximum(most[docs], scores)
            totals[docs] += scores
        docs = np.flatnonzero(most > -np.inf)
        return Matches(docs, most[docs] + self.tiebreak * (totals[docs] - most[docs]))


@dataclass(frozen=True, slots=True)
class Not(Clause):
    """The documents that don't match a clause, with a score of 0: to be left out says nothing for the others."""

    clause: Clause

    def matches(self, leaf: LeafView) -> Matches:
        rest = np.ones(leaf.size, np.bool_) if leaf.kept is None else leaf.kept.copy()
        rest[self.clause.matches(leaf).docs] = False
        return _constant(np.flatnonzero(rest), 0)


@dataclass(frozen=True, slots=True)
class Without(Clause):
    """What matches `clause` and not `excluded`, with the score of `clause`."""

    clause: Clause
    excluded: Clause

    def matches(self, leaf: LeafView) -> Matches:
        found = self.clause.matches(leaf)
        return found.only(~_mask(leaf, self.excluded)[found.docs])


@dataclass(frozen=True, slots=True)
class Within(Clause):
    """What matches both `clause` and `required`, with the score of `clause`."""

    clause: Clause
    required: Clause

    def matches(self, leaf: LeafView) -> Matches:
        found = self.clause.matches(leaf)
        return found.only(_mask(leaf, self.required)[found.docs])


@dataclass(frozen=True, slots=True)
class Maybe(Clause):
    """What matches `clause`; where `optional` matches too, its score is added."""

    clause: Clause
    optional: Clause

    def matches(self, leaf: LeafView) -> Matches:
        found = self.clause.matches(leaf)
        extra = np.zeros(leaf.size)
        docs, scores = self.optional.matches(leaf)
        extra[docs] = scores
        return Matches(found.docs, found.scores + extra[found.docs])


@dataclass(frozen=True, slots=True)
class Constant(Clause):
    """What matches `clause`, with one score."""

    clause: Clause
    score: float = 1.0

    def matches(self, leaf: LeafView) -> Matches:
        return _constant(self.clause.matches(leaf).docs, self.score)


@dataclass(frozen=True, slots=True)
class Documents(Clause):
    """Some documents by their numbers in the snapshot (ascending), with a score of 1."""

    numbers: Sequence[int]

    def matches(self, leaf: LeafView) -> Matches:
        chosen = np.asarray(self.numbers, np.intp) - leaf.base
        chosen = chosen[(chosen >= 0) & (chosen < leaf.size)]
        return _constant(chosen if leaf.kept is None else chosen[leaf.kept[chosen]], 1)


def _constant(docs: Array, score: float) -> Matches:
    return Matches(docs, np.full(len(docs), float(score)))


def _mask(leaf: LeafView, clause: Clause) -> Array:
    mask = np.zeros(leaf.size, np.bool_)
    mask[clause.matches(leaf).docs] = True
    return mask


def _common(left: Array, right: Array) -> tuple[Array, Array]:
    """Where the numbers that are in both of two ascending arrays stand in each."""
    if len(left) > len(right):
        there, here = _common(right, left)
        return here, there
    places = right.searchsorted(left)
    places[places == len(right)] = 0
    which = np.flatnonzero(right[places] == left) if len(right) else np.empty(0, np.intp)
    return which, places[which]
