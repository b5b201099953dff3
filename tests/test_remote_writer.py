"""The writer of an index on a real OpenSearch: what a commit shows, and what is left by one that does not end well."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jooya import Document, IndexBusy, IndexDamaged, IndexUnusable, JooyaError
from jooya.indexer.errors import EngineError
from jooya.indexer.ingest.discovery import find
from jooya.indexer.ingest.sync import Sync
from jooya.indexer.options import DEFAULTS
from jooya.indexer.remote import lease
from jooya.indexer.remote.commit_state import State
from jooya.indexer.remote.connection import Connection, action, path
from jooya.indexer.remote.engine_index import EngineIndex
from jooya.indexer.remote.layout import Placement
from jooya.indexer.remote.lease import Lease, LeaseLost
from jooya.indexer.remote.remote_writer import RemoteWriter
from jooya.indexer.remote.state_store import StateStore, Stored

RUN = """
import sys
from jooya.indexer.ingest import sync
from jooya.indexer.remote.remote_index import RemoteIndex
sync.CHECKPOINT = 0.2
with RemoteIndex.open_or_create_url(sys.argv[1]) as index:
    index.add(sys.argv[2], jobs=int(sys.argv[3]), wait=60)
"""


@pytest.fixture
def connection(remote_url: str) -> Iterator[Connection]:
    opened = Connection.open(remote_url)
    yield opened
    opened.close()


def run(writer: RemoteWriter, *documents: Document) -> None:
    Sync(writer, writer.known(), DEFAULTS, find([]), lambda _: None, writer.state.fields).run(documents)


def add(connection: Connection, *documents: Document) -> None:
    with RemoteWriter(connection) as writer:
        run(writer, *documents)


def state_of(connection: Connection) -> State:
    stored = StateStore(connection).read()
    assert stored
    return stored.state


def visible(connection: Connection) -> dict[str, str]:
    """Return the texts that readers see, by the ids of their passages."""
    state = state_of(connection)
    EngineIndex(connection, state.engine_index).refresh()  # also what a commit has not shown
    body = {"query": {"bool": {"filter": state.visible()}}, "size": 10_000}
    hits = connection.search(state.engine_index, body)["hits"]["hits"]
    assert len({hit["_source"]["id"] for hit in hits}) == len(hits) == state.passages
    return {hit["_source"]["id"]: hit["_source"]["stored"]["text"] for hit in hits}


def in_engine(connection: Connection) -> int:
    EngineIndex(connection, state_of(connection).engine_index).refresh()
    return int(connection.request("GET", path(state_of(connection).engine_index, "_count"))["count"])


def test_a_document_is_replaced_as_a_whole(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Document("a", "آب و خاک. " * 300)
    add(connection, old, Document("b", "باد"))
    before = visible(connection)
    assert len(before) > 5
    new = {"a": "خاک", "b": "باد"}
    seen = []
    replace = Lease.replace

    def seen_before(self: Lease, state: State | None = None, **writer: Any) -> None:
        seen.append(visible(connection))
        replace(self, state, **writer)
        seen.append(visible(connection))

    monkeypatch.setattr(Lease, "replace", seen_before)
    add(connection, Document("a", "خاک"), Document("b", "باد"))
    texts = [[*dict.fromkeys(id.partition("#")[0] for id in one)] for one in seen]
    assert all({*keys} == {"a", "b"} for keys in texts)
    assert all(one in (before, {f"{key}#1": text for key, text in new.items()}) for one in seen)
    assert seen[0] == before and seen[-1] != before
    assert in_engine(connection) == 2


def test_what_a_commit_replaced_is_hidden_until_it_is_deleted(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(connection, Document("a", "آب"))
    with monkeypatch.context() as patched:
        patched.setattr(EngineIndex, "delete", _fail)
        with pytest.raises(JooyaError, match="cut off"):
            add(connection, Document("a", "خاک"))
    assert visible(connection) == {"a#1": "خاک"}
    assert in_engine(connection) == 2
    add(connection, Document("b", "باد"))  # completes what was left
    assert visible(connection) == {"a#1": "خاک", "b#1": "باد"}
    assert in_engine(connection) == 2
    assert not state_of(connection).pending


def _fail(*_: object) -> None:
    raise JooyaError("cut off")


def test_a_run_that_fails_shows_nothing(connection: Connection) -> None:
    add(connection, Document("a", "آب"))

    def documents() -> Iterator[Document]:
        yield Document("b", "خاک")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), RemoteWriter(connection) as writer:
        Sync(writer, writer.known(), DEFAULTS, find([]), lambda _: None).run(documents())
    assert visible(connection) == {"a#1": "آب"}
    assert in_engine(connection) == 1
    add(connection, Document("c", "باد"))
    assert visible(connection) == {"a#1": "آب", "c#1": "باد"}


def test_one_writer_at_a_time(connection: Connection) -> None:
    with RemoteWriter(connection):
        began = time.monotonic()
        with pytest.raises(IndexBusy, match=r"process [0-9]+ on .* is writing to http"):
            RemoteWriter(connection, wait=0.5)
        assert 0.5 <= time.monotonic() - began < 5
    add(connection, Document("a", "آب"))


def test_a_writer_that_lost_its_lease_stops(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    add(connection, Document("a", "آب"))
    late = RemoteWriter(connection)
    late.add_document(document="b", id="b#1", text="خاک", exact="خاک", loose="خاک", start=0, end=3)
    with monkeypatch.context() as patched:
        patched.setattr(lease, "_is_over", lambda _: True)  # as if its machine had stood still
        add(connection, Document("c", "باد"))
    with pytest.raises(LeaseLost, match="has lost its lease"), late:
        pass
    # What it has sent late is never seen, though its number is below that of the last commit.
    assert visible(connection) == {"a#1": "آب", "c#1": "باد"}
    state = state_of(connection)
    does = {"index": {"_index": state.engine_index, "_id": "late"}}
    connection.bulk([action(does, {"document": "b", "since": state.dead[0], "number": 1})])
    assert in_engine(connection) == 4  # also what it sent before it knew
    assert visible(connection) == {"a#1": "آب", "c#1": "باد"}
    add(connection, Document("d", "خاک"))
    assert in_engine(connection) == 3  # it was deleted


def test_a_lease_is_renewed_after_a_renewal_that_failed(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[JooyaError] = [EngineError("busy"), IndexUnusable("gone", reason="missing"), IndexDamaged("damaged")]
    renewals: list[bool] = []
    replace = StateStore.replace

    def failing(self: StateStore, before: Stored, state: State, writer: Any) -> Stored:
        if errors:
            raise errors.pop()
        renewals.append(True)
        return replace(self, before, state, writer)

    monkeypatch.setattr(lease, "_RENEWAL", 0.02)
    with RemoteWriter(connection) as writer:
        with monkeypatch.context() as patched:
            patched.setattr(StateStore, "replace", failing)
            until = time.monotonic() + 10
            while (errors or not renewals) and time.monotonic() < until:
                time.sleep(0.02)
        assert renewals
        # What does not pass is raised to the writer, before it writes.
        monkeypatch.setattr(lease, "SECONDS", 0.0)
        monkeypatch.setattr(StateStore, "replace", _fail)
        with pytest.raises(JooyaError, match="cut off"):
            writer.add_document(document="b", id="b#1", text="خاک", exact="خاک", loose="خاک", start=0, end=3)
        monkeypatch.undo()
        writer.cancel()


def test_the_lease_of_a_dead_process_is_taken_at_once(connection: Connection, remote_url: str) -> None:
    script = f"""
import os, signal
from jooya.indexer.remote.connection import Connection
from jooya.indexer.remote.remote_writer import RemoteWriter
writer = RemoteWriter(Connection.open({remote_url!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    add(connection, Document("a", "آب"))
    assert visible(connection) == {"a#1": "آب"}


def test_an_error_names_the_passage_that_is_not_taken(connection: Connection) -> None:
    with RemoteWriter(connection) as writer:
        writer._lease.replace(writer.state._replace(fields={"author": "text"}))  # which the engine's index lacks
    with pytest.raises(EngineError, match=r"does not take the passage 'b#1' \(.*own.*\)"):
        add(connection, Document("a", "آب"), Document("b", "آب", meta={"author": "حافظ"}))
    assert visible(connection) == {}


def test_copies_are_made_after_a_load(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def replicas() -> int:
        return int(EngineIndex(connection, state_of(connection).engine_index).settings()["index.number_of_replicas"])

    writer = RemoteWriter(connection, placement=Placement(replicas=1))
    assert replicas() == 0
    run(writer, Document("a", "آب"))
    writer.commit()
    assert replicas() == 1
    writer._index.change_settings({"index.refresh_interval": "1s"})
    with RemoteWriter(connection) as writer:
        assert replicas() == 1  # the copies of an index that has passages stay
        assert writer._index.settings()["index.refresh_interval"] == "-1"
    settings = EngineIndex(connection, state_of(connection).engine_index).settings()
    assert settings == {"index.number_of_replicas": 1, "index.refresh_interval": "1s"}
    # A writer that was interrupted leaves it to the next one.
    with monkeypatch.context() as patched:
        patched.setattr(RemoteWriter, "_end_load", lambda _: None)
        with RemoteWriter(connection):
            pass
        settings = EngineIndex(connection, state_of(connection).engine_index).settings()
        assert settings["index.refresh_interval"] == "-1"
    with RemoteWriter(connection):
        pass
    settings = EngineIndex(connection, state_of(connection).engine_index).settings()
    assert settings == {"index.number_of_replicas": 1, "index.refresh_interval": "1s"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_writer_that_is_killed_resumes(connection: Connection, remote_url: str, tmp_path: Path, jobs: int) -> None:
    rng = random.Random(jobs)
    for number in range(40):
        text = " ".join(rng.choices(["آب", "خاک", "باد", "کتاب‌ها", "محمدرضا"], k=400)) + ".\n"
        (tmp_path / f"{number}.txt").write_text(text * 3, "utf-8")
    command = [sys.executable, "-c", RUN, remote_url, str(tmp_path), str(jobs)]
    began = time.monotonic()
    subprocess.run([*command[:3], f"{remote_url}-whole", *command[4:]], check=True)
    duration = time.monotonic() - began
    whole = Connection.open(f"{remote_url}-whole")
    expected = visible(whole)
    killed = 0
    for patience in range(30):
        with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
            try:
                process.wait((0.3 + 0.5 * rng.random()) * duration * 1.1**patience)
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
            if process.wait() == 0:
                break
            assert process.returncode == -signal.SIGKILL, process.stderr and process.stderr.read()
    assert killed and process.returncode == 0
    assert visible(connection) == expected
    assert in_engine(connection) == len(expected)
    ours, theirs = state_of(connection), state_of(whole)
    assert (ours.passages, ours.documents, ours.lengths) == (theirs.passages, theirs.documents, theirs.lengths)
