"""The clauses that combine others, beside And and Or of `clauses`."""

from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from .clauses import Clause, Matches, added_up
from .filters import constant_score, described
from .score_parts import ScoreExplanation, ScorePart
from .searcher import SegmentSearcher


class DisjunctionMax(NamedTuple):
    """Matches the documents that match any clause.

    The score is the greatest of the scores of the clauses, plus `tiebreak` times the sum of the others.
    """

    clauses: tuple[Clause, ...]
    tiebreak: float = 0.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match any clause."""
        most, totals = np.full(leaf.size, -np.inf), np.zeros(leaf.size)
        for clause in self.clauses:
            docs, scores = clause.matches(leaf)
            most[docs] = np.maximum(most[docs], scores)
            totals[docs] += scores
        docs = np.flatnonzero(most > -np.inf)
        return Matches(docs, most[docs] + self.tiebreak * (totals[docs] - most[docs]))

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Explain the best clause, or with a tiebreak give the score as one part."""
        explained = [one for clause in self.clauses if (one := clause.explain(leaf, doc)) is not None]
        total = added_up(explained)
        if total is None:
            return None
        most = max(one.score for one in explained)
        score = most + self.tiebreak * (total.score - most)
        if self.tiebreak:
            return described(self, score)
        return ScoreExplanation(score, max((one.parts for one in explained), key=_sum))


class Not(NamedTuple):
    """Matches the documents that do not match a clause, with a score of 0."""

    clause: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that do not match the clause."""
        rest = np.ones(leaf.size, np.bool_) if leaf.live is None else leaf.live.copy()
        rest[self.clause.matches(leaf).docs] = False
        return constant_score(np.flatnonzero(rest), 0)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return a score of 0 if the document does not match the clause."""
        if not leaf.is_live(doc) or self.clause.explain(leaf, doc) is not None:
            return None
        return described(self, 0.0)


class Exclude(NamedTuple):
    """Matches the documents that match `clause` and not `excluded`. The score is that of `clause`."""

    clause: Clause
    excluded: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match `clause` and not `excluded`."""
        found = self.clause.matches(leaf)
        return found.only(~_mask(leaf, self.excluded)[found.docs])

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Explain `clause`, if the document does not match `excluded`."""
        explained = self.clause.explain(leaf, doc)
        return None if explained is None or self.excluded.explain(leaf, doc) is not None else explained


class Filter(NamedTuple):
    """Matches the documents that match both `clause` and `required`. The score is that of `clause`."""

    clause: Clause
    required: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match both."""
        found = self.clause.matches(leaf)
        return found.only(_mask(leaf, self.required)[found.docs])

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Explain `clause`, if the document matches `required`."""
        explained = self.clause.explain(leaf, doc)
        return None if explained is None or self.required.explain(leaf, doc) is None else explained


class AndMaybe(NamedTuple):
    """Matches the documents that match `clause`. The score of `optional` is added where it matches too."""

    clause: Clause
    optional: Clause

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match `clause`."""
        found = self.clause.matches(leaf)
        extra = np.zeros(leaf.size)
        docs, scores = self.optional.matches(leaf)
        extra[docs] = scores
        return Matches(found.docs, found.scores + extra[found.docs])

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Explain `clause`, and `optional` where it matches."""
        explained = self.clause.explain(leaf, doc)
        if explained is None:
            return None
        optional = self.optional.explain(leaf, doc)
        return explained if optional is None else added_up([explained, optional])


class ConstantScore(NamedTuple):
    """Matches the documents that match `clause`, all with the same score."""

    clause: Clause
    score: float = 1.0

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents that match `clause`."""
        return constant_score(self.clause.matches(leaf).docs, self.score)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Return the score if the document matches `clause`."""
        return None if self.clause.explain(leaf, doc) is None else described(self, self.score)


def _sum(parts: list[ScorePart]) -> float:
    return sum(part.score for part in parts)


def _mask(leaf: SegmentSearcher, clause: Clause) -> Array:
    mask = np.zeros(leaf.size, np.bool_)
    mask[clause.matches(leaf).docs] = True
    return mask
