"""Asking each copy of each shard of an index on the engine: one of them answers a search, and any may be the next.

A copy shows what was written only once it is refreshed. When a node dies amid a refresh, the copy that takes its place
may have missed it, although it has everything that was written; the next one copies its files, and shows more. So what
a commit depends on is asked of all of them. A copy that is made later shows everything: the engine refreshes it before
it answers its first search.
"""

from collections.abc import Mapping
from typing import Any

from ..errors import EngineError
from .connection import Answer, Connection, path
from .patience import Patience

Figures = tuple[int, ...]
"""The number of hits of a search, and after it the values of its aggregations, which can be added up over shards."""

PAUSE = 0.5
"""Seconds between two tries, at most."""

_ANSWERS = ("STARTED", "RELOCATING")  # the states of copies that answer searches

_MOVED = "illegal_argument_exception"  # the error for a node that has no copy of the shard


def tries(connection: Connection) -> Patience:
    """Return the patience with copies that may show something else soon, with pauses of about the same length."""
    return Patience(connection.options.patience, PAUSE, PAUSE)


class ShardCopies:
    """The copies of the shards of an index that answer searches."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def figures(self, asked: Mapping[str, Any]) -> Figures | None:
        """Return the figures that a search has over all shards, or None if two copies of a shard tell others.

        Raises:
            EngineError: A shard does not answer.
        """
        patience = tries(self._connection)
        while True:
            copies = self._nodes()
            each = [
                {"preference": f"_shards:{shard}|_only_nodes:{node}"}
                for shard, nodes in enumerate(copies)
                for node in nodes
            ]
            if copies and all(copies):
                try:
                    found = iter(self._connection.searches(self._name, [asked] * len(each), each=each))
                    break
                except EngineError as error:  # the copy has moved to another node meanwhile
                    if error.kind != _MOVED or not patience.wait():
                        raise
            elif not patience.wait():
                raise EngineError(
                    f"shards of {self._connection.address.url} do not answer",
                    "look at the health of the cluster",
                    kind="partial",
                )
        of_shards = [{_figures(next(found), asked) for _ in nodes} for nodes in copies]
        if any(len(different) > 1 for different in of_shards):
            return None
        return tuple(map(sum, zip(*(one for (one,) in of_shards), strict=True)))

    def _nodes(self) -> list[list[str]]:
        """Return for each shard the nodes that have a copy."""
        answer = self._connection.request("GET", path(self._name, "_search_shards"))
        shards = sorted(answer.get("shards", ()), key=lambda copies: int(copies[0]["shard"]) if copies else -1)
        return [[copy["node"] for copy in copies if copy["state"] in _ANSWERS] for copies in shards]


def counted(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the search that counts what a query finds."""
    return {"query": query, "size": 0, "track_total_hits": True}


def _figures(answer: Answer, asked: Mapping[str, Any]) -> Figures:
    found = [answer["aggregations"][name] for name in asked.get("aggs", ())]
    return int(answer["hits"]["total"]["value"]), *(int(one.get("doc_count", one.get("value", 0))) for one in found)
