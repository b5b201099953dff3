"""Plant faults in modules one at a time, and see whether the tests notice.

    python tests/mutants/mutants.py indexer/codec/toc.py
    python tests/mutants/mutants.py indexer/integrity --sample 200 --seed 1

One process imports all and runs the tests of the modules once, to see which lines each test reaches. Then a child for
each mutant changes the code of one function, in place, so that it is changed for all that have imported it, and runs
the tests that reach the line, the fastest first, until one fails. `JOOYA_PURE=1` tries what the compiled core does
otherwise. The table `survivors.tsv` has survivors and what was judged of them; those that are not in it are reported.

Mutants of whole files, as mutmut and cosmic-ray have them, need a process and an import for each, or functions under
other names; here a mutant takes a part of a second. Code that runs while a module is imported gets no faults.
"""

import argparse
import contextlib
import functools
import gc
import os
import resource
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from planting import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
TABLE = Path(__file__).parent / "tests_of_modules.tsv"
JUDGED = Path(__file__).parent / "survivors.tsv"

SECONDS = 20
"""Processor seconds that the tests of one mutant may take; those that take more have noticed it."""

WAITING = 90
"""Seconds after which a child that waits for something is ended, which is to notice as well."""

ENDS = ("killed", "stuck", "survived", "unreached")


class Tried(NamedTuple):
    """A mutant and its end.

    Attributes:
        module: The file of the module, below the repository.
        mutant: The mutant.
        end: One of `ENDS`.
    """

    module: str
    mutant: Mutant
    end: str


class Trial:
    """A plugin of pytest that runs the tests for each mutant.

    Args:
        modules: The files of modules.
        sample: How many mutants are tried, chosen at random; None for all.
        seed: Chooses them.
        seconds: After so many seconds no further mutant is tried; None for no limit.
    """

    def __init__(self, modules: list[Path], sample: int | None, seed: int, seconds: float | None) -> None:
        self.tried: list[Tried] = []
        self._modules = modules
        self._sample, self._seed = sample, seed
        self._end = time.monotonic() + seconds if seconds else None
        self._failed = False
        self._durations: dict[str, float] = {}
        self._reached: dict[tuple[str, int], set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See whether a test failed, and how long it took."""
        self._failed |= report.failed
        self._durations[report.nodeid] = self._durations.get(report.nodeid, 0) + report.duration

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once, and then for each mutant."""
        items = {item.nodeid: item for item in session.items}
        for number, item in enumerate(session.items):
            following = session.items[number + 1] if number + 1 < len(session.items) else None
            with self._watched(item.nodeid):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                raise pytest.UsageError(f"{item.nodeid} fails without a mutant")
        functions = _functions({str(path): path for path in self._modules})
        planted = [(path, each) for path in self._modules for each in mutants(path)]
        if self._sample is not None and self._sample < len(planted):
            planted = Random(self._seed).sample(planted, self._sample)
        for path, mutant in planted:
            if self._end is not None and time.monotonic() > self._end:
                break
            names = self._reached.get((str(path), mutant.line), set())
            tests = [items[name] for name in sorted(names, key=lambda name: self._durations[name])]
            function = functions.get((str(path), mutant.first))
            end = self._try(mutant, function, tests) if tests and function else "unreached"
            self.tried.append(Tried(path.relative_to(ROOT).as_posix(), mutant, end))
            print(".!s-"[ENDS.index(end)], end="", flush=True, file=sys.stderr)
        return True

    @contextlib.contextmanager
    def _watched(self, name: str) -> Iterator[None]:
        """Note the lines of the modules that are reached meanwhile."""
        files = {str(path) for path in self._modules}
        real: dict[str, str] = {}

        def lines(frame: FrameType, event: str, _argument: Any) -> Any:
            if event == "line":
                self._reached.setdefault((real[frame.f_code.co_filename], frame.f_lineno), set()).add(name)
            return lines

        def calls(frame: FrameType, _event: str, _argument: Any) -> Any:
            file = frame.f_code.co_filename
            if file not in real:
                real[file] = os.path.realpath(file)
            if real[file] not in files:
                return None
            self._reached.setdefault((real[file], frame.f_lineno), set()).add(name)
            return lines

        threading.settrace(calls)
        sys.settrace(calls)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _try(self, mutant: Mutant, function: FunctionType, tests: list[pytest.Item]) -> str:
        """Run tests with a mutant in a child, and return its end."""
        child = os.fork()
        if child == 0:
            try:
                os._exit(self._noticed(mutant, function, tests))
            except BaseException:
                os._exit(1)
        began = time.monotonic()
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            if time.monotonic() - began > WAITING:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return "stuck"
            time.sleep(0.005)
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            return "stuck"
        return "killed" if code else "survived"

    def _noticed(self, mutant: Mutant, function: FunctionType, tests: list[pytest.Item]) -> bool:
        """Return True if a test fails with a mutant, in a process that does nothing else."""
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        function.__code__ = _code_at(mutant.code, function.__code__.co_qualname, mutant.first)
        for each in gc.get_objects():
            if isinstance(each, functools._lru_cache_wrapper) and "/indexer/" in each.__wrapped__.__code__.co_filename:
                each.cache_clear()  # what it knows may be due to the code as it was
        self._failed = False
        for number, item in enumerate(tests):
            following = tests[number + 1] if number + 1 < len(tests) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                return True
        return False


def _functions(files: dict[str, Path]) -> dict[tuple[str, int], FunctionType]:
    """Return the functions of modules by their file and first line."""
    found = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            file = os.path.realpath(each.__code__.co_filename)
            if file in files:
                found[file, each.__code__.co_firstlineno] = each
    return found


def _code_at(code: CodeType, name: str, first: int) -> CodeType:
    """Return the code of a function within that of a module."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == name and each.co_firstlineno == first:
                return each
            with contextlib.suppress(LookupError):
                return _code_at(each, name, first)
    raise LookupError(name)


def tests_of(module: str) -> list[Path]:
    """Return the files of tests for a module."""
    rows = [
        line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if "\t" in line and line[0] != "#"
    ]
    own = [row for row in rows if module == row[0]] or [row for row in rows if module.startswith(f"{row[0]}/")]
    return [TESTS / name for row in own for name in row[1].split()]


def judged() -> dict[tuple[str, str, str, str], str]:
    """Return what was judged of survivors, by module, function, and the statement before and after."""
    rows = [line.split("\t") for line in JUDGED.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def run(paths: list[Path], sample: int | None, seed: int, seconds: float | None) -> list[Tried]:
    """Try mutants of modules, and return how they ended."""
    files = dict.fromkeys(str(test) for path in paths for test in tests_of(path.relative_to(ROOT).as_posix()))
    if not files:
        raise SystemExit(f"{TABLE.name} has no tests for {', '.join(map(str, paths))}")
    trial = Trial(paths, sample, seed, seconds)
    os.environ.setdefault("CI", "1")  # so that Hypothesis gives the same examples each time
    options = ["-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:xdist", "-s", "-o", "addopts="]
    status = pytest.main([*options, *files], plugins=[trial])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.TESTS_FAILED):
        raise SystemExit(f"pytest ended with {status}")
    print(file=sys.stderr)
    return trial.tried


def report(tried: list[Tried]) -> bool:
    """Print the figures, and the survivors that were not judged; return True if there are none of these."""
    counts = Counter((each.module, each.end) for each in tried)
    modules = sorted({each.module for each in tried})
    for module in [*modules, "all"]:
        of = Counter({end: sum(n for (m, e), n in counts.items() if e == end and module in (m, "all")) for end in ENDS})
        reached = of["killed"] + of["stuck"] + of["survived"]
        share = f"{100 * (of['killed'] + of['stuck']) / reached:.1f} %" if reached else "none"
        numbers = ", ".join(f"{of[end]} {end}" for end in ENDS)
        print(f"{module}: {sum(of.values())} mutants: {numbers}; {share} of those reached were killed")
    known = judged()
    unknown = 0
    for each in tried:
        mutant = each.mutant
        key = (each.module, mutant.function, mutant.before, mutant.after)
        if each.end == "survived" and key not in known:
            unknown += 1
            print("\t".join(key))
    return not unknown


def main() -> None:
    """Run the trial that the arguments ask for; exit with 1 if a mutant survived that was not judged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", help="files or folders, as indexer/codec")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants that are chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="chooses them (default: %(default)s)")
    parser.add_argument("--seconds", type=float, help="try no more after this time")
    options = parser.parse_args()
    given = [ROOT / each for each in options.modules]
    paths = [file for path in given for file in (sorted(path.glob("*.py")) if path.is_dir() else [path])]
    sys.exit(not report(run(paths, options.sample, options.seed, options.seconds)))


if __name__ == "__main__":
    main()
