"""Measure what each part of the ranking contributes: MRR@10, and the share of queries whose passage is not first.

    pip install tantivy==0.27.0
    python benchmarks/ranking.py PASSAGES.jsonl QUERIES.tsv QRELS --poetry POEMS.jsonl.gz --colloquial DEV.tsv

PASSAGES and POEMS hold a JSON record {id, title, text} a line, QUERIES lines of `id<TAB>text`, QRELS relevance
judgements in the format of TREC. Each line of DEV holds a colloquial sentence, its standard spelling and a formal
paraphrase. The program makes six sets of these:

    questions    all queries, on the passages as they are
    sentences    a third of the queries, on single sentences (any sentence of a relevant passage counts)
    articles     the same, on texts of three passages with Arabic letters and without half-spaces
    long         the queries of 15 words or more, on the passages as they are
    poems        3 or 4 of 5 neighbouring words, shuffled, from one of 20,000 poems
    colloquial   the first 4 words of each colloquial sentence, on the formal sentences
"""

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from metrics import reciprocal_rank
from spelling_variants import VARIANTS as SPELLINGS

from jooya import Document, Index
from jooya.analyzers import fold
from jooya.indexer.ranking.bm25 import BM25

Query = tuple[str, set[str]]

_SENTENCE_END = re.compile(r"(?<=[.!؟])\s+")
_SYNTAX = re.compile(r'["«»“”()*~^+]|(?<!\S)-|\b(?:AND|OR|NOT)\b')

VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "BM25 of stems alone": {"TITLE_WEIGHT": 1e-9, "EXACT_WEIGHT": 1e-9, "PAIR_WEIGHT": 0.0, "STOP_WEIGHT": 1.0},
    "without titles": {"TITLE_WEIGHT": 1e-9},
    "without words as typed": {"EXACT_WEIGHT": 0.0},
    "without nearness": {"PAIR_WEIGHT": 0.0},
    "stop words count in full": {"STOP_WEIGHT": 1.0},
    "stop words 0.1": {"STOP_WEIGHT": 0.1},
    "titles 0.1": {"TITLE_WEIGHT": 0.1},
    "titles 0.6": {"TITLE_WEIGHT": 0.6},
    "words as typed 0.2": {"EXACT_WEIGHT": 0.2},
    "words as typed 0.8": {"EXACT_WEIGHT": 0.8},
    "nearness 0.25": {"PAIR_WEIGHT": 0.25},
    "nearness 1": {"PAIR_WEIGHT": 1.0},
    "k1 0.4, b 0.4": {"BM25": BM25(0.4, 0.4)},
    "k1 0.9, b 0.4": {"BM25": BM25(0.9, 0.4)},
    "k1 1.2, b 0.75": {"BM25": BM25(1.2, 0.75)},
    "rescore window 10": {"RESCORE_WINDOW": 10},
    "rescore window 100": {"RESCORE_WINDOW": 100},
}


class QuerySet(NamedTuple):
    """Documents, and queries with the keys of their relevant documents."""

    name: str
    documents: list[Document]
    queries: list[Query]


def main() -> None:
    """Parse the arguments and print a line for each variant of the ranking."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("passages", "queries", "qrels"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--poetry", type=Path, required=True, metavar="POEMS", help="poems as gzipped JSON lines")
    parser.add_argument("--colloquial", type=Path, required=True, metavar="DEV", help="sentences, as described above")
    options = parser.parse_args()
    sets = [
        *from_questions(options.passages, options.queries, options.qrels),
        poems(options.poetry),
        colloquial(options.colloquial),
    ]
    print(f"{'':<26}", *[f"{one.name + f' ({len(one.queries)})':>20}" for one in sets])
    with tempfile.TemporaryDirectory() as folder:
        indexes = [built(Path(folder) / one.name, one) for one in sets]
        for variant, changes in VARIANTS.items():
            with changed(changes):
                row = [quality(jooya_answers(path, one.queries), one) for path, one in zip(indexes, sets, strict=True)]
            print(f"{variant:<26}", *[f"{cell:>20}" for cell in row], flush=True)
    row = [quality(tantivy_answers(one), one) for one in sets]
    print(f"{'tantivy, folded text':<26}", *[f"{cell:>20}" for cell in row])


def from_questions(passages: Path, queries: Path, qrels: Path) -> Iterator[QuerySet]:
    """Make the four sets of questions, "questions" first."""
    records = [json.loads(line) for line in passages.read_text(encoding="utf-8").splitlines()]
    asked = dict(line.split("\t", 1) for line in queries.read_text(encoding="utf-8").splitlines())
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in qrels.read_text(encoding="utf-8").splitlines():
        query, _, passage, grade = line.split()
        if int(grade) > 0:
            relevant[query].add(passage)
    all_queries = [(text, relevant[query]) for query, text in asked.items()]
    documents = [Document(record["id"], record["text"], record["title"], whole=True) for record in records]
    yield QuerySet("questions", documents, all_queries)
    sentences: list[Document] = []
    sentences_of: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        for number, text in enumerate(_SENTENCE_END.split(document.text)):
            if len(text.split()) >= 3:
                sentences.append(Document(f"{document.key}.{number}", text, document.title, whole=True))
                sentences_of[document.key].add(sentences[-1].key)
    some = all_queries[::3]
    yield QuerySet(
        "sentences", sentences, [(text, set().union(*(sentences_of[key] for key in keys))) for text, keys in some]
    )
    articles = []
    within: dict[str, str] = {}
    for first in range(0, len(documents), 3):
        part = documents[first : first + 3]
        text = SPELLINGS["Arabic letters"](SPELLINGS["half-space removed"](" ".join(one.text for one in part)))
        articles.append(Document(part[0].key, text, part[0].title, whole=True))
        within |= {one.key: part[0].key for one in part}
    yield QuerySet("articles", articles, [(text, {within[key] for key in keys}) for text, keys in some])
    yield QuerySet("long", documents, [query for query in all_queries if len(query[0].split()) >= 15])


def poems(path: Path) -> QuerySet:
    """Make the set of words from poems."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for _, line in zip(range(20_000), lines, strict=False)]
    chance = random.Random(3)
    queries = []
    for _ in range(800):
        record = chance.choice(records)
        words = record["text"].split()
        size = chance.choice([3, 4, 5])
        place = chance.randrange(max(1, len(words) - size))
        picked = words[place : place + size]
        chance.shuffle(picked)
        queries.append((" ".join(picked[: max(3, size - 1)]), {str(record["id"])}))
    return QuerySet(
        "poems", [Document(str(one["id"]), one["text"], one["title"], whole=True) for one in records], queries
    )


def colloquial(path: Path) -> QuerySet:
    """Make the set of colloquial sentences."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    documents = [Document(str(number), row[2], whole=True) for number, row in enumerate(rows)]
    queries = [(" ".join(row[0].split()[:4]), {str(number)}) for number, row in enumerate(rows)]
    return QuerySet("colloquial", documents, [query for query in queries if re.search(r"\w", query[0])])


def built(path: Path, one: QuerySet) -> Path:
    """Index the documents of a set, and return the path of the index."""
    with Index.create(path) as index:
        index.add(*one.documents)
    return path


@contextmanager
def changed(changes: dict[str, Any]) -> Iterator[None]:
    """Set constants of the ranking to other values within a `with` block."""
    where = {
        "BM25": "jooya.indexer.open_index.PASSAGE_BM25",
        "RESCORE_WINDOW": "jooya.indexer.ranking.collector.RESCORE_WINDOW",
    }
    patches = [
        patch(where.get(name, f"jooya.indexer.query.word_weights.{name}"), value) for name, value in changes.items()
    ]
    for one in patches:
        one.start()
    yield
    for one in patches:
        one.stop()


def jooya_answers(path: Path, queries: Iterable[Query]) -> Iterator[list[str]]:
    """Yield the ten best passages for each query, without what the query language would read as operators."""
    with Index.open(path) as index:
        for text, _ in queries:
            yield [passage for passage, _ in index.rank(_SYNTAX.sub(" ", text), 10)]


def tantivy_answers(one: QuerySet) -> Iterator[list[str]]:
    """Yield the ten best passages for each query, by tantivy's BM25 of any folded word in text or title."""
    import tantivy  # noqa: PLC0415 - only this part needs it

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    for field in ("text", "title"):
        builder.add_text_field(field, tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(100_000_000, 1)
    for document in one.documents:
        title = folded(document.title or "")
        writer.add_document(tantivy.Document(key=document.key, text=folded(document.text), title=title))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    for text, _ in one.queries:
        words = list(dict.fromkeys(folded(text).split()))
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, word))
            for field in ("text", "title")
            for word in words
        ]
        hits = searcher.search(tantivy.Query.boolean_query(clauses), 10, count=False).hits if clauses else []
        yield [searcher.doc(address)["key"][0] for _, address in hits]


def folded(text: str) -> str:
    """Return the folded words, split at half-spaces too: the best known input for an index without stems."""
    return " ".join(fold(word) for word in re.findall(r"[^\W_]+", text.replace("\u200c", " ")))


def quality(answers: Iterable[list[str]], one: QuerySet) -> str:
    """Return MRR@10 and the share of queries whose passage is not first, as text."""
    ranks = [reciprocal_rank(answer, keys) for answer, (_, keys) in zip(answers, one.queries, strict=True)]
    not_first = sum(rank < 1 for rank in ranks) / len(ranks)
    return f"{sum(ranks) / len(ranks):.4f} {not_first:6.2%}"


if __name__ == "__main__":
    main()
