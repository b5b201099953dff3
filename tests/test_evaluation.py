"""Measures of runs by judgements."""

import sys

import pytest

from jooya import BadArgument, BadInput, JooyaError, MissingPackage
from jooya.indexer.evaluation import check_measures, evaluate, measured, read_qrels

# ir-measures reads names of measures by parts of `ast` that Python 3.12 and later warn of.
pytestmark = pytest.mark.filterwarnings("ignore:(ast|Attribute):DeprecationWarning")


def test_the_measures_by_hand() -> None:
    qrels = {"1": {"a": 1}, "2": {"b": 1, "c": 1}, "3": {"d": 1}, "4": {"e": 0}}
    run = {
        "1": [("x", 2.0), ("a", 1.0)],
        "2": [("b", 2.0), ("x", 2.0), ("c", 2.0)],  # of equal scores, the order of the run counts
        "3": [],
        "4": [("e", 1.0)],
    }
    quality = evaluate(run, qrels)
    assert quality.queries == 3
    assert quality.mrr_10 == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert quality.map == pytest.approx((1 / 2 + (1 + 2 / 3) / 2 + 0) / 3)
    assert quality.recall_10 == quality.recall_100 == pytest.approx(2 / 3)
    gain = [1, 1 / 1.584962500721156, 1 / 2]
    assert quality.ndcg_10 == pytest.approx((gain[1] + (gain[0] + gain[2]) / (gain[0] + gain[1]) + 0) / 3)


def test_beyond_the_tenth_place() -> None:
    run = {"1": [(str(number), 1.0) for number in range(200)]}
    quality = evaluate(run, {"1": {"10": 1, "99": 2, "150": 1}})
    assert (quality.mrr_10, quality.ndcg_10, quality.recall_10) == (0, 0, 0)
    assert quality.recall_100 == pytest.approx(2 / 3)


def test_judgements() -> None:
    assert read_qrels(["q1 0 a 1", "", "q1 0 b 0", "q2\t0\ta\t2"], "x") == {"q1": {"a": 1, "b": 0}, "q2": {"a": 2}}
    with pytest.raises(BadInput, match="x:2: not 'QUERY 0 PASSAGE RELEVANCE'"):
        read_qrels(["q1 0 a 1", "q1 a 1"], "x")
    with pytest.raises(BadInput, match="x:1: not"):
        read_qrels(["q1 0 a 99999999999999999999"], "x")
    with pytest.raises(BadInput, match="none of the queries has a relevant passage"):
        evaluate({"1": [("a", 1.0)]}, {"1": {"a": 0}, "2": {"a": 1}})


def test_without_pytrec_eval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jooya.indexer.evaluation.find_spec", lambda _: None)
    with pytest.raises(JooyaError, match=r'not installed: pip install "jooya\[eval\]"'):
        evaluate({"1": [("a", 1.0)]}, {"1": {"a": 1}})


def test_measures_by_name() -> None:
    qrels = {"1": {"a": 1}, "2": {"b": 2, "c": 1}, "3": {"d": 1}, "4": {"e": 0}}
    run = {"1": [("x", 2.0), ("a", 1.0)], "2": [("c", 2.0), ("b", 2.0)], "3": [], "4": [("e", 1.0)]}
    number, values = measured(run, qrels, ["RR@10", "RR(rel=2)@10", "P@2", "Judged@2"])
    assert number == 3
    assert values == {
        "RR@10": pytest.approx((1 / 2 + 1) / 3),
        "RR(rel=2)@10": pytest.approx(1 / 2 / 3),
        "P@2": pytest.approx((1 / 2 + 1) / 3),
        "Judged@2": pytest.approx((1 / 2 + 1) / 3),
    }
    assert values["RR@10"] == evaluate(run, qrels).mrr_10


@pytest.mark.parametrize("name", ["Nope@3", "", "nDCG@", "P(rel=)@5", "__import__('os')"])
def test_a_measure_that_is_none(name: str) -> None:
    with pytest.raises(BadArgument, match="ir-measures has no measure"):
        check_measures([name])


@pytest.mark.parametrize("name", ["RBP(p=0.8)@5", "INST", "alpha_nDCG@5"])
def test_a_measure_that_cannot_be_computed(name: str) -> None:
    with pytest.raises(BadArgument, match="ir-measures can't compute"):
        measured({"1": [("a", 1.0)]}, {"1": {"a": 1}}, [name])


def test_without_ir_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    check_measures([])
    with pytest.raises(MissingPackage, match=r'not installed: pip install "jooya\[ir\]"'):
        check_measures(["P@5"])
