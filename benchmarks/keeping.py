"""Measure what it costs to keep an index safe: digests, kept commits, backups, scrubs and authentication.

    python benchmarks/keeping.py PASSAGES.jsonl [--passages N] [--commits N] [--rounds N]

The file has an object with a text on each line. The figures:

- the time of indexing with the digests of pages, beside indexing without them, in turn, by processor time;
- the size of an index that keeps the last 20 commits of a growing collection, beside one that keeps the last alone, and
  the time of a commit;
- a first backup, one after a small commit, and one after nothing, beside `cp` followed by `sha256sum`, and beside
  `rsync --checksum` where it is installed; a scrub beside `sha256sum`; all of files that are in memory by then;
- opening an index and searching in it, with its key and without.
"""

import argparse
import hashlib
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from unittest import mock

from jooya.indexer import Document, Index

KEY = b"a key of the benchmark, no secret"
KEPT = 20
QUERIES = ("کتاب", "تاریخ ایران", '"جمهوری اسلامی"', "شهر تهران دانشگاه")


class _NoDigest:
    """Takes the place of a SHA-256 and computes nothing."""

    def update(self, data: object) -> None:
        """Do nothing."""

    def digest(self) -> bytes:
        """Return a digest of nothing."""
        return bytes(32)

    def hexdigest(self) -> str:
        """Return a digest of nothing in hexadecimal digits."""
        return self.digest().hex()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="JSON lines with a text each")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--commits", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    documents = list(islice(_documents(arguments.file), arguments.passages))
    with tempfile.TemporaryDirectory(prefix="jooya-keeping-") as temporary:
        folder = Path(temporary)
        _digests(folder, documents, arguments.rounds)
        _kept(folder, documents, arguments.commits)
        _copies(folder, documents, arguments.rounds)
        _keys(folder, arguments.rounds)


def _documents(file: Path) -> Iterator[Document]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            yield Document(f"p{number}", json.loads(line)["text"])


def _digests(folder: Path, documents: list[Document], rounds: int) -> None:
    """Index in turn with digests and without."""
    times: dict[str, list[float]] = {"with": [], "without": []}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for name, taken in times.items():
            path = folder / "digests"
            shutil.rmtree(path, ignore_errors=True)
            without = mock.patch.object(hashlib, "sha256", lambda *_: _NoDigest())
            if name == "without":
                without.start()
            with Index.create(path) as index:
                begin = time.process_time()
                index.add(documents)
                taken.append(time.process_time() - begin)
                sizes[name] = index.status().size
            if name == "without":
                without.stop()
    ratio = statistics.median(one / other for one, other in zip(times["with"], times["without"], strict=True))
    best = min(times["with"])
    rate = _rate(hashlib.sha256)
    print(f"indexing {len(documents):,} passages: {best:.2f} s with digests, {ratio:.3f} times the time without")
    print(f"  the index has {sizes['with'] / 1e6:.1f} MB; SHA-256 alone: {rate:,.0f} MB/s")


def _rate(hash_function: Callable[[bytes], Any]) -> float:
    page = bytes(8192)
    begin = time.process_time()
    for _ in range(20_000):
        hash_function(page).digest()
    return 20_000 * len(page) / (time.process_time() - begin) / 1e6


def _kept(folder: Path, documents: list[Document], commits: int) -> None:
    """Add the documents in as many commits, and compare the size of what is kept."""
    batch = max(len(documents) // commits, 1)
    for keep in (1, KEPT):
        path = folder / f"kept-{keep}"
        sizes, taken = [], []
        with Index.create(path, keep=keep) as index:
            for start in range(0, batch * commits, batch):
                begin = time.process_time()
                index.add(documents[start : start + batch])
                taken.append(time.process_time() - begin)
                sizes.append(sum(file.stat().st_size for file in path.iterdir()))
            used = index.status().size
            print(
                f"{commits} commits of {batch} passages, the last {keep} kept: {sizes[-1] / 1e6:.1f} MB on the disk"
                f" ({sizes[-1] / used:.2f} times the last commit; at most {max(sizes) / used:.2f}),"
                f" {statistics.median(taken) * 1000:.0f} ms a commit"
            )
            if keep > 1:
                begin = time.perf_counter()
                for commit in index.commits():
                    Index.restore(path, commit.number, to=folder / "restored")
                    shutil.rmtree(folder / "restored")
                each = (time.perf_counter() - begin) / keep
                print(f"  restoring each of the {keep}: {each * 1000:.0f} ms on average")
                with index._writer() as writer:
                    writer.optimize = True
                size = sum(file.stat().st_size for file in path.iterdir())
                print(f"  after a merge of everything: {size / index.status().size:.2f} times the last commit")


def _copies(folder: Path, documents: list[Document], rounds: int) -> None:
    path = folder / "index"
    with Index.create(path) as index:
        index.add(documents)
        size = index.status().size
        first = _seconds(lambda: index.backup(folder / "copy"), rounds, folder / "copy")
        other = _seconds(lambda: _copy_and_sum(path, folder / "plain"), rounds, folder / "plain")
        print(f"first backup of {size / 1e6:.1f} MB: {first * 1000:.0f} ms; cp and sha256sum: {other * 1000:.0f} ms")
        has_rsync = shutil.which("rsync") is not None
        if has_rsync:
            rsync = ["rsync", "-a", "--checksum", "--exclude=write.lock", f"{path}/", str(folder / "rsync")]
            subprocess.run(rsync, check=True)
        index.add(Document("new", "یک سند تازه"))
        begin = time.perf_counter()
        done = index.backup(folder / "copy")
        later = time.perf_counter() - begin
        print(f"backup after a small commit: {later * 1000:.0f} ms, {done.copied / 1e3:.1f} kB copied")
        if has_rsync:
            begin = time.perf_counter()
            subprocess.run(rsync, check=True)
            print(f"  rsync --checksum: {(time.perf_counter() - begin) * 1000:.0f} ms")
        same = _seconds(lambda: index.backup(folder / "copy"), rounds)
        scrub = _seconds(lambda: Index.scrub(path), rounds)
        check = _seconds(lambda: Index.check(path), 1)
        summed = _seconds(lambda: _sum(path), rounds)
        print(f"backup of what is there already: {same * 1000:.0f} ms")
        print(f"scrub: {scrub * 1000:.0f} ms; check: {check * 1000:.0f} ms; sha256sum: {summed * 1000:.0f} ms")


def _keys(folder: Path, rounds: int) -> None:
    path = folder / "index"
    Index.seal(path, KEY)
    for key in (None, KEY):
        opening = _seconds(lambda key=key: Index.open(path, key=key).close(), rounds)  # type: ignore[misc]

        def search(key: bytes | None = key) -> None:
            with Index.open(path, key=key) as index:
                for query in QUERIES:
                    index.search(query)

        searching = _seconds(search, rounds)
        name = "without" if key is None else "with"
        print(f"{name} the key: {opening * 1000:.1f} ms to open, {searching * 1000:.1f} ms with four first searches")


def _seconds(call: Callable[[], object], rounds: int, made: Path | None = None) -> float:
    """Return the least time of several calls; what one has made is removed before the next."""
    times = []
    for number in range(rounds):
        if made is not None and number:
            shutil.rmtree(made)
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def _copy_and_sum(path: Path, to: Path) -> None:
    subprocess.run(["cp", "-r", path, to], check=True)
    subprocess.run(["sync", to], check=True)
    _sum(to)


def _sum(path: Path) -> None:
    files = [file for file in path.iterdir() if file.is_file()]
    subprocess.run(["sha256sum", *files], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
