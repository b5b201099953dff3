"""Let every write, sync, rename and removal of a commit fail once, alone or together with all that come after it.

python tests/faults/failing.py
"""

import argparse
import errno
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from disk import Disk, Operation
from workload import Workload, judge, left_over, spill_often

from jooya.indexer import Index

FAILURES = ((errno.ENOSPC, False), (errno.EIO, False), (errno.ENOSPC, True))
"""The error numbers with which an operation fails, each with True if all later ones fail, too, as on a full disk."""

COMMITS = 13
"""Number of steps to try. The first makes the index, and the last merges segments."""

FREQUENT = ("create", "write")
"""Kinds of operations of which a commit has dozens; it has only a few of each other kind."""

AS_IT_WAS, REPLACED = "is as it was", "has all changes, but a power failure may undo them"


def trial(seed: int, path: Path, commits: Collection[int] = range(COMMITS), every: int = 1) -> str:
    """Try the steps `commits` of a workload; of the frequent kinds of operations, let only every `every`th fail."""
    spill_often()
    workload = Workload(seed, sizes=(1, 1, 2, 6))
    runs = new = 0
    failed: Counter[str] = Counter()
    for number in range(max(commits) + 1):
        before, base = path / "before", path / "index"
        if number:
            shutil.copytree(base, before)
        operations = _run(base, workload, number, Disk(base))
        tried = path / "tried"
        for position, operation in enumerate(operations if number in commits else []):
            if operation.kind in FREQUENT and position % every:
                continue
            for error, lasting in FAILURES:
                if number:
                    shutil.copytree(before, tried)
                disk = Disk(tried, fail=position, error=error, lasting=lasting)
                new += _fails(tried, workload, number, disk)
                assert disk.failed
                failed[disk.failed] += 1
                runs += 1
                shutil.rmtree(tried, ignore_errors=True)
        if number:
            shutil.rmtree(before)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(failed.items()))
    return (
        f"failing: {runs} runs ({kinds}), seed {seed}: the index was in the old state {runs - new} times, in the new "
        f"state {new} times, in any other state 0 times"
    )


def _run(path: Path, workload: Workload, number: int, disk: Disk) -> list[Operation]:
    """Make commit `number` (0 makes the index) and return the operations on the disk that it needed."""
    with disk.watched(), Index.open_or_create(path) as index:
        if number:
            workload.step(number).run(index)
    return disk.operations


def _fails(path: Path, workload: Workload, number: int, disk: Disk) -> bool:
    """Try to make commit `number` on a failing disk; return True if the index is then in the new state."""
    message = ""
    try:
        _run(path, workload, number, disk)
    except Exception as error:
        message = f"{error} {' '.join(getattr(error, '__notes__', []))}"
        assert os.strerror(disk._error) in str(error), f"{error!r} for {disk.failed}"
        assert str(path) in str(error), f"{error!r} does not name the index"
    if number == 0:
        if not (path / "toc.json").exists():
            assert message
            with Index.open_or_create(path):
                pass
            return False
        judge(path, workload, range(1))
        return True
    made = judge(path, workload, range(number - 1, number + 1)) == number
    assert made == (not message or REPLACED in message), message
    assert made or AS_IT_WAS in message, message
    with Index.open(path) as index:
        if not made:
            workload.step(number).run(index)
        workload.step(number + 1).run(index)
    judge(path, workload, range(number + 1, number + 2))
    assert not left_over(path), left_over(path)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--every", type=int, default=1, help="let only every Nth creation and every Nth write of a file fail"
    )
    parser.add_argument("--commits", type=int, nargs="+", default=range(COMMITS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.seed, Path(folder), arguments.commits, arguments.every))


if __name__ == "__main__":
    main()
