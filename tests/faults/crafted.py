"""Crafted indexes whose checksums are all right: each is answered or refused, within limits of time and memory.

An attacker computes checksums, too. So each input takes the files of a sound index, changes values behind the
checksums (in sections, in their directory, in the table of contents, in the manifest), and signs everything anew.

python tests/faults/crafted.py --edits 1000000

Each index made by hand is put to every use. Of those with random edits, most are opened and asked two things, which are
others for each, and each so-manyth (`--full`) is searched in all ways and put to one of the other uses. An edit depends
on the seed and its number alone, so a trial goes on from where another has ended (`--first`).
"""

import argparse
import gc
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice, takewhile
from math import inf
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # what is forked has one thread

from crafted_indexes import Craft, Sound, at_random, by_hand, one_segment, several_segments, written

from jooya.indexer import BeyondLimit, Document, Index, JooyaError, Limits

TIMEOUT = 2.0
"""Seconds that each query is given."""

SECONDS = 4.0
"""Processor seconds that one call may take: two over the limit. Calls without a limit read files of some kilobytes."""

MEGABYTES = 500
"""Memory that a call may take, beyond what the process had before."""

STUCK = 60
"""Seconds after which a process is killed."""

AT_ONCE = 100
"""Crafted indexes that one process tries, one after another."""

MEMORY = Path("/dev/shm")
"""A folder in memory, where there is one: most of the time went by with removing folders from a disk."""

QUERIES = (
    "باران +برف",
    '"دانش شهر"',
    "شه*",
    "بارن~",
    "date:1384 باران",
    "title:باران",
    "doc:d1* باران",
    '"برف خانه"~5',
    "خانه -رفت",
)

_LIMITS = Limits(seconds=TIMEOUT)


def _searched(index: Index, query: str) -> None:
    for hit in index.search(query, limit=3, context=1, explain=query == QUERIES[0], limits=_LIMITS):
        assert isinstance(hit.text, str)
        hit.highlights, hit.snippet  # noqa: B018 (computed when they are asked for)


def _similar(index: Index) -> None:
    if ids := index.ids():
        index.similar(min(ids), limits=_LIMITS)


_QUERIED: list[Callable[[Index], object]] = [partial(_searched, query=query) for query in QUERIES]

_ASKED: list[Callable[[Index], object]] = [
    lambda index: index.search("باران", sort="date", by="document", limits=_LIMITS),
    lambda index: index.search("باران", sort="document", by="document", limits=_LIMITS),
    lambda index: index.suggest("شه", limits=_LIMITS),
    lambda index: index.did_you_mean("بارن", limits=_LIMITS),
    lambda index: index.rank("شهر و برف", 50, limits=_LIMITS),
    Index.ids,
    _similar,
    Index.status,
]


def _asked(path: Path, calls: Iterable[Callable[[Index], object]]) -> Iterator[None]:
    with Index.open(path) as index:
        yield
        for call in calls:
            with suppress(BeyondLimit):
                call(index)
            yield


def _searches(path: Path, _copy: Path) -> Iterator[None]:
    yield from _asked(path, [*_QUERIED, *_ASKED])


def _two_questions(number: int, path: Path, _copy: Path) -> Iterator[None]:
    yield from _asked(path, (_QUERIED[number % len(_QUERIED)], _ASKED[number % len(_ASKED)]))


def _backed_up(path: Path, copy: Path) -> Iterator[None]:
    with Index.open(path) as index:
        yield
        index.backup(copy)
        yield


def _added(path: Path, _copy: Path) -> Iterator[None]:
    with Index.open(path) as index:
        yield
        index.add(*(Document(f"new{number}", "باران و برف", "شهر") for number in range(3)), wait=0)
        yield
        index.remove("new1", "large", wait=0)
        yield
        index.search("باران", limits=Limits(seconds=TIMEOUT))


def _checked(path: Path, _copy: Path) -> Iterator[None]:
    Index.check(path)
    yield


def _repaired(path: Path, _copy: Path) -> Iterator[None]:
    Index.repair(path, wait=0)
    yield


OPERATIONS: dict[str, Callable[[Path, Path], Iterator[None]]] = {
    "search": _searches,
    "check": _checked,
    "repair": _repaired,
    "backup": _backed_up,
    "add": _added,
}
"""What is done with crafted indexes, each with a fresh copy. Each yields after every call that is measured."""

FEW = [f"questions {number}" for number in range(len(_QUERIED) * len(_ASKED))]
"""The names of the cheap operations, for each pair of questions."""

_BY_NAME = OPERATIONS | {name: partial(_two_questions, number) for number, name in enumerate(FEW)}


FULL = 40
"""Of the indexes with random edits, each so-manyth is put to more uses."""


class Trial(NamedTuple):
    """An index to try, and what to do with it."""

    craft: Craft
    sound: Sound
    operations: Sequence[str]


class Outcome(NamedTuple):
    """The outcome of an operation: "answered", "refused", or what is wrong."""

    trial: str
    operation: str
    said: str


def outcomes(trials: Iterable[Trial], folder: Path) -> Iterator[Outcome]:
    """Yield what comes of each operation of each trial. A process is forked for some trials at a time."""
    trials = iter(trials)
    while some := list(islice(trials, AT_ONCE)):
        left = [(trial, operation) for trial in some for operation in trial.operations]
        while left:
            done = 0
            for said in _in_process(left, folder):
                trial, operation = left[done]
                yield Outcome(trial.craft.name, operation, said)
                done += 1
            left = left[done:]


def _in_process(work: Sequence[tuple[Trial, str]], folder: Path) -> Iterator[str]:
    """Yield what comes of each operation, up to one that ends the process."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _child(work, folder, write)
    os.close(write)
    done = 0
    with open(read, encoding="utf-8") as pipe:  # noqa: PTH123 (a descriptor)
        for line in pipe:
            yield line.rstrip("\n")
            done += 1
    _, status = os.waitpid(child, 0)
    end = os.waitstatus_to_exitcode(status)
    if done < len(work):
        yield f"killed by signal {-end}" if end < 0 else f"ended with {end}"


def _child(work: Sequence[tuple[Trial, str]], folder: Path, pipe: int) -> None:
    """Do the work, and write a line for each operation to the pipe."""
    try:
        os.fsync = lambda _: None  # type: ignore[assignment]
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))  # the machine goes on, whatever happens
        warnings.simplefilter("error")
        for trial, operation in work:
            path, copy = folder / "tried", folder / "copy"
            for left in (path, copy):
                shutil.rmtree(left, ignore_errors=True)
            written(trial.craft.files, trial.sound, path)
            os.write(pipe, f"{_outcome(_BY_NAME[operation](path, copy))}\n".encode("utf-8", "replace"))
    finally:
        os._exit(0)


def _outcome(calls: Iterator[None]) -> str:
    """Make the calls of an operation, and return what came of it."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = _peak()
    signal.alarm(STUCK)  # nothing handles the signal, so it ends the process
    slowest, began, said = 0.0, time.process_time(), "answered"
    try:
        for _ in calls:
            slowest, began = max(slowest, time.process_time() - began), time.process_time()
    except JooyaError as error:
        said = "refused" if len(str(error).splitlines()) == 1 and len(str(error)) < 2000 else f"a message: {error!r}"
    except OSError as error:
        said = "refused" if error.filename else f"an OSError that names nothing: {error!r}"
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {str(error)[:100]!r} ({Path(where.filename).name}:{where.lineno})"
    signal.alarm(0)
    slowest, more = max(slowest, time.process_time() - began), _peak() - before
    if said in ("answered", "refused") and slowest > SECONDS:
        return f"too slow: {slowest:.1f} s"
    if said in ("answered", "refused") and more > MEGABYTES:
        return f"too large: {more:.0f} MB"
    return said


def _peak() -> float:
    """Return the greatest memory of this process so far, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def trial(
    edits: range, seed: int, folder: Path, every: int = 1, full: int = FULL, seconds: float = inf
) -> tuple[str, list[str]]:
    """Try the indexes made by hand and at random.

    Args:
        edits: The numbers of the random edits. Indexes made by hand are tried only if it begins with 0.
        seed: For another number, other edits are made.
        folder: An empty folder.
        every: Of the indexes made by hand, each so-manyth is tried.
        full: Of the indexes with random edits, each so-manyth is put to more uses.
        seconds: No more random edits are made after so many seconds.

    Returns:
        The figures, and what is wrong, a line each.
    """
    until = time.monotonic() + seconds
    several = Sound(folder / "several", several_segments)
    one = Sound(folder / "one", one_segment)
    names = list(OPERATIONS)
    assert (len(several.segments) > 1, len(one.segments)) == (True, 1)
    for operation in names:  # what this process has imported and computed, its children need not
        shutil.copytree(several.path, folder / "first")
        for _ in OPERATIONS[operation](folder / "first", folder / "copy"):
            pass
        shutil.rmtree(folder / "first")
    gc.freeze()  # the collector, which closing an index runs, need not look at the lexicon each time
    plain = [Trial(Craft("sound", dict(sound.files)), sound, names) for sound in (several, one)]
    sound_ones = list(outcomes(plain, folder))
    by_hands = (
        Trial(Craft(plan.name, plan.make()), sound, names)
        for sound in (several, one)
        for plan in islice(by_hand(sound), 0 if sound is several else every // 2, None, every)
        if edits.start == 0
    )
    in_time = takewhile(lambda _: time.monotonic() < until, edits)
    at_randoms = (
        Trial(craft, sound, _operations(number, full))
        for number, (craft, sound) in zip(edits, at_random((several, *[one] * 5), in_time, seed), strict=False)
    )
    counts: Counter[str] = Counter()
    wrong = [f"{name}: {operation}: {said}" for name, operation, said in sound_ones if said != "answered"]
    tried: dict[str, int] = {}
    for name, operation, said in chain(outcomes(by_hands, folder), outcomes(at_randoms, folder)):
        kind = "random" if name.startswith("edit ") else "hand"
        first = operation == "search" or operation in FEW
        tried[kind] = tried.get(kind, 0) + first
        counts[said] += 1
        if first and sum(tried.values()) % PROGRESS == 0:
            print(f"{sum(tried.values()):,} indexes, {len(wrong)} wrong", flush=True)
        if said not in ("answered", "refused"):
            wrong.append(f"{name}: {operation}: {said}")
            print(wrong[-1], file=sys.stderr, flush=True)
    hand, at_randoms_tried = tried.get("hand", 0), tried.get("random", 0)
    said = (
        f"crafted: {hand:,} indexes by hand, {at_randoms_tried:,} at random, from {edits.start:,} on, seed {seed}: "
        f"{counts['answered']:,} operations answered, {counts['refused']:,} refused, {len(wrong)} wrong"
    )
    # A trial that reached nothing has shown nothing.
    operations = counts.total()
    if (at_randoms_tried < len(edits) and seconds == inf) or (hand * every < MADE_BY_HAND and edits.start == 0):
        wrong.append("too few indexes were tried")
    if counts["answered"] < operations / 20 or counts["refused"] < operations / 5:
        wrong.append("too few operations were answered or refused")
    return said, wrong


def _operations(number: int, full: int) -> list[str]:
    """Return what is done with the index of a random edit."""
    turn, rest = divmod(number, full)
    others = [name for name in OPERATIONS if name != "search"]
    return ["search", others[turn % len(others)]] if rest == 0 else [FEW[number % len(FEW)]]


PROGRESS = 5000
"""After so many indexes, a line says how far the trial is."""

MADE_BY_HAND = 1000
"""The least number of indexes that are made by hand."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=20_000, help="Indexes with random edits.")
    parser.add_argument("--first", type=int, default=0, help="The number of the first of them.")
    parser.add_argument("--full", type=int, default=FULL, help="Of these, put each so-manyth to more uses.")
    parser.add_argument("--seconds", type=float, default=inf, help="Make no more of them after so many seconds.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="Of the indexes made by hand, try each so-manyth.")
    arguments = parser.parse_args()
    edits = range(arguments.first, arguments.first + arguments.edits)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        said, wrong = trial(edits, arguments.seed, Path(folder), arguments.every, arguments.full, arguments.seconds)
    if wrong:
        print(wrong[-1], file=sys.stderr)
    print(said)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
