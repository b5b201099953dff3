"""Counting all that a query of the engine finds by the values of fields."""

from collections.abc import Sequence
from typing import Any

from ..own_fields import OwnFields
from ..search.facets import FacetCount, FacetTotals, first_jalali_days
from .clause_queries import MATCH_NOTHING, Query
from .document_head import DOCUMENTS
from .layout import engine_name
from .statistics import Statistics

_BUCKETS = 60_000  # values that are asked for: the engine gives 65,535 at most

_Facets = dict[str, tuple[FacetCount, ...]]


def count_facets(
    statistics: Statistics,
    query: Query,
    names: Sequence[str],
    own: OwnFields,
    notes: list[str],
    *,
    by_document: bool,
) -> _Facets:
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
        aggs = {f"f{place}": _aggregation(one, by_document=by_document) for place, one in enumerate(totals.values())}
        answer = statistics.search(query, size=0, track_total_hits=False, aggs=aggs)["aggregations"]
        for place, one in enumerate(totals.values()):
            for bucket in answer[f"f{place}"]["buckets"]:
                count = int(bucket["documents"]["value"] if by_document else bucket["doc_count"])
                if not count:
                    continue
                if one.by_years:
                    one.numbers[int(bucket["key"])] += count
                elif one.is_number:
                    one.add_code(int(bucket["key"]), count)
                else:
                    one.terms[str(bucket["key"]).encode("utf-8", "surrogatepass")] += count
    return {name: one.result(notes) for name, one in totals.items()}


def _aggregation(one: FacetTotals, *, by_document: bool) -> dict[str, Any]:
    """Return the aggregation that counts passages, or documents, by the values of a field."""
    field = engine_name(one.field)
    if one.by_years:
        days = first_jalali_days().tolist()
        ranges = [{"key": str(year), "from": days[year - 1], "to": days[year]} for year in range(1, len(days))]
        found: dict[str, Any] = {"range": {"field": field, "ranges": ranges}}
    else:
        found = {"terms": {"field": field, "size": _BUCKETS, "shard_size": _BUCKETS}}
    return {**found, "aggs": DOCUMENTS} if by_document else found
