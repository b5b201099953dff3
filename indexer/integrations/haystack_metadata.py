"""Statistics of the metadata of a document store, as Haystack asks for them: names, types, values, extremes."""

import json
from typing import Any, Protocol

from ..arguments import check_integer
from .extras import missing

try:
    from haystack import Document as HaystackDocument
except ModuleNotFoundError as error:
    raise missing("Haystack", "haystack", error) from error


class _Store(Protocol):
    """The documents that statistics are made of."""

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[HaystackDocument]: ...


class MetadataStatistics:
    """The methods of a document store that count values of metadata. They read all documents."""

    def count_unique_metadata_by_filter(
        self: _Store, filters: dict[str, Any], metadata_fields: list[str]
    ) -> dict[str, int]:
        """Return how many different values fields have in the documents that match filters.

        Args:
            filters: The filters.
            metadata_fields: The names of the fields, with `meta.` before them or without.
        """
        found = self.filter_documents(filters)
        return {_name(field): len(_unique(found, field)) for field in metadata_fields}

    def get_metadata_fields_info(self: _Store) -> dict[str, dict[str, str]]:
        """Return the type of each field of metadata: `keyword`, `int`, `float` or `boolean`; that of its last value."""
        values = (pair for document in self.filter_documents() for pair in document.meta.items())
        return {name: {"type": _type(value)} for name, value in values if value is not None}

    def get_metadata_field_min_max(self: _Store, metadata_field: str) -> dict[str, Any]:
        """Return the least and the greatest value of a field as `min` and `max`.

        Both are None if the field has no numbers or texts, or both.

        Args:
            metadata_field: The name of the field, with `meta.` before it or without.
        """
        values = [value for _, value in sorted(_unique(self.filter_documents(), metadata_field).items(), key=str)]
        for kind in (int | float, str):
            if values and all(isinstance(value, kind) for value in values):
                return {"min": min(values), "max": max(values)}
        return {"min": None, "max": None}

    def get_metadata_field_unique_values(
        self: _Store,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        """Return the different values of a field, ordered as texts, a page at a time, and how many there are.

        Args:
            metadata_field: The name of the field, with `meta.` before it or without.
            search_term: Leaves only values that have this in them, in capitals or not.
            from_: How many values to pass over.
            size: How many values to return, at most.
            filters: Filters that documents must match.
        """
        check_integer("from_", from_, 0)
        check_integer("size", size, 0)
        found = _unique(self.filter_documents(filters), metadata_field)
        wanted = (search_term or "").lower()
        keys = sorted((str(value), key) for key, value in found.items() if wanted in str(value).lower())
        return [found[key] for _, key in keys[from_ : from_ + size]], len(keys)


def _name(field: str) -> str:
    return field.removeprefix("meta.")


def _unique(documents: list[HaystackDocument], field: str) -> dict[tuple[str, str], Any]:
    """Return the different values of a field by their types and their JSON: 1, 1.0, "1" and True are four."""
    values = (document.meta.get(_name(field)) for document in documents)
    return {(type(value).__name__, json.dumps(value, sort_keys=True)): value for value in values if value is not None}


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "int" if isinstance(value, int) else "float" if isinstance(value, float) else "keyword"
