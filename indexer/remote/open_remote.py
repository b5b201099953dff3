"""The class `OpenRemote`: an index on OpenSearch, with the methods of `Index` that search and read."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..errors import IndexDamaged, IndexUnusable
from ..limits import Limits
from ..own_fields import OwnFields
from ..query.planner import QueryPlan
from ..query.where import Where
from ..ranking.searcher import IndexSearcher
from ..readable_index import ReadableIndex
from ..results import Hit, Results
from ..open_index import Wanted
from .cluster_searcher import ClusterSearcher, with_counts
from .layout import check_identity
from .remote_search import RemoteSearch
from .search_engine import SearchEngine
from .statistics import Statistics

if TYPE_CHECKING:
    from ..suggestions.vocabulary import Vocabulary
    from .connection import Connection

_K1_FACTOR_BEFORE = 3  # OpenSearch before this version multiplies scores by k1 + 1
