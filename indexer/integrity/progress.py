"""Telling the progress of long work."""

from collections.abc import Callable

from ..reports import OnWork, WorkProgress


def progress_of(work: str, total: int, on_progress: OnWork, unit: str = "passages") -> Callable[[int], None]:
    """Return a function to be called with how much more is done; it tells `on_progress` how much this is in all."""
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        on_progress(WorkProgress(work, done, total, unit))

    return more
