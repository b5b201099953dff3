"""Reading the terms of a field from the engine, with the number of passages that have each."""

from typing import Any

from .layout import KEYWORDS, engine_name
from .statistics import Statistics, Vocabulary

_BUCKETS = 60_000  # terms that are asked for at once: the engine gives 65,535 at most

_SPARE = 1.3  # of what the engine estimates there are

_SPECIAL = frozenset('.?+*|{}[]()"\\#@&<>~^$-')


def is_key_field(field: str) -> bool:
    """Return True if a field has values that are taken as they are; the writer keeps no vocabulary of these."""
    return field in KEYWORDS or field.startswith("value.")


def values_of(statistics: Statistics, field: str, prefix: str) -> Vocabulary:
    """Return the values of a field that begin with `prefix`, in order, with how many passages have each.

    All of them are counted, in as many parts as the engine's limit takes.
    """
    name = engine_name(field)
    pattern = _escaped(prefix) + ".*" if prefix else None
    query: dict[str, Any] = {"prefix": {name: prefix}} if prefix else {"match_all": {}}
    distinct = statistics.search(query, size=0, aggs={"values": {"cardinality": {"field": name}}})
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
            answer = statistics.search(query, size=0, aggs={"values": {"terms": terms}})["aggregations"]["values"]
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
