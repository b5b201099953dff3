"""Check the model of the commit protocol, `commit.pml`, with spin: all orders of its steps, and all failures.

python tests/model/check_model.py

It also plants faults in the model, each of which spin must find. It needs spin (Debian: `apt install spin`) and a C
compiler; without them it says so.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

MODEL = Path(__file__).with_name("commit.pml")

SIZES = {
    "two writers, a reader, a power cut": ("WRITERS=2", "TRIES=1", "KILLS=0", "CUTS=1"),
    "two writers, a reader, a kill": ("WRITERS=2", "TRIES=1", "KILLS=1", "CUTS=0"),
    "a writer of three commits, a reader, a power cut": ("WRITERS=1", "TRIES=3", "KILLS=0", "CUTS=1"),
    "a writer of two commits, a power cut, a kill": ("WRITERS=1", "TRIES=2", "KILLS=1", "CUTS=1", "READS=0"),
}
"""Models that are small enough to be searched completely."""

SHORT = "a writer of two commits, a power cut, a kill"
"""The one that takes seconds."""

FAULTS = {
    "NO_SYNC_OF_SEGMENT": SHORT,
    "NO_SYNC_OF_TABLE": SHORT,
    "NO_SYNC_OF_NAMES": SHORT,
    "NO_SYNC_OF_RENAME": SHORT,
    "NO_SYNC_BEFORE_REMOVING": SHORT,
    "REMOVE_BEFORE_REPLACING": "a writer of three commits, a reader, a power cut",
    "NO_SECOND_READ": "two writers, a reader, a kill",
    "NO_LOCK": "two writers, a reader, a kill",
    "SNAPSHOT_BEFORE_LOCK": "two writers, a reader, a kill",
    "LOCK_OUTLIVES_HOLDER": "two writers, a reader, a kill",
}
"""Macros of the model that make a fault, each with a size at which spin finds it."""

_DEPTH = 100_000
_MEGABYTES = 4000


class Outcome(NamedTuple):
    """The outcome of a search: how many errors it has found, and how many states there are."""

    errors: int
    states: int


def missing() -> str | None:
    """Return what a search needs and this machine lacks; None if it has all."""
    lacking = [name for name in ("spin", "cc") if shutil.which(name) is None]
    return " and ".join(lacking) or None


def search(size: str, fault: str | None = None) -> Outcome:
    """Search a model of some size, perhaps with a fault, until it is complete or an error is found."""
    macros = [f"-D{macro}" for macro in (*SIZES[size], *([fault] if fault else []))]
    with tempfile.TemporaryDirectory() as folder:
        _run(["spin", *macros, "-a", str(MODEL)], folder)
        _run(["cc", "-w", "-O2", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={_MEGABYTES}", "-o", "pan", "pan.c"], folder)
        told = _run(["./pan", f"-m{_DEPTH}"], folder)
    found = re.search(r"errors: (\d+)\s+(\d+) states, stored", told)
    if found is None or "error: max search depth too small" in told or ("Search not completed" in told and not fault):
        raise RuntimeError(f"the search of {size} was not completed:\n{told}")
    return Outcome(int(found[1]), int(found[2]))


def _run(command: list[str], folder: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if lacking := missing():
        print(f"the model was not checked: {lacking} is not installed (Debian: apt install spin gcc)")
        return
    failed = False
    for size in SIZES:
        errors, states = search(size)
        failed = failed or errors > 0
        print(f"model: {size}: {errors} errors in {states:,} states", flush=True)
    for fault, size in FAULTS.items():
        errors, states = search(size, fault)
        failed = failed or not errors
        print(f"model with {fault}: {'found' if errors else 'NOT FOUND'} ({states:,} states, {size})", flush=True)
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
