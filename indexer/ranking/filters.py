"""The clauses that give the same score to all documents they match: sets of terms, number ranges, all documents."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import NO_TERM, Field
from ..limits import check
from .clauses import Clause, Matches
from .score_parts import ScoreExplanation, ScorePart, readable
from .searcher import SegmentSearcher

_TERMS_AT_ONCE = 1 << 14  # terms that are compared between two checks of the deadline

_LOOKUP_RATIO = 16  # terms are looked up one by one if they are fewer than one in so many

_DESCRIBED_TERMS = 3  # terms of a set that its description names


class MatchAll(NamedTuple):
    """Matches all documents, or those with any term in `field`, all with the same score."""

    field: str | None = None
    score: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return all documents, or those with any term in the field."""
        return constant_score(leaf.all_docs() if self.field is None else leaf.docs_with_field(self.field), self.score)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return the score if the document matches."""
        matched = leaf.is_live(doc) if self.field is None else leaf.has_field(doc, self.field)
        return described(self, self.score) if matched else None


class TermSet(NamedTuple):
    """Matches the documents with any of some terms of a field, all with the same score."""

    field: str
    terms: tuple[bytes, ...]
    score: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents with any of the terms."""
        has = np.zeros(leaf.size, np.bool_)
        field = leaf.segment.fields.get(self.field)
        if field and self.terms:
            first, last = field.lower_bound(min(self.terms)), field.lower_bound(max(self.terms) + b"\0")
            if last - first == len(self.terms) and set(field.terms_between(first, last)) == set(self.terms):
                # The terms are all those of a range, as the terms with a prefix are.
                has[field.docs_between(first, last)[1]] = True
            else:
                _mark(field, self.terms, range(first, last), has)
        return constant_score(np.flatnonzero(has if leaf.live is None else has & leaf.live), self.score)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return the score if the document has any of the terms."""
        if not self._has_any(leaf, doc):
            return None
        more = " …" if len(self.terms) > _DESCRIBED_TERMS else ""
        named = ", ".join(map(readable, self.terms[:_DESCRIBED_TERMS])) + more
        score = float(self.score)
        return ScoreExplanation(score, [ScorePart(f"{self.field}:{named}", score, {})])

    def _has_any(self, leaf: SegmentSearcher, doc: int) -> bool:
        field = leaf.segment.fields.get(self.field)
        if field is None:
            return False
        if len(self.terms) > _LOOKUP_RATIO and field.layout.ordinals and _is_single_valued(field):
            ordinal = int(field.ordinals[doc])  # of many keys, as doc:* stands for, none needs to be looked up
            return leaf.is_live(doc) and ordinal != NO_TERM and field.term(ordinal) in self.terms
        one = np.array([doc])
        postings = (leaf.postings(self.field, term) for term in self.terms)
        return any(found is not None and found.has(one)[0] for found in postings)


class TermPrefix(NamedTuple):
    """Matches the documents with any term of a field that begins with `prefix`, with a score of 0."""

    field: str
    prefix: bytes

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents with any of the terms."""
        field = leaf.segment.fields[self.field]
        ordinals = field.with_prefix(self.prefix)
        has = np.zeros(leaf.size, np.bool_)
        has[field.docs_between(ordinals.start, ordinals.stop)[1]] = True
        return constant_score(np.flatnonzero(has if leaf.live is None else has & leaf.live), 0)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Look up the document in the postings of each of the terms."""
        field = leaf.segment.fields[self.field]
        found = leaf.is_live(doc) and any(doc in field.docs(ordinal) for ordinal in field.with_prefix(self.prefix))
        return described(self, 0.0) if found else None


class NumberRange(NamedTuple):
    """Matches the documents whose number in `field` is from `low` to `high`, with a score of 0.

    Attributes:
        field: A field with a column of numbers.
        low: The least number. 0 stands for documents without a number, which never match.
        high: The greatest number.
    """

    field: str
    low: int
    high: int

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents whose number is in the range."""
        numbers = leaf.segment.fields[self.field].numbers
        chosen = (numbers >= self.low) & (numbers <= self.high)
        if self.low <= 0 <= self.high:
            chosen &= numbers != 0
        return constant_score(np.flatnonzero(chosen if leaf.live is None else chosen & leaf.live), 0)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return a score of 0 if the document's number is in the range."""
        number = int(leaf.segment.fields[self.field].numbers[doc])
        matched = number != 0 and self.low <= number <= self.high
        return described(self, 0.0) if matched and leaf.is_live(doc) else None


class DocumentSet(NamedTuple):
    """Matches documents by their numbers in the snapshot (ascending), with a score of 1."""

    numbers: Sequence[int]

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return those of the documents that are in the segment."""
        chosen = np.asarray(self.numbers, np.intp) - leaf.base
        chosen = chosen[(chosen >= 0) & (chosen < leaf.size)]
        return constant_score(chosen if leaf.live is None else chosen[leaf.live[chosen]], 1)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return a score of 1 if the document is one of these."""
        place = bisect_left(self.numbers, leaf.base + doc)
        matched = place < len(self.numbers) and self.numbers[place] == leaf.base + doc
        return described(self, 1.0) if matched and leaf.is_live(doc) else None


def constant_score(docs: Array, score: float) -> Matches:
    """Return documents that match with the same score."""
    return Matches(docs, np.full(len(docs), float(score)))


def described(clause: Clause, score: float) -> ScoreExplanation:
    """Return an explanation whose only part is a clause as a whole."""
    return ScoreExplanation(float(score), [ScorePart(str(clause), float(score), {})])


def _is_single_valued(field: Field) -> bool:
    """Return True if each document has at most one term in a field: its column of ordinals then has all of them."""
    return int(field.doc_frequencies(0, field.terms).sum()) == field.documents


def _mark(field: Field, terms: tuple[bytes, ...], among: range, has: Array) -> None:
    """Set `has` to True for the documents with any of `terms`, whose ordinals are all in the range `among`.

    Each term is looked up; if the terms are many, the range is read from one end to the other instead.
    """
    if len(terms) * _LOOKUP_RATIO < len(among):
        for ordinal in map(field.find, terms):
            check()
            if ordinal is not None:
                has[field.docs(ordinal)] = True
        return
    wanted = set(terms)
    for first in range(among.start, among.stop, _TERMS_AT_ONCE):
        check()
        last = min(first + _TERMS_AT_ONCE, among.stop)
        chosen = np.array([term in wanted for term in field.terms_between(first, last)])
        counts, docs = field.docs_between(first, last)
        has[docs[chosen.repeat(counts)]] = True
