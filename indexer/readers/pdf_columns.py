"""The columns of a page, found by the gutters between them: which lines are read one after another.

The two halves of the lines of a poem are no columns.
"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean, median
from unicodedata import bidirectional

from ...analyzers.characters import fold
from .pdf_glyphs import Glyph

# Lengths are in sizes of the font.
_MIN_GUTTER = 1.0
_MIN_CELL_GAP = 0.8  # between two cells of a table
_MIN_COLUMN = 8.0  # a narrower column is one of a table, which is read across

_MIN_ROWS = 3  # of a column
_MAX_GAPS = 8  # of a row
_MAX_COLUMNS = 8
_MIN_RHYMING = 0.7  # share of the rows of a poem
_APART = 2.0  # usual distances of two lines; columns do not continue across such a gap

Row = list[Glyph]
"""The glyphs of a line, from left to right."""

_Span = tuple[float, float]


def reading_blocks(rows: list[Row], *, right_to_left: bool, columns: int = 1) -> Iterator[list[Row]]:
    """Yield the blocks of rows that are read one after another, in reading order: a column, or rows of the whole width.

    A row that spans several columns is split.

    Args:
        rows: The rows, from the top of the page.
        right_to_left: True if the right column is read first.
        columns: The number of columns that the page was already split into.
    """
    across: list[Row] = []
    for group, gutter in _groups(rows):
        if gutter is None or columns == _MAX_COLUMNS:
            across += group
            continue
        if across:
            yield across
            across = []
        left, right = _sides(group, gutter)
        for side in (right, left) if right_to_left else (left, right):
            yield from reading_blocks(side, right_to_left=right_to_left, columns=columns + 1)
    if across:
        yield across


def _groups(rows: list[Row]) -> Iterator[tuple[list[Row], _Span | None]]:
    """Yield groups of rows that follow one another, each with the gutter that divides all of it, if there is one."""
    if not rows:
        return
    edges = min(row[0].left for row in rows), max(glyph.right for row in rows for glyph in row)
    usual = median([upper[0].height - lower[0].height for upper, lower in pairwise(rows)] or [0.0])
    group: list[Row] = []
    gutters: list[_Span] = []
    for row in rows:
        gaps = _gaps(row, edges)
        apart = bool(group) and group[-1][0].height - row[0].height > _APART * usual
        shared = [] if apart else _shared(gutters, gaps, _MIN_GUTTER * row[0].size)
        if group and not shared:
            yield group, _between_columns(group, gutters)
            group = []
        group.append(row)
        gutters = shared or gaps
    yield group, _between_columns(group, gutters)


def _gaps(row: Row, edges: _Span) -> list[_Span]:
    """Return the widest gaps of a row, including those between it and the edges of the text."""
    reach = edges[0]
    gaps = []
    for glyph in row:
        if glyph.text != " ":
            gaps.append((reach, glyph.left))
            reach = max(reach, glyph.right)
    gaps.append((reach, edges[1]))
    return _widest(gaps, _MIN_GUTTER * row[0].size)


def _shared(some: list[_Span], others: list[_Span], least: float) -> list[_Span]:
    """Return the widest of the spans that a span of each list has in common with one of the other."""
    return _widest([(max(one[0], two[0]), min(one[1], two[1])) for one in some for two in others], least)


def _widest(spans: list[_Span], least: float) -> list[_Span]:
    wide = [span for span in spans if span[1] - span[0] >= least]
    return sorted(wide, key=lambda span: span[0] - span[1])[:_MAX_GAPS]


def _between_columns(rows: list[Row], gutters: list[_Span]) -> _Span | None:
    """Return the widest of the gutters that have a column on each side.

    Rows that gaps divide into narrow parts are those of a table, which is read across.
    """
    for gutter in gutters:
        sides = _sides(rows, gutter)
        if all(len(side) >= _MIN_ROWS and _width_of_parts(side) >= _MIN_COLUMN for side in sides) and not _rhymes(
            *sides
        ):
            return gutter
    return None


def _width_of_parts(rows: list[Row]) -> float:
    """Return the usual width of what stands between wide gaps."""
    parts = 0
    width = 0.0
    for row in rows:
        reach = None
        for glyph in row:
            if glyph.text == " ":
                continue
            if reach is None or glyph.left - reach > _MIN_CELL_GAP * glyph.size:
                parts += 1
                reach = glyph.left
            width += max(0.0, glyph.right - reach) / (glyph.size or 1.0)
            reach = max(reach, glyph.right)
    return width / parts if parts else 0.0


def _sides(rows: list[Row], gutter: _Span) -> tuple[list[Row], list[Row]]:
    """Return the parts of the rows to the left and to the right of a gutter."""
    middle = fmean(gutter)
    left = [part for row in rows if (part := [glyph for glyph in row if glyph.left < middle])]
    right = [part for row in rows if (part := [glyph for glyph in row if glyph.left >= middle])]
    return left, right


def _width(row: Row) -> float:
    return (row[-1].right - row[0].left) / (row[0].size or 1.0)


def _rhymes(left: list[Row], right: list[Row]) -> bool:
    """Return True if most rows end in the same letter: the left half and the right one, or a row and the next."""
    ends = [_end(row) for row in left]
    pairs = list(zip(map(_end, right), ends, strict=False)), list(pairwise(ends))
    return any(fmean(one == two != "" for one, two in rows) >= _MIN_RHYMING for rows in pairs)


def _end(row: Row) -> str:
    """Return the last letter of a row of Persian; an empty string if the row ends in anything else."""
    last = next((text for glyph in row if (text := fold(glyph.text).strip()) and text.isalpha()), "")
    return last[-1:] if bidirectional(last[-1:] or " ") in ("R", "AL") else ""
