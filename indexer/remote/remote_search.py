"""From a plan to results: the exact head of the engine's ranking, and what is shown of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Any

from ..open_index import Wanted
from ..own_fields import OwnFields
from ..query.planner import QueryPlan
from ..ranking.collector import RESCORE_WINDOW, best, rank
from ..results import Results
from ..search.hits import results_of
from ..search.pages import FoundPassage, SearchPage, search_page
from .candidates import SOURCE, Candidate, in_order, segment_of
from .clause_queries import MATCH_NOTHING, Query, Translation
from .cluster_searcher import ClusterSearcher
from .document_head import DOCUMENTS, page_of_documents
from .exact_head import BY_SCORE, MOST_CANDIDATES, Found
from .facet_counts import count_facets
from .layout import NUMBER
from .sort_orders import sort_of
from .statistics import Statistics

_FIRST = 100  # candidates that are asked for at least
_SPARE = 60  # candidates beyond the last hit that is wanted

_PASSAGES_AT_ONCE = 200  # whose neighbours are asked for in one query

APPROXIMATE = "the order of the last hits is approximate: too many passages score nearly the same"
"""The note where a ranking could not be proven."""


class RemoteSearch:
    """Answers planned queries from one commit of an index on the engine."""

    def __init__(self, statistics: Statistics, own: OwnFields) -> None:
        self._statistics = statistics
        self._own = own
        self._where = statistics.state.engine_index

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
        else:
            found, page = self._page(plan, wanted)
            candidates, searcher = found.candidates, found.searcher
        shown, page = self._shown(plan, page, candidates, wanted)
        if wanted.by == "document" and wanted.explain:
            page = page._replace(documents=None)
        return results_of(
            shown, text, plan, page, wanted.first, context=wanted.context, explain=wanted.explain, facets=counts
        )

    def ranking(self, plan: QueryPlan, limit: int) -> list[tuple[str, float]]:
        """Return the ids and scores of the best passages."""
        found = Found(self._statistics, plan.clause, self._own, is_counted=False)
        found.extend(max(_FIRST, limit + _SPARE))
        while (proven := found.proven()) < limit and len(found.candidates) < MOST_CANDIDATES + limit:
            found.extend(len(found.candidates) * 2)
        del proven
        ranked = rank(found.searcher, plan.clause, limit, plan.rescorers)
        return [(found.candidates[number].source["stored"]["id"], score) for number, score in ranked]

    def _page(self, plan: QueryPlan, wanted: Wanted) -> tuple[Found, SearchPage]:
        """Return a page of passages by score, or sorted by a field."""
        by_score = wanted.sort == "score"
        order = BY_SCORE if by_score else sort_of(wanted.sort, self._own)
        found = Found(self._statistics, plan.clause, self._own, order)
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
            if len(page.passages) == wanted.limit and (not by_score or self._needed(found, plan, page) <= found.proven()):
                return found, page
            if len(found.candidates) >= MOST_CANDIDATES + last:
                plan.notes.append(APPROXIMATE)
                return found, page
            found.extend(len(found.candidates) * 2)

    @staticmethod
    def _needed(found: Found, plan: QueryPlan, page: SearchPage) -> float:
        """Return how many of the best candidates a page is made of."""
        ranked = best(found.searcher, plan.clause, len(found.candidates))
        places = {number: place for place, (number, _) in enumerate(ranked, 1)}
        window = RESCORE_WINDOW if plan.rescorers else 0
        return max([window, *[places.get(passage.number, inf) for passage in page.passages]])

    def _total(self, plan: QueryPlan, wanted: Wanted) -> int:
        """Return how many passages, or documents, a plan finds."""
        query = Translation(ClusterSearcher(self._statistics), plan.clause, is_scored=False).query
        if query is MATCH_NOTHING:
            return 0
        if wanted.by == "document":
            answer = self._statistics.search(query, size=0, aggs=DOCUMENTS)
            return int(answer["aggregations"]["documents"]["value"])
        answer = self._statistics.search(query, size=0, track_total_hits=True)
        return int(answer["hits"]["total"]["value"])

    def _shown(
        self, plan: QueryPlan, page: SearchPage, candidates: Sequence[Candidate], wanted: Wanted
    ) -> tuple[ClusterSearcher, SearchPage]:
        """Return a searcher of the passages of a page and what is shown beside them, and the page with its numbers."""
        hits = [candidates[passage.number] for passage in page.passages]
        copies = page.copies
        if wanted.collapse and wanted.by == "passage" and hits:
            copies = self._copies(plan, hits)
        shown, numbers = with_neighbours(self._statistics, self._own, hits, wanted.context)
        passages = [
            FoundPassage(numbers[hit.id], passage.score, passage.is_rescored)
            for hit, passage in zip(hits, page.passages, strict=True)
        ]
        return shown, SearchPage(page.total, passages, copies, page.documents)

    def _copies(self, plan: QueryPlan, hits: Sequence[Candidate]) -> list[int]:
        """Return for each hit how many other passages were found with the same words."""
        values = [int(hit.source.get("fingerprint") or 0) for hit in hits]
        wanted: list[Query] = [{"terms": {"fingerprint": sorted({value for value in values if value})}}]
        if 0 in values:
            wanted.append({"bool": {"must_not": [{"exists": {"field": "fingerprint"}}]}})
        query = Translation(ClusterSearcher(self._statistics), plan.clause, is_scored=False).query
        among = {"bool": {"filter": [query, {"bool": {"should": wanted, "minimum_should_match": 1}}]}}
        terms = {"field": "fingerprint", "size": len(values) + 1, "shard_size": len(values) + 1, "missing": 0}
        answer = self._statistics.search(among, size=0, aggs={"same": {"terms": terms}})
        counts = {int(one["key"]): int(one["doc_count"]) for one in answer["aggregations"]["same"]["buckets"]}
        return [max(counts.get(value, 1) - 1, 0) for value in values]


def with_neighbours(
    statistics: Statistics, own: OwnFields, hits: Sequence[Candidate], context: int
) -> tuple[ClusterSearcher, Mapping[str, int]]:
    """Return a searcher of some passages, those before and after them, and the first ones of their documents.

    The first passage of a document has its metadata.

    Args:
        statistics: The statistics of the index.
        own: The declared fields.
        hits: The passages.
        context: How many passages before and after each.

    Returns:
        The searcher, and the numbers that it gives to `hits`, by their ids.
    """
    every = list(hits)
    known = {(hit.key, hit.number) for hit in hits}
    queries: list[Query] = []
    size = 0
    for hit in hits:
        near = range(max(hit.number - context, 1), hit.number + context + 1)
        missing = [number for number in {1, *near} if (hit.key, number) not in known]
        if missing:
            known |= {(hit.key, number) for number in missing}
            size += len(missing)
            document = {"term": {"document": hit.document}}
            queries.append({"bool": {"filter": [document, {"terms": {NUMBER: sorted(missing)}}]}})
    for first in range(0, len(queries), _PASSAGES_AT_ONCE):
        some = queries[first : first + _PASSAGES_AT_ONCE]
        answer = statistics.search({"bool": {"should": some, "minimum_should_match": 1}}, size=size, _source=SOURCE)
        every += [Candidate.of_hit(statistics.state.engine_index, one) for one in answer["hits"]["hits"]]
    every = in_order(every)
    searcher = ClusterSearcher(statistics, segment_of(statistics.state.engine_index, every, own))
    searcher.first_passage = first_passage(statistics, own)
    return searcher, {one.id: number for number, one in enumerate(every)}


def first_passage(statistics: Statistics, own: OwnFields) -> Callable[[Query], Any]:
    """Return a function that gives the segment of the first passage that a query finds, or None."""

    def find(query: Query) -> Any:
        answer = statistics.search(query, size=1, _source=SOURCE, sort=sort_of("document", own))
        found = [Candidate.of_hit(statistics.state.engine_index, hit) for hit in answer["hits"]["hits"]]
        return segment_of(statistics.state.engine_index, found, own) if found else None

    return find
