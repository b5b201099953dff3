"""Keeping an index in step with folders as they change."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..results import IndexReport
from .discovery import absolute, find

if TYPE_CHECKING:
    from ..index import Index

_PAUSE = 1000
"""Milliseconds for which changes are gathered before they are taken in."""


def watch(index: "Index", paths: Sequence[str | Path], **options: Any) -> Iterator[IndexReport]:
    """Takes in `paths`, and again whenever something in them has changed; yields what each run did, if anything.

    options: as of `Index.add`. Ends when the process is interrupted (SIGINT).

    Raises as `Index.add`.
    """
    from watchfiles import watch as changes_of  # noqa: PLC0415 - only those who watch wait for it

    own = absolute(index.path)

    def matters(_change: object, path: str) -> bool:
        return path != own and not path.startswith(own + os.sep)

    find(paths)
    batches = changes_of(*paths, watch_filter=matters, debounce=_PAUSE, rust_timeout=_PAUSE, yield_on_timeout=True)
    next(batches)  # begins to watch, so that nothing that changes during the first run is missed
    yield index.add(*paths, **options)
    for changed in batches:
        if changed and (changes := index.add(*paths, **options)).any:
            yield changes
