"""Kill writers of an index on OpenSearch with SIGKILL at random moments while they add, replace, remove and rebuild.

python tests/faults/remote_kill.py --rounds 200 [--engine http://127.0.0.1:9200]

Without an address, a node is started. After each kill the index must have the content of the last step that a writer
was told to be done, or of the next one; and the next writer goes on. At the end the index must answer as a local one
that was made of the same documents in one go.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random
from uuid import uuid4

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread
sys.path.insert(0, str(Path(__file__).parent.parent))

import opensearch_nodes
from killed_process import killed
from remote_workload import ask, compare_with_local, judge
from workload import Workload, assert_floors, documents

from jooya.indexer.ingest import sync
from jooya.indexer.remote import remote_writer
from jooya.indexer.remote.remote_index import RemoteIndex

assert sync and remote_writer

MAX_DELAY = 2.0  # seconds until the kill
STATE_INTERVAL = 3  # in every such round, the kill comes soon after the writer changed the state of the index
JOBS_INTERVAL = 20  # in every such round, the writer has workers, and more time
REBUILD_INTERVAL = 10  # in every such round, the writer rebuilds the index


def trial(rounds: int, seed: int, engine: str, folder: Path) -> str:
    """Kill `rounds` writers of one index, one after another, and return the figures."""
    random = Random(seed)
    workload = Workload(seed)
    name = f"trial-{uuid4().hex[:8]}"
    url = f"{engine}/{name}"
    try:
        RemoteIndex.open_or_create_url(url).close()
        unreported = dead = interrupted = 0
        number = judge(url, workload, range(1))
        for round_number in range(rounds):
            rebuild = round_number % REBUILD_INTERVAL == REBUILD_INTERVAL - 1
            jobs = 2 if round_number % JOBS_INTERVAL == JOBS_INTERVAL - 2 else 1
            delay = random.random() * MAX_DELAY * (3 if jobs > 1 else 1)
            at_state = round_number % STATE_INTERVAL == 0
            finished = _killed(url, workload, number, jobs=jobs, rebuild=rebuild, delay=delay, at_state=at_state)
            known = ask(f"{engine}/{name}-meta/_doc/commit")["_source"]
            interrupted += bool(known["state"]["pending"] or (rebuild and known["writer"].get("rebuild")))
            before, number = number, judge(url, workload, range(number + finished, number + finished + 2))
            unreported += number == before + finished + 1
            dead = max(dead, len(known["state"]["dead"]))
        with RemoteIndex.open_url(url) as index:
            workload.step(number + 1).run(index)
            number = judge(url, workload, range(number + 1, number + 2))
            compare_with_local(url, workload.state(number), folder / "before")
            # It also removes what a rebuilding has left that was interrupted: another of the same would go on with it.
            index.rebuild(*documents(workload.state(number)))
            judge(url, workload, range(number, number + 1))
        compared = compare_with_local(url, workload.state(number), folder / "local")
        left = [one for one in ask(f"{engine}/{name}*?expand_wildcards=all") if one.startswith(name)]
        assert len(left) == 2, f"indexes are left over: {left}"
    finally:
        opensearch_nodes.delete_indexes(engine, f"{name}*")
    figures = (
        f"remote_kill: {rounds} rounds, seed {seed}: {number} steps, 0 lost, 0 indexes in any other state, 0 stuck "
        f"leases; the same answers as a local index {compared} times ({interrupted} rounds left a commit or a "
        f"rebuilding to be completed, {unreported} were killed between a commit and its return)"
    )
    assert_floors(figures, {"steps": rounds // 4}, {"steps": number})
    return figures


def _killed(
    url: str, workload: Workload, number: int, *, jobs: int, rebuild: bool, delay: float, at_state: bool
) -> int:
    """Let a process make steps after `number` until it is killed, and return how many it finished."""

    def work(finished: Callable[[], None]) -> None:
        try:
            with RemoteIndex.open_url(url) as index:
                for step in count(number + 1):
                    if rebuild:
                        index.rebuild(*documents(workload.state(step)), jobs=jobs)
                    else:
                        workload.step(step).run(index, jobs=jobs)
                    finished()
        except BaseException:
            traceback.print_exc()
            raise

    def wait() -> None:
        if at_state:
            origin, _, name = url.rpartition("/")
            state = f"{origin}/{name}-meta/_doc/commit"
            before, until = ask(state)["_seq_no"], time.monotonic() + 10
            changes = 1 + round(delay * 1e6) % 5  # a step changes it several times
            while ask(state)["_seq_no"] < before + changes and time.monotonic() < until:
                time.sleep(0)
            time.sleep(delay / 100)
        else:
            time.sleep(delay)

    return killed(work, wait)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", help="the address of an OpenSearch that runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engine = arguments.engine
        if engine is None:
            try:
                engine = stack.enter_context(opensearch_nodes.running())[0].url
            except opensearch_nodes.NoEngine as error:
                sys.exit(opensearch_nodes.MISSING % error)
        print(trial(arguments.rounds, arguments.seed, engine, Path(folder)))


if __name__ == "__main__":
    main()
