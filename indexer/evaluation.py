"""Measures of how well an index answers queries whose relevant passages are known.

They are those of the program trec_eval, computed by pytrec_eval, which the extra `jooya[eval]` installs.
"""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any, NamedTuple

from .errors import BadArgument, BadInput, JooyaError, MissingPackage

DEPTH = 1000
"""How many passages of the answer to each query are measured."""

Qrels = Mapping[str, Mapping[str, int]]
"""For each query, the passages that were judged and the relevance of each; 0 is not relevant."""

Run = Mapping[str, list[tuple[str, float]]]
"""For each query, its answer: passages and scores, best first."""

_MAX_RELEVANCE = 1000
"""The greatest relevance, above or below 0, that is accepted: the memory of trec_eval grows with it, and overflows."""


class Quality(NamedTuple):
    """The measures of a run, each a mean over queries from 0 to 1.

    Attributes:
        queries: The number of queries.
        mrr_10: The mean reciprocal rank of the first relevant passage among the first 10.
        ndcg_10: The normalized discounted cumulative gain of the first 10 passages.
        recall_10: The share of the relevant passages that are among the first 10.
        recall_100: The share of the relevant passages that are among the first 100.
        map: The mean average precision.
    """

    queries: int
    mrr_10: float
    ndcg_10: float
    recall_10: float
    recall_100: float
    map: float


NAMES = {"mrr_10": "MRR@10", "ndcg_10": "nDCG@10", "recall_10": "R@10", "recall_100": "R@100", "map": "MAP"}
"""The usual names of the measures."""


def check_installed() -> None:
    """Raise JooyaError if pytrec_eval is not installed."""
    if find_spec("pytrec_eval") is None:
        raise JooyaError("evaluation needs pytrec_eval, which is not installed", 'pip install "jooya[eval]"')


def read_qrels(lines: list[str], name: str) -> dict[str, dict[str, int]]:
    """Read judgements as TREC writes them: a query, a column that is not used, a passage and its relevance.

    Args:
        lines: The lines of the file.
        name: The name of the file, for messages.

    Raises:
        BadInput: A line has another form.
    """
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines, 1):
        columns = line.split()
        if not columns:
            continue
        try:
            query, _, passage, relevance = columns
            grade = int(relevance)
            if abs(grade) > _MAX_RELEVANCE:
                raise ValueError(relevance)
            found.setdefault(query, {})[passage] = grade
        except ValueError:
            raise BadInput(f"{name}:{number}: not 'QUERY 0 PASSAGE RELEVANCE'") from None
    return found


def check_measures(names: Iterable[str]) -> None:
    """Raise JooyaError unless ir-measures has measures of these names; it need not be installed for none.

    Raises:
        BadArgument: There is no measure of a name.
        MissingPackage: ir-measures is not installed.
    """
    for name in names:
        _measure(name)


def measured(run: Run, qrels: Qrels, names: Iterable[str]) -> tuple[int, dict[str, float]]:
    """Return the number of queries, and measures of a run by their names.

    As for `evaluate`, the queries are those in both `run` and `qrels` that have a relevant passage, and passages count
    in the order of the run.

    Args:
        run: The run.
        qrels: The judgements.
        names: Measures as ir-measures writes them, such as `nDCG@10` or `P(rel=2)@5`.

    Raises:
        BadInput: There is no such query.
        BadArgument: There is no measure of a name.
        MissingPackage: ir-measures is not installed.
    """
    measures = {name: _measure(name) for name in names}
    import ir_measures  # noqa: PLC0415 - an extra

    judged = _judged(run, qrels)
    # Some of its measures divide by the length of an answer; a query without one counts as it should.
    answered = {query: answer for query, answer in _ordered(run, judged).items() if answer}
    try:
        found = ir_measures.calc_aggregate(list(measures.values()), judged, answered)
    except (ValueError, AssertionError) as error:  # a package that computes the measure is missing, or a parameter
        raise BadArgument(f"ir-measures can't compute {', '.join(measures)}: {error}", argument="measures") from error
    return len(judged), {name: float(found[measure]) for name, measure in measures.items()}


def _measure(name: str) -> Any:
    """Return the measure of ir-measures of a name."""
    try:
        import ir_measures  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise MissingPackage(
            "measures by name need ir-measures, which is not installed", 'pip install "jooya[ir]"'
        ) from error
    try:
        return ir_measures.parse_measure(name)
    except (ValueError, NameError, SyntaxError, TypeError) as error:
        raise BadArgument(
            f"ir-measures has no measure {name!r} ({error})", "https://ir-measur.es lists them", argument="measures"
        ) from error


def evaluate(run: Run, qrels: Qrels) -> Quality:
    """Return the measures of a run, over the queries in both `run` and `qrels` that have a relevant passage.

    Passages count in the order of the run, also where their scores are equal.

    Raises:
        BadInput: There is no such query.
        JooyaError: pytrec_eval is not installed.
    """
    check_installed()
    import pytrec_eval  # noqa: PLC0415 - an extra, and slow to import

    judged = _judged(run, qrels)
    ordered = _ordered(run, judged)
    first = {query: dict(list(answer.items())[:10]) for query, answer in ordered.items()}
    measures = {"ndcg_cut_10", "recall_10", "recall_100", "map"}
    results = pytrec_eval.RelevanceEvaluator(judged, measures).evaluate(ordered)
    reciprocal = pytrec_eval.RelevanceEvaluator(judged, {"recip_rank"}).evaluate(first)

    def mean(values: Mapping[str, Mapping[str, float]], measure: str) -> float:
        return sum(values.get(query, {}).get(measure, 0.0) for query in judged) / len(judged)

    return Quality(
        len(judged),
        mean(reciprocal, "recip_rank"),
        mean(results, "ndcg_cut_10"),
        mean(results, "recall_10"),
        mean(results, "recall_100"),
        mean(results, "map"),
    )


def _judged(run: Run, qrels: Qrels) -> dict[str, dict[str, int]]:
    """Return the judgements of the queries of a run that have a relevant passage. Raise BadInput if there is none."""
    judged = {query: dict(qrels[query]) for query in run if any(grade > 0 for grade in qrels.get(query, {}).values())}
    if not judged:
        raise BadInput("none of the queries has a relevant passage: are these the judgements of other queries?")
    return judged


def _ordered(run: Run, judged: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return a run with ranks for scores: trec_eval orders by score, and breaks ties in its own way."""
    return {query: {passage: -float(rank) for rank, (passage, _) in enumerate(run[query])} for query in judged}
