"""The declared fields of an index, as its table of contents has them."""

from .codec import toc
from .codec.snapshot import Snapshot
from .errors import BadArgument, IndexDamaged
from .own_fields import Kind, checked_fields


def fields_of_toc(snapshot: Snapshot) -> dict[str, Kind]:
    """Return the declared fields of an index.

    Raises:
        IndexDamaged: If they are not what `checked_fields` returns.
    """
    if not snapshot.toc.fields:
        return {}
    try:
        return checked_fields(dict(snapshot.toc.fields))
    except BadArgument:
        raise IndexDamaged.at(snapshot.folder / toc.NAME) from None
