"""From a plan to a page of passages: ranked or sorted, copies and documents put together."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import NamedTuple

import numpy as np

from ..codec.arrays import Array
from ..limits import check
from ..options import Grouping, Sort
from ..query.planner import Plan
from ..ranking.collector import RESCORE_WINDOW, count, rank
from ..ranking.searcher import IndexSearcher, SegmentSearcher

_AT_ONCE = 1000  # passages of which the keys are read at once

_MORE = 20  # passages ranked beyond those asked for, since some may be put together


class Found(NamedTuple):
    """A passage: its number in the snapshot, its score, and whether witnesses were heard."""

    number: int
    score: float
    close: bool


class Page(NamedTuple):
    """total: how many passages (or documents) were found. found: some of them, in order. copies: for each, how many
    others were found with the same words."""

    total: int
    found: list[Found]
    copies: list[int]


def search(
    searcher: IndexSearcher,
    plan: Plan,
    *,
    limit: int,
    skip: int,
    sort: Sort = "score",
    by: Grouping = "passage",
    collapse: bool = True,
) -> Page:
    """The page of `limit` results after the first `skip`.

    sort: best first, or newest first (undated last), or by key and then in the order of the text.
    by: `document` for the best passage of each document alone.
    collapse: whether of passages with the same words the first alone is given. Each document is given.
    """
    check()
    key = _document if by == "document" else _fingerprint if collapse else None
    first = _best_first(searcher, plan, skip + limit) if sort == "score" else _sorted(searcher, plan, sort, by)
    found = list(islice(_distinct(searcher, first, key), skip, skip + limit))
    total = count(searcher, plan.clause) if by == "passage" else _documents(searcher, plan)
    copies = _copies(searcher, plan, found) if collapse and by == "passage" else [0] * len(found)
    return Page(total, found, copies)


def _best_first(searcher: IndexSearcher, plan: Plan, wanted: int) -> Iterator[Found]:
    """All that is found, best first, more and more at a time."""
    given, size = 0, wanted + _MORE
    while True:
        ranked = rank(searcher, plan.clause, size, plan.rescorers)
        for place in range(given, len(ranked)):
            yield Found(*ranked[place], close=place < RESCORE_WINDOW)
        if len(ranked) < size:
            return
        given, size = size, size * 4


Key = Callable[[IndexSearcher, int], bytes | int]


def _distinct(searcher: IndexSearcher, found: Iterator[Found], key: Key | None) -> Iterator[Found]:
    """The first with each value of `key`; all without."""
    seen: set[bytes | int] = set()
    for one in found:
        check()
        value = key(searcher, one.number) if key else one.number
        if value not in seen:
            yield one
            seen.add(value)


def _document(searcher: IndexSearcher, number: int) -> bytes:
    leaf, doc = searcher.locate(number)
    return leaf.keys("document", np.array([doc]))[0]


def _fingerprint(searcher: IndexSearcher, number: int) -> int:
    leaf, doc = searcher.locate(number)
    return int(leaf.segment.fields["fingerprint"].numbers[doc])


def _sorted(searcher: IndexSearcher, plan: Plan, sort: Sort, by: Grouping) -> Iterator[Found]:
    rows = merge(*[_sorted_leaf(leaf, plan, sort, by) for leaf in searcher.leaves])
    return (Found(number, score, close=False) for _, _, number, score in rows)


def _sorted_leaf(
    leaf: SegmentSearcher, plan: Plan, sort: Sort, by: Grouping
) -> Iterator[tuple[int, bytes, int, float]]:
    """What is found in a segment, in order: days (negative), keys, numbers and scores. Keys are read as they are
    asked for."""
    docs, scores = plan.clause.matches(leaf)
    if by == "document":
        docs, scores = _best_of_each(leaf, docs, scores)
    days = -leaf.segment.fields["day"].numbers[docs] if sort == "date" else np.zeros(len(docs), np.int64)
    order = np.lexsort((docs, leaf.segment.fields["document"].ordinals[docs], days))
    for begin in range(0, len(order), _AT_ONCE):
        some = order[begin : begin + _AT_ONCE]
        keys, numbers = leaf.keys("document", docs[some]), leaf.base + docs[some]
        yield from zip(days[some].tolist(), keys, numbers.tolist(), scores[some].tolist(), strict=True)


def _best_of_each(leaf: SegmentSearcher, docs: Array, scores: Array) -> tuple[Array, Array]:
    """The best passage of each document."""
    ordinals = leaf.segment.fields["document"].ordinals[docs]
    order = np.lexsort((docs, -scores, ordinals))
    first = order[np.flatnonzero(np.diff(ordinals[order].astype(np.int64), prepend=-1))]
    first.sort()
    return docs[first], scores[first]


def _documents(searcher: IndexSearcher, plan: Plan) -> int:
    keys: set[bytes] = set()
    for leaf in searcher.leaves:
        docs, scores = plan.clause.matches(leaf)
        keys.update(leaf.keys("document", _best_of_each(leaf, docs, scores)[0]))
    return len(keys)


def _copies(searcher: IndexSearcher, plan: Plan, found: Sequence[Found]) -> list[int]:
    """How many other passages were found with the same words as each of `found`."""
    prints = np.array([_fingerprint(searcher, one.number) for one in found], np.int64)
    numbers = [leaf.segment.fields["fingerprint"].numbers for leaf in searcher.leaves]
    same = [_places(column, prints) for column in numbers]
    if sum(map(len, same)) == len(set(prints.tolist())):
        return [0] * len(found)
    counts: Counter[int] = Counter()
    for leaf, column, docs in zip(searcher.leaves, numbers, same, strict=True):
        matching = docs[np.isin(docs, plan.clause.matches(leaf).docs)]
        counts.update(column[matching].tolist())
    return [counts[fingerprint] - 1 for fingerprint in prints.tolist()]


def _places(column: Array, values: Array) -> Array:
    """Where in `column` (int64) any of some few values is. Most of it is ruled out by 16 bits."""
    may_be = np.zeros(1 << 16, np.bool_)
    may_be[values & 0xFFFF] = True
    places = np.flatnonzero(may_be[column.view(np.uint16)[::4]])
    return places[np.isin(column[places], values)]
