"""Opening an index wherever it is: in a folder, or on OpenSearch."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from .arguments import check_integer
from .errors import BadArgument
from .index import Index
from .own_fields import OwnFields
from .places import is_address
from .readable_index import ReadableIndex

if TYPE_CHECKING:
    from .remote.remote_index import RemoteIndex

Searcher: TypeAlias = ReadableIndex
"""An index that can be searched and read, wherever it is. `Index` and `RemoteIndex` are Searchers."""

AnyIndex: TypeAlias = "Index | RemoteIndex"
"""An index, wherever it is, with the methods that change it."""


def open(place: str | Path, *, memory: int | None = None, key: bytes | None = None) -> AnyIndex:
    """Open the index in a folder, or on OpenSearch.

    Args:
        place: The folder of the index, or its address: `https://HOST:PORT/NAME`.
        memory: As for `Index.open`. It makes no difference on OpenSearch, which has its own.
        key: The key of an index in a folder, as for `Index.open`.

    Returns:
        An `Index` for a folder, and a `RemoteIndex`, which has the same methods, for an address.

    Raises:
        BadArgument: A key is given for an index on OpenSearch.
        IndexUnusable: There is no index, or one of another format or analysis, or it cannot be read, or it is not
            authentic.
        EngineError: OpenSearch refuses the request, or cannot be reached.
    """
    if not is_address(place):
        return Index.open(place, memory=memory, key=key)
    refuse_local_arguments(key=key)
    if memory is not None:
        check_integer("memory", memory, 0)
    from .remote.remote_index import RemoteIndex  # noqa: PLC0415 - who has a folder does not wait for it

    return RemoteIndex.open_url(str(place))


def open_or_create(
    place: str | Path,
    *,
    memory: int | None = None,
    fields: OwnFields | None = None,
    keep: int | None = None,
    key: bytes | None = None,
    shards: int | None = None,
    replicas: int | None = None,
) -> AnyIndex:
    """Open the index in a folder, or on OpenSearch. If there is none, create one.

    Args:
        place: The folder of the index, or its address: `https://HOST:PORT/NAME`.
        memory: As for `open`.
        fields: The declared fields, as for `Index.declare`; None to leave those of an index that is there.
        keep: How many of the last commits of an index in a folder stay, as for `Index.keep`.
        key: The key of an index in a folder, as for `Index.open`.
        shards: The number of shards of a new index on OpenSearch; None for one.
        replicas: The number of copies of each of its shards; None for what OpenSearch makes by itself.

    Raises:
        BadArgument: An index in a folder has no shards and replicas, and one on OpenSearch no key and kept commits.
        IndexUnusable: The folder holds something else, or there is an index of another format or analysis.
        EngineError: OpenSearch refuses the request, or cannot be reached.
    """
    if not is_address(place):
        for name, value in (("shards", shards), ("replicas", replicas)):
            if value is not None:
                raise BadArgument(
                    f"{name} is for an index on OpenSearch, and {place} is a folder",
                    "give its address, https://HOST:PORT/NAME",
                    argument=name,
                    value=value,
                )
        return Index.open_or_create(place, memory=memory, fields=fields, keep=keep, key=key)
    refuse_local_arguments(keep=keep, key=key)
    if memory is not None:
        check_integer("memory", memory, 0)
    from .remote.remote_index import RemoteIndex  # noqa: PLC0415 - who has a folder does not wait for it

    return RemoteIndex.open_or_create_url(str(place), fields=fields, shards=shards, replicas=replicas)


def refuse_local_arguments(*, keep: int | None = None, key: bytes | None = None) -> None:
    """Raise BadArgument if something is given that only an index in a folder has.

    Args:
        keep: The number of commits to keep.
        key: The key of the authentication code.
    """
    for name, value, fix in (
        ("keep", keep, "leave it out; the snapshots of OpenSearch have earlier states"),
        ("key", key, "leave it out; the users and roles of OpenSearch say who may write"),
    ):
        if value is not None:
            raise BadArgument(f"{name} is for an index in a folder", fix, argument=name)
