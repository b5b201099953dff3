"""Settings of the index chosen at random for each test, and a look at each index that a test leaves.

    python -m pytest --chaos 7 tests/test_index.py

With this option, each test has its own merge policy, memory budget, interval between looks at the memory, and sizes of
blocks, chosen by the seed and the name of the test, so that they are the same when it runs again. After a test,
`check` reads each index that it wrote, unless the test changed the files behind the index's back, and no file of
these indexes may be open. Tests of the settings themselves have the mark `usual_settings`.
"""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest

from jooya.indexer import Index
from jooya.indexer.codec import merge_policy, merger, segment_writer, toc
from jooya.indexer.errors import JooyaError
from jooya.indexer.ingest import sync
from jooya.indexer.integrity.check import check
from jooya.indexer.whoosh import column_writer

_SETTINGS: tuple[tuple[Any, str, tuple[float, ...]], ...] = (
    (merge_policy, "MERGE_FACTOR", (2, 3, 8)),
    (merge_policy, "MIN_MERGE_DOCS", (1, 10, 1000)),
    (column_writer, "_MEMORY_CHECK_INTERVAL", (1, 4, 500)),
    (segment_writer, "BLOCK", (64, 512, 4096, 1 << 16)),
    (segment_writer, "_BLOCKS", (1, 2, 8)),
    (merger, "_BLOCKS", (1, 3, 256)),
    (merger, "_RANGES", (1, 2, 16)),
    (sync, "CHECKPOINT", (0.0, 60.0)),
)
"""The settings, each with the values among which it is chosen."""

_MEMORY = (0, 1 << 15, None)
"""Bytes of documents that may wait to be written; None for what is asked for."""

_Written = dict[Path, dict[str, tuple[int, int]]]
"""For each index, the sizes and times of its files after the last commit."""


class Chaos:
    """A plugin of pytest that chooses the settings of each test.

    Args:
        seed: Chooses them, together with the name of the test.
    """

    def __init__(self, seed: int) -> None:
        self.checked = 0
        self._seed = seed
        self._chosen: dict[str, Any] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Run a test with its settings."""
        usual = item.get_closest_marker("usual_settings") is not None
        random = Random(f"{self._seed} {item.nodeid}")
        written: _Written = {}
        item.stash[_WRITTEN] = written
        whole: set[Path] = set()
        recorded = mock.patch.object(toc, "write", _recorded(toc.write, written, whole))
        with recorded, mock.patch.object(Index, "_writer", _noted(Index._writer, whole)):
            if usual:
                return (yield)
            self._chosen = {f"{where.__name__}.{name}": random.choice(values) for where, name, values in _SETTINGS}
            patches = [
                mock.patch.object(where, name, self._chosen[f"{where.__name__}.{name}"]) for where, name, _ in _SETTINGS
            ]
            memory = self._chosen["memory"] = random.choice(_MEMORY)
            patches.append(mock.patch.object(column_writer.ColumnWriter, "__init__", _with_memory(memory)))
            for patch in patches:
                patch.start()
            try:
                return (yield)
            finally:
                for patch in patches:
                    patch.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        """Say which settings a test had that failed."""
        report: Any = yield
        if report.failed:
            item.stash[_FAILED] = True
            report.sections.append(("chaos", f"seed {self._seed}: {self._chosen}"))
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Look at the indexes that a test wrote, while its settings are in force and its folders are there."""
        result = yield
        written = item.stash[_WRITTEN]
        if not written or item.stash.get(_FAILED, False):  # the traceback of a failure keeps what was open
            return result
        given = getattr(item, "funcargs", {})
        own = str(given.get("tmp_path", "/nowhere"))
        given.clear()
        gc.collect()
        still_open = sorted(path for path in _open_files() if path.startswith(f"{own}{os.sep}"))
        assert not still_open, f"open after the test: {still_open}"
        for folder, files in written.items():
            if not files or _files(folder, files) != files:
                continue  # the test removed the index, or damaged it
            try:
                problems = check(folder).problems
            except JooyaError as error:
                problems = [str(error)]
            assert not problems, f"{folder}: {problems}"
            self.checked += 1
        return result

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how many indexes were checked."""
        terminalreporter.write_line(f"chaos: seed {self._seed}, {self.checked} indexes checked by this process")


_WRITTEN = pytest.StashKey[_Written]()
_FAILED = pytest.StashKey[bool]()


def _noted(make: Any, whole: set[Path]) -> Any:
    """Return what makes the writer of an `Index`, and notes its folder in `whole`."""

    def noted(self: Index, *arguments: Any, **keywords: Any) -> Any:
        whole.add(self.path.absolute())
        return make(self, *arguments, **keywords)

    return noted


def _recorded(write: Any, written: _Written, whole: set[Path]) -> Any:
    """Return what writes a table of contents, and notes the files of the index in `written`.

    Indexes with a schema of their own, which `check` does not know, are not in `whole`.
    """

    def recorded(folder: Path, state: toc.Toc) -> None:
        write(folder, state)
        names = [toc.NAME, *(entry.file.name for entry in state.segments)]
        names += [entry.deletions.name for entry in state.segments if entry.deletions]
        written[folder.absolute()] = _files(folder, names) if folder.absolute() in whole else {}

    return recorded


def _files(folder: Path, names: Any) -> dict[str, tuple[int, int]]:
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
