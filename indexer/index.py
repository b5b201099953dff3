"""The index: documents in, ranked passages out."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..analyzers import identity
from .codec import toc
from .codec.lock import NAME as LOCK
from .codec.lock import WriteLock
from .codec.snapshot import Snapshot
from .dates.parsing import Date
from .defaults import CACHE_MEMORY, INDEXING_MEMORY, LOCK_WAIT
from .document import Document, well_formed
from .errors import BadInput, BadQuery, BeyondLimit, IndexUnusable
from .ingest.document_records import Record, records
from .limits import DEFAULT, Limits, check, check_depth, deadline
from .options import DEFAULTS, ReadOptions
from .query.parser import parse, within_limits
from .query.planner import RANKING, Plan, plan
from .ranking.collector import rank
from .ranking.explanation import explain as explained
from .ranking.operators import TermSet
from .ranking.searcher import IndexSearcher
from .results import CheckReport, Hit, IndexReport, IndexStatus, Neighbour, Progress, RepairReport, Results
from .search.pages import By, Found, Page, Sort, search
from .search.similar import like

if TYPE_CHECKING:  # Whoosh is imported when something is written: a search does not wait for it
    from .suggestions.vocabulary import Vocabulary
    from .whoosh.column_writer import ColumnWriter

_ORDER = "document"
"""The field by which passages of equal score are ordered, whichever was indexed first."""

_SHOWN = 100  # characters of a query, in errors


class Index:
    """A Persian full-text index in a folder. Get one by `open` or `create`, best in a `with` statement.

    May be shared by threads: each call answers from one commit, the last one when it began. Of those that write, one
    waits for the other.
    """

    def __init__(self, path: Path, snapshot: Snapshot, memory: int) -> None:
        self.path = path
        self._memory = memory
        self._last_searcher: IndexSearcher | None = self._searcher_of(snapshot)
        self._vocabulary: tuple[IndexSearcher, Vocabulary] | None = None
        self._opening = threading.Lock()
        self._reading_words = threading.Lock()

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """A new, empty index in the folder `path`, which is made if need be.

        Raises IndexUnusable if the folder holds anything but hidden files.
        """
        path = Path(path)
        try:
            toc.make_folder(path)
            if strangers := _visible(path):
                raise IndexUnusable(f"{path} holds other files ({min(strangers)}, …): choose an empty folder")
            with WriteLock(path):
                if not (path / toc.NAME).exists():  # another process may have been quicker, and written to it
                    toc.write(path, toc.Toc(0, identity()))
        except OSError as error:
            raise IndexUnusable(f"no index can be made at {path} ({error.strerror}): choose another folder") from None
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, *, memory: int = CACHE_MEMORY) -> Self:
        """The index in the folder `path`.

        memory: megabytes of it that are kept for the next queries, those used last.

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
            raise IndexUnusable.foreign(path, snapshot.toc.analysis, identity())
        return cls(path, snapshot, memory)

    @classmethod
    def open_or_create(cls, path: str | Path) -> Self:
        """The index in the folder `path`; a new one if there is nothing, hidden files aside. Raises as `open`
        and `create` do."""
        path = Path(path)
        empty = not path.exists() or (path.is_dir() and not _visible(path))
        return cls.create(path) if empty else cls.open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the index's files. The index can't be used afterwards."""
        self._last_searcher = self._vocabulary = None

    def add(
        self,
        *items: str | Path | Document,
        options: ReadOptions = DEFAULTS,
        exclude: Iterable[str] = (),
        memory: int = INDEXING_MEMORY,
        jobs: int = 1,
        wait: float = LOCK_WAIT,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> IndexReport:
        """Takes in files, folders and documents, and brings the index in step with them.

        Documents that are in the index already are compared: unchanged ones are left alone, changed ones
        replaced, and those whose file is gone from a folder in `items`, or whose record is gone from a file in
        `items`, removed. Files that have not changed since, by size and times, are not read. What can't be read is
        skipped, and said in the result.

        settings: how documents are read and cut.
        exclude: patterns as in a .gitignore file for what is left out of folders, relative to each.
        memory: megabytes (a budget, held roughly) for what waits to be written.
        jobs: how many processes analyze. The result is the same.
        wait: for how many seconds to wait for another writer.
        on_progress: called now and then with how far it has come.

        What is done is committed every minute and at the end: after an interruption the next run goes on from there.

        Raises BadInput if a path does not exist, IndexBusy if another process is writing for longer than that, and
        OSError if the index can't be written to. A note of what is raised says whether the index is as it was.
        """
        from .ingest import discovery, manifest  # noqa: PLC0415 (these, too, are not waited for by a search)

        documents = [item for item in items if isinstance(item, Document)]
        paths = [item for item in items if not isinstance(item, Document)]
        found = discovery.find(paths, exclude, not_below=self.path)
        known = manifest.load(self._searcher().snapshot)
        if not documents and known.covers(found, options.number):
            entries = [known.files[file.location] for file in found.files]
            skipped = [reason for entry in entries for reason in entry.skipped] + list(found.skipped.values())
            return IndexReport(unchanged=sum(entry.documents for entry in entries), skipped=skipped)

        from .ingest.sync import Sync  # noqa: PLC0415

        with self._writer(memory=memory, jobs=jobs, wait=wait) as writer:
            return Sync(writer, self._searcher().snapshot, options, found, on_progress).run(documents)

    def remove(self, *keys: str, wait: float = LOCK_WAIT) -> list[str]:
        """Removes the documents with these keys; returns the keys that were there. Waits and raises as `add` does."""
        from .ingest import manifest  # noqa: PLC0415

        with self._writer(wait=wait) as writer:
            there = self._records()
            known = [key for key in dict.fromkeys(keys) if key in there]
            for key in known:
                writer.delete_by_term("document", key)
            files = manifest.load(self._searcher().snapshot)
            changed = files.to_be_read_again({there[key].source for key in known})
            if changed != files:
                writer.set_commit_user_data(manifest.dump(changed))
        return known

    def search(
        self,
        text: str,
        limit: int = 10,
        *,
        first: int = 1,
        sort: Sort = "score",
        by: By = "passage",
        within: str | None = None,
        collapse: bool = True,
        context: int = 0,
        explain: bool = False,
        limits: Limits = DEFAULT,
    ) -> Results:
        """The passages that `text` (see the README for its language) finds, best first, at most `limit` of them.

        first: the rank of the first that is given, from 1.
        sort: by `score`, by `date` (newest first, undated last), or by `document` (key, then order in the text).
        by: `document` gives the best passage of each document alone.
        within: a query that passages have to match, too; it counts nothing.
        collapse: give of passages with the same words only the first, with a count.
        context: how many passages on each side to give with each.
        explain: whether to say how each score came about.
        limits: how much of the query is read, how far down its hits may be, how long it may take.

        Raises BadQuery if there is no word in `text`, and BeyondLimit, a BadQuery, if there is no answer within the
        limits.
        """
        check_depth(first + limit - 1, limits)
        with deadline(limits.seconds):
            searcher = self._searcher()
            planned = plan(searcher, parse(text, limits), None if within is None else parse(within, limits), limits)
            if planned is None:
                said = f"{_shortened(text)!r}" + (f" within {_shortened(within)!r}" if within is not None else "")
                raise BadQuery(f"nothing to search for in {said}: give at least one word")
            page = search(searcher, planned, limit=limit, skip=first - 1, sort=sort, by=by, collapse=collapse)
            return _results(searcher, text, planned, page, first, context=context, explain=explain)

    def rank(self, text: str, limit: int = 1000, *, limits: Limits = DEFAULT) -> list[tuple[str, float]]:
        """The ids and scores alone of the passages that `text` finds, best first, copies too: what an evaluation needs,
        quickly. Raises as `search` does."""
        check_depth(limit, limits)
        with deadline(limits.seconds):
            searcher = self._searcher()
            planned = plan(searcher, parse(text, limits), limits=limits)
            if planned is None:
                raise BadQuery(f"nothing to search for in {_shortened(text)!r}: give at least one word")
            ranked = rank(searcher, planned.clause, limit, planned.rescorers)
            ids = searcher.keys("id", [number for number, _ in ranked])
            return [(passage.decode(), score) for passage, (_, score) in zip(ids, ranked, strict=True)]

    def ids(self) -> set[str]:
        """The ids of all passages."""
        searcher = self._searcher()
        return {term.decode() for leaf in searcher.leaves for term in leaf.keys("id", leaf.all_docs())}

    def similar(self, passage_id: str, limit: int = 10, *, limits: Limits = DEFAULT) -> Results:
        """The passages most like the one with this id. Raises BadInput if there is none, and BeyondLimit as `search`
        does."""
        check_depth(limit, limits)
        with deadline(limits.seconds):
            searcher = self._searcher()
            passage_id = well_formed(passage_id)
            own = TermSet("id", (passage_id.encode(),))
            found = next((leaf.base + int(doc) for leaf in searcher.leaves for doc in own.matches(leaf).docs), None)
            if found is None:
                raise BadInput(f"no passage {passage_id!r} in {self.path}: ids are what a search shows, KEY#NUMBER")
            planned = like(searcher, passage_id, searcher.snapshot.stored(found)["text"])
            return _results(searcher, passage_id, planned, search(searcher, planned, limit=limit, skip=0), 1)

    def did_you_mean(self, text: str, *, limits: Limits = DEFAULT) -> list[str]:
        """Other queries, at most three, that are likelier to find what was meant by `text`; none if its words are well
        known in the index, or if it is so long that only part of it is read. Raises BeyondLimit after
        `limits.seconds`."""
        from .suggestions.did_you_mean import did_you_mean, needs_help  # noqa: PLC0415

        if within_limits(text, limits) != text:
            return []
        with deadline(limits.seconds):
            searcher, text = self._searcher(), well_formed(text)
            return did_you_mean(searcher, self._words(searcher), text) if needs_help(searcher, text) else []

    def suggest(self, text: str, limit: int = 10, *, limits: Limits = DEFAULT) -> list[str]:
        """`text` with its last word completed from the index, likeliest first: for search boxes. Raises BeyondLimit if
        there is more of `text` than may be, and after `limits.seconds`."""
        from .suggestions.completion import completions  # noqa: PLC0415

        if within_limits(text, limits) != text:
            raise BeyondLimit(
                f"a text of more than {limits.words:,} words or {limits.characters:,} characters is not completed: "
                "give its end alone"
            )
        with deadline(limits.seconds):
            return completions(self._searcher(), well_formed(text), limit)

    def status(self) -> IndexStatus:
        """Counts what the index holds."""
        from .ingest import manifest  # noqa: PLC0415

        searcher = self._searcher()
        remembered = records(searcher.snapshot)
        terms = {term for field in searcher.terms("text") for term in field.terms_between(0, field.terms)}
        return IndexStatus(
            path=str(self.path),
            documents=len(remembered),
            passages=searcher.snapshot.doc_count,
            terms=len(terms),
            size=searcher.snapshot.toc.size,
            encodings=_counts(record.encoding for record in remembered.values()),
            collections=_counts(record.collection for record in remembered.values()),
            skipped=manifest.load(searcher.snapshot).skipped,
            format=toc.FORMAT,
            analysis=identity(),
        )

    @staticmethod
    def check(path: str | Path) -> CheckReport:
        """Looks at all of the index in the folder `path`, which need not be fit to be opened, while a writer may go on:
        checksums, postings, lengths, stored values, and how passages and documents go together. Raises IndexUnusable if
        there is none."""
        from .integrity.check import check  # noqa: PLC0415

        return check(Path(path))

    @staticmethod
    def repair(path: str | Path, wait: float = LOCK_WAIT) -> RepairReport:
        """Makes a damaged index sound again, with all documents whose stored text can still be read.

        wait: for how many seconds to wait for another writer. Raises IndexUnusable if there is no index, or one that
        this version can't write to, and IndexBusy.
        """
        from .integrity.repair import repair  # noqa: PLC0415

        return repair(Path(path), wait)

    def backup(self, to: str | Path) -> IndexStatus:
        """Copies the last commit to the folder `to`, which is made if need be and must be empty, while a writer may go
        on. Returns what is in the copy, all of which was checked. Raises BadInput if there is something in `to`,
        IndexDamaged if the index is, and OSError if the copy can't be written; `to` is then as it was."""
        from .integrity.backup import backup  # noqa: PLC0415

        backup(Snapshot.open(self.path), Path(to))
        with self.open(to) as copy:
            return copy.status()

    def _writer(self, *, memory: int = INDEXING_MEMORY, jobs: int = 1, wait: float = LOCK_WAIT) -> "ColumnWriter":
        from .whoosh.column_index import ColumnIndex  # noqa: PLC0415
        from .whoosh.passage_schema import schema  # noqa: PLC0415

        index = ColumnIndex(self.path, schema(), order=_ORDER, source=f"{schema.__module__}:{schema.__name__}")
        return index.writer(memory=memory, jobs=jobs, wait=wait)

    def _searcher(self) -> IndexSearcher:
        """The last commit."""
        searcher = self._last_searcher
        if searcher is not None and searcher.snapshot.is_current():
            return searcher
        with self._opening:
            searcher = self._last_searcher
            if searcher is None or not searcher.snapshot.is_current():
                searcher = self._searcher_of(Snapshot.open(self.path, searcher.snapshot if searcher else None))
                self._last_searcher = searcher
            return searcher

    def _searcher_of(self, snapshot: Snapshot) -> IndexSearcher:
        return IndexSearcher(snapshot, _ORDER, RANKING, self._memory << 20)

    def _words(self, searcher: IndexSearcher) -> "Vocabulary":
        """The words of the last commit."""
        from .suggestions.vocabulary import Vocabulary  # noqa: PLC0415

        with self._reading_words:
            known = self._vocabulary
            if known is None or known[0] is not searcher:
                known = self._vocabulary = (searcher, Vocabulary(searcher.terms("exact")))
            return known[1]

    def _records(self) -> dict[str, Record]:
        return records(self._searcher().snapshot)


def _shortened(text: str) -> str:
    """`text` as an error shows it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _counts(values: Iterable[str | None]) -> dict[str, int]:
    """How often each is there, the commonest first."""
    return dict(Counter(value for value in values if value).most_common())


def _visible(folder: Path) -> list[str]:
    """The names of the files in a folder that are neither hidden nor a lock that was left."""
    return [entry.name for entry in folder.iterdir() if not entry.name.startswith(".") and entry.name != LOCK]


def _results(
    searcher: IndexSearcher,
    text: str,
    planned: Plan,
    page: Page,
    first: int,
    *,
    context: int = 0,
    explain: bool = False,
) -> Results:
    hits = []
    for place, (found, copies) in enumerate(zip(page.found, page.copies, strict=True), first):
        check()
        hit = replace(_hit(searcher, found, place), copies=copies, highlight_terms=planned.highlight_terms)
        if context:
            before, after = _around(searcher, found.number, hit.document, context)
            hit = replace(hit, before=before, after=after)
        if explain:
            rescorers = planned.rescorers if found.close else ()
            hit = replace(
                hit, explanation=explained(*searcher.locate(found.number), found.score, planned.clause, rescorers)
            )
        hits.append(hit)
    return Results(text, page.total, hits, planned.notes)


def _hit(searcher: IndexSearcher, found: Found, rank: int) -> Hit:
    stored = searcher.snapshot.stored(found.number)
    return Hit(
        rank=rank,
        score=found.score,
        id=stored["id"],
        document=stored["document"],
        title=stored.get("title"),
        date=Date(stored["gregorian"], stored["jalali"]) if "gregorian" in stored else None,
        text=stored["text"],
        start=stored["start"],
        end=stored["end"],
        page=stored.get("page"),
        time=stored.get("time"),
        heading=stored.get("heading"),
        speaker=stored.get("speaker"),
        collection=stored.get("collection"),
    )


def _around(
    searcher: IndexSearcher, number: int, document: str, context: int
) -> tuple[tuple[Neighbour, ...], tuple[Neighbour, ...]]:
    """The passages of the same document before and after a passage: they are numbered one after another."""
    leaf, doc = searcher.locate(number)

    def neighbours(places: range) -> Iterator[Neighbour]:
        for place in places:
            check()
            stored = leaf.segment.stored(place)
            if stored["document"] != document:
                return
            yield Neighbour(stored["id"], stored["text"], stored["start"], stored["end"])

    before = tuple(neighbours(range(doc - 1, max(doc - context, 0) - 1, -1)))
    return before[::-1], tuple(neighbours(range(doc + 1, min(doc + context + 1, leaf.size))))
