"""The trials of this folder, short; `make trials` runs them in full. Each is a process of its own: some fork."""

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


@pytest.mark.parametrize("trial", SHORT)
def test_trial(trial: str) -> None:
    arguments, said = SHORT[trial]
    done = subprocess.run(
        [sys.executable, HERE / f"{trial}.py", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
