"""Let the power fail during repairs and backups; see `power`.

    python tests/faults/power_repair.py --points 200

After a power failure during a repair, the index is as damaged as it was, or repaired, and every file that it had is in
its folder, or in `damaged` there. After one during a backup, the folder of the copy holds a whole index, or none.
"""

import argparse
import errno
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from random import Random

import pytest
from disk import NAMELESS, Disk, Operation
from every_call import DAMAGES, make_damaged, make_index
from power import random_choice, survive
from workload import Contents, contents

from jooya.indexer import Index
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import NAME as LOCK

MIN_STATES = 0.05
"""The share of the power failures after which there is the old state at least, and also the new one."""


def trial(points: int, seed: int, path: Path) -> str:
    """Let the power fail at `points` random moments of repairs, and at as many of backups."""
    random = Random(seed)
    path = path.resolve()
    repaired = [0, 0]
    damages = list(DAMAGES)
    operations = 0
    for number, name in enumerate(damages):
        share = points // len(damages) + (number < points % len(damages))
        old, new, recorded = _repairs(share, random, path / name.replace(" ", "-"), name, fails=number % 2 == 1)
        repaired[0] += old
        repaired[1] += new
        operations += recorded
    none, whole, recorded = _backups(points, random, path / "backup")
    for found in (*repaired, none, whole):
        assert found >= MIN_STATES * points, f"too few of one state: {repaired}, {none}, {whole}"
    old, new = repaired
    return (
        f"power_repair: {points} points in {operations} operations of repairs, seed {seed}: as it was {old} "
        f"times, repaired {new} times, no file was lost; {points} points in {recorded} operations of backups: no "
        f"index {none} times, a whole copy {whole} times"
    )


def _repairs(points: int, random: Random, path: Path, name: str, *, fails: bool) -> tuple[int, int, int]:
    """Let the power fail during a repair; return how often the index was as before, and repaired, and the operations.

    With `fails`, the table of contents is replaced, but cannot be synced at once.
    """
    folder = path / "folder"
    index = folder / "index"
    folder.mkdir(parents=True)
    make_damaged(DAMAGES[name])(folder)
    (index / LOCK).unlink(missing_ok=True)
    disk = Disk(folder, error=errno.EIO)
    disk.fails_after_renaming = fails
    there, data = disk.adopt()
    before = _files(index)
    with disk.watched(), pytest.raises(OSError, match="Input") if fails else nullcontext():
        Index.repair(index)
    expected, table = contents(index)[1], (index / toc.NAME).read_bytes()
    operations = [operation for operation in disk.operations if operation.file != NAMELESS]
    new = 0
    for _ in range(points):
        _cut(operations, folder, random, there, data)
        found = _files(index)
        lost = {file for file, content in before.items() if content not in found.values()}
        assert not lost, f"{name}: lost {lost}"
        if found.get(toc.NAME) == table:
            new += 1
            assert contents(index)[1] == expected
            assert not Index.check(index).problems, f"{name}: {Index.check(index).problems}"
        else:
            assert before.items() <= found.items(), f"{name}: the index is neither as it was nor repaired"
            Index.repair(index)
            _assert_repaired(index, expected, before)
    return points - new, new, len(operations)


def _assert_repaired(index: Path, expected: Contents, before: Mapping[str, bytes]) -> None:
    assert contents(index)[1] == expected
    assert not Index.check(index).problems
    found = _files(index)
    assert all(content in found.values() for content in before.values())


def _backups(points: int, random: Random, path: Path) -> tuple[int, int, int]:
    """Let the power fail during a backup; return how often there was no index, a whole one, and the operations."""
    folder = path / "folder"
    folder.mkdir(parents=True)
    make_index(folder)
    disk = Disk(folder)
    there, data = disk.adopt()
    before = _files(folder / "index")
    with disk.watched(), Index.open(folder / "index") as index:
        index.backup(folder / "copy")
    operations = list(disk.operations)
    whole = 0
    for _ in range(points):
        _cut(operations, folder, random, there, data)
        assert _files(folder / "index") == before
        if (folder / "copy" / toc.NAME).exists():
            whole += 1
            found = _files(folder / "copy")
            assert {name: found.get(name) for name in before} == before
            assert not Index.check(folder / "copy").problems
    return points - whole, whole, len(operations)


def _cut(
    operations: Sequence[Operation],
    folder: Path,
    random: Random,
    there: Mapping[str, int],
    data: Mapping[int, bytes],
) -> None:
    """Put the folder in a state that it may have after a power failure: often a late one."""
    first = random.choice([0, len(operations) * 3 // 4, max(len(operations) - 3, 0)])
    shutil.rmtree(folder)
    survive(
        operations[: random.randrange(first, len(operations) + 1)], folder, random, random_choice(random), there, data
    )


def _files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files below a folder, but for the lock."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != LOCK)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.points, arguments.seed, Path(folder)))


if __name__ == "__main__":
    main()
