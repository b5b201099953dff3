"""One run of processes that use an index on a simulated cluster: what its seed chooses, and what must hold then."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock

import cluster_processes
from cluster_machine import ClusterMachine
from cluster_network import Plan, SimulatedTransport
from cluster_world import INDEX, ClusterWorld
from machine import Violated
from schedule import Figures
from simulated_cluster import Version

from jooya.indexer.remote import (
    connection,
    engine_index,
    lease,
    patience,
    remote_documents,
    remote_writer,
    state_store,
    stream_workers,
)
from jooya.indexer.remote.commit_state import COMMIT, META, State
from jooya.indexer.remote.remote_index import RemoteIndex
from jooya.indexer.remote.state_store import entries_of

KINDS: dict[str, Callable[[ClusterWorld], None]] = {"write": cluster_processes.write, "read": cluster_processes.read}
"""The functions of processes by what they do."""

_COLLECT = 100
"""The runs after which garbage is collected."""

_AFTER_ALL = 3700.0
"""Seconds after which nothing of a dead writer is under way any more, and its number may be forgotten."""


class ClusterSimulation:
    """Runs by their seeds. Use it in a `with` statement of `simulated_clusters`."""

    def __init__(self) -> None:
        self.world: ClusterWorld | None = None
        self.trace: list[str] | None = None
        self._runs = 0

    @property
    def now(self) -> ClusterWorld:
        """The world of the present run."""
        assert self.world is not None
        return self.world

    def run(self, seed: int, *, traced: bool = False) -> Figures:
        """Make the run of a seed.

        Raises:
            Violated: If anything has happened that may never happen.
            Exception: Any exception that no process may raise.
        """
        self._runs += 1
        if self._runs % _COLLECT == 0:
            gc.collect()
        random = Random(seed)
        plan = Plan(random)
        machine = ClusterMachine(random, traced=traced)
        self.trace = machine.trace
        world = self.world = ClusterWorld(machine, plan)
        try:
            kinds = ["write", *(random.choice(("write", "read")) for _ in range(random.choice((1, 2, 2, 3))))]
            for number, kind in enumerate(kinds):
                machine.start(f"{kind} {number}", partial(KINDS[kind], world))
            machine.run()
            self._judge(world)
        finally:
            self.world = None
        machine.counts["sent"] = world.network.sent
        return Figures(machine.steps, dict(machine.counts))

    def _judge(self, world: ClusterWorld) -> None:
        """Check what is left after a run."""
        machine = world.machine
        world.network.settle()
        self._alone(world, lambda: self._read_last(world))
        done = [False]

        def write() -> None:
            done[0] = cluster_processes.write_once(world, wait=120.0, cancels=0.0)

        self._alone(world, write)
        if not done[0]:
            raise Violated("nothing fails any more, and a writer cannot commit")
        machine.pass_time(_AFTER_ALL)
        self._alone(world, write)
        self._alone(world, lambda: self._read_last(world))
        _check_rest(world)

    def _alone(self, world: ClusterWorld, act: Callable[[], None]) -> None:
        world.machine.start("the trial", act)
        world.machine.run()
        world.machine.pass_time(60.0)

    def _read_last(self, world: ClusterWorld) -> None:
        """Check that a reader sees all that was acknowledged."""
        commit = cluster_processes.read_once(world, RemoteIndex(world.connection())) or world.commits[""]
        for other in world.commits.values():
            if other.is_acknowledged and not commit.follows(other):
                raise Violated(f"{other} was acknowledged, and {commit} lacks it")

    # What production code has in the place of the clock, of threads and of chance.

    def _is_idle(self) -> bool:
        return self.world is None or self.world.machine.running is None

    @contextmanager
    def answered(self) -> Iterator["ClusterSimulation"]:
        """Answer the calls of production code within a `with` statement."""
        real_time, real_monotonic, real_sleep, real_pid = time.time, time.monotonic, time.sleep, os.getpid

        def unless_idle(simulated: Callable[..., Any], real: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *arguments: real(*arguments) if self._is_idle() else simulated(*arguments)

        def machine() -> ClusterMachine:
            return self.now.machine

        def name() -> SimpleNamespace:
            return SimpleNamespace(hex=f"n{machine().number()}")

        def began(process: int) -> str:
            here = machine().hosts.get(process) == machine().hosts[machine().process]
            return f"at {process}" if here and machine().lives(process) else ""

        def uniform(low: float, high: float) -> float:
            return machine().random.uniform(low, high)

        transport = SimulatedTransport(lambda: self.now.network, machine)
        threads = SimpleNamespace(
            Thread=lambda **options: machine().threading().Thread(**options),
            Event=lambda: machine().threading().Event(),
            RLock=lambda: machine().threading().RLock(),
        )
        with ExitStack() as patches:
            for module, attribute, replacement in (
                (time, "time", unless_idle(lambda: machine().time(machine().process), real_time)),
                (time, "monotonic", unless_idle(lambda: machine().clock, real_monotonic)),
                (time, "sleep", unless_idle(lambda seconds: machine().sleep(seconds), real_sleep)),
                (os, "getpid", unless_idle(lambda: machine().process, real_pid)),
                (lease, "threading", threads),
                (lease, "_machine", lambda: f"host {machine().hosts[machine().process]}"),
                (lease, "_began", began),
                (lease, "uuid4", name),
                (state_store, "uuid4", name),
                (remote_writer, "ThreadPoolExecutor", lambda *arguments: machine().pool(*arguments)),
                (connection, "transport", lambda *_: transport),
                (patience, "uniform", uniform),
                (stream_workers, "BATCH_CHARACTERS", 12),
                (remote_documents, "_IDS", 3),
                (engine_index, "_TEXTS", 3),
            ):
                patches.enter_context(mock.patch.object(module, attribute, replacement))
            yield self


def _check_rest(world: ClusterWorld) -> None:
    """Check that nothing is left over once the numbers of dead writers are forgotten."""
    cluster = world.network.cluster
    documents = _documents(world, INDEX + META)
    stored = documents.pop(COMMIT)
    state = State.from_json("the cluster", stored["state"])
    if state.dead or state.pending or stored["writer"].get("died"):
        raise Violated(f"an hour later, the state still has {state.dead} and {state.pending}")
    named, needed = _chunks(stored), _chunks(stored["state"])  # what was removed last is named once more
    if not needed <= documents.keys() <= named:
        raise Violated(f"beside the state there are {sorted(documents)}, and {sorted(named)} are named")
    there = {source["id"] for source in _documents(world, state.engine_index).values()}
    shown = world.acknowledged.ids
    if there != shown:
        raise Violated(f"passages are left over, or missing: {sorted(there ^ shown)}")
    if {*cluster.indexes} != {INDEX + META, state.engine_index}:
        raise Violated(f"indexes are left over: {sorted(cluster.indexes)}")


def _documents(world: ClusterWorld, name: str) -> dict[str, Any]:
    """Return what the primary copies of an index have."""
    versions: dict[str, Version] = {}
    for shard in world.network.cluster.indexes[name].shards:
        for copy in shard.copies:
            if copy.documents != shard.primary.documents:
                raise Violated(f"the copies of a shard of {name} have other documents")
        versions |= shard.primary.documents
    return {key: one.source for key, one in versions.items() if one.source is not None}


@contextmanager
def simulated_clusters() -> Iterator[ClusterSimulation]:
    """Return simulated runs within a `with` statement; production code runs in them and nowhere else."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        with ClusterSimulation().answered() as simulation:
            yield simulation
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _chunks(content: Any) -> set[str]:
    """Return the names of the documents of all contents that are named in a state, or in what writers note."""
    return {f"{entry['name']}-{number}" for entry in entries_of(content) for number in range(int(entry["chunks"]))}
