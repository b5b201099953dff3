"""The passages that are shown: those of a page, their neighbours, and the first ones of their documents."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..codec.segment import Segment
from ..own_fields import OwnFields
from .candidates import SOURCE, Candidate, in_order, segment_of
from .clause_queries import Query
from .cluster_searcher import ClusterSearcher, SegmentMaker
from .layout import NUMBER
from .paging import all_hits
from .sort_orders import IN_ORDER
from .statistics import Asked, Statistics

_HITS_AT_ONCE = 200  # passages whose neighbours are asked for in one query: it has a limit of parts

_PASSAGES_AT_ONCE = 1_000  # that are read in one request

_PASSAGES: dict[str, Any] = {"_source": SOURCE, "sort": IN_ORDER}  # the parts of a search for passages in order

_GREATEST_NUMBER = 2**31 - 1  # that the engine takes for the number of a passage


class Shown(NamedTuple):
    """Passages with what is shown beside them.

    Attributes:
        searcher: The searcher of all of them.
        numbers: The numbers that it gives to the passages, by their ids.
        answers: The answers to the searches that were sent along.
    """

    searcher: ClusterSearcher
    numbers: Mapping[str, int]
    answers: Sequence[Mapping[str, Any]]


def with_neighbours(
    statistics: Statistics, own: OwnFields, hits: Sequence[Candidate], context: int, also: Sequence[Asked] = ()
) -> Shown:
    """Return some passages with those before and after them, and the first ones of their documents.

    The first passage of a document has its metadata.

    Args:
        statistics: The statistics of the index.
        own: The declared fields.
        hits: The passages.
        context: How many passages before and after each.
        also: Searches that are sent along.
    """
    beside = list(_beside(hits, context))
    queries: list[Query] = [
        {"bool": {"should": beside[first : first + _HITS_AT_ONCE], "minimum_should_match": 1}}
        for first in range(0, len(beside), _HITS_AT_ONCE)
    ]
    page = {"size": _PASSAGES_AT_ONCE, "track_total_hits": False, **_PASSAGES}
    answers = statistics.search_all([*also, *((query, page) for query in queries)])
    every = list(hits)
    for query, answer in zip(queries, answers[len(also) :], strict=True):
        found = answer["hits"]["hits"]
        every += [Candidate.of_hit(statistics.state.engine_index, hit) for hit in found]
        if len(found) == _PASSAGES_AT_ONCE:
            every += passages_of(statistics, query, search_after=found[-1]["sort"])
    every = in_order(every)
    searcher = ClusterSearcher(statistics, segment_of(statistics.state.engine_index, every, own))
    searcher.first_passage = first_passage(statistics)
    return Shown(searcher, {one.id: number for number, one in enumerate(every)}, answers[: len(also)])


def _beside(hits: Sequence[Candidate], context: int) -> Iterator[Query]:
    """Yield queries for what is shown beside some passages and is not among them."""
    known = {(hit.key, hit.number) for hit in hits}
    for hit in hits:
        wanted: list[Query] = []
        if context:
            last = min(hit.number + context, _GREATEST_NUMBER)
            wanted.append({"range": {NUMBER: {"gte": max(hit.number - context, 1), "lte": last}}})
        if hit.number - context > 1 and (hit.key, 1) not in known:
            known.add((hit.key, 1))
            wanted.append({"term": {NUMBER: 1}})
        if wanted:
            document: Query = {"term": {"document": hit.document}}
            yield {"bool": {"filter": [document], "should": wanted, "minimum_should_match": 1}}


def passages_of(statistics: Statistics, query: Query, **after: Any) -> Iterator[Candidate]:
    """Yield all passages that a query finds, in the order of documents and their texts.

    Args:
        statistics: The statistics of the index.
        query: The query.
        after: The part of a search that says after which passage they come; none for all.
    """
    for hit in all_hits(partial(statistics.search, query), _PASSAGES_AT_ONCE, **_PASSAGES, **after):
        yield Candidate.of_hit(statistics.state.engine_index, hit)


def first_passage(statistics: Statistics) -> SegmentMaker:
    """Return a function that gives the segment of the first passage that a query finds, or None."""
    where, own = statistics.state.engine_index, statistics.state.fields

    def find(query: Query) -> Segment | None:
        answer = statistics.search(query, size=1, _source=SOURCE, sort=IN_ORDER)
        found = [Candidate.of_hit(where, hit) for hit in answer["hits"]["hits"]]
        return segment_of(where, found, own) if found else None

    return find
