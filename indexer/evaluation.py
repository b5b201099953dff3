"""How well an index answers queries whose right passages are known."""

from collections.abc import Mapping
from typing import NamedTuple

from .errors import BadInput

DEPTH = 1000
"""Passages of each answer that are looked at."""

Qrels = Mapping[str, Mapping[str, int]]
"""For each query the passages that were judged, and how relevant each is; 0 is not."""

Run = Mapping[str, list[tuple[str, float]]]
"""For each query its answer: passages and scores, best first."""


_GREATEST = 1000  # relevance


class Quality(NamedTuple):
    """Means over `queries` queries, each from 0 to 1."""

    queries: int
    mrr_10: float
    ndcg_10: float
    recall_10: float
    recall_100: float
    map: float


NAMES = {"mrr_10": "MRR@10", "ndcg_10": "nDCG@10", "recall_10": "R@10", "recall_100": "R@100", "map": "MAP"}
"""What the measures are called."""


def qrels_of(lines: list[str], name: str) -> dict[str, dict[str, int]]:
    """Judgements as TREC writes them: a query, a column that is not used, a passage, and how relevant it is.

    Raises BadInput, with the line.
    """
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines, 1):
        columns = line.split()
        if not columns:
            continue
        try:
            query, _, passage, relevance = columns
            grade = int(relevance)
            if abs(grade) > _GREATEST:
                raise ValueError(relevance)
            found.setdefault(query, {})[passage] = grade
        except ValueError:
            raise BadInput(f"{name}:{number}: not 'QUERY 0 PASSAGE RELEVANCE'") from None
    return found


def evaluate(run: Run, qrels: Qrels) -> Quality:
    """The measures of trec_eval, over the queries in both that have a relevant passage. The order is that of the run,
    also where scores are equal.

    Raises BadInput if there are no such queries.
    """
    import pytrec_eval  # noqa: PLC0415 - only evaluating waits for it

    judged = {query: dict(qrels[query]) for query in run if any(grade > 0 for grade in qrels.get(query, {}).values())}
    if not judged:
        raise BadInput("none of the queries has a relevant passage: are these qrels of other queries?")
    # trec_eval orders by score and breaks ties in its own way.
    ordered = {query: {passage: -float(rank) for rank, (passage, _) in enumerate(run[query])} for query in judged}
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
