"""The tests of Django's search layers, with Jooya in the place of their own backends.

    python benchmarks/django_suites.py modelsearch [--source FOLDER] [--fixtures FILE]
    python benchmarks/django_suites.py django-haystack [--source FOLDER]

modelsearch's tests of every backend, and all others that it has, run with Jooya's backend; those of django-haystack are
the tests of its Whoosh engine. They are those of the source distribution of the version that is installed, which pip
downloads into a temporary folder; nothing of it is copied into this repository. `--source` names a folder with the
sources instead. The source distributions of modelsearch lack the objects that its tests are about: they are the file
`modelsearch/test/testapp/fixtures/search.json` of its repository, which is downloaded unless `--fixtures` names one.
`django_suites.tsv` lists the tests that do not pass, each with its reason.

The report says what passed and what failed, and the command fails if a test failed that the table does not list, if one
of the table passed, or if fewer tests passed than ever.
"""

import argparse
import csv
import os
import subprocess
import sys
import tarfile
import tempfile
import types
import unittest
import urllib.request
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn

_TABLE = Path(__file__).with_suffix(".tsv")
_FIXTURES = (
    "https://raw.githubusercontent.com/wagtail/django-modelsearch/v{}/modelsearch/test/testapp/fixtures/search.json"
)
_LEAST = {"modelsearch": 162, "django-haystack": 80}
_LABELS = {
    "modelsearch": [
        "django_suites_backend",
        *(
            f"modelsearch.tests.test_{name}"
            for name in ("index_functions", "indexed_class", "queries", "related_fields")
        ),
    ],
    "django-haystack": ["test_haystack.whoosh_tests"],
}


class Outcomes(unittest.TextTestResult):
    """The outcome of each test, by its name: `passed`, `failed` or `skipped`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.outcomes: dict[str, str] = {}

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.outcomes[_name(test)] = "passed"

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.outcomes[_name(test)] = "failed"

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.outcomes[_name(test)] = "failed"

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.outcomes[_name(test)] = "failed"

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.outcomes[_name(test)] = "skipped"

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self.outcomes[_name(test)] = "skipped"


def _name(test: unittest.TestCase) -> str:
    return ".".join(test.id().split(".")[-2:])


def _give_up(problem: str, reason: object) -> NoReturn:
    print(f"THE TESTS DID NOT RUN: {problem}", file=sys.stderr)
    print(str(reason).strip(), file=sys.stderr)
    sys.exit(2)


def _sources(suite: str, folder: Path) -> Path:
    """Download and unpack the source distribution of the version that is installed, and return its folder."""
    requirement = f"{suite}=={version(suite)}"
    options = ["--no-binary", ":all:", "--no-deps", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = list(folder.glob("*.tar.gz"))
    if done.returncode or not found:
        _give_up(f"the source distribution of {requirement} can't be had: give --source FOLDER", done.stderr)
    with tarfile.open(found[0]) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def _fixtures(source: Path, folder: Path, given: Path | None) -> Path:
    """Return the folder with the objects of modelsearch's tests."""
    there = source / "modelsearch" / "test" / "testapp" / "fixtures"
    if given is None and there.exists():
        return there
    target = folder / "fixtures"
    target.mkdir()
    try:
        if given is None:
            urllib.request.urlretrieve(_FIXTURES.format(version("modelsearch")), target / "search.json")
        else:
            (target / "search.json").write_bytes(given.read_bytes())
    except OSError as error:
        _give_up("the objects of the tests can't be had: give --fixtures FILE", error)
    return target


def _set_up(suite: str, source: Path, folder: Path, fixtures: Path | None) -> None:
    """Configure Django as the suite does, with Jooya as its search backend."""
    sys.path[:0] = [str(source), str(Path(__file__).parent)]
    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    settings = types.ModuleType("suite_settings")
    if suite == "modelsearch":
        import modelsearch.test.settings as theirs  # noqa: PLC0415 - it is not there before
    else:
        import test_haystack.settings as theirs  # noqa: PLC0415
    vars(settings).update({name: value for name, value in vars(theirs).items() if name.isupper()})
    known = vars(settings)
    known["DATABASES"] = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    if suite == "modelsearch":
        known["FIXTURE_DIRS"] = [str(_fixtures(source, folder, fixtures))]
        known["MODELSEARCH_BACKENDS"] = {
            "default": {"BACKEND": "jooya.indexer.integrations.modelsearch", "PATH": folder / "indexes"}
        }
    else:
        known["HAYSTACK_CONNECTIONS"] = {
            name: {**one, "ENGINE": one["ENGINE"].replace(*_ENGINES)}
            for name, one in known["HAYSTACK_CONNECTIONS"].items()
            if name not in ("solr", "elasticsearch")
        }
    sys.modules["suite_settings"] = settings
    os.environ["DJANGO_SETTINGS_MODULE"] = "suite_settings"
    import django  # noqa: PLC0415

    django.setup()


_ENGINES = (
    "haystack.backends.whoosh_backend.WhooshEngine",
    "jooya.indexer.integrations.django_haystack.JooyaEngine",
)


def _run(suite: str) -> dict[str, str]:
    from django.test.runner import DiscoverRunner  # noqa: PLC0415

    kept: list[Outcomes] = []

    class Runner(DiscoverRunner):  # type: ignore[misc]
        def get_resultclass(self) -> type[unittest.TextTestResult]:
            return Outcomes

        def suite_result(self, suite: Any, result: Any, **_options: Any) -> int:
            kept.append(result)
            return 0

    warnings.simplefilter("ignore")
    runner = Runner(verbosity=0, interactive=False)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        printed, sys.stdout = sys.stdout, nowhere
        try:
            runner.run_tests(_LABELS[suite])
        finally:
            sys.stdout = printed
    return kept[0].outcomes


def _listed(suite: str) -> dict[str, str]:
    """Return the tests of a suite that do not pass, each with its reason."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {test: reason for name, test, reason in rows if name == suite}


def _report(suite: str, outcomes: dict[str, str], listed: dict[str, str]) -> bool:
    """Print what became of the tests, and return True if all is as the table says."""
    passed = [test for test, outcome in outcomes.items() if outcome == "passed"]
    failed = [test for test, outcome in outcomes.items() if outcome == "failed"]
    unlisted = sorted(test for test in failed if test not in listed)
    wrong = sorted(test for test in passed if test in listed)
    print(f"\n| {suite} {version(suite)} | tests |\n|---|---|")
    print(f"| passed | {len(passed)} |")
    print(f"| failed, and listed with the reason | {len(failed) - len(unlisted)} |")
    print(f"| failed | {len(unlisted)} |")
    print(f"| skipped by the suite itself | {len(outcomes) - len(passed) - len(failed)} |")
    for test in unlisted:
        print(f"FAILED {test}")
    for test in wrong:
        print(f"LISTED, AND PASSED {test}")
    if len(passed) < _LEAST[suite]:
        print(f"ONLY {len(passed)} PASSED, AND THERE WERE {_LEAST[suite]}")
    return not unlisted and not wrong and len(passed) >= _LEAST[suite]


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=[*_LABELS], help="whose tests to run")
    parser.add_argument("--source", type=Path, help="a folder with the sources, instead of downloading them")
    parser.add_argument("--fixtures", type=Path, help="modelsearch's search.json, instead of downloading it")
    arguments = parser.parse_args()
    try:
        version(arguments.suite)
    except PackageNotFoundError as error:
        _give_up(f"{arguments.suite} is not installed", error)
    with tempfile.TemporaryDirectory(prefix="django-suites-") as name:
        folder = Path(name)
        source = _sources(arguments.suite, folder) if arguments.source is None else arguments.source.absolute()
        _set_up(arguments.suite, source, folder, arguments.fixtures)
        outcomes = _run(arguments.suite)
    if not _report(arguments.suite, outcomes, _listed(arguments.suite)):
        sys.exit(1)


if __name__ == "__main__":
    _main()
