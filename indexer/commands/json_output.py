"""Results for programs: JSON, JSON lines and TREC runs. Offsets are in characters."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ...analyzers import Token
from .. import Results
from ..result_dicts import SCORE_DIGITS, results_dict
from .text_output import trec_column

RUN_TAG = "jooya"
"""The name of the system in a TREC run."""


def json_line(value: object) -> str:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def results_json(results: Results, did_you_mean: Sequence[str] = ()) -> str:
    """Return the answer to a query as one JSON object."""
    return json.dumps(results_dict(results, did_you_mean), ensure_ascii=False, indent=2)


def results_jsonl(results: Results, query_id: str | None = None) -> Iterator[str]:
    """Yield a JSON object for each hit, on a line of its own, with the id of the query if one is given."""
    for hit in results:
        named = {} if query_id is None else {"query_id": query_id}
        yield json_line(named | hit.to_dict())


def results_trec(results: Results, query_id: str) -> Iterator[str]:
    """Return the lines of a TREC run for the hits of a query."""
    return run_lines(query_id, [(hit.id, hit.score) for hit in results], first=results.hits[0].rank if results else 1)


def run_lines(query_id: str, answer: Sequence[tuple[str, float]], first: int = 1) -> Iterator[str]:
    """Yield the lines of a TREC run for the answer to a query: ids and scores, from the rank `first` on."""
    for rank, (passage, score) in enumerate(answer, first):
        yield f"{trec_column(query_id)} Q0 {trec_column(passage)} {rank} {score:.{SCORE_DIGITS}f} {RUN_TAG}"


def token_dict(token: Token) -> dict[str, Any]:
    """Return a token as a JSON object; offsets are in characters of the analyzed text."""
    return {name: getattr(token, name) for name in ("surface", "stem", "position", "start", "end")}
