"""The class `Index`: opening an index, and changing, checking and copying it. Searching is in `open_index`."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..analyzers import identity
from .arguments import (
    check_integer,
    check_key,
    check_number,
)
from .boundary import reading
from .codec import toc
from .codec.lock import NAME as LOCK
from .codec.lock import WriteLock
from .defaults import INDEXING_MEMORY, LOCK_WAIT
from .errors import IndexUnusable, reason_and_fix
from .maintained_index import MaintainedIndex, folder_of
from .open_index import ORDER
from .options import DEFAULTS, ReadOptions
from .own_fields import OwnFields, checked_fields

if TYPE_CHECKING:
    from .document import Document
    from .ingest.document_records import DocumentRecord
    from .reports import IndexReport, Progress
    from .whoosh.column_writer import ColumnWriter


class Index(MaintainedIndex):
    """A Persian full-text index in a folder.

    Get one with `Index.open`, `Index.create` or `Index.open_or_create`, best in a `with` statement:

        with Index.open_or_create("index") as index:
            index.add("speeches/")
            for hit in index.search("سرزمین‌های اشغالی"):
                print(hit.id, hit.text)

    Threads may share an index. Each call answers from the last commit before it began, whichever thread or process made
    that commit. If two threads or processes write, one waits for the other.

    Every method raises BadArgument, before it does anything, if an argument has the wrong type or value, and
    IndexUnusable if the index is closed or damaged.

    Attributes:
        path: The folder of the index.
    """

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        fields: "OwnFields | None" = None,
        keep: int = 1,
        key: bytes | None = None,
    ) -> Self:
        """Create an empty index in the folder `path` and open it. The folder is created if need be.

        Args:
            path: The folder of the index.
            fields: The metadata of documents that is searched, filtered, sorted and counted, as for `declare`.
            keep: How many commits are kept, as for `keep`.
            key: The key of the index, if it is to have an authentication code, as for `seal`.

        Raises:
            IndexUnusable: The folder holds files other than hidden ones, or nothing can be written there.
        """
        check_integer("keep", keep, 1, toc.MAX_KEPT)
        check_key(key)
        _create(folder_of("path", path), checked_fields({} if fields is None else fields), keep, key)
        return cls.open(path, key=key)

    @classmethod
    def open_or_create(
        cls,
        path: str | Path,
        *,
        memory: int | None = None,
        fields: "OwnFields | None" = None,
        keep: int | None = None,
        key: bytes | None = None,
    ) -> Self:
        """Open the index in the folder `path`. If the folder is missing or empty, create an index there.

        Args:
            path: The folder of the index.
            memory: How many megabytes of the postings used last are kept in memory for the next queries. None for half
                the size of the index, up to an eighth of the machine's memory, and at least 128.
            fields: The declared fields, as for `declare`; None to leave those of an index that is there.
            keep: How many commits are kept, as for `keep`; None to leave that of an index that is there.
            key: The key of the index. A new one has an authentication code then, as for `seal`.

        Raises:
            IndexUnusable: The folder holds something else, or an index of another format or analysis, or one that is
                not authentic.
        """
        path = folder_of("path", path)
        if memory is not None:
            check_integer("memory", memory, 0)
        if keep is not None:
            check_integer("keep", keep, 1, toc.MAX_KEPT)
        check_key(key)
        declared = None if fields is None else checked_fields(fields)
        try:
            is_new = not path.exists() or (path.is_dir() and not _visible(path))
        except OSError as error:
            raise IndexUnusable.unreadable(path, error) from None
        if is_new:
            _create(path, declared or {}, keep or 1, key, or_open=True)
        index = cls.open(path, memory=memory, key=key)
        try:
            if declared is not None:
                index.declare(declared)
            if keep is not None:
                index.keep(keep)
        except BaseException:
            index.close()
            raise
        return index

    def add(
        self,
        *items: "str | Path | Document | Iterable[str | Path | Document]",
        options: ReadOptions | None = None,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: "Callable[[Progress], None] | None" = None,
        ignore_missing: bool = False,
    ) -> "IndexReport":
        """Add files, folders and documents, and bring the index up to date with them.

        Documents that are in the index already are compared: unchanged ones are left alone, and changed ones are
        replaced. Documents are removed if their file is gone from a folder in `items`, or their record from a file in
        `items`, or a path in `items` is gone from which they were indexed. Files whose size and times have not changed
        are not read again. Files, records and documents that cannot be indexed are skipped, and the report names them.

        The key of a file's document is its path as it is given here. In the index, all other paths are relative to the
        folder that holds the index. So give relative paths if the index is to be shared, and move the index together
        with its files.

        The work is committed every minute and at the end. After an interruption, the same call resumes from the last
        commit.

        Args:
            items: Paths of files and folders, `Document` objects, and lists or other iterables of them. Documents of a
                generator are indexed as it yields them, and are never all in memory.
            options: How files are read and documents cut into passages.
            exclude: Patterns as in a .gitignore file, relative to each folder in `items`. Files in these folders that
                match are left out, and removed from the index if they are in it.
            memory: How many megabytes of analyzed documents are held before they are written. A target, not a bound.
            jobs: How many processes analyze documents. The index is the same for any number.
            wait: How many seconds to wait while another process is writing to the index.
            on_progress: A function that is called now and then with the progress.
            ignore_missing: Go on with the other items if a path does not exist or cannot be looked at. The report has
                it in `failed`.

        Returns:
            The numbers of documents that are new, updated, unchanged and removed, and what was skipped, with reasons.

        Raises:
            BadInput: A path does not exist and nothing was indexed from it, or it cannot be looked at; with
                `ignore_missing`, this is so of all items. Or a pattern cannot be read.
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The index cannot be written. A note of the error says whether the index is as it was before.
        """
        from .ingest import manifest  # noqa: PLC0415 - a search does not wait for it
        from .ingest.document_records import document_records  # noqa: PLC0415
        from .ingest.intake import check_adding, intake  # noqa: PLC0415

        exclude = check_adding(options, exclude, memory, jobs, wait, on_progress)
        self._check_open()
        options = options or DEFAULTS
        with reading(self.path):
            snapshot = self._searcher().snapshot
            known = manifest.load(snapshot)
            taken = intake(
                items,
                exclude,
                known,
                lambda: document_records(snapshot),
                not_below=self.path,
                ignore_missing=ignore_missing,
            )
        if (report := taken.report_unchanged(known, options)) is not None:
            return report

        from .ingest.sync import KnownIndex, Sync  # noqa: PLC0415 - searching does not wait for readers and Whoosh

        with self._writer(memory=memory, jobs=jobs, wait=wait) as writer:
            with reading(self.path):
                snapshot = self._searcher().snapshot
                on_progress = on_progress or (lambda _: None)
                sync = Sync(writer, KnownIndex.of(snapshot), options, taken.found, on_progress, self.fields)
            report = sync.run(taken.documents)
        report.gone, report.failed = taken.gone, taken.failed
        return report

    def update(self, *documents: "Document | Iterable[Document]", **options: Any) -> "IndexReport":
        """Replace documents that are in the index.

        This is `add`, except that each document must take the place of one with its key.

        Args:
            documents: The documents, or lists of them.
            options: The other arguments of `add`.

        Raises:
            BadInput: The index has no document with one of the keys. Nothing was done then.
        """
        from .ingest.intake import documents_to_replace  # noqa: PLC0415 - a search does not wait for it

        return self.add(documents_to_replace(documents, self, self.where), **options)

    def watch(
        self,
        *paths: str | Path,
        options: ReadOptions | None = None,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: "Callable[[Progress], None] | None" = None,
    ) -> "Iterator[IndexReport]":
        """Add files and folders, and add them again whenever something in them changes.

        The iterator waits for the next change, until the index is closed. What fails meanwhile is logged as a warning
        (to a logger below `jooya`) and tried again, whether it is a file that cannot be read, another process that is
        writing, or a full disk. Paths that are removed and made again are watched again.

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
            BadInput: A path does not exist at the beginning and nothing was indexed from it, or a pattern cannot be
                read.
            IndexUnusable: The index is gone or damaged, or was closed meanwhile.
            KeyboardInterrupt: The process was interrupted (SIGINT) while the iterator waited or updated the index.
        """
        from .ingest import manifest  # noqa: PLC0415 - a search does not wait for it
        from .ingest.intake import check_adding, check_paths, check_watched  # noqa: PLC0415

        check_paths(paths)
        patterns = check_adding(options, exclude, memory, jobs, wait, on_progress)
        self._check_open()
        snapshot = self._searcher().snapshot
        check_watched(paths, patterns, lambda: manifest.load(snapshot), self._records, not_below=self.path)

        def update() -> "IndexReport":
            return self.add(
                *paths,
                options=options,
                exclude=patterns,
                memory=memory,
                jobs=jobs,
                wait=wait,
                on_progress=on_progress,
                ignore_missing=True,
            )

        from .ingest.watch import watch  # noqa: PLC0415 - searching does not wait for logging

        return watch(paths, update, self.path, self._check_open)

    def remove(self, *keys: str, wait: float = LOCK_WAIT) -> list[str]:
        """Remove documents.

        A file whose document was removed is read again the next time it is added.

        Args:
            keys: The keys of the documents (`Hit.document`). One that is no document's key may be a pattern, in which a
                `*` stands for any characters, as in the query `doc:talks/*`.
            wait: How many seconds to wait while another process is writing to the index.

        Returns:
            The keys of the documents that were removed.

        Raises:
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The index cannot be written.
        """
        from .ingest import manifest  # noqa: PLC0415 - a search does not wait for it
        from .ingest.intake import check_keys, matching_keys  # noqa: PLC0415

        check_keys(keys)
        check_number("wait", wait)
        self._check_open()
        with self._writer(wait=wait) as writer, reading(self.path):
            there = self._records()
            known = matching_keys(keys, there)
            for key in known:
                writer.delete_by_term("document", key)
            snapshot = self._searcher().snapshot
            files = manifest.load(snapshot).to_be_read_again({there[key].source for key in known})
            manifest.ManifestWriter(snapshot).write(files, writer)
        return known

    def declare(self, fields: "OwnFields", *, wait: float = LOCK_WAIT) -> list[str]:
        """Declare the metadata of documents that is searched, filtered, sorted and counted.

        A declaration takes the place of the one before. What is stored of documents that are in the index already is
        indexed again, without their files, in about a quarter of the time that indexing took. Nothing is done if
        the index has these fields already.

        Args:
            fields: The kind of each field, by the name that it has in `Document.meta`: `"text"` is searched for words,
                as titles are; `"keyword"` has whole values, such as tags; `"number"` and `"date"` have ranges.
            wait: How many seconds to wait while another process is writing to the index.

        Returns:
            The values that are not of the kind of their field, a line for each field. They are stored and returned,
            and their documents lack the field otherwise.

        Raises:
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The index cannot be written. It is as it was.
        """
        declared = checked_fields(fields)
        check_number("wait", wait)
        self._check_open()
        if declared == self.fields:
            return []
        from .ingest.declaration import declare  # noqa: PLC0415 - searching does not wait for it

        return declare(self.path, declared, wait, self._key)

    def _writer(self, *, memory: int = INDEXING_MEMORY, jobs: int = 1, wait: float = LOCK_WAIT) -> "ColumnWriter":
        """Return a writer for the fields that are declared once it has the lock."""
        from .whoosh import column_index, passage_schema  # noqa: PLC0415 - searching does not wait for Whoosh

        schema = passage_schema.schema
        while True:
            fields = self.fields
            source = f"{schema.__module__}:{schema.__name__}:{json.dumps(fields)}"
            index = column_index.ColumnIndex(self.path, schema(fields), order=ORDER, source=source, key=self._key)
            writer = index.writer(memory=memory, jobs=jobs, wait=wait)
            if dict(writer.declared) == fields:
                return writer
            writer.cancel()

    def _records(self) -> "dict[str, DocumentRecord]":
        from .ingest.document_records import document_records  # noqa: PLC0415 - a search does not wait for it

        return document_records(self._searcher().snapshot)


def _create(path: Path, fields: OwnFields, keep: int, key: bytes | None, *, or_open: bool = False) -> None:
    """Write an empty index to the folder `path`, unless another process has just done so.

    Args:
        path: The folder.
        fields: The declared fields.
        keep: How many of the last commits stay.
        key: The key of its authentication code, if it is to have one.
        or_open: True if an index that is there is no error, whatever it holds.
    """
    try:
        toc.make_folder(path)
        strangers = _visible(path)
        if strangers and not (or_open and toc.NAME in strangers):
            raise IndexUnusable(
                f"{path} holds other files ({min(strangers)}, …)",
                "choose an empty folder",
                path=path,
                reason="not empty",
            )
        with WriteLock(path):
            if toc.NAME not in os.listdir(path):  # noqa: PTH208 (unlike `exists`, never False because of an error)
                state = toc.Toc(0, identity(), fields=tuple(fields.items()), index_id=toc.new_id(), time=toc.now())
                toc.write(path, state._replace(keep=keep), key)
            else:  # whoever wrote it may have failed to sync it
                toc.sync(path)
    except OSError as error:
        reason, fix = reason_and_fix(error, "choose another folder")
        raise IndexUnusable(
            f"no index can be made at {path} ({reason})", fix, path=path, reason="not writable"
        ) from None


def _visible(folder: Path) -> list[str]:
    """Return the names of the files in a folder.

    Hidden files are left out, and what an index leaves behind when its own files are removed by hand.
    """
    names = (entry.name for entry in folder.iterdir())
    return [name for name in names if not name.startswith(".") and name not in (LOCK, toc.DAMAGED)]
