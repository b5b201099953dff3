"""The power fails: what was not synced is lost, in part or as a whole.

    python tests/faults/power.py --points 2000

What was written to a file since it was last synced may be there, in part, or not. Of what was done to the names in a
folder since that was last synced (files made, renamed and removed) each may have happened or not. That is less than any
usual file system promises.
"""

import argparse
import errno
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from disk import NAMELESS, Disk, Operation
from workload import Workload, judge, left_over, spill_often

from jooya.indexer import Index
from jooya.indexer.codec import toc

COMMITS = 30
SIZES = (1, 1, 2, 6)
UNSURE = 3
"""Of so many commits one fails at the very end: its table of contents is there, and was not synced."""

Keep = Callable[[], bool]
"""Whether something that was not synced is there all the same."""


def trial(points: int, seed: int, path: Path, commits: int = COMMITS) -> str:
    """Records one run of a workload of so many commits, and lets the power fail at `points` places of it."""
    spill_often()
    random, workload = Random(seed), Workload(seed, SIZES)
    path = path.resolve()
    recorded = path / "recorded" / "index"
    recorded.parent.mkdir()
    operations = _recorded(recorded, workload, commits)
    last = new = 0
    for _ in range(points):
        end = random.randrange(len(operations) + 1)
        before = operations[:end]
        shutil.rmtree(recorded.parent)
        _survive(before, recorded.parent, random)
        done = max((operation.place for operation in before if operation.kind == "done"), default=-1)
        begun = max((operation.place for operation in before if operation.kind == "begun"), default=0)
        if done < 0 and not (recorded / toc.NAME).exists():
            Index.open_or_create(recorded).close()  # it was never there
        number = judge(recorded, workload, range(max(done, 0), begun + 1))
        last += number == done
        new += number > done
        with Index.open(recorded) as index:
            workload.step(number + 1).run(index)
        judge(recorded, workload, range(number + 1, number + 2))
        assert not left_over(recorded), left_over(recorded)
    return (
        f"power: {points} points in {len(operations)} operations, seed {seed}: last commit intact in all "
        f"({last} times the last that had returned, {new} times the one that had not)"
    )


def _recorded(path: Path, workload: Workload, commits: int) -> Sequence[Operation]:
    disk = Disk(path.parent, error=errno.EIO)
    with disk.watched(), Index.create(path) as index:
        disk.say("done", 0)
        for number in range(1, commits + 1):
            disk.say("begun", number)
            disk.fails_after_renaming = number % UNSURE == 0
            with suppress(OSError):
                workload.step(number).run(index)
                disk.say("done", number)
    return [one for one in disk.operations if one.file != NAMELESS]


def _survive(operations: Sequence[Operation], root: Path, random: Random) -> None:
    """Makes of `root` what the disk may hold after `operations`."""
    share = random.choice([0.0, 0.0, 0.5, 0.9, 1.0])

    def keep() -> bool:
        return random.random() < share

    names: dict[str, int] = {}  # as they are in the end
    synced_names: dict[str, int] = {str(root): 0}
    unsynced: list[tuple[str, str, int]] = []  # a name, one that goes, and the file
    content: dict[int, bytearray] = {}
    synced: dict[int, bytes] = {}
    written: dict[int, list[tuple[int, bytes]]] = {}
    for kind, path, target, file, place, data in operations:
        if kind == "create":
            names[path] = file
            content[file], written[file] = bytearray(), []
            unsynced.append((path, "", file))
        elif kind == "make folder":
            unsynced.append((path, "", 0))
        elif kind == "write":
            _put(content[file], place, data)
            written[file].append((place, data))
        elif kind == "sync":
            synced[file] = bytes(content[file])
            written[file] = []
        elif kind == "rename":
            names[target] = names.pop(path)
            unsynced.append((target, path, names[target]))
        elif kind == "unlink":
            del names[path]
            unsynced.append(("", path, -1))
        elif kind == "sync folder":
            mine = [one for one in unsynced if str(Path(one[0] or one[1]).parent) == path]
            unsynced = [one for one in unsynced if one not in mine]
            _apply(synced_names, mine)
    _apply(synced_names, [one for one in unsynced if keep()])
    for path in sorted(synced_names):
        if not Path(path).parent.is_dir():
            continue  # its folder is lost
        file = synced_names[path]
        if not file:
            Path(path).mkdir(exist_ok=True)
            continue
        survived = bytearray(synced.get(file, b""))
        for place, data in written[file]:
            if keep():
                _put(survived, place, data[: random.choice([len(data), random.randrange(len(data) + 1)])])
        Path(path).write_bytes(survived)


def _put(content: bytearray, place: int, data: bytes) -> None:
    content.extend(bytes(max(place - len(content), 0)))
    content[place : place + len(data)] = data


def _apply(names: dict[str, int], changes: Sequence[tuple[str, str, int]]) -> None:
    for name, gone, file in changes:
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
