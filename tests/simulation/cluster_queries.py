"""The queries and aggregations of the engine that the writer and the readers of an index use, and no others."""

from collections.abc import Mapping, Sequence
from typing import Any

from machine import Violated

Source = Mapping[str, Any]
"""A document of the engine."""


def values_of(source: Source, field: str) -> list[Any]:
    """Return the values that a document has in a field, by its path."""
    found: Any = source
    for part in field.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return []
        found = found[part]
    return found if isinstance(found, list) else [found]


def matches(query: Mapping[str, Any], source: Source) -> bool:
    """Return True if a query finds a document."""
    ((kind, asked),) = query.items()
    if kind == "match_all":
        return True
    if kind == "bool":
        return all(
            matches(each, source) is (part != "must_not") for part in asked for each in _listed(_clause(asked, part))
        )
    ((field, wanted),) = asked.items()
    values = values_of(source, field)
    if kind == "term":
        return wanted in values
    if kind == "terms":
        return any(value in wanted for value in values)
    if kind == "range":
        return any(_within(wanted, value) for value in values)
    raise Violated(f"the simulated cluster knows no query {kind}")


def hits(body: Mapping[str, Any], documents: Sequence[tuple[str, Source]]) -> dict[str, Any]:
    """Return the answer of all shards to a search, apart from what it says of the shards.

    Args:
        body: The search.
        documents: The documents that the copies show which answer it, with their ids.
    """
    query = body.get("query", {"match_all": {}})
    found = [(name, source) for name, source in documents if matches(query, source)]
    total = len(found)
    aggregations = {name: _aggregation(asked, found) for name, asked in body.get("aggs", {}).items()}
    fields = [next(iter(one)) for one in body.get("sort", ())]
    keyed = sorted(([values_of(source, field)[0] for field in fields], name, source) for name, source in found)
    if "search_after" in body:
        keyed = [one for one in keyed if one[0] > body["search_after"]]
    shown = [_hit(body, *one) for one in keyed[: body.get("size", 10)]]
    return {"hits": {"total": {"value": total}, "hits": shown}, "aggregations": aggregations}


def _hit(body: Mapping[str, Any], key: list[Any], name: str, source: Source) -> dict[str, Any]:
    wanted = body.get("_source", True)
    hit: dict[str, Any] = {"_id": name, "_score": None, "sort": key}
    if wanted is not False:
        hit["_source"] = {part: value for part, value in source.items() if wanted is True or part in wanted}
    if "docvalue_fields" in body:
        hit["fields"] = {field: values for field in body["docvalue_fields"] if (values := values_of(source, field))}
    return hit


def _clause(asked: Mapping[str, Any], part: str) -> Any:
    if part not in ("filter", "must", "must_not"):
        raise Violated(f"the simulated cluster knows no {part} in a query")
    return asked[part]


def _listed(clauses: Any) -> list[Any]:
    return clauses if isinstance(clauses, list) else [clauses]


def _within(wanted: Mapping[str, Any], value: Any) -> bool:
    for bound, limit in wanted.items():
        if bound == "lte":
            is_within = value <= limit
        elif bound == "lt":
            is_within = value < limit
        else:
            raise Violated(f"the simulated cluster knows no bound {bound}")
        if not is_within:
            return False
    return True


def _aggregation(asked: Mapping[str, Any], found: Sequence[tuple[str, Source]]) -> dict[str, Any]:
    ((kind, inner),) = asked.items()
    if kind == "filter":
        return {"doc_count": sum(matches(inner, source) for _, source in found)}
    values = [value for _, source in found for value in values_of(source, inner["field"])]
    if kind == "value_count":
        return {"value": len(values)}
    if kind == "sum":
        return {"value": float(sum(values))}
    raise Violated(f"the simulated cluster knows no aggregation {kind}")
