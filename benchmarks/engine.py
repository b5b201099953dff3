"""Measure indexing and querying of many passages: Jooya against tantivy, bm25s and stock Whoosh.

    pip install tantivy==0.27.0 bm25s==0.3.16 Whoosh-Reloaded==2.7.5
    python benchmarks/engine.py passages.jsonl.gz queries.tsv [--first N]

passages.jsonl.gz holds a JSON object {id, text} a line, queries.tsv lines of `id<TAB>words`. Each system runs in a
process of its own.

All systems get the same text, folded by one plain function; only for the last lines of the first table does Jooya read
and analyze the raw file. The queries are the same trees for all (any word, all words, the words as a phrase), for the
ten best, without reading stored text; the second of two rounds counts. bm25s ranks by any word only. Stock Whoosh gets
the first 20,000 passages and 200 queries, and Jooya gets the same for comparison. `--first` is for trying the program:
with few passages the figures say little.
"""

import argparse
import gzip
import json
import multiprocessing
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

Passages = list[tuple[str, str]]

_LETTERS = str.maketrans("يكأإٱؤئةۀ\u200c", "یکاااویهه ", "\u0640\u0654\u0670" + "".join(map(chr, range(0x64B, 0x660))))
_WORD = re.compile(r"[^\W_]+")
SOME, SOME_QUERIES = 20_000, 200  # for stock Whoosh


def fold(text: str) -> str:
    """Fold the letters of a text, and put spaces between its words."""
    return " ".join(_WORD.findall(text.translate(_LETTERS)))


def passages(path: Path) -> Iterable[tuple[str, str]]:
    """Yield the id and the text of each passage."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield record["id"], record["text"]


def peak_memory() -> float:
    """Return the largest amount of memory that this process has had, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def anonymous_memory() -> float:
    """Return the memory of this process that does not map files, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def size(folder: Path) -> float:
    """Return the size of all files in a folder, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def timed(answer: Callable[[Any], object], queries: list[Any]) -> dict[str, float]:
    """Return queries a second, and the median and 95th percentile in milliseconds, of the second of two rounds."""
    for _ in range(2):
        taken = []
        for query in queries:
            began = time.perf_counter()
            answer(query)
            taken.append(time.perf_counter() - began)
    taken.sort()
    return {
        "qps": len(taken) / sum(taken),
        "p50": 1e3 * statistics.median(taken),
        "p95": 1e3 * taken[int(len(taken) * 0.95)],
    }


# The functions from here to `alone` run in a process of their own. Each imports its system itself, so that the memory
# of a process is that of one system. Most get the folded passages and queries, and a folder, and return their
# measurements by name.


class Spaces:
    """The analyzer of Jooya in this benchmark: the words between spaces."""

    def terms(self, value: str) -> tuple[list[str], range]:
        words = value.split()
        return words, range(len(words))


def jooya_index(folded: Passages, _queries: list[str], folder: Path) -> dict[str, Any]:
    from whoosh.fields import ID, TEXT, Schema  # noqa: PLC0415

    from jooya.indexer.whoosh.column_index import ColumnIndex  # noqa: PLC0415

    before = peak_memory()
    began = time.perf_counter()
    schema = Schema(id=ID(stored=True), text=TEXT(analyzer=Spaces(), stored=True))
    with ColumnIndex.create(folder, schema).writer() as writer:
        for key, text in folded:
            writer.add_document(id=key, text=text)
    return {"rate": len(folded) / (time.perf_counter() - began), "memory": peak_memory() - before, "size": size(folder)}


def jooya_search(_folded: Passages, queries: list[str], folder: Path) -> dict[str, Any]:
    from jooya.indexer.codec.snapshot import Snapshot  # noqa: PLC0415
    from jooya.indexer.ranking.clauses import And, Or, Phrase, Term  # noqa: PLC0415
    from jooya.indexer.ranking.collector import rank  # noqa: PLC0415
    from jooya.indexer.ranking.searcher import IndexSearcher  # noqa: PLC0415

    before = anonymous_memory()
    opening = []
    for _ in range(50):
        began = time.perf_counter()
        searcher = IndexSearcher(Snapshot.open(folder))
        opening.append(time.perf_counter() - began)
    words = [tuple(word.encode() for word in query.split()) for query in queries]
    terms = [tuple(Term("text", word) for word in query) for query in words]
    return {
        "any": timed(lambda query: rank(searcher, query, 10), [Or(query) for query in terms]),
        "all": timed(lambda query: rank(searcher, query, 10), [And(query) for query in terms]),
        "phrase": timed(lambda query: rank(searcher, query, 10), [Phrase("text", query) for query in words]),
        "opening": 1e3 * statistics.median(opening),
        "memory": anonymous_memory() - before,
    }


def tantivy_index(folded: Passages, _queries: list[str], folder: Path) -> dict[str, Any]:
    import tantivy  # noqa: PLC0415

    before = peak_memory()
    began = time.perf_counter()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
    index = tantivy.Index(builder.build(), str(folder))
    writer = index.writer(128_000_000, 1)
    for key, text in folded:
        writer.add_document(tantivy.Document(id=key, text=text))
    writer.commit()
    writer.wait_merging_threads()
    return {"rate": len(folded) / (time.perf_counter() - began), "memory": peak_memory() - before, "size": size(folder)}


def tantivy_search(_folded: Passages, queries: list[str], folder: Path) -> dict[str, Any]:
    import tantivy  # noqa: PLC0415

    index = tantivy.Index.open(str(folder))
    index.reload()
    schema, searcher = index.schema, index.searcher()

    def words(query: str, occur: Any) -> Any:
        terms = [tantivy.Query.term_query(schema, "text", word) for word in query.split()]
        return tantivy.Query.boolean_query([(occur, term) for term in terms])

    def phrase(query: str) -> Any:
        several: list[Any] = query.split()
        if len(several) == 1:
            return tantivy.Query.term_query(schema, "text", query)
        return tantivy.Query.phrase_query(schema, "text", several)

    def answer(query: Any) -> Any:
        return searcher.search(query, 10, count=False)

    return {
        "any": timed(answer, [words(query, tantivy.Occur.Should) for query in queries]),
        "all": timed(answer, [words(query, tantivy.Occur.Must) for query in queries]),
        "phrase": timed(answer, [phrase(query) for query in queries]),
    }


def bm25s_both(folded: Passages, queries: list[str], folder: Path) -> dict[str, Any]:
    import bm25s  # noqa: PLC0415

    before = peak_memory()
    began = time.perf_counter()
    retriever = bm25s.BM25()
    retriever.index([text.split() for _, text in folded], show_progress=False)
    retriever.save(str(folder))
    rate = len(folded) / (time.perf_counter() - began)
    retriever = bm25s.BM25.load(str(folder), mmap=True)
    split = [[query.split()] for query in queries]
    found = timed(lambda query: retriever.retrieve(query, k=10, show_progress=False), split)
    return {"rate": rate, "size": size(folder), "memory": peak_memory() - before, "any": found}


def whoosh_both(folded: Passages, queries: list[str], folder: Path) -> dict[str, Any]:
    from whoosh import index, query  # noqa: PLC0415
    from whoosh.analysis import RegexTokenizer  # noqa: PLC0415
    from whoosh.fields import ID, TEXT, Schema  # noqa: PLC0415

    schema = Schema(id=ID(stored=True), text=TEXT(analyzer=RegexTokenizer(r"\S+"), stored=True))
    began = time.perf_counter()
    writer = index.create_in(folder, schema).writer(limitmb=256)
    for key, text in folded[:SOME]:
        writer.add_document(id=key, text=text)
    writer.commit()
    rate = min(SOME, len(folded)) / (time.perf_counter() - began)
    trees = [query.Or([query.Term("text", word) for word in q.split()]) for q in queries[:SOME_QUERIES]]
    with index.open_dir(folder).searcher() as searcher:
        return {"rate": rate, "any": timed(lambda tree: list(searcher.search(tree, limit=10).items()), trees)}


def raw_index(path: Path, folder: Path, jobs: int) -> dict[str, Any]:
    """Index a file of records through the Persian analyzer."""
    from jooya import Index, ReadOptions  # noqa: PLC0415

    began = time.perf_counter()
    with Index.create(folder) as index:
        count = index.add(path, options=ReadOptions(whole=True), jobs=jobs).new
    return {
        "rate": count / (time.perf_counter() - began),
        "memory": peak_memory(),
        "size": size(folder),
    }


def plain_folding(path: Path) -> dict[str, Any]:
    """Measure the folding that the other systems are spared."""
    texts = [text for _, text in passages(path)]
    began = time.perf_counter()
    for text in texts:
        fold(text)
    return {"rate": len(texts) / (time.perf_counter() - began)}


def cold(folder: Path, query: str) -> dict[str, float]:
    """Measure a whole `jooya search` and `python -c "import click"`, in turn."""
    jooya = Path(sys.executable).parent / "jooya"
    commands = {
        "jooya": [str(jooya), "search", "-i", str(folder), query],
        "click": [sys.executable, "-c", "import click"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(31):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken[name].append(time.perf_counter() - began)
    return {name: 1e3 * statistics.median(seconds) for name, seconds in taken.items()}


def alone(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Call a function in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> None:
    """Parse the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path, help="JSON lines with `id` and `text`, gzipped")
    parser.add_argument("queries", type=Path, help="lines of `id<TAB>words`")
    parser.add_argument("--first", type=int, metavar="N", help="use the first N passages only")
    options = parser.parse_args()
    source = options.passages
    folded = [(key, fold(text)) for key, text in islice(passages(source), options.first)]
    queries = [fold(line.partition("\t")[2]) for line in options.queries.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        for part in ("jooya", "tantivy", "bm25s", "whoosh", "some", "tenth", "raw", "raw2"):
            (tmp / part).mkdir()
        raw = tmp / "passages.jsonl"
        with gzip.open(source, "rb") as lines:
            raw.write_bytes(b"".join(islice(lines, options.first)))
        tenth = folded[::10]

        ours = alone(jooya_index, folded, [], tmp / "jooya")
        theirs = alone(tantivy_index, folded, [], tmp / "tantivy")
        bm25s = alone(bm25s_both, folded, queries, tmp / "bm25s")
        whoosh = alone(whoosh_both, folded, queries, tmp / "whoosh")
        folding = alone(plain_folding, source)
        one, two = alone(raw_index, raw, tmp / "raw", 1), alone(raw_index, raw, tmp / "raw2", 2)
        print("indexing                       passages/s   times   MB on disk   MB more memory")
        for label, row in (("tantivy, 1 thread", theirs), ("Jooya", ours), ("bm25s", bm25s)):
            ratio = row["rate"] / theirs["rate"]
            print(f"{label:<30} {row['rate']:>10,.0f} {ratio:>7.2f} {row['size']:>12.1f} {row['memory']:>16.0f}")
        print(f"{'stock Whoosh (20,000)':<30} {whoosh['rate']:>10,.0f} {whoosh['rate'] / theirs['rate']:>7.3f}")
        with_folding = 1 / (1 / theirs["rate"] + 1 / folding["rate"])
        print(f"{'folding and tantivy':<30} {with_folding:>10,.0f} {1:>7.2f}")
        for label, row in (("Jooya, raw text", one), ("Jooya, raw text, 2 processes", two)):
            ratio = row["rate"] / with_folding
            print(f"{label:<30} {row['rate']:>10,.0f} {ratio:>7.2f} {row['size']:>12.1f} {row['memory']:>10.0f} in all")

        ours, theirs = (
            alone(jooya_search, [], queries, tmp / "jooya"),
            alone(tantivy_search, [], queries, tmp / "tantivy"),
        )
        print("\nqueries                        any word: QPS    p50    p95   all words: QPS   phrase: QPS")
        for label, row in (("tantivy", theirs), ("Jooya", ours), ("bm25s", bm25s)):
            several = f"{row['all']['qps']:>16,.0f} {row['phrase']['qps']:>13,.0f}" if "all" in row else ""
            found = row["any"]
            print(f"{label:<30} {found['qps']:>13,.0f} {found['p50']:>6.2f} {found['p95']:>6.2f} {several}")
        alone(jooya_index, folded[:SOME], [], tmp / "some")
        some = alone(jooya_search, [], queries[:SOME_QUERIES], tmp / "some")
        for label, row in (("stock Whoosh (20,000)", whoosh), ("Jooya (20,000)", some)):
            found = row["any"]
            print(f"{label:<30} {found['qps']:>13,.0f} {found['p50']:>6.2f} {found['p95']:>6.2f}")
        print(f"Jooya searching: {ours['memory']:.0f} MB more memory, beside mapped files")

        small = alone(jooya_index, tenth, [], tmp / "tenth")
        few = alone(jooya_search, [], queries, tmp / "tenth")
        whole = alone(jooya_index, folded, [], tmp / "jooya")
        times = len(folded) / whole["rate"] / (len(tenth) / small["rate"])
        print(
            f"\ngrowth, 10 times the passages: indexing {times:.1f} times as long, median query "
            f"{ours['any']['p50'] / few['any']['p50']:.1f}, opening {ours['opening'] / few['opening']:.2f} "
            f"({few['opening']:.2f} and {ours['opening']:.2f} ms)"
        )
        waits = cold(tmp / "raw", queries[0])
        print(
            f"cold start: jooya search {waits['jooya']:.0f} ms, {waits['jooya'] / waits['click']:.2f} times "
            f"import click ({waits['click']:.0f} ms)"
        )


if __name__ == "__main__":
    main()
