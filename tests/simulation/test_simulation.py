"""Short runs of the simulation; `make simulation` makes long ones.

Each is a process of its own, since the simulation replaces the functions by which Python calls the system.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from planted_cluster_faults import PLANTS as CLUSTER_PLANTS
from planted_faults import PLANTS

HERE = Path(__file__).parent

RUNS = 600
CLUSTER_RUNS = 60
FOUND_AT_ONCE = (
    "a segment is not synced",
    "deletions and user data are not synced",
    "the table is not synced",
    "the new name of the table is not synced",
    "the lock is not refused",
    "the lock is released before the commit",
    "a writer reads the index before it has the lock",
    "a repair keeps nothing",
    "the name of a new folder is not synced",
    "a watch forgets an update that failed",
)
"""The planted faults that a hundred runs find."""

FOUND_AT_ONCE_IN_A_CLUSTER = (
    "the state is replaced whatever is there",
    "a conflict is taken for success",
    "a conflict after a lost answer is taken for the change of another writer",
    "a lost lease is not noticed",
)
"""Likewise, on a simulated cluster."""

PLANTING = """
from planted_faults import planted
from run import DISK, cluster
for kind in (DISK, cluster()):
    for name in kind.plants:
        with planted(name, kind.plants, kind.functions):
            print(name)
"""

FINDING = """
import sys
from run import DISK, cluster, find
kind = cluster() if sys.argv[1] == "cluster" else DISK
for name in sys.argv[2:]:
    run, found = find(kind, name, 150)
    print(f"{name}: {found}" if run else f"{name} was not found")
"""


def test_no_run_shows_a_fault() -> None:
    done = _run(HERE / "run.py", "--runs", str(RUNS))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"simulation: {RUNS:,} runs, seeds 0 to {RUNS - 1}: 0 violations in " in done.stdout


def test_planted_faults_are_found() -> None:
    done = _run("-c", FINDING, "disk", *FOUND_AT_ONCE)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(FOUND_AT_ONCE)
    assert "was not found" not in done.stdout


def test_no_run_with_a_cluster_shows_a_fault() -> None:
    done = _run(HERE / "run.py", "--cluster", "--runs", str(CLUSTER_RUNS))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"simulation: {CLUSTER_RUNS} runs, seeds 0 to {CLUSTER_RUNS - 1}: 0 violations in " in done.stdout


def test_planted_faults_are_found_in_a_cluster() -> None:
    done = _run("-c", FINDING, "cluster", *FOUND_AT_ONCE_IN_A_CLUSTER)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(FOUND_AT_ONCE_IN_A_CLUSTER)
    assert "was not found" not in done.stdout


@pytest.mark.parametrize("kind", [[], ["--cluster"]])
def test_a_seed_is_one_run(kind: list[str]) -> None:
    traces = {_run(HERE / "run.py", *kind, "--seed", "30", "--trace").stdout for _ in range(2)}
    assert len(traces) == 1
    assert len(traces.pop().splitlines()) > 20


def test_each_fault_can_be_planted() -> None:
    """Each plant is a change of lines that are there; else only a long run would see that they are not any more."""
    done = _run("-c", PLANTING)
    assert (done.stdout.splitlines(), done.stderr) == ([*PLANTS, *CLUSTER_PLANTS], "")


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": path},
    )  # fmt: skip
