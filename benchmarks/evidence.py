"""What the evidence beside BM25 costs: titles, words as typed, nearness.

    python benchmarks/evidence.py POEMS.jsonl.gz QUERIES.tsv

Queries a second over all passages of POEMS, top 10, in one process and thread: the words of each query by the BM25 of
their stems alone, and as Jooya ranks them; each from the text that was typed. Once for ranking alone, and once for a
whole search, with the stored passages and everything a hit has. Of two rounds the second counts.
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from jooya.indexer import Index, ReadOptions
from jooya.indexer.query.parser import parse
from jooya.indexer.query.planner import NO_HIGHLIGHT_TERMS, Plan, plan
from jooya.indexer.query.query_words import words_of
from jooya.indexer.query.tree import Parsed
from jooya.indexer.ranking.clauses import Or, Term
from jooya.indexer.ranking.collector import rank
from jooya.indexer.ranking.searcher import IndexSearcher


def plain(_searcher: IndexSearcher, parsed: Parsed, *_: object) -> Plan:
    """BM25 of stems."""
    text = " ".join(getattr(item.node, "text", "") for item in parsed.tree.items)
    stems = dict.fromkeys(stem for word in words_of(text) for stem in (*word.stems, *word.parts))
    return Plan(Or(tuple([Term("text", stem.encode()) for stem in stems])), (), NO_HIGHLIGHT_TERMS, [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("poems", type=Path)
    parser.add_argument("queries", type=Path)
    options = parser.parse_args()
    queries = [line.split("\t", 1)[1] for line in options.queries.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "poems.jsonl"
        records.write_bytes(gzip.decompress(options.poems.read_bytes()))
        with Index.create(Path(folder) / "index") as index:
            index.add(records, options=ReadOptions(whole=True), jobs=2)
            searcher = index._searcher()

            def ranking(how: Callable[..., Plan | None], text: str) -> None:
                planned = how(searcher, parse(text))
                if planned:
                    rank(searcher, planned.clause, 10, planned.rescorers)

            stems = speed(queries, lambda text: ranking(plain, text))
            every = speed(queries, lambda text: ranking(plan, text))
            print(f"ranking: stems alone {stems:.0f} QPS, all evidence {every:.0f} QPS, {stems / every:.2f} x the time")
            with patch("jooya.indexer.open_index.plan", plain):
                stems = speed(queries, index.search)
            every = speed(queries, index.search)
            print(f"search: stems alone {stems:.0f} QPS, all evidence {every:.0f} QPS, {stems / every:.2f} x the time")


def speed(queries: list[str], answer: Callable[[str], object]) -> float:
    took = 0.0
    for _ in range(2):
        begin = time.perf_counter()
        for text in queries:
            answer(text)
        took = time.perf_counter() - begin
    return len(queries) / took


if __name__ == "__main__":
    main()
