"""The search of the page: a page of results, with the counts of facets that its filters leave to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .. import BadArgument, BadInput, BadQuery, BeyondLimit, Hit, JooyaError, Limits, Results, Searcher
from .conditions import conditions
from .page_state import PAGE_SIZE, PageState
from .problems import KINDS, problem_of

FACETS = ("collection", "speaker")
"""The facets of any index, beside the years."""

MOST_HITS = 1_000
"""The greatest number of passages of one document that are marked."""

Counts = Mapping[str, Sequence[tuple[str | int | float, int]]]
"""For each facet its values, each with the number of hits that have it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a search for the page.

    Attributes:
        state: The state that was searched for; without dates if these cannot be read.
        results: The hits of the page; None if the search failed.
        counts: The facets.
        did_you_mean: Other queries that may have been meant.
        unread_dates: The ends of the range of dates as they were typed, if they cannot be read; else None.
        problem: Why the search failed, as a key of the words of the page, with the message that says more; else None.
        status: The status of HTTP with which it is answered.
    """

    state: PageState
    results: Results | None
    counts: Counts
    did_you_mean: Sequence[str] = ()
    unread_dates: tuple[str, str] | None = None
    problem: tuple[str, str] | None = None
    status: int = 200


def answer(index: Searcher, state: PageState, limits: Limits) -> Answer:
    """Search for what the state of the page says."""
    try:
        return _answer(index, state, limits)
    except BadArgument as error:
        if error.argument == "where" or "date" in str(error):
            undated = state.without("year")
            if undated != state:
                return replace(answer(index, undated, limits), unread_dates=(state.since, state.until))
        return _failed(state, "failed", error)
    except BeyondLimit as error:
        return _failed(state, "failed.limit", error)
    except (BadQuery, BadInput) as error:
        return _failed(state, "failed", error)


def _failed(state: PageState, key: str, error: JooyaError) -> Answer:
    found = problem_of(error)
    return Answer(state, None, {}, problem=(key, found.detail), status=KINDS[found.kind].status)


def facet_names(index: Searcher) -> list[str]:
    """Return the names of the facets of an index: those of any index, and its own fields of words."""
    return ["year", *FACETS, *[name for name, kind in index.fields.items() if kind in ("keyword", "text")]]


def _answer(index: Searcher, state: PageState, limits: Limits) -> Answer:
    names = facet_names(index)
    limit = PAGE_SIZE if state.query or state.is_filtered else 0
    results = index.search(state.text, limit, first=state.first, facets=names, limits=limits, **_options(index, state))
    counts: dict[str, Any] = {}
    for name in names:
        others = state.without(name)
        found = results
        # A facet that filters offers its other values, too: those of the hits without this filter.
        if others != state and name != "year":
            found = index.search(state.text, 0, facets=[name], limits=limits, **_options(index, others))
        counts[name] = [(one.value, one.count) for one in found.facets.get(name, ())]
    meant = results.did_you_mean if state.query and not results.corrections and results.total < PAGE_SIZE else ()
    return Answer(state, results, counts, meant)


def _options(index: Searcher, state: PageState) -> dict[str, Any]:
    given = {"where": state.conditions, "since": state.since, "until": state.until}
    return {
        "sort": state.sort,
        "by": state.grouping,
        "where": conditions(given, index.fields),
        "correct": not state.exact,
    }


def document_hits(index: Searcher, key: str, state: PageState, limits: Limits) -> list[Hit] | None:
    """Return the passages of a document that have words of the query, in the order of the text.

    Where the title has them all, every passage matches, and those without a word to mark lead nowhere.

    Returns:
        The passages; None if there is no query, or one that cannot be searched for.
    """
    if not state.query:
        return None
    options: dict[str, Any] = {"sort": "document", "collapse": False, "correct": not state.exact}
    try:
        found = index.search(state.query, MOST_HITS, where={"doc": key}, limits=limits, **options)
    except (BadQuery, BadArgument):
        return None
    return [hit for hit in found if hit.highlights]
