"""The passages that are shown: those of a page, their neighbours, and the first ones of their documents."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ..codec.segment import Segment
from ..own_fields import OwnFields
from .candidates import SOURCE, Candidate, in_order, segment_of
from .clause_queries import Query
from .cluster_searcher import ClusterSearcher, SegmentMaker
from .layout import NUMBER
from .paging import all_hits
from .sort_orders import IN_ORDER
from .statistics import Statistics

_HITS_AT_ONCE = 200  # passages whose neighbours are asked for in one query: it has a limit of parts

_PASSAGES_AT_ONCE = 1_000  # that are read in one request

_GREATEST_NUMBER = 2**31 - 1  # that the engine takes for the number of a passage


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
    queries = list(_beside(hits, context))
    for first in range(0, len(queries), _HITS_AT_ONCE):
        some = queries[first : first + _HITS_AT_ONCE]
        every += passages_of(statistics, {"bool": {"should": some, "minimum_should_match": 1}})
    every = in_order(every)
    searcher = ClusterSearcher(statistics, segment_of(statistics.state.engine_index, every, own))
    searcher.first_passage = first_passage(statistics)
    return searcher, {one.id: number for number, one in enumerate(every)}


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


def passages_of(statistics: Statistics, query: Query) -> Iterator[Candidate]:
    """Yield all passages that a query finds, in the order of documents and their texts."""
    search = partial(statistics.search, query)
    for hit in all_hits(search, _PASSAGES_AT_ONCE, _source=SOURCE, sort=IN_ORDER):
        yield Candidate.of_hit(statistics.state.engine_index, hit)


def first_passage(statistics: Statistics) -> SegmentMaker:
    """Return a function that gives the segment of the first passage that a query finds, or None."""
    where, own = statistics.state.engine_index, statistics.state.fields

    def find(query: Query) -> Segment | None:
        answer = statistics.search(query, size=1, _source=SOURCE, sort=IN_ORDER)
        found = [Candidate.of_hit(where, hit) for hit in answer["hits"]["hits"]]
        return segment_of(where, found, own) if found else None

    return find
