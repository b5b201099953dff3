"""Whoosh's own tests, with Jooya's index in the place of Whoosh's.

    python benchmarks/whoosh_suite.py [--sdist FILE]

The tests are those of the source distribution of the Whoosh that is installed. pip downloads it into a temporary
folder; nothing of it is copied into this repository. `whoosh_suite_index.py` has Whoosh's functions make a
`ColumnIndex`, and everything else of Whoosh stays as it is. `whoosh_suite.tsv` lists the tests that do not apply, each
with its reason.

The report says what passed and what failed, and the command fails if a test failed that the table does not list, or if
the tests could not be run.
"""

import argparse
import csv
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from whoosh_suite_index import SuiteIndex, install

_NAME = "Whoosh-Reloaded"
_TABLE = Path(__file__).with_suffix(".tsv")


class Outcomes:
    """A plugin of pytest that notes what becomes of each test.

    Attributes:
        failed: For each test that ran, True if it failed.
        uses_index: The tests that made, read or wrote an index.
    """

    def __init__(self) -> None:
        self.failed: dict[str, bool] = {}
        self.uses_index: set[str] = set()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Note the use of an index."""
        before = SuiteIndex.uses
        yield
        if SuiteIndex.uses > before:
            self.uses_index.add(_test(item.nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome; an error of the preparation of a test counts as its failure."""
        test = _test(report.nodeid)
        self.failed[test] = self.failed.get(test, False) or report.failed


def _test(node: str) -> str:
    return node.removeprefix("tests/")


def _sources(folder: Path, sdist: Path | None) -> Path:
    """Unpack the source distribution, which is downloaded unless it is given, and return its folder."""
    if sdist is None:
        requirement = f"{_NAME}=={version(_NAME)}"
        options = ["--no-binary", ":all:", "--no-deps", "--quiet", "--disable-pip-version-check"]
        command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        found = list(folder.glob("*.tar.gz"))
        if done.returncode or not found:
            _give_up(f"the source distribution of {requirement} can't be had", done.stderr)
        sdist = found[0]
    try:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        _give_up(f"{sdist} can't be unpacked", str(error))
    for tests in folder.glob("*/tests"):
        return tests.parent
    return _give_up(f"{sdist} has no tests", "")


def _give_up(problem: str, reason: str) -> Path:
    print(f"WHOOSH'S TESTS DID NOT RUN: {problem}: give the file with --sdist FILE", file=sys.stderr)
    print(reason.strip(), file=sys.stderr)
    sys.exit(2)


def _not_applicable() -> dict[str, str]:
    """Return the tests that do not apply, each with its kind."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {test: kind for test, kind, _reason in rows}


def _report(outcomes: Outcomes, listed: dict[str, str]) -> bool:
    """Print what became of the tests, and return True if all is as the table says."""
    tests = outcomes.failed
    applicable = outcomes.uses_index - listed.keys()
    failed = sorted(test for test in tests if tests[test] and test not in listed)
    passed = sum(not tests[test] for test in applicable)
    kinds = Counter(kind for test, kind in listed.items() if test in tests)
    print(f"\n| {_NAME} {version(_NAME)} | tests |\n|---|---|")
    print(f"| that use no index | {len(tests) - len(outcomes.uses_index | (listed.keys() & tests.keys()))} |")
    for kind, count in sorted(kinds.items()):
        print(f"| not applicable: {kind} | {count} |")
    print(f"| applicable | {len(applicable)} |")
    print(f"| passed | {passed} ({passed / max(len(applicable), 1):.1%}) |")
    print(f"| failed | {len(applicable) - passed} |")
    for test in failed:
        print(f"FAILED {test}")
    for test in sorted(listed):
        if test not in tests:
            print(f"LISTED AND NOT THERE {test}")
        elif not tests[test]:
            print(f"listed as not applicable, and passed: {test}")
    return not failed and listed.keys() <= tests.keys()


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sdist", type=Path, help="the source distribution, instead of downloading it")
    parser.add_argument("--traceback", action="store_true", help="show why tests fail")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whoosh-suite-") as folder:
        sources = _sources(Path(folder), arguments.sdist)
        install()
        outcomes = Outcomes()
        options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={sources}", "--no-summary"]
        options += ["--tb=short" if arguments.traceback else "--tb=no", str(sources / "tests")]
        status = pytest.main(options, plugins=[outcomes])
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not outcomes.failed:
            _give_up(f"pytest ended with {status!r}", "")
    if not _report(outcomes, _not_applicable()):
        sys.exit(1)


if __name__ == "__main__":
    _main()
