"""Measure the answers of an index with ir-measures, by any of its measures.

    python ir_measures_run.py FOLDER QUERIES.tsv QRELS MEASURE…

QUERIES has `id<TAB>query` on each line, QRELS has TREC judgements. It needs `pip install "jooya[ir]"`. With a dataset
of ir-datasets, `dataset.docs_iter()`, `dataset.queries_iter()` and `dataset.qrels_iter()` take the place of the files.
"""

import sys
from pathlib import Path

import ir_measures

from jooya import Index
from jooya.indexer.integrations.ir_evaluation import run_of


def main(folder: str, queries_file: str, qrels_file: str, *measures: str) -> None:
    """Index the folder and print each measure."""
    lines = Path(queries_file).read_text(encoding="utf-8").splitlines()
    queries = dict(line.split("\t") for line in lines)
    with Index.open_or_create("index") as index:
        index.add(folder)
        run = list(run_of(index, queries))
    wanted = [ir_measures.parse_measure(name) for name in measures]
    found = ir_measures.calc_aggregate(wanted, ir_measures.read_trec_qrels(qrels_file), run)
    for measure in wanted:
        print(f"{measure} {found[measure]:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
