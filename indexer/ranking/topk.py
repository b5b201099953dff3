"""The best k documents that have some terms, without looking at most of them.

Documents are taken in blocks, and for each term and block the greatest impact is known. The most promising blocks are
scored first; then only those are that can still hold one of the best. The idea is that of block-max indexes (Ding &
Suel, SIGIR 2011), over arrays: bounds of all blocks are computed at once, and the chosen blocks scored together.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .. import limits
from ..codec.arrays import Array
from .searcher import BLOCK, BLOCK_BITS, Postings, SegmentSearcher

_FIRST = 48  # blocks scored first
_FEW = 3000  # postings that are scored without looking at blocks
_TINY = 1e-300

TIE = 1e-6
"""Scores that differ by less, relatively, are kept for the ranking to decide on."""


class Part(NamedTuple):
    """A term of a query in one segment. weight: idf and boost, greater than 0."""

    postings: Postings
    weight: float


Found = tuple[Array, Array]
"""Documents, in no order, and their scores."""

Check = Callable[[Found], Found]
"""Keeps some of the documents."""


def best_of_any(leaf: SegmentSearcher, parts: Sequence[Part], k: int, floor: float) -> Found:
    """Of the documents that have any of the terms: all of the best `k`, ties included, that score at least `floor`,
    and perhaps others."""
    if sum(part.postings.count for part in parts) <= _FEW:
        return _score_postings(leaf, parts, floor)

    def score(blocks: Array, floor: float) -> Found:
        return _score_blocks(leaf, parts, blocks, floor)

    return _best(_bounds(leaf, parts), score, k, floor)


def best_of_all(
    leaf: SegmentSearcher, parts: Sequence[Part], k: int, floor: float, check: Check | None = None
) -> Found:
    """The same, of the documents that have all of the terms and pass `check`."""
    rarest, *others = sorted((part.postings for part in parts), key=lambda postings: postings.count)
    if rarest.table is None:
        docs = rarest.docs
        for postings in others:
            docs = docs[postings.has(docs)]
        return _score_docs(parts, docs, floor, check)
    bounds = _bounds(leaf, parts)
    for postings in (rarest, *others):
        bounds[postings.most[1] == 0] = 0

    def score(blocks: Array, floor: float) -> Found:
        has = np.ones((len(blocks), BLOCK), np.bool_)
        for postings in (rarest, *others):
            has &= postings.table.reshape(-1, BLOCK)[blocks] != 0  # type: ignore[union-attr]
        return _score_docs(parts, _docs(blocks, np.flatnonzero(has)), floor, check)

    return _best(bounds, score, k, floor)


def _bounds(leaf: SegmentSearcher, parts: Sequence[Part]) -> Array:
    """For each block the greatest score that a document in it can have."""
    bounds = np.zeros(leaf.blocks)
    for postings, weight in parts:
        limits.check()
        blocks, most = postings.most
        bounds[blocks] += weight * most
    return bounds


def _best(bounds: Array, score: Callable[[Array, float], Found], k: int, floor: float) -> Found:
    first = np.argpartition(bounds, -_FIRST)[-_FIRST:] if len(bounds) > _FIRST else np.arange(len(bounds))
    docs, scores = score(first[bounds[first] > 0], floor)
    if len(scores) >= k:
        floor = max(floor, float(np.partition(scores, -k)[-k]))
    bounds[first] = 0
    rest = np.flatnonzero(bounds >= _least(floor))
    if len(rest):
        more_docs, more_scores = score(rest, floor)
        docs, scores = np.concatenate([docs, more_docs]), np.concatenate([scores, more_scores])
    return docs, scores


def _least(floor: float) -> float:
    return max(floor * (1 - TIE), _TINY)


def _docs(blocks: Array, places: Array) -> Array:
    """The documents at `places` of a table of some blocks, a row for each."""
    return (blocks[places >> BLOCK_BITS] << BLOCK_BITS) + (places & (BLOCK - 1))


def _score_blocks(leaf: SegmentSearcher, parts: Sequence[Part], blocks: Array, floor: float) -> Found:
    """Scores all documents of some blocks."""
    scores = np.zeros((len(blocks), BLOCK))
    row = None
    norms: dict[str, Array] = {}
    for postings, weight in parts:
        limits.check()
        field = postings.field
        if postings.table is not None:
            if field.layout.lengths and field.name not in norms:
                norms[field.name] = leaf.norms(field.name).reshape(-1, BLOCK)[blocks]
            rows = postings.rows(blocks, norms.get(field.name))
            rows *= weight
            scores += rows
            continue
        if row is None:
            row = np.full(leaf.blocks, -1)
            row[blocks] = np.arange(len(blocks))
        rows = row[postings.docs >> BLOCK_BITS]
        index = np.flatnonzero(rows >= 0)
        docs = postings.docs[index]
        scores[rows[index], docs & (BLOCK - 1)] += weight * postings.impacts(docs, index)
    flat = scores.ravel()
    places = np.flatnonzero(flat >= _least(floor))
    return _docs(blocks, places), flat[places]


def _score_postings(leaf: SegmentSearcher, parts: Sequence[Part], floor: float) -> Found:
    """Scores all documents that have any of the terms."""
    totals = leaf.scratch()
    pieces = [postings.docs for postings, _ in parts]
    for docs, (postings, weight) in zip(pieces, parts, strict=True):
        totals[docs] += weight * postings.impacts(docs, slice(None))
    sums = []
    for docs in pieces:
        sums.append(totals[docs])
        totals[docs] = 0  # so that a document counts where it is first
    leaf.put_back(totals)
    scores = np.concatenate(sums)
    good = np.flatnonzero(scores >= _least(floor))
    return np.concatenate(pieces)[good], scores[good]


def _score_docs(parts: Sequence[Part], docs: Array, floor: float, check: Check | None) -> Found:
    """Scores documents that have all of the terms."""
    scores = np.zeros(len(docs))
    for postings, weight in parts:
        limits.check()
        scores += weight * postings.impacts_at(docs)
    if floor > 0:
        good = np.flatnonzero(scores >= _least(floor))
        docs, scores = docs[good], scores[good]
    return check((docs, scores)) if check else (docs, scores)
