"""Counting all that a query of the engine finds by the values of fields."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ..own_fields import SPEAKERS, OwnFields, split_term
from ..search.facets import FacetCount, FacetTotals, first_jalali_days
from .clause_queries import MATCH_NOTHING, Query
from .layout import NUMBER, engine_name
from .paging import all_buckets
from .statistics import Statistics
from .vocabularies import ALL_VALUES, counted_values

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
    # The engine limits the buckets of a request, so each field has its own.
    aggs = [{"values": {"terms": {"field": engine_name(one.field), **ALL_VALUES}}} for one in totals]
    answers = statistics.search_all([(query, {"size": 0, "track_total_hits": False, "aggs": one}) for one in aggs])
    for one, answer in zip(totals, answers, strict=True):
        found = answer["aggregations"]["values"]
        counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in found["buckets"]}
        if found["sum_other_doc_count"]:
            if one.by_years:  # each day counts
                counts = counted_values(statistics.search, query, engine_name(one.field))
            else:
                one.has_more = True
        for value, count in counts.items():
            _add(one, value, count)


def _count_documents(statistics: Statistics, query: Query, one: FacetTotals) -> None:
    """Count the documents that have each value.

    A document that has two spellings of a value counts once for it: for the one that it has first.
    """
    if one.by_years or one.is_number:
        for value, _, _ in _pairs(statistics, query, engine_name(one.field)):
            _add(one, value, 1)
        return
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for value, document, number in _pairs(statistics, query, engine_name(one.field), numbered=one.field == SPEAKERS):
        key = split_term(value.encode("utf-8", "surrogatepass"))[0] if "." in one.field else value
        place = number, value
        first[key, document] = min(first.get((key, document), place), place)
    for _, value in first.values():
        _add(one, value, 1)


def _pairs(
    statistics: Statistics, query: Query, field: str, *, numbered: bool = False
) -> Iterator[tuple[Any, str, int]]:
    """Yield each value of a field with each document that has it, and the number of its first passage with it.

    Args:
        statistics: The statistics of the index.
        query: Finds the passages.
        field: The name of the field.
        numbered: False for a field whose values all passages of a document have; the number is 0 then.
    """
    inner = {"aggs": {"first": {"min": {"field": NUMBER}}}} if numbered else {}
    fields = {"value": field, "document": "document"}
    for bucket in all_buckets(partial(statistics.search, query), fields, _PAIRS, **inner):
        number = int(bucket["first"]["value"]) if numbered else 0
        yield bucket["key"]["value"], bucket["key"]["document"], number


def _add(one: FacetTotals, value: Any, count: int) -> None:
    if one.by_years:
        year = int(first_jalali_days().searchsorted(int(value), side="right"))
        if 0 < year < len(first_jalali_days()):
            one.numbers[year] += count
    elif one.is_number:
        one.add_code(int(value), count)
    else:
        one.terms[str(value).encode("utf-8", "surrogatepass")] += count
