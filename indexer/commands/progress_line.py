"""The progress of indexing, on one line of a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

import click

from .. import Progress, WorkProgress
from .line_io import is_quiet

_PATIENCE = 1.0  # seconds before the line is first shown
_PAUSE = 0.1  # seconds between two updates of the line


class ProgressLine:
    """A line on stderr with files, passages, rate and the time left. It is shown if stderr is a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not is_quiet()
        self._began = time.monotonic()
        self._last = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._last:
            click.echo("\r\x1b[K", nl=False, err=True)

    def show(self, progress: Progress) -> None:
        """Show `progress`, unless the line has just been updated."""
        now = time.monotonic()
        if self._shown and now - self._last >= _PAUSE:
            self._last = now
            click.echo(f"\r\x1b[K{progress_text(progress, now - self._began)}", nl=False, err=True)


class WorkLine:
    """A line on stderr with how much of some long work is done, the rate and the time left.

    It is shown on a terminal if the work takes longer than a second.
    """

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not is_quiet()
        self._work = ""
        self._began = self._last = time.monotonic()
        self._has_line = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._has_line:
            click.echo("\r\x1b[K", nl=False, err=True)

    def show(self, progress: WorkProgress) -> None:
        """Show `progress`, unless the work has just begun or the line has just been updated."""
        now = time.monotonic()
        if progress.work != self._work:
            self._work, self._began = progress.work, now
        if self._shown and now - self._last >= (_PAUSE if self._has_line else _PATIENCE):
            self._last, self._has_line = now, True
            click.echo(f"\r\x1b[K{work_text(progress, now - self._began)}", nl=False, err=True)


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
