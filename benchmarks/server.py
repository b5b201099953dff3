"""Measure `jooya serve`: requests a second beside the same searches in Python, the start, completions, slow clients.

    jooya index -i index --whole passages.jsonl
    python benchmarks/server.py index queries.tsv [--seconds 20]

queries.tsv has lines of `id<TAB>words`. The server and the searches in Python run in as many processes as there are
cores, one after the other; the clients run in a process of their own, on the same cores. An answer has ten hits with
their text and highlights.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

CORES = os.cpu_count() or 1
CLIENTS = 16
SLOW = 1_000


class Answers(NamedTuple):
    """The times of answers, in milliseconds, in order; those that were no answer are counted."""

    rate: float
    times: list[float]
    errors: int

    def at(self, part: float) -> float:
        return self.times[min(int(len(self.times) * part), len(self.times) - 1)]


@contextmanager
def server(index: str, *options: str) -> Iterator[tuple[int, int]]:
    """Serve an index on a free port while a `with` statement runs. Give the port and the number of the process."""
    command = [sys.executable, "-m", "jooya", "serve", "-i", index, "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            found = re.search(r":(\d+)/", process.stderr.readline())
            assert found
            yield int(found[1]), process.pid
        finally:
            process.send_signal(signal.SIGTERM)


async def client(port: int, paths: list[str], end: float, times: list[float]) -> int:
    """Ask for one path after another over one connection until a time. Return the number of errors."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    errors = 0
    for path in paths * 1_000:
        if time.perf_counter() >= end:
            break
        began = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length
        await reader.readexactly(int(length[1]))
        times.append(1e3 * (time.perf_counter() - began))
        errors += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    return errors


def ask(port: int, paths: list[str], seconds: float, clients: int = CLIENTS) -> Answers:
    """Let so many clients ask for paths."""

    async def all_clients() -> int:
        end = time.perf_counter() + seconds
        parts = [paths[number:] + paths[:number] for number in range(0, len(paths), max(1, len(paths) // clients))]
        return sum(await asyncio.gather(*[client(port, part, end, times) for part in parts[:clients]]))

    times: list[float] = []
    began = time.perf_counter()
    errors = asyncio.run(all_clients())
    return Answers(len(times) / (time.perf_counter() - began), sorted(times), errors)


def search_in_python(
    index: str, queries: list[str], seconds: float, counts: "multiprocessing.Queue[tuple[int, float]]"
) -> None:
    """Search for one query after another, and make JSON of each answer."""
    from jooya import Index  # noqa: PLC0415

    with Index.open(index) as opened:
        for query in queries[:100]:
            opened.search(query)
        done, end, began = 0, time.perf_counter() + seconds, time.process_time()
        while time.perf_counter() < end:
            json.dumps(opened.search(queries[done % len(queries)]).to_dict(), ensure_ascii=False)
            done += 1
        counts.put((done, time.process_time() - began))


def python_rate(index: str, queries: list[str], seconds: float) -> tuple[float, float]:
    """Return how many searches a second one process a core does, and the processor time of one, in milliseconds."""
    counts: multiprocessing.Queue[tuple[int, float]] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=search_in_python, args=(index, queries[number:], seconds, counts))
        for number in range(CORES)
    ]
    for worker in workers:
        worker.start()
    found = [counts.get() for _ in workers]
    for worker in workers:
        worker.join()
    total = sum(done for done, _ in found)
    return total / seconds, 1e3 * sum(used for _, used in found) / total


def processor_time(process: int) -> float:
    """Return the processor time that a process and its children have taken, in seconds."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ticks = 0
    for number in [str(process), *children]:
        values = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def first_answer(index: str, path: str) -> float:
    """Return how long it takes from `jooya serve` to an answer, in seconds."""
    began = time.perf_counter()
    with server(index) as (port, _):
        ask(port, [path], 0.001, 1)
        return time.perf_counter() - began


def memory(process: int) -> float:
    """Return the memory of a process that does not map files, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def slow_clients(port: int) -> list[socket.socket]:
    """Open connections that send a part of a request and wait."""
    slow = []
    for _ in range(SLOW):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"GET /api/search?q=a HTTP/1.1\r\nHost: local")
        slow.append(connection)
    return slow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("queries", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    queries = [line.split("\t")[1] for line in given.queries.read_text(encoding="utf-8").splitlines()]
    paths = [f"/api/search?q={quote(query)}" for query in queries]
    keys = [f"/api/suggest?q={quote(query[:end])}" for query in queries for end in range(2, min(len(query), 8))]

    started = [first_answer(given.index, paths[0]) for _ in range(5)]
    print(f"to the first answer, seconds: {statistics.median(started):.2f}")
    in_python, processor = python_rate(given.index, queries, given.seconds)
    print(f"in Python, {CORES} processes: {in_python:.0f} a second, {processor:.1f} ms of a processor each")
    for number in (1, CORES):
        with server(given.index, "--processes", str(number)) as (port, process):
            ask(port, paths, 2)
            used = processor_time(process)
            found = ask(port, paths, given.seconds)
            used = 1e3 * (processor_time(process) - used) / len(found.times)
        share = found.rate / in_python
        print(f"requests a second, processes {number}: {found.rate:.0f}, {share:.2f} of Python, {found.errors} errors")
        print(f"  {used:.1f} ms of a processor each, {processor / used:.2f} of Python")
        print(f"  p50 {found.at(0.5):.1f} ms, p99 {found.at(0.99):.1f} ms ({found.at(0.99) / found.at(0.5):.1f} x)")
    with server(given.index) as (port, process):
        ask(port, keys, 1, 1)
        found = ask(port, keys, given.seconds / 2, 1)
        print(f"completions: p50 {found.at(0.5):.1f} ms, p95 {found.at(0.95):.1f} ms")
        alone = ask(port, paths, given.seconds / 4)
        slow = slow_clients(port)
        beside = ask(port, paths, given.seconds / 4)
        print(f"beside {SLOW} slow clients: {beside.rate / alone.rate:.2f} of the requests, {beside.errors} errors")
        for connection in slow:
            connection.close()
        before = memory(process)
        ask(port, paths, given.seconds)
        print(f"memory: {before:.0f} MB, and {memory(process):.0f} MB after {given.seconds:g} s more")


if __name__ == "__main__":
    main()
