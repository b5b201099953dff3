"""Measure what the ranking costs beyond BM25 of stems: titles, words as typed, and the rescoring by nearness.

    python benchmarks/rescoring.py POEMS.jsonl.gz QUERIES.tsv

The program asks for the ten best of all passages of POEMS, in one process and thread, and prints queries a second: by
BM25 of the stems alone, and as Jooya ranks. Both start from the query as it was typed. It measures ranking alone, and a
whole search, which reads the stored passages and makes hits. The second of two rounds counts.
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from jooya import Index, ReadOptions
from jooya.indexer.query.highlight_terms import NO_HIGHLIGHT_TERMS
from jooya.indexer.query.parser import parse
from jooya.indexer.query.planner import QueryPlan, plan
from jooya.indexer.query.query_words import query_words
from jooya.indexer.query.tree import ParsedQuery
from jooya.indexer.ranking.clauses import Or, Term
from jooya.indexer.ranking.collector import rank
from jooya.indexer.ranking.searcher import IndexSearcher


def stems_alone(_searcher: IndexSearcher, parsed: ParsedQuery, *_: object) -> QueryPlan:
    """Plan a query as BM25 of its stems, without rescorers."""
    text = " ".join(getattr(item.node, "text", "") for item in parsed.tree.items)
    stems = dict.fromkeys(stem for word in query_words(text) for stem in (*word.stems, *word.parts))
    return QueryPlan(Or(tuple([Term("text", stem.encode()) for stem in stems])), (), NO_HIGHLIGHT_TERMS, [])


def stems_alone_planned() -> AbstractContextManager[object]:
    """Let `Index.search` plan queries by `stems_alone` within a `with` block."""
    return patch("jooya.indexer.open_index.plan", stems_alone)


def main() -> None:
    """Index the poems and print both rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("poems", type=Path, help="JSON lines with a `text` each, gzipped")
    parser.add_argument("queries", type=Path, help="lines of `id<TAB>text`")
    options = parser.parse_args()
    queries = [line.split("\t", 1)[1] for line in options.queries.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "poems.jsonl"
        records.write_bytes(gzip.decompress(options.poems.read_bytes()))
        with Index.create(Path(folder) / "index") as index:
            index.add(records, options=ReadOptions(whole=True), jobs=2)
            searcher = index._searcher()

            def ranking(planner: Callable[..., QueryPlan | None], text: str) -> None:
                planned = planner(searcher, parse(text))
                if planned:
                    rank(searcher, planned.clause, 10, planned.rescorers)

            stems = queries_per_second(queries, lambda text: ranking(stems_alone, text))
            full = queries_per_second(queries, lambda text: ranking(plan, text))
            print(f"ranking: stems alone {stems:.0f} QPS, full ranking {full:.0f} QPS, {stems / full:.2f} x the time")
            with stems_alone_planned():
                stems = queries_per_second(queries, index.search)
            full = queries_per_second(queries, index.search)
            print(f"search: stems alone {stems:.0f} QPS, full ranking {full:.0f} QPS, {stems / full:.2f} x the time")


def queries_per_second(queries: list[str], answer: Callable[[str], object]) -> float:
    """Return the rate of the second of two rounds."""
    took = 0.0
    for _ in range(2):
        begin = time.perf_counter()
        for text in queries:
            answer(text)
        took = time.perf_counter() - begin
    return len(queries) / took


if __name__ == "__main__":
    main()
