"""Documents and passages of an index on the engine, by their keys, ids and texts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from .. import stored_documents
from ..document import key_pattern
from ..fingerprints import fingerprint
from ..results import Hit
from ..search.hits import passage_of
from ..stored_documents import StoredDocument
from ..surrogates import well_formed
from .candidates import SOURCE, Candidate, in_order, segment_of
from .clause_queries import MATCH_ALL, Query
from .cluster_searcher import ClusterSearcher
from .layout import NUMBER, engine_term
from .paging import all_hits, composite
from .shown_passages import passages_of, with_neighbours
from .sort_orders import IN_ORDER
from .statistics import Asked, Statistics

_PAGE = 500  # documents that are asked for at once
_WHOLE = 20  # documents with all of their passages that are asked for at once
_IDS = 10_000  # passages whose ids are asked for at once
_NAMES = 1_000  # passages that are looked for at once

Read = Callable[[Callable[["RemoteDocuments"], list[Any]]], list[Any]]
"""Returns what a function reads from one commit."""


class RemoteDocuments:
    """The documents of one commit."""

    def __init__(self, statistics: Statistics, required: Query | None = None) -> None:
        """Read nothing yet.

        Args:
            statistics: The statistics of the index.
            required: Leaves `passages` only passages that this query finds, and `keys` those of documents that have
                one; all if it is None.
        """
        self._statistics = statistics
        self._required = required
        self._where = statistics.state.engine_index
        self._own = statistics.state.fields

    def ids(self) -> set[str]:
        """Return the ids of all passages."""
        search = partial(self._statistics.search, MATCH_ALL)
        return {str(hit["_source"]["id"]) for hit in all_hits(search, _IDS, _source=["id"], sort=IN_ORDER)}

    def among(self, keys: Iterable[str]) -> set[str]:
        """Return those of some keys that documents have."""
        terms = {key: engine_term(well_formed(key)) for key in keys}
        every = sorted({*terms.values()})
        asked: list[Asked] = [
            (
                {"bool": {"filter": [{"terms": {"document": some}}, {"term": {NUMBER: 1}}]}},
                {"size": len(some), "track_total_hits": False, "_source": False, "docvalue_fields": ["document"]},
            )
            for some in (every[first : first + _NAMES] for first in range(0, len(every), _NAMES))
        ]
        hits = [hit for answer in self._statistics.search_all(asked) for hit in answer["hits"]["hits"]]
        found = {str(hit["fields"]["document"][0]) for hit in hits}
        return {key for key, term in terms.items() if term in found}

    def get(self, key: str) -> StoredDocument | None:
        """Return the document with a key and its passages, or None."""
        return next(iter(self.whole([key])), None)

    def whole(self, keys: Iterable[str]) -> list[StoredDocument]:
        """Return the documents with some keys, with their passages."""
        keys = [well_formed(key) for key in keys]
        query = {"terms": {"document": [engine_term(key) for key in keys]}}
        found = list(passages_of(self._statistics, query))
        if not found:
            return []
        searcher = ClusterSearcher(self._statistics, segment_of(self._where, found, self._own))
        documents = [stored_documents.get(searcher, key) for key in keys]
        return [document for document in documents if document is not None]

    def passage(self, passage_id: str, context: int) -> Hit | None:
        """Return the passage with an id, with so many passages before and after it, or None."""
        query = {"term": {"id": engine_term(well_formed(passage_id))}}
        hits = self._statistics.search(query, size=1, _source=SOURCE)["hits"]["hits"]
        found = [Candidate.of_hit(self._where, hit) for hit in hits]
        return self._as_hits(found, context)[0] if found else None

    def passages(self, names: Sequence[str], context: int) -> list[Hit | None]:
        """Return the passage for each name, or None: the one that has it as its id, or the first that has its words.

        Args:
            names: Ids and texts of passages.
            context: How many passages before and after each to return with it.
        """
        ids = {name: engine_term(well_formed(name)) for name in names}
        of_texts = {name: fingerprint(well_formed(name)) for name in names}
        by_id: dict[str, Candidate] = {}
        by_text: dict[int, Candidate] = {}
        every = list(dict.fromkeys(names))
        for first in range(0, len(every), _NAMES):
            some = every[first : first + _NAMES]
            for one in self._matching({"terms": {"id": [ids[name] for name in some]}}):
                by_id[engine_term(one.source["stored"]["id"])] = one
            values = sorted({of_texts[name] for name in some if of_texts[name]})
            same = {"field": "fingerprint"}
            for one in self._matching({"terms": {"fingerprint": values}}, collapse=same):
                by_text.setdefault(int(one.source["fingerprint"]), one)
        chosen = {name: by_id.get(ids[name]) or by_text.get(of_texts[name]) for name in every}
        found = [one for one in chosen.values() if one is not None]
        distinct = {one.id: one for one in found}
        hits = dict(zip(distinct, self._as_hits(list(distinct.values()), context), strict=True))
        return [None if (known := chosen[name]) is None else hits[known.id] for name in names]

    def keys(self, beginning: str, after: str | None) -> list[str]:
        """Return the keys of documents in order: as many as one request gives, or fewer if there are no more.

        Args:
            beginning: The beginning of the keys.
            after: The key after which they come; None for the first.
        """
        queries: list[Query] = [{"prefix": {"document": beginning}}] if beginning else []
        queries += [] if self._required is None else [self._required]
        found = composite({"document": "document"}, _IDS, None if after is None else {"document": after})
        answer = self._statistics.search(
            {"bool": {"filter": queries}}, size=0, track_total_hits=False, aggs={"documents": found}
        )
        return [str(bucket["key"]["document"]) for bucket in answer["aggregations"]["documents"]["buckets"]]

    def of_keys(self, keys: Sequence[str]) -> list[StoredDocument]:
        """Return documents without their passages."""
        terms = {"field": "document", "size": len(keys), "shard_size": len(keys)}
        # One request for both: two may be answered by copies that show different things.
        answer = self._statistics.search(
            {"terms": {"document": list(keys)}},
            size=len(keys),
            _source=SOURCE,
            sort=IN_ORDER,
            track_total_hits=False,
            aggs={"documents": {"terms": terms}},
            post_filter={"term": {NUMBER: 1}},
        )
        counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["aggregations"]["documents"]["buckets"]}
        found = in_order(Candidate.of_hit(self._where, hit) for hit in answer["hits"]["hits"])
        searcher = ClusterSearcher(self._statistics, segment_of(self._where, found, self._own))
        return [
            stored_documents.document_of(searcher, number, counts[one.document]) for number, one in enumerate(found)
        ]

    def _matching(self, query: Query, **body: Any) -> list[Candidate]:
        both = [query] if self._required is None else [query, self._required]
        answer = self._statistics.search(
            {"bool": {"filter": both}}, size=_IDS, _source=SOURCE, sort=IN_ORDER, track_total_hits=False, **body
        )
        return [Candidate.of_hit(self._where, hit) for hit in answer["hits"]["hits"]]

    def _as_hits(self, found: Sequence[Candidate], context: int) -> list[Hit]:
        shown = with_neighbours(self._statistics, self._own, found, context)
        return [passage_of(shown.searcher, shown.numbers[one.id], context) for one in found]


def listed(read: Read, pattern: str, prefix: str, first: int, *, passages: bool) -> Iterator[StoredDocument]:
    """Yield the documents whose keys match a pattern and begin with a prefix, in the order of their keys.

    Args:
        read: Reads some of them, from the last commit at that time.
        pattern: The pattern.
        prefix: The prefix.
        first: The place of the first one to yield, from 1.
        passages: True to read their passages, too.
    """
    prefix = well_formed(prefix)
    literal = well_formed(pattern).partition("*")[0]
    start = literal if literal.startswith(prefix) else prefix
    if not start.startswith(literal):
        return
    keys = islice(filter(key_pattern(pattern).fullmatch, _keys(read, start)), first - 1, None)
    of_keys, at_once = (RemoteDocuments.whole, _WHOLE) if passages else (RemoteDocuments.of_keys, _PAGE)
    while some := list(islice(keys, at_once)):
        yield from read(partial(of_keys, keys=some))


def _keys(read: Read, beginning: str) -> Iterator[str]:
    """Yield the keys that begin with a text."""
    after: str | None = None
    while True:
        found = read(partial(RemoteDocuments.keys, beginning=beginning, after=after))
        yield from found
        if len(found) < _IDS:
            return
        after = found[-1]
