"""Measure whether a passage is found as well when the question, or the passage, is spelled differently: MRR@10.

    python benchmarks/respelling.py PASSAGES.jsonl QUERIES.tsv QRELS [--of passages] [--first N]

PASSAGES holds a JSON record {id, title, text} a line, and each is indexed as one passage. QUERIES holds `id<TAB>text`
lines, QRELS relevance judgements in the format of TREC. The spellings are those of `spelling_variants.py`.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from metrics import reciprocal_rank
from spelling_variants import VARIANTS

from jooya import Document, Index, ReadOptions
from jooya.analyzers import analysis


def main() -> None:
    """Parse the arguments and print MRR@10 for each spelling."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("qrels", type=Path)
    parser.add_argument(
        "--of",
        choices=["queries", "passages"],
        default="queries",
        help="what to spell differently (default: %(default)s)",
    )
    parser.add_argument("--first", type=int, metavar="N", help="use the first N queries only")
    options = parser.parse_args()

    records = [json.loads(line) for line in options.passages.read_text(encoding="utf-8").splitlines()]
    lines = options.queries.read_text(encoding="utf-8").splitlines()
    queries = [line.split("\t", 1) for line in lines][: options.first]
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in options.qrels.read_text(encoding="utf-8").splitlines():
        query, _, passage, grade = line.split()
        if int(grade) > 0:
            relevant[query].add(passage)

    def score(index: Index, spell: Callable[[str], str], known: dict[object, list[str]]) -> float:
        """Return MRR@10. Queries with the same terms have the same answer, so the index is asked once for each."""
        total = 0.0
        for query, text in queries:
            columns = analysis().columns(spell(text))
            terms = (tuple(columns.stems), tuple(columns.surfaces))
            if terms not in known:
                known[terms] = [passage for passage, _ in index.rank(spell(text), 10)]
            total += reciprocal_rank(known[terms], relevant[query])
        return total / len(queries)

    def built(folder: str, spell: Callable[[str], str]) -> Index:
        """Index the records, each as one passage, with their text spelled by `spell`."""
        index = Index.create(Path(folder) / "index")
        index.add(
            *(
                Document(record["id"], spell(record["text"]), title=spell(record.get("title") or "") or None)
                for record in records
            ),
            options=ReadOptions(whole=True),
        )
        return index

    print(f"{options.of} spelled differently: {len(queries)} queries, {len(records)} passages")
    with tempfile.TemporaryDirectory() as folder, built(folder, str) as index:
        known: dict[object, list[str]] = {}
        clean = score(index, str, known)
        print(f"{'clean':<26} MRR@10 {clean:.4f}")
        if options.of == "queries":
            for name, spell in VARIANTS.items():
                value = score(index, spell, known)
                print(f"{name:<26} MRR@10 {value:.4f}  {value / clean:.4f} of clean", flush=True)
            return
    for name, spell in VARIANTS.items():
        with tempfile.TemporaryDirectory() as folder, built(folder, spell) as index:
            value = score(index, str, {})
            print(f"{name:<26} MRR@10 {value:.4f}  {value / clean:.4f} of clean", flush=True)


if __name__ == "__main__":
    main()
