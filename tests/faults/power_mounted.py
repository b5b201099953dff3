"""Cut the power of a real file system while a real process writes to an index on it.

    python tests/faults/power_mounted.py --rounds 500

`power.py` and the simulation say themselves what a disk may lose. Here Linux says it: an image is mounted on a loop
device, a process commits and takes backups there, and reports each that has returned. At some moment the file system is
shut down, so that nothing more reaches the image, the process is killed, and the image is mounted again, which replays
the journal. The moment is a time, or just after a report, or just before or after a certain sync. Options of the file
system are chosen at random, and other programs have the journal, or some data, written to the disk at moments that
Jooya does not choose.

This needs root on Linux, mkfs and loop devices; without them it ends with the status 2. `--planted` leaves out one sync
after another, and tells in which round that is found.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread

sys.path.insert(0, str(Path(__file__).parent.parent / "simulation"))  # for the faults that are planted there, too

from mounted import FILE_SYSTEMS, FLUSHES_JOURNAL, FLUSHES_NOTHING, MEMORY, Image, missing, write_back
from planted_faults import PLANTS, planted
from reporting_process import Process, Say
from workload import Workload, assert_floors, contents, judge, spill_often, texts

from jooya.indexer import Index
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import NAME as LOCK
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ingest import sync
from jooya.indexer.whoosh import column_index, passage_schema

assert column_index and passage_schema and sync  # imported before forking, so that forked processes need not

ROUNDS_OF_AN_IMAGE = 12
"""After so many rounds there is another image, with other features, and another index."""

MAX_DELAY = 0.8  # seconds until a cut at a random time
MAX_SYNCS = 60  # syncs before a cut at one
MAX_COMMITS = 6  # commits before a cut after a report
BACKUP_SHARE = 0.2  # the share of commits after which there is a backup
MOMENTS = ("time", "report", "before a sync", "after a sync")
WAIT = 20.0  # seconds until the power is cut, whatever happens

FLOORS = {"commits": 0.5, "losses": 0.15, "last": 0.4, "new": 0.02, "backups": 0.05, "errors": 0.05, "kept": 0.05}
"""The least number of times that each thing happens in a round, on average; a trial without has shown nothing."""

SYNCS = (
    "a segment is not synced",
    "deletions and user data are not synced",
    "the table is not synced",
    "the names of new files are not synced before the table that lists them",
    "the new name of the table is not synced",
    "the table is renamed before it is synced",
    "files are removed while an old table may come back",
    "a segment of a backup is not synced",
    "the name of a new folder is not synced",
)
"""The planted faults that leave out a sync, or put it too late."""


class State(NamedTuple):
    """The state of the index and of its copy.

    Attributes:
        commit: The number of the last commit; -1 if there may be no index yet.
        copy: The number of the commit that the copy has; -1 if there is none.
    """

    commit: int
    copy: int


class Fault(AssertionError):
    """Something that must not be."""


class Moment(NamedTuple):
    """The moment and the manner of a cut.

    Attributes:
        kind: One of `MOMENTS`.
        number: How many milliseconds, reports or syncs come before it.
        way: How the power is cut.
        stands: True if the process stands still meanwhile, so that it can be seen what is lost.
        goes_on: True if the process runs on for a moment after the cut, and gets errors.
        journal: True if another program syncs its file just before the cut, and so the journal.
        data: True if the system has written some data to the disk just before the cut.
    """

    kind: str
    number: int
    way: int
    stands: bool
    goes_on: bool
    journal: bool
    data: bool


def _moment(random: Random) -> Moment:
    kind = random.choice(MOMENTS)
    most = {"time": int(MAX_DELAY * 1000), "report": MAX_COMMITS}.get(kind, MAX_SYNCS)
    return Moment(
        kind,
        random.randint(1, most),
        random.choice((FLUSHES_JOURNAL, FLUSHES_NOTHING, FLUSHES_NOTHING)),
        stands="sync" in kind or random.random() < 0.5,
        goes_on=random.random() < 0.3,
        journal=random.random() < 0.3,
        data=random.random() < 0.3,
    )


class Rounds:
    """The rounds with one image.

    Attributes:
        counts: How often each thing has happened.
    """

    def __init__(self, image: Image, seed: str, without: str | None) -> None:
        """Prepare the rounds.

        Args:
            image: The image.
            seed: Chooses the workload, the moments and the options.
            without: The name of a planted fault.
        """
        self.counts: Counter[str] = Counter()
        self._image, self._seed, self._without = image, seed, without
        self._random, self._workload = Random(seed), Workload(int(Random(seed).random() * 1e9))
        self._keep = self._random.choice((1, 1, 2, 4))
        self._state = State(-1, -1)

    def round(self) -> None:
        """Cut the power once, and look at what is there afterwards.

        Raises:
            Fault: If it is not as it must be.
        """
        moment, options = _moment(self._random), self._image.options(self._random)
        about = f"{moment} {options} {' '.join(self._image.made_with)} keep={self._keep}"
        with self._image.mounted(options) as root:
            process = Process(lambda say: self._write(root, moment, say))
            try:
                before = self._cut(root, moment, process)
            finally:
                ended = process.end()
        self._assert_written(process, ended, about)
        with self._image.mounted() as root:
            if before is not None:
                self.counts["looked at"] += 1
                self.counts["losses"] += before != _files(root)
            judging = Process(lambda say: self._judge(root, process, say))
            try:
                judging.wait(lambda words: words[0] == "end", 10 * WAIT)
            finally:
                judging.end()
        if wrong := [words[1] for words in judging.said if words[0] in ("fault", "error")]:
            raise Fault(f"{wrong[0]} ({about}; {process.said[-6:]})")
        self._state = State(judging.last("commit"), judging.last("copy"))
        self.counts.update({words[1]: words[2] for words in judging.said if words[0] == "count"})

    def _write(self, root: Path, moment: Moment, say: Say) -> None:
        """Write until the process is killed."""
        spill_often()
        if "sync" in moment.kind:
            _stop_at_sync(moment, say)
        path, copy = root / "index", root / "copy"
        number = self._state.commit
        fault = planted(self._without) if self._without else nullcontext()
        with fault, Index.open_or_create(path, keep=self._keep) as index:
            say("commit", max(number, 0))
            for step in count(max(number, 0) + 1):
                self._workload.step(step).run(index)
                say("commit", step)
                if Random(f"{self._seed} {step}").random() < BACKUP_SHARE:
                    say("copying", step)
                    index.backup(copy)
                    say("copied", step)

    def _cut(self, root: Path, moment: Moment, process: Process) -> dict[str, bytes] | None:
        """Wait for the moment, cut the power, and return the files just before, if nobody was changing them."""
        if moment.kind == "time":
            process.wait(lambda _: False, moment.number / 1000)
        elif moment.kind == "report":
            until = max(self._state.commit, 0) + moment.number
            process.wait(lambda words: words[0] == "commit" and words[1] >= until, WAIT)
        else:
            process.wait(lambda words: words[0] == "stands", WAIT)
        if moment.stands:
            os.kill(process.pid, signal.SIGSTOP)
        before = _files(root) if moment.stands else None
        if moment.data:
            write_back(root, self._random)
        if moment.journal:
            _sync_another_file(root)
        process.wait(lambda _: False, 0)
        early = [words for words in process.said if words[0] in ("error", "fault")]
        self._image.cut(moment.way)
        if early:
            raise Fault(f"an error before the power was cut: {early[0]}")
        if moment.goes_on:
            os.kill(process.pid, signal.SIGCONT)
            process.wait(lambda words: words[0] == "end", 0.5)
        return before

    def _assert_written(self, process: Process, ended: int, about: str) -> None:
        """Assert that a writer ended as it may, and count what it did."""
        # What is mapped and not in memory cannot be read after the cut, and the system ends the process with SIGBUS.
        if ended not in (signal.SIGKILL, signal.SIGBUS):
            raise Fault(f"the writer ended by itself: {ended} ({about})")
        for kind, *words in process.said:
            if kind == "fault":
                raise Fault(f"{words[0]} ({about})")
        kinds = Counter(words[0] for words in process.said)
        self.counts["commits"] += kinds["commit"] - 1 if kinds["commit"] else 0
        self.counts["backups"] += kinds["copied"]
        self.counts["errors"] += kinds["error"]
        self.counts["bus errors"] += ended == signal.SIGBUS

    def _judge(self, root: Path, process: Process, say: Say) -> None:
        """Look at all that is there, let the next writer work, and say the state it leaves."""
        path, copy = root / "index", root / "copy"
        done = process.last("commit", self._state.commit)
        if done < 0 and not (path / toc.NAME).exists():
            Index.open_or_create(path, keep=self._keep).close()  # the index had not been made yet
        number = judge(path, self._workload, range(max(done, 0), max(done, 0) + 2))
        say("count", "last" if number == done else "new", 1)
        say("count", "kept", self._judge_kept(path, number))
        copied = process.last("copied", self._state.copy)
        found = self._judge_copy(copy, {copied, process.last("copying", copied)})
        with Index.open(path) as index:
            self._workload.step(number + 1).run(index)
        judge(path, self._workload, range(number + 1, number + 2))
        self._judge_kept(path, number + 1)
        used = toc.needed_files(path, toc.read(path)) | {toc.NAME, LOCK}
        left = {entry.name for entry in path.iterdir()} - used
        assert not left, f"files are left over: {left}"
        say("commit", number + 1)
        say("copy", found)

    def _judge_kept(self, path: Path, number: int) -> int:
        """Assert that the earlier commits that are kept are there, as they were made, and return how many."""
        kept = toc.kept_generations(path, toc.read(path))
        assert kept == list(range(max(number - self._keep + 1, 0), number)), f"{kept} are kept before {number}"
        for generation in kept:
            found = texts(Snapshot.open_kept(path, generation))
            assert found == self._workload.state(generation), f"the kept commit {generation} is not as it was made"
        return len(kept)

    def _judge_copy(self, copy: Path, allowed: set[int]) -> int:
        """Assert that the copy is whole, and of one of some commits; return its number."""
        if not (copy / toc.NAME).exists():
            assert -1 in allowed, f"the copy of the commit {allowed} is lost"
            return -1
        number, found = contents(copy)
        assert number in allowed, f"the copy has the commit {number} instead of {allowed}"
        assert found == self._workload.state(number), f"the copy of the commit {number} is not as it was made"
        assert not (problems := Index.check(copy).problems), problems
        return number


def _stop_at_sync(moment: Moment, say: Say) -> None:
    """Have this process stop just before or just after a sync."""
    numbers, real = count(1), os.fsync

    def stop() -> None:
        say("stands")
        os.kill(os.getpid(), signal.SIGSTOP)

    def counted(descriptor: Any) -> None:
        is_the_one = next(numbers) == moment.number
        if is_the_one and moment.kind == "before a sync":
            stop()
        real(descriptor)
        if is_the_one and moment.kind == "after a sync":
            stop()

    os.fsync = counted  # type: ignore[assignment]


def _sync_another_file(root: Path) -> None:
    with (root / "another file").open("ab") as file:
        file.write(b"something else")
        file.flush()
        os.fsync(file.fileno())


def _files(root: Path) -> dict[str, bytes]:
    """Return the contents of all files of the index and the copy, but for the locks."""
    found = {}
    for folder in (root / "index", root / "copy"):
        with suppress(FileNotFoundError):
            for path in folder.rglob("*"):
                if path.is_file() and path.name != LOCK:
                    found[str(path.relative_to(root))] = path.read_bytes()
    return found


def rounds(number: int, seed: int, kind: str, folder: Path, without: str | None = None) -> Iterator[Counter[str]]:
    """Cut the power so many times, and yield the counts of each round."""
    made: Rounds | None = None
    for place in range(number):
        if place % ROUNDS_OF_AN_IMAGE == 0:
            name = f"{seed} {place}"
            made = Rounds(Image(folder, kind, Random(name)), name, without)
        assert made is not None
        made.counts.clear()
        made.round()
        yield Counter(made.counts)


def trial(number: int, seed: int, kind: str, folder: Path) -> str:
    """Cut the power so many times, and return the figures.

    Raises:
        AssertionError: If something was lost, or too little was done.
    """
    counts: Counter[str] = Counter()
    for done, more in enumerate(rounds(number, seed, kind, folder), 1):
        counts.update(more)
        if done % 50 == 0:
            print(f"{done} rounds, {counts['commits']} commits", flush=True)
    figures = (
        f"power_mounted: {number} rounds on {kind}, seed {seed}: {counts['commits']} commits and {counts['backups']} "
        f"backups acknowledged, 0 lost ({counts['last']} times the last one was there, {counts['new']} times one that "
        f"had not returned yet, with {counts['kept']} earlier ones that are kept); {counts['losses']} of "
        f"{counts['looked at']} cuts that were looked at lost something that was not synced; {counts['errors']} "
        f"writers got an error, {counts['bus errors']} a bus error"
    )
    assert_floors(figures, {kind: int(share * number) for kind, share in FLOORS.items()}, counts)
    return figures


def find(name: str, most: int, seed: int, kind: str, folder: Path) -> tuple[int, str]:
    """Return in which round a planted fault is found, and what is found; 0 if it is not in `most` rounds."""
    done = 1
    try:
        for _ in rounds(most, seed, kind, folder, name):
            done += 1
    except Fault as fault:
        return done, str(fault)
    return 0, ""


def _warm_up(path: Path) -> None:
    """Read what is read once, such as the lexicon, so that forked processes need not."""
    workload = Workload(1)
    with Index.create(path) as index:
        workload.step(1).run(index)
    judge(path, workload, range(1, 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--filesystem", choices=FILE_SYSTEMS, default="ext4")
    parser.add_argument("--planted", action="store_true", help="find each planted fault in at most so many rounds")
    parser.add_argument("--without", choices=PLANTS, metavar="FAULT", help="find this planted fault alone")
    arguments = parser.parse_args()
    number, seed, kind = arguments.rounds, arguments.seed, arguments.filesystem
    if reason := missing(kind):
        print(f"power_mounted: NOT RUN: {reason}", file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all is unmounted
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        _warm_up(Path(folder) / "warm")
        if not arguments.planted and not arguments.without:
            print(trial(number, seed, kind, Path(folder)))
            return
        for name in [arguments.without] if arguments.without else SYNCS:
            found, fault = find(name, number, seed, kind, Path(folder))
            line = " ".join(fault.split())
            print(f"{name}: {f'found in round {found}: {line[-300:]}' if found else 'NOT FOUND'}", flush=True)


if __name__ == "__main__":
    main()
