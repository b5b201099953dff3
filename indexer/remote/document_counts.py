"""Counting the documents of the passages that queries of the engine find."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from .clause_queries import Query
from .paging import all_buckets, composite
from .statistics import Statistics, query_key

_EXACT = 200_000
"""Documents that are counted one by one. Of more, the engine's estimate is taken, which is off by some thousandths."""

_FIRST = 10_000  # documents that are asked for together with the estimate

_AT_ONCE = 60_000  # documents that are asked for after that: the engine gives 65,535 at most

_DOCUMENT = {"document": "document"}


def count_documents(statistics: Statistics, queries: Sequence[Query]) -> list[int]:
    """Return how many documents have a passage that each of some queries finds."""
    is_whole = statistics.state.documents == statistics.state.passages
    keys = [query_key(query) if is_whole else f"documents:{query_key(query)}" for query in queries]
    known = {key: statistics.known(key) for key in keys}
    missing = {key: query for key, query in zip(keys, queries, strict=True) if known[key] is None}
    # Where each document is one passage, these are counted.
    found = statistics.fetch(missing.items()) if is_whole else _fetch(statistics, missing)
    return [found[key] if (count := known[key]) is None else count for key in keys]


def _fetch(statistics: Statistics, missing: dict[str, Query]) -> dict[str, int]:
    """Count the documents of some queries, remember the counts, and return them by key."""
    estimate = {"cardinality": {"field": "document", "precision_threshold": 40_000}}
    aggs = {"found": composite(_DOCUMENT, _FIRST), "estimate": estimate}
    body: dict[str, Any] = {"size": 0, "track_total_hits": False, "aggs": aggs}
    answers = statistics.search_all([(query, body) for query in missing.values()])
    counts: dict[str, int] = {}
    for (key, query), answer in zip(missing.items(), answers, strict=True):
        found = answer["aggregations"]["found"]
        count = len(found["buckets"])
        if count == _FIRST:
            estimated = int(answer["aggregations"]["estimate"]["value"])
            search = partial(statistics.search, query)
            more = all_buckets(search, _DOCUMENT, _AT_ONCE, after=found["after_key"])
            count = estimated if estimated > _EXACT else count + sum(1 for _ in more)
        counts[key] = count
    statistics.remember(counts)
    return counts
