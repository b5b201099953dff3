"""The basic clauses of a query: terms, phrases, And and Or.

A clause is evaluated for a whole segment at once: it returns the matching documents and their scores as arrays. Boosts
are part of the terms; the idf of a term comes from the whole index.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..limits import check
from .phrase_matching import close_together, in_sequence
from .postings import Postings
from .score_parts import ScoreExplanation, ScorePart, readable
from .searcher import SegmentSearcher


class Matches(NamedTuple):
    """The documents of a segment that match, ascending, and the score of each."""

    docs: Array
    scores: Array

    def only(self, which: Array) -> "Matches":
        """Return the matches that `which` (a mask, or places) selects."""
        return Matches(self.docs[which], self.scores[which])


class Clause(Protocol):
    """A part of a query."""

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents of a segment that match; deleted ones are left out."""

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return the score of one document and its parts; None if the document does not match.

        The score is the one that `matches` gives. The cost depends on the number of terms, not on the number of
        documents of the segment.
        """


class MatchNone(NamedTuple):
    """Matches no document."""

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return no documents."""
        return Matches(np.empty(0, np.intp), np.empty(0))

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return None."""
        return None


class Term(NamedTuple):
    """Matches the documents with a term. The score is BM25 times boost, or the boost in a field without lengths."""

    field: str
    term: bytes
    boost: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents with the term."""
        postings = leaf.postings(self.field, self.term)
        if postings is None:
            return MatchNone().matches(leaf)
        weight = leaf.searcher.idf(self.field, self.term) * self.boost
        docs = postings.docs
        return Matches(docs.astype(np.intp), postings.impacts(docs, slice(None)) * weight)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Look up one document in the postings."""
        postings = leaf.postings(self.field, self.term)
        if postings is None:
            return None
        _, impacts = postings.among(np.array([doc]))
        if not len(impacts):
            return None
        idf = leaf.searcher.idf(self.field, self.term)
        score = float(impacts[0] * (idf * self.boost))
        factors = {"boost": self.boost, "idf": idf, "frequency": score / (self.boost * idf)} if score else {}
        return ScoreExplanation(score, [ScorePart(f"{self.field}:{readable(self.term)}", score, factors)])


class Phrase(NamedTuple):
    """Matches the documents with words in order, each at most `slop` positions after the one before.

    The score is the sum of the scores of the words.
    """

    field: str
    words: tuple[bytes, ...]
    slop: int = 1
    boost: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents with the words in order."""
        terms = _terms(self.field, self.words, self.boost)
        if compiled is not None:
            return _all_of(leaf, terms, self.slop if len(terms) > 1 else -1)
        found, words = _with_all(leaf, terms)
        return found.only(in_sequence(words, found.docs, self.slop)) if len(found.docs) else found

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Look at the positions of the words in one document."""
        explained, words = _explain_all(leaf, doc, self.field, self.words, self.boost)
        return explained if explained and in_sequence(words, np.array([doc]), self.slop)[0] else None


class Near(NamedTuple):
    """Matches the documents with different words, in any order, with at most `gap` positions of other words between.

    The score is the sum of the scores of the words.
    """

    field: str
    words: tuple[bytes, ...]
    gap: int
    boost: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents with the words close together."""
        found, words = _with_all(leaf, _terms(self.field, self.words, self.boost))
        return found.only(close_together(words, found.docs, self.gap)) if len(found.docs) else found

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Look at the positions of the words in one document."""
        explained, words = _explain_all(leaf, doc, self.field, self.words, self.boost)
        return explained if explained and close_together(words, np.array([doc]), self.gap)[0] else None


class And(NamedTuple):
    """Matches the documents that match all clauses. The score is the sum of their scores."""

    clauses: tuple[Clause, ...]

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match all clauses."""
        terms = [clause for clause in self.clauses if isinstance(clause, Term)]
        if terms and len(terms) == len(self.clauses):
            return _with_all(leaf, terms)[0] if compiled is None else _all_of(leaf, terms)
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

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Explain all clauses; None if one does not match, or if there are none."""
        explained: list[ScoreExplanation] = []
        for clause in self.clauses:
            one = clause.explain(leaf, doc)
            if one is None:
                return None
            explained.append(one)
        return added_up(explained)


class Or(NamedTuple):
    """Matches the documents that match any clause. The score is the sum of the scores of those that match."""

    clauses: tuple[Clause, ...]

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match any clause."""
        has, totals = np.zeros(leaf.size, np.bool_), np.zeros(leaf.size)
        for clause in self.clauses:
            docs, scores = clause.matches(leaf)
            has[docs] = True
            totals[docs] += scores
        docs = np.flatnonzero(has)
        return Matches(docs, totals[docs])

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Explain the clauses that match."""
        explained = [clause.explain(leaf, doc) for clause in self.clauses]
        return added_up([one for one in explained if one is not None])


def added_up(explained: Iterable[ScoreExplanation]) -> ScoreExplanation | None:
    """Return one explanation with the sum of the scores and with all the parts; None for no explanations."""
    score, parts, matched = 0.0, list[ScorePart](), False
    for one in explained:
        # Not by sum(), which corrects rounding errors from Python 3.12 on; the arrays of `matches` do not.
        score += one.score
        parts += one.parts
        matched = True
    return ScoreExplanation(score, parts) if matched else None


def _with_all(leaf: SegmentSearcher, terms: Sequence[Term]) -> tuple[Matches, list[Postings]]:
    """Return the documents that have all of some terms, and the postings of the terms; no postings if there are none.

    Documents are looked for first, from the rarest term on, and only those that have all terms are scored.
    """
    weighted = _weighted(leaf, terms)
    if not weighted:
        return MatchNone().matches(leaf), []
    rarest, *others = sorted([one for one, _ in weighted], key=lambda one: one.count)
    docs = rarest.docs
    for one in others:
        check()
        docs = docs[one.has(docs)]
    scores = np.zeros(len(docs))
    for one, weight in weighted:
        check()
        scores += one.impacts_at(docs) * weight
    return Matches(docs.astype(np.intp), scores), [one for one, _ in weighted]


def _all_of(leaf: SegmentSearcher, terms: Sequence[Term], slop: int = -1) -> Matches:
    """Return the documents that have all of some terms; with a `slop` from 0 on, in order."""
    assert compiled is not None
    weighted = _weighted(leaf, terms)
    if not weighted:
        return MatchNone().matches(leaf)
    made = [one.compiled() if slop < 0 else one.compiled_with_positions() for one, _ in weighted]
    return Matches(*compiled.all_of(made, np.array([weight for _, weight in weighted]), leaf.blocks, slop))


def _weighted(leaf: SegmentSearcher, terms: Sequence[Term]) -> list[tuple[Postings, float]]:
    """Return the postings of some terms with their weights; nothing if no document has one of the terms."""
    found = []
    for term in terms:
        postings = leaf.postings(term.field, term.term)
        if postings is None:
            return []
        found.append((postings, leaf.searcher.idf(term.field, term.term) * term.boost))
    return found


def _explain_all(
    leaf: SegmentSearcher, doc: int, field: str, words: Sequence[bytes], boost: float
) -> tuple[ScoreExplanation | None, list[Postings]]:
    """Return the explanation of a document that has all of some words, and the postings of those words."""
    explained = And(_terms(field, words, boost)).explain(leaf, doc)
    return explained, _postings(leaf, field, words) if explained else []


def _terms(field: str, words: Sequence[bytes], boost: float) -> tuple[Term, ...]:
    return tuple([Term(field, word, boost) for word in words])


def _postings(leaf: SegmentSearcher, field: str, words: Sequence[bytes]) -> list[Postings]:
    return [postings for word in words if (postings := leaf.postings(field, word)) is not None]


def _common(left: Array, right: Array) -> tuple[Array, Array]:
    """Return the places, in each of two ascending arrays, of the numbers that are in both."""
    if len(left) > len(right):
        there, here = _common(right, left)
        return here, there
    places = right.searchsorted(left)
    places[places == len(right)] = 0
    which = np.flatnonzero(right[places] == left) if len(right) else np.empty(0, np.intp)
    return which, places[which]
