"""Input that nobody writes, to everything that takes any: no exception but those that refuse it, and nothing that takes
longer than 2 seconds.

python tests/faults/fuzz.py --inputs 1000000 --seed 1
"""

import argparse
import json
import mmap
import os
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # what is forked has one thread

from targets import SHARES

SECONDS = 2
"""Of processor time, for one input: how busy the machine is does not count."""

STUCK = 120
"""Seconds after which a process is killed in which Python does not get a word in."""

MEMORY = 4096 << 20
"""Bytes of address space, as a reader's process has."""

CHUNK = 10_000
"""Inputs that one process gets, at most."""

KINDS = ("exceptions", "hangs", "crashes")
"""What can go wrong."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
_OUTSIDE = ("socket.connect", "urllib.Request", "os.system", "os.exec")


class Hang(BaseException):
    """An input takes too long."""


class Outside(Exception):
    """Reading does something to what is not its own."""


class Task(NamedTuple):
    """The inputs `first` to `stop` (not included) of a target."""

    target: str
    first: int
    stop: int


class Find(NamedTuple):
    """What went wrong: with which input (its number), how, and where."""

    target: str
    number: int
    kind: str
    where: str


class Slowest(NamedTuple):
    seconds: float
    number: int


class Progress:
    """How far a process has come, for the one that started it, even if it dies."""

    _LAYOUT = struct.Struct("<QQdQ")

    def __init__(self, number: int) -> None:
        self._shared = mmap.mmap(-1, self._LAYOUT.size)
        self.set(number, 0, Slowest(0.0, number))

    def set(self, number: int, taken: int, slowest: Slowest) -> None:
        """number: of the input at hand. taken: how many of those before were not refused."""
        self._LAYOUT.pack_into(self._shared, 0, number, taken, *slowest)

    def get(self) -> tuple[int, int, Slowest]:
        number, taken, *slowest = self._LAYOUT.unpack_from(self._shared)
        return number, taken, Slowest(*slowest)


def trial(
    inputs: int, seed: int, folder: Path, *, keep: Path | None = None, targets: Collection[str] = tuple(SHARES)
) -> tuple[str, bool]:
    """Gives `inputs` to the targets, by their shares: the figures, and whether all is well.

    keep: a folder for what went wrong.
    """
    counts = {name: max(1, inputs * SHARES[name][1] // sum(SHARES[name][1] for name in targets)) for name in targets}
    began = time.monotonic()
    finds: list[Find] = []
    slowest = dict.fromkeys(targets, Slowest(0.0, 0))
    taken: Counter[str] = Counter()
    waiting = [
        Task(name, first, min(first + CHUNK, count))
        for name, count in counts.items()
        for first in range(0, count, CHUNK)
    ]
    running: dict[int, tuple[Task, Progress, Path]] = {}
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            task = waiting.pop(0)
            progress, own = Progress(task.first), Path(tempfile.mkdtemp(dir=folder))
            running[_started(task, seed, progress, own)] = task, progress, own
        process, status = os.wait()
        task, progress, own = running.pop(process)
        number, took, slow = progress.get()
        taken[task.target] += took
        slowest[task.target] = max(slowest[task.target], slow)
        found = [Find(*json.loads(line)) for line in (own / "finds").read_text(encoding="utf-8").splitlines()]
        if status:
            ended = os.waitstatus_to_exitcode(status)
            assert ended < 0, "the trial itself fails"
            kind = "hangs" if -ended in (signal.SIGALRM, signal.SIGPROF) else "crashes"
            found.append(Find(task.target, number, kind, f"ended with {ended}"))
            if number + 1 < task.stop:
                waiting.append(task._replace(first=number + 1))
        for find in found:
            _tell(find, seed, folder, keep)
        finds += found
    lines = [
        f"  {name}: {count:,} inputs, {100 * taken[name] / count:.0f} % taken, {_counted(finds, name)}, "
        f"slowest {1000 * slowest[name].seconds:.0f} ms"
        for name, count in counts.items()
    ]
    total = f"fuzz: {sum(counts.values()):,} inputs, seed {seed}: " + ", ".join(
        f"{sum(find.kind == kind for find in finds)} {kind}" for kind in KINDS
    )
    return "\n".join([f"{total}; {time.monotonic() - began:.0f} s", *lines]), not finds


def _counted(finds: list[Find], target: str) -> str:
    kinds = Counter(find.kind for find in finds if find.target == target)
    return ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS)


def _tell(find: Find, seed: int, folder: Path, keep: Path | None) -> None:
    print(f"{find.target} {find.number}: {find.kind}: {find.where.splitlines()[-1]}", file=sys.stderr, flush=True)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=folder))
        given = SHARES[find.target][0](own).input(_random(seed, find.target, find.number))
        (keep / f"{find.target}-{find.number}.txt").write_text(f"{given!r}\n\n{find.where}\n", encoding="utf-8")


def _random(seed: int, target: str, number: int) -> Random:
    """What makes an input, alone: any of them can be repeated."""
    return Random(f"{seed} {target} {number}")


def _started(task: Task, seed: int, progress: Progress, own: Path) -> int:
    """Starts a process for a task: its number. own: its folder."""
    (own / "finds").touch()
    process = os.fork()
    if process:
        return process
    try:
        _work(task, seed, progress, own)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _work(task: Task, seed: int, progress: Progress, own: Path) -> None:
    """Runs a task; what goes wrong is put down in `own`."""
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    (own / "elsewhere").mkdir()
    os.chdir(own / "elsewhere")
    tempfile.tempdir = str(own / "elsewhere")
    signal.signal(signal.SIGPROF, _too_long)
    outside: list[str] = []
    slowest = Slowest(0.0, task.first)  # 0.0 before the first is done
    taken = 0
    with (own / "finds").open("a", encoding="utf-8") as finds:
        (own / "target").mkdir()
        target = SHARES[task.target][0](own / "target")
        _watch(own / "target", outside)
        # The first one twice: what is imported late is loaded by then.
        for number in (task.first, *range(task.first, task.stop)):
            given = target.input(_random(seed, task.target, number))
            outside.clear()
            progress.set(number, taken, slowest)
            kind, where = "", ""
            is_taken = False
            began = time.process_time()
            signal.alarm(STUCK)
            signal.setitimer(signal.ITIMER_PROF, SECONDS if slowest.seconds else STUCK)
            try:
                try:
                    is_taken = target.run(given)
                finally:
                    signal.setitimer(signal.ITIMER_PROF, 0)
                    signal.alarm(0)
                if strays := [*outside, *Path.cwd().iterdir()]:
                    raise Outside(strays)
            except Hang:
                kind, where = "hangs", traceback.format_exc()
            except Exception:
                kind, where = "exceptions", traceback.format_exc()
            took = time.process_time() - began
            if slowest.seconds:
                taken += is_taken
                if not kind and took > SECONDS:
                    kind, where = "hangs", f"{took:.1f} s"
                if kind:
                    finds.write(json.dumps(Find(task.target, number, kind, where)) + "\n")
                    finds.flush()
            slowest = max(slowest, Slowest(took, number)) if slowest.seconds else Slowest(1e-9, number)
        progress.set(task.stop, taken, slowest)


def _too_long(signal: int, frame: FrameType | None) -> None:
    raise Hang


def _watch(own: Path, outside: list[str]) -> None:
    """From now on, what is done to files that are not in `own`, or to the network, is put down in `outside`."""
    inside = f"{own}{os.sep}"

    def happens(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not flags & _WRITING or not isinstance(path, str | bytes | os.PathLike):
                return
        elif event in _CHANGING:
            path = arguments[0]
        elif event in _OUTSIDE:
            path = ""
        else:
            return
        written = os.path.realpath(os.fsdecode(path)) if path else ""
        if written != os.devnull and not f"{written}{os.sep}".startswith(inside):
            outside.append(f"{event} {written}")

    sys.addaudithook(happens)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="A folder for inputs that something is wrong with, and what it is.")
    parser.add_argument("--targets", nargs="+", choices=SHARES, default=tuple(SHARES), help="Which; all by default.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keep = arguments.keep and arguments.keep.resolve()
        said, well = trial(arguments.inputs, arguments.seed, Path(folder), keep=keep, targets=arguments.targets)
    print(said)
    sys.exit(not well)


if __name__ == "__main__":
    main()
