"""Ranking: the best documents of a whole view for a query."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from .clauses import And, Clause, Or, Phrase, Term
from .phrases import in_sequence
from .rescorers import Rescorer
from .searcher import IndexSearcher, Postings, SegmentSearcher
from .topk import TIE, Found, Part, best_of_all, best_of_any

_LOOK = 256  # documents whose positions are looked at first

RESCORE_WINDOW = 20
"""How many of the best documents are looked at closely, where there are witnesses."""

_NONE: Found = (np.empty(0, np.intp), np.empty(0))


class Ranked(NamedTuple):
    """A document: its number in the snapshot, and its score."""

    number: int
    score: float


def rank(searcher: IndexSearcher, query: Clause, k: int, rescorers: Sequence[Rescorer] = ()) -> list[Ranked]:
    """The `k` documents with the highest scores, best first.

    What `witnesses` find is added to the scores of the first `LOOKED_AT`, and they are ordered anew. It only adds, so
    those come before the others as ever, and a page of results is the same whatever `k` it was asked for with.

    Scores are computed in double precision and compared in single: what differs by less than 1 in 10 million counts as
    equal, whatever order sums were taken in. Equal scores are ordered by the term in `view.order`, then by number.
    """
    found = _rank(searcher, query, max(k, RESCORE_WINDOW) if rescorers else k)
    if rescorers:
        found[:RESCORE_WINDOW] = _look_closely(searcher, found[:RESCORE_WINDOW], rescorers)
    return found[:k]


def _rank(searcher: IndexSearcher, query: Clause, k: int) -> list[Ranked]:
    candidates: list[tuple[SegmentSearcher, Array, Array]] = []
    floor = 0.0
    weights = _weights(searcher, query)
    for leaf in searcher.leaves:
        check()
        found = query.matches(leaf) if weights is None else _best(leaf, query, weights, k, floor)
        docs, scores = found
        if len(docs):
            docs, scores = _first(leaf, docs, scores, k)
            candidates.append((leaf, docs, scores))
            if weights is not None and len(scores) >= k:
                floor = max(floor, float(scores[-1]))
    return _merged(candidates, k)


def _merged(candidates: Sequence[tuple[SegmentSearcher, Array, Array]], k: int) -> list[Ranked]:
    """The first `k` of documents that are in order within each segment."""
    if len(candidates) == 1:
        leaf, docs, scores = candidates[0]
        return [Ranked(leaf.base + doc, score) for doc, score in zip(docs.tolist(), scores.tolist(), strict=True)]
    merged = [
        (-score, key, leaf.base + doc)
        for leaf, docs, scores in candidates
        for doc, score, key in zip(docs.tolist(), scores.tolist(), _keys(leaf, docs), strict=True)
    ]
    merged.sort()
    return [Ranked(number, -score) for score, _, number in merged[:k]]


def _look_closely(searcher: IndexSearcher, ranked: Sequence[Ranked], rescorers: Sequence[Rescorer]) -> list[Ranked]:
    numbers = np.array([number for number, _ in ranked], np.intp)
    scores = np.array([score for _, score in ranked])
    candidates = []
    for leaf in searcher.leaves:
        rows = np.flatnonzero((numbers >= leaf.base) & (numbers < leaf.base + leaf.size))
        rows = rows[numbers[rows].argsort()]
        if len(rows):
            docs, total = numbers[rows] - leaf.base, scores[rows]
            for rescorer in rescorers:
                for evidence in rescorer.rescore(leaf, docs):
                    total += evidence.scores
            candidates.append((leaf, *_first(leaf, docs, total, len(rows))))
    return _merged(candidates, len(ranked))


def count(searcher: IndexSearcher, query: Clause) -> int:
    """How many documents match."""
    terms = _flat_terms(query) if isinstance(query, Or) else None
    total = 0
    for leaf in searcher.leaves:
        if terms is None:
            total += len(query.matches(leaf).docs)
        else:
            has = np.zeros(leaf.size, np.bool_)
            for term in terms:
                if (postings := leaf.postings(term.field, term.term)) is not None:
                    postings.mark(has)
            total += int(np.count_nonzero(has))
    return total


def _flat_terms(query: Clause) -> Sequence[Term] | None:
    """The terms of a query that is nothing but terms, all wanted alike."""
    if isinstance(query, Term):
        return [query]
    if isinstance(query, Or | And):
        terms = [clause for clause in query.clauses if isinstance(clause, Term)]
        return terms if terms and len(terms) == len(query.clauses) else None
    if isinstance(query, Phrase) and query.words:
        return [Term(query.field, word, query.boost) for word in query.words]
    return None


def _weights(searcher: IndexSearcher, query: Clause) -> list[tuple[Term, float]] | None:
    """The terms of a query whose best documents can be found by bounds, with their weights; None for others."""
    terms = _flat_terms(query)
    if terms is None:
        return None
    weights = [(term, searcher.idf(term.field, term.term) * term.boost) for term in terms]
    # A term that is in no document weighs nothing and has no postings; one with boost 0 has, and no bounds.
    return weights if all(term.boost > 0 for term in terms) else None


def _best(leaf: SegmentSearcher, query: Clause, weights: list[tuple[Term, float]], k: int, floor: float) -> Found:
    parts = [
        Part(postings, weight)
        for term, weight in weights
        if (postings := leaf.postings(term.field, term.term)) is not None and postings.count
    ]
    if isinstance(query, Or):
        return best_of_any(leaf, parts, k, floor) if parts else _NONE
    if len(parts) < len(weights):
        return _NONE
    check = partial(_in_order, [part.postings for part in parts], query.slop, k) if isinstance(query, Phrase) else None
    return best_of_all(leaf, parts, k, floor, check)


def _in_order(words: Sequence[Postings], slop: int, k: int, found: Found) -> Found:
    """Of documents that have all `words`, the best `k` that have them in order, and perhaps others. Positions are what
    costs: the best are looked at first, some at a time, until no other can be among the `k`."""
    order = np.argsort(-found[1], kind="stable")
    docs, scores = found[0][order], found[1][order]
    passed = np.zeros(len(docs), np.bool_)
    begin, size = 0, _LOOK
    while begin < len(docs):
        some = np.argsort(docs[begin : begin + size]) + begin
        passed[some] = in_sequence(words, docs[some], slop)
        begin, size = begin + size, size * 4
        best = scores[:begin][passed[:begin]]
        if len(best) >= k and begin < len(docs) and scores[begin] < best[k - 1] * (1 - TIE):
            break
    return docs[passed], scores[passed]


def _first(leaf: SegmentSearcher, docs: Array, scores: Array, k: int) -> tuple[Array, Array]:
    """The first `k` by score, ties in order; scores in single precision."""
    if len(scores) > k:
        least = np.partition(scores, -k)[-k]
        good = scores >= least - abs(least) * TIE
        docs, scores = docs[good], scores[good]
    scores = scores.astype(np.float32).astype(np.float64)
    column = _column(leaf)
    order = np.lexsort((docs, -scores) if column is None else (docs, column[docs], -scores))[:k]
    return docs[order], scores[order]


def _column(leaf: SegmentSearcher) -> Array | None:
    field = leaf.segment.fields.get(leaf.searcher.order or "")
    return field.ordinals if field is not None and field.layout.ordinals else None


def _keys(leaf: SegmentSearcher, docs: Array) -> list[bytes]:
    return [b""] * len(docs) if _column(leaf) is None else leaf.keys(leaf.searcher.order or "", docs)
