"""The requests that reading an index sends to the engine."""

from collections.abc import Iterable, Sequence
from typing import Any

from .commit_state import COMMIT, META, State
from .connection import Connection, path
from .partial_answers import partial_answers


class SearchEngine:
    """Sends the requests that reading an index takes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def search(self, index: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Answer one query; with the statistics of all shards if it has scores."""
        has_scores = body.get("size", 10) and any("_score" in one for one in body.get("sort", ["_score"]))
        params = {"search_type": "dfs_query_then_fetch"} if has_scores else {}
        taken = partial_answers()
        answer = self._connection.search(index, body, params | options, partial=taken is not None)
        if taken is not None:
            taken.add([answer])
        return answer

    def msearch(self, index: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Answer several queries at once."""
        taken = partial_answers()
        answers = self._connection.searches(index, bodies, partial=taken is not None)
        if taken is not None:
            taken.add(answers)
        return answers

    def state(self) -> State | None:
        """Return the state of the last commit; None if there is no index."""
        index = self._connection.index
        found = self._connection.request(
            "GET", path(f"{index}{META}", "_doc", COMMIT), params={"_source": "state"}, accept=(404,)
        )
        if not found.get("found"):
            return None
        return State.from_json(self._connection.address.url, found["_source"]["state"])

    def vocabulary(self, state: State, field: str) -> tuple[Sequence[str], Iterable[int]]:
        """Return the terms of a field of words in order, and how many passages have each."""
        from .vocabulary_store import vocabulary  # noqa: PLC0415 - most searches need none

        return vocabulary(self._connection, state, field)

    @property
    def version(self) -> tuple[int, str]:
        """The first number of the version, and the name of the distribution."""
        version = self._connection.request("GET", "/")["version"]
        return int(version["number"].partition(".")[0]), version.get("distribution", "elasticsearch")
