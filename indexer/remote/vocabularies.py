"""Reading the terms of a field from the engine, with the number of passages that have each."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .layout import KEYWORDS, engine_name

_BUCKETS = 60_000  # terms that are asked for at once: the engine gives 65,535 at most

ALL_VALUES = {"size": _BUCKETS, "shard_size": _BUCKETS}
"""The sizes in a request for all values of a field. If there are more, `sum_other_doc_count` says so."""

_SPARE = 1.3  # of what the engine estimates there are

_SPECIAL = frozenset('.?+*|{}[]()"\\#@&<>~^$-')


class Vocabulary(NamedTuple):
    """Terms of a field in order, and the number of passages that have each."""

    terms: list[bytes]
    counts: list[int]


Search = Callable[..., dict[str, Any]]
"""Answers a query, as `Statistics.search` does."""


def is_key_field(field: str) -> bool:
    """Return True if a field has values that are taken as they are; the writer keeps no vocabulary of these."""
    return field in KEYWORDS or field.startswith("value.")


def values_of(search: Search, field: str, prefix: str) -> Vocabulary:
    """Return the values of a field that begin with `prefix`, in order, with how many passages have each.

    All of them are counted, in as many parts as the engine's limit takes.

    Args:
        search: Answers queries of the passages of the commit.
        field: The name of the field in segments.
        prefix: The prefix; empty for all values.
    """
    name = engine_name(field)
    query: dict[str, Any] = {"prefix": {name: prefix}} if prefix else {"match_all": {}}
    encoded = prefix.encode("utf-8", "surrogatepass")
    # A passage may have other values besides those that begin so.
    found = counted_values(search, query, name, _escaped(prefix) + ".*" if prefix else None)
    counts = {key.encode("utf-8", "surrogatepass"): count for key, count in found.items()}
    ordered = sorted(key for key in counts if key.startswith(encoded))
    return Vocabulary(ordered, [counts[key] for key in ordered])


def counted_values(search: Search, query: dict[str, Any], name: str, pattern: str | None = None) -> dict[Any, int]:
    """Return all values that passages have in a field, with how many passages have each.

    They come in one part, or in as many as the engine's limit takes.

    Args:
        search: Answers queries of the passages of the commit.
        query: Finds the passages.
        name: The name of the field in the engine.
        pattern: A regular expression of the engine. If the values come in one part, they are those that it matches.
    """
    parts, distinct = 1, 0.0
    while True:
        counts: dict[Any, int] = {}
        is_whole = True
        for part in range(parts):
            terms: dict[str, Any] = {"field": name, **ALL_VALUES}
            if parts > 1:
                terms["include"] = {"partition": part, "num_partitions": parts}
            elif pattern:
                terms["include"] = pattern
            aggs: dict[str, Any] = {"values": {"terms": terms}}
            if parts == 1:
                aggs["distinct"] = {"cardinality": {"field": name}}
            answer = search(query, size=0, track_total_hits=False, aggs=aggs)["aggregations"]
            is_whole = is_whole and not answer["values"]["sum_other_doc_count"]
            counts |= {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["values"]["buckets"]}
            if parts == 1:
                distinct = answer["distinct"]["value"] * _SPARE
        if is_whole:
            return counts
        parts = max(2 * parts, int(distinct) // _BUCKETS + 1)


def _escaped(text: str) -> str:
    """Return the regular expression of the engine that matches a text alone."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)
