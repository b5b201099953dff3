"""Counting the documents of the passages that a query of the engine finds."""

from functools import partial

from .clause_queries import Query
from .paging import all_buckets
from .statistics import Statistics, query_key

_EXACT = 200_000
"""Documents that are counted one by one. Of more, the engine's estimate is taken, which is off by some thousandths."""

_AT_ONCE = 60_000  # documents that are asked for: the engine gives 65,535 at most

_ESTIMATE = {"documents": {"cardinality": {"field": "document", "precision_threshold": 40_000}}}


def count_documents(statistics: Statistics, query: Query) -> int:
    """Return how many documents have a passage that a query finds."""
    if statistics.state.documents == statistics.state.passages:
        return count_passages(statistics, query)
    key = f"documents:{query_key(query)}"
    known = statistics.known(key)
    if known is None:
        answer = statistics.search(query, size=0, track_total_hits=False, aggs=_ESTIMATE)
        known = int(answer["aggregations"]["documents"]["value"])
        if known <= _EXACT:
            buckets = all_buckets(partial(statistics.search, query), {"document": "document"}, _AT_ONCE)
            known = sum(1 for _ in buckets)
        statistics.remember({key: known})
    return known


def count_passages(statistics: Statistics, query: Query) -> int:
    """Return how many passages a query finds."""
    return int(statistics.search(query, size=0, track_total_hits=True)["hits"]["total"]["value"])
