"""The engine's index with the passages: creating it, deleting from it, and reading what a writer has to know of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import EngineError, IndexDamaged
from ..ingest.document_records import DocumentRecord
from ..ingest.path_root import PathRoot
from ..own_fields import OwnFields
from ..query.planner import PASSAGE_BM25
from ..schema import restored_document
from .commit_state import State
from .connection import Connection, path
from .layout import LONGEST_TERM, NUMBER, SINCE, STORED, Placement, engine_term, index_body, length_name, streams
from .paging import all_hits
from .shard_copies import Figures, ShardCopies, counted, tries
from .sort_orders import IN_ORDER

_PAGE = 5_000  # records that are read, or passages that are deleted, in one request
_TEXTS = 500  # passages that are read with their texts in one request
_AGREED = 5  # tries after which copies that all show the same, but not what is expected, are believed
_KEYS = 1_000  # keys in a query: the engine takes 65,536

_COLUMNS = ("document", "digest", "source", "encoding", "collection")


class EngineIndex:
    """The engine's index of a state."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._where = connection.address.url
        self._copies = ShardCopies(connection, name)
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
        """Let searches find what was written.

        The engine also says that nothing failed where it did not reach a shard at all. So whoever must be sure asks the
        copies: see `await_state`, `await_written` and `delete`.
        """
        patience = tries(self._connection)
        while True:
            shards = self._connection.request("POST", path(self.name, "_refresh")).get("_shards", {})
            if not shards.get("failed"):
                return
            if not patience.wait():
                raise EngineError(
                    f"{shards['failed']} shards of {self._where} do not answer",
                    "look at the health of the cluster",
                    kind="partial",
                )

    def await_state(self, state: State) -> None:
        """Wait until each copy of each shard shows the passages of a state, and no others.

        The statistics that the state keeps are compared with those of the passages.

        Raises:
            EngineError: A copy does not.
            IndexDamaged: All copies show the same, and it is something else.
        """
        asked, expected = statistics_of(state)
        if self._await(asked, expected) != expected:
            raise IndexDamaged(
                f"the statistics of {self._where} are not those of its passages",
                "make it again with RemoteIndex.rebuild",
            )

    def await_written(self, number: int, count: int) -> None:
        """Wait until each copy of each shard shows what was written for a commit.

        Args:
            number: The number of the commit.
            count: How many passages these are.

        Raises:
            EngineError: Not all are there.
        """
        (there,) = self._await(counted(of_numbers([number])), (count,))
        if there != count:
            raise EngineError(
                f"{self._where} has {there:,} of the {count:,} passages that were written",
                "look at the health of the cluster, and run it again",
            )

    def _await(self, asked: Mapping[str, Any], expected: Figures) -> Figures:
        """Return the figures that all copies agree on: those expected, unless they do not come after some tries."""
        patience = tries(self._connection)
        agreed = 0
        while True:
            self.refresh()
            found = self._copies.figures(asked)
            agreed = 0 if found is None else agreed + 1
            if found == expected or (found is not None and agreed >= _AGREED):
                return found
            if not patience.wait():
                raise self._differ()

    def _differ(self) -> EngineError:
        return EngineError(
            f"the copies of a shard of {self._where} do not show the same", "look at the health of the cluster"
        )

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
        """Delete the passages that a query finds; no copy of a shard shows them any more when this returns."""
        asked = counted(query)
        patience = tries(self._connection)
        self.refresh()
        while self._copies.figures(asked) != (0,):
            answer = self._connection.request(
                "POST",
                path(self.name, "_delete_by_query"),
                {"query": query, "max_docs": _PAGE},
                # What a second try has deleted meanwhile is a conflict.
                params={"conflicts": "proceed", "scroll_size": "1000"},
                # A node that is killed meanwhile is a failure in the answer, whose status it decides.
                accept=(400, 500),
            )
            failures = answer.get("failures") or ([answer["error"]] if "error" in answer else [])
            if answer.get("deleted"):
                patience = tries(self._connection)
            elif not patience.wait():
                if failures:
                    raise EngineError(f"passages of {self._where} cannot be deleted ({failures[0]})")
                raise self._differ()
            # The engine may have lost the node that was to show it, so each round refreshes by itself.
            self.refresh()

    def records(self, state: State, root: PathRoot) -> dict[str, DocumentRecord]:
        """Return the records of the documents of a state, by key."""
        found: dict[str, DocumentRecord] = {}
        first = {"bool": {"filter": [{"term": {NUMBER: 1}}, *state.visible()]}}
        parts = {"query": first, "_source": False, "docvalue_fields": list(_COLUMNS), "sort": [{"document": "asc"}]}
        for hit in all_hits(self._search, _PAGE, **parts):
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
            query = {"bool": {"filter": [*chunk, *state.visible()]}}
            passages: list[dict[str, Any]] = []
            for hit in all_hits(self._search, _TEXTS, query=query, _source=[STORED], sort=IN_ORDER):
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

    def _search(self, **body: Any) -> dict[str, Any]:
        return self._connection.search(self.name, body)


def of_numbers(numbers: Sequence[int]) -> dict[str, Any]:
    """Return the query that finds what was written for some commits."""
    return {"terms": {SINCE: list(numbers)}}


def statistics_of(state: State) -> tuple[dict[str, Any], Figures]:
    """Return the search for the statistics of the passages that a state shows, and those that the state keeps."""
    fields = streams(state.fields)
    figures: dict[str, Any] = {"documents": {"filter": {"term": {NUMBER: 1}}}}
    expected = [state.passages, state.documents]
    for place, name in enumerate(fields):
        column = {"field": length_name(name)}
        figures |= {f"with-{place}": {"value_count": column}, f"length-{place}": {"sum": column}}
        expected += state.lengths.get(name, (0, 0))
    return {**counted({"bool": {"filter": state.visible()}}), "aggs": figures}, tuple(expected)
