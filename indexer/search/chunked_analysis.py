"""Analyzing a text that may be very long, with checks of the query's deadline."""

import re
from collections.abc import Iterator

from ...analyzers import TokenColumns, analysis
from ..limits import check

_CHUNK = 50_000  # characters

# Words on the two sides of one of these marks are never joined into one token, except for single letters with dots.
_SENTENCE_END = re.compile(r".*(?:[!?؟؛:»)]|\w\w\.)\s", re.DOTALL)


def analyze_in_chunks(text: str) -> TokenColumns:
    """Return the tokens of `text`, as `analysis().columns(text)` does, but analyze a long text chunk by chunk.

    A chunk ends after a mark that no token extends across. Where there is none in the length of a chunk, the text is
    cut at a space, or anywhere.

    Raises:
        BeyondLimit: If the time of the query is over.
    """
    columns = TokenColumns()
    for start, end in _chunks(text):
        check()
        chunk = analysis().columns(text[start:end])
        if end - start == len(text):
            return chunk
        columns.surfaces += chunk.surfaces
        columns.stems += chunk.stems
        columns.positions += [columns.next_position + position for position in chunk.positions]
        columns.starts += [start + place for place in chunk.starts]
        columns.ends += [start + place for place in chunk.ends]
        columns.next_position += chunk.next_position
    return columns


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each chunk."""
    start = 0
    while len(text) - start > _CHUNK:
        limit = start + _CHUNK
        sentence_end = _SENTENCE_END.match(text, start, limit)
        space = max(text.rfind(" ", start, limit), text.rfind("\n", start, limit)) + 1
        end = sentence_end.end() if sentence_end else space or limit
        yield start, end
        start = end
    yield start, len(text)
