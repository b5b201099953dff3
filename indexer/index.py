"""The index: documents go in, ranked passages come out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..analyzers import identity
from .arguments import (
    bad,
    check_callable,
    check_instance,
    check_integer,
    check_number,
    check_path,
    check_text,
    check_texts,
)
from .boundary import reading
from .codec import toc
from .codec.lock import NAME as LOCK
from .codec.lock import WriteLock
from .codec.snapshot import Snapshot
from .defaults import CACHE_MEMORY, INDEXING_MEMORY, LOCK_WAIT, MOST_JOBS
from .document import Document
from .errors import BadArgument, IndexUnusable
from .ingest import discovery, manifest
from .ingest.document_records import DocumentRecord, document_records
from .ingest.watch import watch
from .open_index import ORDER, OpenIndex
from .options import DEFAULTS, ReadOptions
from .results import CheckReport, IndexReport, IndexStatus, Progress, RepairReport

if TYPE_CHECKING:
    from .whoosh.column_writer import ColumnWriter


class Index(OpenIndex):
    """A Persian full-text index in a folder.

    Get one with `Index.open`, `Index.create` or `Index.open_or_create`, best in a `with` statement:

        with Index.open_or_create("index") as index:
            index.add("speeches/")
            for hit in index.search("سرزمین‌های اشغالی"):
                print(hit.id, hit.text)

    Threads may share an index. Each call answers from one commit, the last one at the time it began, also those of
    other processes. If two threads or processes write, one waits for the other.

    Every method raises BadArgument, before it does anything, if an argument has the wrong type or value, and
    IndexUnusable if the index is closed or damaged.

    Attributes:
        path: The folder of the index.
    """

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """Create an empty index in the folder `path` and open it. The folder is created if need be.

        Raises:
            IndexUnusable: The folder holds files other than hidden ones, or nothing can be written there.
        """
        _create(_path("path", path))
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, *, memory: int = CACHE_MEMORY) -> Self:
        """Open the index in the folder `path`.

        Args:
            path: The folder of the index.
            memory: How many megabytes of the index are kept in memory for the next queries.

        Raises:
            IndexUnusable: There is no index, or one of another format or analysis.
        """
        path = _path("path", path)
        check_integer("memory", memory, 0)
        if not path.exists():
            raise IndexUnusable(
                f"no index at {path}",
                "create one with Index.create or Index.open_or_create",
                path=path,
                reason="missing",
            )
        try:
            with reading(path):
                snapshot = Snapshot.open(path)
        except OSError:
            raise IndexUnusable(
                f"{path} is not an index",
                "create one in another folder with Index.create",
                path=path,
                reason="not an index",
            ) from None
        if snapshot.toc.analysis != identity():
            raise IndexUnusable.foreign(path, snapshot.toc.analysis, identity())
        with reading(path):
            return cls(path, snapshot, memory)

    @classmethod
    def open_or_create(cls, path: str | Path, *, memory: int = CACHE_MEMORY) -> Self:
        """Open the index in the folder `path`. If the folder is missing or empty, create an index there.

        Args:
            path: The folder of the index.
            memory: How many megabytes of the index are kept in memory for the next queries.

        Raises:
            IndexUnusable: The folder holds something else, or an index of another format or analysis.
        """
        path = _path("path", path)
        check_integer("memory", memory, 0)
        if not path.exists() or (path.is_dir() and not _visible(path)):
            _create(path)
        return cls.open(path, memory=memory)

    def add(
        self,
        *items: str | Path | Document,
        options: ReadOptions | None = None,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> IndexReport:
        """Add files, folders and documents, and bring the index up to date with them.

        Documents that are in the index already are compared: unchanged ones are left alone, and changed ones are
        replaced. Documents are removed if their file is gone from a folder in `items`, or their record from a file in
        `items`. Files whose size and times have not changed are not read again. Files and records that cannot be read
        are skipped, and the report names them.

        The work is committed every minute and at the end, so an interrupted run resumes where it stopped.

        Args:
            items: Paths of files and folders, and `Document` objects.
            options: How files are read and documents cut into passages.
            exclude: Patterns as in a .gitignore file, relative to each folder in `items`. Files that match are left
                out, and removed from the index if they are in it.
            memory: How many megabytes of analyzed documents are held before they are written. A target, not a bound.
            jobs: How many processes analyze documents. The result is the same.
            wait: How many seconds to wait while another process is writing to the index.
            on_progress: A function that is called now and then with the progress.

        Returns:
            How many documents were added, updated, unchanged and removed, and what was skipped.

        Raises:
            BadInput: A path does not exist, or a pattern cannot be read.
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The index cannot be written. A note of the error says whether the index is as it was before.
        """
        _check_items(items, "add")
        exclude = _check_adding(options, exclude, memory, jobs, wait, on_progress)
        self._check_open()
        options = options or DEFAULTS
        documents = [item for item in items if isinstance(item, Document)]
        paths = [item for item in items if not isinstance(item, Document)]
        found = discovery.find(paths, exclude, not_below=self.path)
        with reading(self.path):
            known = manifest.load(self._searcher().snapshot)
        if not documents and known.covers(found, options.number):
            entries = [known.files[file.location] for file in found.files]
            skipped = [reason for entry in entries for reason in entry.skipped] + list(found.skipped.values())
            return IndexReport(unchanged=sum(entry.documents for entry in entries), skipped=skipped)

        from .ingest.sync import Sync  # noqa: PLC0415 - searching does not wait for readers and Whoosh

        with self._writer(memory=memory, jobs=jobs, wait=wait) as writer:
            with reading(self.path):
                snapshot = self._searcher().snapshot
                sync = Sync(writer, snapshot, options, found, on_progress or (lambda _: None))
            return sync.run(documents)

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
        """Add files and folders, and add them again whenever something in them changes.

        The iterator never ends by itself; it waits for the next change.

        Args:
            paths: Paths of files and folders.
            options: As for `add`.
            exclude: As for `add`.
            memory: As for `add`.
            jobs: As for `add`.
            wait: As for `add`.
            on_progress: As for `add`.

        Returns:
            An iterator over the report of the first run, and of each later run that changed the index.

        Raises:
            BadInput: A path does not exist, or a pattern cannot be read.
            KeyboardInterrupt: The process was interrupted (SIGINT) while the iterator waited.
        """
        if any(isinstance(path, Document) for path in paths):
            raise BadArgument("watch takes files and folders alone", "add documents with Index.add", argument="paths")
        _check_items(paths, "watch")
        patterns = _check_adding(options, exclude, memory, jobs, wait, on_progress)
        self._check_open()

        def update() -> IndexReport:
            return self.add(
                *paths, options=options, exclude=patterns, memory=memory, jobs=jobs, wait=wait, on_progress=on_progress
            )

        return watch(paths, update, self.path)

    def remove(self, *keys: str, wait: float = LOCK_WAIT) -> list[str]:
        """Remove documents.

        A file whose document was removed is read again the next time it is added.

        Args:
            keys: The keys of the documents (`Hit.document`).
            wait: How many seconds to wait while another process is writing to the index.

        Returns:
            Those of the keys that were in the index.

        Raises:
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The index cannot be written.
        """
        for key in keys:
            if isinstance(key, list | tuple | set):
                raise bad("keys", key, "each key as an argument of its own: remove(*keys)")
            check_text("keys", key)
        check_number("wait", wait)
        self._check_open()
        with self._writer(wait=wait) as writer, reading(self.path):
            there = self._records()
            known = [key for key in dict.fromkeys(keys) if key in there]
            for key in known:
                writer.delete_by_term("document", key)
            files = manifest.load(self._searcher().snapshot)
            changed = files.to_be_read_again({there[key].source for key in known})
            if changed != files:
                writer.set_commit_user_data(manifest.dump(changed))
        return known

    def status(self) -> IndexStatus:
        """Return the contents of the index in numbers."""
        with reading(self.path):
            searcher = self._searcher()
            records = document_records(searcher.snapshot)
            terms = {term for field in searcher.segment_fields("text") for term in field.terms_between(0, field.terms)}
            return IndexStatus(
                path=str(self.path),
                documents=len(records),
                passages=searcher.snapshot.doc_count,
                terms=len(terms),
                size=searcher.snapshot.toc.size,
                encodings=_counts(record.encoding for record in records.values()),
                collections=_counts(record.collection for record in records.values()),
                skipped=manifest.load(searcher.snapshot).skipped,
                format=toc.FORMAT,
                analysis=identity(),
            )

    @staticmethod
    def check(path: str | Path) -> CheckReport:
        """Read all of an index and look for damage.

        The check covers checksums, postings, lengths and stored values, and whether the passages of each document
        belong together. The index may be too damaged to be opened, and another process may write to it meanwhile.

        Args:
            path: The folder of the index.

        Raises:
            IndexUnusable: There is no index.
        """
        folder = _path("path", path)
        from .integrity.check import check  # noqa: PLC0415 - searching does not wait for it

        with reading(folder):
            return check(folder)

    @staticmethod
    def repair(path: str | Path, wait: float = LOCK_WAIT) -> RepairReport:
        """Make a damaged index sound again, with all documents whose stored text can still be read.

        Args:
            path: The folder of the index.
            wait: How many seconds to wait while another process is writing to the index.

        Raises:
            IndexUnusable: There is no index, or one that this version cannot write to.
            IndexBusy: Another process is still writing after `wait` seconds.
        """
        folder = _path("path", path)
        check_number("wait", wait)
        from .integrity.repair import repair  # noqa: PLC0415 - it imports Whoosh

        with reading(folder):
            return repair(folder, wait)

    def backup(self, to: str | Path) -> IndexStatus:
        """Copy the last commit to another folder, and check the copy. Another process may write meanwhile.

        Args:
            to: The folder of the copy. It is created if need be, and must be empty.

        Returns:
            The contents of the copy.

        Raises:
            BadInput: The folder `to` holds something.
            IndexDamaged: The index is damaged.
            OSError: The copy cannot be written. Nothing of it is left then.
        """
        folder = _path("to", to)
        self._check_open()
        from .integrity.backup import backup  # noqa: PLC0415 - searching does not wait for it

        with reading(self.path):
            backup(Snapshot.open(self.path), folder)
        with self.open(folder) as copy:
            return copy.status()

    def _writer(self, *, memory: int = INDEXING_MEMORY, jobs: int = 1, wait: float = LOCK_WAIT) -> "ColumnWriter":
        from .whoosh import column_index, passage_schema  # noqa: PLC0415 - searching does not wait for Whoosh

        schema = passage_schema.schema
        source = f"{schema.__module__}:{schema.__name__}"
        index = column_index.ColumnIndex(self.path, schema(), order=ORDER, source=source)
        return index.writer(memory=memory, jobs=jobs, wait=wait)

    def _records(self) -> dict[str, DocumentRecord]:
        return document_records(self._searcher().snapshot)


def _create(path: Path) -> None:
    """Write an empty index to the folder `path`, unless another process has just done so."""
    try:
        toc.make_folder(path)
        if strangers := _visible(path):
            raise IndexUnusable(
                f"{path} holds other files ({min(strangers)}, …)",
                "choose an empty folder",
                path=path,
                reason="not empty",
            )
        with WriteLock(path):
            if not (path / toc.NAME).exists():
                toc.write(path, toc.Toc(0, identity()))
    except OSError as error:
        raise IndexUnusable(
            f"no index can be made at {path} ({error.strerror})",
            "choose another folder",
            path=path,
            reason="not writable",
        ) from None


def _path(name: str, path: str | Path) -> Path:
    check_path(name, path)
    return Path(path)


def _check_items(items: Sequence[object], method: str) -> None:
    """Raise BadArgument unless each of `items` is a path or a document."""
    for item in items:
        if isinstance(item, list | tuple | set) or (
            isinstance(item, Iterable) and not isinstance(item, str | PathLike)
        ):
            raise BadArgument(
                f"{method} takes each item as an argument of its own, not a {type(item).__name__}",
                f"unpack it, {method}(*items)",
                argument="items",
                value=item,
            )
        if not isinstance(item, Document):
            check_path("items", item)


def _check_adding(
    options: ReadOptions | None,
    exclude: Iterable[str],
    memory: int,
    jobs: int,
    wait: float,
    on_progress: Callable[[Progress], None] | None,
) -> tuple[str, ...]:
    """Check the arguments that `add` and `watch` share. Return the patterns to exclude."""
    if options is not None:
        check_instance("options", options, ReadOptions)
    check_integer("memory", memory, 0)
    check_integer("jobs", jobs, 1, MOST_JOBS)
    check_number("wait", wait)
    if on_progress is not None:
        check_callable("on_progress", on_progress)
    return check_texts("exclude", exclude)


def _counts(values: Iterable[str | None]) -> dict[str, int]:
    """Return how often each value occurs, the most frequent first."""
    return dict(Counter(value for value in values if value).most_common())


def _visible(folder: Path) -> list[str]:
    """Return the names of the files in a folder, apart from hidden ones and a lock that was left behind."""
    return [entry.name for entry in folder.iterdir() if not entry.name.startswith(".") and entry.name != LOCK]
