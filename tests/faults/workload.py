"""The changes that the trials make to an index, the same for the same seed, and the content it must have after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from jooya.indexer import Document, Index
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import NAME as LOCK
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.whoosh import column_writer, workers

if TYPE_CHECKING:
    from jooya.indexer.remote.remote_index import RemoteIndex

WORDS = ["باران", "برف", "کتاب\u200cها", "می\u200cخواند", "خانه", "رفت", "دانش", "شهر", "بود", "و", "در", "به", "که"]
MAX_DOCUMENTS = 200
"""Number of documents in an index, approximately."""

Contents = dict[str, str]
"""Texts by key."""


def documents(texts: Contents) -> list[Document]:
    """Return the documents of some texts by key."""
    return [Document(key, text, title=WORDS[len(text) % 9]) for key, text in texts.items()]


@dataclass
class Step:
    """One commit: either documents to add or replace, or keys to remove."""

    add: Contents
    remove: list[str]

    def run(self, index: "Index | RemoteIndex", *, jobs: int = 1) -> None:
        """Make the commit."""
        if self.add:
            index.add(*documents(self.add), memory=0, jobs=jobs)
        else:
            index.remove(*self.remove)


class Workload:
    """An endless sequence of steps, of which number n makes commit number n."""

    def __init__(self, seed: int, sizes: Sequence[int] = (1, 1, 2, 10, 40)) -> None:
        """Make the sequence of a seed; a step that adds documents adds one of the `sizes`."""
        self._seed = seed
        self._sizes = sizes
        self._steps: list[Step] = [Step({}, [])]
        self._states: list[Contents] = [{}]

    def step(self, number: int) -> Step:
        """Return the step that makes commit `number`."""
        self.state(number)
        return self._steps[number]

    def state(self, number: int) -> Contents:
        """Return the content of the index after commit `number`."""
        while len(self._states) <= number:
            before = self._states[-1]
            step = self._next(len(self._states), before)
            after = {key: text for key, text in before.items() if key not in step.remove} | step.add
            self._steps.append(step)
            self._states.append(after)
        return self._states[number]

    def _next(self, number: int, before: Contents) -> Step:
        random = Random(f"{self._seed} {number}")
        known = sorted(before)
        if len(known) > 3 and random.random() < 0.3 + len(known) / MAX_DOCUMENTS / 2:
            return Step({}, random.sample(known, random.randint(1, len(known) // 3)))
        keys = [f"d{number}-{position}" for position in range(random.choice(self._sizes))]
        keys += random.sample(known, min(len(known), random.choice([0, 1, 5])))
        return Step({key: _text(random, number, key) for key in keys}, [])


def _text(random: Random, number: int, key: str) -> str:
    """Return a text whose first word is in no other text."""
    sentences = [" ".join(random.choices(WORDS, k=20)) + "." for _ in range(random.choice([1, 1, 2, 9]))]
    return " ".join([f"version{number}of{key.replace('-', 'x')}", *sentences])


def spill_often() -> None:
    """From now on, check the memory in use after a few documents, so that a step writes several files."""
    column_writer._MEMORY_CHECK_INTERVAL = 4
    workers._BATCH_CHARACTERS = 4000


def contents(path: Path) -> tuple[int, Contents]:
    """Return the number of the last commit, and its texts by key."""
    snapshot = Snapshot.open(path)
    return snapshot.toc.generation, texts(snapshot)


def texts(snapshot: Snapshot) -> Contents:
    """Return the texts of a commit by key."""
    found: dict[str, list[str]] = {}
    for leaf in snapshot.leaves:
        for doc, stored in enumerate(leaf.segment.all_stored()):
            if leaf.live is None or leaf.live[doc]:
                found.setdefault(stored["document"], []).append(stored["text"])
    return {key: " ".join(parts) for key, parts in found.items()}


def assert_floors(figures: str, floors: Mapping[str, int], done: Mapping[str, int]) -> None:
    """Assert that a trial did at least so much of each kind; a trial that did nothing has shown nothing."""
    missed = {kind: f"{done.get(kind, 0)} of {least}" for kind, least in floors.items() if done.get(kind, 0) < least}
    assert not missed, f"{figures}\nToo little was done: {missed}"


def left_over(path: Path) -> set[str]:
    """Return the names of the files that do not belong to the last commit, nor to an earlier one that is kept."""
    return (
        {entry.name for entry in path.iterdir()}
        - toc.needed_files(path, toc.read(path))
        - {toc.NAME, toc.DAMAGED, LOCK}
    )


def judge(path: Path, workload: Workload, allowed: range) -> int:
    """Assert that an index is intact, and return the number of its last commit.

    The index must open, be sound, have the content of one of the commits `allowed`, find it, and be free for writing.
    """
    number, found = contents(path)
    assert number in allowed, f"commit {number} instead of {allowed}"
    expected = workload.state(number)
    assert found == expected, f"commit {number} is not as it was made"
    report = Index.check(path)
    assert not report.problems, report.problems
    assert report.documents == len(expected)
    with Index.open(path) as index:
        for key in Random(number).sample(sorted(expected), min(3, len(expected))):
            assert [hit.document for hit in index.search(expected[key].split()[0])] == [key]
    WriteLock(path, wait=0).release()
    return number
