"""Ranking documents as wholes, by all their passages that a query of the engine finds."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any

import numpy as np

from ..codec.arrays import Array
from ..open_index import Wanted
from ..own_fields import OwnFields
from ..query.planner import PASSAGE_BM25, QueryPlan
from ..ranking.bm25 import idf
from ..ranking.clauses import Term
from ..ranking.document_ranking import DocumentRanking
from ..ranking.score_parts import ScorePart
from ..ranking.searcher import SegmentSearcher
from ..search.pages import FoundPassage, SearchPage, search_page
from .candidates import Candidate, segment_of
from .clause_queries import MATCH_NOTHING, Query, Translation
from .cluster_searcher import ClusterSearcher
from .document_counts import count_documents
from .exact_head import BY_SCORE, Found
from .layout import length_name
from .plan_terms import wanted_terms
from .shown_passages import passages_of
from .sort_orders import sort_of
from .statistics import Statistics, term_query

_FIRST = 100  # passages that are read before it is known whether there are too many
_ALL = 2_000  # passages: so many are all scored, and the ranking of their documents is exact
_DOCUMENTS = 200  # that are ranked at least of more passages
_MOST_PASSAGES = 20_000  # of the documents that are ranked, unless the first one alone has more


def page_of_documents(
    statistics: Statistics, own: OwnFields, plan: QueryPlan, wanted: Wanted
) -> tuple[SearchPage, list[Candidate], ClusterSearcher]:
    """Return a page of documents, each by its best passage, with the passages and their searcher."""
    last = wanted.first + wanted.limit - 1
    translation = Translation(ClusterSearcher(statistics), plan.clause, statistics.factor)
    query = translation.query
    if query is MATCH_NOTHING:
        searcher = ClusterSearcher(statistics)
        return SearchPage(0, [], []), [], searcher
    by_score = wanted.sort == "score"
    found = Found(statistics, plan, own)
    found.extend(_FIRST)
    if found.total <= _ALL:
        found.extend(_ALL + 1)
    candidates, total, skip = found.candidates, None, wanted.first - 1
    if not found.is_complete:
        (total,) = count_documents(statistics, [query])
        order = BY_SCORE if by_score else sort_of(wanted.sort, own)
        keys = _documents(statistics, query, order, max(last, _DOCUMENTS) if by_score else last, by_score=by_score)
        if not by_score:  # their order is known
            keys, skip = keys[skip:], 0
        ranked = _within(statistics, query, keys, _MOST_PASSAGES)
        candidates = list(passages_of(statistics, _among(query, ranked)))
        if len(ranked) < len(keys):
            plan.notes.append(
                f"only {len(ranked):,} of the first {len(keys):,} documents are ranked: they have too many passages"
            )
        elif by_score and total > len(keys):
            plan.notes.append(
                "the order of documents is approximate: only those with the best or the most passages are ranked"
            )
    segment = segment_of(statistics.state.engine_index, candidates, own, wanted_terms(plan))
    searcher = ClusterSearcher(statistics, segment)
    if not by_score:
        page = search_page(searcher, plan, limit=wanted.limit, skip=skip, sort=wanted.sort, by="document", own=own)
        return page._replace(total=page.total if total is None else total), candidates, searcher
    ranking = DocumentRanking(
        searcher, plan.clause, "document", "text", _DocumentStatistics(statistics, candidates, searcher)
    )
    best = islice(ranking.best_first(), skip, last)
    passages = [FoundPassage(number, score, is_rescored=False) for number, score in best]
    page = SearchPage(len(ranking) if total is None else total, passages, [0] * len(passages), ranking)
    return page, candidates, searcher


def _documents(
    statistics: Statistics, query: Query, order: Sequence[dict[str, Any]], size: int, *, by_score: bool
) -> list[str]:
    """Return the keys of the first documents in some order; by score, also those with the most passages."""
    body: dict[str, Any] = {"collapse": {"field": "document"}, "sort": list(order), "_source": False}
    if by_score:
        body["aggs"] = {"most": {"terms": {"field": "document", "size": _DOCUMENTS // 2}}}
    answer = statistics.search(query, size=min(size, 10_000), track_total_hits=False, **body)
    keys = [str(hit["fields"]["document"][0]) for hit in answer["hits"]["hits"]]
    if by_score:
        keys += [str(bucket["key"]) for bucket in answer["aggregations"]["most"]["buckets"]]
    return list(dict.fromkeys(keys))


def _within(statistics: Statistics, query: Query, keys: Sequence[str], most: int) -> list[str]:
    """Return the first of some documents that a query finds at most so many passages of, but at least one."""
    if not keys:
        return []
    terms = {"field": "document", "size": len(keys), "shard_size": len(keys)}
    answer = statistics.search(_among(query, keys), size=0, aggs={"documents": {"terms": terms}})
    counts = {str(one["key"]): int(one["doc_count"]) for one in answer["aggregations"]["documents"]["buckets"]}
    sums = accumulate(counts.get(key, 0) for key in keys)
    return [key for place, (key, sum_) in enumerate(zip(keys, sums, strict=True)) if not place or sum_ <= most]


def _among(query: Query, keys: Sequence[str]) -> Query:
    """Return the query for the passages of some documents that a query finds."""
    return {"bool": {"filter": [query, {"terms": {"document": list(keys)}}]}}


class RenumberedRanking(DocumentRanking):
    """A ranking of documents that explains scores by other numbers of their passages."""

    def __init__(self, ranking: DocumentRanking, leaf: SegmentSearcher, numbers: Mapping[int, int]) -> None:
        """Create the ranking.

        Args:
            ranking: The ranking.
            leaf: The segment that it was made of.
            numbers: The number of a passage there, by that which it is asked for by.
        """
        self._ranking = ranking
        self._leaf = leaf
        self._numbers = numbers

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._ranking)

    def explain(self, leaf: SegmentSearcher, doc: int) -> list[ScorePart]:
        """Return the parts of the score of the document whose best passage is `doc`."""
        return self._ranking.explain(self._leaf, self._numbers[doc])


class _DocumentStatistics:
    """The statistics of the words of all documents; see `DocumentStatistics`."""

    def __init__(self, statistics: Statistics, candidates: Sequence[Candidate], searcher: ClusterSearcher) -> None:
        self._statistics = statistics
        self._documents = max(statistics.state.documents, 1)
        _, length = statistics.state.lengths.get("text", (0, 0))
        self._average = length / self._documents or 1.0
        self.delta = PASSAGE_BM25.delta(self._average)
        self._lengths = _lengths_of(statistics, dict.fromkeys(one.document for one in candidates))

    def norms(self, leaf: SegmentSearcher) -> Array:
        """Return the norm of each document of the segment, by ordinal."""
        field = leaf.segment.fields["document"]
        keys = [key.decode("utf-8", "surrogatepass") for key in field.terms_between(0, field.terms)]
        lengths = np.array([self._lengths.get(key, 0.0) for key in keys], np.float64)
        return PASSAGE_BM25.norms(lengths, self._average)

    def idfs(self, terms: Sequence[Term]) -> list[float]:
        """Return the inverse document frequency of each of some terms among documents."""
        counts = count_documents(self._statistics, [term_query(term.field, term.term)[1] for term in terms])
        return [idf(count, self._documents) if count else 0.0 for count in counts]


def _lengths_of(statistics: Statistics, keys: Iterable[str]) -> dict[str, float]:
    """Return the length of the text of each of some documents, by key."""
    every, lengths = list(keys), dict[str, float]()
    column = length_name("text")
    for first in range(0, len(every), 10_000):
        some = every[first : first + 10_000]
        terms = {"field": "document", "size": len(some), "shard_size": len(some)}
        aggs = {"documents": {"terms": terms, "aggs": {"length": {"sum": {"field": column}}}}}
        answer = statistics.search({"terms": {"document": some}}, size=0, aggs=aggs)
        for bucket in answer["aggregations"]["documents"]["buckets"]:
            lengths[str(bucket["key"])] = float(bucket["length"]["value"])
    return lengths
