"""Reading the terms of a field from the engine, with the number of passages that have each."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .layout import KEYWORDS, engine_name

_BUCKETS = 60_000  # terms that are asked for at once: the engine gives 65,535 at most

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
    pattern = _escaped(prefix) + ".*" if prefix else None
    query: dict[str, Any] = {"prefix": {name: prefix}} if prefix else {"match_all": {}}
    distinct = search(query, size=0, aggs={"values": {"cardinality": {"field": name}}})
    parts = int(distinct["aggregations"]["values"]["value"] * _SPARE) // _BUCKETS + 1
    while True:
        counts: dict[bytes, int] = {}
        is_whole = True
        for part in range(parts):
            terms: dict[str, Any] = {"field": name, "size": _BUCKETS, "shard_size": _BUCKETS}
            if parts > 1:
                terms["include"] = {"partition": part, "num_partitions": parts}
            elif pattern:
                terms["include"] = pattern
            answer = search(query, size=0, aggs={"values": {"terms": terms}})["aggregations"]["values"]
            is_whole = is_whole and not answer["sum_other_doc_count"]
            for bucket in answer["buckets"]:
                key = bucket["key"].encode("utf-8", "surrogatepass")
                if key.startswith(prefix.encode("utf-8", "surrogatepass")):
                    counts[key] = bucket["doc_count"]
        if is_whole:
            ordered = sorted(counts)
            return Vocabulary(ordered, [counts[term] for term in ordered])
        parts *= 2


def _escaped(text: str) -> str:
    """Return the regular expression of the engine that matches a text alone."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)
