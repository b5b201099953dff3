"""Let the power fail: data that was not synced is lost, partly or completely.

    python tests/faults/power.py --points 2000

Data written to a file since its last sync may be there completely, partly, or not at all. Each change of the names in
a folder since its last sync (a file made, renamed or removed) may have happened or not. Usual file systems promise more
than that.

The first points are not random: at each moment of the first commits, the disk keeps nothing that was not synced, all
names and no data, or only one kind of changed names, each of which shows another sync that is missing.
"""

import argparse
import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random

from disk import NAMELESS, Disk, Operation
from workload import Workload, assert_floors, judge, left_over, spill_often

from jooya.indexer import Index
from jooya.indexer.codec import toc

COMMITS = 30
SIZES = (1, 1, 2, 6)
FAILURE_INTERVAL = 3
"""Every such commit fails at the very end: its table of contents has been replaced, but was not synced."""


Choice = Callable[[str], bool]
"""Decides whether a change that was not synced survives: "data", "create", "rename", "unlink" or "make folder"."""

ADVERSE: tuple[tuple[str, ...], ...] = (
    (),
    ("rename",),
    ("unlink",),
    ("create", "rename", "make folder"),
    ("data", "rename"),
)
"""The changes that survive at the chosen points, one of these after the other."""

CHOSEN_AFTER = ("done", "sync", "sync folder", "rename", "unlink", "create")
"""Kinds of operations after which the power fails at a chosen point."""

FLOORS = {"points": 60, "the last commit": 20, "a new commit": 3, "unsynced": 30}
"""The least number of points, of those after which the index is in either state, and of those where data was lost."""


def trial(points: int, seed: int, path: Path, commits: int = COMMITS) -> str:
    """Record one run of a workload of `commits` commits, and let the power fail at `points` moments of it.

    Half of them, at most, are chosen, and the others random.
    """
    spill_often()
    random, workload = Random(seed), Workload(seed, SIZES)
    path = path.resolve()
    recorded = path / "recorded" / "index"
    recorded.parent.mkdir()
    operations = _record(recorded, workload, commits)
    chosen = list(islice(_chosen(operations), points // 2))
    last = new = unsynced = 0
    for point in range(points):
        if point < len(chosen):
            end, kept = chosen[point]
            choice: Choice = set(kept).__contains__
        else:
            end, choice = random.randrange(len(operations) + 1), _random_choice(random)
        before = operations[:end]
        shutil.rmtree(recorded.parent)
        unsynced += _survive(before, recorded.parent, random, choice)
        done = max((operation.number for operation in before if operation.kind == "done"), default=-1)
        begun = max((operation.number for operation in before if operation.kind == "begun"), default=0)
        if done < 0 and not (recorded / toc.NAME).exists():
            Index.open_or_create(recorded).close()  # the index had not been made yet
        number = judge(recorded, workload, range(max(done, 0), begun + 1))
        last += number == done
        new += number > done
        with Index.open(recorded) as index:
            workload.step(number + 1).run(index)
        judge(recorded, workload, range(number + 1, number + 2))
        assert not left_over(recorded), left_over(recorded)
    figures = (
        f"power: {points} points ({len(chosen)} chosen) in {len(operations)} operations, seed {seed}: the last commit "
        f"was intact every time ({last} times the last that had returned, {new} times the one that had not returned "
        f"yet); {unsynced} times, something that was not synced was lost"
    )
    counts = {"points": points, "the last commit": last, "a new commit": new, "unsynced": unsynced}
    assert_floors(figures, FLOORS, counts)
    return figures


def _chosen(operations: Sequence[Operation]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield points, each with what survives: spread over all kinds of operations, each with every adverse choice."""
    ends: dict[str, list[int]] = {kind: [] for kind in CHOSEN_AFTER}
    for end, operation in enumerate(operations, 1):
        if operation.kind in ends:
            ends[operation.kind].append(end)
    for round_number in range(len(operations)):
        for kept in ADVERSE:
            for of_kind in ends.values():
                if round_number < len(of_kind):
                    # A step without common divisors reaches later commits as soon as earlier ones.
                    yield of_kind[round_number * 7919 % len(of_kind)], kept


def _random_choice(random: Random) -> Choice:
    share = random.choice([0.0, 0.0, 0.5, 0.9, 1.0])
    return lambda _kind: random.random() < share


def _record(path: Path, workload: Workload, commits: int) -> Sequence[Operation]:
    """Run the workload and return all operations on the disk, with notes of where commits begin and return."""
    disk = Disk(path.parent, error=errno.EIO)
    with disk.watched(), Index.create(path) as index:
        disk.note("done", 0)
        for number in range(1, commits + 1):
            disk.note("begun", number)
            disk.fails_after_renaming = number % FAILURE_INTERVAL == 0
            with suppress(OSError):
                workload.step(number).run(index)
                disk.note("done", number)
    return [operation for operation in disk.operations if operation.file != NAMELESS]


def _survive(operations: Sequence[Operation], root: Path, random: Random, keep: Choice) -> bool:
    """Fill the folder `root` with what the disk may hold after `operations` and a power failure.

    Returns:
        True if anything was lost.
    """
    names: dict[str, int] = {}  # the file of each name after all operations
    synced_names: dict[str, int] = {str(root): 0}
    unsynced: list[tuple[str, str, int, str]] = []  # a new name, a name that goes, the file, and the kind of change
    content: dict[int, bytearray] = {}
    synced: dict[int, bytes] = {}
    written: dict[int, list[tuple[int, bytes]]] = {}
    for kind, path, target, file, number, data in operations:
        if kind == "create":
            names[path] = file
            content[file], written[file] = bytearray(), []
            unsynced.append((path, "", file, kind))
        elif kind == "make folder":
            unsynced.append((path, "", 0, kind))
        elif kind == "write":
            _put(content[file], number, data)
            written[file].append((number, data))
        elif kind == "sync":
            synced[file] = bytes(content[file])
            written[file] = []
        elif kind == "rename":
            names[target] = names.pop(path)
            unsynced.append((target, path, names[target], kind))
        elif kind == "unlink":
            del names[path]
            unsynced.append(("", path, -1, kind))
        elif kind == "sync folder":
            inside = [change for change in unsynced if str(Path(change[0] or change[1]).parent) == path]
            unsynced = [change for change in unsynced if change not in inside]
            _apply(synced_names, inside)
    kept = [change for change in unsynced if keep(change[3])]
    is_lost = len(kept) < len(unsynced)
    _apply(synced_names, kept)
    for path in sorted(synced_names):
        if not Path(path).parent.is_dir():
            continue  # its folder is lost
        file = synced_names[path]
        if not file:
            Path(path).mkdir(exist_ok=True)
            continue
        survived = bytearray(synced.get(file, b""))
        for offset, data in written[file]:
            if keep("data"):
                part = random.choice([len(data), random.randrange(len(data) + 1)])
                _put(survived, offset, data[:part])
            is_lost |= survived != content[file]
        Path(path).write_bytes(survived)
    return is_lost


def _put(content: bytearray, offset: int, data: bytes) -> None:
    content.extend(bytes(max(offset - len(content), 0)))
    content[offset : offset + len(data)] = data


def _apply(names: dict[str, int], changes: Sequence[tuple[str, str, int, str]]) -> None:
    for name, gone, file, _kind in changes:
        names.pop(gone, None)
        if name:
            names[name] = file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--commits", type=int, default=COMMITS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.points, arguments.seed, Path(folder), arguments.commits))


if __name__ == "__main__":
    main()
