"""The progress of indexing, on one line of a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

import click

from .. import Progress

_PAUSE = 0.1  # seconds between two updates of the line


class ProgressLine:
    """A line on stderr with files, passages, rate and the time left. It is shown if stderr is a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
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


def progress_text(progress: Progress, seconds: float) -> str:
    """Return the line for the progress after so many seconds; the time left is estimated from the bytes read."""
    rate = progress.passages / seconds if seconds else 0
    parts = [
        f"{progress.files:,} of {progress.of_files:,} files",
        f"{progress.passages:,} passages",
        f"{rate:,.0f}/s",
    ]
    if progress.bytes:
        left = round(seconds * max(progress.of_bytes - progress.bytes, 0) / progress.bytes)
        parts.append(f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left")
    return f"indexing: {' · '.join(parts)}"
