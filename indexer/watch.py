"""Keeping an index in step with folders as they change."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jooya.indexer.results import Changes
from jooya.indexer.sources import absolute

if TYPE_CHECKING:
    from jooya.indexer.index import Index

_PAUSE = 1.0
"""Seconds without a change after which what has changed is taken in."""


def watch(index: "Index", paths: Sequence[str | Path], **options: Any) -> Iterator[Changes]:
    """Takes in `paths`, and again whenever something in them has changed; yields what each run did, if anything.

    options: as of `Index.add`. Ends when the process is interrupted (SIGINT).

    Raises as `Index.add`.
    """
    from watchfiles import watch as changes_of  # noqa: PLC0415 - only those who watch wait for it

    own = absolute(index.path)

    def matters(_change: object, path: str) -> bool:
        return path != own and not path.startswith(own + os.sep)

    # Watched before the first run, so that nothing that changes meanwhile is missed.
    batches = changes_of(
        *paths, watch_filter=matters, debounce=round(_PAUSE * 1000), yield_on_timeout=True, rust_timeout=0
    )
    yield index.add(*paths, **options)
    for _ in batches:
        changes = index.add(*paths, **options)
        if changes.any:
            yield changes
