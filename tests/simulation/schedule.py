"""One simulated run of processes that use an index: what its seed chooses, and what must hold at its end."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import reading_processes
import writing_processes
from history import INDEX, History, State
from machine import Actor, Machine, Plan, Violated
from repairing_process import Present, repair, simulated_parts
from simulated_calls import Calls
from tiny_segments import tiny_segments
from world import COPIES, FOLDER, World

from jooya.analyzers import identity
from jooya.indexer import JooyaError
from jooya.indexer.codec import merge_policy, snapshot, toc
from jooya.indexer.codec.lock import NAME as LOCK
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.integrity.repair import repair as repair_index
from jooya.indexer.integrity.segment_check import check_segments

KINDS: dict[str, Callable[[World, Actor], None]] = {
    "write": writing_processes.write,
    "read": reading_processes.read,
    "serve": reading_processes.serve,
    "copy": reading_processes.copy,
    "check": reading_processes.check,
    "watch": writing_processes.watch,
    "repair": repair,
    "create": writing_processes.create,
    "return": writing_processes.turn_back,
}
"""The functions of processes by what they do."""

USUAL = ("write", "write", "write", "read", "read", "serve", "copy", "check", "watch", "repair", "return")

_COLLECT = 500
"""The runs after which garbage is collected. In between it is not, so that nothing happens at another time."""


class Image(NamedTuple):
    """An index to begin with: its files, and its state; no state stands for no index."""

    files: dict[str, bytes]
    state: State | None


class Figures(NamedTuple):
    """The figures of a run: its calls, and how often each thing happened."""

    calls: int
    counts: dict[str, int]


class Simulation:
    """Runs by their seeds. Use it in a `with` statement of `simulated`."""

    def __init__(self, calls: Calls, present: Present) -> None:
        self._calls = calls
        self._present = present
        self._images = [Image({}, None), *self._made_images()]
        self._runs = 0
        self.trace: list[str] | None = None

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
        merge_policy.MERGE_FACTOR = random.choice((2, 3, 8))
        machine = Machine(random, plan, traced=traced)
        self.trace = machine.trace
        image = random.choice(self._images)
        history = History(machine, image.state)
        world = World(machine, history)
        machine.disk.fill({COPIES: {}} if image.state is None else {COPIES: {}, INDEX: image.files})
        self._calls.machine, self._present.world = machine, world
        try:
            self._processes(world)
            machine.run()
            _raise_error(machine)
            self._judge(world)
            _raise_error(machine)
        finally:
            self._calls.machine = self._present.world = None
        return Figures(machine.calls, machine.counts)

    def _processes(self, world: World) -> None:
        """Start the processes that the seed chooses."""
        random, machine = world.random, world.machine
        kinds = [random.choice(USUAL) for _ in range(random.choice((1, 1, 2, 2, 3)))]
        if world.history.current is None:
            kinds = ["create", *("create" if kind == "watch" else kind for kind in kinds)]
        elif random.random() < _DAMAGED and any(name.endswith(".segment") for name in machine.disk.list(INDEX)):
            _damage(world)
            kinds = ["repair", *kinds]
        elif "write" not in kinds and "watch" not in kinds:
            kinds[0] = "write"
        if kinds.count("watch") > 1:
            kinds = [kind for kind in kinds if kind != "watch"] + ["watch"]
        for number, kind in enumerate(kinds):
            machine.start(f"{kind} {number}", partial(KINDS[kind], world))

    def _judge(self, world: World) -> None:
        """Check what is left after a run."""
        machine, history = world.machine, world.history
        faults = machine.disk.faults
        if faults:
            raise Violated("; ".join(faults))
        if machine.has_power:
            dead = {actor.process for actor in machine.actors if actor.dead}
            leaks = [handle.path for handle in machine.disk.handles.values() if handle.owner not in dead]
            if leaks:
                raise Violated(f"processes have ended normally, and files are open: {leaks}")
        else:
            world.count("power cuts")
        machine.settle()
        if not machine.has_power or world.random.random() < 0.5:
            world.count("cuts with losses" if machine.disk.cut(world.random, machine.plan.share) else "cuts")
        _recover(world)
        for copy in world.copies.values():
            found = Snapshot.open(copy.folder)
            state = history.state_of(found) if copy.is_whole else copy.states[0]
            if state not in copy.states:
                raise Violated(f"a backup has {state}, and was made of {copy.states}")
            history.check_content(found, state, with_user_data=copy.is_whole)
        complete = {folder.name for folder in world.copies}
        for name in machine.disk.list(COPIES):
            if name not in complete:
                _check_incomplete(Path(COPIES) / name)

    def _made_images(self) -> Iterator[Image]:
        """Make some indexes to begin with, by the production code."""
        for commits, with_rest, keep in ((0, False, 1), (1, False, 3), (5, False, 1), (5, False, 3), (5, True, 2)):
            plan = Plan(Random(0))
            plan.error_gap, plan.kill_at, plan.cut_at, plan.cut_after, plan.fail_at = 0, [], 0, ("", 0), ("", 0)
            machine = Machine(Random(commits), plan)
            merge_policy.MERGE_FACTOR = 8
            state = State("", None, {}, b"")
            history = History(machine, state)
            world = World(machine, history)
            machine.disk.fill({INDEX: {}})
            self._calls.machine, self._present.world = machine, world
            toc.write(FOLDER, toc.Toc(0, identity(), keep=keep))
            done = 0
            while done < commits:
                _act(machine, partial(writing_processes.write_once, world, wait=0.0))
                done = world.counts.get("commits", 0)
            files = machine.disk.content(INDEX)
            assert history.current is not None
            if with_rest:
                number = json.loads(files[toc.NAME])["generation"] + 1
                files |= {f"{number}.segment": b"incomplete", f"{number}.attachment": b"old", "77-0.spill": b""}
                files |= {f"{number - 1}.{number}.deleted": b"", toc.TEMPORARY: b'{"format": 7'}
            yield Image(files, history.current)
        self._calls.machine = self._present.world = None


_WRITTEN_AGAIN = 0.3
"""The share of runs after which another process writes, with nothing failing any more."""

_CHECKED = 0.3
"""The share of these after which the whole index is checked."""

_DAMAGED = 0.2
"""The share of runs that begin with a damaged index."""


def _damage(world: World) -> None:
    """Damage a file of the index, or remove it."""
    history, disk, random = world.history, world.machine.disk, world.random
    history.is_damaged = True
    name = random.choice(sorted(name for name in disk.content(INDEX) if name != LOCK))
    content = disk.content(INDEX)[name]
    if random.random() < 0.3 or not content:
        disk.unlink(f"{INDEX}/{name}")
    else:
        place = random.randrange(len(content))
        descriptor = disk.open(f"{INDEX}/{name}", 0)
        disk.handle(descriptor).offset = place
        disk.write(descriptor, bytes([content[place] ^ (1 << random.randrange(8))]))
        disk.sync(descriptor)
        disk.close(descriptor)
    folder = disk.open(INDEX, 0)
    disk.sync(folder)
    disk.close(folder)


def _act(machine: Machine, act: Callable[[Actor], None]) -> None:
    """Let one process run alone."""
    machine.start("the trial", act)
    machine.run()
    _raise_error(machine)


def _raise_error(machine: Machine) -> None:
    for actor in machine.actors:
        if actor.error is not None:
            raise actor.error


def _recover(world: World) -> None:
    """Check that the index is in a state that it may have, that it can be written to, and that nothing is left over."""
    machine, history = world.machine, world.history
    machine.has_power = True
    machine.actors.clear()
    history.forget_processes()
    may_be_undone, was_damaged = False, history.is_damaged or world.repaired is not None
    if history.is_damaged:
        _act(machine, lambda _: _repair(world))
        # If nothing was damaged any more, a repair that was killed may have mended it, and not synced what it did.
        may_be_undone = not world.counts.get("repairs", 0)
    if toc.NAME not in machine.disk.content(INDEX):
        if history.acknowledged is not None:
            raise Violated("the table of contents of an index is lost")
        # The index had not been made yet. Files of the first commits are left to whoever reads the message about them.
        for name in machine.disk.content(INDEX):
            machine.disk.unlink(f"{INDEX}/{name}")
        history.current = None
        _act(machine, lambda actor: writing_processes.create(world, actor))
        history.check_recovered(history.states[""])
    else:
        history.check_recovered(history.state_of(Snapshot.open(FOLDER)))
    if not was_damaged and history.current is not None:
        world.counts["kept commits"] = world.counts.get("kept commits", 0) + history.check_kept(history.current, FOLDER)
    commits = world.counts.get("commits", 0)
    if world.random.random() < _WRITTEN_AGAIN:
        _write_again(world)
    if may_be_undone and world.counts.get("commits", 0) == commits:
        return
    # What was acknowledged last is there though all that was not synced is lost.
    machine.disk.cut(world.random, 0.0)
    if toc.NAME in machine.disk.content(INDEX) or history.acknowledged is not None:
        history.check_recovered(history.state_of(Snapshot.open(FOLDER)))


def _write_again(world: World) -> None:
    """Check that the index can be written to, and that nothing is left over then."""
    machine, counts = world.machine, world.counts
    before = counts.get("commits", 0) + counts.get("cancelled", 0)
    _act(machine, lambda actor: writing_processes.write_once(world, actor, 0.0))
    if counts.get("commits", 0) + counts.get("cancelled", 0) == before:
        raise Violated("nothing failed, and a writer did not commit")
    if world.random.random() < _CHECKED and (problems := check_segments(FOLDER).problems):
        raise Violated(f"after a recovery, the check says {problems}")
    rest = machine.disk.content(INDEX).keys() - toc.needed_files(FOLDER, toc.read(FOLDER)) - {toc.NAME, LOCK}
    if rest:
        raise Violated(f"files are left over for ever: {sorted(rest)}")


def _repair(world: World) -> None:
    """Repair an index that may be damaged, and check that no file of it is lost."""
    if world.machine.disk.content(INDEX).keys() - {LOCK}:
        world.count("repairs" if repair_index(FOLDER, 0.0).files else "repairs of nothing")
    world.check_kept()
    world.history.is_damaged = False


def _check_incomplete(folder: Path) -> None:
    """Check that a backup that has not returned is complete, or is no index."""
    try:
        Snapshot.open(folder)
    except FileNotFoundError:
        return
    except JooyaError as error:
        raise Violated(f"an incomplete backup is taken for an index: {error}") from error


@contextmanager
def simulated() -> Iterator[Simulation]:
    """Return simulated runs within a `with` statement; production code runs in them and nowhere else."""
    calls, present = Calls(), Present()
    factor, attempts = merge_policy.MERGE_FACTOR, snapshot._ATTEMPTS
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        with tiny_segments(), simulated_parts(present), calls.answered():
            yield Simulation(calls, present)
    finally:
        merge_policy.MERGE_FACTOR, snapshot._ATTEMPTS = factor, attempts
        gc.unfreeze()
        if was_enabled:
            gc.enable()
