"""Keeping an index up to date with files and folders as they change."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..results import IndexReport
from .discovery import absolute, find

_PAUSE = 1000
"""Milliseconds for which changes are gathered before the index is updated."""


def watch(paths: Sequence[str | Path], update: Callable[[], IndexReport], index: Path) -> Iterator[IndexReport]:
    """Call `update` at once, and again whenever something in `paths` changes.

    Args:
        paths: Files and folders.
        update: The function that updates the index.
        index: The folder of the index. Changes in it are ignored.

    Returns:
        An iterator over the first report, and every later one of an update that changed the index. It never ends by
        itself, and raises KeyboardInterrupt when the process is interrupted (SIGINT).

    Raises:
        BadInput: A path does not exist.
    """
    find(paths)
    return _updates(paths, update, absolute(index))


def _updates(paths: Sequence[str | Path], update: Callable[[], IndexReport], index: str) -> Iterator[IndexReport]:
    from watchfiles import watch as watch_files  # noqa: PLC0415 - only those who watch wait for it

    def matters(_change: object, path: str) -> bool:
        return path != index and not path.startswith(index + os.sep)

    batches = watch_files(*paths, watch_filter=matters, debounce=_PAUSE, rust_timeout=_PAUSE, yield_on_timeout=True)
    next(batches)  # it begins to watch here, so that no change during the first update is missed
    yield update()
    for changes in batches:
        if changes and (report := update()).changed:
            yield report
