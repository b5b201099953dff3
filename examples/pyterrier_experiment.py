"""Compare answers of an index in a PyTerrier experiment: as they are, and with the query written otherwise.

    python pyterrier_experiment.py FOLDER QUERIES.tsv QRELS

QUERIES has `id<TAB>query` on each line, QRELS has TREC judgements. It needs `pip install "jooya[pyterrier]"`.
"""

import sys
from pathlib import Path

import pandas as pd
import pyterrier as pt

from jooya import Index
from jooya.indexer.integrations.pyterrier import JooyaRetriever


def main(folder: str, queries_file: str, qrels_file: str) -> None:
    """Index the folder, and print the measures of both retrievers."""
    lines = Path(queries_file).read_text(encoding="utf-8").splitlines()
    topics = pd.DataFrame([line.split("\t") for line in lines], columns=["qid", "query"])
    with Index.open_or_create("index") as index:
        index.add(folder)
        plain = JooyaRetriever(index, num_results=100)
        first_word = pt.apply.query(lambda row: row["query"].split()[0]) >> plain
        table = pt.Experiment(
            [plain, first_word, 2 * plain + first_word],
            topics,
            pt.io.read_qrels(qrels_file),
            ["ndcg_cut_10", "recip_rank"],
            names=["all words", "first word", "both"],
        )
    print(table.round(4).to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
