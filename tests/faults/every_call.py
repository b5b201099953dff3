"""Let every call to the operating system fail once, in everything that can be done with an index.

python tests/faults/every_call.py

Calls that read are among them: to open a file, to ask for its size, to read or map it, to list a folder. Afterwards
the index is in the old state or the new one, nothing is lost, and no file is left open. Either the answer is right, or
there is an error that names a file, or a file of the user is reported as skipped.
"""

import argparse
import errno
import gc
import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

import watchfiles
from system_calls import SystemCalls
from workload import Contents, contents, left_over

from jooya.indexer import CheckReport, Document, Index, IndexDamaged, IndexReport, JooyaError, RepairReport
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import NAME as LOCK
from jooya.indexer.ingest import sync, watch

ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE, errno.ENOENT)
MIN_CALLS = {"search": 20, "index": 100, "check": 20, "repair": 100, "backup": 50, "watch": 100}
"""How many calls each kind of operation makes at least, so that the trial cannot pass on nothing."""
MIN_FUNCTIONS = 10
"""How many functions of the system fail at least."""
MIN_SAMPLED = 4
"""How many calls fail in an operation at least, if not all do."""


class Watched(NamedTuple):
    """The result of a watch: its reports, and the warnings that it logged."""

    reports: list[IndexReport]
    warnings: list[str]


class _Warnings(logging.Handler):
    """Keeps the messages of warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.lines.append(record.getMessage())


AS_IT_WAS = "is as it was"
UNKNOWN = "is as it was, or has all changes"
ONE_COMMIT = 3
"""The number of states of an operation that makes one commit: before it, after it, and at the end."""


@dataclass
class Operation:
    """Something that is done with an index.

    Attributes:
        name: The kind of the operation, and what is special about it.
        prepare: Makes the files in an empty folder.
        run: Does it, and returns a result that can be compared.
        judge: Asserts that what is left is right.
        key: The key of the index, if it has one.
    """

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path, SystemCalls], Any]
    judge: Callable[["Case"], None]
    key: bytes | None = None


@dataclass
class Case:
    """An operation in which one call failed.

    Attributes:
        operation: The operation.
        path: The folder in which it ran.
        before: The contents of the files of the index before it ran.
        states: The texts of the index by key after each of its commits, if nothing fails.
        expected: The result if nothing fails.
        result: The result; None if there was an error.
        error: The error, if there was one.
        number: The number of the error with which the call failed.
        several: True if other calls may fail, too, so that what a writer leaves may not have been removed.
    """

    operation: Operation
    path: Path
    before: dict[str, bytes]
    states: list[Contents]
    expected: Any
    result: Any = None
    error: Exception | None = None
    number: int = 0
    several: bool = False

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.path / "index"

    @property
    def is_said_to_be_unchanged(self) -> bool:
        """True if the error says that the index is as it was."""
        return AS_IT_WAS in self.message and UNKNOWN not in self.message

    @property
    def message(self) -> str:
        """The message of the error, with its notes."""
        return f"{self.error} {' '.join(getattr(self.error, '__notes__', []))}"


def trial(path: Path, sample: int | None = None, names: tuple[str, ...] = ()) -> str:
    """Try all operations, and return the figures.

    Args:
        path: An empty folder.
        sample: How many calls of each function of the system fail in each operation, with one error each; None to let
            every call fail with all errors.
        names: What the names of the operations to try begin with; empty for all.
    """
    sync._FRESH = 0  # files that were just made are as good as old ones
    counts: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    floors: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    kinds: set[str] = set()
    for operation in _operations():
        if names and not operation.name.startswith(names):
            continue
        base = path / "base"
        base.mkdir()
        operation.prepare(base)
        _warm_up(operation, base, path / "tried")
        gc.collect()
        gc.freeze()  # the collector, which runs twice for each call, need not look at the lexicon each time
        case, calls = reference(operation, base, path / "tried")
        kind = operation.name.partition(" ")[0]
        counts[kind] += len(calls.calls)
        floors[kind] += len(calls.calls) * len(ERRORS) - len(ERRORS) if sample is None else MIN_SAMPLED
        for position, error in _failures(calls, sample, sum(tried.values())):
            failing = SystemCalls(path / "tried", fail=position, error=error)
            end = attempt(case, failing, base, path / "tried")
            if failing.failed:  # one call depends on the clock (see `toc._make_newer`), so the last may not happen
                ends[end] += 1
                kinds.add(failing.failed.name)
                tried[kind] += 1
        shutil.rmtree(base)
    assert names or counts.keys() == MIN_CALLS.keys()
    assert names or len(kinds) >= MIN_FUNCTIONS, kinds
    for kind, count in counts.items():
        assert count >= MIN_CALLS[kind], f"{kind} made only {count} calls"
        assert tried[kind] >= floors[kind], f"only {tried[kind]} of {floors[kind]} runs of {kind}"
    calls_made = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    return (
        f"every_call: {sum(tried.values())} runs of {len(counts)} kinds of operations, in each of which a call failed "
        f"(of {calls_made} calls; {', '.join(sorted(kinds))}): an error {ends['error']} times, the right answer "
        f"{ends['right']} times, files reported as not read {ends['reported']} times, anything else 0 times"
    )


def _failures(calls: SystemCalls, sample: int | None, first: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers of calls that are to fail, and the error numbers; see `trial`."""
    if sample is None:
        yield from ((position, error) for position in range(len(calls.calls)) for error in ERRORS)
        return
    by_name: dict[str, list[int]] = {}
    for position, call in enumerate(calls.calls):
        by_name.setdefault(call.name, []).append(position)
    random = Random(first)
    for positions in by_name.values():
        for position in random.sample(positions, min(sample, len(positions))):
            yield position, ERRORS[first % len(ERRORS)]
            first += 1


def _warm_up(operation: Operation, base: Path, path: Path) -> None:
    """Run an operation, so that what Python loads only once is loaded."""
    shutil.copytree(base, path)
    operation.run(path, SystemCalls(path))
    shutil.rmtree(path)


def reference(operation: Operation, base: Path, path: Path, *, audited: bool = True) -> tuple[Case, SystemCalls]:
    """Run an operation in which nothing fails, and with `audited` see to it that all its calls are seen."""
    shutil.copytree(base, path)
    before = files_of(path / "index")
    states = [_texts(path / "index")]
    calls = SystemCalls(path)
    commits = _recorded_commits(path / "index", states, calls)
    with commits, calls.audited() if audited else calls.watched():
        expected = operation.run(path, calls)
    assert not calls.around, f"{operation.name}: not by way of SystemCalls: {calls.around}"
    states.append(_texts(path / "index"))
    case = Case(operation, path, before, states, expected, expected)
    operation.judge(case)
    shutil.rmtree(path)
    return case, calls


def _recorded_commits(index: Path, states: list[Contents], calls: SystemCalls) -> Any:
    """Return a context in which the texts of the index are added to `states` after each commit.

    `calls` leaves out the calls that this makes.
    """
    real = toc.write

    def write(folder: Path, state: toc.Toc, key: bytes | None = None) -> None:
        real(folder, state, key)
        if folder == index:
            with mock.patch.object(toc, "write", real), calls._within():
                states.append(_texts(index))

    return mock.patch.object(toc, "write", write)


def attempt(case: Case, calls: SystemCalls, base: Path, path: Path) -> str:
    """Run an operation in which a call fails; return "error", "right" or "reported"."""
    shutil.copytree(base, path)
    case.result, case.error, case.number, case.several = None, None, calls.error, calls.may_fail_again
    gc.collect()
    before = open_files()
    try:
        with calls.watched():
            case.result = case.operation.run(path, calls)
    except (JooyaError, OSError) as error:
        case.error = error.with_traceback(None)
        error.__context__ = error.__cause__ = None
    at = f"{case.operation.name}: {calls.failed}: {os.strerror(case.number)}: {case.error or case.result}"
    try:
        gc.collect()
        assert open_files() == before, f"open: {open_files()}, before {before}"
        if case.error is not None:
            assert str(path) in str(case.error), "the error does not name a file"
            assert case.number == errno.ENOENT or not isinstance(case.error, IndexDamaged), "taken for damage"
        case.operation.judge(case)
        reached = "right" if case.result == case.expected else "reported"
        end = reached if case.error is None else "error"
    except AssertionError as failure:
        raise AssertionError(f"{at}: {failure}") from failure
    shutil.rmtree(path)
    return end


def open_files() -> list[str]:
    """Return what the open descriptors of this process stand for."""
    found = []
    for link in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):  # that of the listing itself is closed
            found.append(str(link.readlink()))
    return sorted(name for name in found if not name.startswith("/proc/"))


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of all files below a folder, but for the lock."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != LOCK
    }


def _texts(index: Path) -> Contents:
    """Return the texts of an index by key; none if it does not exist, or is damaged."""
    try:
        return contents(index)[1]
    except (OSError, JooyaError):
        return {}


def judge_reader(case: Case) -> None:
    """Judge an operation that changes nothing: it gives the right answer or an error."""
    assert files_of(case.index) == case.before, "the index changed"
    assert case.error is not None or case.result == case.expected, "a wrong answer"


def _judge_check(case: Case) -> None:
    """Judge a check: it finds nothing that is not damaged, and says what it could not read."""
    assert files_of(case.index) == case.before, "the index changed"
    if case.error is None and case.result != case.expected:
        found: CheckReport = case.result
        assert found.unreadable, "a wrong answer"
        assert set(found.problems) - set(found.unreadable) <= set(case.expected.problems), "taken for damage"


def _judge_backup(case: Case) -> None:
    """Judge a backup: there is a whole copy, or nothing."""
    judge_reader(case)
    copy = case.path / "copy"
    if case.error is None or (copy / toc.NAME).exists():
        assert files_of(copy) == {name: data for name, data in case.before.items() if "/" not in name}
    else:
        assert not copy.exists() or not files_of(copy), f"left over: {list(files_of(copy))}"


def judge_writer(case: Case) -> None:
    """Judge an operation that changes the index: it is as it was, or as it was to become."""
    old, new = case.states[0], case.states[-1]
    if not (case.index / toc.NAME).exists():
        assert case.error is not None, "there is no index"
        assert not case.before, "the index is gone"
    else:
        found = contents(case.index)[1]
        report = Index.check(case.index)
        assert not report.problems, report.problems
        if case.error is not None or not _skipped(case.result):
            assert found in case.states, "neither the old nor the new state"
            assert case.error is not None or found == new, "not the new state"
        for key in old.keys() & new.keys():
            assert found.get(key) in [state.get(key) for state in case.states], f"{key} is lost"
    if case.is_said_to_be_unchanged and len(case.states) <= ONE_COMMIT:
        assert _unchanged(case), "it is not as it was"
    again = SystemCalls(case.path)
    case.operation.run(case.path, again)
    assert contents(case.index)[1] == new, "the next run does not reach the new state"
    assert not Index.check(case.index).problems
    Index.open(case.index, key=case.operation.key)._writer().commit()
    assert not left_over(case.index), left_over(case.index)


def _unchanged(case: Case) -> bool:
    """Return True if the index has the files that it had; after several failures, others may be left beside them."""
    after = files_of(case.index)
    return (case.before.items() <= after.items()) if case.several else after == case.before


def _skipped(result: Any) -> list[str]:
    """Return what a result says was not read; nothing for a watch, which has to try again."""
    return result.skipped if isinstance(result, IndexReport) else []


def judge_repair(case: Case) -> None:
    """Judge a repair: no file is lost, and no document without a word."""
    new = case.states[-1]
    after = files_of(case.index)
    if case.is_said_to_be_unchanged:
        assert _unchanged(case), "it is not as it was"
    elif case.error is None:
        assert contents(case.index)[1] == new, "not the repaired state"
        report: RepairReport = case.result
        assert report.report == case.expected.report or not report.complete, "a failed check is reported as success"
        assert (report.lost, report.losses) == (case.expected.lost, case.expected.losses), "other losses"
        assert after.keys() >= {f"damaged/1/{name}" for name in report.files}
    lost = {name for name, data in case.before.items() if data not in after.values()}
    assert not lost, f"lost: {lost}"
    Index.repair(case.index)
    assert not Index.check(case.index).problems
    assert contents(case.index)[1] == new, "the next repair does not reach the repaired state"
    after = files_of(case.index)
    assert all(data in after.values() for data in case.before.values()), "lost by the next repair"


def _make_files(path: Path) -> None:
    """Make the files of a user."""
    (path / "talks" / "more").mkdir(parents=True)
    (path / "talks" / "a.txt").write_text("باران بارید. برف آمد.", encoding="utf-8")
    (path / "talks" / "b.jsonl").write_text(
        '{"id": "b1", "text": "خانه"}\n{"id": "b2", "text": "کتاب"}\n', encoding="utf-8"
    )
    (path / "talks" / "more" / "c.txt").write_text("دانش شهر", encoding="utf-8")
    (path / "talks" / "more" / "gone.txt").write_text("رفت", encoding="utf-8")


def make_index(path: Path) -> None:
    """Make an index of several segments, with deletions and a list of files."""
    _make_files(path)
    with Index.create(path / "index") as index:
        index.add(*(Document(f"d{number}", f"باران {number} خانه. " * 9, title="هوا") for number in range(40)))
        index.add(path / "talks")
        index.add(Document("late", "سیل آمد"))
        index.remove("d3", "d4")


def _change_files(path: Path) -> None:
    """Change the files of a user: one of them, remove one, and make one."""
    (path / "talks" / "a.txt").write_text("تگرگ بارید.", encoding="utf-8")
    (path / "talks" / "more" / "gone.txt").unlink()
    (path / "talks" / "new.txt").write_text("تازه", encoding="utf-8")


def _make_changed(path: Path) -> None:
    make_index(path)
    _change_files(path)


def _make_many_segments(path: Path) -> None:
    """Make an index of which the next commit merges all segments."""
    with Index.create(path / "index") as index:
        for number in range(7):
            index.add(Document(f"d{number}", f"باران {number}"))


def _add_files(path: Path, _calls: SystemCalls) -> IndexReport:
    with Index.open_or_create(path / "index") as index:
        return index.add(path / "talks")


def _add_and_remove(path: Path, _calls: SystemCalls) -> None:
    with Index.open(path / "index") as index:
        index.add(Document("merged", "برف"), memory=0)
        index.remove("d1")


def _search(path: Path, calls: SystemCalls) -> Any:
    """Search, and search once more after another process has made a commit."""
    found: list[Any] = []
    with Index.open(path / "index") as index:
        for another in (False, True):
            if another:
                with calls._within():
                    Index.open(path / "index").remove("d9")
            found.append([(hit.id, hit.score, hit.text) for hit in index.search("باران خانه", context=1)])
            found.append((index.suggest("بار"), index.did_you_mean("بارن"), sorted(index.ids()), index.status()))
            found.append(list(index.similar("d5#1")))
    return found


def _judge_search(case: Case) -> None:
    assert case.error is not None or case.result == case.expected, "a wrong answer"
    files = files_of(case.index)
    assert all(files.get(name) == data for name, data in case.before.items() if name.endswith(".segment"))


def _check(path: Path, _calls: SystemCalls) -> CheckReport:
    return Index.check(path / "index")


def _repair(path: Path, _calls: SystemCalls) -> RepairReport:
    return Index.repair(path / "index")


def _backup(path: Path, _calls: SystemCalls) -> Any:
    with Index.open(path / "index") as index:
        return index.backup(path / "copy")


def _watch(path: Path, calls: SystemCalls) -> Watched:
    """Watch a folder in which files change once, until what failed has been tried again."""
    reports: list[IndexReport] = []
    warnings = _Warnings()

    def batches(*_paths: Any, **_options: Any) -> Iterator[set[tuple[int, str]]]:
        yield set()
        with calls._within():
            if (path / "talks" / "more" / "gone.txt").exists():
                _change_files(path)
        yield {(1, str(path / "talks" / "new.txt"))}
        yield set()
        yield set()
        raise KeyboardInterrupt

    log = logging.getLogger(watch.__name__)
    log.addHandler(warnings)
    try:
        with (
            mock.patch.object(watchfiles, "watch", batches),
            mock.patch.multiple(watch, _PAUSE=0, _RETRY=0.0, _POLL=0.0),
            Index.open_or_create(path / "index") as index,
            suppress(KeyboardInterrupt),
        ):
            for report in index.watch(path / "talks"):
                reports.append(report)
    finally:
        log.removeHandler(warnings)
    return Watched(reports, warnings.lines)


def _judge_watch(case: Case) -> None:
    """Judge a watch: it went on until all was indexed, and what failed meanwhile was logged or reported."""
    judge_writer(case)
    if case.error is None:
        found: Watched = case.result
        reported = found.warnings or any(report.skipped for report in found.reports)
        assert reported or found.reports == case.expected.reports, "a failure was not reported"


def _flip(name: str, share: float) -> Callable[[Path], None]:
    """Return a function that damages a byte of a file of the index, at a part of its length."""

    def damage(index: Path) -> None:
        content = bytearray((index / name).read_bytes())
        content[int(len(content) * share)] ^= 1
        (index / name).write_bytes(content)

    return damage


def _cut(name: str) -> Callable[[Path], None]:
    def damage(index: Path) -> None:
        (index / name).write_bytes((index / name).read_bytes()[:-9])

    return damage


def _lose(name: str) -> Callable[[Path], None]:
    return lambda index: (index / name).unlink()


def _lose_all_but_segments(index: Path) -> None:
    for name in (toc.NAME, "1.4.deleted", "2.attachment"):
        (index / name).unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a flipped bit": _flip("1.segment", 0.1),
    "a flipped bit in stored fields": _flip("1.segment", 0.6),
    "a truncated segment": _cut("1.segment"),
    "a lost segment": _lose("2.segment"),
    "lost deletions": _lose("1.4.deleted"),
    "a damaged table": _flip(toc.NAME, 0.5),
    "a lost table": _lose(toc.NAME),
    "damaged user data": _flip("2.attachment", 0.5),
    "segments alone": _lose_all_but_segments,
}
"""Damage to the index that `make_index` makes."""


def make_damaged(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    """Return a function that makes a damaged index in a folder."""

    def make(path: Path) -> None:
        make_index(path)
        damage(path / "index")

    return make


def _operations() -> Iterator[Operation]:
    yield Operation("search", make_index, _search, _judge_search)
    yield Operation("index into a new folder", _make_files, _add_files, judge_writer)
    yield Operation("index changed files", _make_changed, _add_files, judge_writer)
    yield Operation("index with a merge", _make_many_segments, _add_and_remove, judge_writer)
    yield Operation("check a sound index", make_index, _check, _judge_check)
    yield Operation("check a damaged index", make_damaged(DAMAGES["a flipped bit"]), _check, _judge_check)
    yield Operation("backup", make_index, _backup, _judge_backup)
    yield Operation("watch", _make_files, _watch, _judge_watch)
    for name, damage in DAMAGES.items():
        yield Operation(f"repair {name}", make_damaged(damage), _repair, judge_repair)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="Let only N calls of each function fail, with one error each.")
    parser.add_argument("names", nargs="*", help="Try only the operations whose names begin with one of these.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(Path(folder).resolve(), arguments.sample, tuple(arguments.names)))


if __name__ == "__main__":
    main()
