"""The orders of passages by a field, as the engine is told."""

from typing import Any

from ..own_fields import OwnFields, column_name
from .layout import NUMBER, SORT, engine_name

IN_ORDER: list[dict[str, Any]] = [{"document": "asc"}, {NUMBER: "asc"}]
"""The order of documents and their texts."""


def sort_of(sort: str, own: OwnFields) -> list[dict[str, Any]]:
    """Return the order of passages by a field, as the engine is told."""
    if sort == "document":
        return IN_ORDER
    if sort == "date":
        return [{"day": {"order": "desc", "missing": "_last"}}, *IN_ORDER]
    name = sort.removeprefix("-")
    kind = own[name]
    field = f"{SORT}.{name}" if kind in ("text", "keyword") else engine_name(column_name(name, kind))
    return [{field: {"order": "desc" if sort.startswith("-") else "asc", "missing": "_last"}}, *IN_ORDER]
