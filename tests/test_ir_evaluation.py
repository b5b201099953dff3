"""Runs and judgements for ir-measures and ir-datasets: both ways, in the same order, with the same figures."""

import logging
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya import BadArgument, Document, Index
from jooya.indexer import evaluation
from jooya.indexer.integrations import ir_evaluation
from jooya.indexer.integrations.ir_evaluation import (
    Qrel,
    ScoredDoc,
    add_dataset,
    qrels,
    qrels_from,
    ranked_docs,
    run_from,
    run_of,
    scored_docs,
)

TEXTS = {"d1": "قنات‌های کویر", "d2": "قنات و چاه", "d3": "باغ", "d4": "قنات و چاه", "d5": "چاه‌های آب و باغ"}
QUERIES = {"q1": "قناتها", "q2": "چاه", "q3": "باغ آب"}
JUDGED = {"q1": {"d1": 2, "d2": 0, "d4": 1}, "q2": {"d5": 1}, "q3": {"d3": 1, "d5": 2}}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.create(tmp_path_factory.mktemp("ir") / "index") as index:
        index.add([Document(key, text, whole=True) for key, text in TEXTS.items()])
        yield index


def test_the_run_is_that_of_the_index(filled: Index) -> None:
    run = list(run_of(filled, QUERIES, limit=2))
    for query, text in QUERIES.items():
        assert [one.doc_id for one in run if one.query_id == query] == [name for name, _ in filled.rank(text, 2)]
    assert all(isinstance(one, ScoredDoc) for one in run)


def test_a_query_without_words_costs_no_other(filled: Index, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        run = list(run_of(filled, {"bad": "؟", "q1": "کویر"}))
    assert [(one.query_id, one.doc_id) for one in run] == [("q1", "d1")]
    assert "query bad: nothing to search for" in caplog.text


def test_documents_are_ranked_by_their_best_passage(index: Index) -> None:
    index.add(Document("a", "قنات\n\nقنات"), Document("b", "باغ و قنات"))
    found = [one.doc_id for one in run_of(index, {"q": "قنات"}, unit="document")]
    assert sorted(found) == ["a", "b"]
    assert {one.doc_id for one in run_of(index, {"q": "قنات"})} == {"a#1", "b#1"}


@pytest.mark.parametrize(
    ("options", "message"),
    [({"limit": 0}, "limit cannot be 0"), ({"unit": "nope"}, "unit cannot be 'nope'")],
)
def test_wrong_arguments_are_told_at_once(filled: Index, options: Any, message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        run_of(filled, QUERIES, **options)


@given(st.lists(st.floats(-1e6, 1e6), max_size=50).map(lambda scores: sorted(scores, reverse=True)))
def test_scores_fall_from_item_to_item_in_single_precision(scores: list[float]) -> None:
    ranked = [(f"d{number}", score) for number, score in enumerate(scores)]
    found = list(ranked_docs("q", ranked))
    assert [one.doc_id for one in found] == [name for name, _ in ranked]
    assert all(np.float32(one.score) > np.float32(after.score) for one, after in pairwise(found))
    assert all(one.score == pytest.approx(score, abs=1, rel=1e-4) for one, score in zip(found, scores, strict=True))


def test_runs_and_judgements_go_both_ways(filled: Index) -> None:
    run = {query: filled.rank(text) for query, text in QUERIES.items()}
    again = run_from(scored_docs(run))
    assert {query: [name for name, _ in answer] for query, answer in again.items()} == {
        query: [name for name, _ in answer] for query, answer in run.items()
    }
    assert qrels_from(qrels(JUDGED)) == JUDGED
    assert next(qrels(JUDGED)) == Qrel("q1", "d1", 2, "0")


def test_of_several_judgements_the_greatest_counts() -> None:
    assert qrels_from([Qrel("q", "d", 1), Qrel("q", "d", 2), Qrel("q", "d", 0)]) == {"q": {"d": 2}}


def test_ir_measures_gives_the_figures_of_jooya_eval(filled: Index) -> None:
    ir_measures: Any = pytest.importorskip("ir_measures", reason='not installed: pip install "jooya[ir]"')
    run = {query: filled.rank(text) for query, text in QUERIES.items()}
    ours = evaluation.evaluate(run, JUDGED)
    measures = {"ndcg_10": "nDCG@10", "recall_10": "R@10", "map": "AP", "mrr_10": "RR@10"}
    for form in (list(run_of(filled, QUERIES)), list(scored_docs(run))):
        for name, measure in measures.items():
            parsed = ir_measures.parse_measure(measure)
            found = ir_measures.calc_aggregate([parsed], list(qrels(JUDGED)), form)[parsed]
            assert found == pytest.approx(getattr(ours, name)), measure
    assert run_from(ir_measures.ScoredDoc(*one) for one in form) == run_from(form)


def test_files_of_trec_come_in_through_ir_measures(tmp_path: Path) -> None:
    ir_measures: Any = pytest.importorskip("ir_measures", reason='not installed: pip install "jooya[ir]"')
    (tmp_path / "qrels").write_text("q1 0 d1 2\nq1 0 d2 0\n", encoding="utf-8")
    (tmp_path / "run").write_text("q1 Q0 d2 2 1.5 x\nq1 Q0 d1 1 2.5 x\n", encoding="utf-8")
    assert qrels_from(ir_measures.read_trec_qrels(str(tmp_path / "qrels"))) == {"q1": {"d1": 2, "d2": 0}}
    assert run_from(ir_measures.read_trec_run(str(tmp_path / "run"))) == {"q1": [("d1", 2.5), ("d2", 1.5)]}


class TitledDoc(NamedTuple):
    """A document as datasets of ir-datasets have it."""

    doc_id: str
    title: str
    text: str
    url: str

    def default_text(self) -> str:
        return f"{self.title} {self.text}"


class PlainDoc(NamedTuple):
    """A document whose text is in fields of other names."""

    doc_id: str
    body: str

    def default_text(self) -> str:
        return self.body


class Query(NamedTuple):
    """A query of ir-datasets."""

    query_id: str
    text: str

    def default_text(self) -> str:
        return self.text


def test_documents_and_queries_of_a_dataset(index: Index) -> None:
    documents = [TitledDoc("1", "آب", "قنات کویر", "http://a"), PlainDoc("2", "قنات‌ها"), PlainDoc("3", "")]
    report = add_dataset(index, documents)
    assert (report.new, len(report.skipped)) == (2, 1)
    first = index.passage("1")
    assert (first.title, first.text, dict(first.meta)) == ("آب", "قنات کویر", {"url": "http://a"})
    assert {one.doc_id for one in run_of(index, [Query("q", "قنات")])} == {"1", "2"}


def test_a_dataset_of_ir_datasets_on_disk(index: Index, tmp_path: Path) -> None:
    ir_datasets: Any = pytest.importorskip("ir_datasets", reason='not installed: pip install "jooya[ir]"')
    (tmp_path / "docs.tsv").write_text("d1\tقنات‌های کویر\nd2\tباغ\n", encoding="utf-8")
    (tmp_path / "queries.tsv").write_text("q1\tقناتها\n", encoding="utf-8")
    (tmp_path / "qrels").write_text("q1 0 d1 1\n", encoding="utf-8")
    dataset = ir_datasets.create_dataset(
        docs_tsv=str(tmp_path / "docs.tsv"),
        queries_tsv=str(tmp_path / "queries.tsv"),
        qrels_trec=str(tmp_path / "qrels"),
    )
    assert ir_evaluation.add_dataset(index, dataset.docs_iter()).new == 2
    assert [one.doc_id for one in run_of(index, dataset.queries_iter())] == ["d1"]
    assert qrels_from(dataset.qrels_iter()) == {"q1": {"d1": 1}}
