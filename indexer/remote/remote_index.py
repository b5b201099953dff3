"""The class `RemoteIndex`: an index on OpenSearch, with the methods of `Index` that change it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import uuid4

from ...analyzers import identity
from ..arguments import check_integer, check_number
from ..boundary import reading
from ..defaults import INDEXING_MEMORY, LOCK_WAIT
from ..document import Document
from ..hashing import stable_hash
from ..ingest import manifest
from ..ingest.add_items import documents_of
from ..ingest.document_records import DocumentRecord
from ..ingest.intake import (
    Intake,
    check_adding,
    check_keys,
    check_paths,
    check_watched,
    documents_to_replace,
    intake,
    matching_keys,
)
from ..options import DEFAULTS, ReadOptions
from ..own_fields import FieldProblems, OwnFields, checked_fields
from ..reports import IndexReport, IndexStatus, Progress
from .commit_state import State
from .connection import Connection
from .layout import Placement
from .open_remote import OpenRemote
from .remote_documents import RemoteDocuments
from .state_store import StateStore

if TYPE_CHECKING:
    from .address import ConnectionOptions, Secrets
    from .remote_writer import RemoteWriter


class RemoteIndex(OpenRemote):
    """A Persian full-text index on OpenSearch. It has the methods of `Index`.

    Attributes:
        url: The address of the index.
    """

    _placement: Placement | None = None

    @classmethod
    def open_or_create_url(
        cls,
        url: str,
        *,
        fields: OwnFields | None = None,
        shards: int | None = None,
        replicas: int | None = None,
        options: "ConnectionOptions | None" = None,
        secrets: "Secrets | None" = None,
    ) -> Self:
        """Open the index at a URL, and create one if there is none.

        Args:
            url: The address: `https://HOST:PORT/INDEX`.
            fields: The declared fields, as for `declare`; None to leave those of an index that is there.
            shards: The number of shards of an index that is made, now or by `rebuild`; None for one.
            replicas: The number of copies of each of its shards; None for what OpenSearch makes by itself.
            options: How to reach it. None: as the environment says.
            secrets: Who this client is. None: as the environment says.

        Raises:
            IndexBusy: Another process is writing to it.
            EngineError: OpenSearch refuses the request, or cannot be reached.
        """
        declared = None if fields is None else checked_fields(fields)
        for name, value, least in (("shards", shards, 1), ("replicas", replicas, 0)):
            if value is not None:
                check_integer(name, value, least)
        index = cls(Connection.open(url, options, secrets))
        index._placement = Placement(shards or 1, replicas)
        try:
            state = index._state()
            if state is None:
                with index._writer(fields=declared or {}):
                    pass
            elif declared is not None and declared != state.fields:
                index.declare(declared)
        except BaseException:
            index.close()
            raise
        return index

    def add(
        self,
        *items: str | Path | Document | Iterable[str | Path | Document],
        options: ReadOptions | None = None,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: Callable[[Progress], None] | None = None,
        ignore_missing: bool = False,
    ) -> IndexReport:
        """Add files, folders and documents, and bring the index up to date with them.

        This is what `Index.add` does, but the paths that the index keeps are absolute, since it is in no folder.

        Args:
            items: Paths of files and folders, `Document` objects, and lists or other iterables of them.
            options: How files are read and documents cut into passages.
            exclude: Patterns as in a .gitignore file, relative to each folder in `items`.
            memory: As for `Index.add`. What waits to be sent takes less in any case.
            jobs: How many processes analyze documents.
            wait: How many seconds to wait while another process is writing to the index.
            on_progress: A function that is called now and then with the progress.
            ignore_missing: Go on with the other items if a path does not exist or cannot be looked at.

        Returns:
            The numbers of documents that are new, updated, unchanged and removed, and what was skipped, with reasons.

        Raises:
            BadInput: A path does not exist and nothing was indexed from it, or a pattern cannot be read.
            IndexBusy: Another process is still writing after `wait` seconds, or has taken the place of this one.
            EngineError: OpenSearch refuses what is written, or cannot be reached.
        """
        exclude = check_adding(options, exclude, memory, jobs, wait, on_progress)
        return self._add(items, _Adding(options or DEFAULTS, exclude, jobs, wait, on_progress, ignore_missing))

    def rebuild(
        self,
        *items: str | Path | Document | Iterable[str | Path | Document],
        fields: OwnFields | None = None,
        options: ReadOptions | None = None,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: Callable[[Progress], None] | None = None,
        ignore_missing: bool = False,
    ) -> IndexReport:
        """Make a new index of some files, folders and documents, which takes the place of the present one at the end.

        Until then, the present one answers. An interrupted run is resumed by another one for the same paths. This is
        the way to another number of shards, and from an index of another version of Jooya.

        Args:
            items: As for `add`.
            fields: The declared fields of the new index; None for those of the present one.
            options: As for `add`.
            exclude: As for `add`.
            memory: As for `add`.
            jobs: As for `add`.
            wait: As for `add`.
            on_progress: As for `add`.
            ignore_missing: As for `add`.

        Returns:
            What `add` returns; all documents are new.

        Raises:
            BadInput: As for `add`.
            IndexBusy: As for `add`.
            EngineError: As for `add`. The present index is as it was.
        """
        exclude = check_adding(options, exclude, memory, jobs, wait, on_progress)
        declared = None if fields is None else checked_fields(fields)
        adding = _Adding(options or DEFAULTS, exclude, jobs, wait, on_progress, ignore_missing)
        return self._add(items, adding, rebuild=True, fields=declared)

    def _add(
        self, items: Sequence[Any], adding: "_Adding", *, rebuild: bool = False, fields: OwnFields | None = None
    ) -> IndexReport:
        self._check_open()
        state = self._state()
        known = manifest.load(self._stored_manifest(state))
        taken = intake(items, adding.exclude, known, lambda: self._records(state), ignore_missing=adding.ignore_missing)
        if not rebuild and state is not None and state.analysis == identity():
            report = taken.report_unchanged(known, adding.options)
            if report is not None:
                return report

        from ..ingest.sync import Sync  # noqa: PLC0415 - searching does not wait for readers and Whoosh

        mark = _mark(taken, adding, fields) if rebuild else None
        with self._writer(jobs=adding.jobs, wait=adding.wait, rebuild=mark, fields=fields) as writer:
            with reading(self.url):
                on_progress = adding.on_progress or (lambda _: None)
                sync = Sync(writer, writer.known(), adding.options, taken.found, on_progress, writer.state.fields)
            report = sync.run(taken.documents)
        report.gone, report.failed = taken.gone, taken.failed
        return report

    def update(self, *documents: Document | Iterable[Document], **options: Any) -> IndexReport:
        """Replace documents that are in the index; see `Index.update`."""
        given = documents_of(documents)
        keys = [document.key for document in given]
        known = self._from_one_commit(lambda: RemoteDocuments(self._current()).among(keys))
        return self.add(documents_to_replace([given], known, self.where), **options)

    def watch(
        self,
        *paths: str | Path,
        options: ReadOptions | None = None,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Iterator[IndexReport]:
        """Add files and folders, and add them again whenever something in them changes; see `Index.watch`."""
        check_paths(paths)
        patterns = check_adding(options, exclude, memory, jobs, wait, on_progress)
        self._check_open()
        state = self._state()
        check_watched(
            paths, patterns, lambda: manifest.load(self._stored_manifest(state)), lambda: self._records(state)
        )
        adding = _Adding(options or DEFAULTS, patterns, jobs, wait, on_progress, ignore_missing=True)

        def update() -> IndexReport:
            return self._add(paths, adding)

        from ..ingest.watch import watch  # noqa: PLC0415 - searching does not wait for logging

        return watch(paths, update, None, self._check_open)

    def remove(self, *keys: str, wait: float = LOCK_WAIT) -> list[str]:
        """Remove documents by their keys, or by patterns; see `Index.remove`."""
        check_keys(keys)
        check_number("wait", wait)
        self._check_open()
        with self._writer(wait=wait) as writer:
            known = writer.known()
            found = matching_keys(keys, known.records)
            for key in found:
                writer.delete_by_term("document", key)
            sources = {known.records[key].source for key in found}
            files = manifest.load(known.manifest).to_be_read_again(sources)
            manifest.ManifestWriter(known.manifest).write(files, writer)
        return found

    def declare(self, fields: OwnFields, *, wait: float = LOCK_WAIT) -> list[str]:
        """Declare the metadata of documents that is searched, filtered, sorted and counted; see `Index.declare`.

        The passages are analyzed again, from what is stored of them, into a new index, which takes the place of the
        present one.
        """
        declared = checked_fields(fields)
        check_number("wait", wait)
        self._check_open()
        state = self._state()
        if state is not None and declared == state.fields:
            return []
        from .copying import copy  # noqa: PLC0415 - searching does not wait for Whoosh

        problems = FieldProblems()
        with self._writer(wait=wait, rebuild=f"declare {declared}", fields=declared) as writer:
            copy(writer, problems)
        return problems.lines()

    def status(self) -> IndexStatus:
        """Return the contents of the index in numbers."""
        from .index_status import status  # noqa: PLC0415 - searching does not wait for it

        def answer() -> IndexStatus:
            statistics = self._current()
            skipped = manifest.load(self._stored_manifest(statistics.state)).skipped
            return status(self.url, self._connection, statistics, skipped)

        return self._from_one_commit(answer)

    def _writer(
        self, *, jobs: int = 1, wait: float = LOCK_WAIT, rebuild: str | None = None, fields: OwnFields | None = None
    ) -> "RemoteWriter":
        from .remote_writer import RemoteWriter  # noqa: PLC0415 - searching does not wait for Whoosh

        self._has_written = True
        return RemoteWriter(
            self._connection, jobs=jobs, wait=wait, placement=self._placement, rebuild=rebuild, fields=fields
        )

    def _state(self) -> State | None:
        with self._reading():
            stored = StateStore(self._connection).read()
        return stored.state if stored else None

    def _stored_manifest(self, state: State | None) -> manifest.StoredManifest:
        from .manifest_store import path_root, stored_manifest  # noqa: PLC0415

        if state is None:
            return manifest.StoredManifest(self.url, path_root(), None)
        with self._reading():
            return stored_manifest(StateStore(self._connection), state)

    def _records(self, state: State | None) -> dict[str, DocumentRecord]:
        from .engine_index import EngineIndex  # noqa: PLC0415
        from .manifest_store import path_root  # noqa: PLC0415

        if state is None:
            return {}
        with self._reading():
            return EngineIndex(self._connection, state.engine_index).records(state, path_root())


class _Adding(NamedTuple):
    """The arguments of `add`, apart from the items."""

    options: ReadOptions
    exclude: tuple[str, ...]
    jobs: int
    wait: float
    on_progress: Callable[[Progress], None] | None
    ignore_missing: bool


def _mark(taken: Intake, adding: _Adding, fields: OwnFields | None) -> str:
    """Return a text that two rebuildings have in common of which one resumes the other."""
    if taken.has_documents:
        return uuid4().hex  # documents of a program may be others each time
    of_what = sorted(taken.found.roots), adding.exclude, adding.options.number, fields and sorted(fields.items())
    return f"{stable_hash(repr(of_what))}"
