"""The writer of an index on OpenSearch: it has the methods by which a run changes a local one."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from ...analyzers import identity
from ..errors import EngineError, IndexDamaged, JooyaError
from ..ingest.document_records import DocumentRecord
from ..ingest.path_root import PathRoot
from ..ingest.sync import CHECKPOINT, KnownIndex
from ..own_fields import OwnFields
from .commit_state import State
from .connection import Connection, path
from .engine_index import EngineIndex, of_numbers
from .layout import LAYOUT, Placement, check_identity, engine_term
from .lease import Lease, forgotten, without_number
from .manifest_store import JOURNAL, MANIFEST, stored_manifest
from .state_store import StateStore, entries_of, names_of
from .stream_workers import LocalStreams, WorkerStreams, maker
from .streams import PlacedPassage
from .term_counts import TermCounts
from .vocabulary_store import CONTENT, changed_vocabulary

_MOST_DELETED = 10_000
"""The documents that one commit replaces or removes at most: readers leave them out by name for a moment."""

_SENDERS = 2  # threads that send: while the engine works on one request, the next one is on its way
_MOST_SENDING = 4  # requests that are sent or wait for that


class RemoteWriter:
    """A writer, for use by one thread. Its changes are invisible before a commit.

    Attributes:
        store: Where the state is.
    """

    _number: int  # of the next commit
    _places: int  # the number of passages that it has so far
    _key: str | None  # the document whose passages are being added
    _passage: int  # the number of the last of them
    _added: set[str]
    _deleted: dict[str, None]
    _content: dict[str, bytes]
    _counts: TermCounts
    _sending: list[Future[None]]

    def __init__(
        self,
        connection: Connection,
        *,
        jobs: int = 1,
        wait: float = 10.0,
        placement: Placement | None = None,
        rebuild: str | None = None,
        fields: OwnFields | None = None,
    ) -> None:
        """Take the lease of the index, create the index if there is none, and complete what another writer left.

        Args:
            connection: The connection to the index.
            jobs: How many processes analyze texts.
            wait: How many seconds to wait for another writer.
            placement: Where and how a new index is held.
            rebuild: Write a new index, which takes the place of the present one at the end. The text says of what: a
                run that was interrupted is resumed by one of the same.
            fields: The declared fields of a new index; None for those of the present one.

        Raises:
            IndexBusy: Another writer has the lease.
            IndexUnusable: The index is of another layout or analysis.
        """
        self._connection = connection
        self.store = StateStore(connection)
        self._where = connection.address.url
        self._placement = placement or Placement()
        self._rebuilds = rebuild is not None
        self._removed: set[str] = set()  # the names of contents
        name = connection.index
        self._lease = Lease.take(self.store, wait, lambda: State(LAYOUT, identity(), dict(fields or {}), f"{name}-1"))
        self._senders = ThreadPoolExecutor(_SENDERS, "jooya-bulk")
        self._open = True
        try:
            if rebuild is not None:
                self._begin_rebuild(rebuild, fields)
            else:
                check_identity(self._where, self.state.layout, self.state.analysis)
            self._index = EngineIndex(connection, self.state.engine_index)
            if self.state.number == 0 or rebuild is not None:
                self._index.create(self.state.fields, self._placement, None if rebuild is not None else name)
            elif not self._index.exists():
                raise IndexDamaged(
                    f"the passages of {self._where} are missing", "make it again with RemoteIndex.rebuild"
                )
            self._recover()
            if self.state.number:  # what is known of the index is read from some copy or other
                with self._leased():
                    self._index.await_state(self.state)
            self._begin_load()
            self._begin()
            self._streams: LocalStreams | WorkerStreams = (
                LocalStreams(self.state.fields, self._send)
                if jobs == 1
                else WorkerStreams(jobs, self.state.fields, self._send)
            )
        except BaseException:
            self._open = False
            self._senders.shutdown()
            with suppress(JooyaError):  # the lease expires by itself
                self._lease.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._open:
            return
        if error is None:
            try:
                self.commit()
            except BaseException:
                self.cancel()
                raise
        else:
            self.cancel()

    @property
    def state(self) -> State:
        """The state that this writer starts from: the last commit, or that of the index that is being rebuilt."""
        if not self._rebuilds:
            return self._lease.state
        return State.from_json(self._where, self._lease.writer["rebuild"]["state"])

    def present(self) -> tuple[EngineIndex, State]:
        """Return the index that is being replaced, and its state."""
        return EngineIndex(self._connection, self._lease.state.engine_index), self._lease.state

    def known(self) -> KnownIndex:
        """Return what the index knows of its files and documents."""
        with self._leased():
            stored = stored_manifest(self.store, self.state)
        return KnownIndex(stored.root, stored, self.records(stored.root), None)

    def records(self, root: PathRoot) -> dict[str, DocumentRecord]:
        """Return the records of its documents, by key."""
        return self._index.records(self.state, root)

    def add_document(self, **fields: Any) -> None:
        """Add a passage, by the names of its fields; those of a document follow one another."""
        self._lease.check()
        self._raise_failed()
        key = fields["document"]
        if key != self._key:
            self._key, self._passage = key, 0
            self._added.add(key)
            self._counts.documents += 1
        self._passage += 1
        self._streams.add(self._index.name, self._number, PlacedPassage(fields, self._passage, self._places))
        self._places += 1

    def delete_by_term(self, fieldname: str, text: str) -> None:
        """Delete the passages of the document with the key `text`; `fieldname` is `document`."""
        assert fieldname == "document"
        if text in self._added or len(self._deleted) >= _MOST_DELETED:
            # What a commit deletes is older than it: so a document that it has added is committed first.
            self.checkpoint()
        self._deleted[text] = None
        self._key = None

    def set_commit_user_data(self, content: bytes) -> None:
        """Keep a whole manifest from the next commit on, without a journal."""
        self._content[MANIFEST] = content
        self._content[JOURNAL] = b""

    def set_journal(self, journal: str) -> None:
        """Keep a journal beside the manifest from the next commit on."""
        self._content[JOURNAL] = journal.encode()

    def checkpoint(self) -> None:
        """Commit all changes and stay open."""
        self._streams.flush()
        self._finish_sending()
        if not (self._places or self._deleted or self._content):
            return
        before, number = self.state, self._number
        with self._leased():
            if self._deleted:
                self._counts.merge(self._of_deleted(before), -1)
            if self._places:
                self._index.await_written(number, self._places)
            state = self._changed(before, number)
        unused = self._put_state(state, next=number + 1)
        self._begin()  # from here on, the commit stands whatever fails
        self._remove(unused)
        self._delete_pending()

    def checkpoint_if_due(self) -> None:
        """Commit all changes and stay open if the last commit is a while ago."""
        if time.monotonic() - self._committed >= CHECKPOINT:
            self.checkpoint()

    def commit(self) -> None:
        """Commit all changes and close the writer."""
        self.checkpoint()
        self._open = False
        try:
            self._streams.close()
            self._senders.shutdown()
            self._end_load()
            if self._rebuilds:
                self._end_rebuild()
        finally:
            self._lease.release()

    def cancel(self) -> None:
        """Discard what is not committed and close the writer; do nothing if it is closed."""
        if not self._open:
            return
        self._open = False
        self._streams.close()
        self._senders.shutdown(cancel_futures=True)
        try:
            with suppress(JooyaError):  # the next writer does the same, once the lease is over
                if self._places or self._deleted or self._content:  # what is on its way has the number
                    state, writer = without_number(self._lease.state, self._lease.writer, self._number)
                    self._lease.replace(state, **writer)
                    self._index.delete(of_numbers([self._number]))
                self._end_load()
                self._lease.release()
        finally:
            self._lease.abandon()

    @contextmanager
    def _leased(self) -> Iterator[None]:
        """Raise LeaseLost in the place of IndexDamaged if another writer has replaced what is read in the body."""
        try:
            yield
        except IndexDamaged:
            self._lease.replace()
            raise

    def _begin(self) -> None:
        """Begin what the next commit will have."""
        self._number = self._lease.number
        self._committed = time.monotonic()
        self._places = 0
        self._key = None
        self._passage = 0
        self._added = set()
        self._deleted = {}
        self._content = {}
        self._counts = TermCounts()
        self._sending = []

    def _send(self, ids: list[str], actions: list[bytes], counts: TermCounts) -> None:
        """Have a batch sent, once there are not too many on their way."""
        self._counts.merge(counts)
        while sum(not future.done() for future in self._sending) >= _MOST_SENDING:
            self._raise_failed()
            next(future for future in self._sending if not future.done()).exception()
        self._raise_failed()
        self._sending.append(self._senders.submit(self._bulk, ids, actions))

    def _bulk(self, ids: Sequence[str], actions: Sequence[bytes]) -> None:
        self._lease.check()
        results = self._connection.bulk(
            actions, params={"filter_path": "items.*.status,items.*.error"}, accept=range(400, 600)
        )
        for passage, result in zip(ids, results, strict=True):
            if "error" in result:
                error = result["error"]
                reason = error.get("reason", error) if isinstance(error, dict) else error
                raise EngineError(
                    f"OpenSearch does not take the passage {passage!r} ({reason})", status=result["status"]
                )

    def _raise_failed(self) -> None:
        """Raise the error of a batch that could not be sent, and forget those that were."""
        done = [future for future in self._sending if future.done()]
        self._sending = [future for future in self._sending if not future.done()]
        for future in done:
            future.result()

    def _finish_sending(self) -> None:
        for future in self._sending:
            future.result()
        self._sending = []

    def _of_deleted(self, before: State) -> TermCounts:
        """Return what the documents count that the next commit replaces or removes: their texts are analyzed again."""
        self._index.await_state(before)  # or a copy that missed a refresh would tell of texts that are gone
        gone = maker(before.fields)
        for passages in self._index.documents(before, before.fields, [*self._deleted]):
            for values in passages:
                gone.count(values)
            gone.counts.documents += 1
            gone.counts.passages += len(passages)
        if gone.counts.documents != len(self._deleted):
            raise EngineError(
                f"{self._where} shows {gone.counts.documents:,} of the {len(self._deleted):,} documents that are to go",
                "look at the health of the cluster, and run it again",
            )
        return gone.counts

    def _changed(self, before: State, number: int) -> State:
        """Return the state of the next commit, after what is beside it is kept."""
        content = dict(before.content)
        for name, written in self._content.items():
            content[name] = self.store.put(f"{name}-{number}", written) if written else None
        content[CONTENT] = changed_vocabulary(self.store, before, str(number), self._counts)
        lengths = dict(before.lengths)
        for field, (passages, terms) in self._counts.lengths.items():
            known = lengths.get(field, (0, 0))
            lengths[field] = (known[0] + passages, known[1] + terms)
        return before._replace(
            number=number,
            pending=tuple(engine_term(key) for key in self._deleted),
            passages=before.passages + self._counts.passages,
            documents=before.documents + self._counts.documents,
            lengths={field: both for field, both in lengths.items() if both[0]},
            content=content,
        )

    def _put_state(self, state: State, **writer: Any) -> list[Mapping[str, Any]]:
        """Replace the state, and return what the one before the last had beside it, for `StateStore.remove`."""
        before = self.state
        kept = names_of(state.content)
        obsolete = [entry for entry in entries_of(before.content) if entry["name"] not in kept]
        known = self._lease.writer
        # What the last writer could not remove is still among them.
        before_last = [entry for entry in known.get("obsolete", []) if entry["name"] not in self._removed]
        writer["obsolete"] = [*before_last, *obsolete]
        if self._rebuilds:
            self._lease.replace(rebuild={**known["rebuild"], "state": state.to_json()}, **writer)
        else:
            self._lease.replace(state, **writer)
        return [entry for entry in before_last if entry["name"] not in kept] if obsolete else []

    def _remove(self, entries: list[Mapping[str, Any]]) -> None:
        """Remove what no state has beside it any more, and forget it with the next state."""
        self.store.remove(entries)
        self._removed |= {str(entry["name"]) for entry in entries}

    def _delete_pending(self) -> None:
        """Delete what the last commit replaced or removed."""
        state = self.state
        if state.pending:
            self._index.delete(state.replaced())
            self._remove(self._put_state(state._replace(pending=())))

    def _recover(self) -> None:
        """Complete the last commit, and delete what writers left that were interrupted."""
        self._retire()
        self._delete_pending()
        state, over = self.state, forgotten(self._lease.writer)
        if state.dead:
            self._index.delete(of_numbers(state.dead))
            self.store.sweep([self._lease.state.to_json(), dict(self._lease.writer)], self._lease.number)
        if over:
            died = {number: when for number, when in self._lease.writer["died"].items() if int(number) not in over}
            state = state._replace(dead=tuple(sorted({*state.dead} - over)))
            self._remove(self._put_state(state, died=died))

    def _begin_load(self) -> None:
        """Let the engine keep one copy alone, and show nothing by itself, while an empty index is filled."""
        settings = self._index.settings()
        load: dict[str, Any] = {"index.refresh_interval": "-1"}
        if self.state.passages == 0:
            load["index.number_of_replicas"] = 0
        before = {name: settings[name] for name, value in load.items() if settings[name] != value}
        if before and not self._lease.writer.get("restore"):
            self._lease.replace(restore={"index": self._index.name, "settings": before})
            self._index.change_settings({name: load[name] for name in before})

    def _end_load(self) -> None:
        restore = self._lease.writer.get("restore")
        if restore:
            index = EngineIndex(self._connection, restore["index"])
            if index.exists():
                index.change_settings(restore["settings"])
            self._lease.replace(restore=None)

    def _begin_rebuild(self, mark: str, fields: OwnFields | None) -> None:
        """Begin the state of a new index, or go on with that of a run that was interrupted."""
        known = self._lease.writer.get("rebuild")
        declared = dict(self._lease.state.fields if fields is None else fields)
        if known:
            begun = State.from_json(self._where, known["state"])
            if known["mark"] == mark and (begun.layout, begun.analysis) == (LAYOUT, identity()):
                return
            EngineIndex(self._connection, begun.engine_index).drop()
        number = int(self._lease.writer.get("indexes", 1)) + 1
        state = State(LAYOUT, identity(), declared, f"{self._connection.index}-{number}")
        self._lease.replace(indexes=number, rebuild={"mark": mark, "state": state.to_json()})
        if known:  # nobody reads what was beside the other one
            self.store.remove(list(entries_of(known["state"]["content"])))

    def _end_rebuild(self) -> None:
        """Let the new index take the place of the present one."""
        before, state = self._lease.state, self.state
        # The number of a state only rises, also from one index to the next.
        state = state._replace(number=max(state.number, before.number))
        self._rebuilds = False
        obsolete = [*self._lease.writer.get("obsolete", []), *entries_of(before.content)]
        self._lease.replace(state, rebuild=None, retired=before.engine_index, obsolete=obsolete)
        self._retire()

    def _retire(self) -> None:
        """Take the alias from the index that was replaced, and delete it."""
        retired = self._lease.writer.get("retired")
        if not retired:
            return
        alias, old = self._connection.index, EngineIndex(self._connection, retired)
        actions: list[dict[str, Any]] = [{"add": {"index": self._lease.state.engine_index, "alias": alias}}]
        if old.exists():
            actions.append({"remove": {"index": retired, "alias": alias, "must_exist": False}})
        self._connection.request("POST", path("_aliases"), {"actions": actions})
        old.drop()
        self._lease.replace(retired=None)
