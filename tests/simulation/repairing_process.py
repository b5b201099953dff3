"""The process of a simulated machine that repairs an index, and what a simulation puts in place of production code."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from history import INDEX, State
from machine import Actor
from tiny_segments import DOCUMENTS, KEY, VERSIONS, live_numbers
from world import FOLDER, World

from jooya.indexer import JooyaError
from jooya.indexer import index as making
from jooya.indexer.codec import toc
from jooya.indexer.codec.committer import COMMITTED_SUFFIXES
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.codec.snapshot import Leaf, Snapshot
from jooya.indexer.ingest import watch as watching
from jooya.indexer.integrity import commits
from jooya.indexer.integrity import repair as repairing
from jooya.indexer.integrity.check import CheckedDocument
from jooya.indexer.integrity.repair import _DamagedIndex
from jooya.indexer.integrity.salvage import open_damaged
from jooya.indexer.whoosh import column_writer
from jooya.indexer.whoosh.column_writer import ColumnWriter


class _Damaged(_DamagedIndex):
    """A damaged index of numbers, whose repair marks its commit."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._state: State | None = None
        self._taken: dict[int, int] = {}

    def writer(self, folder: Path, wait: float) -> ColumnWriter:
        writer = super().writer(folder, wait)
        history = self._world.history
        self._state = history.tries(history.current, {}, None)
        self._state.user_data = b""
        self._world.repaired = self._state
        running = self._world.machine.running
        self._world.repairer = running.process if running else 0
        writer.set_journal(self._state.mark)
        return writer

    def _open(self, folder: Path) -> Snapshot:
        found = super()._open(folder)
        kept = {name for name in self._world.machine.disk.list(INDEX) if Path(name).suffix in COMMITTED_SUFFIXES}
        content = self._world.machine.disk.content(INDEX)
        self._world.kept = {name: content[name] for name in (*kept, toc.NAME) if name in content}
        return found

    def _keep(self, state: toc.Toc) -> None:
        assert self._state is not None
        self._state.documents = self._taken | _documents(self.sound)
        super()._keep(state)

    def documents(self, folder: Path) -> Iterator[Any]:
        for entry in reversed(self._damaged):
            damaged, losses = open_damaged(folder, entry)
            self.losses += losses
            if damaged is not None:
                yield from self._readable(damaged)

    def _readable(self, damaged: Any) -> Iterator[Any]:
        numbers = damaged.segment.file.sections[DOCUMENTS].unchecked()
        numbers = numbers if damaged.live is None else numbers[damaged.live]
        known = {number for state in self._world.history.states.values() for number in state.documents.values()}
        for number in known.intersection(numbers.tolist()):
            self._taken.setdefault(number // VERSIONS, number)
            yield repairing._SalvagedDocument(str(number // VERSIONS), [{KEY: str(number)}])


def _documents(leaves: list[Leaf]) -> dict[int, int]:
    found: dict[int, int] = {}
    for leaf in leaves:
        segment: Any = leaf.segment
        found |= {number // VERSIONS: number for number in live_numbers(segment, leaf.live)}
    return found


def _checked_documents(leaves: list[Leaf], _fields: object, _on_count: object = None) -> Iterator[CheckedDocument]:
    """Yield the documents of some segments, none of which has a problem."""
    yield from (CheckedDocument(str(key), None) for key in _documents(leaves))


def repair(world: World, actor: Actor) -> None:
    """Repair the index, which need not be damaged."""
    world.lets_others_run()
    faults, is_there = actor.faults, world.history.acknowledged is not None
    try:
        report = repairing.repair(FOLDER, world.random.choice((0.0, 5.0)))
    except (JooyaError, OSError) as error:
        if is_there:
            world.expect(actor, error, faults)
        return
    world.check_kept()
    world.count("repairs" if report.files else "repairs of nothing")


class Present:
    """The world of the present run.

    Attributes:
        world: It; None between two runs.
    """

    def __init__(self) -> None:
        self.world: World | None = None


@contextmanager
def simulated_parts(present: Present) -> Iterator[None]:
    """Put in place of production code, within a `with` statement, what a simulation must do itself.

    That is where a watch learns of changes, what a repair salvages from damaged segments, and the locks, which tell
    the history who has them.
    """

    def damaged() -> _Damaged:
        assert present.world is not None
        return _Damaged(present.world)

    class Lock(WriteLock):
        """The lock."""

        def __init__(self, folder: Path, wait: float = 0.0) -> None:
            super().__init__(folder, wait)
            if present.world is not None and folder == FOLDER:
                present.world.lock_taken()

        def release(self) -> None:
            if present.world is not None:
                present.world.history.lock_left()
            super().release()

    def present_time() -> int:
        return present.world.machine.disk.time() // 1_000_000 if present.world else 0

    replaced: list[tuple[Any, str, Any]] = [
        (toc, "new_id", lambda: "0123456789abcdef"),
        (toc, "now", present_time),
        (watching, "_changes", lambda sources, _index: sources[0]()),
        (repairing, "_DamagedIndex", damaged),
        (repairing, "check_documents", _checked_documents),
        (column_writer, "WriteLock", Lock),
        (making, "WriteLock", Lock),
        (commits, "WriteLock", Lock),
    ]
    with ExitStack() as patches:
        for module, name, replacement in replaced:
            patches.enter_context(mock.patch.object(module, name, replacement))
        yield
