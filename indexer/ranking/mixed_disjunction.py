"""The best documents for terms and other clauses together, where the other clauses match few documents."""

from collections.abc import Sequence

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..limits import check
from .clauses import Clause
from .kept_matches import KeptMatches
from .postings import BLOCK_BITS
from .searcher import SegmentSearcher
from .topk import ScoredDocs, WeightedPostings, block_bounds, compiled_terms, least_score

_MANY = 2000  # documents that other clauses match, above which only those are scored that may be among the best


def with_other_clauses(
    leaf: SegmentSearcher,
    terms: Sequence[WeightedPostings],
    others: Sequence[Clause],
    found: ScoredDocs,
    k: int,
    floor: float,
    kept: KeptMatches,
) -> ScoredDocs:
    """Return the best `k` documents for terms and other clauses, the sum of whose scores counts.

    A document that no other clause matches has the score that its terms give it, so it is among the best `k` of all
    only if it is among those by terms. The documents that other clauses match are scored in full.

    Args:
        leaf: The segment.
        terms: The terms.
        others: The other clauses, which come after the terms in the query. Their scores are 0 or more.
        found: The best `k` documents by the terms alone, as `topk.top_k_of_any` returns them.
        k: The number of documents.
        floor: The least score that counts.
        kept: Takes the matches of the other clauses.

    Returns:
        As `topk.top_k_of_any`.
    """
    matches = []
    for clause in others:
        check()
        one = kept.of(leaf, clause)
        if len(one.docs):
            matches.append(one)
    if not matches:
        return found
    docs = matches[0].docs if len(matches) == 1 else np.unique(np.concatenate([one.docs for one in matches]))
    apart = ~np.isin(found[0], docs)
    places = [docs.searchsorted(one.docs) for one in matches]
    if len(docs) > _MANY and len(found[1]) >= k:
        most = block_bounds(leaf, terms)[docs >> BLOCK_BITS]
        for place, one in zip(places, matches, strict=True):
            most[place] += one.scores
        kth = float(np.partition(found[1], -k)[-k])
        may_be_best = np.flatnonzero(most >= least_score(max(floor, kth)))
    else:
        may_be_best = np.arange(len(docs))
    chosen = docs[may_be_best]
    scores = np.zeros(len(docs))
    scores[may_be_best] = _scores(leaf, terms, chosen)
    for place, one in zip(places, matches, strict=True):
        scores[place] += one.scores
    return np.concatenate([found[0][apart], chosen]), np.concatenate([found[1][apart], scores[may_be_best]])


def _scores(leaf: SegmentSearcher, terms: Sequence[WeightedPostings], docs: Array) -> Array:
    """Return what the terms add up to for each of some documents."""
    scores = np.zeros(len(docs))
    if compiled is not None:
        check()
        compiled.add_scores(*compiled_terms(terms), leaf.blocks, docs.astype(np.int64, copy=False), scores)
        return scores
    for postings, weight in terms:
        check()
        rows, impacts = postings.among(docs)
        scores[rows] += weight * impacts
    return scores
