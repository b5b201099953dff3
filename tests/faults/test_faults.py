"""Short runs of the trials in this folder, each in a process of its own, since some fork.

`make trials` runs them in full.
"""

import os
import subprocess
import sys
from pathlib import Path

import hostile_calls
import opensearch_nodes
import pytest
import soak

from jooya.core import compiled

HERE = Path(__file__).parent

SHORT = {
    "kill": (["--rounds", "8"], "0 lost, 0 indexes that do not open, 0 stuck locks"),
    "failing": (["--commits", "2", "8", "--every", "16"], "in any other state 0 times"),
    "every_call": (["--sample", "1"], "anything else 0 times"),
    "power": (["--points", "120", "--commits", "10"], "the last commit was intact every time"),
    "power_repair": (["--points", "30"], "no file was lost"),
    "soak": (["--seconds", "1"], "0 errors, 0 wrong answers"),  # with all that `reading` does
    "damage": (["--rounds", "24"], "wrong or crashed 0 times"),
    "crafted": (["--edits", "60", "--every", "60", "--full", "4"], " at random, from 0 on, seed 1: "),
    "hostile_documents": (["--scale", "1", "--seconds", "20", "--every", "9", "--least", "24"], "0 faults"),
    "fuzz": (["--inputs", "4000"], "0 exceptions, 0 hangs, 0 crashes"),
    "no_memory": (["--points", "12"], ", 0 faults"),
    "core_words": (["--words", "6000"], "by the core: 0 unequal"),
}


FAILING_TARGET = """
import os, sys, tempfile, time
from pathlib import Path
import fuzz

class Failing:
    number = 0
    def __init__(self, folder):
        pass
    def input(self, random):
        Failing.number += 1
        return Failing.number
    def run(self, given):
        if given == 3:  # the first input is given twice
            raise ValueError("a failure")
        if given == 4:
            while True:
                pass
        if given == 5:
            Path(sys.argv[1]).touch()
        if given == 9:
            os.abort()
        return True

fuzz.SECONDS = 0.2
fuzz.SHARES["failing"] = (Failing, 1)
with tempfile.TemporaryDirectory() as folder:
    figures, succeeded = fuzz.trial(8, 1, Path(folder), keep=Path(sys.argv[2]), targets=["failing"])
print(figures.splitlines()[0].partition(";")[0], succeeded)
"""
"""A program that gives input to a target with every kind of failure."""


@pytest.mark.parametrize("trial", SHORT)
def test_trial_succeeds(trial: str) -> None:
    if trial.startswith("core_") and compiled is None:
        pytest.skip("the compiled core was not built")
    arguments, figures = SHORT[trial]
    done = subprocess.run(
        [sys.executable, HERE / f"{trial}.py", *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert figures in done.stdout


@pytest.mark.parametrize(
    ("megabytes", "files", "grown"),
    [
        ([10.0] * 20 + [40.0] * 40, [5] * 60, False),  # what fills caches at first
        ([40.0] * 59 + [400.0], [5] * 60, False),
        ([40.0 + 0.3 * number for number in range(60)], [5] * 60, False),  # by 6 MB from third to third
        ([40.0 + 0.5 * number for number in range(60)], [5] * 60, True),
        ([40.0] * 60, [5 + number % 5 for number in range(60)], False),
        ([40.0] * 60, [5 + number // 4 for number in range(60)], True),
    ],
)
def test_what_grows_in_a_long_run_is_seen(megabytes: list[float], files: list[int], grown: bool) -> None:
    weights = [soak.Weight(*weight) for weight in zip(megabytes, files, strict=True)]
    assert soak.grown(*soak.growth(weights)) is grown


def test_writers_on_opensearch_are_killed(opensearch: str) -> None:
    arguments = ["--rounds", "5", "--engine", opensearch]
    done = subprocess.run(
        [sys.executable, HERE / "remote_kill.py", *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 lost, 0 indexes in any other state, 0 stuck leases" in done.stdout


def test_nodes_of_opensearch_are_killed() -> None:
    try:
        opensearch_nodes.check()
    except opensearch_nodes.NoEngine as error:
        pytest.skip(opensearch_nodes.MISSING % error)
    done = subprocess.run(
        [sys.executable, HERE / "remote_nodes.py", "--rounds", "1"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "0 acknowledged ones lost" in done.stdout
    assert "0 failed, 0 wrong" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "figures"),
    [
        (["--rounds", "6"], "backups acknowledged, 0 lost"),
        (["--rounds", "24", "--without", "a segment is not synced"], ": found in round "),
    ],
)
def test_the_power_of_a_mounted_file_system_is_cut(arguments: list[str], figures: str) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "power_mounted.py", *arguments],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode == 2:
        pytest.skip(done.stderr.strip())
    assert (done.returncode, done.stderr) == (0, "")
    assert figures in done.stdout


def test_a_trial_without_file_systems_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "power_mounted.py"],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"PATH": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("power_mounted: NOT RUN: ")


def test_the_core_survives_hostile_calls() -> None:
    if hostile_calls.compiler() is None:
        pytest.skip("there is no g++ or no Cython")
    done = subprocess.run(
        [sys.executable, HERE / "hostile_calls.py", "--calls", "1500"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert " refused, 0 faults" in done.stdout
    assert "never called" not in done.stdout


def test_fuzz_counts_and_keeps_inputs_that_cause_failures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING_TARGET, tmp_path / "outside", tmp_path / "kept"],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"PYTHONPATH": _path()},
    )  # fmt: skip
    assert done.stdout == "fuzz: 8 inputs, seed 1: 2 exceptions, 1 hangs, 1 crashes False\n"
    assert [line.partition(": ")[2].partition(":")[0] for line in done.stderr.splitlines()] == [
        "exceptions", "hangs", "exceptions", "crashes",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        f"failing-{number}.txt" for number in (1, 2, 3, 7)
    ]


GOING_AROUND = """
import posix, sys
from pathlib import Path
from system_calls import SystemCalls

path = Path(sys.argv[1])
for act in (lambda: path.read_bytes(), lambda: posix.open(path, posix.O_RDONLY)):
    calls = SystemCalls(path.parent)
    with calls.audited():
        act()
    print([call.name for call in calls.calls], len(calls.around))
"""
"""A program that reads a file, and then opens it by a function that is not replaced."""


def test_calls_that_go_around_the_trial_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-c", GOING_AROUND, tmp_path / "file"],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"PYTHONPATH": _path()},
    )  # fmt: skip
    assert (done.stderr, done.stdout) == ("", "['open', 'read'] 0\n[] 1\n")


def _path() -> str:
    return os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
