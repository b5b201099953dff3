"""Reading all that a search finds, some in each request."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..limits import check

Search = Callable[..., dict[str, Any]]
"""Answers a search, whose parts are its keywords."""


def all_hits(search: Search, size: int, **body: Any) -> Iterator[dict[str, Any]]:
    """Yield all hits of a search, in an order in which no two hits are equal.

    Args:
        search: Answers one request.
        size: How many hits are asked for at once.
        body: The parts of the search, with the order.
    """
    while True:
        check()
        hits = search(**body, size=size, track_total_hits=False)["hits"]["hits"]
        yield from hits
        if len(hits) < size:
            return
        body["search_after"] = hits[-1]["sort"]


def all_buckets(
    search: Search,
    fields: Mapping[str, str],
    size: int,
    *,
    after: Mapping[str, Any] | None = None,
    **inner: Any,
) -> Iterator[dict[str, Any]]:
    """Yield a bucket for each combination of values of some fields, in their order.

    Args:
        search: Answers one request.
        fields: The names of the fields in the engine, by those that they have in the keys of buckets.
        size: How many buckets are asked for at once.
        after: The key after which the buckets come; None for the first.
        inner: The other parts of the aggregation.
    """
    while True:
        check()
        aggs = {"found": {**composite(fields, size, after), **inner}}
        answer = search(size=0, track_total_hits=False, aggs=aggs)["aggregations"]["found"]
        yield from answer["buckets"]
        if len(answer["buckets"]) < size:
            return
        after = answer["after_key"]


def composite(fields: Mapping[str, str], size: int, after: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the aggregation that gives so many combinations of values of some fields, see `all_buckets`."""
    sources = [{name: {"terms": {"field": field}}} for name, field in fields.items()]
    return {"composite": {"size": size, "sources": sources, **({} if after is None else {"after": dict(after)})}}
