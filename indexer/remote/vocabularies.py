"""Reading the terms of a field from the engine, with the number of passages that have each."""

import re

from .layout import KEYWORDS, engine_name
from .statistics import Statistics, Vocabulary

TERMS = "terms"
"""The object of the columns with the terms of fields of words."""

_BUCKETS = 60_000  # terms that are asked for at once: the engine gives 65,535 at most

_SPECIAL = re.compile(r"[.?+*|{}\[\]()\"\\#@&<>~^$-]")


def read_vocabulary(statistics: Statistics, field: str, prefix: str) -> Vocabulary:
    """Return the terms of a field that begin with `prefix`, in order, with how many passages have each."""
    name = engine_name(field)
    if field not in KEYWORDS and not field.startswith("value."):
        name = f"{TERMS}.{name}"
    counts: dict[bytes, int] = {}
    parts = 1
    if not prefix:
        distinct = statistics.search({"match_all": {}}, size=0, aggs={"n": {"cardinality": {"field": name}}})
        parts = -(-int(distinct["aggregations"]["n"]["value"] * 1.3) // _BUCKETS) or 1
    part = 0
    while part < parts:
        include: object = {"partition": part, "num_partitions": parts}
        if prefix:
            include = _SPECIAL.sub(r"\\\g<0>", prefix) + ".*"
        terms = {"field": name, "size": _BUCKETS, "shard_size": _BUCKETS, "include": include}
        if parts == 1 and not prefix:
            del terms["include"]
        found = statistics.search({"match_all": {}}, size=0, aggs={"terms": {"terms": terms}})["aggregations"]["terms"]
        if found["sum_other_doc_count"] and not prefix:
            parts, part = parts * 2, 0
            counts.clear()
            continue
        counts |= {bucket["key"].encode("utf-8", "surrogatepass"): bucket["doc_count"] for bucket in found["buckets"]}
        part += 1
    ordered = sorted(counts)
    return Vocabulary(ordered, [counts[term] for term in ordered])
