"""The class `MaintainedIndex`: what keeps an index safe: checks, repairs, backups, kept commits and authentication."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..analyzers import identity
from .arguments import bad, check_callable, check_integer, check_key, check_number, check_path, check_text
from .boundary import reading
from .codec.snapshot import Snapshot
from .codec.toc import MAX_KEPT
from .declared import fields_of_toc
from .defaults import LOCK_WAIT
from .errors import BadArgument, IndexUnusable
from .open_index import open_snapshot
from .ranking.filters import MatchAll
from .readable_index import ReadableIndex

if TYPE_CHECKING:
    from .reports import BackupReport, CheckReport, Commit, IndexStatus, OnWork, RepairReport, ScrubReport


class MaintainedIndex(ReadableIndex):
    """An open index with the methods that keep it safe: a base class of `Index`."""

    @classmethod
    def open(cls, path: str | Path, *, memory: int | None = None, key: bytes | None = None) -> Self:
        """Open the index in the folder `path`.

        Args:
            path: The folder of the index.
            memory: How many megabytes of the postings used last are kept in memory for the next queries. None for half
                the size of the index, up to an eighth of the machine's memory, and at least 128.
            key: The key of the index. All that is read of it is authenticated then. Without a key it is opened all the
                same, to be read alone.

        Raises:
            IndexUnusable: There is no index, or one of another format or analysis, or it cannot be read, or it is not
                authentic (its `reason` says which).
        """
        path = folder_of("path", path)
        if memory is not None:
            check_integer("memory", memory, 0)
        check_key(key)
        with reading(path):
            snapshot = open_snapshot(path, key=key)
        if snapshot.toc.analysis != identity():
            raise IndexUnusable.foreign(path, snapshot.toc.analysis, identity())
        with reading(path):
            return cls(path, snapshot, memory)

    def status(self) -> "IndexStatus":
        """Return the contents of the index in numbers."""
        from .ingest import manifest  # noqa: PLC0415 - a search does not wait for it
        from .ingest.document_records import document_records, frequencies  # noqa: PLC0415
        from .reports import IndexStatus  # noqa: PLC0415
        from .search.facets import facets  # noqa: PLC0415

        with reading(self.path):
            searcher = self._searcher()
            records = document_records(searcher.snapshot)
            fields = fields_of_toc(searcher.snapshot)
            counts, _ = facets(searcher, MatchAll(), ("year", *fields), fields, [], by_document=True)
            tables = {name: {one.value: one.count for one in values} for name, values in counts.items()}
            years = {int(year): count for year, count in tables.pop("year").items()}
            terms = {term for field in searcher.segment_fields("text") for term in field.terms_between(0, field.terms)}
            return IndexStatus(
                path=str(self.path),
                documents=len(records),
                passages=searcher.snapshot.doc_count,
                terms=len(terms),
                size=searcher.snapshot.toc.size,
                encodings=frequencies(record.encoding for record in records.values()),
                collections=frequencies(record.collection for record in records.values()),
                years=years,
                fields=dict(fields),
                facets=tables,
                skipped=manifest.load(searcher.snapshot).skipped,
                format=searcher.snapshot.toc.format,
                analysis=identity(),
            )

    @staticmethod
    def check(path: str | Path, *, on_progress: "OnWork | None" = None, key: bytes | None = None) -> "CheckReport":
        """Read all of an index and look for damage.

        The check covers checksums, postings, lengths and stored fields, whether the passages of each document belong
        together, and the files of earlier commits that are kept. It works for an index that is too damaged to be
        opened, too, and while another process writes.

        Args:
            path: The folder of the index.
            on_progress: A function that is called now and then with the progress.
            key: The key of the index, by which all of it is authenticated.

        Raises:
            IndexUnusable: There is no index, or it is not authentic.
            OSError: The folder cannot be read. A file that cannot be read is one of the problems of the report.
        """
        folder = folder_of("path", path)
        _check_progress(on_progress)
        check_key(key)
        from .integrity.check import check  # noqa: PLC0415 - searching does not wait for it

        with reading(folder):
            return check(folder, on_progress, key)

    @staticmethod
    def repair(path: str | Path, wait: float = LOCK_WAIT, *, on_progress: "OnWork | None" = None) -> "RepairReport":
        """Make a damaged index sound again, with all documents whose stored text can still be read.

        The report names what was lost (`RepairReport.complete` is False then). The files that are replaced are not
        removed: they are moved to a new folder in `damaged`, a folder in that of the index.

        Args:
            path: The folder of the index.
            wait: How many seconds to wait while another process is writing to the index.
            on_progress: A function that is called now and then with the progress.

        Raises:
            IndexUnusable: There is no index, or one that this version cannot write to, or one with an authentication
                code, which is mended from a backup (`scrub`).
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: A file is there and cannot be read (which is no damage), or the index cannot be written. A note of
                the error says whether the index is as it was before.
        """
        folder = folder_of("path", path)
        check_number("wait", wait)
        _check_progress(on_progress)
        from .integrity.repair import repair  # noqa: PLC0415 - it imports Whoosh

        with reading(folder):
            return repair(folder, wait, on_progress)

    @staticmethod
    def scrub(
        path: str | Path,
        *,
        rate: float | None = None,
        backup: str | Path | None = None,
        wait: float = LOCK_WAIT,
        on_progress: "OnWork | None" = None,
        key: bytes | None = None,
    ) -> "ScrubReport":
        """Read all files of an index that is in use, compare their checksums, and mend them from a backup.

        This finds what a disk has altered before a query does. It is simpler than `check`, and disturbs nobody:
        processes may search and write meanwhile.

        Args:
            path: The folder of the index.
            rate: How many megabytes to read in a second, at most; None for no bound.
            backup: The folder of a backup. A damaged file is replaced, in one step, by the same file of the backup, and
                moved to a new folder in `damaged`, a folder in that of the index.
            wait: How many seconds to wait, before a file is replaced, while another process is writing to the index.
            on_progress: A function that is called now and then with the progress.
            key: The key of the index, by which all of it is authenticated.

        Raises:
            IndexUnusable: There is no index, or it is not authentic.
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The folder cannot be read, or a file cannot be replaced.
        """
        folder = folder_of("path", path)
        if rate is not None:
            check_number("rate", rate)
            if not rate:
                raise bad("rate", rate, "a number above 0")
        source = None if backup is None else folder_of("backup", backup)
        check_number("wait", wait)
        _check_progress(on_progress)
        check_key(key)
        from .integrity.scrub import scrub  # noqa: PLC0415 - searching does not wait for it

        with reading(folder):
            return scrub(folder, rate=rate, source=source, key=key, wait=wait, on_progress=on_progress)

    def backup(self, to: str | Path, *, paths: bool = True, on_progress: "OnWork | None" = None) -> "BackupReport":
        """Copy the last commit to another folder, and check the copy. Another process may write meanwhile.

        If the folder has an earlier backup of this index, only those files are copied that it lacks, and the others are
        checked; the earlier backup stays whole until the new one is. So does a backup that was interrupted go on.

        Args:
            to: The folder of the copy. It is created if need be; otherwise it is empty or has a backup of this index.
            paths: False to leave out of the copy which files the documents are from and what was skipped, so that you
                can share it. The keys of the documents stay. Files that are added to such a copy are read again. The
                folder must be empty.
            on_progress: A function that is called now and then with the progress.

        Returns:
            The contents of the copy, and how much was copied.

        Raises:
            BadInput: The folder `to` holds something else.
            IndexBusy: Another backup to the folder is under way.
            IndexDamaged: The index is damaged.
            OSError: The copy cannot be written. What was in the folder before is as it was.
        """
        folder = folder_of("to", to)
        if not isinstance(paths, bool):
            raise bad("paths", paths, "True or False")
        _check_progress(on_progress)
        self._check_open()
        from .integrity.backup import backup  # noqa: PLC0415 - searching does not wait for it
        from .reports import BackupReport  # noqa: PLC0415

        with reading(self.path):
            snapshot = Snapshot.open(self.path, key=self._key)
            done = backup(snapshot, folder, paths=paths, on_progress=on_progress)
        with self.open(folder, key=self._key) as copy:
            return BackupReport(**_values(copy.status()), **done._asdict())

    def keep(self, commits: int, *, wait: float = LOCK_WAIT) -> None:
        """Keep the last commits from now on, so that `restore` can return to each of them.

        A commit takes the room of the segments that later ones have merged or removed. Without this, an index keeps
        the last commit alone.

        Args:
            commits: How many commits to keep, with the last one: from 1 to 1,000.
            wait: How many seconds to wait while another process is writing to the index.

        Raises:
            IndexBusy: Another process is still writing after `wait` seconds.
            OSError: The index cannot be written. It is as it was.
        """
        check_integer("commits", commits, 1, MAX_KEPT)
        check_number("wait", wait)
        self._check_open()
        if commits == self.kept:
            return
        from .integrity.commits import keep  # noqa: PLC0415 - searching does not wait for it

        with reading(self.path):
            keep(self.path, commits, self._key, wait)

    @property
    def kept(self) -> int:
        """The number of commits that are kept, with the last one; see `keep`."""
        with reading(self.path):
            return self._searcher().snapshot.toc.keep

    def commits(self) -> "list[Commit]":
        """Return the commits that are kept, the last one first."""
        self._check_open()
        from .integrity.commits import commits  # noqa: PLC0415 - searching does not wait for it

        with reading(self.path):
            return commits(self.path, self._key)

    @classmethod
    def restore(
        cls,
        path: str | Path,
        commit: int | str | None = None,
        *,
        to: str | Path | None = None,
        wait: float = LOCK_WAIT,
        on_progress: "OnWork | None" = None,
        key: bytes | None = None,
    ) -> "IndexStatus":
        """Return to a commit that is kept, in the index itself or as a new index.

        All files of the commit are checked first. Another process may write meanwhile if `to` is given.

        Args:
            path: The folder of the index, or of a backup.
            commit: The number or the name of the commit (`Commit.number`, `Commit.name`); None for the last one.
            to: The folder of the new index, which must be empty or not exist. None to make the state of that commit the
                last one of the index itself; the commits since then are kept as others are, so you can return to them.
            wait: How many seconds to wait while another process is writing to the index.
            on_progress: A function that is called now and then with the progress.
            key: The key of the index, by which all of the commit is authenticated.

        Returns:
            The contents of the index in which the commit is the last one now.

        Raises:
            BadArgument: Neither `commit` nor `to` is given.
            BadInput: The commit is not kept, or the folder `to` holds something.
            IndexBusy: Another process is still writing after `wait` seconds.
            IndexUnusable: There is no index, or the commit is damaged or not authentic.
            OSError: The index cannot be written.
        """
        folder = folder_of("path", path)
        target = None if to is None else folder_of("to", to)
        if commit is None and target is None:
            raise BadArgument("restore needs a commit or a new folder", "give commit=… or to=…", argument="commit")
        name = str(commit) if type(commit) is int else commit
        if name is not None:
            check_text("commit", name)
        check_number("wait", wait)
        _check_progress(on_progress)
        check_key(key)
        from .integrity.backup import backup  # noqa: PLC0415 - searching does not wait for it
        from .integrity.commits import open_commit, return_to  # noqa: PLC0415
        from .integrity.segment_check import check_index  # noqa: PLC0415

        with reading(folder):
            check_index(folder)
            if target is None:
                return_to(folder, str(name), key, wait)
            else:
                snapshot = open_commit(folder, None if name is None else str(name), key)
                backup(snapshot, target, update=False, on_progress=on_progress)
        with cls.open(target or folder, key=key) as restored:
            return restored.status()

    @staticmethod
    def seal(path: str | Path, key: bytes, *, wait: float = LOCK_WAIT) -> None:
        """Give an index an authentication code, so that it is refused with its key if anybody else alters it.

        The code is the HMAC-SHA256 of the table of contents, which has the SHA-256 of all files. All of the index is
        checked first. From then on it is written to with this key alone.

        Args:
            path: The folder of the index.
            key: The key: 16 bytes or more that nobody can guess, such as `secrets.token_bytes(32)`.
            wait: How many seconds to wait while another process is writing to the index.

        Raises:
            IndexBusy: Another process is still writing after `wait` seconds.
            IndexUnusable: There is no index, or it is damaged, or has the code of another key.
            OSError: The index cannot be written.
        """
        folder = folder_of("path", path)
        check_key(key)
        if key is None:
            raise BadArgument("seal needs a key", "give 16 bytes or more", argument="key")
        check_number("wait", wait)
        from .integrity.sealing import seal  # noqa: PLC0415 - searching does not wait for it

        with reading(folder):
            open_snapshot(folder)  # raises the error that says what is there instead of an index
            seal(folder, key, wait)

    @staticmethod
    def unseal(path: str | Path, key: bytes | None = None, *, wait: float = LOCK_WAIT) -> None:
        """Take the authentication code of an index away. It is then written to without a key.

        Args:
            path: The folder of the index.
            key: Its key, by which its table of contents is authenticated once more; None if it is lost.
            wait: How many seconds to wait while another process is writing to the index.

        Raises:
            IndexBusy: Another process is still writing after `wait` seconds.
            IndexUnusable: There is no index, or it is damaged, or has the code of another key.
            OSError: The index cannot be written.
        """
        folder = folder_of("path", path)
        check_key(key)
        check_number("wait", wait)
        from .integrity.sealing import unseal  # noqa: PLC0415 - searching does not wait for it

        with reading(folder):
            open_snapshot(folder)  # as above
            unseal(folder, key, wait)


def folder_of(name: str, path: str | Path) -> Path:
    """Return the path of the argument `name`; raise BadArgument if it is none."""
    check_path(name, path)
    return Path(path)


def _check_progress(on_progress: "OnWork | None") -> None:
    if on_progress is not None:
        check_callable("on_progress", on_progress)


def _values(status: "IndexStatus") -> dict[str, Any]:
    """Return the values of a status by their names."""
    from dataclasses import fields  # noqa: PLC0415 - a search does not wait for it

    return {field.name: getattr(status, field.name) for field in fields(status)}
