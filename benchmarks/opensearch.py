"""Measure an index on OpenSearch beside a local one, and beside OpenSearch's own analysis of Persian.

    make opensearch &
    python benchmarks/opensearch.py passages.jsonl http://127.0.0.1:9200/bench [--shards N] [--first N] [--queries N]

passages.jsonl holds a JSON object {id, title, text} a line. They are indexed three times: in a local index, on
OpenSearch by Jooya (both with `jooya index --whole --jobs 2`), and on OpenSearch with its analyzer `persian`. Then all
three answer the queries in turns, 50 at a time, so that they share what else the machine does: the 10 best hits with
their texts. Queries are 1 to 5 neighbouring words of passages, drawn by a fixed seed. The second of two rounds counts.

The time on the clock is that of this machine with all that it does besides. The processor time is that of Jooya, and
that of the nodes by their own account. `--kept` measures the searches of what the last run has left.
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import jooya
from jooya.indexer.remote.connection import Connection, action, path

WORD = re.compile(r"[^\W\d_]+")
TURN = 50  # queries that a system answers before the next one does
STATISTICS_AGE = 1.1  # seconds for which a node may repeat what it said of itself
BATCH = 1_000  # passages in a bulk request of the plain index
PLAIN: dict[str, Any] = {
    "settings": {"number_of_replicas": 0, "refresh_interval": "-1"},
    "mappings": {
        "properties": {
            "title": {"type": "text", "analyzer": "persian"},
            "text": {"type": "text", "analyzer": "persian"},
        }
    },
}


class Cost(NamedTuple):
    """The cost of a piece of work.

    Attributes:
        clock: Seconds on the clock.
        own: Seconds of processors of this program, or of the command that was run.
        nodes: Those of the nodes of OpenSearch.
        memory: The most memory that the command's processes had together at a time, in MB; 0 if it was not watched.
    """

    clock: float
    own: float
    nodes: float
    memory: float = 0.0


def nodes_time(connection: Connection) -> float:
    """Return the seconds of processors that the nodes have taken so far."""
    time.sleep(STATISTICS_AGE)
    answer = connection.request("GET", "/_nodes/stats/process")
    return sum(float(node["process"]["cpu"]["total_in_millis"]) for node in answer["nodes"].values()) / 1e3


def tree_memory(pid: int) -> float:
    """Return the memory of a process and its children that is not shared with others, in MB; 0 if it is gone."""
    total = 0.0
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        total += int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += tree_memory(int(child))
    except (OSError, TypeError):
        return total
    return total


def command(connection: Connection, *arguments: str) -> Cost:
    """Run the command `jooya` and return its cost."""
    nodes, before, began = nodes_time(connection), resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen([str(Path(sys.executable).parent / "jooya"), *arguments], stdout=subprocess.DEVNULL)
    most, done = 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.05):
            most = max(most, tree_memory(process.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    code = process.wait()
    done.set()
    watching.join()
    if code:
        raise SystemExit(f"jooya {' '.join(arguments)} ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - began, own, nodes_time(connection) - nodes, most)


def batches(file: Path, name: str, first: int | None) -> Iterator[list[bytes]]:
    """Yield the actions that index the passages of a file as they are, in batches."""
    with file.open(encoding="utf-8") as lines:
        records = map(json.loads, islice(lines, first))
        while batch := list(islice(records, BATCH)):
            yield [
                action({"index": {"_index": name, "_id": one["id"]}}, {"title": one.get("title"), "text": one["text"]})
                for one in batch
            ]


def index_plain(connection: Connection, name: str, file: Path, first: int | None, shards: int) -> Cost:
    """Index the passages with the analyzer of OpenSearch, and return the cost."""
    connection.request("DELETE", path(name), accept=(404,))
    body = {**PLAIN, "settings": {**PLAIN["settings"], "number_of_shards": shards}}
    connection.request("PUT", path(name), body)
    nodes, own, began = nodes_time(connection), time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(2) as senders:
        list(senders.map(connection.bulk, batches(file, name, first)))
    connection.request("POST", path(name, "_refresh"))
    return Cost(time.perf_counter() - began, time.process_time() - own, nodes_time(connection) - nodes)


def drawn(file: Path, first: int | None, count: int) -> list[str]:
    """Return queries of 1 to 5 neighbouring words of passages."""
    chosen = random.Random(11)
    with file.open(encoding="utf-8") as lines:
        texts = [WORD.findall(json.loads(line)["text"]) for line in islice(lines, first)]
    queries: list[str] = []
    while len(queries) < count:
        words, length = chosen.choice(texts), chosen.randint(1, 5)
        if len(words) >= length:
            start = chosen.randrange(len(words) - length + 1)
            queries.append(" ".join(words[start : start + length]))
    return queries


class Times(NamedTuple):
    """The times of one system, in seconds.

    Attributes:
        clock: Of each query, on the clock.
        own: Of each query, of the processor of this process.
        nodes: Of each turn, of the processors of the nodes.
    """

    clock: list[float]
    own: list[float]
    nodes: list[float]


def measured(
    systems: dict[str, Callable[[str], object]], queries: list[str], connection: Connection
) -> dict[str, Times]:
    """Ask each query of each system, and return the times of the second of two rounds."""
    times: dict[str, Times] = {}
    for _ in range(2):
        times = {name: Times([], [], []) for name in systems}
        for start in range(0, len(queries), TURN):
            for name, search in systems.items():
                nodes = nodes_time(connection)
                for query in queries[start : start + TURN]:
                    own, began = time.process_time(), time.perf_counter()
                    search(query)
                    times[name].clock.append(time.perf_counter() - began)
                    times[name].own.append(time.process_time() - own)
                times[name].nodes.append(nodes_time(connection) - nodes)
    return times


def quantile(values: list[float], share: float) -> float:
    """Return a quantile of seconds in milliseconds."""
    return 1e3 * sorted(values)[min(int(len(values) * share), len(values) - 1)]


def main() -> None:
    """Index and search, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("url")
    parser.add_argument("--first", type=int, help="take so many passages (all)")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--local", type=Path, default=Path(tempfile.gettempdir()) / "jooya-opensearch-local")
    parser.add_argument("--kept", action="store_true", help="search what the last run has left")
    options = parser.parse_args()
    connection = Connection.open(options.url)
    plain = f"{connection.index}-plain"
    with tempfile.TemporaryDirectory() as folder:
        file = options.passages
        if options.first:
            file = Path(folder) / "passages.jsonl"
            with options.passages.open(encoding="utf-8") as lines:
                file.write_text("".join(islice(lines, options.first)), encoding="utf-8")
        if not options.kept:
            index_all(connection, file, options, plain)
        sizes(connection, plain, options.local)
        search_all(connection, drawn(file, None, options.queries), options, plain)


def index_all(connection: Connection, file: Path, options: argparse.Namespace, plain: str) -> None:
    """Index the passages in each system, and print what it costs."""
    subprocess.run(["rm", "-rf", str(options.local)], check=True)
    with file.open(encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    delete_left(connection)
    whole = ("--whole", "--jobs", options.jobs, str(file))
    costs = {
        "local": command(connection, "index", "-i", str(options.local), *whole),
        "Jooya on OpenSearch": command(connection, "index", "-i", options.url, "--shards", str(options.shards), *whole),
        "OpenSearch, `persian`": index_plain(connection, plain, file, None, options.shards),
    }
    print(f"{count:,} passages, {options.jobs} jobs, {options.shards} shards")
    print("| | passages/s by the clock | processor seconds: Jooya, nodes | passages a processor second | memory, MB |")
    print("|---|---|---|---|---|")
    for name, cost in costs.items():
        rate = count / (cost.own + cost.nodes)
        spent = f"{cost.own:.0f}, {cost.nodes:.0f}"
        print(f"| {name} | {count / cost.clock:,.0f} | {spent} | {rate:,.0f} | {cost.memory:,.0f} |")


def delete_left(connection: Connection) -> None:
    """Delete what the last run has left on OpenSearch."""
    for name in of_jooya(connection):
        connection.request("DELETE", path(name), accept=(404,))


def of_jooya(connection: Connection) -> list[str]:
    """Return the names on OpenSearch that an index of Jooya has: NAME-meta, and NAME with a number."""
    found = connection.request("GET", path(f"{connection.index}*"), params={"expand_wildcards": "all"}, accept=(404,))
    own = re.compile(rf"{re.escape(connection.index)}(-meta|-\d+)?")
    return sorted(name for name in found if own.fullmatch(name))


def sizes(connection: Connection, plain: str, local: Path) -> None:
    """Print what the indexes take on disk, after a merge to one segment a shard."""
    names = ",".join([*of_jooya(connection), plain])
    connection.request("POST", path(names, "_forcemerge"), params={"max_num_segments": "1"})
    connection.request("POST", path(names, "_flush"))
    stats = connection.request("GET", path(names, "_stats", "store,docs"))["indices"]
    for name, one in sorted(stats.items()):
        primaries = one["primaries"]
        print(f"{name}: {primaries['store']['size_in_bytes'] / 1e6:.0f} MB, {primaries['docs']['count']:,} documents")
    on_disk = sum(one.stat().st_size for one in local.rglob("*") if one.is_file()) / 1e6
    print(f"local: {on_disk:.0f} MB")


def search_all(connection: Connection, queries: list[str], options: argparse.Namespace, plain: str) -> None:
    """Search in each system, and print the times."""
    local, remote = jooya.open(options.local), jooya.open(options.url)

    def ask_plain(query: str) -> dict[str, Any]:
        body = {
            "size": 10,
            "query": {"multi_match": {"query": query, "fields": ["text", "title"]}},
            "highlight": {"fields": {"text": {}}},
        }
        return connection.search(plain, body)

    systems: dict[str, Callable[[str], object]] = {
        "local": local.search,
        "Jooya on OpenSearch": remote.search,
        "OpenSearch, `persian`": ask_plain,
    }
    times = measured(systems, queries, connection)
    print(f"\n{len(queries)} queries; milliseconds")
    print("| | clock: p50 | p95 | processor of Jooya: p50 | p95 | processors of the nodes, mean |")
    print("|---|---|---|---|---|---|")
    for name, one in times.items():
        nodes = 1e3 * sum(one.nodes) / len(queries)
        figures = [quantile(values, share) for values in (one.clock, one.own) for share in (0.5, 0.95)]
        print(f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in [*figures, nodes]) + " |")
    local.close()
    remote.close()


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
