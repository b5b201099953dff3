"""The addresses of the API that search: hits of a query, passages like another, completions."""

from typing import Any, get_args

from .. import BadInput, Results
from ..options import Grouping
from .conditions import CONDITIONS, conditions
from .endpoint import Answered, Endpoint, Served, no_passage
from .parameters import Parameter
from .schemas import RESULTS, SUGGESTIONS

MOST_CONTEXT = 100

QUERY = Parameter("q", "The query, in the language of the manual.", required=True, example="سرزمین اشغالی")

SEARCH = (
    QUERY,
    Parameter("limit", "The number of hits to return, at most; 0 to count them.", "count", 10, most=1_000),
    Parameter("from", "The rank of the first hit to return.", "count", 1, least=1, most=1_000_000),
    Parameter(
        "sort",
        "The order of hits: score, date, document, or a declared field (`-NAME`: the greatest value first).",
        default="score",
        example="date",
    ),
    Parameter("by", "Every passage, or the best one of each document.", default="passage", choices=get_args(Grouping)),
    Parameter("within", "A query that passages must match, too, without a part in their scores."),
    *CONDITIONS,
    Parameter(
        "facet",
        "Count all hits by the values of this field: collection, year, speaker, document, or a declared one.",
        "texts",
        (),
        most=20,
        example=("year",),
    ),
    Parameter("context", "How many passages before and after each hit to return, too.", "count", 0, most=MOST_CONTEXT),
    Parameter("explain", "Return the parts of each score.", "flag", False),
    Parameter("correct", "Search for corrections of words that hardly any passage has, too.", "flag", True),
    Parameter("copies", "Return all passages with the same words.", "flag", False),
)
"""The parameters of a search."""


def search(served: Served, given: Answered) -> dict[str, Any]:
    """Return the hits of a query."""
    found: dict[str, Any] = results(served, given, given["limit"]).to_dict()
    return found


def results(served: Served, given: Answered, limit: int) -> Results:
    """Return the results of the search that the parameters ask for."""
    return served.index.search(
        given["q"],
        limit,
        first=given["from"],
        sort=given["sort"],
        by=given["by"],
        within=given["within"] or None,
        where=conditions(given, served.index.fields),
        facets=given["facet"],
        collapse=not given["copies"],
        context=given["context"],
        explain=given["explain"],
        correct=given["correct"],
        limits=served.settings.limits,
    )


def similar_results(served: Served, given: Answered) -> Results:
    """Return the results that have most in common with a passage.

    Raises:
        Problem: No passage has this id.
    """
    try:
        return served.index.similar(given["id"], given["limit"], limits=served.settings.limits)
    except BadInput:
        raise no_passage(given["id"]) from None


def similar(served: Served, given: Answered) -> dict[str, Any]:
    """Return the passages that have most in common with another."""
    found: dict[str, Any] = similar_results(served, given).to_dict()
    return found


def suggest(served: Served, given: Answered) -> list[str]:
    """Return completions of what is being typed."""
    return served.index.suggest(given["q"], given["limit"], limits=served.settings.limits)


ENDPOINTS = (
    Endpoint("/api/search", "search", "Find passages, best first.", SEARCH, search, RESULTS),
    Endpoint(
        "/api/similar",
        "similar",
        "Find passages like one that is known.",
        (
            Parameter("id", "The id of the passage.", required=True, example="talks/water.txt#6"),
            Parameter("limit", "The number of hits to return, at most.", "count", 10, least=1, most=1_000),
        ),
        similar,
        RESULTS,
    ),
    Endpoint(
        "/api/suggest",
        "suggest",
        "Complete the last word of what is being typed.",
        (
            Parameter("q", "What has been typed.", default="", example="سرز"),
            Parameter("limit", "The number of completions, at most.", "count", 10, least=1, most=100),
        ),
        suggest,
        SUGGESTIONS,
    ),
)
