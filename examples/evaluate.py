"""Measure the answers of an index by judgements of which passages are right.

    python evaluate.py FOLDER QUERIES.tsv QRELS

QUERIES has `id<TAB>query` on each line, QRELS has TREC judgements: `query 0 passage relevance`. The judgements name
passages as a search does (`talks/water.txt#1`), so start the program in the folder that these names begin in. MRR@10 is
computed here; `jooya eval` has more measures (it needs `pip install "jooya[eval]"`).
"""

import sys
from collections import defaultdict
from pathlib import Path

from jooya import Index


def main(folder: str, queries_file: str, qrels_file: str) -> None:
    """Print the rank of the first right passage for each query, and MRR@10."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in Path(qrels_file).read_text(encoding="utf-8").splitlines():
        query, _, passage, relevance = line.split()
        if int(relevance) > 0:
            relevant[query].add(passage)
    total = 0.0
    with Index.open_or_create("index") as index:
        index.add(folder)
        for line in Path(queries_file).read_text(encoding="utf-8").splitlines():
            name, text = line.split("\t")
            ranked = [passage for passage, _ in index.rank(text, limit=10)]
            first = next((rank for rank, passage in enumerate(ranked, 1) if passage in relevant[name]), None)
            print(f"{name}: first right passage at rank {first}" if first else f"{name}: no right passage")
            total += 1 / first if first else 0.0
    print(f"MRR@10 {total / len(relevant):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
