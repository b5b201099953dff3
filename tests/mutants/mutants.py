"""Plant faults in modules one at a time, and see whether the tests notice.

    python tests/mutants/mutants.py indexer/codec/toc.py
    python tests/mutants/mutants.py indexer/codec indexer/integrity --sample 200 --seed 1

One process imports all. A child runs each file of tests once, to see which lines each test reaches; that is kept in
`build/mutants` until a source changes. Then a child for each mutant changes the code of one function, in place, so that
it is changed for all that have imported it, and runs the tests that reach the line until one fails: first those that
killed other mutants of the function, then those that `tests_of_modules.tsv` names for the module, then all others; one
case of each test function and then the next, the fastest first, for some seconds. What is left is tried once more with
all tests. A test that takes some times as long as usual has noticed the fault, too. What a test kills counts only if it
passes, alone in a child, without a mutant. What is left then of modules that have a twin in the compiled core is tried
without the core, with which the tests run as well. The table `survivors.tsv` has survivors and what was judged of them;
those that are not in it are reported.

A sample has of each package as many as are due to its size. Mutants of whole files, as mutmut and cosmic-ray have them,
need a process and an import for each, or functions under other names; here a mutant takes a part of a second. Code that
runs while a module is imported gets no faults.
"""

import argparse
import functools
import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from planting import Mutant, mutants
from reach import ROOT
from score import Tried, report
from trial import Trial

TESTS = ROOT / "tests"
TABLE = Path(__file__).parent / "tests_of_modules.tsv"

TWIN = "core import compiled"
"""Stands in modules of which the compiled core does a part, when it is there."""


@functools.cache
def _table(*, pure: bool) -> list[tuple[str, list[Path]]]:
    """Return the tests of modules and packages; those of the run without the compiled core if it is `pure`."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line and line[0] != "#"]
    rows = [[row[0], row[2]] for row in rows if len(row) > 2] if pure else rows
    return [(row[0], [TESTS / name for name in row[1].split()]) for row in rows]


def tests_of(module: str) -> list[Path]:
    """Return the files of tests that come first for a module: those of its row, or else those of its package."""
    table = _table(pure=False)
    own = [files for name, files in table if module == name]
    return (own or [files for name, files in table if module.startswith(f"{name}/")] or [[]])[0]


def chosen(paths: list[Path], sample: int | None, seed: int) -> list[tuple[Path, Mutant]]:
    """Return mutants of modules, or a sample that has of each package as many as are due to its size."""
    strata: dict[Path, list[tuple[Path, Mutant]]] = {}
    for path in paths:
        strata.setdefault(path.parent, []).extend((path, mutant) for mutant in mutants(path))
    total = sum(map(len, strata.values()))
    if sample is None or sample >= total:
        return [each for stratum in strata.values() for each in stratum]
    random = Random(seed)
    taken: list[tuple[Path, Mutant]] = []
    for stratum in strata.values():
        taken += random.sample(stratum, round(sample * len(stratum) / total))
    random.shuffle(taken)  # so that those tried first are a sample, too
    return taken


FIRST, MOST = 10.0, 90.0
"""Seconds that the tests of one mutant may take at first, and of one that none of these has noticed."""


def run(planted: list[tuple[Path, Mutant]], jobs: int, seconds: float | None) -> list[Tried]:
    """Try mutants, and return how they ended; those for which there was no time are left out."""
    packages = {path.parent.relative_to(ROOT).as_posix() for path, _mutant in planted}
    if missing := packages - {name for name, _files in _table(pure=False)}:
        raise SystemExit(f"{TABLE.name} has no tests for {', '.join(sorted(missing))}")
    began = time.monotonic()

    def rest() -> float | None:
        return seconds and max(1.0, seconds - (time.monotonic() - began))

    def left(*kinds: str) -> list[tuple[Path, Mutant]]:
        return [(path, mutant) for path, mutant in planted if ends.get((path, mutant.number)) in kinds]

    ends = _in_a_process(planted, jobs, seconds, FIRST, pure=False)
    if survivors := left("survived"):
        ends |= _in_a_process(survivors, jobs, rest(), MOST, pure=False)
    twins = [each for each in left("survived", "unreached") if TWIN in each[0].read_text(encoding="utf-8")]
    if twins:
        found = _in_a_process(twins, jobs, rest(), MOST, pure=True)
        ends |= {each: end for each, end in found.items() if end != "unreached"}
    return [
        Tried(path.relative_to(ROOT).as_posix(), mutant, ends[path, mutant.number])
        for path, mutant in planted
        if (path, mutant.number) in ends
    ]


def _in_a_process(
    planted: list[tuple[Path, Mutant]], jobs: int, seconds: float | None, most: float, *, pure: bool
) -> dict[tuple[Path, int], str]:
    """Try mutants in a process that has not imported anything yet, with the compiled core or without it."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "ends"
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.environ["JOOYA_PURE"] = "1" if pure else "0"
                os.environ.setdefault("JOOYA_TEST_OPENSEARCH", "none")
                ends = _try_all(planted, jobs, seconds, most, pure=pure)
                found.write_text(json.dumps([[str(path), number, end] for (path, number), end in ends.items()]))
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        if os.waitpid(child, 0)[1]:
            raise SystemExit("a process of mutants ended early")
        return {(Path(path), number): end for path, number, end in json.loads(found.read_text())}


def _try_all(
    planted: list[tuple[Path, Mutant]], jobs: int, seconds: float | None, most: float, *, pure: bool
) -> dict[tuple[Path, int], str]:
    """Try mutants in this process, and return how they ended."""
    packages = {path.parent.relative_to(ROOT).as_posix() for path, _mutant in planted}
    files = dict.fromkeys(
        str(file)
        for name, of in _table(pure=pure)
        if name in packages or name.rpartition("/")[0] in packages
        for file in of
    )
    trial = Trial(planted, tests_of, jobs, seconds, most)
    options = ["-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:xdist", "-s", "-o", "addopts="]
    status = pytest.main([*options, *files], plugins=[trial])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.TESTS_FAILED):
        raise SystemExit(f"pytest ended with {status}")
    print(file=sys.stderr, flush=True)
    return trial.ends


def main() -> None:
    """Run the trial that the arguments ask for; exit with 1 if a mutant survived that was not judged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", help="files or folders, as indexer/codec")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants that are chosen at random")
    parser.add_argument("--seed", type=int, default=1, help="chooses them (default: %(default)s)")
    parser.add_argument("--seconds", type=float, help="try no more after this time")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at once (default: %(default)s)")
    options = parser.parse_args()
    given = [ROOT / each for each in options.modules]
    paths = [file for path in given for file in (sorted(path.glob("*.py")) if path.is_dir() else [path])]
    began = time.monotonic()
    tried = run(chosen(paths, options.sample, options.seed), options.jobs, options.seconds)
    print(f"{len(tried)} mutants, {time.monotonic() - began:.0f} seconds")
    sys.exit(not report(tried))


if __name__ == "__main__":
    main()
