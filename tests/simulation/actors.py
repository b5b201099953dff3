"""The processes of a simulated machine that use an index, each by the production code, and what each of them checks."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from greenlet import getcurrent
from history import INDEX, History, State, changed
from machine import Actor, Machine, Violated
from simulated_disk import ROOT
from tiny_segments import DOCUMENTS, KEY, SCHEMA, VERSIONS, live_numbers

from jooya.indexer import index as making
from jooya.indexer import IndexBusy, IndexDamaged, IndexReport, IndexUnusable, JooyaError
from jooya.indexer.codec import toc
from jooya.indexer.codec.committer import COMMITTED_SUFFIXES
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.codec.snapshot import Leaf, Snapshot
from jooya.indexer.index import _create
from jooya.indexer.ingest import watch as watching
from jooya.indexer.integrity import repair as repairing
from jooya.indexer.integrity.backup import backup
from jooya.indexer.integrity.check import CheckedDocument
from jooya.indexer.integrity.repair import _DamagedIndex
from jooya.indexer.integrity.salvage import open_damaged
from jooya.indexer.integrity.segment_check import check_segments
from jooya.indexer.open_index import OpenIndex, open_snapshot
from jooya.indexer.whoosh import column_writer
from jooya.indexer.whoosh.column_writer import ColumnWriter

FOLDER = Path(INDEX)
COPIES = f"{ROOT}/copies"
_KEYS = 6
_SOURCE = 9
"""The key of the document that a watch keeps up to date."""

_TRIES = 12
"""The updates that fail before nothing fails any more, so that a watch can come to its end."""


class Copy(NamedTuple):
    """A backup that was made: its folder, the state that it has, and True if it has the user data, too."""

    folder: Path
    state: State
    is_whole: bool


class World:
    """What the processes of a run share.

    Attributes:
        machine: The machine.
        history: What the index must hold.
        copies: The backups whose calls have returned.
        source: The version of the document that a watch keeps up to date.
        counts: How often things have happened that a trial must show.
        kept: The content of the files that the last repair found, none of which may be lost.
        repaired: The state that it commits.
    """

    def __init__(self, machine: Machine, history: History) -> None:
        self.machine = machine
        self.history = history
        self.random = machine.random
        self.copies: list[Copy] = []
        self.source = 0
        self.counts = machine.counts
        self.kept: dict[str, bytes] = {}
        self.repaired: State | None = None

    def count(self, what: str) -> None:
        """Count that something has happened."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def expect(self, actor: Actor, error: BaseException, faults: int) -> None:
        """Check that a process had to get an error.

        Args:
            actor: The process.
            error: The error.
            faults: How many of its calls had failed before.
        """
        if isinstance(error, IndexBusy):
            self.count("busy")
            return
        is_damage = isinstance(error, IndexUnusable | FileNotFoundError) and self.history.is_damaged
        is_fault = actor.faults > faults and not isinstance(error, IndexDamaged)
        if not is_damage and not is_fault:
            raise Violated(f"{actor.name} gets {error!r}") from error

    def check_kept(self) -> None:
        """Check that no file that a repair has found is lost; later commits may remove those that were sound."""
        if self.repaired is None or self.history.current not in (self.repaired, self.repaired.parent):
            return
        disk = self.machine.disk
        found = [disk.content(INDEX)]
        if toc.DAMAGED in disk.list(INDEX):
            found += [disk.content(f"{INDEX}/{toc.DAMAGED}/{name}") for name in disk.list(f"{INDEX}/{toc.DAMAGED}")]
        for name, content in self.kept.items():
            if not any(files.get(name) == content for files in found):
                raise Violated(f"a repair has lost the file {name}")

    def lets_others_run(self) -> None:
        """Wait for a random time."""
        self.machine.sleep(self.random.choice((0.0, 0.001, 0.01, 0.5)))


def create(world: World, actor: Actor) -> None:
    """Make an index, unless somebody has; the state of an index that was just made has no mark."""
    faults = actor.faults
    history = world.history
    if "" not in history.states:
        history.states[""] = State("", None, {}, b"")
    history._trying[actor.process] = history.states[""]
    try:
        _create(FOLDER, {}, or_open=True)
    except (JooyaError, OSError) as error:
        world.expect(actor, error, faults)
    else:
        history.acknowledge(history.states[""])
        world.count("created")
    history._trying.pop(actor.process, None)


def write(world: World, actor: Actor) -> None:
    """Make some commits."""
    for _ in range(world.random.choice((1, 1, 1, 2))):
        write_once(world, actor, wait=world.random.choice((0.0, 0.2, 5.0)))
        world.lets_others_run()


def write_once(world: World, actor: Actor, wait: float, source: int = 0) -> None:
    """Open a writer, change documents and commit, and check what errors say.

    Args:
        world: The world.
        actor: The process.
        wait: Seconds to wait for another writer.
        source: The version that the watched document gets; 0 for random changes.

    Raises:
        JooyaError: As the writer raises it, if there is a `source`.
        OSError: As the writer raises it, if there is a `source`.
    """
    random, faults, is_there = world.random, actor.faults, world.history.acknowledged is not None
    try:
        writer = ColumnWriter(FOLDER, SCHEMA, _no_searcher, memory=random.choice((0, 512)), wait=wait)
    except (JooyaError, OSError) as error:
        if is_there:
            world.expect(actor, error, faults)
        if source:
            raise
        return
    state: State | None = None
    try:
        base = _base(world, writer)
    except IndexDamaged as error:  # of the user data, which are read when they are asked for
        world.expect(actor, error, faults)
        writer.cancel()
        return
    try:
        if source:
            documents = _add(writer, base.documents, _SOURCE, source)
        else:
            documents = _change(world, writer, base.documents)
        end = 1.0 if source else random.random()
        if end < 0.1:
            world.count("cancelled")
            writer.cancel()
            return
        if end < 0.3:
            for _ in range(random.choice((1, 2))):
                state = _mark(world, writer, base, documents)
                writer.checkpoint()
                world.history.acknowledge(state)
                world.count("checkpoints")
                base, state = _base(world, writer), None
                documents = _change(world, writer, documents)
        state = _mark(world, writer, base, documents)
        merging = random.random()
        writer.commit(optimize=merging < 0.1, merge=merging < 0.9)
    except (JooyaError, OSError) as error:
        world.expect(actor, error, faults)
        world.count("failed commits")
        world.history.failed(state or _unchanged(), error)
        world.history._trying.pop(actor.process, None)
        if source:
            raise
    else:
        world.history.acknowledge(state)
        world.count("commits")


def _unchanged() -> State:
    """Return a state for an error that came before a commit was tried: the index must be as it was."""
    return State("", None, {}, b"")


def _no_searcher() -> Any:
    raise AssertionError("nobody deletes by query")


def _base(world: World, writer: ColumnWriter) -> State:
    """Return the state that a writer starts from; as it has the lock, that is the last one."""
    state = world.history.state_of(writer._snapshot)
    if state is not world.history.current:
        raise Violated(f"a writer starts from {state}, and the index has {world.history.current}")
    return state


def _change(world: World, writer: ColumnWriter, documents: dict[int, int]) -> dict[int, int]:
    for _ in range(world.random.choice((1, 1, 2, 3))):
        key = world.random.randrange(_KEYS)
        if world.random.random() < 0.25:
            writer.delete_by_term(KEY, str(key))
            documents = changed(documents, key, 0)
        else:
            documents = _add(writer, documents, key, world.history.new_number())
    return documents


def _add(writer: ColumnWriter, documents: dict[int, int], key: int, version: int) -> dict[int, int]:
    writer.delete_by_term(KEY, str(key))
    writer.add_document(key=str(key * VERSIONS + version))
    return changed(documents, key, version)


def _mark(world: World, writer: ColumnWriter, base: State, documents: dict[int, int]) -> State:
    if world.random.random() < 0.3:
        state = world.history.tries(base, documents, b"new")
        writer.set_commit_user_data(state.user_data)
    else:
        state = world.history.tries(base, documents)
        writer.set_journal(state.mark)
    return state


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
    """What a server searches with, as far as refreshing it goes."""

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
    world.machine.start(
        f"{actor.name}, second thread", lambda thread: _answer(world, thread, server), actor.process
    )
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
    """Make a backup."""
    world.lets_others_run()
    faults, is_there = actor.faults, world.history.acknowledged is not None
    to = Path(f"{COPIES}/{actor.process}")
    with_paths = world.random.random() < 0.7
    try:
        snapshot = Snapshot.open(FOLDER)
        state = world.history.state_of(snapshot)
    except (JooyaError, OSError) as error:
        if is_there:
            world.expect(actor, error, faults)
        return
    try:
        backup(snapshot, to, paths=with_paths)
    except (JooyaError, OSError) as error:
        world.expect(actor, error, faults)
        world.count("failed backups")
        return
    world.copies.append(Copy(to, state, with_paths))
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


def watch(world: World, actor: Actor) -> None:
    """Keep a document up to date with its source, whatever fails, until the source does not change any more."""
    tries = 0
    world.source = 1

    def changes() -> Iterator[bool]:
        seen = -1
        while True:
            now = world.source
            yield now != seen
            seen = now
            world.machine.sleep(1.0)

    def update() -> IndexReport:
        nonlocal tries
        tries += 1
        if tries > _TRIES:
            world.machine.stop_errors()
        version = world.source
        write_once(world, actor, 1.0, version)
        return IndexReport(new=version)

    try:
        # Where changes come from is the one thing that the machine does not simulate (see `simulated_parts`).
        sources: Any = [changes]
        for report in watching.watch(sources, update, FOLDER, lambda: None):
            world.count("updates")
            if report.new == world.source and world.source > 1:
                return
            if world.source == 1:
                world.source = 2
    except (JooyaError, OSError) as error:
        if not world.history.is_damaged:
            raise Violated(f"a watch ends with {error!r}") from error


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
                present.world.history.lock_taken()

        def release(self) -> None:
            if present.world is not None:
                present.world.history.lock_left()
            super().release()

    replaced: list[tuple[Any, str, Any]] = [
        (watching, "_changes", lambda sources, _index: sources[0]()),
        (repairing, "_DamagedIndex", damaged),
        (repairing, "check_documents", _checked_documents),
        (column_writer, "WriteLock", Lock),
        (making, "WriteLock", Lock),
    ]
    with ExitStack() as patches:
        for module, name, replacement in replaced:
            patches.enter_context(mock.patch.object(module, name, replacement))
        yield
