"""Answers of Lucene's PersianAnalyzer and BM25, by the program in `LuceneSearch.java`."""

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from query_sets import QuerySet

from jooya import Document

_PROGRAM = Path(__file__).with_name("LuceneSearch.java")


def lucene_answers(
    java: str, jars: Path, documents: list[Document], one: QuerySet, k1: float, b: float
) -> Iterator[list[str]]:
    """Yield the best documents for each query of a set.

    Args:
        java: The command of Java.
        jars: The folder of Lucene's jars.
        documents: The documents, each indexed whole.
        one: The queries.
        k1: The parameter of BM25.
        b: The parameter of BM25.
    """
    with tempfile.TemporaryDirectory() as folder:
        passages, queries = Path(folder) / "passages.tsv", Path(folder) / "queries.tsv"
        _write(passages, [(document.key, document.text) for document in documents])
        _write(queries, [(str(number), query.text) for number, query in enumerate(one.queries)])
        hits = "1000" if one.measure == "MAP" else "10"
        command = [java, "-cp", f"{jars}/*", str(_PROGRAM), str(passages), str(queries), str(k1), str(b), hits]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for line in done.stdout.splitlines():
        query, _, key, *_ = line.split(" ")
        found[int(query)].append(key)
    for number in range(len(one.queries)):
        yield found[number]


def _write(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write rows of an id and a text, whose white space becomes single spaces."""
    path.write_text("".join(f"{key}\t{' '.join(text.split())}\n" for key, text in rows), encoding="utf-8")
