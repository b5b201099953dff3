"""The index: documents in, ranked passages out."""

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from whoosh import index as whoosh_index
from whoosh.searching import Searcher
from whoosh.writing import IndexWriter

from jooya.analyzers import identity
from jooya.indexer import sources
from jooya.indexer.document import Document
from jooya.indexer.errors import IndexBusy, IndexUnusable
from jooya.indexer.query import parse, query_stems
from jooya.indexer.reader import read
from jooya.indexer.results import Changes, Hit, Results, Status
from jooya.indexer.schema import FORMAT, Record, schema, stored_date, stored_record
from jooya.indexer.sync import Sync

_META = "jooya.json"


class Index:
    """A Persian full-text index in a folder. Get one by `open` or `create`, best in a `with` statement.

    Not to be shared by threads: each opens its own.
    """

    def __init__(self, path: Path, whoosh: whoosh_index.FileIndex) -> None:
        self.path = path
        self._whoosh = whoosh
        self._searcher: Searcher | None = None

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
            whoosh = whoosh_index.create_in(path, schema())
            # The last file, in one step: a folder with it is an index.
            temporary = path / f".{_META}"
            temporary.write_text(json.dumps({"format": FORMAT, "analysis": identity()}), encoding="utf-8")
            temporary.replace(path / _META)
        except OSError as error:
            raise IndexUnusable(f"no index can be made at {path} ({error.strerror}): choose another folder") from None
        return cls(path, whoosh)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The index in the folder `path`.

        Raises IndexUnusable if there is none, or one of another format or analysis.
        """
        path = Path(path)
        if not path.exists():
            raise IndexUnusable(f"no index at {path}: make one with 'jooya index -i {path} PATH…'")
        try:
            meta = json.loads((path / _META).read_bytes())
            found_format, found_analysis = meta["format"], meta["analysis"]
        except (OSError, ValueError, TypeError, KeyError):
            raise IndexUnusable(f"{path} is not an index: make one with 'jooya index -i DIR PATH…'") from None
        if found_format != FORMAT:
            raise IndexUnusable(
                f"{path} has format {found_format}, not {FORMAT}: index again into a new folder, or use the "
                "version of Jooya that made it"
            )
        if found_analysis != identity():
            raise IndexUnusable(
                f"{path} was built with analysis {found_analysis}, this is {identity()}: index again into a new "
                "folder, or use the version of Jooya that made it"
            )
        try:
            return cls(path, whoosh_index.open_dir(path, schema=schema()))
        except (whoosh_index.IndexError, OSError) as error:
            raise IndexUnusable(f"{path} is damaged ({error}): index again into a new folder") from None

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
        self._forget_searcher()
        self._whoosh.close()

    def add(
        self,
        *items: str | Path | Document,
        whole: bool = False,
        on_bytes: Callable[[int], None] = lambda _: None,
    ) -> Changes:
        """Takes in files, folders and documents, all in one commit.

        Documents that are in the index already are compared: unchanged ones are left alone, changed ones
        replaced, and those whose file is gone from a folder in `items`, or whose record is gone from a file in
        `items`, removed. What can't be read is skipped, and said in the result.

        whole: make each document a single passage, whose id is the document's key.
        on_bytes: called with numbers of bytes as they are read, to show progress by.

        Raises BadInput if a path does not exist and IndexBusy if another process is writing; the index is
        then as it was.
        """
        paths = [item for item in items if not isinstance(item, Document)]
        files = sources.find(paths)
        writer = self._writer()
        try:
            sync = Sync(writer, self._records(), whole=whole)
            for item in items:
                if isinstance(item, Document):
                    sync.take(item)
            for source in files:
                sync.take_file(source, read(source, on_bytes))
            sync.remove_missing(map(sources.absolute, paths))
        except BaseException:
            self._finish(writer, changed=False)
            raise
        self._finish(writer, changed=sync.changes.any)
        return sync.changes

    def remove(self, *keys: str) -> list[str]:
        """Removes the documents with these keys; returns the keys that were there. Raises IndexBusy."""
        writer = self._writer()
        records = self._records()
        known = [key for key in dict.fromkeys(keys) if key in records]
        for key in known:
            writer.delete_by_term("document", key)
        self._finish(writer, changed=bool(known))
        return known

    def search(self, text: str, limit: int = 10) -> Results:
        """The passages that `text` finds, best first, at most `limit` of them.

        Raises BadQuery if there is no word in `text`.
        """
        found = self._reader().search(parse(text), limit=limit)
        stems = frozenset(query_stems(text))
        return Results(text, len(found), [_hit(rank, hit, stems) for rank, hit in enumerate(found, 1)])

    def status(self) -> Status:
        """Counts what the index holds."""
        searcher = self._reader()
        documents = len(self._records())
        return Status(
            path=str(self.path),
            documents=documents,
            passages=searcher.doc_count() - documents,
            terms=sum(1 for _ in searcher.lexicon("text")),
            size=sum(entry.stat().st_size for entry in self.path.iterdir()),
            format=FORMAT,
            analysis=identity(),
        )

    def _writer(self) -> IndexWriter:
        try:
            return self._whoosh.writer(limitmb=256)
        except whoosh_index.LockError:
            raise IndexBusy(f"{self.path} is being written to by another process: try again later") from None
        except OSError as error:
            raise IndexUnusable(f"{self.path} can't be written to ({error.strerror}): check its permissions") from None

    def _finish(self, writer: IndexWriter, *, changed: bool) -> None:
        if changed:
            writer.commit()
        else:
            segment = writer.newsegment.segment_id()
            writer.cancel()
            for file in self.path.glob(f"*{segment}*"):  # which Whoosh leaves for the next commit to clean
                file.unlink()

    def _reader(self) -> Searcher:
        """A searcher on the last commit: a new one after each, since Whoosh's `refresh` doubles documents."""
        if self._searcher is not None and not self._searcher.up_to_date():
            self._forget_searcher()
        if self._searcher is None:
            self._searcher = self._whoosh.searcher()
        return self._searcher

    def _forget_searcher(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
            self._searcher = None

    def _records(self) -> dict[str, Record]:
        return dict(map(stored_record, self._reader().documents(kind="document")))


def _hit(rank: int, hit: Any, stems: frozenset[str]) -> Hit:
    stored = hit.fields()
    return Hit(
        rank=rank,
        score=hit.score,
        id=stored["id"],
        document=stored["document"],
        title=stored.get("title"),
        date=stored_date(stored),
        text=stored["text"],
        start=stored["start"],
        end=stored["end"],
        stems=stems,
    )
