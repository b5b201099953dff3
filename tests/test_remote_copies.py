"""Copies of shards that show less than was written: a writer must notice, whichever copy it happens to ask."""

from collections.abc import Iterator
from typing import Any

import pytest
from engine_proxy import EngineProxy, Fault, StaleCopy, proxied

from jooya import Document, IndexDamaged
from jooya.indexer.errors import EngineError
from jooya.indexer.ingest.discovery import find
from jooya.indexer.ingest.sync import Sync
from jooya.indexer.options import DEFAULTS
from jooya.indexer.remote.commit_state import State
from jooya.indexer.remote.connection import Connection, action, path
from jooya.indexer.remote.engine_index import EngineIndex
from jooya.indexer.remote.lease import Lease
from jooya.indexer.remote.remote_index import RemoteIndex
from jooya.indexer.remote.remote_writer import RemoteWriter
from jooya.indexer.remote.shard_copies import ShardCopies, counted
from jooya.indexer.remote.state_store import StateStore
from jooya.indexer.remote.vocabulary_store import vocabulary

FIRST = [Document("a", "آب و خاک"), Document("b", "باد")]
SECOND = [Document("a", "کتاب‌های خوب را می‌خواند و می‌رود. " * 200), Document("c", "آتش و آب")]
THIRD = [Document("a", "باران"), Document("b", "برف و باد و باران")]
LAST = [SECOND[1], *THIRD]
"""The documents that are there after these."""


@pytest.fixture
def proxy(opensearch: str) -> Iterator[EngineProxy]:
    with proxied(opensearch) as running:
        yield running


@pytest.fixture
def direct(remote_url: str) -> Iterator[Connection]:
    opened = Connection.open(remote_url)
    yield opened
    opened.close()


@pytest.fixture
def connection(remote_url: str, proxy: EngineProxy) -> Iterator[Connection]:
    opened = Connection.open(f"{proxy.url}/{remote_url.rpartition('/')[2]}")
    yield opened
    opened.close()


def run(writer: RemoteWriter, documents: list[Document]) -> None:
    Sync(writer, writer.known(), DEFAULTS, find([]), lambda _: None, writer.state.fields).run(documents)


def add(connection: Connection, documents: list[Document]) -> None:
    with RemoteWriter(connection) as writer:
        run(writer, documents)


def state_of(connection: Connection) -> State:
    stored = StateStore(connection).read()
    assert stored
    return stored.state


def statistics(connection: Connection) -> list[Any]:
    """Return all that ranking uses of an index as a whole."""
    state = state_of(connection)
    words = [[list(part) for part in vocabulary(connection, state, field)] for field in ("exact", "text", "loose")]
    return [state.passages, state.documents, dict(state.lengths), words]


def fresh(remote_url: str, documents: list[Document]) -> list[Any]:
    """Return the statistics of an index that is made of some documents in one go."""
    connection = Connection.open(f"{remote_url}-fresh")
    add(connection, documents)
    found = statistics(connection)
    connection.close()
    return found


@pytest.mark.parametrize("missed", [0, 1, 3])
@pytest.mark.parametrize("when", ["before the writer", "before its commit"])
def test_a_copy_that_missed_a_refresh_does_not_mislead_a_writer(
    connection: Connection,
    direct: Connection,
    proxy: EngineProxy,
    opensearch: str,
    remote_url: str,
    when: str,
    missed: int,
) -> None:
    add(direct, FIRST)
    index = state_of(direct).engine_index
    stale = StaleCopy(opensearch, index, missed=missed)
    add(direct, SECOND)
    if when == "before the writer":
        proxy.rewrite = stale.rewrite
    with RemoteWriter(connection) as writer:
        run(writer, THIRD)
        proxy.rewrite = stale.rewrite
    assert not stale.is_stale
    assert statistics(direct) == fresh(remote_url, LAST)


@pytest.mark.parametrize("missed", [0, 1, 3])
def test_nothing_is_acknowledged_that_a_copy_does_not_show(
    connection: Connection,
    direct: Connection,
    proxy: EngineProxy,
    opensearch: str,
    monkeypatch: pytest.MonkeyPatch,
    missed: int,
) -> None:
    add(direct, FIRST)
    index = state_of(direct).engine_index
    seen: list[tuple[int, int]] = []
    replace = Lease.replace

    def watched(self: Lease, state: State | None = None, **writer: Any) -> None:
        if state is not None and state != self.state and not state.dead:
            stale = views[-1]
            assert not stale.is_stale, "a copy does not show what the state says"
            seen.append((state.number, len(state.pending)))
            replace(self, state, **writer)
            # Of what follows, the copy shows nothing before it is refreshed.
            views.append(StaleCopy(opensearch, index, missed=missed))
            proxy.rewrite = views[-1].rewrite
        else:
            replace(self, state, **writer)

    with RemoteWriter(connection) as writer:
        views = [StaleCopy(opensearch, index, missed=missed)]
        proxy.rewrite = views[-1].rewrite
        monkeypatch.setattr(Lease, "replace", watched)
        run(writer, SECOND)
    assert seen == [(2, 1), (2, 0)]  # the commit, and that nothing is to be deleted any more


def test_documents_are_listed_though_a_copy_of_a_reader_is_behind(
    direct: Connection, proxy: EngineProxy, opensearch: str, remote_url: str
) -> None:
    add(direct, FIRST)
    stale = StaleCopy(opensearch, state_of(direct).engine_index, missed=1_000)
    add(direct, SECOND)

    def counts_alone(path: str, body: bytes) -> tuple[str, bytes]:
        """Have the copy answer where documents are counted by their keys and nothing else is asked for."""
        return stale.rewrite(path, body) if b'"shard_size"' in body and b'"size":0' in body else (path, body)

    proxy.rewrite = counts_alone
    with RemoteIndex.open_url(f"{proxy.url}/{remote_url.rpartition('/')[2]}") as opened:
        assert [one.key for one in opened.documents()] == ["a", "b", "c"]


def test_a_copy_that_stays_behind_is_an_error(
    connection: Connection, direct: Connection, proxy: EngineProxy, opensearch: str
) -> None:
    add(direct, FIRST)
    stale = StaleCopy(opensearch, state_of(direct).engine_index, missed=1_000)
    add(direct, SECOND)
    before = statistics(direct)
    proxy.rewrite = stale.rewrite
    with pytest.raises(IndexDamaged, match=r"the statistics of .* are not those of its passages"):
        add(connection, THIRD)
    proxy.rewrite = None
    assert statistics(direct) == before
    add(direct, THIRD)  # the lease is free


def test_statistics_that_have_drifted_are_told_and_made_again(direct: Connection, remote_url: str) -> None:
    add(direct, FIRST)
    index = state_of(direct).engine_index
    foreign = {"document": "x", "since": 1, "number": 1, "length": {"text": 3}}
    direct.bulk([action({"index": {"_index": index, "_id": "foreign"}}, foreign)])
    with pytest.raises(IndexDamaged, match=r"the statistics of .* are not those of its passages: make it again"):
        add(direct, THIRD)
    with RemoteIndex.open_url(remote_url) as opened:
        opened.rebuild(*LAST)
    assert statistics(direct) == fresh(remote_url, LAST)


def test_every_copy_is_asked(direct: Connection, proxy: EngineProxy, connection: Connection) -> None:
    add(direct, FIRST)
    index = state_of(direct).engine_index
    everything = counted({"match_all": {}})
    assert ShardCopies(connection, index).figures(everything) == (2,)

    def twice(answer: dict[str, Any]) -> None:
        answer["shards"] = [2 * copies for copies in answer["shards"]]

    def one_less(answer: dict[str, Any]) -> None:
        answer["responses"][1]["hits"]["total"]["value"] -= 1

    proxy.do(Fault(change=twice), Fault(change=one_less))
    assert ShardCopies(connection, index).figures(everything) is None
    # A copy that has moved to another node is looked for again.
    elsewhere = Fault(change=lambda answer: answer["shards"][0][0].update(node="nowhere"))
    proxy.do(elsewhere, elsewhere)
    assert ShardCopies(connection, index).figures(everything) == (2,)
    # A shard without any copy does not count as empty.
    proxy.do(Fault(change=lambda answer: answer["shards"][0].clear()))
    assert ShardCopies(connection, index).figures(everything) == (2,)


def test_a_state_is_built_on_once_it_is_acknowledged(
    connection: Connection, direct: Connection, proxy: EngineProxy
) -> None:
    add(direct, FIRST)
    store = StateStore(connection)
    before = store.read()
    assert before
    proxy.do(Fault(cut="after"))
    after = store.replace(before, before.state, {**before.writer, "note": 1})
    methods = [method for method, asked, _ in proxy.requests if asked.startswith(path(store.name, "_doc", "commit"))]
    # What is read after the lost answer may be on one copy alone; the second answer says that it is on all.
    assert methods == ["PUT", "GET", "PUT"]
    assert store.read() == after
    proxy.do(*[Fault(cut="after"), Fault()] * 5)
    with pytest.raises(EngineError):
        store.replace(after, before.state, before.writer)


def test_a_deletion_that_fails_in_part_is_repeated(
    connection: Connection, direct: Connection, proxy: EngineProxy
) -> None:
    add(direct, [Document("a", "آب"), Document("b", "باد")])
    index = EngineIndex(connection, state_of(direct).engine_index)
    failed = Fault(change=lambda answer: answer.update(deleted=0, failures=[{"status": 500}]))
    proxy.do(Fault(), Fault(), Fault(), Fault(status=400), Fault(), Fault(), Fault(), failed)
    index.delete({"term": {"document": "a"}})
    assert ShardCopies(direct, index.name).figures(counted({"match_all": {}})) == (1,)
    assert sum("_delete_by_query" in asked for _, asked, _ in proxy.requests) == 2
