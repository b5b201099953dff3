"""The processes of a simulated machine that write an index, each by production code, and what they check."""

from collections.abc import Iterator
from typing import Any

from history import State, changed
from machine import Actor, Violated
from tiny_segments import KEY, SCHEMA, VERSIONS
from world import FOLDER, World

from jooya.indexer import BadInput, IndexDamaged, IndexReport, JooyaError
from jooya.indexer.codec import toc
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.index import _create
from jooya.indexer.ingest import watch as watching
from jooya.indexer.integrity import commits
from jooya.indexer.whoosh.column_writer import ColumnWriter

_KEYS = 6
_SOURCE = 9
"""The key of the document that a watch keeps up to date."""

_TRIES = 12
"""The updates that fail before nothing fails any more, so that a watch can come to its end."""


def create(world: World, actor: Actor) -> None:
    """Make an index, unless somebody has; the state of an index that was just made has no mark."""
    faults = actor.faults
    history = world.history
    if "" not in history.states:
        history.states[""] = State("", None, {}, b"")
    history._trying[actor.process] = history.states[""]
    try:
        _create(FOLDER, {}, 1, None, or_open=True)
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
        before = base.documents
        documents = _add(writer, before, _SOURCE, source) if source else _change(world, writer, before)
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


def turn_back(world: World, actor: Actor) -> None:
    """Return to an earlier commit that is kept."""
    world.lets_others_run()
    faults, is_there = actor.faults, world.history.acknowledged is not None
    try:
        kept = toc.kept_generations(FOLDER, toc.read(FOLDER))
        if not kept:
            return
        generation = world.random.choice(kept)
        target = world.history.state_of(Snapshot.open_kept(FOLDER, generation))
    except (JooyaError, OSError) as error:
        if is_there and not isinstance(error, FileNotFoundError):  # a later commit may have removed it
            world.expect(actor, error, faults)
        return
    state = world.history.returns(target)
    try:
        commits.return_to(FOLDER, str(generation), None, world.random.choice((0.0, 5.0)))
    except BadInput:
        world.count("returns to nothing")
    except (JooyaError, OSError) as error:
        world.expect(actor, error, faults)
    else:
        world.history.acknowledge(state)
        world.count("returns")
    world.history._trying.pop(actor.process, None)


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
