"""Filters of Haystack as conditions of a search, as far as the index can answer them."""

import re
from collections.abc import Mapping
from typing import Any

from ...analyzers import fold

_DATE = re.compile(r"\s*\d{4}-?\d\d")
_RANGES = {">": True, ">=": True, "<": False, "<=": False}


def where_of(filters: Mapping[str, Any] | None, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return conditions that everything meets that meets the filters; what meets them may not meet the filters.

    So a search by them leaves little to be compared with the filters themselves. Conditions on declared fields of the
    kinds `keyword` and `number` are translated where Jooya and Haystack compare alike; `OR` and `NOT` are not.

    Args:
        filters: The filters, a comparison or a logical operator with conditions.
        fields: The declared fields of the index.
    """
    if not filters:
        return {}
    if "field" not in filters:
        if filters.get("operator") != "AND":
            return {}
        found: dict[str, Any] = {}
        for condition in filters.get("conditions", ()):
            for name, value in where_of(condition, fields).items():
                found.setdefault(name, value)
        return found
    name = str(filters["field"]).removeprefix("meta.")
    condition = _condition(fields.get(name), filters.get("operator"), filters.get("value"))
    return {} if condition is None else {name: condition}


def _condition(kind: str | None, operator: object, value: object) -> Any:
    """Return the condition for a comparison; None if the index cannot answer it."""
    if operator == "==" and _is_comparable(kind, value):
        return value
    if operator == "in" and isinstance(value, list) and value and all(_is_comparable(kind, one) for one in value):
        return value
    if kind == "number" and operator in _RANGES and _is_comparable(kind, value):
        return (value, None) if _RANGES[str(operator)] else (None, value)
    return None


def _is_comparable(kind: str | None, value: object) -> bool:
    """Return True if a value that equals another for Haystack also does for the index."""
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    # Haystack takes days and times that are written in different ways as equal.
    return kind == "keyword" and isinstance(value, str) and not _DATE.match(value) and bool(fold(value).strip())
