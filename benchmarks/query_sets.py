"""The collections and query sets that ranking is measured on."""

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from spelling_variants import VARIANTS as SPELLINGS

from jooya import Document

QUESTIONS = ("pquad", "persianqa", "persianquad", "parsinlu")
"""The collections of questions, whose passages are indexed together."""

_SENTENCE_END = re.compile(r"(?<=[.!؟])\s+")


class Query(NamedTuple):
    """A query, and the keys of the documents that are relevant to it."""

    text: str
    relevant: set[str]


class QuerySet(NamedTuple):
    """Some queries and where they are asked.

    Attributes:
        name: The name of the set.
        corpus: The name of the corpus that they are asked in.
        queries: The queries.
        measure: `MRR` (at 10) or `MAP` (at 1,000).
        by_document: True if documents are ranked, and not passages.
    """

    name: str
    corpus: str
    queries: list[Query]
    measure: str = "MRR"
    by_document: bool = False


Corpora = dict[str, list[Document]]
"""The documents of each corpus by its name."""


def collections(data: Path) -> tuple[Corpora, list[QuerySet]]:
    """Return the collections of questions, Hamshahri's articles, whole and cut to passages, and sets made of PQuAD."""
    corpora: Corpora = {"questions": []}
    sets = []
    for name in QUESTIONS:
        corpora["questions"] += _documents(data / name)
        sets.append(QuerySet(name, "questions", _queries(data / name)))
    corpora["articles of Hamshahri"] = _documents(data / "hamshahri")
    corpora["passages of Hamshahri"] = [
        Document(one.key, one.text, one.title) for one in corpora["articles of Hamshahri"]
    ]
    topics = _queries(data / "hamshahri")
    sets.append(QuerySet("hamshahri", "articles of Hamshahri", topics, "MAP"))
    sets.append(QuerySet("by document", "passages of Hamshahri", topics, "MAP", by_document=True))
    for documents, one in _of_questions(_documents(data / "pquad"), sets[0].queries):
        corpora[one.corpus] = documents
        sets.append(one)
    return corpora, sets


def questions(folder: Path) -> tuple[list[Document], QuerySet]:
    """Return the passages and the questions of one collection."""
    return _documents(folder), QuerySet(folder.name, folder.name, _queries(folder))


def poems(path: Path) -> tuple[list[Document], QuerySet]:
    """Return 20,000 poems, and 3 or 4 of 5 neighbouring words of some of them, shuffled."""
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
        queries.append(Query(" ".join(picked[: max(3, size - 1)]), {str(record["id"])}))
    documents = [Document(str(one["id"]), one["text"], one["title"], whole=True) for one in records]
    return documents, QuerySet("poems", "poems", queries)


def colloquial(path: Path) -> tuple[list[Document], QuerySet]:
    """Return formal sentences, and the first 4 words of the colloquial sentence that each is a paraphrase of."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    documents = [Document(str(number), row[2], whole=True) for number, row in enumerate(rows)]
    queries = [Query(" ".join(row[0].split()[:4]), {str(number)}) for number, row in enumerate(rows)]
    return documents, QuerySet("colloquial", "colloquial", [one for one in queries if re.search(r"\w", one.text)])


def _documents(folder: Path) -> list[Document]:
    """Return the passages of a collection, each a document that is not cut."""
    plain, packed = folder / "passages.jsonl", folder / "passages.jsonl.gz"
    text = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    records = [json.loads(line) for line in text.decode().splitlines()]
    return [Document(record["id"], record["text"], record.get("title"), whole=True) for record in records]


def _queries(folder: Path) -> list[Query]:
    """Return the queries of a collection that have relevant passages."""
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.txt").read_text(encoding="utf-8").splitlines():
        query, _, passage, grade = line.split()
        if int(grade) > 0:
            relevant[query].add(passage)
    asked = (line.split("\t", 1) for line in (folder / "queries.tsv").read_text(encoding="utf-8").splitlines())
    return [Query(text, relevant[query]) for query, text in asked if query in relevant]


def _of_questions(documents: list[Document], queries: list[Query]) -> Iterator[tuple[list[Document], QuerySet]]:
    """Yield what is made of a collection of questions: single sentences, texts of three passages, long questions."""
    sentences: list[Document] = []
    sentences_of: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        for number, text in enumerate(_SENTENCE_END.split(document.text)):
            if len(text.split()) >= 3:
                sentences.append(Document(f"{document.key}.{number}", text, document.title, whole=True))
                sentences_of[document.key].add(sentences[-1].key)
    some = queries[::3]
    asked = [Query(text, set().union(*(sentences_of[key] for key in keys))) for text, keys in some]
    yield sentences, QuerySet("sentences", "sentences", asked)
    articles = []
    within: dict[str, str] = {}
    for first in range(0, len(documents), 3):
        part = documents[first : first + 3]
        text = SPELLINGS["Arabic letters"](SPELLINGS["half-space removed"](" ".join(one.text for one in part)))
        articles.append(Document(part[0].key, text, part[0].title, whole=True))
        within |= {one.key: part[0].key for one in part}
    asked = [Query(text, {within[key] for key in keys}) for text, keys in some]
    yield articles, QuerySet("articles", "articles", asked)
    yield documents, QuerySet("long", "long", [one for one in queries if len(one.text.split()) >= 15])
