"""Simulate many runs of processes that use an index, each chosen by its seed.

python tests/simulation/run.py --runs 1000000

Without `--planted`, no run may show a fault. With it, each planted fault (see `planted_faults`) is to be found, and the
program prints in which run it was. The seed of a run repeats it:

python tests/simulation/run.py --seed 4711 --trace

With `--cluster`, the processes use an index on a simulated cluster of OpenSearch.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import FunctionType
from typing import NamedTuple, Protocol

import planted_faults
from planted_faults import Plant, planted
from schedule import Figures, simulated


class Runs(Protocol):
    """Simulated runs by their seeds.

    Attributes:
        trace: The calls of the last run, if it was traced.
    """

    trace: list[str] | None

    def run(self, seed: int, *, traced: bool = False) -> Figures:
        """Make the run of a seed."""


class Kind(NamedTuple):
    """A kind of simulation.

    Attributes:
        simulated: Returns simulated runs within a `with` statement.
        plants: The faults that it must find.
        functions: The production functions that these change.
        floors: The least number of times that each thing happens in a run, on average; without it, a trial has shown
            nothing.
        calls: The name of what a run counts.
    """

    simulated: Callable[[], AbstractContextManager[Runs]]
    plants: Mapping[str, Plant]
    functions: Mapping[str, FunctionType]
    floors: Mapping[str, float]
    calls: str


_FLOORS = {
    "power cuts": 0.2, "cuts with losses": 0.2, "kills": 0.1, "errors": 0.3, "commits": 0.5, "failed commits": 0.05,
    "kept commits": 0.3, "returns": 0.001, "checkpoints": 0.05, "cancelled": 0.04, "reads": 0.15, "requests": 0.2,
    "busy": 0.02, "backups": 0.02, "failed backups": 0.005, "checks": 0.05, "updates": 0.05, "created": 0.08,
    "repairs": 0.01,
}  # fmt: skip

_CLUSTER_FLOORS = {
    "sent": 100, "faults": 10, "commits": 3, "reads": 2, "kills": 0.2, "pauses": 0.2, "lost answers": 0.5,
    "sent twice": 0.5, "missed refreshes": 1, "conflicts": 0.3, "take-overs": 0.2, "lost leases": 0.02,
    "failovers": 0.2, "busy": 0.1, "cancelled": 0.05, "other errors": 0.1,
}  # fmt: skip

DISK = Kind(simulated, planted_faults.PLANTS, planted_faults.FUNCTIONS, _FLOORS, "calls")
"""Processes that use an index on a simulated disk."""


def cluster() -> Kind:
    """Return the simulation of processes that use an index on a simulated cluster."""
    import planted_cluster_faults as faults  # noqa: PLC0415 - it takes the client of OpenSearch
    from cluster_schedule import simulated_clusters  # noqa: PLC0415

    return Kind(simulated_clusters, faults.PLANTS, faults.FUNCTIONS, _CLUSTER_FLOORS, "steps")


_PROGRESS = 60.0
"""Seconds between two lines of progress."""

_MOST_FOUND = 10
"""The runs that show a fault after which a trial gives up."""


def trial(kind: Kind, runs: int, seed: int = 0, *, progress: bool = False) -> str:
    """Make the runs of `runs` seeds from `seed` on, and return the figures; an interrupt (SIGINT) ends it early.

    Raises:
        AssertionError: If a run has shown a fault, or if too little has happened.
    """
    counts: Counter[str] = Counter()
    found: list[str] = []
    done = 0
    began, told = time.process_time(), time.monotonic()
    with kind.simulated() as simulation:
        try:
            while done < runs and len(found) < _MOST_FOUND:
                try:
                    counts.update(_run(simulation, seed + done))
                except AssertionError as error:
                    found.append(str(error))
                    print(error, file=sys.stderr, flush=True)
                done += 1
                if progress and time.monotonic() - told > _PROGRESS:
                    told = time.monotonic()
                    print(f"{done} runs, {time.process_time() - began:.0f} s", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
    assert not found, "\n".join(found)
    calls = counts.pop("calls")
    told_counts = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
    figures = (
        f"simulation: {done:,} runs, seeds {seed} to {seed + done - 1}: 0 violations in {calls:,} {kind.calls} "
        f"({told_counts}), {time.process_time() - began:.0f} seconds of processor time"
    )
    missed = {name: counts[name] for name, share in kind.floors.items() if counts[name] < int(share * done)}
    assert not missed, f"{figures}\nToo little was done: {missed}"
    return figures


def find(kind: Kind, name: str, most: int, seed: int = 0) -> tuple[int, str]:
    """Return after how many runs a planted fault is found, and what is found; 0 runs if `most` do not find it."""
    with kind.simulated() as simulation, planted(name, kind.plants, kind.functions):
        for number in range(seed, seed + most):
            try:
                simulation.run(number)
            except Exception as error:  # an error that no process may raise
                return number + 1 - seed, repr(error)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                return number + 1 - seed, str(error)
    return 0, ""


def _run(simulation: Runs, seed: int) -> Mapping[str, int]:
    try:
        figures = simulation.run(seed)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        raise AssertionError(f"seed {seed}: {error or repr(error)}") from error
    return {**figures.counts, "calls": figures.calls}


def _trace(kind: Kind, seed: int) -> None:
    """Print the calls of one run, and what it shows."""
    with kind.simulated() as simulation:
        try:
            simulation.run(seed, traced=True)
        finally:
            print(*(simulation.trace or []), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--runs", type=int, default=1000, help="number of runs, each with a seed (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first run (default: %(default)s)")
    parser.add_argument("--planted", action="store_true", help="find each planted fault, in at most that many runs")
    parser.add_argument("--trace", action="store_true", help="make the first run alone, and print its calls")
    parser.add_argument("--cluster", action="store_true", help="simulate an index on OpenSearch")
    arguments = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is a part of a run
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})
    kind = cluster() if arguments.cluster else DISK
    if arguments.trace:
        _trace(kind, arguments.seed)
    elif arguments.planted:
        for name in kind.plants:
            run, found = find(kind, name, arguments.runs, arguments.seed)
            print(f"{name}: {f'found in run {run}: {found}' if run else 'NOT FOUND'}"[:300], flush=True)
    else:
        print(trial(kind, arguments.runs, arguments.seed, progress=True))


if __name__ == "__main__":
    main()
