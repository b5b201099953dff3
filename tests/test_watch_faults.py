"""Watching goes on, whatever happens to the files, to the index or to the updates."""

import errno
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from types import SimpleNamespace

import pytest
from entry_faults import LASTING, PASSING, listing
from watchfiles import Change

from jooya import Index, IndexReport, IndexUnusable
from jooya.indexer import BadArgument, IndexDamaged
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.ingest import sync, watch


class Watcher:
    """Watches some paths in a thread, and gathers the reports, or the error in which it ends."""

    def __init__(self, index: Index, *paths: Path) -> None:
        self._results: Queue[IndexReport | Exception] = Queue()
        self._reports = index.watch(*paths, wait=0)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            for report in self._reports:
                self._results.put(report)
        except Exception as error:
            self._results.put(error)

    def next(self) -> IndexReport | Exception:
        return self._results.get(timeout=30)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds, which reports bring about; several changes may be one report or more."""
        for _ in range(1000):
            assert self.thread.is_alive(), self.next()
            if condition():
                return
            time.sleep(0.03)
        raise AssertionError("nothing happened for 30 seconds")


def keys(index: Index) -> set[str]:
    return {Path(key).name for key in index._records()}


def write(path: Path, text: str = "باران") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.txt", "bad.txt", "sub/s.txt"):
        write(tmp_path / "f" / name)
    return tmp_path / "f"


@pytest.fixture
def start(index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watcher]]:
    """Return a function that begins to watch, with short times."""
    monkeypatch.setattr(watch, "_PAUSE", 100)
    monkeypatch.setattr(watch, "_RETRY", 0.1)
    monkeypatch.setattr(watch, "_POLL", 0.1)
    watchers: list[Watcher] = []

    def started(*paths: Path) -> Watcher:
        watchers.append(Watcher(index, *paths))
        return watchers[-1]

    yield started
    index.close()  # which ends the threads, though nothing changes
    for watcher in watchers:
        watcher.thread.join(30)
        assert not watcher.thread.is_alive()


@pytest.mark.parametrize("fault", LASTING)
def test_lasting_faults(index: Index, folder: Path, start: Callable[..., Watcher], fault: str) -> None:
    watcher = start(folder)
    watcher.until(lambda: keys(index) == {"a.txt", "bad.txt", "s.txt"})
    (folder / "bad.txt").unlink()
    LASTING[fault](folder)
    write(folder / "b.txt")
    watcher.until(lambda: {"a.txt", "b.txt", "s.txt"} <= keys(index))
    write(folder / "c.txt")
    watcher.until(lambda: {"a.txt", "b.txt", "c.txt", "s.txt"} <= keys(index))


@pytest.mark.parametrize("fault", PASSING)
def test_passing_faults(
    index: Index, folder: Path, start: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    with listing(monkeypatch, PASSING[fault]):
        watcher = start(folder)
        watcher.until(lambda: "a.txt" in keys(index))
        write(folder / "b.txt")
        watcher.until(lambda: {"a.txt", "b.txt"} <= keys(index))
    write(folder / "c.txt")
    watcher.until(lambda: {"a.txt", "b.txt", "c.txt"} <= keys(index))


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("nobody knew this")])
def test_updates_that_fail_are_tried_again(
    index: Index,
    folder: Path,
    start: Callable[..., Watcher],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    real, fails = sync.Sync.run, [3]

    def run(self: sync.Sync, documents: object) -> IndexReport:
        fails[0] -= 1
        if fails[0] >= 0:
            raise error
        return real(self, documents)  # type: ignore[arg-type]

    monkeypatch.setattr(sync.Sync, "run", run)
    with caplog.at_level(logging.WARNING, "jooya"):
        watcher = start(folder)
        assert watcher.next() == IndexReport(new=3)
    assert caplog.messages.count(f"{error}; trying again") == 3
    fails[0] = 1
    write(folder / "b.txt")
    report = watcher.next()
    assert isinstance(report, IndexReport)
    assert report.new == 1


def test_another_writer_is_waited_for(
    index: Index, folder: Path, start: Callable[..., Watcher], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "jooya"):
        lock = WriteLock(index.path)
        watcher = start(folder)
        watcher.until(lambda: any("is being written to" in message for message in caplog.messages))
        lock.release()
        assert watcher.next() == IndexReport(new=3)


def test_a_folder_that_is_removed_and_made_again(index: Index, folder: Path, start: Callable[..., Watcher]) -> None:
    """The new folder may have the inode of the old one."""
    watcher = start(folder)
    watcher.until(lambda: keys(index) == {"a.txt", "bad.txt", "s.txt"})
    for number in range(3):
        shutil.rmtree(folder)
        watcher.until(lambda: keys(index) == set())
        write(folder / f"{number}.txt")
        watcher.until(lambda number=number: keys(index) == {f"{number}.txt"})  # type: ignore[misc]
        shutil.rmtree(folder)
        folder.mkdir()
        time.sleep(0.5)
        write(folder / "later.txt")
        watcher.until(lambda: keys(index) == {"later.txt"})


def test_a_folder_moved_away_and_another_in_its_place(
    index: Index, folder: Path, tmp_path: Path, start: Callable[..., Watcher]
) -> None:
    watcher = start(folder)
    watcher.until(lambda: keys(index) == {"a.txt", "bad.txt", "s.txt"})
    write(tmp_path / "g" / "g.txt")
    folder.rename(tmp_path / "old")
    (tmp_path / "g").rename(folder)
    watcher.until(lambda: keys(index) == {"g.txt"})
    write(folder / "h.txt")
    watcher.until(lambda: keys(index) == {"g.txt", "h.txt"})


def test_a_file_that_editors_replace(index: Index, folder: Path, start: Callable[..., Watcher]) -> None:
    """They write another file and rename it, so that the file that was watched is gone."""
    watcher = start(folder / "a.txt", folder / "bad.txt")
    watcher.until(lambda: keys(index) == {"a.txt", "bad.txt"})
    for word in ("تگرگ", "برف", "مه"):
        write(folder / ".new", word).rename(folder / "a.txt")
        watcher.until(lambda word=word: index.search(word).total == 1)  # type: ignore[misc]


def test_one_path_is_gone_and_the_other_is_watched(
    index: Index, folder: Path, tmp_path: Path, start: Callable[..., Watcher], caplog: pytest.LogCaptureFixture
) -> None:
    other = write(tmp_path / "g" / "g.txt").parent
    with caplog.at_level(logging.WARNING, "jooya"):
        watcher = start(folder, other)
        watcher.until(lambda: "g.txt" in keys(index))
        shutil.rmtree(other)
        watcher.until(lambda: "g.txt" not in keys(index))
        write(folder / "b.txt")
        watcher.until(lambda: "b.txt" in keys(index))
        write(folder / "c.txt")
        watcher.until(lambda: "c.txt" in keys(index))
    assert caplog.messages.count(f"{other}: no such file or folder") == 1
    write(other / "again.txt")
    watcher.until(lambda: "again.txt" in keys(index))


def test_changes_that_cannot_be_watched_are_looked_for(
    index: Index, folder: Path, start: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_watches(*_paths: object, **_options: object) -> Iterator[set[object]]:
        raise OSError(errno.ENOSPC, "OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", no_watches)
    watcher = start(folder)
    watcher.until(lambda: "a.txt" in keys(index))
    write(folder / "b.txt")
    watcher.until(lambda: "b.txt" in keys(index))


@pytest.mark.parametrize("loss", ["removed", "damaged"])
def test_it_ends_when_the_index_is_lost(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    monkeypatch.setattr(watch, "_PAUSE", 100)
    index = Index.create(tmp_path / "index")
    watcher = Watcher(index, folder)
    assert watcher.next() == IndexReport(new=3)
    if loss == "removed":
        shutil.rmtree(index.path)
    else:
        (index.path / "toc.json").write_text("x", encoding="utf-8")
    write(folder / "b.txt")
    error = watcher.next()
    assert isinstance(error, OSError | IndexUnusable)
    watcher.thread.join(30)
    assert not watcher.thread.is_alive()


def test_changes_of_the_index_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The filter is asked with the paths that the system tells."""
    asked: list[Callable[[object, str], bool]] = []

    def watch_files(*paths: str, watch_filter: Callable[[object, str], bool], **options: object) -> Iterator[set[str]]:
        assert paths == (str(tmp_path),)
        assert options == {"debounce": 1000, "rust_timeout": 1000, "yield_on_timeout": True}
        asked.append(watch_filter)
        yield set()

    monkeypatch.setattr("watchfiles.watch", watch_files)
    index = str(tmp_path / "index")
    for given, expected in ((index, [True, False, False, True, True]), (None, [True] * 5)):
        next(watch._changes([tmp_path], given))
        paths = [str(tmp_path), index, f"{index}/1.segment", f"{index}2", f"{index}.txt"]
        assert [asked[-1](None, path) for path in paths] == expected


def test_what_is_made_anew_at_a_path_is_watched_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes within a folder go on in the same watch; the removal of the folder itself begins another."""
    watched: list[int] = []
    told = [{(Change.deleted, str(tmp_path / "a"))}, set(), {(Change.added, str(tmp_path))}, set()]

    def watch_files(*_paths: str, **_options: object) -> Iterator[set[tuple[Change, str]]]:
        watched.append(len(watched))
        yield from told

    monkeypatch.setattr("watchfiles.watch", watch_files)
    changes = watch._changes([tmp_path], None)
    assert [next(changes) for _ in range(4)] == [True, False, True, False]
    assert watched == [0]
    told[:] = [{(Change.deleted, str(tmp_path))}, {(Change.added, str(tmp_path))}]
    assert [next(changes) for _ in range(3)] == [True, True, True]
    assert watched == [0, 1, 2, 3]


class Clock:
    """A clock by which a second passes each time that changes are asked for, and updates that do as they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: int, changed: Callable[[int], bool]) -> None:
        self.now = 0
        self.updates: list[int] = []
        self.asked = 0

        def changes(*_arguments: object) -> Iterator[bool]:
            for self.now in range(seconds):
                yield changed(self.now)

        monkeypatch.setattr(watch, "_changes", changes)
        monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: float(self.now)))

    def reports(self, update: Callable[[int], IndexReport]) -> list[tuple[int, IndexReport]]:
        """Return the reports of the updates, with the times at which they came."""

        def updated() -> IndexReport:
            self.updates.append(self.now)
            return update(self.now)

        def check_open() -> None:
            self.asked += 1

        return [(self.now, report) for report in watch.watch([], updated, None, check_open)]


def test_an_update_that_fails_is_tried_again_after_twice_the_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Up to a minute, and after a second again once one has succeeded, whether it failed or could not read a file."""
    line = "x: Input/output error"
    for fault in (OSError(5, "full"), IndexReport(unread=[line])):

        def update(now: int, fault: OSError | IndexReport = fault) -> IndexReport:
            if now == 183:
                return IndexReport(new=1)
            if isinstance(fault, OSError):
                raise fault
            return fault

        monkeypatch.undo()
        clock = Clock(monkeypatch, 195, lambda now: now in (0, 40, 190))
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "jooya"):
            reports = clock.reports(update)
        assert clock.updates == [0, 1, 3, 7, 15, 31, 63, 123, 183, 190, 191, 193]
        assert reports == [*([] if isinstance(fault, OSError) else [(0, fault)]), (183, IndexReport(new=1))]
        assert clock.asked == 195
        failed = ["[Errno 5] full; trying again", "the update failed"] * 11
        assert caplog.messages == (failed if isinstance(fault, OSError) else [line, line])


def test_an_index_is_updated_when_something_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first report comes in any case, and then those that tell of a change."""
    clock = Clock(monkeypatch, 10, lambda now: now in (0, 3, 4, 7))
    done = {3: IndexReport(new=1), 7: IndexReport(removed=1)}
    first = IndexReport(unchanged=1)
    assert clock.reports(lambda now: done.get(now, first)) == [(0, first), (3, done[3]), (7, done[7])]
    assert (clock.updates, clock.asked) == ([0, 3, 4, 7], 10)


def test_what_is_wrong_is_told_once_until_it_is_another_thing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock(monkeypatch, 7, lambda _now: True)
    one, both = IndexReport(failed=["a: gone"]), IndexReport(failed=["a: gone"], skipped=["c"])
    told = [one, one, both, IndexReport(failed=["a: gone", "b: gone"]), IndexReport(), one, one]
    with caplog.at_level(logging.WARNING, "jooya"):
        clock.reports(lambda now: told[now])
    assert caplog.messages == ["a: gone", "a: gone; b: gone", "a: gone"]


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (BadArgument("x", "y", argument="z"), True),
        (IndexDamaged.at(Path("x")), True),
        (IndexUnusable("x", "y", path=Path("x"), reason="missing"), True),
        (IndexUnusable("x", "y", path=Path("x"), reason="format"), True),
        (IndexUnusable("x", "y", path=Path("x"), reason="analysis"), True),
        (IndexUnusable("x", "y", path=Path("x"), reason="key"), False),
        (OSError(28, "full"), False),
    ],
)
def test_errors_that_last_end_it(monkeypatch: pytest.MonkeyPatch, error: Exception, lost: bool) -> None:
    clock = Clock(monkeypatch, 3, lambda _now: True)

    def update(_now: int) -> IndexReport:
        raise error

    if lost:
        with pytest.raises(type(error)):
            clock.reports(update)
    else:
        assert clock.reports(update) == []
    assert clock.updates == ([0] if lost else [0, 1])


@pytest.mark.parametrize(("answer", "lost"), [(FileNotFoundError, True), (PermissionError, False), (None, False)])
def test_an_index_that_is_gone_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: type[OSError] | None, lost: bool
) -> None:
    def signature(_folder: Path) -> object:
        if answer:
            raise answer
        return None

    monkeypatch.setattr("jooya.indexer.codec.toc.signature", signature)
    assert watch._is_lost(OSError(28, "full"), tmp_path) == lost
    assert not watch._is_lost(OSError(28, "full"), None)
