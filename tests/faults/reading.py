"""Read in threads and processes while a writer commits and backups are made, and compare with a reference.

The reference ranks by brute force, without an index. The trial fails if it did too little.

python tests/faults/reading.py --seconds 600
"""

import argparse
import math
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any

from brute_force import BruteForce
from workload import WORDS, Contents, assert_floors, contents

from jooya.indexer import Document, Index
from jooya.indexer.codec import segment, toc
from jooya.indexer.limits import DEFAULT
from jooya.indexer.query.parser import parse
from jooya.indexer.query.planner import plan
from jooya.indexer.ranking import searcher
from jooya.indexer.ranking.collector import RESCORE_WINDOW

THREADS, PROCESSES = 8, 4
STATES = 16
"""Number of states that the index goes through again and again, with one commit for each."""

FLOORS = {"commits": STATES, "merges": 1, "searches": 200, "other calls": 50, "copies": 2}
"""The least that must be done, so that each state is met, however short the run.

The writer goes on until its commits are made, and the others until it is done; every reader must have had an answer.
"""

TOLERANCE = 1e-5
"""By how much of itself a score may differ from that by brute force. Scores have single precision."""

DOCUMENTS = 60
QUERIES = [
    *WORDS[:6],
    "باران شهر",
    "+برف +خانه",
    '"دانش شهر"',
    '"باران برف"~4',
    "شه*",
    "خانه -باران",
    "title:باران",
    "کتاب کتاب\u200cها می\u200cرفت",
    "doc:d1*",
]

Answer = list[tuple[str, float]]
"""Ids and scores."""


class Reference:
    """The states, and the right answers in each.

    They are those of an index made in one commit, which agree with those by brute force: those have other rounding
    errors, while all indexes of one state must give exactly the same scores.

    Attributes:
        states: The texts of each state, by key.
        answers: For each state, the answer to each query.
        ids: For each state, the ids of all passages.
    """

    def __init__(self, seed: int, path: Path) -> None:
        self.states = [_state(seed, number) for number in range(STATES)]
        self.answers: list[dict[str, tuple[int, Answer]]] = []
        self.ids: list[set[str]] = []
        for number, state in enumerate(self.states):
            with Index.create(path / str(number)) as index:
                index.add(*documents(state))
                _compare_with_brute_force(index, BruteForce(documents(state)))
                self.answers.append({query: _answer(index, query) for query in QUERIES})
                self.ids.append(index.ids())
            shutil.rmtree(path / str(number))

    def write(self, path: Path, until: float) -> Counter[str]:
        """Commit until the time `until`, or longer if need be, and return counts of commits and merges."""
        number, merges = 1, 0
        segments = {entry.file for entry in toc.read(path).segments}
        with Index.open(path) as index:
            while time.time() < until or number < FLOORS["commits"] or merges < FLOORS["merges"]:
                before, after = self.states[(number - 1) % STATES], self.states[number % STATES]
                gone = before.keys() - after.keys()
                if gone:
                    index.remove(*gone)
                else:
                    index.add(*documents({key: text for key, text in after.items() if before.get(key) != text}))
                number += 1
                state = toc.read(path)
                assert state.generation == number
                left = {entry.file for entry in state.segments}
                merges += len(segments - left) > 1
                segments = left
        return Counter({"commits": number, "merges": merges})


def _compare_with_brute_force(index: Index, truth: BruteForce) -> None:
    """Assert that an index answers all queries as a ranker by brute force does."""
    assert index.ids() == truth.passages.keys()
    for query in QUERIES:
        planned = plan(index._searcher(), parse(query, DEFAULT), limits=DEFAULT)
        assert planned
        expected = truth.rank(planned)
        results = index.search(query, limit=max(len(expected), 1), collapse=False, correct=False)
        assert results.total == len(expected), f"{query}: {results.total} instead of {len(expected)}"
        assert {hit.id for hit in results} == expected.keys(), query
        # The best are rescored, and stay the best; of all that are equal to the last of them, any may be among them.
        window, rest = results.hits[:RESCORE_WINDOW], results.hits[RESCORE_WINDOW:]
        least = min((expected[hit.id] for hit in window), default=0.0)
        assert all(expected[hit.id] <= least * (1 + TOLERANCE) for hit in rest), query
        for hits, is_rescored in ((window, True), (rest, False)):
            before = math.inf
            for hit in hits:
                score = expected[hit.id] + (truth.added(planned, hit.id) if is_rescored else 0)
                assert math.isclose(hit.score, score, rel_tol=TOLERANCE), f"{query}: {hit} instead of {score}"
                assert score <= before * (1 + TOLERANCE), f"{query}: the order of {hit.id}"
                before = score


def _state(seed: int, number: int) -> Contents:
    """Return the texts of a state.

    Every second state has new versions of some documents and some additional documents, which the next state lacks.
    """
    turn = (number + 1) // 2 % (STATES // 2)
    state = {f"d{key}": _text(f"{seed} {key} {(turn + key) // 4}") for key in range(DOCUMENTS)}
    if number % 2:
        state |= {f"e{key}": _text(f"{seed} {number} {key}") for key in range(5)}
    return state


def _text(seed: str) -> str:
    random = Random(seed)
    return ". ".join(" ".join(random.choices(WORDS, k=12)) for _ in range(random.choice([1, 2, 12])))


def documents(state: Contents) -> list[Document]:
    """Return the documents of a state."""
    return [Document(key, text, title=WORDS[len(text) % 5]) for key, text in state.items()]


def _answer(index: Index, query: str) -> tuple[int, Answer]:
    """Return the total number of passages found, and the ids and scores of the first of them.

    Scores of queries with patterns are left out. They weigh their words by the passages that have them, including those
    that are deleted and have not been merged away yet.
    """
    results = index.search(query, collapse=False, correct=False)
    return results.total, [(hit.id, 0 if "*" in query else hit.score) for hit in results]


def read(index: Index, reference: Reference, seed: str, over: Event) -> Counter[str]:
    """Ask random questions until all is over, at least one, and return counts of what was done and went wrong."""
    random = Random(seed)
    done: Counter[str] = Counter()
    while not over.is_set() or not done:  # each has an answer, however late it began
        query = random.choice(QUERIES)
        answers = [known[query] for known in reference.answers]
        kind = random.choice(["search"] * 12 + ["ids", "status", "suggest", "help", "similar", "open"])
        try:
            if kind == "open":
                with Index.open(index.path, memory=0) as other:
                    right = agrees(index.path, partial(_answer, other, query), answers)
            elif kind == "ids":
                right = agrees(index.path, index.ids, reference.ids)
            elif kind == "status":
                right = agrees(index.path, lambda: index.status().documents, list(map(len, reference.states)))
            elif kind == "suggest":
                right = bool(index.suggest("شه"))
            elif kind == "help":
                right = index.did_you_mean("بارن") in (["باران"], [])
            elif kind == "similar":
                right = bool(index.similar("d1#1").hits)
            else:
                right = agrees(index.path, partial(_answer, index, query), answers)
        except Exception as error:
            print(f"{kind} {query}: {error!r}", file=sys.stderr)
            done["errors"] += 1
        else:
            done["searches" if kind == "search" else "other calls"] += 1
            done["wrong answers"] += not right
            done["readers"] = 1
    return done


def agrees(path: Path, ask: Callable[[], Any], answers: list[Any]) -> bool:
    """Return True if the answer is that of a state that was current while it was asked for.

    Args:
        path: The folder of the index.
        ask: Asks for the answer.
        answers: The right answer in each of the states.
    """
    first = toc.read(path).generation
    answer = ask()
    last = toc.read(path).generation
    right = [answers[(number - 1) % STATES] for number in range(first, last + 1)]
    if answer not in right:
        print(f"commits {first} to {last}: {answer} instead of {right}", file=sys.stderr)
    return answer in right


def provoke_races() -> None:
    """Let threads take turns more often, and caches overflow all the time."""
    sys.setswitchinterval(1e-5)
    segment._MAX_CACHED_TERMS = searcher._MAX_CACHED_COUNTS = 8


_shared: list[Event] = []  # in each process, the event that is set when all is over


def _share(over: Event) -> None:
    _shared.append(over)


def _in_process(work: Callable[..., Counter[str]], *arguments: Any) -> Counter[str]:
    return work(*arguments, _shared[0])


def read_alone(path: Path, reference: Reference, seed: str, over: Event) -> Counter[str]:
    """Read as `read` does, with an index that this process opens."""
    with Index.open(path, memory=0) as index:
        return read(index, reference, seed, over)


def check_and_back_up(path: Path, folder: Path, reference: Reference, over: Event) -> Counter[str]:
    """Check the index and back it up until all is over, and return counts of copies and problems."""
    done: Counter[str] = Counter()
    with Index.open(path) as index:
        while not over.is_set() or done["copies"] < FLOORS["copies"]:
            done["problems"] += len(Index.check(path).problems)
            index.backup(folder / "copy")
            number, found = contents(folder / "copy")
            wrong = found != reference.states[(number - 1) % STATES]
            done["wrong copies"] += wrong or len(Index.check(folder / "copy").problems)
            done["copies"] += 1
            shutil.rmtree(folder / "copy")
            time.sleep(0.2)
    return done


def trial(seconds: float, seed: int, folder: Path) -> str:
    """Run the writer and all readers for so many seconds, and return the figures."""
    provoke_races()
    reference = Reference(seed, folder)
    path = folder / "index"
    with Index.create(path) as index:
        index.add(*documents(reference.states[0]))
        context = multiprocessing.get_context("spawn")
        over = context.Event()
        with (
            context.Pool(PROCESSES + 2, _share, (over,)) as processes,
            ThreadPoolExecutor(THREADS) as threads,
        ):
            readers = [
                processes.apply_async(_in_process, (read_alone, path, reference, f"{seed} process {number}"))
                for number in range(PROCESSES)
            ]
            checker = processes.apply_async(_in_process, (check_and_back_up, path, folder, reference))
            shared = [
                threads.submit(read, index, reference, f"{seed} thread {number}", over) for number in range(THREADS)
            ]
            try:
                written = processes.apply_async(reference.write, (path, time.time() + seconds)).get()
            finally:
                over.set()
            done = sum([future.result() for future in shared] + [result.get() for result in readers], Counter())
            checked = checker.get()
    figures = (
        f"reading: {seconds:g} s, seed {seed}, {THREADS} threads and {PROCESSES} processes: "
        f"{written['commits']} commits, {written['merges']} merges, {done['searches']} searches, "
        f"{done['other calls']} other calls, {done['errors']} errors, {done['wrong answers']} wrong answers; "
        f"{checked['copies']} copies, {checked['wrong copies']} wrong; {checked['problems']} problems found by checks"
    )
    wrong = done["errors"], done["wrong answers"], checked["wrong copies"], checked["problems"]
    assert not any(wrong), figures
    assert_floors(figures, FLOORS | {"readers": THREADS + PROCESSES}, done + checked + written)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.seconds, arguments.seed, Path(folder)))


if __name__ == "__main__":
    main()
