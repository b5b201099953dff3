"""Links from passages into the file that they were read from: a PDF at its page, a recording at its time."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from .. import Hit
from .endpoint import Served
from .source_files import source_path


class SourceFiles(NamedTuple):
    """The files of some documents that may be handed out.

    Attributes:
        files: The keys of the documents whose file may be had.
        recordings: The keys of those beside whose subtitles a recording lies.
    """

    files: frozenset[str] = frozenset()
    recordings: frozenset[str] = frozenset()


def files_of(served: Served, hits: Iterable[Hit]) -> SourceFiles:
    """Return the files of the documents that some passages with a page or a time are from."""
    placed = [hit for hit in hits if hit.page or hit.time]
    return SourceFiles(
        frozenset(key for key in {hit.document for hit in placed if hit.page} if source_path(served, key)),
        frozenset(key for key in {hit.document for hit in placed if hit.time} if source_path(served, key, media=True)),
    )


def source_url(hit: Hit, files: SourceFiles) -> str | None:
    """Return the URL of the source of a passage at its time or page, or None if its file may not be had."""
    address = f"/source/{quote(hit.document, safe='/', errors='replace')}"
    if hit.time and hit.document in files.recordings:
        return f"{address}?media=true#t={_seconds(hit.time)}"
    if hit.page and hit.document in files.files:
        return f"{address}#page={hit.page}"
    return None


def _seconds(time: str) -> int:
    """Return the seconds that a time such as 01:02:03 stands for."""
    seconds = 0
    for part in time.split(":"):
        seconds = seconds * 60 + int(float(part))
    return seconds
