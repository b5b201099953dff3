"""Measure what facets cost beside the search whose hits they count.

    python benchmarks/facets.py [--passages 162000] [--queries 200]

The passages are made up: of words as frequent as those of a language are (Zipf), with a date, a speaker, a collection,
tags and an author. Queries are two or three of the words. The same searches run without facets, with each, with the
first four, and with all, in turn; the second of two rounds counts.
"""

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jooya import Document, Index

FIELDS = {"author": "keyword", "tags": "keyword", "pages": "number"}
FACETS = ("collection", "year", "author", "speaker", "tags", "pages")
WORDS, AUTHORS, TAGS = 20_000, 2_000, 300
LENGTH = 14  # words of a passage
LETTERS = "ابتدرزسشفقکلمنوهی"


def documents(count: int, chance: random.Random) -> Iterator[Document]:
    """Yield documents of one passage each."""
    words = ["".join(chance.choices(LETTERS, k=5)) for _ in range(WORDS)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    for number in range(count):
        text = " ".join(chance.choices(words, cum_weights=weights, k=LENGTH))
        tags = [f"برچسب {chance.randrange(TAGS)}" for _ in range(chance.randrange(4))]
        yield Document(
            f"{number}",
            f"گوینده {chance.randrange(500)}: {text}",
            date=f"{chance.randrange(1300, 1404)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}",
            collection=f"c{chance.randrange(20)}",
            meta={"author": f"نویسنده {chance.randrange(AUTHORS)}", "tags": tags, "pages": chance.randrange(1, 900)},
        )


def queries(count: int) -> list[str]:
    """Return queries of words that are in the passages."""
    chance = random.Random(1)
    words = ["".join(chance.choices(LETTERS, k=5)) for _ in range(WORDS)]
    chance = random.Random(2)
    return [" ".join(chance.choices(words[:2000], k=chance.choice((2, 3)))) for _ in range(count)]


def main() -> None:
    """Print the median and the 95th percentile of the time of a search, with and without facets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=162_000)
    parser.add_argument("--queries", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Index.create(Path(folder) / "index") as index:
        began = time.perf_counter()
        index.add(*documents(arguments.passages, random.Random(1)), jobs=2)
        print(f"indexing: {time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        index.declare(FIELDS)  # type: ignore[arg-type]
        print(f"declaring {len(FIELDS)} fields: {time.perf_counter() - began:.1f} s")
        texts = queries(arguments.queries)
        kinds: dict[str, tuple[str, ...]] = {
            "none": (),
            **{name: (name,) for name in FACETS},
            "four": FACETS[:4],
            "all": FACETS,
        }
        taken: dict[str, list[float]] = {}
        for _ in range(2):
            taken = {name: [] for name in kinds}
            for text in texts:
                for name, facets in kinds.items():
                    began = time.perf_counter()
                    index.search(text, facets=facets)
                    taken[name].append(1e3 * (time.perf_counter() - began))
        base = statistics.median(taken["none"])
        for name, times in taken.items():
            times.sort()
            p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
            print(f"{name:<12} p50 {p50:6.2f} ms  p95 {p95:6.2f} ms  {p50 / base:.2f} ×")


if __name__ == "__main__":
    main()
