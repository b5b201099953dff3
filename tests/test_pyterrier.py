"""The adapter to PyTerrier: pipelines with operators, experiments, texts and indexing, without Java."""

import logging
import unittest
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # those of libraries that PyTerrier imports
    pt: Any = pytest.importorskip("pyterrier", reason='not installed: pip install "jooya[pyterrier]"')

import pandas as pd
from pyterrier.testing import transformer_test_class

from jooya import BadArgument, BadInput, Document, Index
from jooya.indexer.integrations.pyterrier import JooyaIndexer, JooyaRetriever, JooyaTextLoader

pytestmark = pytest.mark.filterwarnings("ignore")

TEXTS = {
    "d1": ("قنات", "قنات‌های کویر"),
    "d2": ("چاه", "قنات و چاه"),
    "d3": ("باغ", "باغ میوه"),
    "d4": ("چاه", "قنات و چاه"),
    "d5": ("آب", "چاه‌های آب و باغ"),
}
TOPICS = pd.DataFrame({"qid": ["q1", "q2", "q3"], "query": ["قناتها", "چاه", "باغ آب"]})
QRELS = pd.DataFrame(
    [("q1", "d1", 2), ("q1", "d2", 0), ("q2", "d5", 1), ("q3", "d3", 1), ("q3", "d5", 1)],
    columns=["qid", "docno", "label"],
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.create(tmp_path_factory.mktemp("pyterrier") / "index") as index:
        texts = [{"docno": name, "title": title, "text": text, "shelf": 3} for name, (title, text) in TEXTS.items()]
        assert JooyaIndexer(index).index(iter(texts)) is index
        index.add(Document("book", "باران آمد.\n\nباران رفت.", title="کتاب"))
        yield index


def test_no_java_is_started(filled: Index) -> None:
    JooyaRetriever(filled)(TOPICS)
    assert not pt.java.started()


def test_results_have_the_columns_of_a_run(filled: Index) -> None:
    found = JooyaRetriever(filled)(TOPICS.assign(note="x"))
    assert list(found.columns) == ["qid", "query", "note", "docno", "score", "rank"]
    for query in TOPICS.itertuples():
        rows = found[found["qid"] == query.qid]
        assert list(rows["docno"]) == [name for name, _ in filled.rank(query.query)]
        assert list(rows["rank"]) == list(range(len(rows)))
        assert rows["score"].is_monotonic_decreasing
        assert rows["score"].is_unique


def test_a_single_query_and_records(filled: Index) -> None:
    retriever = JooyaRetriever(filled, num_results=1)
    assert list(retriever.search("قناتها")["docno"]) == ["d1"]
    assert [one["docno"] for one in retriever([{"qid": "1", "query": "میوه"}])] == ["d3"]


def test_nothing_found_is_an_empty_frame_of_the_same_columns(filled: Index, caplog: pytest.LogCaptureFixture) -> None:
    retriever = JooyaRetriever(filled)
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        found = retriever(pd.DataFrame({"qid": ["1", "2"], "query": ["موشک", "؟"]}))
    assert (list(found.columns), len(found)) == (["qid", "query", "docno", "score", "rank"], 0)
    assert (found["score"].dtype, found["rank"].dtype) == ("float64", "int64")
    assert "query 2: nothing to search for" in caplog.text
    assert len((retriever + retriever)(TOPICS[:0])) == 0


def test_cutoffs(filled: Index) -> None:
    retriever: Any = JooyaRetriever(filled)
    assert list((retriever % 2)(TOPICS)["qid"]) == ["q1", "q1", "q2", "q2", "q3", "q3"]
    fused = (retriever % 2).compile()
    assert isinstance(fused, JooyaRetriever)
    assert (fused.num_results, fused.index) == (2, filled)
    assert fused(TOPICS).equals((retriever % 2)(TOPICS))
    assert JooyaRetriever(filled, 1).fuse_rank_cutoff(5).num_results == 1


def test_operators(filled: Index) -> None:
    retriever: Any = JooyaRetriever(filled)
    plain = retriever(TOPICS)
    double = (retriever + retriever)(TOPICS)
    assert list(double.sort_values(["qid", "rank"])["docno"]) == list(plain["docno"])
    assert list((2 * retriever)(TOPICS)["score"]) == [score * 2 for score in plain["score"]]
    assert set((retriever | retriever % 1)(TOPICS)["docno"]) == set(plain["docno"])
    assert len((retriever & retriever % 1)(TOPICS)) == 3
    assert len((retriever % 1 ^ retriever)(TOPICS)) == len(plain)
    assert (retriever >> retriever**retriever)(TOPICS)["features"].map(len).unique() == [2]
    rewrite = pt.apply.query(lambda row: row["query"] + " کویر")
    assert list((rewrite >> retriever % 1)(TOPICS)["docno"]) == ["d1", "d1", "d5"]


def test_an_experiment(filled: Index) -> None:
    retriever = JooyaRetriever(filled)
    table = pt.Experiment(
        [retriever, retriever % 1], TOPICS, QRELS, ["recip_rank", "ndcg_cut_10", "P_1"], names=["all", "first"]
    )
    assert list(table["name"]) == ["all", "first"]
    assert table["recip_rank"].tolist() == pytest.approx([(1 + 1 / 3 + 1) / 3, 2 / 3])
    assert table["P_1"].tolist() == pytest.approx([2 / 3, 2 / 3])


def test_documents_in_place_of_passages(filled: Index) -> None:
    query = pd.DataFrame({"qid": ["1"], "query": ["باران"]})
    assert set(JooyaRetriever(filled)(query)["docno"]) == {"book#1"}
    retriever = JooyaRetriever(filled, unit="document")
    found = (retriever >> retriever.text_loader())(query)
    assert (found["docno"].tolist(), found["title"].tolist()) == (["book"], ["کتاب"])
    assert found["text"].tolist() == ["باران آمد.\n\nباران رفت."]


def test_filters(filled: Index) -> None:
    assert JooyaRetriever(filled, options={"where": {"doc": ["d2", "d5"]}})(TOPICS)["docno"].isin(["d2", "d5"]).all()


def test_texts(filled: Index) -> None:
    retriever = JooyaRetriever(filled)
    found = (retriever % 2 >> pt.text.get_text(retriever))(TOPICS)
    assert [TEXTS[name] for name in found["docno"]] == list(zip(found["title"], found["text"], strict=True))
    loaded = pt.text.get_text(retriever, ["shelf", "document", "nothing"])(pd.DataFrame({"docno": ["d3", "d1", "d3"]}))
    assert loaded.to_dict("list") == {
        "docno": ["d3", "d1", "d3"],
        "shelf": [3, 3, 3],
        "document": ["d3", "d1", "d3"],
        "nothing": [None, None, None],
    }
    assert list(JooyaTextLoader(filled, "text")(TOPICS.assign(docno="d1")).columns) == ["qid", "query", "docno", "text"]


@pytest.mark.parametrize("unit", ["passage", "document"])
def test_a_text_that_is_not_there(filled: Index, unit: Any) -> None:
    with pytest.raises(BadInput, match=f"no {unit} 'zz'"):
        JooyaTextLoader(filled, unit=unit)(pd.DataFrame({"docno": ["d1", "zz"]}))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"num_results": 0}, "num_results cannot be 0"), ({"unit": "nope"}, "unit cannot be 'nope'")],
)
def test_wrong_arguments_are_told_at_once(filled: Index, options: Any, message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        JooyaRetriever(filled, **options)


def test_results_of_another_retriever_are_scored_again(filled: Index) -> None:
    retriever = JooyaRetriever(filled)
    plain = retriever(TOPICS)
    names = pd.DataFrame({"qid": ["q1"] * 4, "docno": ["d5", "d4", "book#1", "d1"], "score": 1.0, "rank": [0, 1, 2, 3]})
    found = retriever(names.assign(query="قناتها", note=["a", "b", "c", "d"])).sort_values("rank")
    assert list(found["docno"]) == ["d1", "d4", "d5", "book#1"]
    assert list(found["note"]) == ["d", "b", "a", "c"]
    assert list(found["score"])[2:] == [0.0, 0.0]
    assert list((retriever >> retriever)(TOPICS).sort_values(["qid", "rank"])["docno"]) == list(plain["docno"])
    rain = pd.DataFrame({"qid": ["1"], "query": ["باران رفت"]})
    passages = retriever(rain)
    assert list(passages["docno"]) == ["book#1"]
    assert retriever(passages)["score"].tolist() == pytest.approx(passages["score"].tolist())
    documents = JooyaRetriever(filled, unit="document")
    assert documents(documents(rain))["docno"].tolist() == ["book"]


def test_frames_of_another_kind_are_told(filled: Index) -> None:
    retriever = JooyaRetriever(filled)
    for frame in (pd.DataFrame({"docno": ["d1"]}), pd.DataFrame({"qid": ["1"]})):
        with pytest.raises(pt.validate.InputValidationError):
            retriever(frame)


def test_documents_that_cannot_be_indexed_cost_no_other(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    documents: list[dict[str, Any]] = [
        {"docno": "1", "body": "باران"},
        {"docno": "2"},
        {"docno": 3, "body": "برف"},
        {"docno": "4", "body": "ابر"},
    ]
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        JooyaIndexer(index, text="body").index(documents)
    assert index.ids() == {"1", "4"}
    assert "item 2: a document needs 'docno' and 'body' as strings" in caplog.text
    assert "item 3: " in caplog.text


def test_a_pipeline_that_indexes(index: Index) -> None:
    shout = pt.apply.text(lambda row: row["text"] + " تمام")
    (shout >> JooyaIndexer(index)).index([{"docno": "1", "text": "باران"}])
    assert index.passage("1").text == "باران تمام"


@pytest.mark.parametrize(
    "transformer", [JooyaRetriever, JooyaTextLoader, lambda index: JooyaRetriever(index, unit="document")]
)
def test_the_tests_that_pyterrier_has_for_transformers(filled: Index, transformer: Any) -> None:
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(transformer_test_class(lambda: transformer(filled)))
    result = unittest.TestResult()
    suite.run(result)
    assert (result.errors, result.failures, result.skipped) == ([], [], [])
    assert result.testsRun >= 1


def test_pipelines_know_their_columns(filled: Index) -> None:
    retriever = JooyaRetriever(filled)
    assert pt.inspect.transformer_inputs(retriever) == [["qid", "query"], ["qid", "docno", "query"]]
    expected = ["qid", "query", "docno", "score", "rank", "text", "title"]
    assert pt.inspect.transformer_outputs(retriever >> retriever.text_loader(), ["qid", "query"]) == expected
