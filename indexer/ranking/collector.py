"""Ranking: the best documents of a whole snapshot for a query."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..limits import check
from .clauses import And, Clause, Or, Phrase, Term
from .kept_matches import KeptMatches
from .mixed_disjunction import with_other_clauses
from .operators import AndMaybe
from .phrase_matching import in_sequence
from .postings import Postings
from .rescorers import Rescorer
from .searcher import IndexSearcher, SegmentSearcher
from .topk import TIE_TOLERANCE, ScoredDocs, WeightedPostings, top_k_of_all, top_k_of_any

_FIRST_PHRASE_CHECKS = 256  # how many documents' positions are looked at first

RESCORE_WINDOW = 20
"""The number of best documents that are rescored, if there are rescorers."""

_NO_DOCS: ScoredDocs = (np.empty(0, np.intp), np.empty(0))


class RankedDocument(NamedTuple):
    """A document's number in the snapshot, and its score."""

    number: int
    score: float


def rank(searcher: IndexSearcher, query: Clause, k: int, rescorers: Sequence[Rescorer] = ()) -> list[RankedDocument]:
    """Return the `k` documents with the highest scores, best first.

    Rescorers add to the scores of the first `RESCORE_WINDOW` documents, which are then ordered anew. As rescorers only
    add, these stay ahead of all others, and a page of results is the same whatever `k` it was asked for with.

    Scores are computed in double precision and compared in single precision: scores that differ by less than 1 in 10
    million count as equal, in whatever order sums were computed. Documents of equal score are ordered by their term in
    the field `searcher.order`, then by number.
    """
    return rescored(searcher, best(searcher, query, rescored_size(k, rescorers)), rescorers)[:k]


def rescored_size(k: int, rescorers: Sequence[Rescorer]) -> int:
    """Return how many documents must be ranked for the first `k` after rescoring."""
    return max(k, RESCORE_WINDOW) if rescorers else k


def rescored(
    searcher: IndexSearcher, ranked: list[RankedDocument], rescorers: Sequence[Rescorer]
) -> list[RankedDocument]:
    """Return ranked documents with the first `RESCORE_WINDOW` rescored and in their new order."""
    if not rescorers:
        return ranked
    return _rescored(searcher, ranked[:RESCORE_WINDOW], rescorers) + ranked[RESCORE_WINDOW:]


def best(searcher: IndexSearcher, query: Clause, k: int, kept: KeptMatches | None = None) -> list[RankedDocument]:
    """Return the `k` documents with the highest scores before rescoring, best first.

    Args:
        searcher: The searcher of the snapshot.
        query: The clause.
        k: The number of documents.
        kept: Takes the matches of clauses, for a caller that also asks how many documents match. Without it, positions
            of a phrase are only read as long as documents may be among the best.
    """
    candidates: list[tuple[SegmentSearcher, Array, Array]] = []
    floor = 0.0
    terms, others = _divided(query)
    weights = _weights(searcher, terms)
    for leaf in searcher.leaves:
        check()
        if weights is None or (kept is not None and isinstance(query, And | Phrase)):
            docs, scores = (kept or KeptMatches()).of(leaf, query)
        else:
            docs, scores = _best(leaf, terms, weights, others, k, floor, kept or KeptMatches())
        if len(docs):
            docs, scores = first_documents(docs, scores, k, _order_column(leaf))
            candidates.append((leaf, docs, scores))
            if weights is not None and len(scores) >= k:
                floor = max(floor, float(scores[-1]))
    return _merged(candidates, k)


def _merged(candidates: Sequence[tuple[SegmentSearcher, Array, Array]], k: int) -> list[RankedDocument]:
    """Return the first `k` of documents that are ordered within each segment."""
    if len(candidates) == 1:
        leaf, docs, scores = candidates[0]
        numbers = docs + leaf.base if leaf.base else docs
        return list(map(RankedDocument, numbers.tolist(), scores.tolist()))
    merged = [
        (-score, key, leaf.base + doc)
        for leaf, docs, scores in candidates
        for doc, score, key in zip(docs.tolist(), scores.tolist(), _keys(leaf, docs), strict=True)
    ]
    merged.sort()
    return [RankedDocument(number, -score) for score, _, number in merged[:k]]


def _rescored(
    searcher: IndexSearcher, ranked: Sequence[RankedDocument], rescorers: Sequence[Rescorer]
) -> list[RankedDocument]:
    """Return the same documents with what the rescorers add, in their new order."""
    numbers = np.array([number for number, _ in ranked], np.intp)
    scores = np.array([score for _, score in ranked])
    candidates = []
    for leaf in searcher.leaves:
        check()
        rows = np.flatnonzero((numbers >= leaf.base) & (numbers < leaf.base + leaf.size))
        rows = rows[numbers[rows].argsort()]
        if len(rows):
            docs, total = numbers[rows] - leaf.base, scores[rows]
            for rescorer in rescorers:
                rescorer.add(leaf, docs, total)
            candidates.append((leaf, *first_documents(docs, total, len(rows), _order_column(leaf))))
    return _merged(candidates, len(ranked))


def count(searcher: IndexSearcher, query: Clause, kept: KeptMatches | None = None) -> int:
    """Return how many documents match; `kept` has what is known of them."""
    kept = kept or KeptMatches()
    total = 0
    for leaf in searcher.leaves:
        check()
        total += kept.count(leaf, query)
    return total


def matching_docs(leaf: SegmentSearcher, query: Clause) -> Array:
    """Return the documents of a segment that match, ascending."""
    return KeptMatches().docs(leaf, query)


def _divided(query: Clause) -> tuple[Clause, tuple[Clause, ...]]:
    """Return the terms with which an Or begins, as an Or of their own, and its other clauses.

    The optional part of an AndMaybe stays with the terms. Any other clause is returned whole.
    """
    if isinstance(query, AndMaybe):
        terms, others = _divided(query.clause)
        return (AndMaybe(terms, query.optional), others) if others else (query, ())
    if not isinstance(query, Or):
        return query, ()
    begin = next((place for place, one in enumerate(query.clauses) if not isinstance(one, Term)), len(query.clauses))
    others = query.clauses[begin:]
    if not begin or any(isinstance(clause, Term) for clause in others):
        return query, ()
    return Or(query.clauses[:begin]), others


def _flat_terms(query: Clause) -> Sequence[Term] | None:
    """Return the terms of a query that consists of terms alone: a term, an Or or And of terms, or a phrase."""
    if isinstance(query, Term):
        return [query]
    if isinstance(query, Or | And):
        terms = [clause for clause in query.clauses if isinstance(clause, Term)]
        return terms if terms and len(terms) == len(query.clauses) else None
    if isinstance(query, Phrase) and query.words:
        return [Term(query.field, word, query.boost) for word in query.words]
    return None


def _weights(searcher: IndexSearcher, query: Clause) -> list[tuple[Term, float]] | None:
    """Return the terms and weights of a query whose best documents can be found by bounds; None for other queries.

    Those of an AndMaybe are the terms that find documents, followed by the optional ones.
    """
    if isinstance(query, AndMaybe):
        found, optional = _or_weights(searcher, query.clause), _or_weights(searcher, query.optional)
        return None if found is None or optional is None else found + optional
    terms = _flat_terms(query)
    if terms is None:
        return None
    weights = [(term, searcher.idf(term.field, term.term) * term.boost) for term in terms]
    # A term that no document has weighs 0 and has no postings. A term with boost 0 has postings, but no bounds.
    return weights if all(term.boost > 0 for term in terms) else None


def _or_weights(searcher: IndexSearcher, query: Clause) -> list[tuple[Term, float]] | None:
    """Return the weights of a term or an Or of terms; None for other queries."""
    return _weights(searcher, query) if isinstance(query, Or | Term) else None


def _best(
    leaf: SegmentSearcher,
    query: Clause,
    weights: Sequence[tuple[Term, float]],
    others: Sequence[Clause],
    k: int,
    floor: float,
    kept: KeptMatches,
) -> ScoredDocs:
    if isinstance(query, AndMaybe):
        size = len(query.clause.clauses) if isinstance(query.clause, Or) else 1
        terms, optional = _present(leaf, weights[:size]), _present(leaf, weights[size:])
        found = top_k_of_any(leaf, terms, k, floor, optional) if terms else _NO_DOCS
        return with_other_clauses(leaf, [*terms, *optional], others, found, k, floor, kept) if others else found
    terms = _present(leaf, weights)
    if isinstance(query, Or):
        found = top_k_of_any(leaf, terms, k, floor) if terms else _NO_DOCS
        return with_other_clauses(leaf, terms, others, found, k, floor, kept) if others else found
    if len(terms) < len(weights):
        return _NO_DOCS
    if compiled is not None:
        is_sequence = isinstance(query, Phrase) and len(terms) > 1
        made = [term.postings.compiled_with_positions() if is_sequence else term.postings.compiled() for term in terms]
        slop = query.slop if isinstance(query, Phrase) and is_sequence else -1
        return compiled.best_of_all(made, np.array([term.weight for term in terms]), leaf.blocks, k, floor, slop)
    words = [term.postings for term in terms]
    doc_filter = partial(_best_in_sequence, words, query.slop, k) if isinstance(query, Phrase) else None
    return top_k_of_all(leaf, terms, k, floor, doc_filter)


def _present(leaf: SegmentSearcher, weights: Sequence[tuple[Term, float]]) -> list[WeightedPostings]:
    """Return the postings of those terms that any document of the segment has."""
    return [
        WeightedPostings(postings, weight)
        for term, weight in weights
        if (postings := leaf.postings(term.field, term.term)) is not None and postings.count
    ]


def _best_in_sequence(words: Sequence[Postings], slop: int, k: int, found: ScoredDocs) -> ScoredDocs:
    """Keep the best `k` documents that have the words in sequence, and possibly others.

    Positions are the expensive part, so the best documents are looked at first, some at a time, until no other
    document can be among the best `k`.
    """
    order = np.argsort(-found[1], kind="stable")
    docs, scores = found[0][order], found[1][order]
    passed = np.zeros(len(docs), np.bool_)
    begin, size = 0, _FIRST_PHRASE_CHECKS
    while begin < len(docs):
        check()
        some = np.argsort(docs[begin : begin + size]) + begin
        passed[some] = in_sequence(words, docs[some], slop)
        begin, size = begin + size, size * 4
        best = scores[:begin][passed[:begin]]
        if len(best) >= k and begin < len(docs) and scores[begin] < best[k - 1] * (1 - TIE_TOLERANCE):
            break
    return docs[passed], scores[passed]


def first_documents(docs: Array, scores: Array, k: int, column: Array | None) -> tuple[Array, Array]:
    """Return the first `k` documents by score, ties in order, with their scores rounded to single precision.

    Args:
        docs: The documents.
        scores: Their scores.
        k: The number of documents to return, at most.
        column: The numbers by which documents of equal score are ordered, for each document of the segment; None to
            order them by their own numbers.
    """
    if compiled is not None:
        bytes_ = None if column is None else column.view(np.uint8)
        return compiled.first_of(docs, scores, k, bytes_, 0 if column is None else column.itemsize)
    if len(scores) > k:
        least = np.partition(scores, -k)[-k] if k else np.inf
        good = scores >= least - abs(least) * TIE_TOLERANCE
        docs, scores = docs[good], scores[good]
    scores = scores.astype(np.float32).astype(np.float64)
    order = np.lexsort((docs, -scores) if column is None else (docs, column[docs], -scores))[:k]
    return docs[order], scores[order]


def _order_column(leaf: SegmentSearcher) -> Array | None:
    """Return the ordinals by which documents of equal score are ordered; None to order them by number."""
    field = leaf.segment.fields.get(leaf.searcher.order or "")
    return field.ordinals if field is not None and field.layout.ordinals else None


def _keys(leaf: SegmentSearcher, docs: Array) -> list[bytes]:
    return [b""] * len(docs) if _order_column(leaf) is None else leaf.keys(leaf.searcher.order or "", docs)
