"""Settings of the index chosen at random for each test, and faults in each index that a test leaves.

    python -m pytest --chaos 7 tests/test_index.py

With this option, each test has its own merge policy, memory budget, interval between looks at the memory, and sizes of
blocks and of what is spilled, chosen by the seed and the name of the test, so that they are the same when it runs
again. Tests of the settings themselves have the mark `usual_settings`.

When a commit has returned, a copy of the index is made in which all that was not synced is garbage or missing (see
`unsynced`), and another one at the end of the test. Each must open and be as it was committed. After the test, `check`
reads each index that it wrote, unless the test changed the files behind the index's back, and no file of these indexes
may be open. Then calls of the operating system fail at random while a copy is written to (see `random_faults`).

A run of the whole suite fails if it did too little of this.
"""

import gc
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

import pytest
from unsynced import Synced, copy_files, size_of

from jooya.indexer import Index
from jooya.indexer import index as index_module
from jooya.indexer.codec import inverter, merge_policy, merger, section_writer, segment_writer, stored_blocks, toc
from jooya.indexer.codec.committer import remove_unused_files
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.errors import JooyaError
from jooya.indexer.ingest import manifest
from jooya.indexer.integrity.check import check
from jooya.indexer.whoosh import column_writer, workers

sys.path.append(str(Path(__file__).parent / "faults"))
from random_faults import inject

_SETTINGS: tuple[tuple[Any, str, tuple[float, ...]], ...] = (
    (merge_policy, "MERGE_FACTOR", (2, 3, 8)),
    (merge_policy, "MIN_MERGE_DOCS", (1, 10, 1000)),
    (column_writer, "_MEMORY_CHECK_INTERVAL", (1, 4, 500)),
    (column_writer, "_LARGE_DOCUMENTS", (100, 1 << 14, 4 << 20)),
    (workers, "_BATCH_CHARACTERS", (1, 1000, 2_000_000)),
    (inverter, "_MAX_PENDING_TERMS", (1, 100, 1 << 15)),
    (section_writer, "_COPY_BLOCK", (64, 1 << 12, 1 << 20)),
    (segment_writer, "BLOCK", (64, 512, 4096, 1 << 16)),
    (segment_writer, "_BLOCKS", (1, 2, 8)),
    (stored_blocks, "_KEPT", (0, 1 << 14, 4 << 20)),
    (merger, "_BLOCKS", (1, 3, 256)),
    (merger, "_POSTINGS", (1 << 13, 1 << 19)),
    (merger, "_RANGES", (1, 2, 16)),
    (manifest, "_JOURNAL", (0, 200, 16 << 10)),
)
"""The settings, each with the values among which it is chosen."""

_MEMORY = (0, 1 << 12, 1 << 15, 1 << 18, None)
"""Bytes of documents that may wait before they are spilled; None for what is asked for."""

_MOST_COPIES = 5
"""The most commits of a test of which copies are made; of later ones, every tenth is copied."""

_LARGE = 4 << 20
"""The size of an index in bytes above which no copies are made."""

_MOST_INJECTED = 1
"""The most indexes of a test in which calls fail."""

_MANY_TESTS = 8000
"""The number of tests from which on a run is one of the whole suite."""

_FLOORS = {
    "indexes": 500, "commits": 1500, "copies": 1500, "corrupted": 100, "files": 500, "faults": 1500, "failed": 500,
    "succeeded": 100,
}  # fmt: skip
"""The least that a run of the whole suite does of each kind."""


class _Copied(NamedTuple):
    """The copies of an index after a commit.

    Attributes:
        folder: The folder of the index.
        state: Its table of contents.
        corrupted: The copy in which what was not synced is garbage.
        whole: A copy of the index as it was.
    """

    folder: Path
    state: toc.Toc
    corrupted: Path
    whole: Path


class _Test:
    """The indexes of a test, and what it does with them.

    Attributes:
        whole: The folders of indexes with the schema of `Index`. `check` does not know others.
        by_hand: The folders in which the test writes by functions that no user calls, so that they may hold anything.
        written: For each index, the sizes and times of its files after the last commit.
        keys: The keys of indexes.
        copied: The copies after commits.
        unrecorded: The folders in which something was written while the test had replaced the functions that sync.
        commits: The number of commits.
        random: Chooses what is lost, and which calls fail.
        synced: What was synced.
        is_crafted: True if the test has the mark `crafted_index`: it writes an index that is not sound.
        is_over: True if what is written from now on is none of the test's own.
    """

    def __init__(self, random: Random, place: Path, counts: Counter[str]) -> None:
        self.whole: set[Path] = set()
        self.by_hand: set[Path] = set()
        self.written: dict[Path, dict[str, tuple[int, int]]] = {}
        self.keys: dict[Path, bytes | None] = {}
        self.copied: list[_Copied] = []
        self.unrecorded: set[Path] = set()
        self.commits = 0
        self.random = random
        self.synced = Synced()
        self.is_over = False
        self.is_crafted = False
        self._place = place
        self._counts = counts

    def folder(self, name: str) -> Path:
        """Return a new path for a copy."""
        return self._place / f"{name}{len(list(self._place.iterdir()))}"

    def committed(self, folder: Path, key: bytes | None) -> None:
        """Note a commit, and make the copies of it."""
        state = toc.read(folder)
        names = [toc.NAME, *state.files, *map(toc.kept_name, toc.kept_generations(folder, state))]
        self.written[folder] = files_of(folder, names)
        self.keys[folder] = key
        self.commits += 1
        self._counts["commits"] += 1
        if not self.synced.is_whole:
            self.unrecorded.add(folder)
        elif folder not in self.unrecorded and (self.commits <= _MOST_COPIES or self.commits % 10 == 0):
            self.copy(folder, state)

    def copy(self, folder: Path, state: toc.Toc) -> _Copied | None:
        """Make the copies of a commit, unless the index is large."""
        if size_of(folder) > _LARGE:
            self._counts["large"] += 1
            return None
        made = _Copied(folder, state, self.folder("corrupted"), self.folder("whole"))
        altered = self.synced.copy(folder, made.corrupted, self.random)
        copy_files(folder, made.whole)
        self._counts["copies"] += 1
        self._counts["corrupted"] += altered > 0
        self._counts["files"] += altered
        self.copied.append(made)
        return made


class Chaos:
    """A plugin of pytest that chooses the settings of each test.

    Args:
        seed: Chooses them, together with the name of the test.
    """

    def __init__(self, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._seed = seed
        self._done: Counter[str] = Counter()  # since the last test
        self._chosen: dict[str, Any] = {}

    def pytest_collection_finish(self) -> None:
        """Leave what is loaded by now out of the collections of garbage, of which there are many."""
        gc.freeze()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Run a test with its settings."""
        usual = item.get_closest_marker("usual_settings") is not None
        random = Random(f"{self._seed} {item.nodeid}")
        self._done["tests"] += 1
        with ExitStack() as patches:
            place = Path(
                patches.enter_context(tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True))
            )
            test = item.stash[_TEST] = _Test(random, place, self._done)
            test.is_crafted = item.get_closest_marker("crafted_index") is not None
            patches.enter_context(test.synced.watching())
            patches.enter_context(mock.patch.object(toc, "write", _recorded(toc.write, test, self._done)))
            patches.enter_context(mock.patch.object(Index, "_writer", _noted(Index._writer, test)))
            patches.enter_context(mock.patch.object(index_module, "_create", _noted_new(index_module._create, test)))
            if usual:
                self._chosen = {"usual": True}
                return (yield)
            self._chosen = {f"{where.__name__}.{name}": random.choice(values) for where, name, values in _SETTINGS}
            for where, name, _ in _SETTINGS:
                patches.enter_context(mock.patch.object(where, name, self._chosen[f"{where.__name__}.{name}"]))
            memory = self._chosen["memory"] = random.choice(_MEMORY)
            patches.enter_context(mock.patch.object(column_writer.ColumnWriter, "__init__", _with_memory(memory)))
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        """Say which settings a test had that failed."""
        report: Any = yield
        if call.when == "teardown":  # what it has done is told to the process that tells it all
            report.user_properties.append(("chaos", dict(self._done)))
            self._done.clear()
        if report.failed:
            item.stash[_FAILED] = True
            report.sections.append(("chaos", f"seed {self._seed}: {self._chosen}"))
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Look at the indexes that a test wrote, while its settings are in force and its folders are there."""
        result = yield
        test = item.stash[_TEST]
        if not test.commits or item.stash.get(_FAILED, False):  # the traceback of a failure keeps what was open
            return result
        given = getattr(item, "funcargs", {})
        own = str(given.get("tmp_path", "/nowhere"))
        given.clear()
        gc.collect()
        still_open = sorted(path for path in _open_files() if path.startswith(f"{own}{os.sep}"))
        assert not still_open, f"open after the test: {still_open}"
        sound = [folder for folder in test.written if self._is_checked(test, folder)]
        ends = [test.copy(folder, toc.read(folder)) for folder in sound if folder not in test.unrecorded]
        test.is_over = True
        for copied in test.copied:
            _judge_copy(copied)
        for end in test.random.sample(there := [end for end in ends if end], min(len(there), _MOST_INJECTED)):
            self._inject(test, end)
        return result

    def _is_checked(self, test: _Test, folder: Path) -> bool:
        """Check an index; return False if the test removed it, or damaged it."""
        files = test.written[folder]
        there = files_of(folder, files)
        if there != files:
            if not test.synced.is_as_left(folder) or (folder / toc.DAMAGED).exists():
                return False
            assert there.keys() == files.keys(), f"{folder}: lost: {files.keys() - there.keys()}"
        problems = _problems(folder)
        if problems and (test.is_crafted or folder in test.by_hand):
            self._done["by hand"] += 1
            return False
        assert not problems, f"{folder}: {problems}"
        self._done["indexes"] += 1
        return True

    def _inject(self, test: _Test, end: _Copied) -> None:
        """Let calls fail while a copy of an index is written to."""
        key = test.keys[end.folder]
        if end.state.code and key is None:
            self._done["sealed"] += 1
            return
        base = test.folder("base")
        base.mkdir()
        shutil.copytree(end.corrupted, base / "index")
        remove_unused_files(base / "index")
        try:
            manifest.load(Snapshot.open(base / "index"))
        except JooyaError:  # the test has put something else in its place
            self._done["others"] += 1
            return
        inject(base, test.folder("tried"), key, test.random, self._done)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a run fail in which too little was done."""
        is_part = hasattr(session.config, "workerinput")  # pytest-xdist: another process has all figures
        if not is_part and (missed := self._missed()):
            print(f"chaos: too little was done: {missed}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what was done after each test, in whatever process it ran."""
        for name, value in report.user_properties:
            if name == "chaos" and report.when == "teardown":
                assert isinstance(value, dict)
                self.counts.update(value)

    def _missed(self) -> dict[str, str]:
        """Return of what too little was done, if the whole suite ran."""
        if self.counts["tests"] < _MANY_TESTS:
            return {}
        return {kind: f"{self.counts[kind]} of {least}" for kind, least in _FLOORS.items() if self.counts[kind] < least}

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was done."""
        done = self.counts
        tried = done["failed"] + done["succeeded"]
        terminalreporter.write_line(
            f"chaos: seed {self._seed}, {done['tests']} tests: {done['indexes']} indexes checked; {done['copies']} "
            f"copies of {done['commits']} commits and of these indexes, in {done['corrupted']} of which "
            f"{done['files']} files that were not synced were garbage or missing; {done['faults']} calls failed in "
            f"{tried} operations, of which {done['failed']} failed and {done['succeeded']} succeeded; left out: "
            f"{done['strange']} commits with schemas of their own, {done['large']} of large indexes, "
            f"{done['by hand']} indexes that a test wrote wrongly, {done['sealed']} indexes whose key is not known, "
            f"and {done['others']} without a list of files"
        )


_TEST = pytest.StashKey[_Test]()
_FAILED = pytest.StashKey[bool]()


def _noted(make: Any, test: _Test) -> Any:
    """Return what makes the writer of an `Index`, and notes its folder."""

    def noted(self: Index, *arguments: Any, **keywords: Any) -> Any:
        test.whole.add(self.path.absolute())
        if _is_called_by_a_test():
            test.by_hand.add(self.path.absolute())
        return make(self, *arguments, **keywords)

    return noted


def _is_called_by_a_test() -> bool:
    """Return True if the function that asks is called by a test, and not by Jooya."""
    return not sys._getframe(2).f_globals["__name__"].startswith("jooya.")


def _noted_new(create: Any, test: _Test) -> Any:
    """Return what makes an `Index`, and notes its folder."""

    def noted(path: Path, *arguments: Any, **keywords: Any) -> None:
        test.whole.add(path.absolute())
        create(path, *arguments, **keywords)

    return noted


def _recorded(write: Any, test: _Test, counts: Counter[str]) -> Any:
    """Return what writes a table of contents, and notes the commit."""

    def recorded(folder: Path, state: toc.Toc, key: bytes | None = None) -> None:
        write(folder, state, key)
        if test.is_over:
            return
        if _is_called_by_a_test():
            test.by_hand.add(folder.absolute())
        if folder.absolute() in test.whole:
            test.committed(folder.absolute(), key)
        else:
            counts["strange"] += 1

    return recorded


def _judge_copy(copied: _Copied) -> None:
    """Assert that a copy without what was not synced is as it was committed."""
    try:
        assert toc.read(copied.corrupted) == copied.state, "another state"
        problems = _problems(copied.corrupted)
    except (OSError, JooyaError) as error:
        problems = [str(error)]
    # What a test had damaged before it wrote to the index is not of interest.
    assert not problems or _problems(copied.whole), f"{copied.folder}: not synced: {problems}"


def _problems(folder: Path) -> list[str]:
    """Return what is wrong with an index."""
    try:
        return check(folder).problems
    except JooyaError as error:
        return [str(error)]


def files_of(folder: Path, names: Any) -> dict[str, tuple[int, int]]:
    """Return the sizes and times of files that are there."""
    found = {}
    for name in names:
        if (folder / name).is_file():
            status = (folder / name).stat()
            found[name] = status.st_size, status.st_mtime_ns
    return found


def _with_memory(memory: int | None) -> Any:
    """Return what makes a writer whose memory is another than is asked for."""
    real = column_writer.ColumnWriter.__init__

    def initialize(self: Any, *arguments: Any, **keywords: Any) -> None:
        real(self, *arguments, **keywords)
        if memory is not None:
            self._memory = memory

    return initialize


def _open_files() -> list[str]:
    """Return the paths of what this process has open."""
    found = []
    for number in os.listdir("/proc/self/fd") if Path("/proc/self/fd").is_dir() else ():  # noqa: PTH208
        link = Path("/proc/self/fd") / number
        if link.is_symlink():  # that of the listing itself is closed
            found.append(str(link.readlink()))
    return found
