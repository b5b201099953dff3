"""Measure whether `jooya serve` stays as it is over many requests: errors, memory, open files.

    jooya index -i index --whole passages.jsonl
    python benchmarks/server_endurance.py index queries.tsv [--requests 1000000]

16 clients send requests of all kinds: searches, completions, pages, documents, lists, what they know already (304), and
what is refused. After each twentieth, the anonymous memory and the open files of the server are shown; the first
twentieth fills its caches.
"""

import argparse
import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from server import CLIENTS, memory, server

STEPS = 20

KINDS = {"search": 4, "page": 1, "suggest": 8, "document": 3, "list": 1, "known": 58, "health": 15, "refused": 10}
"""The kinds of requests, with the share of each in percent. Searches are the slowest by far."""

EXPECTED = {"known": 304, "refused": 400}
"""The statuses that are no 200."""


def requests(queries: list[str], keys: list[str], tag: str, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of a request, its path and a further header, for ever."""
    chance = random.Random(seed)
    kinds, shares = list(KINDS), list(KINDS.values())
    while True:
        [kind] = chance.choices(kinds, shares)
        query = quote(chance.choice(queries))
        paths = {
            "search": f"/api/search?q={query}",
            "page": f"/?q={query}",
            "suggest": f"/api/suggest?q={quote(chance.choice(queries)[: chance.randint(2, 8)])}",
            "document": f"/api/documents/{quote(chance.choice(keys), safe='')}?limit=10",
            "list": f"/api/documents?pattern={quote(chance.choice(keys)[:3])}*&limit=5",
            "known": f"/api/search?q={query}",
            "health": "/health",
            "refused": f"/api/search?q={query}&no=such",
        }
        yield kind, paths[kind], f"If-None-Match: {tag}\r\n" if kind == "known" else ""


async def client(port: int, given: Iterator[tuple[str, str, str]], number: int, wrong: Counter[str]) -> None:
    """Send so many requests over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(number):
        kind, path, header = next(given)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if length:
            await reader.readexactly(int(length[1]))
        status = int(head.split(None, 2)[1])
        if status != EXPECTED.get(kind, 200):
            wrong[f"{kind} {status}"] += 1
    writer.close()


async def fetched(port: int, path: str) -> tuple[bytes, bytes]:
    """Return the head and the body of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return head, body


async def run(port: int, process: int, queries: list[str], wanted: int) -> None:
    head, _ = await fetched(port, "/api/search?q=a")
    tag = re.search(rb"etag: (\S+)", head)
    _, listed = await fetched(port, "/api/documents?limit=1000")
    keys = re.findall(r'"key":"([^"\\]+)"', listed.decode())
    assert tag
    assert keys
    streams = [requests(queries, keys, tag[1].decode(), seed) for seed in range(CLIENTS)]
    wrong: Counter[str] = Counter()
    for step in range(1, STEPS + 1):
        each = wanted // STEPS // CLIENTS
        await asyncio.gather(*[client(port, stream, each, wrong) for stream in streams])
        files = len(list(Path(f"/proc/{process}/fd").iterdir()))
        done = step * each * CLIENTS
        print(f"{done:>9,} requests: {memory(process):6.1f} MB, {files} files, {wrong.total()} errors", flush=True)
    print(dict(wrong) or "no errors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("queries", type=Path)
    parser.add_argument("--requests", type=int, default=1_000_000)
    given = parser.parse_args()
    queries = [line.split("\t")[1] for line in given.queries.read_text(encoding="utf-8").splitlines()]
    with server(given.index, "--rate", "0") as (port, process):
        asyncio.run(run(port, process, queries, given.requests))


if __name__ == "__main__":
    main()
