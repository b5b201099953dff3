"""The statistics of one commit of an index on the engine: what ranking must know of all passages."""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from ...analyzers import identity
from ..codec.toc import IndexFile, SegmentEntry, Toc
from .clause_queries import Query
from .commit_state import State
from .layout import engine_name, engine_term
from .partial_answers import partial_answers
from .vocabularies import Vocabulary, is_key_field, values_of

_MOST_KEPT = 1 << 18  # counts that are remembered
_MOST_VOCABULARIES = 32  # fields, or values that begin alike, whose terms are remembered


Asked = tuple[Query, dict[str, Any]]
"""A query, and the other parts of its request."""


class Engine(Protocol):
    """The part of a connection to the engine that reading needs."""

    def search(self, index: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Answer one query."""

    def msearch(self, index: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Answer several queries."""

    def vocabulary(self, state: State, field: str) -> tuple[Sequence[str], Iterable[int]]:
        """Return the terms of a field of words in order, and how many passages have each."""


class Statistics:
    """The statistics of a commit. Threads may share them; what was asked for once is remembered.

    Attributes:
        engine: The connection.
        state: The commit.
        toc: The table of contents that a local index with these passages in one segment would have.
        factor: What the engine multiplies the scores of BM25 by.
    """

    def __init__(self, engine: Engine, state: State, factor: float) -> None:
        self.engine = engine
        self.state = state
        self.factor = factor
        lengths = {name: (documents, length) for name, (documents, length) in state.lengths.items()}
        entry = SegmentEntry(IndexFile("", 0, 0), state.passages, 0, None, lengths)
        self.toc = Toc(state.number, identity(), (entry,), fields=tuple(sorted(state.fields.items())))
        self._visible = state.visible()
        self._known: dict[str, int] = {}
        self._vocabularies: dict[tuple[str, str], Vocabulary] = {}
        self._lock = threading.Lock()

    def known(self, key: str) -> int | None:
        """Return how many passages match a query, by its `key`; None if nobody has asked yet."""
        taken = partial_answers()
        found = self._known.get(key)
        return taken.counts.get(key) if found is None and taken else found

    def fetch(self, queries: Iterable[tuple[str, Query]]) -> dict[str, int]:
        """Ask the engine how many passages match some queries, remember the answers, and return them by key.

        Args:
            queries: The key of each query, and the query.
        """
        asked = list(queries)
        bodies = [{"size": 0, "track_total_hits": True, "query": self.visible(query)} for _, query in asked]
        answers = self.engine.msearch(self.state.engine_index, bodies)
        found = {key: int(answer["hits"]["total"]["value"]) for (key, _), answer in zip(asked, answers, strict=True)}
        self.remember(found)
        return found

    def count(self, key: str, query: Query) -> int:
        """Return how many passages match a query, by its `key`."""
        known = self.known(key)
        return self.fetch([(key, query)])[key] if known is None else known

    def remember(self, counts: Mapping[str, int]) -> None:
        """Remember answers to what `known` is asked for, by key; those of some shards for this search alone."""
        taken = partial_answers()
        if taken is not None and taken.is_partial:
            taken.counts |= counts
            return
        with self._lock:
            if len(self._known) + len(counts) > _MOST_KEPT:
                self._known.clear()
            self._known |= counts

    def visible(self, query: Query | None = None) -> Query:
        """Return a query that finds what `query` does of the passages of this commit."""
        must = [] if query is None else [query]
        return {"bool": {"must": must, "filter": self._visible}}

    def search(self, query: Query, **body: Any) -> dict[str, Any]:
        """Answer a query from the passages of this commit; `body` has the other parts of the request."""
        return self.engine.search(self.state.engine_index, {"query": self.visible(query), **body})

    def search_all(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Answer several queries at once, each with the other parts of its request; see `search`.

        They have the scores of single shards.
        """
        bodies = [{"query": self.visible(query), **body} for query, body in asked]
        return self.engine.msearch(self.state.engine_index, bodies)

    def vocabulary(self, field: str, prefix: str) -> Vocabulary:
        """Return the terms of a field that begin with `prefix`, or all, in order, with how many passages have each."""
        is_key = is_key_field(field)
        key = field, prefix if is_key else ""
        found = self._vocabularies.get((field, "")) or self._vocabularies.get(key)
        if found is None:
            if is_key:
                found = values_of(self.search, field, prefix)
            else:
                terms, counts = self.engine.vocabulary(self.state, field)
                encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
                found = Vocabulary(encoded, list(map(int, counts)))
            taken = partial_answers()
            if taken is None or not taken.is_partial:
                with self._lock:
                    if len(self._vocabularies) >= _MOST_VOCABULARIES:
                        del self._vocabularies[next(iter(self._vocabularies))]
                    self._vocabularies[key] = found
        return found


def term_query(field: str, term: bytes) -> tuple[str, Query]:
    """Return the query for the passages with a term, after its key."""
    text = term.decode("utf-8", "surrogatepass")
    return f"{field}:{text}", {"term": {engine_name(field): engine_term(text)}}


def query_key(query: Query) -> str:
    """Return the key of a query."""
    return json.dumps(query, ensure_ascii=True, sort_keys=True)
