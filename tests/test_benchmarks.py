"""Tests that the programs in `benchmarks/` start, and that their README names each of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jooya.indexer.remote.connection import Connection, path

FOLDER = Path(__file__).parent.parent / "benchmarks"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
PROGRAMS = [path for path in sorted(FOLDER.glob("*.py")) if "__main__" in path.read_text(encoding="utf-8")]


STARTED_TWICE = """
import runpy, sys
from pathlib import Path

program = sys.argv[1]
sys.path[0] = str(Path(program).parent)
for option in ("--help", "--no-such-option"):
    sys.argv = [program, option]
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        print(f"ended with {end.code}", file=sys.stderr, flush=True)
"""
"""Starts a program with each of two options. To import what it needs takes most of the time."""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_its_help_and_refuses_options_that_it_does_not_know(program: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED_TWICE, program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: {program.name}")
    assert f"python benchmarks/{program.name}" in done.stdout
    first, _, second = done.stderr.partition("\n")
    assert first == "ended with 0"
    assert second.startswith(f"usage: {program.name}")
    assert second.endswith("\nended with 2\n")


def test_a_run_deletes_what_the_last_one_has_left_and_nothing_else(remote_url: str) -> None:
    connection = Connection.open(remote_url)
    name = connection.index
    kept = {f"{name}{end}" for end in ("-plain", "s-1", "-1-copy", "-metal", "-archive")}
    for one in (name, f"{name}-1", f"{name}-12", f"{name}-meta", *kept):
        connection.request("PUT", path(one), {"settings": {"number_of_replicas": 0}})
    program = f"""
from jooya.indexer.remote.connection import Connection
from opensearch import delete_left
delete_left(Connection.open({remote_url!r}))
"""
    subprocess.run([sys.executable, "-c", program], cwd=FOLDER, check=True, timeout=60)
    assert set(connection.request("GET", path(f"{name}*"))) == kept


def test_what_programs_replace_in_jooya_exists() -> None:
    # These names are strings, or patched in place, so no type checker sees that one is gone.
    program = """
from ranking import VARIANTS, changed
from rescoring import stems_alone_planned
from split_words import joining
for changes in VARIANTS.values():
    with changed(changes):
        pass
for context in (joining(False), stems_alone_planned()):
    with context:
        pass
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_readme_names_the_programs_that_there_are() -> None:
    assert set(re.findall(r"python benchmarks/(\w+\.py)", README)) == {path.name for path in PROGRAMS}


def test_the_suite_of_whoosh_says_when_it_cannot_run(tmp_path: Path) -> None:
    for content in (None, b"no archive"):
        sdist = tmp_path / "Whoosh.tar.gz"
        if content is not None:
            sdist.write_bytes(content)
        done = subprocess.run(
            [sys.executable, FOLDER / "whoosh_suite.py", "--sdist", sdist],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith("WHOOSH'S TESTS DID NOT RUN:")
        assert "--sdist FILE" in done.stderr


def test_each_test_of_whoosh_that_does_not_apply_has_a_reason() -> None:
    lines = (FOLDER / "whoosh_suite.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert all(len(row) == 3 and all(row) for row in rows)
    assert len({row[0] for row in rows}) == len(rows) == 22
