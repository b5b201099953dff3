"""Kill nodes of OpenSearch with SIGKILL, again and again, while an index there is written and searched.

python tests/faults/remote_nodes.py --rounds 50

The index has a copy of each shard on another of three nodes. A writer makes step after step and says when each is done.
Two searchers ask for texts of which it is known when they were there: their answers must be those of some commit
between the last one before the search and the one after it. A node at a time is killed, stays away for a while, comes
back with its data, and takes part again before the next one is killed.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread
sys.path.insert(0, str(Path(__file__).parent.parent))

import opensearch_nodes
from opensearch_nodes import Node
from remote_workload import ask, compare_with_local, judge
from workload import Workload, assert_floors

from jooya.indexer import JooyaError, Limits
from jooya.indexer.remote.remote_index import RemoteIndex

NAME = "trial"
SEARCHERS = 2
BEFORE = 3  # steps before the first node is killed
LIMITS = Limits(seconds=30)  # of a search: three nodes share what this machine has
MAX_AWAY = 8.0  # seconds that a killed node stays away
HEALTH_SECONDS = 180


@dataclass
class Searches:
    """The figures of the searches.

    Attributes:
        done: How many were answered.
        found: How many of them found something.
        wrong: Answers that are those of no commit at the time.
        failed: Errors.
        longest: The longest, in seconds.
    """

    done: int = 0
    found: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    longest: float = 0.0


def trial(rounds: int, seed: int, nodes: list[Node], folder: Path) -> str:
    """Kill a node `rounds` times, and return the figures."""
    random = Random(seed)
    workload = Workload(seed)
    url = ",".join(node.url for node in nodes).replace(",http://", ",") + f"/{NAME}"
    with RemoteIndex.open_or_create_url(url, shards=2, replicas=1) as index:
        for number in range(1, BEFORE + 1):
            workload.step(number).run(index)
    _await_green(nodes[0])
    acknowledged, repeated = multiprocessing.Value("i", BEFORE), multiprocessing.Value("i", 0)
    ended, writer_ended = threading.Event(), multiprocessing.Event()
    writer = multiprocessing.Process(target=_write, args=(url, workload, acknowledged, repeated, writer_ended))
    writer.start()
    searches = Searches()
    searchers = [
        threading.Thread(target=_search, args=(url, Random(seed + i), seed, acknowledged, searches, ended))
        for i in range(SEARCHERS)
    ]
    try:
        for searcher in searchers:
            searcher.start()
        for _ in range(rounds):
            time.sleep(random.random() * 2)
            victim = random.choice(nodes)
            print(f"{acknowledged.value} steps, {searches.done} searches", file=sys.stderr)
            victim.kill()
            time.sleep(random.random() * MAX_AWAY)
            victim.start()
            victim.await_start(len(nodes))
            _await_green(victim)
            assert writer.is_alive(), "the writer ended by itself"
    finally:
        ended.set()
        writer_ended.set()
        for searcher in searchers:
            searcher.join()
        writer.join(300)
        writer.kill()
    number = acknowledged.value
    one = f"{nodes[0].url}/{NAME}"
    number = judge(one, workload, range(number, number + 2))
    compared = compare_with_local(one, workload.state(number), folder / "local")
    figures = (
        f"remote_nodes: {rounds} kills, seed {seed}: {number} steps, 0 acknowledged ones lost, {repeated.value} that "
        f"failed and were made again; {searches.done} searches, {len(searches.failed)} failed, "
        f"{len(searches.wrong)} wrong, the longest {searches.longest:.1f} s; the same answers as a local index "
        f"{compared} times"
    )
    assert not searches.wrong, (figures, searches.wrong[:5])
    assert not searches.failed, (figures, searches.failed[:5])
    floors = {"steps": rounds, "searches": 5 * rounds, "found": rounds}
    assert_floors(figures, floors, {"steps": number, "searches": searches.done, "found": searches.found})
    return figures


def _await_green(node: Node) -> None:
    """Wait until each shard has its copy again."""
    until = time.monotonic() + HEALTH_SECONDS
    while True:
        try:
            health = ask(f"{node.url}/_cluster/health?wait_for_status=green&timeout=20s")
        except OSError:
            health = {}
        if health.get("status") == "green" and not health["timed_out"]:
            return
        assert time.monotonic() < until, f"the cluster does not become whole again: {health}"


def _write(
    url: str, workload: Workload, acknowledged: "Synchronized[int]", repeated: "Synchronized[int]", ended: Event
) -> None:
    """Make step after step, and count those that are done."""
    index = RemoteIndex.open_url(url)
    while not ended.is_set():
        number = acknowledged.value + 1
        while True:
            try:
                workload.step(number).run(index)
                break
            except JooyaError as error:
                # It says that it is not done, and so it may be done again.
                repeated.value += 1
                print(f"step {number}: {error}", file=sys.stderr)
                time.sleep(0.5)
        acknowledged.value = number


def _search(
    url: str, random: Random, seed: int, acknowledged: "Synchronized[int]", searches: Searches, ended: threading.Event
) -> None:
    """Ask for texts that are there, have been, or will be."""
    workload = Workload(seed)  # one for each thread: it is made as it is asked for
    index = RemoteIndex.open_url(url)
    while not ended.is_set():
        before = acknowledged.value
        near = workload.state(max(1, before - random.choice([0, 0, 1, 5])))
        key = random.choice(sorted(near)) if near else "d1-0"
        word = near.get(key, "version1ofd1x0").split()[0]
        began = time.monotonic()
        try:
            found = [hit.document for hit in index.search(f'"{word}"', limits=LIMITS)]  # a phrase is not corrected
        except (JooyaError, OSError) as error:
            searches.failed.append(f"{word} after {time.monotonic() - began:.1f} s: {type(error).__name__}: {error}")
            continue
        after = acknowledged.value + 1
        searches.longest = max(searches.longest, time.monotonic() - began)
        right = [
            [key] if workload.state(number).get(key, "").startswith(f"{word} ") else []
            for number in range(before, after + 1)
        ]
        if found not in right:
            searches.wrong.append(f"{word} at {before} to {after}: {found} instead of {right}")
        searches.done += 1
        searches.found += bool(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    try:
        with tempfile.TemporaryDirectory() as folder, opensearch_nodes.running(nodes=3, memory="400m") as nodes:
            print(trial(arguments.rounds, arguments.seed, nodes, Path(folder)))
    except opensearch_nodes.NoEngine as error:
        sys.exit(opensearch_nodes.MISSING % error)


if __name__ == "__main__":
    main()
