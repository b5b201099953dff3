"""The class `OpenRemote`: an index on OpenSearch, with the methods of `Index` that search and read."""

import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..arguments import check_integer, check_text, check_texts
from ..boundary import reading
from ..document import well_formed
from ..errors import BadInput, IndexDamaged, IndexUnusable, JooyaError
from ..hashing import stable_hash
from ..limits import DEFAULT, Limits
from ..open_index import Wanted
from ..own_fields import OwnFields
from ..query.planner import PASSAGE_BM25, QueryPlan, where_clause
from ..query.tree import Node
from ..query.where import Where, where_node
from ..ranking.clauses import Clause
from ..ranking.searcher import IndexSearcher
from ..readable_index import ReadableIndex
from ..results import Hit, Results
from ..search.similar import plan_similar
from .cluster_searcher import ClusterSearcher, with_counts
from .connection import Connection
from .layout import check_identity
from .remote_search import RemoteSearch
from .search_engine import SearchEngine
from .statistics import Statistics

if TYPE_CHECKING:
    from ..stored_documents import StoredDocument
    from ..suggestions.vocabulary import Vocabulary
    from .address import ConnectionOptions, Secrets

_FIRST_WITHOUT_FACTOR = 3  # OpenSearch before this version multiplies scores by k1 + 1, and so does Elasticsearch


class OpenRemote(ReadableIndex):
    """An open index on OpenSearch that can be searched and read.

    Each call answers from the last commit before it began.

    Attributes:
        url: The address of the index.
    """

    def __init__(self, connection: Connection) -> None:
        """Create the object for a connection. Programs call `jooya.open` instead."""
        self.url = connection.address.url
        self.where = self.url
        self.path = Path(self.url)
        self._connection = connection
        self._engine = SearchEngine(connection)
        self._closed = False
        self._statistics: Statistics | None = None
        self._factor: float | None = None
        self._words_of: tuple[weakref.ref[Statistics], Vocabulary] | None = None
        self._opening = threading.Lock()
        self._reading_words = threading.Lock()

    @classmethod
    def open_url(
        cls, url: str, options: "ConnectionOptions | None" = None, secrets: "Secrets | None" = None
    ) -> Self:
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
                self._statistics = self._words_of = None
                self._connection.close()

    def __contains__(self, key: object) -> bool:
        """Return True if the index has a document with this key."""
        return isinstance(key, str) and bool(self._searcher().count("document", well_formed(key).encode()))

    def __repr__(self) -> str:
        try:
            return f"<{type(self).__name__} {self.url!r}: {self._current().state.passages:,} passages>"
        except JooyaError as error:
            reason = getattr(error, "reason", "")
            return f"<{type(self).__name__} {self.url!r}, {'closed' if reason == 'closed' else 'unusable'}>"

    @property
    def commit(self) -> str:
        """The name of the last commit. Another commit has another one, in whatever index."""
        state = self._current().state
        return f"{state.number}-{stable_hash(repr((self.url, state))) & 0xFFFFFFFFFFFFFFFF:x}"

    def similar(self, passage_id: str, limit: int = 10, *, limits: Limits | None = None) -> Results:
        """Find the passages that have most in common with a passage; see `Index.similar`."""
        check_text("passage_id", passage_id)
        check_integer("limit", limit, 1)
        self._checked(limits)
        statistics = self._current()
        found = self.passage(passage_id)
        plan = with_counts(statistics, lambda searcher: plan_similar(searcher, found.id, found.text))
        wanted = Wanted(limit, 1, "score", "passage", (), True, 0, False)
        with self._reading():
            return RemoteSearch(statistics, statistics.state.fields).answer(found.id, plan, wanted)

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
        return with_counts(_statistics_of(searcher), lambda one: planned(one, *arguments, **options))

    def _words(self, searcher: IndexSearcher) -> "Vocabulary":
        from ..suggestions.vocabulary import Vocabulary  # noqa: PLC0415 - a first search does not wait for it

        statistics = _statistics_of(searcher)
        with self._reading_words:
            known = self._words_of
            if known is None or known[0]() is not statistics:
                known = weakref.ref(statistics), Vocabulary(searcher.segment_fields("exact"))
                self._words_of = known
            return known[1]

    def _reading(self) -> AbstractContextManager[None]:
        return reading(self.url)

    def _check_open(self) -> None:
        if self._closed:
            raise IndexUnusable(
                f"the index at {self.url} is closed", "open it again with jooya.open", path=self.url, reason="closed"
            )

    def _searcher(self) -> IndexSearcher:
        return ClusterSearcher(self._current())

    def _current(self) -> Statistics:
        """Return the statistics of the last commit."""
        self._check_open()
        state = self._engine.state()
        if state is None:
            raise IndexUnusable(
                f"no index at {self.url}", "look at the address, or index into it", path=self.url, reason="missing"
            )
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


def _statistics_of(searcher: IndexSearcher) -> Statistics:
    assert isinstance(searcher, ClusterSearcher)
    return searcher.statistics
