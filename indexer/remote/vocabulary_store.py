"""The vocabulary of an index on OpenSearch: how many passages have each term of each field.

The engine tells this of single terms alone, and counts deleted passages, too. So each commit keeps what it has changed
beside the state, and readers add these up. As with segments, the parts of about one size are merged now and then.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..codec.arrays import Array
from ..errors import IndexDamaged
from .commit_state import State
from .connection import Connection
from .state_store import StateStore
from .term_counts import TermCounts

CONTENT = "vocabulary"
"""The name of the vocabulary in the content of a state: a list of parts, the greatest and oldest first."""


def vocabulary(connection: Connection, state: State, field: str) -> tuple[list[str], Array]:
    """Return the terms of a field in order, and how many passages have each.

    Args:
        connection: The connection to the index.
        state: The state of the commit.
        field: The name of the field in segments.

    Raises:
        IndexDamaged: It cannot be read.
    """
    store = StateStore(connection)
    entries = [part["fields"][field] for part in state.content.get(CONTENT, ()) if field in part["fields"]]
    known = _sum(store, entries)
    terms = sorted(known)
    return terms, np.fromiter((known[term] for term in terms), np.int64, len(terms))


def changed_vocabulary(store: StateStore, state: State, name: str, counts: TermCounts) -> list[dict[str, Any]]:
    """Return the vocabulary of the next state, after it is kept.

    Args:
        store: Where it is kept.
        state: The state before.
        name: The name of the commit.
        counts: What the commit adds to the counts, and subtracts from them.
    """
    fields = {field: Counter(known) for field, known in counts.terms().items()}
    parts: list[dict[str, Any]] = list(state.content.get(CONTENT, ()))
    size = sum(map(len, fields.values()))
    while parts and parts[-1]["terms"] <= 2 * size:
        part = parts.pop()
        for field, entry in part["fields"].items():
            fields.setdefault(field, Counter()).update(_sum(store, [entry], positive=False))
        size = sum(map(len, fields.values()))
    kept: dict[str, Any] = {}
    for field, known in sorted(fields.items()):
        changed = {term: count for term, count in known.items() if count}
        if changed:
            kept[field] = store.put(f"vocabulary-{name}-{field}", _packed(changed))
    if kept:
        parts.append({"terms": size, "fields": kept})
    return parts


def _packed(known: Mapping[str, int]) -> bytes:
    terms = sorted(known)
    counts = np.fromiter((known[term] for term in terms), "<i8", len(terms)).tobytes()
    return len(terms).to_bytes(8, "little") + counts + "\n".join(terms).encode("utf-8", "surrogatepass")


def _sum(store: StateStore, entries: list[Mapping[str, Any]], *, positive: bool = True) -> Counter[str]:
    known: Counter[str] = Counter()
    for entry in entries:
        content = store.get(entry)
        size = int.from_bytes(content[:8], "little")
        text = content[8 + 8 * size :].decode("utf-8", "surrogatepass")
        terms = text.split("\n") if size else []
        if len(terms) != size:
            raise IndexDamaged(f"{entry['name']} of {store.where} is damaged", "make it again with RemoteIndex.rebuild")
        known.update(dict(zip(terms, np.frombuffer(content, "<i8", size, 8).tolist(), strict=True)))
    if positive and any(count <= 0 for count in known.values()):
        return Counter({term: count for term, count in known.items() if count > 0})
    return known
