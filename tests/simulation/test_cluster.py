"""Faults of writers on OpenSearch that the simulated cluster has shown, each as the moment at which it happened."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import cluster_schedule
import pytest
from cluster_machine import ClusterMachine
from cluster_network import Plan
from cluster_schedule import ClusterSimulation
from cluster_world import ClusterWorld

from jooya.indexer.errors import EngineError
from jooya.indexer.remote.engine_index import EngineIndex
from jooya.indexer.remote.lease import LeaseLost
from jooya.indexer.remote.remote_index import RemoteIndex
from jooya.indexer.remote.remote_writer import RemoteWriter
from jooya.indexer.remote.state_store import Changed, StateStore


@pytest.fixture
def world() -> Iterator[ClusterWorld]:
    """Yield a world in which nothing goes wrong by itself."""
    with ClusterSimulation().answered() as simulation:
        world = simulation.world = ClusterWorld(ClusterMachine(Random(1)), Plan(Random(1)))
        world.network.settle()
        world.network.requests.wrote = lambda *_: None  # these tests look for themselves
        yield world


def run(world: ClusterWorld, *processes: Callable[[], object]) -> None:
    """Let processes run until they end."""
    for number, process in enumerate(processes):
        world.machine.start(f"process {number}", lambda process=process: process())  # type: ignore[misc]
    world.machine.run()


def add(writer: RemoteWriter, key: str) -> None:
    """Add a document of one passage, and a journal that names it."""
    text = "آب"
    writer.add_document(
        document=key, id=f"{key}#1", text=text, exact=text, loose=text, fingerprint=1, digest=1, start=0, end=2
    )
    writer.set_journal(key)


def commit(world: ClusterWorld, key: str, wait: float = 0.0) -> None:
    with RemoteWriter(world.connection(), wait=wait) as writer:
        add(writer, key)


def seen(world: ClusterWorld) -> set[str]:
    return {name.partition("#")[0] for name in RemoteIndex(world.connection()).ids()}


def _fail(*_: object, **__: object) -> None:
    raise EngineError("cut off")


def test_a_commit_stands_though_nothing_can_be_removed_after_it(
    world: ClusterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process() -> None:
        commit(world, "a")
        commit(world, "b")
        with monkeypatch.context() as patched:
            patched.setattr(StateStore, "remove", _fail)
            with pytest.raises(EngineError, match="cut off"):
                commit(world, "c")
        assert seen(world) == {"a", "b", "c"}
        commit(world, "d", wait=60.0)
        assert seen(world) == {"a", "b", "c", "d"}

    run(world, process)


def test_a_writer_that_cannot_discard_its_changes_gives_up_its_lease(
    world: ClusterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process() -> None:
        commit(world, "a")
        writer = RemoteWriter(world.connection())
        add(writer, "b")
        with monkeypatch.context() as patched:
            patched.setattr(EngineIndex, "delete", _fail)
            writer.cancel()
        commit(world, "c", wait=60.0)
        assert seen(world) == {"a", "c"}

    run(world, process)


def test_a_cancelled_commit_without_passages_leaves_its_number(
    world: ClusterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk that it has put beside the state may arrive late, in the place of what the next writer puts there."""

    def process() -> None:
        commit(world, "a")
        writer = RemoteWriter(world.connection())
        number = writer._lease.number
        writer.delete_by_term("document", "a")
        writer.set_journal("nothing")
        with monkeypatch.context() as patched:
            patched.setattr(type(writer._lease), "replace", _fail)
            with pytest.raises(EngineError, match="cut off"):
                writer.checkpoint()
        writer.cancel()
        with RemoteWriter(world.connection()) as other:
            assert other._lease.number > number
            add(other, "b")
        assert seen(world) == {"a", "b"}

    run(world, process)


def test_a_writer_that_stood_still_is_told_that_its_lease_is_lost(world: ClusterWorld) -> None:
    """Another one has removed what the first one reads, which is no damage."""

    def first() -> None:
        commit(world, "a")
        writer = RemoteWriter(world.connection())
        world.machine.pause(world.machine.process, 120.0)
        with pytest.raises(LeaseLost):
            writer.known()
        writer.cancel()

    def second() -> None:
        world.machine.sleep(10.0)
        for key in ("b", "c", "d"):
            commit(world, key, wait=60.0)

    run(world, first, second)


def test_a_writer_that_stood_still_removes_nothing_of_the_next_one(
    world: ClusterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows nothing of what the next one has put beside the state for its commit."""
    put, sweep = StateStore.put, StateStore.sweep
    first: list[int] = []
    sweeps: list[str] = []

    def put_and_wait(self: StateStore, name: str, content: bytes) -> dict[str, Any]:
        entry = put(self, name, content)
        if world.machine.process not in first:
            world.machine.wait(lambda: "end" in sweeps)
        return entry

    def wait_and_sweep(self: StateStore, *arguments: Any) -> None:
        if world.machine.process in first:
            sweeps.append("begin")
            world.machine.pause(world.machine.process, 60.0)
            sweep(self, *arguments)
            sweeps.append("end")
        else:
            sweep(self, *arguments)

    monkeypatch.setattr(StateStore, "put", put_and_wait)
    monkeypatch.setattr(StateStore, "sweep", wait_and_sweep)

    def stands_still() -> None:
        first.append(world.machine.process)
        commit(world, "a")
        writer = RemoteWriter(world.connection())
        add(writer, "b")
        writer.cancel()  # so there is a dead number
        with pytest.raises(LeaseLost):
            commit(world, "c")

    def takes_over() -> None:
        world.machine.wait(lambda: bool(sweeps))
        commit(world, "d", wait=120.0)
        with RemoteWriter(world.connection()) as writer:
            assert {*writer.known().records} == {"a", "d"}

    run(world, stands_still, takes_over)


def test_a_commit_has_no_error_if_another_writer_has_the_lease_that_it_gives_back(
    world: ClusterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to giving it back may be lost, and another writer take it, before this one looks what became of it."""
    replace = StateStore.replace

    def replaced(self: StateStore, before: Any, state: Any, writer: Any) -> Any:
        if writer.get("lease") is None:
            raise Changed
        return replace(self, before, state, writer)

    def process() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(StateStore, "replace", replaced)
            commit(world, "a")
        assert seen(world) == {"a"}

    run(world, process)


def test_what_could_not_be_removed_after_a_commit_is_removed_after_a_later_one(
    world: ClusterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process() -> None:
        for key in ("a", "b"):
            commit(world, key)
        writer = RemoteWriter(world.connection())
        add(writer, "c")
        with monkeypatch.context() as patched:
            patched.setattr(StateStore, "remove", _fail)
            with pytest.raises(EngineError, match="cut off"):
                writer.checkpoint()
        writer._streams.close()
        writer._senders.shutdown()
        writer._lease.release()  # as a writer does that has nothing left to commit
        for key in ("d", "e"):
            commit(world, key)

    run(world, process)
    stored = cluster_schedule._documents(world, "talks-meta")
    left = cluster_schedule._chunks(stored.pop("commit"))
    assert stored.keys() <= left
