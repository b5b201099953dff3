"""The best k documents for some terms, found without scoring most of the others.

Documents are taken in blocks, and the greatest impact of each term in each block is known. The most promising blocks
are scored first, and then only the blocks that can still hold one of the best documents. The idea is that of block-max
indexes (Ding & Suel, SIGIR 2011), applied to arrays: the bounds of all blocks are computed at once, and the chosen
blocks are scored together.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...core import compiled
from .. import limits
from ..codec.arrays import Array
from .postings import BLOCK, BLOCK_BITS, Postings
from .searcher import SegmentSearcher

if TYPE_CHECKING:
    from ...core._compiled import TermPostings

_FIRST_BLOCKS = 48  # how many blocks are scored first
_FEW_POSTINGS = 3000  # postings that are all scored, without computing bounds
_TINY = 1e-300  # less than any score; blocks and documents with a score of 0 do not match

TIE_TOLERANCE = 1e-6
"""Documents whose scores are lower by less than this, relatively, are kept: the caller decides about ties."""


class WeightedPostings(NamedTuple):
    """The postings of a query's term in one segment, and the term's idf times boost, which is greater than 0."""

    postings: Postings
    weight: float


ScoredDocs = tuple[Array, Array]
"""Documents, in no particular order, and their scores."""

DocFilter = Callable[[ScoredDocs], ScoredDocs]
"""A function that keeps some of the documents."""


def top_k_of_any(
    leaf: SegmentSearcher,
    terms: Sequence[WeightedPostings],
    k: int,
    floor: float,
    optional: Sequence[WeightedPostings] = (),
) -> ScoredDocs:
    """Find the best `k` of the documents that have any of the terms.

    Args:
        leaf: The segment.
        terms: The terms.
        k: How many documents are wanted.
        floor: The least score of interest.
        optional: Terms that add to the scores of these documents, and find none.

    Returns:
        The best `k` documents that score at least `floor`, with all that are tied with the last one, and possibly
        others.
    """
    if compiled is not None:
        return compiled.best_of_any(*compiled_terms(terms), *compiled_terms(optional), leaf.blocks, k, floor)
    if sum(term.postings.count for term in terms) <= _FEW_POSTINGS:
        if optional:
            return _with_optional(_score_postings(leaf, terms, 0.0), optional, floor)
        return _score_postings(leaf, terms, floor)

    def score(blocks: Array, floor: float) -> ScoredDocs:
        return _score_blocks(leaf, terms, blocks, floor, optional)

    bounds = block_bounds(leaf, terms)
    if optional:
        without = bounds == 0
        bounds += block_bounds(leaf, optional)
        bounds[without] = 0
    return _best_blocks(bounds, score, k, floor)


def compiled_terms(terms: Sequence[WeightedPostings]) -> "tuple[list[TermPostings], Array]":
    """Return terms and their weights as the compiled core takes them."""
    return [term.postings.compiled() for term in terms], np.array([term.weight for term in terms], np.float64)


def top_k_of_all(
    leaf: SegmentSearcher, terms: Sequence[WeightedPostings], k: int, floor: float, doc_filter: DocFilter | None = None
) -> ScoredDocs:
    """Find the best `k` of the documents that have all of the terms and pass `doc_filter`.

    Returns:
        As `top_k_of_any`.
    """
    rarest, *others = sorted((term.postings for term in terms), key=lambda postings: postings.count)
    if rarest.table is None:
        docs = rarest.docs
        for postings in others:
            docs = docs[postings.has(docs)]
        return _score_docs(terms, docs, floor, doc_filter)
    bounds = block_bounds(leaf, terms)
    for postings in (rarest, *others):
        bounds[postings.max_impacts[1] == 0] = 0

    def score(blocks: Array, floor: float) -> ScoredDocs:
        has = np.ones((len(blocks), BLOCK), np.bool_)
        for postings in (rarest, *others):
            has &= postings.table.reshape(-1, BLOCK)[blocks] != 0  # type: ignore[union-attr]
        return _score_docs(terms, _docs(blocks, np.flatnonzero(has)), floor, doc_filter)

    return _best_blocks(bounds, score, k, floor)


def block_bounds(leaf: SegmentSearcher, terms: Sequence[WeightedPostings]) -> Array:
    """Return for each block the greatest score that a document in it can have."""
    bounds = np.zeros(leaf.blocks)
    for postings, weight in terms:
        limits.check()
        blocks, most = postings.max_impacts
        bounds[blocks] += weight * most
    return bounds


def _best_blocks(bounds: Array, score: Callable[[Array, float], ScoredDocs], k: int, floor: float) -> ScoredDocs:
    """Score the blocks with the greatest bounds, and then those whose bounds reach the k-th score found so far."""
    few = len(bounds) <= _FIRST_BLOCKS
    first = np.arange(len(bounds)) if few else np.argpartition(bounds, -_FIRST_BLOCKS)[-_FIRST_BLOCKS:]
    docs, scores = score(first[bounds[first] > 0], floor)
    if len(scores) >= k:
        floor = max(floor, float(np.partition(scores, -k)[-k]))
    bounds[first] = 0
    rest = np.flatnonzero(bounds >= least_score(floor))
    if len(rest):
        more_docs, more_scores = score(rest, floor)
        docs, scores = np.concatenate([docs, more_docs]), np.concatenate([scores, more_scores])
    return docs, scores


def least_score(floor: float) -> float:
    """Return the least score that a document may have to count as one that scores `floor`."""
    return max(floor * (1 - TIE_TOLERANCE), _TINY)


def _docs(blocks: Array, places: Array) -> Array:
    """Return the documents at `places` of a flattened table that has a row for each of `blocks`."""
    return (blocks[places >> BLOCK_BITS] << BLOCK_BITS) + (places & (BLOCK - 1))


def _score_blocks(
    leaf: SegmentSearcher,
    terms: Sequence[WeightedPostings],
    blocks: Array,
    floor: float,
    optional: Sequence[WeightedPostings],
) -> ScoredDocs:
    """Score all documents of some blocks that have any of the terms."""
    norms: dict[str, Array] = {}
    scores = _sums(leaf, terms, blocks, norms)
    if optional:
        without = scores == 0
        scores += _sums(leaf, optional, blocks, norms)
        scores[without] = 0
    flat = scores.ravel()
    places = np.flatnonzero(flat >= least_score(floor))
    return _docs(blocks, places), flat[places]


def _sums(leaf: SegmentSearcher, terms: Sequence[WeightedPostings], blocks: Array, norms: dict[str, Array]) -> Array:
    """Return what the terms add up to for each document of some blocks, a row for each block.

    Args:
        leaf: The segment.
        terms: The terms.
        blocks: The numbers of the blocks.
        norms: Takes the norms of the documents of these blocks, by field.
    """
    scores = np.zeros((len(blocks), BLOCK))
    flat = scores.ravel()  # a view
    row = None
    for postings, weight in terms:
        limits.check()
        field = postings.field
        if postings.table is not None:
            if field.layout.lengths and field.name not in norms:
                norms[field.name] = leaf.norms(field.name).reshape(-1, BLOCK)[blocks]
            places, impacts = postings.block_impacts(blocks, norms.get(field.name))
            impacts *= weight
            flat[places] += impacts
            continue
        if row is None:
            row = np.full(leaf.blocks, -1)
            row[blocks] = np.arange(len(blocks))
        rows = row[postings.docs >> BLOCK_BITS]
        index = np.flatnonzero(rows >= 0)
        docs = postings.docs[index]
        scores[rows[index], docs & (BLOCK - 1)] += weight * postings.impacts(docs, index)
    return scores


def _score_postings(leaf: SegmentSearcher, terms: Sequence[WeightedPostings], floor: float) -> ScoredDocs:
    """Score all documents that have any of the terms."""
    totals = leaf.borrow_scores()
    docs_of_terms = [postings.docs for postings, _ in terms]
    for docs, (postings, weight) in zip(docs_of_terms, terms, strict=True):
        totals[docs] += weight * postings.impacts(docs, slice(None))
    sums = []
    for docs in docs_of_terms:
        sums.append(totals[docs])
        totals[docs] = 0  # so that a document with several terms has its score only once
    leaf.return_scores(totals)
    scores = np.concatenate(sums)
    good = np.flatnonzero(scores >= least_score(floor))
    return np.concatenate(docs_of_terms)[good], scores[good]


def _with_optional(found: ScoredDocs, optional: Sequence[WeightedPostings], floor: float) -> ScoredDocs:
    """Add what optional terms count in documents that were found."""
    docs, scores = found
    added = np.zeros(len(docs))
    for postings, weight in optional:
        limits.check()
        rows, impacts = postings.among(docs)
        added[rows] += weight * impacts
    scores = scores + added
    good = np.flatnonzero(scores >= least_score(floor))
    return docs[good], scores[good]


def _score_docs(
    terms: Sequence[WeightedPostings], docs: Array, floor: float, doc_filter: DocFilter | None
) -> ScoredDocs:
    """Score documents that have all of the terms."""
    scores = np.zeros(len(docs))
    for postings, weight in terms:
        limits.check()
        scores += weight * postings.impacts_at(docs)
    if floor > 0:
        good = np.flatnonzero(scores >= least_score(floor))
        docs, scores = docs[good], scores[good]
    return doc_filter((docs, scores)) if doc_filter else (docs, scores)
