"""The trials of this folder, short; `make trials` runs them in full. Each is a process of its own: some fork."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

SHORT = {
    "kill": (["--rounds", "6"], "0 lost, 0 indexes that do not open, 0 stuck locks"),
    "failing": (["--commits", "8", "--every", "40"], "0 third ones"),
    "power": (["--points", "12", "--commits", "10"], "last commit intact in all"),
    "reading": (["--seconds", "1"], "0 errors, 0 wrong answers"),
    "damage": (["--rounds", "10"], "wrong and crashed 0 times"),
    "fuzz": (["--inputs", "4000"], "0 exceptions, 0 hangs, 0 crashes"),
}


WRONG = """
import os, sys, tempfile, time
from pathlib import Path
import fuzz

class Wrong:
    number = 0
    def __init__(self, folder):
        pass
    def input(self, random):
        Wrong.number += 1
        return Wrong.number
    def run(self, given):
        if given == 3:  # the first is given twice
            raise ValueError("a find")
        if given == 4:
            while True:
                pass
        if given == 5:
            Path(sys.argv[1]).touch()
        if given == 9:
            os.abort()
        return True

fuzz.SECONDS = 0.2
fuzz.SHARES["wrong"] = (Wrong, 1)
with tempfile.TemporaryDirectory() as folder:
    said, well = fuzz.trial(8, 1, Path(folder), keep=Path(sys.argv[2]), targets=["wrong"])
print(said.splitlines()[0].partition(";")[0], well)
"""
"""A target with which everything goes wrong once."""


@pytest.mark.parametrize("trial", SHORT)
def test_trial(trial: str) -> None:
    arguments, said = SHORT[trial]
    done = subprocess.run(
        [sys.executable, HERE / f"{trial}.py", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


def test_what_goes_wrong_with_an_input_is_counted_and_kept(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRONG, tmp_path / "outside", tmp_path / "kept"],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"PYTHONPATH": _path()},
    )  # fmt: skip
    assert done.stdout == "fuzz: 8 inputs, seed 1: 2 exceptions, 1 hangs, 1 crashes False\n"
    assert [line.partition(": ")[2].partition(":")[0] for line in done.stderr.splitlines()] == [
        "exceptions", "hangs", "exceptions", "crashes",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        f"wrong-{place}.txt" for place in (1, 2, 3, 7)
    ]


def _path() -> str:
    return os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
