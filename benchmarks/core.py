"""Measure the compiled core and its Python twin in turn with tantivy and Lucene, by processor time.

    pip install tantivy==0.27.0
    python benchmarks/core.py passages.jsonl.gz queries.tsv [--first N] [--jars FOLDER --java PATH] [--only PART]…

passages.jsonl.gz holds a JSON object {id, title, text} a line, queries.tsv lines of `id<TAB>words`. Lucene takes part
if `--jars` names a folder with its two jars (see `LuceneSpeed.java`). `--times N` gives each system the passages N
times, mixed, so that no two are alike.

The systems run in turn, several rounds of them, and each run is a process of its own. The best rate of each counts:
other programs on the machine can only make it slower. All rates are by the processor time of all threads and of the
processes that a run starts, but for "2 jobs", which are compared by wall time. Lucene's are by its one thread, without
what compiles and collects.

`--equal` does nothing but to index the passages with the core and with its twin, and to compare the files of both
indexes byte for byte. It needs no tantivy, and no titles.

Indexing: Jooya analyzes raw titles and texts; tantivy gets them folded by Jooya or by one plain function, and splits
them at spaces; Lucene has its PersianAnalyzer. Queries: the same folded words for all, ten hits, BM25 alone; and whole
questions to Jooya, as they were typed.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

from engine import Spaces, fold, peak_memory, size
from passage_mix import mixed

Record = dict[str, str]
Measures = dict[str, float]

_HITS = 10
_LONG = 40  # words of a long question
_LONG_QUESTIONS = 200


class Task(NamedTuple):
    """The input of a run: a file of JSON lines, the queries, and an empty folder."""

    passages: Path
    queries: list[str]
    folder: Path


def processor_time() -> float:
    """Return the seconds of processor time that this process and its ended children have taken."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def records(path: Path) -> Iterator[Record]:
    """Yield the object of each line."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def rates(answer: Callable[[Any], object], queries: list[Any], name: str) -> Measures:
    """Return queries a second, and percentiles in milliseconds, of the better of two rounds after one to warm up."""
    best: list[float] = []
    for number in range(3):
        taken = []
        for query in queries:
            began = time.process_time()
            answer(query)
            taken.append(time.process_time() - began)
        if number and (not best or sum(taken) < sum(best)):
            best = taken
    best.sort()
    return {
        name: len(best) / sum(best),
        f"{name} p50": 1e3 * statistics.median(best),
        f"{name} p95": 1e3 * best[int(len(best) * 0.95)],
    }


# The functions from here to `alone` run in processes of their own; each imports its system itself.


def jooya_documents(task: Task) -> Measures:
    from jooya import Document, Index  # noqa: PLC0415

    began, count = processor_time(), 0
    with Index.create(task.folder) as index:
        documents = (Document(row["id"], row["text"], row.get("title"), whole=True) for row in records(task.passages))
        count = index.add(*documents).new
    return {"rate": count / (processor_time() - began), "MB": size(task.folder), "memory": peak_memory()}


def jooya_in_one_commit(task: Task) -> Measures:
    """Index without the commits in between, whose number depends on the time that it takes."""
    from jooya.indexer.ingest import sync  # noqa: PLC0415

    sync.CHECKPOINT = float("inf")
    return jooya_documents(task)


def jooya_file(task: Task, jobs: int = 1) -> Measures:
    from jooya import Index, ReadOptions  # noqa: PLC0415

    began, wall = processor_time(), time.perf_counter()
    with Index.create(task.folder) as index:
        count = index.add(task.passages, options=ReadOptions(whole=True), jobs=jobs).new
    wall = time.perf_counter() - wall
    seconds = wall if jobs > 1 else processor_time() - began
    return {"rate": count / seconds, "wall": count / wall, "MB": size(task.folder), "memory": peak_memory()}


def jooya_two_jobs(task: Task) -> Measures:
    return jooya_file(task, jobs=2)


def jooya_plain(task: Task) -> Measures:
    """Index and search words between spaces, as the others do."""
    from whoosh.fields import ID, TEXT, Schema  # noqa: PLC0415

    from jooya.indexer.codec.snapshot import Snapshot  # noqa: PLC0415
    from jooya.indexer.ranking.clauses import And, Or, Phrase, Term  # noqa: PLC0415
    from jooya.indexer.ranking.collector import rank  # noqa: PLC0415
    from jooya.indexer.ranking.searcher import IndexSearcher  # noqa: PLC0415
    from jooya.indexer.whoosh.column_index import ColumnIndex  # noqa: PLC0415

    schema = Schema(id=ID(stored=True), text=TEXT(analyzer=Spaces(), stored=True))
    folded = [(row["id"], fold(row["text"])) for row in records(task.passages)]
    began = processor_time()
    with ColumnIndex.create(task.folder, schema).writer() as writer:
        for key, text in folded:
            writer.add_document(id=key, text=text)
    measures = {"folded": len(folded) / (processor_time() - began)}
    searcher = IndexSearcher(Snapshot.open(task.folder))
    words = [tuple(word.encode() for word in fold(query).split()) for query in task.queries]
    terms = [tuple(Term("text", word) for word in query) for query in words]
    for name, clauses in (
        ("any", [Or(query) for query in terms]),
        ("all", [And(query) for query in terms]),
        ("phrase", [Phrase("text", query) for query in words]),
    ):
        measures |= rates(lambda clause: rank(searcher, clause, _HITS), clauses, name)
    return measures


def jooya_questions(task: Task) -> Measures:
    """Answer whole questions; the folder has the index of them all."""
    from jooya import Index  # noqa: PLC0415

    texts = [row["text"].split() for row in islice(records(task.passages), 20 * _LONG_QUESTIONS)]
    long = [" ".join(words[:_LONG]) for words in texts if len(words) >= _LONG][:: max(1, len(texts) // _LONG_QUESTIONS)]
    with Index.open(task.folder) as index:
        measures = rates(lambda query: index.rank(query, _HITS), task.queries, "rank")
        for name, queries in (("search", task.queries), ("long", long)):
            measures |= rates(lambda query: [hit.text for hit in index.search(query, _HITS)], queries, name)
    return measures


def tantivy(task: Task, folded: Callable[[str], str]) -> Measures:
    import tantivy as system  # noqa: PLC0415

    builder = system.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("title", stored=True, tokenizer_name="whitespace")
    builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
    began, count = processor_time(), 0
    index = system.Index(builder.build(), str(task.folder))
    writer = index.writer(128_000_000, 1)
    for row in records(task.passages):
        writer.add_document(system.Document(id=row["id"], title=folded(row["title"]), text=folded(row["text"])))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    measures = {"rate": count / (processor_time() - began), "MB": size(task.folder), "memory": peak_memory()}
    index.reload()
    schema, searcher = index.schema, index.searcher()

    def words(query: list[str], occur: Any) -> Any:
        return system.Query.boolean_query([(occur, system.Query.term_query(schema, "text", word)) for word in query])

    def phrase(query: list[Any]) -> Any:
        if len(query) == 1:
            return system.Query.term_query(schema, "text", query[0])
        return system.Query.phrase_query(schema, "text", query)

    split = [folded(query).split() for query in task.queries]
    for name, queries in (
        ("any", [words(query, system.Occur.Should) for query in split]),
        ("all", [words(query, system.Occur.Must) for query in split]),
        ("phrase", [phrase(query) for query in split]),
    ):
        measures |= rates(lambda query: searcher.search(query, _HITS, count=False), queries, name)
    return measures


def tantivy_folded(task: Task) -> Measures:
    from jooya.analyzers import fold as jooya_fold  # noqa: PLC0415

    return tantivy(task, jooya_fold)


def tantivy_plain(task: Task) -> Measures:
    return tantivy(task, fold)


def lucene(task: Task, java: str, jars: Path, analyzer: str) -> Measures:
    """Run `LuceneSpeed.java` on raw text, or on folded text if its analyzer is to split at spaces."""
    prepared: Callable[[str], str] = fold if analyzer == "spaces" else lambda text: " ".join(text.split())
    passages, queries = task.folder / "passages.tsv", task.folder / "queries.txt"
    with passages.open("w", encoding="utf-8") as rows:
        rows.writelines(
            f"{row['id']}\t{prepared(row['title'])}\t{prepared(row['text'])}\n" for row in records(task.passages)
        )
    queries.write_text("".join(f"{prepared(query)}\n" for query in task.queries), encoding="utf-8")
    program = Path(__file__).with_name("LuceneSpeed.java")
    command = [
        java,
        "-cp",
        f"{jars}/*",
        str(program),
        analyzer,
        str(passages),
        str(queries),
        str(task.folder / "index"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: float(value) for name, value in lines} | {"MB": size(task.folder / "index")}


def cold(index: Path, query: str) -> Measures:
    """Measure the processor time of a whole `jooya search` and of importing what it cannot do without, in turn."""
    program = str(Path(sys.executable).parent / "jooya")
    commands = {
        "jooya": [program, "search", "-i", str(index), query],
        "imports": [sys.executable, "-c", "import click, numpy"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(15):
        for name, command in commands.items():
            began = processor_time()
            subprocess.run(command, check=True, capture_output=True)
            taken[name].append(processor_time() - began)
    return {name: 1e3 * statistics.median(seconds) for name, seconds in taken.items()}


def compare_twins(passages: Path, folder: Path) -> None:
    """Index passages with the compiled core and with its twin, and compare their files byte for byte."""
    folders = {pure: folder / f"pure-{pure}" for pure in (False, True)}
    for pure, path in folders.items():
        path.mkdir()
        alone(jooya_in_one_commit, Task(passages, [], path), pure=pure)
    core, twin = (
        {file.name: file.read_bytes() for file in path.iterdir() if file.name != "write.lock"}
        for path in folders.values()
    )
    if core != twin:
        sys.exit(f"core and twin differ: {', '.join(sorted(core))}; {', '.join(sorted(twin))}")
    print(f"equal: {', '.join(f'{name} ({len(content):,} bytes)' for name, content in core.items())}")


def alone(function: Callable[..., Measures], *arguments: Any, pure: bool = False) -> Measures:
    """Call a function in a new process, which uses the Python twin if `pure`."""
    os.environ["JOOYA_PURE"] = "1" if pure else "0"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> None:
    """Parse the arguments, run everything in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path, help="JSON lines with `id`, `title` and `text`, gzipped")
    parser.add_argument("queries", type=Path, help="lines of `id<TAB>words`")
    parser.add_argument("--first", type=int, metavar="N", help="use the first N passages only")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="the passages N times, mixed")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="runs of each system (default: %(default)s)")
    parser.add_argument("--jars", type=Path, metavar="FOLDER", help="the folder of Lucene's jars")
    parser.add_argument("--java", default="java", metavar="PATH", help="the command of Java, 21 or later")
    parser.add_argument(
        "--only",
        action="append",
        metavar="PART",
        help="only the system PART, or those that have it in their names; repeatable",
    )
    parser.add_argument("--equal", action="store_true", help="only compare the indexes of the core and of its twin")
    options = parser.parse_args()
    queries = [line.partition("\t")[2] for line in options.queries.read_text(encoding="utf-8").splitlines()]
    systems: dict[str, tuple[Callable[..., Measures], tuple[Any, ...], bool]] = {
        "tantivy, Jooya's fold": (tantivy_folded, (), False),
        "tantivy, plain fold": (tantivy_plain, (), False),
        "Jooya, documents": (jooya_documents, (), False),
        "Jooya, documents, twin": (jooya_documents, (), True),
        "Jooya, a file": (jooya_file, (), False),
        "Jooya, a file, 2 jobs (wall)": (jooya_two_jobs, (), False),
        "Jooya, plain words": (jooya_plain, (), False),
        "Jooya, plain words, twin": (jooya_plain, (), True),
        "Jooya, questions": (jooya_questions, (), False),
        "Jooya, questions, twin": (jooya_questions, (), True),
    }
    if options.jars:
        for analyzer in ("persian", "spaces"):
            systems[f"Lucene, {analyzer}"] = (lucene, (options.java, options.jars, analyzer), False)
    chosen = [
        name
        for name in systems
        if any(part == name or (part not in systems and part in name) for part in options.only or [""])
    ]
    results: dict[str, list[Measures]] = {name: [] for name in chosen}
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        raw, index = tmp / "passages.jsonl", tmp / "index"
        opened: Any = gzip.open if options.passages.suffix == ".gz" else open
        with opened(options.passages, "rt", encoding="utf-8") as lines, raw.open("w", encoding="utf-8") as out:
            out.writelines(mixed(list(islice(lines, options.first)), options.times))
        if options.equal:
            compare_twins(raw, tmp)
            return
        index.mkdir()
        if any("questions" in system for system in chosen):
            alone(jooya_file, Task(raw, [], index))
        for number, system in islice(cycle(enumerate(chosen)), options.rounds * len(chosen)):
            function, arguments, pure = systems[system]
            with tempfile.TemporaryDirectory(dir=tmp) as folder:
                task = Task(raw, queries, index if "questions" in system else Path(folder))
                results[system].append(alone(function, task, *arguments, pure=pure))
            print(f"\r{number + 1}/{len(chosen)}", end="", file=sys.stderr)
        waits = alone(cold, index, queries[0]) if (index / "toc.json").exists() else None
    columns = ["rate", "wall", "folded", "any", "all", "phrase", "rank", "search"]
    print("\r" + " " * 30 + "".join(f"{column:>9}" for column in [*columns, "long p95", "MB", "peak MB"]))
    for system, runs in results.items():
        best = [max((run[column] for run in runs if column in run), default=None) for column in columns]
        least = [min((run[column] for run in runs if column in run), default=None) for column in ("long p95",)]
        last = [runs[-1].get(column) for column in ("MB", "memory")]
        cells = [f"{'' if value is None else f'{value:,.0f}':>9}" for value in best]
        cells += [f"{'' if value is None else f'{value:,.1f}':>9}" for value in [*least, *last]]
        print(f"{system:<30}{''.join(cells)}")
    for system, runs in results.items():
        for name in ("any", "all", "phrase", "rank", "search", "long"):
            if f"{name} p50" in runs[-1]:
                p50, p95 = (min(run[f"{name} {part}"] for run in runs) for part in ("p50", "p95"))
                print(f"{system}, {name}: p50 {p50:.2f} ms, p95 {p95:.2f} ms")
    if waits:
        print(f"cold: jooya search {waits['jooya']:.0f} ms, import click, numpy {waits['imports']:.0f} ms")


if __name__ == "__main__":
    main()
