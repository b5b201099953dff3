"""The columns of a page: which lines are read one after another. The halves of a poem's lines are no columns."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean, median
from unicodedata import bidirectional

from ...analyzers.characters import fold
from .pdf_glyphs import Glyph

# Lengths in sizes of the font.
_GUTTER = 1.0  # between columns
_COLUMN = 8.0  # a narrower one is of a table, which is read across

_FEW = 3  # rows; fewer are no column
_MOST_GAPS = 8  # looked at in a row
_MOST_COLUMNS = 8
_RHYMING = 0.7  # of the rows of a poem
_APART = 2.0  # usual distances of two lines: columns do not go on over such a gap

Row = list[Glyph]
"""The glyphs of a line, from left to right."""

_Span = tuple[float, float]


def blocks(rows: list[Row], *, right_to_left: bool, columns: int = 1) -> Iterator[list[Row]]:
    """Rows (from the top) that are read one after another, in the order they are read: of a column, or of the whole
    width. A row that goes over several columns is taken apart."""
    across: list[Row] = []
    for group, gutter in _groups(rows):
        if gutter is None or columns == _MOST_COLUMNS:
            across += group
            continue
        if across:
            yield across
            across = []
        left, right = _sides(group, gutter)
        for side in (right, left) if right_to_left else (left, right):
            yield from blocks(side, right_to_left=right_to_left, columns=columns + 1)
    if across:
        yield across


def _groups(rows: list[Row]) -> Iterator[tuple[list[Row], _Span | None]]:
    """Rows that follow one another, with the gutter that runs through all of them, if it parts columns."""
    if not rows:
        return
    edges = min(row[0].left for row in rows), max(glyph.right for row in rows for glyph in row)
    usual = median([upper[0].height - lower[0].height for upper, lower in pairwise(rows)] or [0.0])
    group: list[Row] = []
    gutters: list[_Span] = []
    for row in rows:
        gaps = _gaps(row, edges)
        apart = bool(group) and group[-1][0].height - row[0].height > _APART * usual
        shared = [] if apart else _shared(gutters, gaps, _GUTTER * row[0].size)
        if group and not shared:
            yield group, _between_columns(group, gutters)
            group = []
        group.append(row)
        gutters = shared or gaps
    yield group, _between_columns(group, gutters)


def _gaps(row: Row, edges: _Span) -> list[_Span]:
    """The widest gaps of a row, those to the edges of the text among them."""
    reach = edges[0]
    gaps = []
    for glyph in row:
        if glyph.text != " ":
            gaps.append((reach, glyph.left))
            reach = max(reach, glyph.right)
    gaps.append((reach, edges[1]))
    return _widest(gaps, _GUTTER * row[0].size)


def _shared(some: list[_Span], others: list[_Span], least: float) -> list[_Span]:
    """What spans have in common with others."""
    return _widest([(max(one[0], two[0]), min(one[1], two[1])) for one in some for two in others], least)


def _widest(spans: list[_Span], least: float) -> list[_Span]:
    wide = [span for span in spans if span[1] - span[0] >= least]
    return sorted(wide, key=lambda span: span[0] - span[1])[:_MOST_GAPS]


def _between_columns(rows: list[Row], gutters: list[_Span]) -> _Span | None:
    """The widest of the gutters that have a column on each side."""
    for gutter in gutters:
        sides = _sides(rows, gutter)
        if all(len(side) >= _FEW and fmean(map(_width, side)) >= _COLUMN for side in sides) and not _rhymes(*sides):
            return gutter
    return None


def _sides(rows: list[Row], gutter: _Span) -> tuple[list[Row], list[Row]]:
    """What of the rows is to the left, and to the right, of a gutter."""
    middle = fmean(gutter)
    left = [part for row in rows if (part := [glyph for glyph in row if glyph.left < middle])]
    right = [part for row in rows if (part := [glyph for glyph in row if glyph.left >= middle])]
    return left, right


def _width(row: Row) -> float:
    return (row[-1].right - row[0].left) / (row[0].size or 1.0)


def _rhymes(left: list[Row], right: list[Row]) -> bool:
    """Whether most rows end in the same letter: the one half as the other, or one row as the next."""
    ends = [_end(row) for row in left]
    pairs = list(zip(map(_end, right), ends, strict=False)), list(pairwise(ends))
    return any(fmean(one == two != "" for one, two in rows) >= _RHYMING for rows in pairs)


def _end(row: Row) -> str:
    """The last letter of a row of Persian, if it is one."""
    last = next((text for glyph in row if (text := fold(glyph.text).strip()) and text.isalpha()), "")
    return last[-1:] if bidirectional(last[-1:] or " ") in ("R", "AL") else ""
