"""Ranking documents as wholes, by all their passages together.

A document that is cut into passages is about more than its best passage. So its words are counted over all its
passages and weighed by BM25 with the statistics of documents: in how many documents a word is, and how long these
are. What is not counted in this way, such as words of titles and phrases, counts as in the passage where it counts
most. The best passage adds a part of its own score, too.

Each document lies in one segment. Documents are told apart by the ordinals of a column: that of their keys.
"""

from collections.abc import Iterator, Sequence
from heapq import merge
from typing import NamedTuple, Protocol

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from .bm25 import idf
from .clauses import Clause, Or, Term
from .operators import AndMaybe, Exclude, Filter
from .score_parts import ScorePart, readable
from .searcher import IndexSearcher, SegmentSearcher

PASSAGE_WEIGHT = 0.1
"""The weight of the score of a document's best passage, beside the score of its words."""

OTHER_WEIGHT = 0.4
"""The weight of what is not counted over all passages. It is measured in passages, where presence says more."""

_KEYS_AT_ONCE = 1000  # documents whose keys are read at once


class RankedGroup(NamedTuple):
    """A document, by its best passage.

    Attributes:
        number: The number in the snapshot of its best passage.
        score: The score of the document.
    """

    number: int
    score: float


class DocumentRanking:
    """The documents that a clause finds, with their scores."""

    def __init__(
        self,
        searcher: IndexSearcher,
        clause: Clause,
        group: str,
        field: str,
        statistics: "DocumentStatistics | None" = None,
    ) -> None:
        """Score all documents with a passage that matches.

        Args:
            searcher: The searcher of the index.
            clause: Finds and scores the passages.
            group: The field whose term tells to which document a passage belongs; it has a column of ordinals.
            field: The field whose words are counted over all passages of a document.
            statistics: The statistics of the words of all documents; those of the searcher's segments if None.
        """
        self._group = group
        scored = _scored(clause)
        self._terms = [one for one in scored if isinstance(one, Term) and one.field == field and one.boost > 0]
        self._others = [one for one in scored if one not in self._terms]
        self._statistics = statistics or _Statistics(searcher, group, field)
        self._found = [_Found(leaf, clause, group) for leaf in searcher.leaves]
        idfs = self._statistics.idfs(self._terms)
        self._weights = {term: idf_ * term.boost for term, idf_ in zip(self._terms, idfs, strict=True)}

    def __len__(self) -> int:
        """Return the number of documents."""
        return sum(len(found.ordinals) for found in self._found)

    def best_first(self) -> Iterator[RankedGroup]:
        """Yield the documents, those with the highest scores first and those of equal scores in order of their keys."""
        for score, _, number in merge(*map(self._ordered, self._found)):
            yield RankedGroup(number, -score)

    def explain(self, leaf: SegmentSearcher, doc: int) -> list[ScorePart]:
        """Return the parts of the score of the document whose best passage is `doc` of a segment."""
        found = next(one for one in self._found if one.leaf is leaf)
        place = int(np.flatnonzero(found.best == doc)[0])
        parts = []
        for term in self._terms:
            score = float(self._counted(found, term)[place])
            if score:
                parts.append(ScorePart(f"{term.field}:{readable(term.term)} in the document", score, {}))
        for clause in self._others:
            score = float(self._greatest(found, clause)[place])
            if score:
                parts.append(ScorePart(f"{_name(clause)} in the document", score, {}))
        return [*parts, ScorePart("the best passage", float(found.scores[place]) * PASSAGE_WEIGHT, {})]

    def _ordered(self, found: "_Found") -> Iterator[tuple[float, bytes, int]]:
        """Yield the documents of a segment in order: the negated score, the key, and the number of the best passage."""
        scores = found.scores * PASSAGE_WEIGHT
        for term in self._terms:
            check()
            scores += self._counted(found, term)
        for clause in self._others:
            check()
            scores += self._greatest(found, clause)
        scores = scores.astype(np.float32).astype(np.float64)  # see `collector.rank`
        order = np.lexsort((found.ordinals, -scores))
        for begin in range(0, len(order), _KEYS_AT_ONCE):
            check()
            some = order[begin : begin + _KEYS_AT_ONCE]
            keys = found.leaf.keys(self._group, found.best[some])
            numbers = found.leaf.base + found.best[some]
            yield from zip((-scores[some]).tolist(), keys, numbers.tolist(), strict=True)

    def _counted(self, found: "_Found", term: Term) -> Array:
        """Return what a word adds to the score of each document that was found in a segment."""
        leaf = found.leaf
        postings = leaf.postings(term.field, term.term)
        if postings is None:
            return np.zeros(len(found.ordinals))
        docs = postings.docs
        places = found.places(docs)
        chosen = places >= 0
        frequencies = np.bincount(places[chosen], weights=postings.frequencies()[chosen], minlength=len(found.ordinals))
        norms = self._statistics.norms(leaf)[found.ordinals]
        impacts: Array = frequencies / (frequencies + norms) + self._statistics.delta * (frequencies > 0)
        return impacts * self._weights[term]

    @staticmethod
    def _greatest(found: "_Found", clause: Clause) -> Array:
        """Return the greatest score that a clause gives to a passage of each document that was found in a segment."""
        greatest = np.zeros(len(found.ordinals))
        docs, scores = clause.matches(found.leaf)
        places = found.places(docs)
        np.maximum.at(greatest, places[places >= 0], scores[places >= 0])
        return greatest * OTHER_WEIGHT


class _Found:
    """The documents that a clause finds in a segment.

    Attributes:
        leaf: The segment.
        ordinals: The ordinal of each document, ascending.
        best: The best passage of each.
        scores: The score of that passage.
    """

    def __init__(self, leaf: SegmentSearcher, clause: Clause, group: str) -> None:
        check()
        docs, scores = clause.matches(leaf)
        ordinals = leaf.segment.fields[group].ordinals[docs].astype(np.int64)
        order = np.lexsort((docs, -scores, ordinals))
        first = order[np.flatnonzero(np.diff(ordinals[order], prepend=-1))]
        self.leaf = leaf
        self.ordinals, self.best, self.scores = ordinals[first], docs[first], scores[first]
        self._document_of = np.full(leaf.size, -1, np.int64)
        self._document_of[docs] = self.ordinals.searchsorted(ordinals)

    def places(self, docs: Array) -> Array:
        """Return for each of some passages where its document stands in `ordinals`; -1 if it does not match itself."""
        return self._document_of[docs]


class DocumentStatistics(Protocol):
    """Statistics of the words of all documents.

    Attributes:
        delta: The `delta` of BM25.
    """

    delta: float

    def norms(self, leaf: SegmentSearcher) -> Array:
        """Return the norm of each document of a segment, by ordinal."""

    def idfs(self, terms: Sequence[Term]) -> list[float]:
        """Return the inverse document frequency of each of some terms among documents."""


class _Statistics:
    """Statistics of the words of all documents: in how many each is, and how long these are."""

    def __init__(self, searcher: IndexSearcher, group: str, field: str) -> None:
        self._leaves = searcher.leaves
        self._group = group
        self._field = field
        lengths = {leaf.base: leaf.group_lengths(group, field) for leaf in searcher.leaves}
        has_words = [own[own > 0] for own in lengths.values()]
        self._documents = sum(map(len, has_words))
        average = sum(float(own.sum()) for own in has_words) / max(self._documents, 1)
        self.delta = searcher.bm25.delta(average or 1.0)
        self._norms = {base: searcher.bm25.norms(own, average or 1.0) for base, own in lengths.items()}

    def norms(self, leaf: SegmentSearcher) -> Array:
        """Return the BM25 norm of each document of a segment, by ordinal."""
        return self._norms[leaf.base]

    def idfs(self, terms: Sequence[Term]) -> list[float]:
        """Return the inverse document frequency of each of some terms among documents."""
        return [self._idf(term) for term in terms]

    def _idf(self, term: Term) -> float:
        count = 0
        for leaf in self._leaves:
            check()
            postings = leaf.postings(term.field, term.term)
            if postings is not None:
                has = np.zeros(leaf.segment.fields[self._group].terms, np.bool_)
                has[leaf.segment.fields[self._group].ordinals[postings.docs]] = True
                count += int(np.count_nonzero(has))
        return idf(count, self._documents) if count else 0.0


def _scored(clause: Clause) -> list[Clause]:
    """Return the clauses whose scores a clause adds up."""
    match clause:
        case Or(clauses):
            return [one for inner in clauses for one in _scored(inner)]
        case AndMaybe(inner, optional):
            return _scored(inner) + _scored(optional)
        case Filter(inner, _) | Exclude(inner, _):
            return _scored(inner)
        case _:
            return [clause]


def _name(clause: Clause) -> str:
    return f"{clause.field}:{readable(clause.term)}" if isinstance(clause, Term) else str(clause)
