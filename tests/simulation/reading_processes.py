"""The processes of a simulated machine that read an index, each by production code, and what they check."""

from pathlib import Path
from typing import Any, NamedTuple

from greenlet import getcurrent
from history import State
from machine import Actor, Machine, Violated
from world import COPIES, FOLDER, Copy, World

from jooya.indexer import JooyaError
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.integrity.backup import backup
from jooya.indexer.integrity.segment_check import check_segments
from jooya.indexer.open_index import OpenIndex, open_snapshot


def read(world: World, actor: Actor) -> None:
    """Open the index a few times, as programs do that search it, and read it, also when later commits have come."""
    previous: Snapshot | None = None
    seen: State | None = None
    for _ in range(world.random.choice((1, 2, 4))):
        faults, least = actor.faults, world.history.acknowledged
        try:
            snapshot = open_snapshot(FOLDER, previous)
            state = world.history.state_of(snapshot)
        except (JooyaError, OSError) as error:
            if least is not None:
                world.expect(actor, error, faults)
            world.lets_others_run()
            continue
        world.count("reads")
        world.history.check_seen(state, [least, seen])
        previous, seen = snapshot, state
        world.lets_others_run()
        world.history.check_content(snapshot, state)
        _ask_if_current(world, snapshot, state)


def _ask_if_current(world: World, snapshot: Snapshot, state: State) -> None:
    """Check the answer of a snapshot about later commits."""
    before = world.history.current
    try:
        is_current = snapshot.is_current()
    except OSError:
        return
    # It may take itself for older than it is, if the table was replaced just before it was read.
    if before is world.history.current and is_current and before is not state:
        raise Violated(f"a snapshot of {state} takes itself for the last commit; the index has {before}")


class _Lock:
    """A lock of threads, for those of a simulated process."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._holder: object = None

    def __enter__(self) -> None:
        while self._holder is not None:
            self._machine.sleep(0.0001)
        self._holder = getcurrent()

    def __exit__(self, *_: object) -> None:
        self._holder = None


class Searcher(NamedTuple):
    """A searcher, as far as the refreshing of a server needs it."""

    snapshot: Snapshot


class Server(OpenIndex):
    """An open index that follows the commits of others, shared by threads."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(FOLDER, open_snapshot(FOLDER), None)
        locks: Any = self
        locks._opening = _Lock(machine)

    def _searcher_of(self, snapshot: Snapshot) -> Any:
        return Searcher(snapshot)


def serve(world: World, actor: Actor) -> None:
    """Open the index, and let two threads answer requests from it."""
    faults, least = actor.faults, world.history.acknowledged
    try:
        server = Server(world.machine)
    except (JooyaError, OSError) as error:
        if least is not None:
            world.expect(actor, error, faults)
        return
    world.machine.start(f"{actor.name}, second thread", lambda thread: _answer(world, thread, server), actor.process)
    _answer(world, actor, server)


def _answer(world: World, actor: Actor, server: Server) -> None:
    """Answer requests: each from the last commit before it, at least."""
    for _ in range(world.random.choice((2, 4))):
        faults, least = actor.faults, world.history.acknowledged
        try:
            snapshot = server._searcher().snapshot
            state = world.history.state_of(snapshot)
        except (JooyaError, OSError) as error:
            world.expect(actor, error, faults)
            continue
        world.history.check_seen(state, [least])
        world.count("requests")
        world.lets_others_run()


def copy(world: World, actor: Actor) -> None:
    """Make a backup, and perhaps bring it up to date."""
    to = Path(f"{COPIES}/{actor.process}")
    with_paths = world.random.random() < 0.7
    made: list[State] = []
    for _ in range(world.random.choice((1, 2)) if with_paths else 1):
        world.lets_others_run()
        faults, is_there = actor.faults, world.history.acknowledged is not None
        try:
            snapshot = Snapshot.open(FOLDER)
            state = world.history.state_of(snapshot)
        except (JooyaError, OSError) as error:
            if is_there:
                world.expect(actor, error, faults)
            return
        if made:  # whatever becomes of the update, the copy is whole
            world.copies[to] = world.copies[to]._replace(states=(*made, state))
        try:
            backup(snapshot, to, paths=with_paths)
        except (JooyaError, OSError) as error:
            world.expect(actor, error, faults)
            world.count("failed backups")
            return
        if made:
            world.count("updated backups")
        made = [state]
        world.copies[to] = Copy(to, (state,), with_paths)
        world.count("backups")


def check(world: World, actor: Actor) -> None:
    """Check the index while others write."""
    for _ in range(2):
        faults, least = actor.faults, world.history.acknowledged
        world.lets_others_run()
        try:
            found = check_segments(FOLDER)
        except (JooyaError, OSError) as error:
            if least is not None:
                world.expect(actor, error, faults)
            continue
        if found.problems and least is not None and not world.history.is_damaged and actor.faults == faults:
            raise Violated(f"the check of a sound index says {found.problems}")
        world.count("checks")
