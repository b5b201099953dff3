"""Keeping an index up to date with files and folders as they change."""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ..codec import toc
from ..errors import BadArgument, IndexDamaged, IndexUnusable
from ..reports import IndexReport
from .discovery import absolute

_PAUSE = 1000
"""Milliseconds for which changes are gathered before the index is updated."""

_RETRY = 1.0
"""Seconds after which an update that failed is tried again; each further time it is twice as long."""

_MOST_RETRY = 60.0
"""The longest time between two tries, in seconds."""

_POLL = 5.0
"""Seconds between two updates while the system does not tell of changes, such as beyond its limit of watched files."""

_LASTING = ("missing", "not an index", "format", "analysis", "closed")
"""The reasons for which an index is lost to this process: to try again does not help."""

_log = logging.getLogger(__name__)
# A program that watches for years sets up the messages it wants; without that, nothing is printed.
logging.getLogger(__name__.partition(".")[0]).addHandler(logging.NullHandler())


def watch(
    paths: Sequence[str | Path],
    update: Callable[[], IndexReport],
    index: Path | None,
    check_open: Callable[[], None],
) -> Iterator[IndexReport]:
    """Call `update` at once, and again whenever something in `paths` changes.

    Whatever fails is logged and tried again: files that fault, another process that writes, a full disk. A path that is
    removed and made again is watched again.

    Args:
        paths: Files and folders. They need not be there yet.
        update: The function that updates the index.
        index: The folder of the index. Changes in it are ignored. None if it is in no folder.
        check_open: A function that raises IndexUnusable once the index is closed. It is asked about once a second, so
            that watching ends though nothing changes.

    Yields:
        The first report, and every later one of an update that changed the index. It ends when the process is
        interrupted (SIGINT).

    Raises:
        IndexUnusable: The index is gone, closed or damaged.
    """
    first = True
    retry, due = _RETRY, 0.0
    waits = True  # for an update
    logged = ""
    for changed in _changes(paths, absolute(index) if index else None):
        check_open()
        waits = waits or changed
        if not waits or time.monotonic() < due:
            continue
        waits = False
        try:
            report = update()
        except Exception as error:  # a fault that nobody foresaw may be over after the next change
            if _is_lost(error, index):
                raise
            _log.warning("%s; trying again", error)
            _log.debug("the update failed", exc_info=True)
            waits, due = True, time.monotonic() + retry
            retry = min(2 * retry, _MOST_RETRY)
            continue
        problems = "; ".join([*report.failed, *report.unread])
        if problems and problems != logged:
            _log.warning("%s", problems)
        logged = problems
        if report.unread:  # no change may tell when it can be read again
            waits, due = True, time.monotonic() + retry
            retry = min(2 * retry, _MOST_RETRY)
        else:
            retry = _RETRY
        if first or report.changed:
            first = False
            yield report


def _is_lost(error: Exception, index: Path | None) -> bool:
    """Return True if there is no use in trying again."""
    if isinstance(error, BadArgument | IndexDamaged):
        return True
    if isinstance(error, IndexUnusable):
        return error.reason in _LASTING
    if index is None:
        return False
    try:
        toc.signature(index)
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


def _changes(paths: Sequence[str | Path], index: str | None) -> Iterator[bool]:
    """Yield every second, about: True if something may have changed since the last time."""
    from watchfiles import Change  # noqa: PLC0415 - only those who watch wait for it
    from watchfiles import watch as watch_files  # noqa: PLC0415

    def matters(_change: object, path: str) -> bool:
        return index is None or (path != index and not path.startswith(index + os.sep))

    roots = {name for path in paths for name in (absolute(path), os.path.realpath(path))}
    before: dict[str, tuple[int, int]] | None = None
    while True:
        # The system watches files and folders, not paths: for what is made anew at a path, it has to be asked again.
        there = _identities(paths)
        if not there:
            yield there != before
            before = there
            time.sleep(_PAUSE / 1000)
            continue
        before = there
        began = False
        try:
            batches = watch_files(
                *there, watch_filter=matters, debounce=_PAUSE, rust_timeout=_PAUSE, yield_on_timeout=True
            )
            with closing(batches):
                for batch in batches:
                    yield bool(batch) or not began  # it begins to watch before the update, so that nothing is missed
                    began = True
                    removed = any(change == Change.deleted and path in roots for change, path in batch)
                    if removed or _identities(paths) != there:
                        break
        except (OSError, RuntimeError) as error:
            if _identities(paths) == there:
                _log.warning("changes can't be watched (%s); looking for them every %g seconds", error, _POLL)
                yield True
                time.sleep(_POLL)


def _identities(paths: Sequence[str | Path]) -> dict[str, tuple[int, int]]:
    """Return the device and inode of each path that is there."""
    found = {}
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:
            continue
        found[str(path)] = status.st_dev, status.st_ino
    return found
