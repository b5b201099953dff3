"""The requests that production code makes, as a simulated cluster carries them out and answers them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cluster_machine import ClusterMachine
from cluster_queries import Source, hits
from machine import Violated
from simulated_cluster import Cluster, Conflict, Operation, Shard, found_by

_MISSED = 0.1
"""The share of the refreshes of a copy that do not reach it in time, when anything fails in a run."""

_BUSY_ITEMS = 0.1
"""The share of the items of a bulk request of which a node that is too busy refuses some."""


class Request(NamedTuple):
    """A request.

    Attributes:
        method: Its method.
        path: Its path, without parameters.
        params: Its parameters.
        body: What is sent.
        process: The process that has sent it.
        trying: The commit that this process was trying then.
    """

    method: str
    path: str
    params: Mapping[str, str]
    body: bytes
    process: int
    trying: Any


class Answer(NamedTuple):
    """An answer, and the operations that have to be on all copies before it is given."""

    status: int
    content: dict[str, Any]
    operations: tuple[tuple[Shard, Operation], ...] = ()


Wrote = Callable[[Request, Source | None, Source], None]
"""Is called when a document is written by its id: with the request, the document before, and the new one."""


def error(status: int, kind: str) -> Answer:
    """Return an error of the engine."""
    return Answer(status, {"error": {"type": kind, "reason": kind}, "status": status})


_UNAVAILABLE = error(503, "unavailable_shards_exception")
_MISSING = error(404, "index_not_found_exception")


class Requests:
    """Carries requests out.

    Attributes:
        wrote: Is called when the state is written.
        are_missed: True if refreshes may miss a copy.
    """

    def __init__(self, machine: ClusterMachine, cluster: Cluster, wrote: Wrote) -> None:
        self._machine = machine
        self._random = machine.random
        self._cluster = cluster
        self.wrote = wrote
        self.are_missed = False

    def carry_out(self, request: Request) -> Answer:
        """Carry a request out, and return the answer."""
        where = f"{request.method} {request.path}"
        for pattern, act in _ROUTES:
            if found := pattern.fullmatch(where):
                return act(self, request, *found.groups())
        raise Violated(f"the simulated cluster knows no request {where}")

    def _root(self, _request: Request) -> Answer:
        return Answer(200, {"version": {"number": "3.0.0", "distribution": "opensearch"}})

    def _get(self, request: Request, name: str, document: str) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING
        copies = self._cluster.readable(index.shard(document))
        if not copies:
            return _UNAVAILABLE
        known = self._random.choice(copies).documents.get(document)
        if known is None or known.source is None:
            return Answer(404, {"_id": document, "found": False})
        version = {"_seq_no": known.sequence, "_primary_term": known.term}
        return Answer(200, {"_id": document, "found": True, **version, "_source": json.loads(json.dumps(known.source))})

    def _put(self, request: Request, name: str, document: str) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING  # it is made before
        shard = index.shard(document)
        if not shard.is_whole:
            return _UNAVAILABLE
        before = shard.primary.documents.get(document)
        source = json.loads(request.body)
        try:
            operation = shard.write(document, source, request.params)
        except Conflict:
            self._machine.counts["conflicts"] += 1
            return error(409, "version_conflict_engine_exception")
        self.wrote(request, before.source if before else None, source)
        version = {"_seq_no": operation.version.sequence, "_primary_term": operation.version.term}
        return Answer(201, {"_id": document, **version, "result": "updated"}, ((shard, operation),))

    def _bulk(self, request: Request) -> Answer:
        lines = request.body.splitlines()
        items: list[dict[str, Any]] = []
        operations: list[tuple[Shard, Operation]] = []
        place = 0
        is_busy = self.are_missed and self._random.random() < _BUSY_ITEMS
        while place < len(lines):
            ((kind, target),) = json.loads(lines[place]).items()
            source = None if kind == "delete" else json.loads(lines[place + 1])
            place += 1 if kind == "delete" else 2
            shard = self._cluster.indexes[target["_index"]].shard(target["_id"])
            if not shard.is_whole:
                items.append({kind: {"_id": target["_id"], **_UNAVAILABLE.content}})
            elif is_busy and self._random.random() < 0.5:
                items.append({kind: {"_id": target["_id"], **error(429, "rejected_execution_exception").content}})
            else:
                operations.append((shard, shard.write(target["_id"], source, {})))
                items.append({kind: {"_id": target["_id"], "status": 200}})
        return Answer(200, {"items": items}, tuple(operations))

    def _create(self, request: Request, name: str) -> Answer:
        if not self._cluster.create(name, json.loads(request.body)):
            return error(400, "resource_already_exists_exception")
        return Answer(200, {"acknowledged": True})

    def _has(self, _request: Request, name: str) -> Answer:
        return Answer(200, {name: {}}) if name in self._cluster.indexes else _MISSING

    def _drop(self, _request: Request, name: str) -> Answer:
        if self._cluster.indexes.pop(name, None) is None:
            return _MISSING
        for names in self._cluster.aliases.values():
            names.discard(name)
        return Answer(200, {"acknowledged": True})

    def _settings(self, _request: Request, name: str) -> Answer:
        index = self._cluster.indexes.get(name)
        return _MISSING if index is None else Answer(200, {name: {"settings": dict(index.settings)}})

    def _set(self, request: Request, name: str) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING
        index.set(json.loads(request.body), self._cluster.up)
        return Answer(200, {"acknowledged": True})

    def _aliases(self, request: Request) -> Answer:
        for action in json.loads(request.body)["actions"]:
            ((kind, target),) = action.items()
            names = self._cluster.aliases.setdefault(target["alias"], set())
            if target["index"] not in self._cluster.indexes:
                return _MISSING
            if kind == "add":
                names.add(target["index"])
            else:
                names.discard(target["index"])
        return Answer(200, {"acknowledged": True})

    def _refresh(self, _request: Request, name: str) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING
        failed = 0
        for shard in index.shards:
            for copy in shard.copies:
                if copy.node == self._cluster.down:
                    failed += self._random.random() < 0.5  # it may also say that nothing failed
                elif self.are_missed and self._random.random() < _MISSED:
                    self._machine.counts["missed refreshes"] += 1
                    self._machine.at(self._random.uniform(0.1, 1.0), copy.refresh)
                else:
                    copy.refresh()
        return Answer(200, {"_shards": {"failed": failed}})

    def _search(self, request: Request, name: str) -> Answer:
        return self._searched(name, json.loads(request.body), {})

    def _searches(self, request: Request, name: str) -> Answer:
        lines = [json.loads(line) for line in request.body.splitlines()]
        answers = [self._searched(name, body, header) for header, body in zip(lines[::2], lines[1::2], strict=True)]
        return Answer(200, {"responses": [{"status": one.status, **one.content} for one in answers]})

    def _searched(self, name: str, body: dict[str, Any], header: dict[str, Any]) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING
        preference = re.fullmatch(r"_shards:(\d+)\|_only_nodes:(.*)", header.get("preference", ""))
        shards = index.shards if preference is None else [index.shards[int(preference[1])]]
        documents: list[tuple[str, Source]] = []
        reached = 0
        for shard in shards:
            copies = shard.copies
            if preference is not None:
                copies = [copy for copy in copies if copy.node == preference[2]]
                if not copies:
                    return error(400, "illegal_argument_exception")
            copies = [copy for copy in copies if copy.node != self._cluster.down]
            if copies:
                reached += 1
                copy = self._random.choice(copies)
                documents += [(key, one.source) for key, one in copy.shown.items() if one.source is not None]
        figures = {"total": len(shards), "successful": reached, "failed": len(shards) - reached}
        return Answer(200, {**hits(body, documents), "_shards": figures, "timed_out": False})

    def _search_shards(self, _request: Request, name: str) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING
        shards = [
            [{"shard": number, "node": copy.node, "state": "STARTED"} for copy in shard.copies]
            for number, shard in enumerate(index.shards)
        ]
        return Answer(200, {"shards": shards})

    def _delete_by_query(self, request: Request, name: str) -> Answer:
        index = self._cluster.indexes.get(name)
        if index is None:
            return _MISSING
        asked = json.loads(request.body)
        operations: list[tuple[Shard, Operation]] = []
        for shard in index.shards:
            copies = self._cluster.readable(shard)
            if not copies or not shard.is_whole:
                return Answer(200, {"deleted": len(operations), "failures": ["a node has gone"]}, tuple(operations))
            for document, version in found_by(asked["query"], self._random.choice(copies)):
                only = {"if_seq_no": str(version.sequence), "if_primary_term": str(version.term)}
                try:
                    operations.append((shard, shard.write(document, None, only)))
                except Conflict:
                    continue
        return Answer(200, {"deleted": len(operations), "failures": []}, tuple(operations))


def _route(pattern: str, act: Callable[..., Answer]) -> tuple[re.Pattern[str], Callable[..., Answer]]:
    return re.compile(pattern), act


_ROUTES = [
    _route("GET /", Requests._root),
    _route("GET /([^/]+)/_doc/([^/]+)", Requests._get),
    _route("PUT /([^/]+)/_doc/([^/]+)", Requests._put),
    _route("POST /_bulk", Requests._bulk),
    _route("POST /([^/]+)/_search", Requests._search),
    _route("POST /([^/]+)/_msearch", Requests._searches),
    _route("GET /([^/]+)/_search_shards", Requests._search_shards),
    _route("POST /([^/]+)/_refresh", Requests._refresh),
    _route("POST /([^/]+)/_delete_by_query", Requests._delete_by_query),
    _route("GET /([^/]+)/_settings", Requests._settings),
    _route("PUT /([^/]+)/_settings", Requests._set),
    _route("POST /_aliases", Requests._aliases),
    _route("GET /([^/_]+)", Requests._has),
    _route("PUT /([^/_]+)", Requests._create),
    _route("DELETE /([^/_]+)", Requests._drop),
]
