"""Counting all that a query of the engine finds by the values of fields."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..limits import check
from ..own_fields import OwnFields, split_term
from ..search.facets import FacetCount, FacetTotals, first_jalali_days
from .clause_queries import MATCH_NOTHING, Query
from .layout import engine_name
from .statistics import Statistics

_BUCKETS = 60_000  # values that are asked for: the engine gives 65,535 at most
_PAIRS = 10_000  # pairs of a value and a document that are asked for at once


def count_facets(
    statistics: Statistics,
    query: Query,
    names: Sequence[str],
    own: OwnFields,
    notes: list[str],
    *,
    by_document: bool,
) -> dict[str, tuple[FacetCount, ...]]:
    """Count all that a query finds by the values of some fields.

    Args:
        statistics: The statistics of the index.
        query: The query.
        names: The names of the fields.
        own: The declared fields.
        notes: Takes a line for each field that has more values than are returned.
        by_document: True to count documents instead of passages.
    """
    totals = {name: FacetTotals(name, own) for name in names}
    if query is not MATCH_NOTHING:
        if by_document:
            for one in totals.values():
                _count_documents(statistics, query, one)
        else:
            _count_passages(statistics, query, list(totals.values()))
    return {name: one.result(notes) for name, one in totals.items()}


def _count_passages(statistics: Statistics, query: Query, totals: Sequence[FacetTotals]) -> None:
    terms = {"size": _BUCKETS, "shard_size": _BUCKETS}
    aggs = {f"f{place}": {"terms": {"field": engine_name(one.field), **terms}} for place, one in enumerate(totals)}
    answer = statistics.search(query, size=0, track_total_hits=False, aggs=aggs)["aggregations"]
    for place, one in enumerate(totals):
        for bucket in answer[f"f{place}"]["buckets"]:
            _add(one, bucket["key"], int(bucket["doc_count"]))


def _count_documents(statistics: Statistics, query: Query, one: FacetTotals) -> None:
    """Count the documents that have each value.

    A document that has two spellings of a value counts once for it.
    """
    seen: set[tuple[str, str]] = set()
    for value, document in _pairs(statistics, query, engine_name(one.field)):
        if "." in one.field and isinstance(value, str):
            pair = split_term(value.encode("utf-8", "surrogatepass"))[0], document
            if pair in seen:
                continue
            seen.add(pair)
        _add(one, value, 1)


def _pairs(statistics: Statistics, query: Query, field: str) -> Iterator[tuple[Any, str]]:
    """Yield each value of a field, with each document that has it."""
    after: dict[str, Any] = {}
    while True:
        check()
        sources = [{"value": {"terms": {"field": field}}}, {"document": {"terms": {"field": "document"}}}]
        composite = {"size": _PAIRS, "sources": sources, **after}
        answer = statistics.search(query, size=0, track_total_hits=False, aggs={"pairs": {"composite": composite}})
        found = answer["aggregations"]["pairs"]
        for bucket in found["buckets"]:
            yield bucket["key"]["value"], bucket["key"]["document"]
        if "after_key" not in found:
            return
        after = {"after": found["after_key"]}


def _add(one: FacetTotals, value: Any, count: int) -> None:
    if one.by_years:
        year = int(first_jalali_days().searchsorted(int(value), side="right"))
        if 0 < year < len(first_jalali_days()):
            one.numbers[year] += count
    elif one.is_number:
        one.add_code(int(value), count)
    else:
        one.terms[str(value).encode("utf-8", "surrogatepass")] += count
