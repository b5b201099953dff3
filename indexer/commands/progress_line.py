"""The progress of indexing and of other long work, on one line of a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

import click

from .. import Progress, WorkProgress
from .line_io import is_quiet

_PATIENCE = 1.0  # seconds of other work than indexing before the line is first shown
_PAUSE = 0.1  # seconds between two updates of the line


class _Line:
    """A line on stderr that is shown if stderr is a terminal, and cleared at the end of a `with` statement."""

    def __init__(self, patience: float) -> None:
        """Begin; the line is first shown after `patience` seconds."""
        self._wanted = sys.stderr.isatty() and not is_quiet()
        self._began = time.monotonic()
        self._next = self._began + patience
        self._has_line = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._has_line:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _is_due(self, now: float) -> bool:
        """Return True if the line is wanted, and was not updated just before `now`."""
        return self._wanted and now >= self._next

    def _update(self, text: str, now: float) -> None:
        self._next, self._has_line = now + _PAUSE, True
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)


class ProgressLine(_Line):
    """A line with files, passages, rate and the time left of indexing."""

    def __init__(self) -> None:
        super().__init__(patience=0)

    def show(self, progress: Progress) -> None:
        """Show `progress`, unless the line has just been updated."""
        now = time.monotonic()
        if self._is_due(now):
            self._update(progress_text(progress, now - self._began), now)


class WorkLine(_Line):
    """A line with how much of some long work is done, the rate and the time left.

    It is shown if the work takes longer than a second.
    """

    def __init__(self) -> None:
        super().__init__(_PATIENCE)
        self._work = ""

    def show(self, progress: WorkProgress) -> None:
        """Show `progress`, unless the work has just begun or the line has just been updated."""
        now = time.monotonic()
        if progress.work != self._work:
            self._work, self._began = progress.work, now
        if self._is_due(now):
            self._update(work_text(progress, now - self._began), now)


def work_text(progress: WorkProgress, seconds: float) -> str:
    """Return the line for the progress of some work after so many seconds."""
    scale, unit = (1e-6, "MB") if progress.unit == "bytes" else (1, progress.unit)
    rate = progress.done * scale / seconds if seconds else 0
    done, total = progress.done * scale, progress.total * scale
    parts = [f"{done:,.0f} of {total:,.0f} {unit}", f"{rate:,.0f}/s"]
    if progress.done:
        parts.append(_left(seconds * max(progress.total - progress.done, 0) / progress.done))
    return f"{progress.work}: {' · '.join(parts)}"


def _left(seconds: float) -> str:
    left = round(seconds)
    return f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left"


def progress_text(progress: Progress, seconds: float) -> str:
    """Return the line for the progress after so many seconds; the time left is estimated from the bytes read."""
    rate = progress.passages / seconds if seconds else 0
    parts = [
        f"{progress.files:,} of {progress.of_files:,} files",
        f"{progress.passages:,} passages",
        f"{rate:,.0f}/s",
    ]
    if progress.bytes:
        parts.append(_left(seconds * max(progress.of_bytes - progress.bytes, 0) / progress.bytes))
    return f"indexing: {' · '.join(parts)}"
