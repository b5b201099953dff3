"""From a plan to results: the exact head of the engine's ranking, and what is shown of it."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from ..open_index import Wanted
from ..own_fields import OwnFields
from ..query.planner import QueryPlan
from ..ranking.collector import RESCORE_WINDOW, rescored, rescored_size
from ..results import Results
from ..search.hits import results_of
from ..search.pages import SearchPage, search_page
from .candidates import Candidate
from .clause_queries import MATCH_NOTHING, Query, Translation
from .cluster_searcher import ClusterSearcher
from .document_counts import count_documents
from .document_head import RenumberedRanking, page_of_documents
from .exact_head import BY_SCORE, MOST_CANDIDATES, Found
from .facet_counts import count_facets
from .shown_passages import with_neighbours
from .sort_orders import sort_of
from .statistics import Asked, Statistics

_FIRST = 100  # candidates that are asked for at least
_SPARE = 60  # candidates beyond the last hit that is wanted


class RemoteSearch:
    """Answers planned queries from one commit of an index on the engine."""

    def __init__(self, statistics: Statistics, own: OwnFields) -> None:
        self._statistics = statistics
        self._own = own

    def answer(self, text: str, plan: QueryPlan, wanted: Wanted) -> Results:
        """Return what `search` does for a query that is planned."""
        counts = {}
        if wanted.facets:
            searcher = ClusterSearcher(self._statistics)
            counts = count_facets(
                self._statistics,
                Translation(searcher, plan.clause, is_scored=False).query,
                wanted.facets,
                self._own,
                plan.notes,
                by_document=wanted.by == "document",
            )
        if not wanted.limit:
            return Results(text, self._total(plan, wanted), [], plan.notes, [], counts)
        if wanted.by == "document":
            page, candidates, searcher = page_of_documents(self._statistics, self._own, plan, wanted)
            are_counted = True
        else:
            found, page = self._page(plan, wanted)
            candidates, searcher = found.candidates, found.searcher
            are_counted = found.is_complete or not wanted.collapse
        hits = [candidates[passage.number] for passage in page.passages]
        also = [] if are_counted or not hits else [self._copies_of(plan, hits)]
        shown = with_neighbours(self._statistics, self._own, hits, wanted.context, also)
        if also:
            page = page._replace(copies=_copies(hits, shown.answers[0]))
        return results_of(
            shown.searcher,
            text,
            plan,
            _renumbered(page, hits, shown.numbers, searcher),
            wanted.first,
            context=wanted.context,
            explain=wanted.explain,
            facets=counts,
        )

    def ranking(self, plan: QueryPlan, limit: int) -> list[tuple[str, float]]:
        """Return the ids and scores of the best passages."""
        found = Found(self._statistics, plan, self._own, is_counted=False)
        needed = rescored_size(limit, plan.rescorers)
        found.extend(max(_FIRST, needed + _SPARE))
        while found.proven() < needed and len(found.candidates) < MOST_CANDIDATES + limit:
            found.extend(len(found.candidates) * 2)
        ranked = rescored(found.searcher, found.ranked(), plan.rescorers)[:limit]
        return [(found.candidates[number].source["stored"]["id"], score) for number, score in ranked]

    def _page(self, plan: QueryPlan, wanted: Wanted) -> tuple[Found, SearchPage]:
        """Return a page of passages by score, or sorted by a field."""
        by_score = wanted.sort == "score"
        order = BY_SCORE if by_score else sort_of(wanted.sort, self._own)
        found = Found(self._statistics, plan, self._own, order)
        last = wanted.first + wanted.limit - 1
        found.extend(max(_FIRST, last + _SPARE) if by_score else last + _SPARE)
        while True:
            page = search_page(
                found.searcher,
                plan,
                limit=wanted.limit,
                skip=wanted.first - 1,
                sort=wanted.sort,
                collapse=wanted.collapse,
                own=self._own,
                total=found.total,
            )
            if found.is_complete:
                return found, page
            if len(page.passages) == wanted.limit and (
                not by_score or self._needed(found, plan, page) <= found.proven()
            ):
                if found.is_estimated:
                    plan.notes.append(
                        "the order of hits is approximate: passages that were removed still count in the search engine"
                    )
                return found, page
            if len(found.candidates) >= MOST_CANDIDATES + last:
                plan.notes.append("the order of the last hits is approximate: too many passages score nearly the same")
                return found, page
            found.extend(len(found.candidates) * 2)

    @staticmethod
    def _needed(found: Found, plan: QueryPlan, page: SearchPage) -> float:
        """Return how many of the best candidates a page is made of."""
        places = {number: place for place, (number, _) in enumerate(found.ranked(), 1)}
        window = RESCORE_WINDOW if plan.rescorers else 0
        return max([window, *[places.get(passage.number, inf) for passage in page.passages]])

    def _total(self, plan: QueryPlan, wanted: Wanted) -> int:
        """Return how many passages, or documents, a plan finds."""
        searcher = ClusterSearcher(self._statistics)
        if wanted.by == "passage":
            return searcher.count_matches(plan.clause)
        query = Translation(searcher, plan.clause, is_scored=False).query
        return 0 if query is MATCH_NOTHING else count_documents(self._statistics, [query])[0]

    def _copies_of(self, plan: QueryPlan, hits: Sequence[Candidate]) -> Asked:
        """Return the search for how many passages were found with the words of each hit."""
        values = [int(hit.source.get("fingerprint") or 0) for hit in hits]
        wanted: list[Query] = [{"terms": {"fingerprint": sorted({value for value in values if value})}}]
        if 0 in values:
            wanted.append({"bool": {"must_not": [{"exists": {"field": "fingerprint"}}]}})
        query = Translation(ClusterSearcher(self._statistics), plan.clause, is_scored=False).query
        among = {"bool": {"filter": [query, {"bool": {"should": wanted, "minimum_should_match": 1}}]}}
        terms = {"field": "fingerprint", "size": len(values) + 1, "shard_size": len(values) + 1, "missing": 0}
        return among, {"size": 0, "track_total_hits": False, "aggs": {"same": {"terms": terms}}}


def _copies(hits: Sequence[Candidate], answer: Mapping[str, Any]) -> list[int]:
    """Return for each hit how many other passages were found with the same words."""
    counts = {int(one["key"]): int(one["doc_count"]) for one in answer["aggregations"]["same"]["buckets"]}
    return [max(counts.get(int(hit.source.get("fingerprint") or 0), 1) - 1, 0) for hit in hits]


def _renumbered(
    page: SearchPage, hits: Sequence[Candidate], numbers: Mapping[str, int], searcher: ClusterSearcher
) -> SearchPage:
    """Return a page with other numbers of its passages.

    Args:
        page: The page.
        hits: Its passages.
        numbers: The new number of each, by its id.
        searcher: The searcher that made the page.
    """
    passages = [passage._replace(number=numbers[hit.id]) for hit, passage in zip(hits, page.passages, strict=True)]
    documents = page.documents
    if documents is not None:
        before = {new.number: old.number for new, old in zip(passages, page.passages, strict=True)}
        documents = RenumberedRanking(documents, searcher.leaves[0], before)
    return page._replace(passages=passages, documents=documents)
