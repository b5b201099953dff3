"""Give mutated input to everything that takes any, and look for errors, hangs and crashes.

    python tests/faults/fuzz.py --inputs 1000000 --seed 1

Input may be refused, but only with the exceptions documented for that, and no input may take longer than 2 seconds.
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

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread

from targets import SHARES

SECONDS = 2
"""Limit for one input, in seconds of processor time, so that it does not matter how busy the machine is."""

STUCK = 120
"""Seconds after which a process is killed that is stuck outside Python code."""

MEMORY = 4096 << 20
"""Limit of the address space in bytes, the same as for a process that reads files."""

CHUNK = 10_000
"""Maximum number of inputs for one process."""

KINDS = ("exceptions", "hangs", "crashes")
"""The kinds of failures."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
_OUTSIDE = ("socket.connect", "urllib.Request", "os.system", "os.exec")


class Hang(BaseException):
    """An input took too long."""


class Outside(Exception):
    """The code under test touched files outside its folder, or the network."""


class Task(NamedTuple):
    """The inputs of a target with numbers from `first` up to, but not including, `stop`."""

    target: str
    first: int
    stop: int


class Failure(NamedTuple):
    """A failure.

    Attributes:
        target: The name of the target.
        number: The number of the input.
        kind: One of KINDS.
        where: A traceback, or another description.
    """

    target: str
    number: int
    kind: str
    where: str


class Slowest(NamedTuple):
    """The input that took longest, and how long."""

    seconds: float
    number: int


class Progress:
    """The progress of a process, in memory that it shares with the one that started it, and that outlives it."""

    _LAYOUT = struct.Struct("<QQdQ")

    def __init__(self, number: int) -> None:
        self._shared = mmap.mmap(-1, self._LAYOUT.size)
        self.set(number, 0, Slowest(0.0, number))

    def set(self, number: int, taken: int, slowest: Slowest) -> None:
        """Set the number of the current input, the number of inputs accepted before it, and the slowest of them."""
        self._LAYOUT.pack_into(self._shared, 0, number, taken, *slowest)

    def get(self) -> tuple[int, int, Slowest]:
        """Return what was set last."""
        number, taken, *slowest = self._LAYOUT.unpack_from(self._shared)
        return number, taken, Slowest(*slowest)


def trial(
    inputs: int, seed: int, folder: Path, *, keep: Path | None = None, targets: Collection[str] = tuple(SHARES)
) -> tuple[str, bool]:
    """Divide `inputs` among the targets by their shares, and give them these.

    Args:
        inputs: Number of inputs in total.
        seed: The seed of the inputs.
        folder: A folder for the processes.
        keep: A folder for the inputs that caused failures; None to drop them.
        targets: Names of targets.

    Returns:
        The figures, and True if there were no failures.
    """
    counts = {name: max(1, inputs * SHARES[name][1] // sum(SHARES[name][1] for name in targets)) for name in targets}
    began = time.monotonic()
    failures: list[Failure] = []
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
        found = [Failure(*json.loads(line)) for line in (own / "failures").read_text(encoding="utf-8").splitlines()]
        if status:
            ended = os.waitstatus_to_exitcode(status)
            assert ended < 0, "the trial itself failed"
            kind = "hangs" if -ended in (signal.SIGALRM, signal.SIGPROF) else "crashes"
            found.append(Failure(task.target, number, kind, f"ended with {ended}"))
            if number + 1 < task.stop:
                waiting.append(task._replace(first=number + 1))
        for failure in found:
            _report(failure, seed, folder, keep)
        failures += found
    lines = [
        f"  {name}: {count:,} inputs, {100 * taken[name] / count:.0f} % accepted, {_counted(failures, name)}, "
        f"slowest {1000 * slowest[name].seconds:.0f} ms"
        for name, count in counts.items()
    ]
    total = f"fuzz: {sum(counts.values()):,} inputs, seed {seed}: " + ", ".join(
        f"{sum(failure.kind == kind for failure in failures)} {kind}" for kind in KINDS
    )
    return "\n".join([f"{total}; {time.monotonic() - began:.0f} s", *lines]), not failures


def _counted(failures: list[Failure], target: str) -> str:
    kinds = Counter(failure.kind for failure in failures if failure.target == target)
    return ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS)


def _report(failure: Failure, seed: int, folder: Path, keep: Path | None) -> None:
    print(
        f"{failure.target} {failure.number}: {failure.kind}: {failure.where.splitlines()[-1]}",
        file=sys.stderr,
        flush=True,
    )
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=folder))
        given = SHARES[failure.target][0](own).input(_random(seed, failure.target, failure.number))
        (keep / f"{failure.target}-{failure.number}.txt").write_text(
            f"{given!r}\n\n{failure.where}\n", encoding="utf-8"
        )


def _random(seed: int, target: str, number: int) -> Random:
    """Return the randomness of one input, which depends on nothing else, so that the input can be repeated."""
    return Random(f"{seed} {target} {number}")


def _started(task: Task, seed: int, progress: Progress, own: Path) -> int:
    """Start a process, whose folder is `own`, for a task, and return its process id."""
    (own / "failures").touch()
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
    """Run a task, and write failures to a file in the folder `own`."""
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    (own / "elsewhere").mkdir()
    os.chdir(own / "elsewhere")
    tempfile.tempdir = str(own / "elsewhere")
    signal.signal(signal.SIGPROF, _too_long)
    outside: list[str] = []
    slowest = Slowest(0.0, task.first)  # 0.0 until the first input is done
    taken = 0
    with (own / "failures").open("a", encoding="utf-8") as failures:
        (own / "target").mkdir()
        target = SHARES[task.target][0](own / "target")
        _watch(own / "target", outside)
        # The first input is given twice; the first time, which imports modules, does not count.
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
                    failures.write(json.dumps(Failure(task.target, number, kind, where)) + "\n")
                    failures.flush()
            slowest = max(slowest, Slowest(took, number)) if slowest.seconds else Slowest(1e-9, number)
        progress.set(task.stop, taken, slowest)


def _too_long(signal: int, frame: FrameType | None) -> None:
    raise Hang


def _watch(own: Path, outside: list[str]) -> None:
    """From now on, add each access to files outside the folder `own`, or to the network, to the list `outside`."""
    inside = f"{own}{os.sep}"

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
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

    sys.addaudithook(on_event)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write inputs that cause failures, with the failure, to this folder")
    parser.add_argument(
        "--targets", nargs="+", choices=SHARES, default=tuple(SHARES), help="give input to these targets only"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keep = arguments.keep and arguments.keep.resolve()
        figures, succeeded = trial(arguments.inputs, arguments.seed, Path(folder), keep=keep, targets=arguments.targets)
    print(figures)
    sys.exit(not succeeded)


if __name__ == "__main__":
    main()
