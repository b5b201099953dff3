"""Kill writers with SIGKILL at random moments while they add, update, delete, commit and merge.

python tests/faults/kill.py --rounds 1000
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread

from killed_process import killed
from workload import Workload, assert_floors, judge, left_over, spill_often

from jooya.indexer import Index  # imported before forking, so that the forked processes need not
from jooya.indexer.codec import toc
from jooya.indexer.ingest import sync
from jooya.indexer.whoosh import column_index, passage_schema

MAX_DELAY = 0.25  # seconds until the kill
COMMIT_INTERVAL = 4  # in every such round, the kill comes soon after the table of contents was replaced
WRITING_PHASE = 2  # among the rounds of such an interval, the one whose kill comes while files are being written
JOBS_INTERVAL = 20  # in every such round, the writer has workers, and more time

assert column_index and passage_schema and sync


def trial(rounds: int, seed: int, path: Path) -> str:
    """Kill `rounds` writers of one index, one after another, and return the figures."""
    random = Random(seed)
    workload = Workload(seed)
    Index.create(path).close()
    incomplete = unreported = 0
    number = judge(path, workload, range(1))
    for round_number in range(rounds):
        phase = round_number % COMMIT_INTERVAL
        jobs = 2 if round_number % JOBS_INTERVAL == JOBS_INTERVAL - 1 else 1
        delay = random.random() * MAX_DELAY * (8 if jobs > 1 else 1)
        finished = _killed(path, workload, number, jobs, delay, phase)
        incomplete += bool(left_over(path))
        before, number = number, judge(path, workload, range(number + finished, number + finished + 2))
        unreported += number == before + finished + 1
    with Index.open(path) as index:
        workload.step(number + 1).run(index)
    judge(path, workload, range(number + 1, number + 2))
    until = time.monotonic() + 30
    while left_over(path) and time.monotonic() < until:  # workers outlive their writer by a moment
        time.sleep(0.1)
    assert not left_over(path), left_over(path)
    figures = (
        f"kill: {rounds} rounds, seed {seed}: {number} commits, 0 lost, 0 indexes that do not open, 0 stuck locks "
        f"({incomplete} rounds left incomplete files, {unreported} were killed between a commit and its return)"
    )
    # Of the rounds of an interval, at least one commits, and at least one is killed while it writes.
    floor = rounds // COMMIT_INTERVAL
    assert_floors(figures, {"commits": floor, "incomplete": floor}, {"commits": number, "incomplete": incomplete})
    return figures


def _killed(path: Path, workload: Workload, number: int, jobs: int, delay: float, phase: int) -> int:
    """Let a process make commits after `number` until it is killed, and return how many it finished."""

    def work(finished: Callable[[], None]) -> None:
        spill_often()
        with Index.open(path) as index:
            for step in count(number + 1):
                workload.step(step).run(index, jobs=jobs)
                finished()

    def wait() -> None:
        if phase == 0:
            before, until = toc.signature(path), time.monotonic() + 10
            while toc.signature(path) == before and time.monotonic() < until:
                time.sleep(0)
            time.sleep(delay / 100)
        elif phase == WRITING_PHASE:
            there, until = left_over(path), time.monotonic() + 10
            while left_over(path) <= there and time.monotonic() < until:
                time.sleep(0)
            time.sleep(delay / 100 if round(delay * 1e6) % 2 else 0)
        else:
            time.sleep(delay)

    return killed(work, wait)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.rounds, arguments.seed, Path(folder) / "index"))


if __name__ == "__main__":
    main()
