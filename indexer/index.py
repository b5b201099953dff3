"""The index: documents in, ranked passages out."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from jooya.analyzers import identity
from jooya.indexer.codec import toc
from jooya.indexer.codec.budget import MEMORY
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.dates import Date
from jooya.indexer.document import Document
from jooya.indexer.errors import IndexUnusable
from jooya.indexer.query import parse, query_stems
from jooya.indexer.ranking.ranker import count, rank
from jooya.indexer.ranking.view import View
from jooya.indexer.records import Record, records
from jooya.indexer.results import Changes, Hit, Results, Status

if TYPE_CHECKING:  # Whoosh is imported when something is written: a search does not wait for it
    from jooya.indexer.codec.writer import Writer

_ORDER = "document"
"""The field by which passages of equal score are ordered, whichever was indexed first."""


class Index:
    """A Persian full-text index in a folder. Get one by `open` or `create`, best in a `with` statement.

    Not to be shared by threads: each opens its own.
    """

    def __init__(self, path: Path, view: View) -> None:
        self.path = path
        self._last_view: View | None = view

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """A new, empty index in the folder `path`, which is made if need be.

        Raises IndexUnusable if the folder holds anything but hidden files.
        """
        path = Path(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            strangers = [entry.name for entry in path.iterdir() if not entry.name.startswith(".")]
            if strangers:
                raise IndexUnusable(f"{path} holds other files ({min(strangers)}, …): choose an empty folder")
            toc.write(path, toc.Toc(0, identity()))
        except OSError as error:
            raise IndexUnusable(f"no index can be made at {path} ({error.strerror}): choose another folder") from None
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The index in the folder `path`.

        Raises IndexUnusable if there is none, or one of another format or analysis.
        """
        path = Path(path)
        if not path.exists():
            raise IndexUnusable(f"no index at {path}: make one with 'jooya index -i {path} PATH…'")
        try:
            snapshot = Snapshot.open(path)
        except OSError:
            raise IndexUnusable(f"{path} is not an index: make one with 'jooya index -i DIR PATH…'") from None
        if snapshot.toc.analysis != identity():
            raise IndexUnusable(
                f"{path} was built with analysis {snapshot.toc.analysis}, this is {identity()}: index again into a new "
                "folder, or use the version of Jooya that made it"
            )
        return cls(path, View(snapshot, order=_ORDER))

    @classmethod
    def open_or_create(cls, path: str | Path) -> Self:
        """The index in the folder `path`; a new one if there is nothing, hidden files aside. Raises as `open`
        and `create` do."""
        path = Path(path)
        empty = not path.exists() or (path.is_dir() and all(e.name.startswith(".") for e in path.iterdir()))
        return cls.create(path) if empty else cls.open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the index's files. The index can't be used afterwards."""
        self._last_view = None

    def add(
        self,
        *items: str | Path | Document,
        whole: bool = False,
        memory: int = MEMORY,
        jobs: int = 1,
        on_bytes: Callable[[int], None] = lambda _: None,
    ) -> Changes:
        """Takes in files, folders and documents, all in one commit.

        Documents that are in the index already are compared: unchanged ones are left alone, changed ones
        replaced, and those whose file is gone from a folder in `items`, or whose record is gone from a file in
        `items`, removed. What can't be read is skipped, and said in the result.

        whole: make each document a single passage, whose id is the document's key.
        memory: megabytes (a budget, held roughly) for what waits to be written.
        jobs: how many processes analyze. The result is the same.
        on_bytes: called with numbers of bytes as they are read, to show progress by.

        Raises BadInput if a path does not exist and IndexBusy if another process is writing; the index is
        then as it was.
        """
        from jooya.indexer import sources  # noqa: PLC0415 (these, too, are not waited for by a search)
        from jooya.indexer.reader import read  # noqa: PLC0415
        from jooya.indexer.sync import Sync  # noqa: PLC0415

        paths = [item for item in items if not isinstance(item, Document)]
        files = sources.find(paths)
        with self._writer(memory=memory, jobs=jobs) as writer:
            sync = Sync(writer, self._records(), whole=whole)
            for item in items:
                if isinstance(item, Document):
                    sync.take(item)
            for source in files:
                sync.take_file(source, read(source, on_bytes))
            sync.remove_missing(map(sources.absolute, paths))
        return sync.changes

    def remove(self, *keys: str) -> list[str]:
        """Removes the documents with these keys; returns the keys that were there. Raises IndexBusy."""
        with self._writer() as writer:
            there = self._records()
            known = [key for key in dict.fromkeys(keys) if key in there]
            for key in known:
                writer.delete_by_term("document", key)
        return known

    def search(self, text: str, limit: int = 10) -> Results:
        """The passages that `text` finds, best first, at most `limit` of them.

        Raises BadQuery if there is no word in `text`.
        """
        query, stems = parse(text), frozenset(query_stems(text))
        view = self._view()
        hits = [
            _hit(place, ranked.score, view.snapshot.stored(ranked.number), stems)
            for place, ranked in enumerate(rank(view, query, limit), 1)
        ]
        return Results(text, count(view, query), hits)

    def status(self) -> Status:
        """Counts what the index holds."""
        view = self._view()
        terms = {term for field in view.terms("text") for term in field.terms_between(0, field.terms)}
        return Status(
            path=str(self.path),
            documents=len(self._records()),
            passages=view.snapshot.documents,
            terms=len(terms),
            size=sum(entry.stat().st_size for entry in self.path.iterdir()),
            format=toc.FORMAT,
            analysis=identity(),
        )

    def _writer(self, *, memory: int = MEMORY, jobs: int = 1) -> "Writer":
        from jooya.indexer.schema import schema  # noqa: PLC0415
        from jooya.indexer.whoosh_index import ColumnIndex  # noqa: PLC0415

        index = ColumnIndex(self.path, schema(), order=_ORDER, source=f"{schema.__module__}:{schema.__name__}")
        return index.writer(memory=memory, jobs=jobs)

    def _view(self) -> View:
        """The last commit."""
        if self._last_view is None or not self._last_view.snapshot.is_last():
            previous = self._last_view.snapshot if self._last_view else None
            self._last_view = View(Snapshot.open(self.path, previous), order=_ORDER)
        return self._last_view

    def _records(self) -> dict[str, Record]:
        return records(self._view().snapshot)


def _hit(rank: int, score: float, stored: dict[str, Any], stems: frozenset[str]) -> Hit:
    return Hit(
        rank=rank,
        score=score,
        id=stored["id"],
        document=stored["document"],
        title=stored.get("title"),
        date=Date(stored["gregorian"], stored["jalali"]) if "gregorian" in stored else None,
        text=stored["text"],
        start=stored["start"],
        end=stored["end"],
        stems=stems,
    )
