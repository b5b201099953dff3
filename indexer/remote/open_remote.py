"""The class `OpenRemote`: an index on OpenSearch, with the methods of `Index` that search and read."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..arguments import check_integer, check_text, check_texts
from ..boundary import reading
from ..errors import BadInput, BeyondLimit, EngineError, IndexUnusable, JooyaError
from ..hashing import stable_hash
from ..limits import DEFAULT, Limits, check, check_depth, deadline
from ..open_index import Wanted
from ..own_fields import OwnFields
from ..query.planner import PASSAGE_BM25, QueryPlan, where_clause
from ..query.where import Where, where_node
from ..ranking.clauses import Phrase
from ..ranking.searcher import IndexSearcher
from ..readable_index import ReadableIndex
from ..results import Hit, Results
from ..search.similar import plan_similar
from ..surrogates import well_formed
from .clause_queries import Translation
from .cluster_searcher import ClusterSearcher, with_counts
from .commit_state import State
from .connection import Connection
from .layout import check_identity
from .partial_answers import PartialAnswers, taking_partial_answers
from .plan_terms import with_all_counts
from .remote_documents import RemoteDocuments, listed
from .remote_search import RemoteSearch
from .search_engine import SearchEngine
from .shown_passages import first_passage
from .statistics import Statistics

if TYPE_CHECKING:
    from ..stored_documents import StoredDocument
    from .address import ConnectionOptions, Secrets

_Answer = TypeVar("_Answer")

_ATTEMPTS = 20  # to answer from one commit, while others are made

_FIRST_WITHOUT_FACTOR = 3  # OpenSearch before this version multiplies scores by k1 + 1, and so does Elasticsearch


class OpenRemote(ReadableIndex):
    """An open index on OpenSearch that can be searched and read.

    Each call answers from the last commit before it began.

    Attributes:
        url: The address of the index.
        name: The name of the index there.
    """

    def __init__(self, connection: Connection) -> None:
        """Create the object for a connection. Programs call `jooya.open` instead."""
        self.url = connection.address.url
        self.where = self.url
        self.path = Path(self.url)
        self._connection = connection
        self.name = connection.index
        self._engine = SearchEngine(connection)
        self._closed = False
        self._statistics: Statistics | None = None
        self._factor: float | None = None
        self._vocabulary = None
        self._used = threading.local()
        self._has_written = False
        self._opening = threading.Lock()
        self._reading_words = threading.Lock()

    @classmethod
    def open_url(cls, url: str, options: "ConnectionOptions | None" = None, secrets: "Secrets | None" = None) -> Self:
        """Open the index at a URL.

        Args:
            url: The address: `https://HOST:PORT/INDEX`.
            options: How to reach it. None: as the environment says.
            secrets: Who this client is. None: as the environment says.

        Raises:
            IndexUnusable: There is no index there, or one of another layout or analysis.
            EngineError: OpenSearch refuses the request, or cannot be reached.
        """
        index = cls(Connection.open(url, options, secrets))
        try:
            with index._reading():
                index._searcher()
        except BaseException:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Close the connection. Further calls of `close` do nothing."""
        with self._opening:
            if not self._closed:
                self._closed = True
                self._statistics = self._vocabulary = None
                self._connection.close()

    def __contains__(self, key: object) -> bool:
        """Return True if the index has a document with this key."""
        if not isinstance(key, str):
            return False
        term = well_formed(key).encode()
        return self._from_one_commit(lambda: bool(self._searcher().count("document", term)))

    def __repr__(self) -> str:
        try:
            with self._reading():
                return f"<{type(self).__name__} {self.url!r}: {self._current().state.passages:,} passages>"
        except JooyaError as error:
            reason = getattr(error, "reason", "")
            return f"<{type(self).__name__} {self.url!r}, {'closed' if reason == 'closed' else 'unusable'}>"

    @property
    def commit(self) -> str:
        """The name of the last commit. Another commit has another one, in whatever index."""
        with self._reading():
            state = self._current().state
        return f"{state.number}-{stable_hash(repr((self.url, state))) & 0xFFFFFFFFFFFFFFFF:x}"

    def ids(self) -> set[str]:
        """Return the ids of all passages."""
        return self._from_one_commit(lambda: RemoteDocuments(self._current()).ids())

    def similar(self, passage_id: str, limit: int = 10, *, limits: Limits | None = None) -> Results:
        """Find the passages that have most in common with a passage; see `Index.similar`."""
        check_text("passage_id", passage_id)
        check_integer("limit", limit, 1)
        limits = self._checked(limits)
        check_depth(limit, limits)

        def answer() -> Results:
            statistics = self._current()
            found = RemoteDocuments(statistics).passage(passage_id, 0)
            if found is None:
                raise self._no_passage(passage_id)
            plan = with_counts(statistics, lambda searcher: plan_similar(searcher, found.id, found.text))
            wanted = Wanted(limit, 1, "score", "passage", (), True, 0, False)
            return RemoteSearch(statistics, statistics.state.fields).answer(found.id, plan, wanted)

        with deadline(limits.seconds):
            return self._results(answer)

    def get(self, key: str) -> "StoredDocument | None":
        """Return a document with its passages, or None if the index has no document with this key."""
        check_text("key", key)
        return self._from_one_commit(lambda: RemoteDocuments(self._current()).get(key))

    def passage(self, passage_id: str, context: int = 0) -> Hit:
        """Return a passage by its id; see `Index.passage`."""
        check_text("passage_id", passage_id)
        check_integer("context", context, 0)
        found = self._from_one_commit(lambda: RemoteDocuments(self._current()).passage(passage_id, context))
        if found is None:
            raise self._no_passage(passage_id)
        return found

    def passages(self, names: Iterable[str], *, where: "Where | None" = None, context: int = 0) -> list[Hit | None]:
        """Return the passage for each of some ids or texts; see `Index.passages`."""
        names = check_texts("names", names)
        check_integer("context", context, 0)

        return self._from_one_commit(lambda: self._documents_where(where).passages(names, context))

    def documents(
        self,
        pattern: str = "*",
        *,
        prefix: str = "",
        where: "Where | None" = None,
        first: int = 1,
        passages: bool = False,
    ) -> "Iterator[StoredDocument]":
        """Return an iterator over documents in the order of their keys; see `Index.documents`.

        Some of them are read at a time, as the last commit then has them.
        """
        check_text("pattern", pattern)
        check_text("prefix", prefix)
        check_integer("first", first, 1)

        def read(compute: Callable[[RemoteDocuments], list[Any]]) -> list[Any]:
            return self._from_one_commit(lambda: compute(self._documents_where(where)))

        with self._reading():  # what is wrong with the conditions is said at once
            self._documents_where(where)
        return listed(read, pattern, prefix, first, passages=passages)

    def collections(self) -> list[str]:
        """Return the names of all collections, in order."""
        found = self._from_one_commit(lambda: self._current().vocabulary("collection", ""))
        return sorted(term.decode() for term in found.terms)

    def _documents_where(self, where: "Where | None") -> RemoteDocuments:
        """Return the documents of the last commit, with conditions by field."""
        statistics = self._current()
        node = None if where is None else where_node(where, statistics.state.fields)
        if node is None:
            return RemoteDocuments(statistics)
        clause = with_counts(statistics, lambda searcher: where_clause(searcher, node, DEFAULT, []))
        return RemoteDocuments(statistics, Translation(ClusterSearcher(statistics), clause, is_scored=False).query)

    def _no_passage(self, passage_id: str) -> BadInput:
        return BadInput(
            f"no passage {passage_id!r} in {self.where}", "give an id as a search shows it, such as KEY#NUMBER"
        )

    def _results(self, compute: Callable[[], Results]) -> Results:
        """Return the results that a search computes from one commit, with a note if not all shards answer."""

        def of_some_shards() -> Results:
            with self._taking_partial_answers() as answers:
                found = compute()
            if answers.is_partial:
                found.notes.append("some shards of the index do not answer; hits and counts are those of the others")
            return found

        return self._from_one_commit(of_some_shards)

    def _taking_partial_answers(self) -> AbstractContextManager[PartialAnswers]:
        """Let a search do with the shards that answer, if the options of the connection say so."""
        return taking_partial_answers(allowed=self._connection.options.partial)

    def _from_one_commit(self, compute: Callable[[], _Answer]) -> _Answer:
        """Return what a function computes from one commit, which is the last one when it has done so.

        It is called with the commit that was the last one before this call. A commit deletes what it replaced. So if
        there was another one, before or meanwhile, the function is called again.
        """
        self._check_open()
        outer = getattr(self._used, "state", None)
        known, self._has_written = None if self._has_written else self._statistics, False
        self._used.state = known.state if known else self._engine.state()
        try:
            with self._reading():
                for _ in range(_ATTEMPTS):
                    check()
                    try:
                        with self._reading():
                            answer = compute()
                    except (BeyondLimit, EngineError):
                        raise
                    except JooyaError:  # it may come of what is no longer so
                        if self._closed or not self._has_changed():
                            raise
                    else:
                        if not self._has_changed():
                            return answer
        finally:
            self._used.state = outer
        raise IndexUnusable(f"{self.where} changes faster than it can be searched", "try again")

    def _has_changed(self) -> bool:
        """Return True if the last commit is not the one that this thread uses, which uses it from now on."""
        used: State | None = self._used.state
        latest = self._used.state = self._engine.state()
        return latest != used

    def _other_queries(self, searcher: IndexSearcher, text: str) -> list[str]:
        statistics = _statistics_of(searcher)
        other_queries = super()._other_queries
        with self._taking_partial_answers():
            return with_counts(statistics, lambda one: other_queries(one, text), first_passage(statistics))

    def _completions(self, searcher: IndexSearcher, text: str, limit: int) -> list[str]:
        from ..suggestions.completion import completions  # noqa: PLC0415 - a first search does not wait for it

        statistics = _statistics_of(searcher)
        with self._taking_partial_answers():
            return with_counts(
                statistics, lambda one: completions(one, text, limit, _following), first_passage(statistics)
            )

    def _answer(
        self, searcher: IndexSearcher, own: OwnFields, text: str, planned: QueryPlan, wanted: Wanted
    ) -> Results:
        return RemoteSearch(_statistics_of(searcher), own).answer(text, planned, wanted)

    def _ranking(
        self, searcher: IndexSearcher, own: OwnFields, planned: QueryPlan, limit: int
    ) -> list[tuple[str, float]]:
        return RemoteSearch(_statistics_of(searcher), own).ranking(planned, limit)

    def _planned(self, searcher: IndexSearcher, *arguments: Any, **options: Any) -> QueryPlan:
        planned = super()._planned
        return with_counts(
            _statistics_of(searcher), lambda one: with_all_counts(one, planned(one, *arguments, **options))
        )

    def _commit_of(self, searcher: IndexSearcher) -> Statistics:
        return _statistics_of(searcher)

    def _reading(self) -> AbstractContextManager[None]:
        return reading(self.url)

    def _check_open(self) -> None:
        if self._closed:
            raise IndexUnusable(f"the index at {self.url} is closed", "open it again with jooya.open", reason="closed")

    def _searcher(self) -> IndexSearcher:
        return ClusterSearcher(self._current())

    def _current(self) -> Statistics:
        """Return the statistics of the last commit, or of that which a call has begun to read."""
        self._check_open()
        state: State | None = getattr(self._used, "state", None) or self._engine.state()
        if state is None:
            raise IndexUnusable(f"no index at {self.url}", "look at the address, or index into it", reason="missing")
        with self._opening:
            known = self._statistics
            if known is not None and known.state == state:
                return known
            check_identity(self.url, state.layout, state.analysis)
            if self._factor is None:
                version, distribution = self._engine.version
                is_plain = distribution == "opensearch" and version >= _FIRST_WITHOUT_FACTOR
                self._factor = 1.0 if is_plain else PASSAGE_BM25.k1 + 1
            self._statistics = Statistics(self._engine, state, self._factor)
            return self._statistics


def _following(searcher: IndexSearcher, field: str, word: str, others: Sequence[str]) -> dict[str, int]:
    """Return how many passages have each of some words right after a word."""
    return {other: searcher.count_matches(Phrase(field, (word.encode(), other.encode()))) for other in others}


def _statistics_of(searcher: IndexSearcher) -> Statistics:
    assert isinstance(searcher, ClusterSearcher)
    return searcher.statistics
