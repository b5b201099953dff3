"""The passages that are shown: those of a page, their neighbours, and the first ones of their documents."""

from collections.abc import Mapping, Sequence

from ..codec.segment import Segment
from ..own_fields import OwnFields
from .candidates import SOURCE, Candidate, in_order, segment_of
from .clause_queries import Query
from .cluster_searcher import ClusterSearcher, SegmentMaker
from .layout import NUMBER
from .sort_orders import sort_of
from .statistics import Statistics

_PASSAGES_AT_ONCE = 200  # whose neighbours are asked for in one query


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
    searcher.first_passage = first_passage(statistics)
    return searcher, {one.id: number for number, one in enumerate(every)}


def first_passage(statistics: Statistics) -> SegmentMaker:
    """Return a function that gives the segment of the first passage that a query finds, or None."""
    where, own = statistics.state.engine_index, statistics.state.fields

    def find(query: Query) -> Segment | None:
        answer = statistics.search(query, size=1, _source=SOURCE, sort=sort_of("document", own))
        found = [Candidate.of_hit(where, hit) for hit in answer["hits"]["hits"]]
        return segment_of(where, found, own) if found else None

    return find
