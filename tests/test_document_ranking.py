"""Ranking by BM25+ and ranking documents as wholes, compared with the formulas computed word by word."""

import math
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from index_maker import MakeIndex

from jooya import Document, Index, ReadOptions
from jooya.indexer.query.planner import PASSAGE_BM25
from jooya.indexer.ranking import document_ranking
from jooya.indexer.ranking.bm25 import BM25, MIN_DELTA, idf
from jooya.indexer.ranking.clauses import Phrase
from jooya.indexer.ranking.document_ranking import PASSAGE_WEIGHT

WORDS = ["باران", "برف", "دریا", "کوه", "جنگل", "مهتاب", "دشت", "ابر", "تگرگ", "خاک"]  # words with one stem each

Bag = Counter[str]


def bm25(word: str, bags: list[Bag]) -> list[float]:
    """Return the score of a word in each of some texts."""
    lengths = [sum(bag.values()) for bag in bags]
    average = sum(lengths) / len(lengths)
    count = sum(word in bag for bag in bags)
    idf = math.log(1 + (len(bags) - count + 0.5) / (count + 0.5))
    k1, b, presence = PASSAGE_BM25
    delta = min(1.0, max(MIN_DELTA, (presence / average) ** 2))
    return [
        idf * (bag[word] / (bag[word] + k1 * (1 - b + b * length / average)) + delta) if bag[word] else 0.0
        for bag, length in zip(bags, lengths, strict=True)
    ]


@pytest.fixture(params=[4, 400], ids=["short", "long"])
def corpus(request: pytest.FixtureRequest, tmp_path: Path, make_index: MakeIndex) -> tuple[Index, dict[str, list[Bag]]]:
    """Return an index of documents in two commits, and the words of their passages."""
    random = Random(request.param)
    index = make_index(tmp_path / "index")
    passages: dict[str, list[Bag]] = {}
    for keys in (range(30), range(30, 50)):
        documents = []
        for key in map(str, keys):
            sentences = [random.choices(WORDS, range(1, 11), k=random.randint(1, request.param)) for _ in range(4)]
            sentences = sentences[: random.randint(1, 4)]
            documents.append(Document(key, "\n\n".join(" ".join(sentence) for sentence in sentences)))
        index.add(*documents, options=ReadOptions(passage_words=request.param))
    for hit in index.search("doc:*", 1000, collapse=False, sort="document"):
        passages.setdefault(hit.document, []).append(Counter(hit.text.split()))
    return index, passages


def test_passages(corpus: tuple[Index, dict[str, list[Bag]]]) -> None:
    index, passages = corpus
    bags = [bag for some in passages.values() for bag in some]
    expected = sorted((round(score, 5) for score in bm25("کوه", bags) if score), reverse=True)
    hits = index.search("کوه", 1000, collapse=False, sort="document").hits
    assert sorted((round(hit.score, 5) for hit in hits), reverse=True) == expected


@pytest.mark.parametrize("query", ["کوه", "باران جنگل", "ابر تگرگ باران مهتاب"])
def test_documents(corpus: tuple[Index, dict[str, list[Bag]]], query: str) -> None:
    index, passages = corpus
    wholes = {key: sum(some, Bag()) for key, some in passages.items()}
    totals = dict.fromkeys(wholes, 0.0)
    for word in query.split():
        for key, score in zip(wholes, bm25(word, list(wholes.values())), strict=True):
            totals[key] += score
    best: dict[str, tuple[float, str]] = {}
    for hit in index.search(query, 1000, collapse=False, sort="document"):
        if hit.document not in best or hit.score > best[hit.document][0]:
            best[hit.document] = (hit.score, hit.id)
    expected = sorted(
        ((totals[key] + PASSAGE_WEIGHT * best[key][0], best[key][1], key) for key in best),
        key=lambda row: (-float(f"{row[0]:.6g}"), row[2]),
    )
    results = index.search(query, 1000, by="document", explain=True)
    assert [(hit.id, hit.document) for hit in results] == [row[1:] for row in expected]
    assert [hit.score for hit in results] == pytest.approx([score for score, _, _ in expected])
    assert results.total == len(best)
    for hit in results:
        assert round(sum(part.score for part in hit.explanation), 6) == round(hit.score, 6)
    first, second = index.search(query, 7, by="document"), index.search(query, 7, first=8, by="document")
    assert [hit.id for hit in (*first, *second)] == [hit.id for hit in results][:14]


def test_words_of_different_passages_count_together(tmp_path: Path, make_index: MakeIndex) -> None:
    """The article that treats both words is first, though each of its passages has only one of them."""
    with make_index(tmp_path / "index") as index:
        index.add(
            Document("both", "نفت گران شد. نفت کم است. نفت خام.\n\nگاز ارزان شد. گاز هست. گاز مایع."),
            Document("mention", "نفت و گاز. هوا سرد است.\n\nباران بارید. برف آمد."),
            *[Document(str(number), "باران بارید. برف آمد.") for number in range(20)],
            options=ReadOptions(passage_words=8),
        )
        assert index.search("نفت گاز").hits[0].document == "mention"
        assert [hit.document for hit in index.search("نفت گاز", by="document")] == ["both", "mention"]


@pytest.mark.parametrize(("average", "delta"), [(10, 1.0), (60, 1.0), (120, 0.25), (1000, 0.2)])
def test_presence_counts_less_in_longer_texts(average: float, delta: float) -> None:
    assert BM25(presence=60).delta(average) == delta
    assert BM25().delta(average) == 0


def test_the_parts_of_the_score_of_a_document(tmp_path: Path) -> None:
    """Words are counted in the document; of a phrase the greatest score counts, and of the passages the best one."""
    with Index.create(tmp_path / "index") as index:
        index.add(
            Document("a", "برف دریا آمد.\n\nکوه بلند.", title="باران"),
            Document("b", "برف دریا و کوه"), Document("c", "کوه"),
            options=ReadOptions(passage_words=8),
        )  # fmt: skip
        phrase = str(Phrase("exact", ("برف".encode(), "دریا".encode()), 1, 1.0))
        for query, keys, described in (
            ("کوه -دریا", "c", ["text:کوه in the document", "the best passage"]),
            ("کوه doc:a", "a", ["text:کوه in the document", "the best passage"]),
            ("+کوه برف", "bac", ["text:کوه in the document", "text:برف in the document", "the best passage"]),
            (
                'کوه "برف دریا"', "abc",
                [*(f"text:{word} in the document" for word in ("کوه", "برف", "دریا")), f"{phrase} in the document",
                 "the best passage"],
            ),
        ):  # fmt: skip
            hits = index.search(query, by="document", explain=True).hits
            assert sorted(hit.document for hit in hits) == sorted(keys)
            assert [part.description for part in hits[0].explanation] == described
            for hit in hits:
                assert sum(part.score for part in hit.explanation) == pytest.approx(hit.score, abs=1e-6)
                assert all(part.score > 0 for part in hit.explanation)
                names = [part.description for part in hit.explanation]
                assert names == [name for name in described if name in names]


def test_documents_are_in_order_however_few_keys_are_read_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.create(tmp_path / "index") as index:
        for part in range(2):
            index.add(*(Document(f"{number:02}{part}", f"باران {'برف ' * (number % 3)}") for number in range(20)))
        whole = index.search("باران", 40, by="document").hits
        monkeypatch.setattr(document_ranking, "_KEYS_AT_ONCE", 3)
        assert [(hit.id, hit.score) for hit in index.search("باران", 40, by="document")] == [
            (hit.id, hit.score) for hit in whole
        ]
        assert [hit.document for hit in whole[:13]] == sorted(hit.document for hit in whole[:13])
        assert len(whole) == 40


@pytest.mark.parametrize(
    ("k1", "b", "presence", "single", "norms"),
    [
        (1.2, 0.75, 0.0, 1 / 2.2, [0.3, 0.75, 1.2, 2.1]),
        (1.2, 0.75, 20.0, 1 / 2.2 + 1, [0.3, 0.75, 1.2, 2.1]),
        (1.2, 0.75, 5.0, 1 / 2.2 + 0.25, [0.3, 0.75, 1.2, 2.1]),
        (1.0, 0.5, 0.0, 0.5, [0.5, 0.75, 1.0, 1.5]),
    ],
)
def test_the_numbers_of_the_formula(k1: float, b: float, presence: float, single: float, norms: list[float]) -> None:
    """Of texts of 0, 5, 10 and 20 terms, where the mean is 10."""
    bm25 = BM25(k1, b, presence)
    assert bm25.single(10) == pytest.approx(single)
    assert bm25.norms(np.array([0.0, 5, 10, 20]), 10) == pytest.approx(norms)


@pytest.mark.parametrize(("count", "documents", "value"), [(1, 1, 4 / 3), (1, 2, 2), (2, 10, 4.4), (3, 2, 8 / 7)])
def test_the_idf(count: int, documents: int, value: float) -> None:
    """Deleted documents may still count, so that more than there are may have a term."""
    assert idf(count, documents) == pytest.approx(math.log(value))
