"""From a plan to a page of passages: ranked or sorted, with copies collapsed or grouped by document."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from ..options import SORTS, Grouping
from ..own_fields import NO_FIELDS, OwnFields
from ..query.planner import QueryPlan
from ..ranking.collector import RESCORE_WINDOW, best, count, rescored, rescored_size
from ..ranking.document_ranking import DocumentRanking
from ..ranking.kept_matches import KeptMatches
from ..ranking.searcher import IndexSearcher, SegmentSearcher
from .sorting import SortField

_KEYS_AT_ONCE = 1000  # passages whose document keys are read at once

_PASSAGES_AT_ONCE = 50  # sorted passages that are looked at together: most pages need no more

_SPARE = 20  # passages ranked beyond those that are asked for, since copies may be collapsed


class FoundPassage(NamedTuple):
    """A passage that was found.

    Attributes:
        number: Its number in the snapshot.
        score: Its score.
        is_rescored: True if it was in the rescore window, so that the rescorers have added to its score.
    """

    number: int
    score: float
    is_rescored: bool


class SearchPage(NamedTuple):
    """A page of the passages that were found.

    Attributes:
        total: How many passages were found, or how many documents if they are grouped.
        passages: The passages of the page, in order.
        copies: For each of them, how many other passages were found with the same words.
        documents: The ranking of documents by which the page was made, if it was.
    """

    total: int
    passages: list[FoundPassage]
    copies: list[int]
    documents: DocumentRanking | None = None


def search_page(
    searcher: IndexSearcher,
    plan: QueryPlan,
    *,
    limit: int,
    skip: int,
    sort: str = "score",
    by: Grouping = "passage",
    collapse: bool = True,
    own: OwnFields = NO_FIELDS,
    total: int | None = None,
) -> SearchPage:
    """Return a page of results.

    Args:
        searcher: The searcher of the index.
        plan: The plan of the query.
        limit: The greatest number of results on the page.
        skip: How many results come before the page.
        sort: `score` for the best first; `date` for the newest first and those without a date last; `document` for
            the order of document keys, and the order of the text within a document; or an own field, see `SortField`.
        by: `document` for only the best passage of each document.
        collapse: True for only the first of several passages with the same words. Does not apply to documents, all of
            which are returned.
        own: The declared fields of the index.
        total: The number of passages that are found, if it is known.

    Raises:
        BeyondLimit: If the time of the query is over.
    """
    check()
    if by == "document" and sort == "score":
        return _page_of_documents(searcher, plan, limit, skip)
    key = _documents if by == "document" else _fingerprints if collapse else None
    kept = KeptMatches()
    ordered = (
        _best_first(searcher, plan, skip + limit, kept)
        if sort == "score"
        else _sorted(searcher, plan, sort, by, own, kept)
    )
    passages = list(islice(_distinct(searcher, ordered, key), skip, skip + limit))
    if by == "document":
        total = _count_documents(searcher, plan, kept)
    elif total is None:
        total = count(searcher, plan.clause, kept)
    copies = _copies(searcher, plan, passages, kept) if collapse and by == "passage" else [0] * len(passages)
    return SearchPage(total, passages, copies)


def _page_of_documents(searcher: IndexSearcher, plan: QueryPlan, limit: int, skip: int) -> SearchPage:
    """Return a page of documents, best first, each by its best passage."""
    ranking = DocumentRanking(searcher, plan.clause, "document", "text")
    best = islice(ranking.best_first(), skip, skip + limit)
    passages = [FoundPassage(number, score, False) for number, score in best]
    return SearchPage(len(ranking), passages, [0] * len(passages), ranking)


def _best_first(
    searcher: IndexSearcher, plan: QueryPlan, wanted: int, kept: KeptMatches
) -> Iterator[list[FoundPassage]]:
    """Yield all passages that are found, best first; more and more of them are ranked as they are asked for."""
    given, size = 0, wanted + _SPARE
    while True:
        ranked = best(searcher, plan.clause, rescored_size(size, plan.rescorers), kept)
        ranked = rescored(searcher, ranked, plan.rescorers)[:size]
        yield [FoundPassage(*ranked[place], place < RESCORE_WINDOW) for place in range(given, len(ranked))]
        if len(ranked) < size:
            return
        given, size = size, size * 4


Keys = Callable[[IndexSearcher, list[int]], Sequence[bytes | int]]
"""Returns a value for each passage, the same for those of which only the first is kept."""


def _distinct(
    searcher: IndexSearcher, batches: Iterator[list[FoundPassage]], keys: Keys | None
) -> Iterator[FoundPassage]:
    """Yield the first passage with each value of `keys`; all passages without it."""
    seen: set[bytes | int] = set()
    for passages in batches:
        check()
        if keys is None:
            yield from passages
            continue
        values = keys(searcher, [passage.number for passage in passages])
        for passage, value in zip(passages, values, strict=True):
            if value not in seen:
                yield passage
                seen.add(value)


def _documents(searcher: IndexSearcher, numbers: list[int]) -> list[bytes]:
    return searcher.keys("document", numbers)


def _fingerprints(searcher: IndexSearcher, numbers: list[int]) -> list[int]:
    """Return the fingerprint of each passage: passages with the same words have the same one."""
    found: list[int] = []
    for number in numbers:
        leaf, doc = searcher.locate(number)
        found.append(leaf.segment.fields["fingerprint"].numbers.item(doc))
    return found


def _sorted(
    searcher: IndexSearcher, plan: QueryPlan, sort: str, by: Grouping, own: OwnFields, kept: KeptMatches
) -> Iterator[list[FoundPassage]]:
    order = sort if sort in SORTS else SortField(searcher, sort, own)
    rows = merge(*[_sorted_leaf(leaf, plan, order, by, kept) for leaf in searcher.leaves])
    while some := [FoundPassage(number, score, False) for _, _, number, score in islice(rows, _PASSAGES_AT_ONCE)]:
        yield some


def _sorted_leaf(
    leaf: SegmentSearcher, plan: QueryPlan, sort: str | SortField, by: Grouping, kept: KeptMatches
) -> Iterator[tuple[int, bytes, int, float]]:
    """Yield the passages found in a segment in order. Their keys are read as they are asked for.

    Yields:
        The negated day or the key of the own field (0 unless they are sorted by these), the document's key, the number
        in the snapshot, and the score of each passage.
    """
    check()
    docs, scores = kept.of(leaf, plan.clause)
    if by == "document":
        docs, scores = _best_of_each_document(leaf, docs, scores)
    if isinstance(sort, SortField):
        values = sort.keys(leaf, docs)
    else:
        values = -leaf.segment.fields["day"].numbers[docs] if sort == "date" else np.zeros(len(docs), np.int64)
    order = np.lexsort((docs, leaf.segment.fields["document"].ordinals[docs], values))
    for begin in range(0, len(order), _KEYS_AT_ONCE):
        check()
        some = order[begin : begin + _KEYS_AT_ONCE]
        keys, numbers = leaf.keys("document", docs[some]), leaf.base + docs[some]
        yield from zip(values[some].tolist(), keys, numbers.tolist(), scores[some].tolist(), strict=True)


def _best_of_each_document(leaf: SegmentSearcher, docs: Array, scores: Array) -> tuple[Array, Array]:
    """Return the best passage of each document, and its score."""
    ordinals = leaf.segment.fields["document"].ordinals[docs]
    order = np.lexsort((docs, -scores, ordinals))
    first = order[np.flatnonzero(np.diff(ordinals[order].astype(np.int64), prepend=-1))]
    first.sort()
    return docs[first], scores[first]


def _count_documents(searcher: IndexSearcher, plan: QueryPlan, kept: KeptMatches) -> int:
    keys: set[bytes] = set()
    for leaf in searcher.leaves:
        check()
        docs, scores = kept.of(leaf, plan.clause)
        keys.update(leaf.keys("document", _best_of_each_document(leaf, docs, scores)[0]))
    return len(keys)


def _copies(searcher: IndexSearcher, plan: QueryPlan, passages: Sequence[FoundPassage], kept: KeptMatches) -> list[int]:
    """Return for each passage how many other passages were found with the same words."""
    fingerprints = _fingerprints(searcher, [passage.number for passage in passages])
    same = searcher.equal_numbers("fingerprint").of(fingerprints)
    counts: Counter[int] = Counter()
    for leaf in searcher.leaves if same else ():
        check()
        matching = kept.docs(leaf, plan.clause)
        for fingerprint, numbers in same.items():
            counts[fingerprint] += int(np.count_nonzero(np.isin(numbers - leaf.base, matching)))
    return [counts[fingerprint] - 1 if fingerprint in same else 0 for fingerprint in fingerprints]
