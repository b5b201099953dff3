"""The engine's index with the passages: creating it, deleting from it, and reading what a writer has to know of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import EngineError
from ..ingest.document_records import DocumentRecord
from ..ingest.path_root import PathRoot
from ..own_fields import OwnFields
from ..query.planner import PASSAGE_BM25
from ..schema import restored_document
from .commit_state import State
from .connection import Connection, path
from .layout import LONGEST_TERM, NUMBER, SINCE, STORED, Placement, engine_term, index_body

_PAGE = 5_000  # records that are read, or passages that are deleted, in one request
_TEXTS = 500  # passages that are read with their texts in one request
_PAUSE = 0.5  # seconds between two tries while shards do not answer
_KEYS = 1_000  # keys in a query: the engine takes 65,536

_COLUMNS = ("document", "digest", "source", "encoding", "collection")


class EngineIndex:
    """The engine's index of a state."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self.name = name

    def create(self, own: OwnFields, placement: Placement, alias: str | None) -> None:
        """Create the index, unless it is there."""
        body = index_body(own, placement, PASSAGE_BM25)
        if alias:
            body["aliases"] = {alias: {}}
        answer = self._connection.request("PUT", path(self.name), body, accept=(400,))
        error = answer.get("error")
        if error and "resource_already_exists" not in str(error):
            reason = error.get("reason", error) if isinstance(error, dict) else error
            raise EngineError(f"no index can be made at {self._connection.address.url} ({reason})", status=400)

    def exists(self) -> bool:
        """Return True if the index is there."""
        return self._connection.exists(path(self.name))

    def drop(self) -> None:
        """Delete the index, if it is there."""
        self._connection.request("DELETE", path(self.name), accept=(404,))

    def refresh(self) -> None:
        """Let searches find what was written."""
        end = time.monotonic() + self._connection.options.patience
        while True:
            shards = self._connection.request("POST", path(self.name, "_refresh")).get("_shards", {})
            if not shards.get("failed"):
                return
            if time.monotonic() > end:
                raise EngineError(
                    f"{shards['failed']} shards of {self._connection.address.url} do not answer",
                    "look at the health of the cluster",
                    kind="partial",
                )
            time.sleep(_PAUSE)

    def count(self, query: Mapping[str, Any]) -> int:
        """Return how many passages a query finds."""
        body = {"query": query, "size": 0, "track_total_hits": True}
        return int(self._connection.search(self.name, body)["hits"]["total"]["value"])

    def settings(self) -> dict[str, Any]:
        """Return the settings of the index that change with a load."""
        answer = self._connection.request("GET", path(self.name, "_settings"), params={"flat_settings": "true"})
        known = answer[self.name]["settings"]
        return {
            "index.number_of_replicas": int(known["index.number_of_replicas"]),
            "index.refresh_interval": known.get("index.refresh_interval"),
        }

    def change_settings(self, settings: Mapping[str, Any]) -> None:
        """Change some of the settings."""
        self._connection.request("PUT", path(self.name, "_settings"), dict(settings))

    def delete(self, query: Mapping[str, Any]) -> None:
        """Delete the passages that a query finds; searches do not find them any more when this returns."""
        self.refresh()
        while True:
            answer = self._connection.request(
                "POST",
                path(self.name, "_delete_by_query"),
                {"query": query, "max_docs": _PAGE},
                # What a second try has deleted meanwhile is a conflict.
                params={"conflicts": "proceed", "refresh": "true", "scroll_size": "1000"},
            )
            if answer.get("failures"):
                raise EngineError(
                    f"passages of {self._connection.address.url} cannot be deleted ({answer['failures'][0]})"
                )
            if not answer.get("deleted") and not answer.get("version_conflicts"):
                return

    def records(self, state: State, root: PathRoot) -> dict[str, DocumentRecord]:
        """Return the records of the documents of a state, by key."""
        found: dict[str, DocumentRecord] = {}
        body = {
            "query": {"bool": {"filter": [{"term": {NUMBER: 1}}, *state.visible()]}},
            "_source": False,
            "docvalue_fields": list(_COLUMNS),
        }
        for hit in self._all(body, ["document"], _PAGE):
            values = hit["fields"]
            key, digest, source, encoding, collection = (values.get(name, [None])[0] for name in _COLUMNS)
            if len(key) * 4 > LONGEST_TERM:
                key = self._whole_key(hit["_id"])
            found[key] = DocumentRecord(digest, source and root.resolve(source), encoding, collection)
        return found

    def documents(self, state: State, own: OwnFields, keys: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        """Yield the passages of some documents, or of all, as they were added, apart from the record.

        Args:
            state: The state in which they are visible.
            own: The declared fields.
            keys: The keys of the documents; None for all.
        """
        chunks: list[list[dict[str, Any]]] = [[]]
        if keys is not None:
            terms = [engine_term(key) for key in keys]
            chunks = [[{"terms": {"document": terms[i : i + _KEYS]}}] for i in range(0, len(terms), _KEYS)]
        for chunk in chunks:
            body = {"query": {"bool": {"filter": [*chunk, *state.visible()]}}, "_source": [STORED]}
            passages: list[dict[str, Any]] = []
            for hit in self._all(body, ["document", NUMBER], _TEXTS):
                stored = hit["_source"][STORED]
                if passages and passages[0]["document"] != stored["document"]:
                    yield restored_document(passages, own)
                    passages = []
                passages.append(stored)
            if passages:
                yield restored_document(passages, own)

    def _whole_key(self, engine_id: str) -> str:
        found = self._connection.request("GET", path(self.name, "_doc", engine_id))
        return str(found["_source"][STORED]["document"])

    def _all(self, body: Mapping[str, Any], order: Sequence[str], page: int) -> Iterator[dict[str, Any]]:
        """Yield all hits of a query, in the order of some fields, which no two hits share."""
        asked = {**body, "size": page, "track_total_hits": False, "sort": [{name: "asc"} for name in order]}
        while True:
            hits = self._connection.search(self.name, asked)["hits"]["hits"]
            yield from hits
            if len(hits) < page:
                return
            asked["search_after"] = hits[-1]["sort"]


def of_numbers(numbers: Sequence[int]) -> dict[str, Any]:
    """Return the query that finds what was written for some commits."""
    return {"terms": {SINCE: list(numbers)}}
