"""Clauses that combine, filter and stand for many terms, beside the plain ones of `clauses`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field
from ..limits import check
from .clauses import Clause, Matches
from .searcher import SegmentSearcher

_AT_ONCE = 1 << 14  # terms that are looked at between two looks at the clock

_FEW = 16  # one term of so many is looked up by itself


class MatchAll(NamedTuple):
    """All documents, or those with any term in `field`, each with one score."""

    field: str | None = None
    score: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        return _constant(leaf.all_docs() if self.field is None else leaf.docs_with_field(self.field), self.score)


class TermSet(NamedTuple):
    """The documents with any of some terms of a field, each with one score."""

    field: str
    terms: tuple[bytes, ...]
    score: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        has = np.zeros(leaf.size, np.bool_)
        field = leaf.segment.fields.get(self.field)
        if field and self.terms:
            first, last = field.lower_bound(min(self.terms)), field.lower_bound(max(self.terms) + b"\0")
            if last - first == len(self.terms) and set(field.terms_between(first, last)) == set(self.terms):
                # All terms from one to another, as of a prefix.
                has[field.postings_between(first, last).docs] = True
            else:
                _mark(field, self.terms, range(first, last), has)
        return _constant(np.flatnonzero(has if leaf.live is None else has & leaf.live), self.score)


class DisjunctionMax(NamedTuple):
    """The documents that match any clause; the score is the greatest, and `tiebreak` times the others."""

    clauses: tuple[Clause, ...]
    tiebreak: float = 0.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        most, totals = np.full(leaf.size, -np.inf), np.zeros(leaf.size)
        for clause in self.clauses:
            docs, scores = clause.matches(leaf)
            most[docs] = np.maximum(most[docs], scores)
            totals[docs] += scores
        docs = np.flatnonzero(most > -np.inf)
        return Matches(docs, most[docs] + self.tiebreak * (totals[docs] - most[docs]))


class Not(NamedTuple):
    """The documents that don't match a clause, with a score of 0: to be left out says nothing for the others."""

    clause: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        rest = np.ones(leaf.size, np.bool_) if leaf.live is None else leaf.live.copy()
        rest[self.clause.matches(leaf).docs] = False
        return _constant(np.flatnonzero(rest), 0)


class Exclude(NamedTuple):
    """What matches `clause` and not `excluded`, with the score of `clause`."""

    clause: Clause
    excluded: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        found = self.clause.matches(leaf)
        return found.only(~_mask(leaf, self.excluded)[found.docs])


class Filter(NamedTuple):
    """What matches both `clause` and `required`, with the score of `clause`."""

    clause: Clause
    required: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        found = self.clause.matches(leaf)
        return found.only(_mask(leaf, self.required)[found.docs])


class AndMaybe(NamedTuple):
    """What matches `clause`; where `optional` matches too, its score is added."""

    clause: Clause
    optional: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        found = self.clause.matches(leaf)
        extra = np.zeros(leaf.size)
        docs, scores = self.optional.matches(leaf)
        extra[docs] = scores
        return Matches(found.docs, found.scores + extra[found.docs])


class ConstantScore(NamedTuple):
    """What matches `clause`, with one score."""

    clause: Clause
    score: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        return _constant(self.clause.matches(leaf).docs, self.score)


class NumberRange(NamedTuple):
    """The documents whose number in `field` (a column) is from `low` to `high`, with a score of 0; `low` is above 0,
    which stands for none."""

    field: str
    low: int
    high: int

    def matches(self, leaf: SegmentSearcher) -> Matches:
        numbers = leaf.segment.fields[self.field].numbers
        chosen = (numbers >= self.low) & (numbers <= self.high)
        return _constant(np.flatnonzero(chosen if leaf.live is None else chosen & leaf.live), 0)


class DocumentSet(NamedTuple):
    """Some documents by their numbers in the snapshot (ascending), with a score of 1."""

    numbers: Sequence[int]

    def matches(self, leaf: SegmentSearcher) -> Matches:
        chosen = np.asarray(self.numbers, np.intp) - leaf.base
        chosen = chosen[(chosen >= 0) & (chosen < leaf.size)]
        return _constant(chosen if leaf.live is None else chosen[leaf.live[chosen]], 1)


def _mark(field: Field, terms: tuple[bytes, ...], among: range, has: Array) -> None:
    """Sets `has` where any of some terms is, all of them `among` these ordinals: each is looked up, or if they are many
    they are found in passing."""
    if len(terms) * _FEW < len(among):
        for ordinal in map(field.find, terms):
            check()
            if ordinal is not None:
                has[field.docs(ordinal)] = True
        return
    wanted = set(terms)
    for first in range(among.start, among.stop, _AT_ONCE):
        check()
        last = min(first + _AT_ONCE, among.stop)
        chosen = np.array([term in wanted for term in field.terms_between(first, last)])
        postings = field.postings_between(first, last)
        has[postings.docs[chosen.repeat(postings.counts)]] = True


def _constant(docs: Array, score: float) -> Matches:
    return Matches(docs, np.full(len(docs), float(score)))


def _mask(leaf: SegmentSearcher, clause: Clause) -> Array:
    mask = np.zeros(leaf.size, np.bool_)
    mask[clause.matches(leaf).docs] = True
    return mask
