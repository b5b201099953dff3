"""Run a writer, readers, a server with its clients, and backups for hours, and look for wrong answers and for growth.

Threads and processes read, check and make copies as in `reading.py`, while one process commits all the time. Beside
them `jooya serve` answers clients over HTTP. Each answer must be that of a state that was current while it was asked
for; the right ones are those of a brute force. Every process is weighed and its open files are counted all the time:
neither may grow.

    python tests/faults/soak.py --seconds 7200

Takes Linux, for /proc.
"""

import argparse
import json
import multiprocessing
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from reading import (
    PROCESSES,
    QUERIES,
    THREADS,
    Reference,
    agrees,
    check_and_back_up,
    documents,
    provoke_races,
    read,
    read_alone,
)
from workload import assert_floors

from jooya.indexer import Index
from jooya.indexer.result_dicts import SCORE_DIGITS

CLIENTS = 50

PAUSE = 0.5
"""Seconds that a client waits between two requests, at most."""

LEAST = 12
"""How many answers each client has in a run of any length."""

PATIENCE = 120
"""Seconds that a request may take; the server shares its processors with all the others."""

SAMPLES = 60
"""How often each process is weighed in a run of any length."""

FLOORS = {
    "commits": 16, "merges": 1, "searches": 100, "other calls": 25, "copies": 2,
    "requests": CLIENTS * LEAST, "known": 5,
}  # fmt: skip
"""The least that must be done. Every reader and client must have had an answer, too."""

GROWTH, MEGABYTES, FILES = 1.1, 4.0, 4
"""The last third of a run may have so much more memory than the second, by a factor and by a number; so more files."""

LONG = 600
"""Seconds from which on a run must not grow. Shorter ones fill caches until they end."""

_Scores = list[tuple[str, float]]


class Weight(NamedTuple):
    """The weight of a process.

    Attributes:
        megabytes: Its memory without the files that it maps.
        files: The number of files that it has open.
    """

    megabytes: float
    files: int


def weight(process: int) -> Weight:
    """Return the weight of a process.

    Raises:
        ProcessLookupError: If it has ended.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    anonymous = re.search(r"RssAnon:\s+(\d+) kB", status)
    if anonymous is None:
        raise ProcessLookupError(process)
    return Weight(int(anonymous[1]) / 1024, len(list(Path(f"/proc/{process}/fd").iterdir())))


def weigh(processes: dict[str, int], weights: dict[str, list[Weight]], every: float, over: Event) -> None:
    """Weigh processes again and again until all is over."""
    while not over.wait(every):
        for name, process in processes.items():
            with suppress(OSError):  # a process that has ended; what it should have done is seen elsewhere
                weights[name].append(weight(process))
        told = [f"{name} {last[-1].megabytes:.0f} MB {last[-1].files} files" for name, last in weights.items() if last]
        print(", ".join(told), flush=True)


def growth(weights: list[Weight]) -> tuple[Weight, Weight]:
    """Return the medians of the second and of the last third of the weights of a process."""
    third = len(weights) // 3
    parts = weights[third : 2 * third], weights[2 * third :]
    before, after = (Weight(*map(statistics.median, zip(*part, strict=True))) for part in parts)
    return before, after


def grown(before: Weight, after: Weight) -> bool:
    """Return True if a process has more memory or files than before."""
    return after.megabytes > before.megabytes * GROWTH + MEGABYTES or after.files > before.files + FILES


class _Busy(Exception):
    """The server asks for some patience; so many exports are on their way."""


class Client:
    """A client of a server over one connection, which asks random questions.

    Args:
        port: The port of the server.
        path: The folder of the index, whose commits it sees.
        reference: The right answers.
        seed: Chooses the questions.
    """

    def __init__(self, port: int, path: Path, reference: Reference, seed: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._path, self._reference, self._random = path, reference, Random(seed)
        self._known: dict[str, tuple[str, Any]] = {}  # by query, the tag of the last answer, and the answer
        self.done: Counter[str] = Counter()

    def ask(self) -> None:
        """Ask one question, and count whether the answer was right."""
        kind = self._random.choice(["search"] * 12 + ["ids", "status", "suggest"])
        query = self._random.choice(QUERIES)
        try:
            right = self._question(kind, query)
        except _Busy:
            self.done["busy"] += 1
        except Exception as error:
            print(f"{kind} {query}: {error!r}", file=sys.stderr, flush=True)
            self.done["errors"] += 1
            self._connection.close()  # the next request opens it again
        else:
            self.done["requests"] += 1
            self.done["wrong answers"] += not right
            self.done["clients"] = 1

    def _question(self, kind: str, query: str) -> bool:
        states = self._reference
        if kind == "search":
            return agrees(
                self._path, partial(self._search, query), [_rounded(known[query]) for known in states.answers]
            )
        if kind == "ids":
            return agrees(self._path, self._ids, states.ids)
        if kind == "status":
            return agrees(self._path, lambda: self._json("/api/status")["documents"], list(map(len, states.states)))
        return bool(self._json(f"/api/suggest?q={quote('شه')}"))

    def _search(self, query: str) -> tuple[int, _Scores]:
        """Return the total and the scores of the hits; what is known already is asked for by its tag."""
        tag, before = self._known.get(query, ("", None))
        answer, content = self._get(
            f"/api/search?q={quote(query)}&copies=true&correct=false", {"If-None-Match": tag} if tag else {}
        )
        if answer.status == 304:
            self.done["known"] += 1
            found: tuple[int, _Scores] = before
            return found
        assert answer.status == 200, (answer.status, content[:300])
        given = json.loads(content)
        pattern = "*" in query  # the scores of these depend on what is not merged away yet
        found = given["total"], [(hit["id"], 0 if pattern else hit["score"]) for hit in given["hits"]]
        self._known[query] = answer.headers["ETag"], found
        return found

    def _ids(self) -> set[str]:
        """Return the ids of all passages, which the server sends as a stream."""
        answer, content = self._get("/api/export", {})
        assert answer.status == 200, (answer.status, content[:300])
        return {json.loads(line)["id"] for line in content.splitlines()}

    def _json(self, path: str) -> Any:
        answer, content = self._get(path, {})
        assert answer.status == 200, (answer.status, content[:300])
        return json.loads(content)

    def _get(self, path: str, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        was_open = self._connection.sock is not None
        try:
            answer = self._sent(path, headers)
        except (RemoteDisconnected, ConnectionError):
            if not was_open:
                raise
            # The server ends a connection that was idle for too long, as it is if nobody gave this client a processor.
            self.done["reopened"] += 1
            self._connection.close()
            answer = self._sent(path, headers)
        content = answer.read()
        if answer.status == 503 and answer.headers["Retry-After"]:
            raise _Busy
        return answer, content

    def _sent(self, path: str, headers: dict[str, str]) -> HTTPResponse:
        self._connection.request("GET", path, headers=headers)
        return self._connection.getresponse()


def _rounded(answer: tuple[int, _Scores]) -> tuple[int, _Scores]:
    """Return an answer as the server rounds it."""
    total, scores = answer
    return total, [(key, round(score, SCORE_DIGITS)) for key, score in scores]


def ask_server(port: int, path: Path, reference: Reference, seed: str, over: Event) -> Counter[str]:
    """Let all clients ask until all is over, and return counts of what was done and of what went wrong."""

    def run(number: int) -> Counter[str]:
        client, random = Client(port, path, reference, f"{seed} client {number}"), Random(number)
        while not over.is_set() or client.done["requests"] < LEAST:
            client.ask()
            time.sleep(random.random() * PAUSE)
        return client.done

    with ThreadPoolExecutor(CLIENTS) as threads:
        return sum(threads.map(run, range(CLIENTS)), Counter())


@contextmanager
def serving(path: Path) -> Iterator[tuple[int, int]]:
    """Serve an index while the body of a `with` statement runs. Give the port and the number of the process."""
    command = [sys.executable, "-m", "jooya", "serve", "-i", str(path), "--port", "0", "--timeout", str(PATIENCE)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r":(\d+)/", line)
        assert found, line + process.stderr.read()
        log = threading.Thread(target=lambda: sys.stderr.writelines(process.stderr or ()))
        log.start()
        try:
            yield int(found[1]), process.pid
        finally:
            process.terminate()
            log.join()


_Counts = Counter[str]
_Results = SimpleQueue[tuple[str, _Counts | None]]


def _report(results: _Results, name: str, work: Callable[..., _Counts], *arguments: Any) -> None:
    """Do the work of a process, and put what it has counted among the results; None if it fails."""
    counts = None
    try:
        counts = work(*arguments)
    finally:
        results.put((name, counts))


def trial(seconds: float, seed: int, folder: Path) -> str:
    """Run all for so many seconds, and return the figures."""
    provoke_races()
    reference = Reference(seed, folder)
    path = folder / "index"
    weights: dict[str, list[Weight]] = defaultdict(list)
    context = multiprocessing.get_context("spawn")
    over, results = context.Event(), context.SimpleQueue()
    with Index.create(path) as index:
        index.add(*documents(reference.states[0]))
        with serving(path) as (port, server), ThreadPoolExecutor(THREADS) as threads:
            until = time.time() + seconds
            works: dict[str, tuple[Any, ...]] = {
                "writer": (reference.write, path, until),
                "copies": (check_and_back_up, path, folder, reference, over),
                "clients": (ask_server, port, path, reference, f"{seed}", over),
            }
            works |= {
                f"reader {n}": (read_alone, path, reference, f"{seed} process {n}", over) for n in range(PROCESSES)
            }
            processes = [
                context.Process(target=_report, args=(results, name, *work), name=name) for name, work in works.items()
            ]
            for process in processes:
                process.start()
            numbers = {process.name: process.pid or 0 for process in processes}
            numbers |= {"server": server, "threads": multiprocessing.current_process().pid or 0}
            scales = threading.Thread(target=weigh, args=(numbers, weights, seconds / SAMPLES, over))
            scales.start()
            shared = [threads.submit(read, index, reference, f"{seed} thread {n}", over) for n in range(THREADS)]
            try:
                counts = dict([results.get()])  # the writer ends first, or one fails
            finally:
                over.set()
            counts |= dict(results.get() for _ in processes[1:])
            counts |= {f"thread {number}": future.result() for number, future in enumerate(shared)}
            scales.join()
            for process in processes:
                process.join()
    failed = [name for name, found in counts.items() if found is None]
    assert not failed, f"failed: {failed}"
    done: _Counts = sum((found for found in counts.values() if found), Counter())
    changes = {name: growth(of_process) for name, of_process in weights.items() if len(of_process) >= SAMPLES // 2}
    figures = (
        f"soak: {seconds:g} s, seed {seed}, {THREADS} threads, {PROCESSES} processes and {CLIENTS} clients: "
        f"{done['commits']} commits, {done['merges']} merges, {done['searches']} searches and "
        f"{done['other calls']} other calls, {done['requests']} requests to the server ({done['known']} of known "
        f"answers, {done['busy']} refused as too many, {done['reopened']} over a new connection), "
        f"{done['errors']} errors, {done['wrong answers']} wrong answers; {done['copies']} copies, "
        f"{done['wrong copies']} wrong; "
        f"{done['problems']} problems found by checks. MB and files in the second and in the last third: "
        + ", ".join(
            f"{name} {before.megabytes:.0f} to {after.megabytes:.0f} MB, {before.files:g} to {after.files:g} files"
            for name, (before, after) in changes.items()
        )
    )
    wrong = done["errors"], done["wrong answers"], done["wrong copies"], done["problems"]
    assert not any(wrong), figures
    assert done["busy"] + done["reopened"] < done["requests"] / 20, figures
    assert_floors(figures, FLOORS | {"readers": THREADS + PROCESSES, "clients": CLIENTS}, done)
    if seconds >= LONG:
        assert len(changes) == len(numbers), f"{figures}\nNot all processes were weighed."
        more = [name for name, (before, after) in changes.items() if grown(before, after)]
        assert not more, f"{figures}\nThese have grown: {more}"
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=7200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(trial(arguments.seconds, arguments.seed, Path(folder)))


if __name__ == "__main__":
    main()
