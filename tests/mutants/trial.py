"""Trying mutants: a child for each, which runs the tests that reach the line until one fails."""

import contextlib
import functools
import gc
import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple

import pytest
from planting import Mutant, compiled
from reach import KEPT, ROOT, Reached, kept, record, state_of_sources
from score import ENDS

TIMES = 5
"""How many times as long as usual a test may take with a mutant, in processor time."""

SECONDS = 3.0
"""Processor seconds that each test may take besides."""

WAITING = 60.0
"""Seconds that each test may take besides, with all that it waits for."""

BROKEN = 3
"""The exit status of a child in which the mutant could not be planted."""


class Child(NamedTuple):
    """A process that tries a mutant.

    Attributes:
        process: Its number.
        pipe: It writes the number of each test to this before it begins.
        folder: Its temporary files.
        tests: The names of the tests it runs.
    """

    process: int
    pipe: int
    folder: Path
    tests: list[str]


class Trial:
    """A plugin of pytest that runs the tests for each mutant.

    Args:
        planted: The modules and their mutants, in the order in which they are tried.
        tests_of: Returns the files of the tests that come first for a module.
        jobs: How many children run at once.
        seconds: After so many seconds no further mutant is tried; None for no limit.
        most: Seconds that the tests of one mutant may take as a rule; further ones are left out.
    """

    def __init__(
        self,
        planted: list[tuple[Path, Mutant]],
        tests_of: Callable[[str], list[Path]],
        jobs: int,
        seconds: float | None,
        most: float,
    ) -> None:
        self.ends: dict[tuple[Path, int], str] = {}
        self.planted = planted
        self._tests_of = tests_of
        self._jobs = jobs
        self._seconds = seconds
        self._most = most
        self._failed: set[str] = set()
        self._skipped: set[str] = set()
        self._items: dict[str, pytest.Item] = {}
        self._reached: dict[str, Reached] = {}
        self._trusted: dict[str, bool] = {}
        self._killers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._begun: dict[int, tuple[int, float]] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Have Hypothesis report the first example that fails, instead of looking for a smaller one."""
        from hypothesis import Phase, settings  # noqa: PLC0415 - after pytest has changed how it is imported

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=phases)
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See whether a test failed, or was skipped."""
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.skipped:
            self._skipped.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """See what the tests reach, and then run them for each mutant."""
        self._items = {item.nodeid: item for item in session.items}
        self._find_reached()
        for path in {path for path, _mutant in self.planted}:
            importlib.import_module(_dotted(path))
        _warm()
        functions = _functions({str(path): path for path, _mutant in self.planted})
        caches = _caches()
        gc.collect()
        gc.freeze()
        end = time.monotonic() + self._seconds if self._seconds else None
        waiting = list(reversed(self.planted))
        running: dict[int, tuple[Child, Path, Mutant]] = {}
        codes: dict[tuple[Path, int], CodeType] = {}
        for path in {path for path, _mutant in self.planted}:
            numbers = {mutant.number for of, mutant in self.planted if of == path}
            codes |= {(path, number): code for number, code in compiled(path, numbers).items()}
        while running or (waiting and (end is None or time.monotonic() < end)):
            while waiting and len(running) < self._jobs and (end is None or time.monotonic() < end):
                path, mutant = waiting.pop()
                tests = self._tests_for(path, mutant)
                function = functions.get((str(path), mutant.first))
                if not tests or not function:
                    self._note(path, mutant, "unreached")
                    continue
                code = _code_at(codes[path, mutant.number], function.__code__.co_qualname, mutant.first)
                child = self._begin(tests, functools.partial(_plant, function, code, caches))
                running[child.process] = child, path, mutant
            for child, path, mutant in list(running.values()):
                if (ended := self._ended(child)) is not None:
                    del running[child.process]
                    if (found := self._judge(path, mutant, *ended)) is None:
                        waiting.append((path, mutant))
                    else:
                        self._note(path, mutant, found)
            time.sleep(0.003)
        return True

    def _find_reached(self) -> None:
        """Read which lines the tests reach, and see it for files of tests that are new or changed."""
        state = state_of_sources()
        of_files: dict[Path, list[pytest.Item]] = {}
        for item in self._items.values():
            of_files.setdefault(item.path, []).append(item)
        for path, items in of_files.items():
            if (reached := kept(path, state)) is None:
                began = time.monotonic()
                child = os.fork()
                if child == 0:
                    try:
                        _be_a_child(folder := Path(tempfile.mkdtemp(prefix="reach-")), items[0].config)
                        record(path, state, items, lambda name: name in self._failed | self._skipped)
                        shutil.rmtree(folder, ignore_errors=True)
                    finally:
                        os._exit(0)
                os.waitpid(child, 0)
                reached = kept(path, state) or {}
                lost = len(items) - len(reached)
                print(f"{path.name}: {len(items)} tests, {lost} of no use, {time.monotonic() - began:.0f} s")
            self._reached |= {name: each for name, each in reached.items() if name in self._items}

    def _tests_for(self, path: Path, mutant: Mutant) -> list[str]:
        """Return the tests that reach a mutant, in the order in which they are run."""
        module = path.relative_to(ROOT).as_posix()
        span = range(mutant.line, mutant.last + 1)
        names = [
            name
            for name, each in self._reached.items()
            if self._trusted.get(name, True) and not each.lines.get(module, frozenset()).isdisjoint(span)
        ]
        own = set(self._tests_of(module))
        killers = self._killers[module, mutant.function]
        seen: Counter[str] = Counter()
        turns: dict[str, int] = {}  # which of the cases of its function a test is, the fastest first
        for name in sorted(names, key=lambda name: self._reached[name].seconds):
            turns[name] = seen[name.partition("[")[0]]
            seen[name.partition("[")[0]] += 1
        names.sort(
            key=lambda name: (
                name not in killers, self._items[name].path not in own, turns[name], self._reached[name].seconds,
            )
        )  # fmt: skip
        taken: list[str] = []
        seconds = 0.0
        for name in names:
            if not taken or seconds + self._reached[name].seconds <= self._most:
                seconds += self._reached[name].seconds
                taken.append(name)
        return taken

    def _judge(self, path: Path, mutant: Mutant, end: str, name: str) -> str | None:
        """Return the end of a mutant, or None if it is tried again since a test fails without it, too."""
        if end in ("killed", "stuck"):
            if name not in self._trusted:
                child = self._begin([name], lambda: None)
                while (ended := self._ended(child)) is None:
                    time.sleep(0.003)
                self._trusted[name] = ended[0] == "survived"
                if not self._trusted[name]:
                    print(f"\n{name} fails without a mutant: left out", flush=True)
            if not self._trusted[name]:
                return None
            killers = self._killers[path.relative_to(ROOT).as_posix(), mutant.function]
            if name not in killers:
                killers.append(name)
        return end

    def _note(self, path: Path, mutant: Mutant, end: str) -> None:
        self.ends[path, mutant.number] = end
        with (KEPT / "ends.log").open("a", encoding="utf-8") as log:
            log.write(f"{path.relative_to(ROOT)}\t{mutant.number}\t{mutant.line}\t{end}\n")
        print(".!s-"[ENDS.index(end)], end="", flush=True, file=sys.stderr)

    def _begin(self, tests: list[str], plant: Callable[[], None]) -> Child:
        """Return a child that runs tests until one fails."""
        folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        process = os.fork()
        if process:
            os.close(writing)
            return Child(process, reading, folder, tests)
        status = BROKEN
        try:
            _be_a_child(folder, self._items[tests[0]].config)
            plant()
            status = 1
            self._failed.clear()
            status = int(self._noticed(tests, writing))
        finally:
            os._exit(status)

    def _noticed(self, tests: list[str], pipe: int) -> bool:
        """Return True if a test fails, in a process that does nothing else."""
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        for number, name in enumerate(tests):
            following = self._items[tests[number + 1]] if number + 1 < len(tests) else None
            os.write(pipe, number.to_bytes(4, "little"))
            signal.setitimer(signal.ITIMER_PROF, SECONDS + TIMES * self._reached[name].seconds)
            item = self._items[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                return True
        return False

    def _ended(self, child: Child) -> tuple[str, str] | None:
        """Return how a child ended and the test that it ran last, or None if it runs on."""
        ended, status = os.waitpid(child.process, os.WNOHANG)
        number, since = self._begun.get(child.process, (0, time.monotonic()))
        with contextlib.suppress(BlockingIOError):
            if written := os.read(child.pipe, 1 << 16):
                number, since = int.from_bytes(written[-4:], "little"), time.monotonic()
        self._begun[child.process] = number, since
        name = child.tests[number]
        late = time.monotonic() - since > WAITING + 4 * TIMES * self._reached[name].seconds
        if not ended and not late:
            return None
        if not ended:
            os.kill(child.process, signal.SIGKILL)
            status = os.waitpid(child.process, 0)[1]
        with contextlib.suppress(ProcessLookupError):  # what the tests have started and not ended
            os.killpg(child.process, signal.SIGKILL)
        os.close(child.pipe)
        del self._begun[child.process]
        shutil.rmtree(child.folder, ignore_errors=True)
        code = os.waitstatus_to_exitcode(status)
        if code == BROKEN:
            raise RuntimeError(f"no mutant could be planted for {name}")
        return ("stuck" if code < 0 else "killed" if code else "survived"), name


def _be_a_child(folder: Path, config: pytest.Config) -> None:
    """Have this process write nothing but temporary files of its own."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(quiet, descriptor)
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    config._tmp_path_factory._basetemp = folder.resolve()  # type: ignore[attr-defined]
    tempfile.tempdir = str(folder.resolve())


def _plant(function: FunctionType, code: CodeType, caches: "list[functools._lru_cache_wrapper[object]]") -> None:
    """Give a function its code with a fault, and forget what is due to the code as it was."""
    if code.co_freevars == function.__code__.co_freevars:
        function.__code__ = code
    else:  # it no longer calls `super()`, so that its class gets another function
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        closure = tuple(cells[name] for name in code.co_freevars)
        changed = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
        changed.__kwdefaults__ = function.__kwdefaults__
        setattr(function.__globals__[function.__qualname__.partition(".")[0]], function.__name__, changed)
    for each in caches:
        each.cache_clear()


def _warm() -> None:
    """Do once what takes long the first time, so that not every child has to."""
    from jooya import Document, Index  # noqa: PLC0415 - only a run of mutants needs it

    with tempfile.TemporaryDirectory() as folder:
        index = Index.create(Path(folder) / "index")
        index.add([Document("a", "کتاب‌های تاریخ ایران را می‌خواندند.")])
        index.search("کتابهای تاریخ")
        index.close()


def _dotted(path: Path) -> str:
    """Return the name under which a module is imported."""
    return ".".join(("jooya", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def _functions(files: dict[str, Path]) -> dict[tuple[str, int], FunctionType]:
    """Return the functions of modules by their file and first line."""
    found = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            file = os.path.realpath(each.__code__.co_filename)
            if file in files and "<locals>" not in each.__code__.co_qualname:
                found[file, each.__code__.co_firstlineno] = each
    return found


def _caches() -> "list[functools._lru_cache_wrapper[object]]":
    """Return the caches of functions of the indexer."""
    found = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
    return [each for each in found if "/indexer/" in getattr(each.__wrapped__, "__code__", _warm.__code__).co_filename]


def _code_at(code: CodeType, name: str, first: int) -> CodeType:
    """Return the code of a function within that of a module."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == name and each.co_firstlineno == first:
                return each
            with contextlib.suppress(LookupError):
                return _code_at(each, name, first)
    raise LookupError(name)
