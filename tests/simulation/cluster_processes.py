"""The processes that use an index on a simulated cluster, each by production code, and what they check."""

from cluster_world import ClusterWorld, Commit, Documents
from machine import Violated

from jooya.indexer import IndexUnusable, JooyaError
from jooya.indexer.remote.commit_state import State
from jooya.indexer.remote.connection import Connection
from jooya.indexer.remote.layout import Placement
from jooya.indexer.remote.manifest_store import JOURNAL, stored_manifest
from jooya.indexer.remote.remote_documents import RemoteDocuments
from jooya.indexer.remote.remote_index import RemoteIndex
from jooya.indexer.remote.remote_writer import RemoteWriter
from jooya.indexer.remote.state_store import StateStore

_KEYS = 4
_WORDS = ("آب", "خاک", "باد", "کتاب‌ها")


def write(world: ClusterWorld) -> None:
    """Make some commits, with one writer after another."""
    for _ in range(world.random.choice((1, 1, 2, 3))):
        world.machine.sleep(world.random.choice((0.0, 0.1, 3.0, 30.0)))
        write_once(world, wait=world.random.choice((0.0, 10.0, 60.0, 120.0)))


def write_once(world: ClusterWorld, wait: float, *, cancels: float = 0.1) -> bool:
    """Open a writer and make some commits; return True if all went well.

    Args:
        world: The world.
        wait: How many seconds to wait for another writer.
        cancels: How often the last of the commits is cancelled.
    """
    random, machine = world.random, world.machine
    faults, least = world.network.faults_of(machine.process), world.acknowledged
    world.opened += 1
    world.losers.discard(machine.process)
    try:
        writer = RemoteWriter(world.connection(), wait=wait, placement=Placement(random.choice((1, 2))))
    except JooyaError as error:
        world.expect(error, faults)
        return False
    try:
        commit = _commit_of(world, writer, least)
        for count in reversed(range(random.choice((1, 1, 2, 3)))):
            documents = _change(world, writer, commit.documents)
            if random.random() < 0.1:
                machine.sleep(random.choice((1.0, 8.0, 45.0)))  # for what the process has to read
            tried = world.tries(commit, documents)
            writer.set_journal(tried.mark)
            if count == 0 and random.random() < cancels:
                world.network.trying.pop(machine.process, None)
                world.counts["cancelled"] += 1
                writer.cancel()
                return True
            if count:
                writer.checkpoint()
            else:
                writer.commit()
            world.acknowledge(tried)
            commit = tried
    except JooyaError as error:
        world.expect(error, faults)
        writer.cancel()
        world.network.trying.pop(machine.process, None)
        return False
    return True


def read(world: ClusterWorld) -> None:
    """Read what is in the index, now and then, all of it from one commit."""
    index: RemoteIndex | None = None
    for _ in range(world.random.choice((2, 5, 10))):
        world.machine.sleep(world.random.choice((0.0, 0.1, 0.5, 5.0, 20.0)))
        if index is None:
            index = RemoteIndex(world.connection())
        read_once(world, index)


def read_once(world: ClusterWorld, index: RemoteIndex) -> Commit | None:
    """Read the whole index, and check that it is what one commit has left."""
    least, faults = world.acknowledged, world.network.faults_of(world.machine.process)
    connection = index._connection

    def seen() -> tuple[str, set[str], int]:
        statistics = index._current()
        ids = RemoteDocuments(statistics).ids()
        return mark_of(connection, statistics.state), ids, statistics.state.passages

    try:
        mark, ids, passages = index._from_one_commit(seen)
    except IndexUnusable as error:
        if getattr(error, "reason", "") != "missing" or least.mark:
            raise Violated(f"a reader gets {error!r}") from error
        return None
    except JooyaError as error:
        world.expect(error, faults)
        return None
    if passages != len(ids):
        raise Violated(f"a reader sees {len(ids)} passages where the state has {passages}")
    world.counts["reads"] += 1
    return world.check_seen(mark, ids, least)


def mark_of(connection: Connection, state: State) -> str:
    """Return the mark of the commit that has made a state: the journal beside it."""
    return stored_manifest(StateStore(connection), state).journal if state.content.get(JOURNAL) else ""


def _commit_of(world: ClusterWorld, writer: RemoteWriter, least: Commit) -> Commit:
    """Return the commit that a writer starts from, after a look at what it knows of the index."""
    known = writer.known()
    commit = world.commits[known.manifest.journal]
    if {*known.records} != {*commit.documents} and world.machine.process not in world.losers:
        raise Violated(f"a writer knows {sorted(known.records)} of {commit}")
    if not commit.follows(least):
        raise Violated(f"a writer starts from {commit}, which lacks {least}")
    return commit


def _change(world: ClusterWorld, writer: RemoteWriter, before: Documents) -> Documents:
    """Add, replace and remove documents, each at most once, and return what is there then."""
    random = world.random
    documents = dict(before)
    for key in random.sample([f"d{number}" for number in range(_KEYS)], random.choice((1, 1, 2, 3))):
        known = documents.pop(key, None)
        if known:
            writer.delete_by_term("document", key)
            if random.random() < 0.3:
                continue
        version = world.machine.number()
        ids = [f"{key}#{version}-{number}" for number in range(random.choice((1, 1, 2)))]
        for name in ids:
            text = f"{random.choice(_WORDS)} {random.choice(_WORDS)}"
            writer.add_document(
                document=key, id=name, text=text, exact=text, loose=text, fingerprint=version, start=0, end=len(text),
                digest=version,
            )  # fmt: skip
        documents[key] = tuple(ids)
    return documents
