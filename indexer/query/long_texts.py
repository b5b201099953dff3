"""The tokens of a text that may be very long, with looks at the clock."""

import re
from collections.abc import Iterator

from ...analyzers import TokenColumns, analysis
from ..limits import check

_AT_ONCE = 50_000  # characters

_APART = re.compile(r".*[.!?؟؛:»)]\s", re.DOTALL)  # words before and after this are never read as one


def analyze_long_text(text: str) -> TokenColumns:
    """The same as `analysis().columns(text)`, a long text a part at a time. Where one has no mark that parts words for
    very long, it is cut at a space, or anywhere."""
    columns = TokenColumns()
    for start, end in _parts(text):
        check()
        part = analysis().columns(text[start:end])
        if end - start == len(text):
            return part
        columns.surfaces += part.surfaces
        columns.stems += part.stems
        columns.positions += [columns.next_position + position for position in part.positions]
        columns.starts += [start + place for place in part.starts]
        columns.ends += [start + place for place in part.ends]
        columns.next_position += part.next_position
    return columns


def _parts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > _AT_ONCE:
        limit = start + _AT_ONCE
        apart = _APART.match(text, start, limit)
        space = max(text.rfind(" ", start, limit), text.rfind("\n", start, limit)) + 1
        end = apart.end() if apart else space or limit
        yield start, end
        start = end
    yield start, len(text)
