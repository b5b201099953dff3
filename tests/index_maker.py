"""Making an index for a test in a folder, or on OpenSearch: the same tests hold both to the same answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from jooya import Index
from jooya.indexer.remote.remote_index import RemoteIndex

MakeIndex = Callable[..., Index]
"""Makes an index: `make_index(path, fields={…})`, as `Index.create` does."""

PREFIX = "made-"
"""The beginning of the names of the indexes on OpenSearch."""


def maker_on(address: str, made: list[str]) -> MakeIndex:
    """Return a function that makes indexes on OpenSearch.

    Args:
        address: The address of OpenSearch.
        made: Takes the names of the indexes.
    """

    def make(path: Path, fields: Any = None) -> Index:
        name = f"{PREFIX}{uuid4().hex[:12]}"
        made.append(name)
        # It is no Index, but has its methods, and so tests take it for one.
        return cast(Index, RemoteIndex.open_or_create_url(f"{address}/{name}", fields=fields))

    return make
