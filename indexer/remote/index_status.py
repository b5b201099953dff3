"""The contents of an index on OpenSearch in numbers."""

from collections.abc import Sequence
from typing import Any

from ...analyzers import identity
from ..reports import IndexStatus
from .connection import Connection, path
from .facet_counts import count_facets
from .layout import LAYOUT, NUMBER
from .statistics import Statistics

_MOST = 1_000  # encodings and collections that are counted


def status(url: str, connection: Connection, statistics: Statistics, skipped: Sequence[str]) -> IndexStatus:
    """Return the contents of an index in numbers.

    Args:
        url: The address of the index.
        connection: The connection to it.
        statistics: The statistics of its last commit.
        skipped: What could not be read, a line each.
    """
    state = statistics.state
    fields = state.fields
    first = {"term": {NUMBER: 1}}
    names = ("encoding", "collection")
    aggs = {name: {"terms": {"field": name, "size": _MOST}} for name in names}
    found = statistics.search(first, size=0, aggs=aggs)["aggregations"]
    by_name = {name: {one["key"]: one["doc_count"] for one in found[name]["buckets"]} for name in names}
    facets = count_facets(statistics, first, ("year", *fields), fields, [], by_document=False)
    tables: dict[str, dict[Any, int]] = {
        name: {one.value: one.count for one in values} for name, values in facets.items()
    }
    years = {int(year): count for year, count in tables.pop("year").items()}
    stats = connection.request("GET", path(state.engine_index, "_stats", "store"))
    return IndexStatus(
        path=url,
        documents=state.documents,
        passages=state.passages,
        terms=len(statistics.vocabulary("text", "").terms),
        size=int(stats["_all"]["primaries"]["store"]["size_in_bytes"]),
        encodings=by_name["encoding"],
        collections=by_name["collection"],
        years=years,
        fields=dict(fields),
        facets=tables,
        skipped=list(skipped),
        format=LAYOUT,
        analysis=identity(),
    )
