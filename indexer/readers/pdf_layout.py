"""The layout of a page: assembling glyphs into lines of text, with marks on their letters and spaces between words."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby, pairwise
from operator import itemgetter
from statistics import median
from typing import NamedTuple
from unicodedata import bidirectional, normalize

from ...analyzers.characters import fold
from .pdf_clusters import joined_clusters
from .pdf_columns import Row, reading_blocks
from .pdf_glyphs import Glyph
from .pdf_runs import MOST_MARKS, Run, runs
from .pdf_stream import UNREADABLE
from .visual_order import numbers_from_right, orient_brackets, to_logical_order, with_end_in_place

_HALF_SPACE = "\u200c"

# Lengths are in sizes of the font.
_SAME_LINE = 0.55  # the most that two glyphs of a line may be apart in height
_RAISED = 0.9  # the same, in sizes of the smaller font
_ASIDE = 0.05  # a space that begins so little to the right of a letter's left end is placed to the left of the letter
_REACH = 1.0  # the most that a mark may be from its letter
# The least room between two words, beyond the usual room between the letters of the line:
_ROOM_OF_SPACE = 0.1  # where there is a space
_ROOM_WITHOUT = 0.13  # where there is none, in a line without spaces
_ROOM_BESIDE = 0.2  # where there is none, in a line with other spaces
_ROOM_OF_CELLS = 1.2  # the least room between two cells of a table
_WIDTH_OF_SPACE = 0.06  # the least width of a space; a half-space takes none
_WIDEST_SPACING = 0.3  # between the letters of spaced-out words

_COVER = 0.5  # the least share of a run that another one covers if both are drawn on the same place
_SAME_SPOT = 0.15  # the most that the two pictures of a letter that is drawn twice are apart, in sizes of the font
_MOST_OVERHANG = 0.3  # the most that a letter reaches over another run, in sizes of the font
_FEW_GAPS = 8  # between letters; fewer gaps do not tell which is usual
_PARAGRAPH = 1.45  # usual distances of two lines, from which a gap begins a paragraph


class Line(NamedTuple):
    """A line of text.

    Attributes:
        text: The text in reading order.
        height: The height of its baseline, in points.
        apart: True if there is a gap before it; None at the top of a column, where this can't be told.
    """

    text: str
    height: float
    apart: bool | None


def page_lines(glyphs: Iterable[Glyph], *, ordered: bool = True) -> list[Line]:
    """Return the lines of a page in reading order.

    Args:
        glyphs: The glyphs of the page.
        ordered: True if letters stand where a reader sees them; programs that do not support Persian draw the letters
            of a text from left to right.
    """
    found_runs, marks = runs(joined_clusters(glyphs))
    rows = _rows(found_runs)
    _add_marks(marks, rows)
    right_to_left = sum(_direction(glyph.text) for row in rows for glyph in row) > 0
    found: list[Line] = []
    parts = list(reading_blocks(rows, right_to_left=right_to_left))
    usual = median([upper[0].height - lower[0].height for part in parts for upper, lower in pairwise(part)] or [0.0])
    above = float("-inf")
    for row in chain.from_iterable(parts):
        if text := _text(row, right_to_left, ordered):
            height = row[0].height
            beneath = height < above
            found.append(Line(text, height, above - height > _PARAGRAPH * usual if beneath else None))
            above = height
    return found


def _rows(found: list[Run]) -> list[Row]:
    """Return the glyphs of each line, from the top of the page."""
    rows: list[list[Run]] = []
    for run in sorted(found, key=lambda run: -run.height):
        if rows and rows[-1][0].height - run.height <= _near(rows[-1][0].glyphs[0].size, run.glyphs[0].size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return list(filter(None, map(_from_left, rows)))


def _near(one: float, other: float) -> float:
    """Return how far two glyphs of a line may be apart in height: the mark of a footnote stands higher."""
    return min(_SAME_LINE * max(one, other), _RAISED * min(one, other))


def _from_left(row: list[Run]) -> Row:
    """Return the glyphs of a row from left to right; the words of scans, which overlap, keep the order of PDFium."""
    height = row[0].height
    glyphs: list[Glyph] = []
    over: list[Run] = []  # runs that are drawn over one another
    reach = float("-inf")
    for run in sorted(row, key=lambda run: run.left):
        if over and not _covers(reach, over[-1], run):
            glyphs += _interleaved(over)
            over, reach = [], float("-inf")
        over.append(run)
        reach = max(reach, run.right)
    glyphs += _interleaved(over)
    glyphs = [glyph if glyph.height == height else glyph._replace(height=height) for glyph in glyphs]
    if all(glyph.mirrored or glyph.text == " " for glyph in glyphs):
        return sorted((glyph for glyph in glyphs if glyph.text != " "), key=lambda glyph: (-glyph.word, glyph.left))
    return glyphs


def _interleaved(over: list[Run]) -> list[Glyph]:
    """Return the glyphs of runs that are drawn over one another, by their left ends."""
    glyphs = [glyph for run in over for glyph in run.glyphs]
    if len(over) > 1:
        # In Persian, a space that takes no room begins where the letter read before it begins; so it comes first.
        glyphs.sort(key=lambda glyph: glyph.left - _ASIDE * glyph.size * (glyph.text == " "))
    return glyphs


def _covers(reach: float, before: Run, run: Run) -> bool:
    """Return True if a run is drawn over those to its left, of which `before` is the last and `reach` the right end."""
    cover = min(reach, run.right) - run.left
    least = min(before.right - before.left, run.right - run.left)
    return cover > min(_COVER * least, _MOST_OVERHANG * before.glyphs[0].size)


def _add_marks(marks: list[Glyph], rows: list[Row]) -> None:
    """Add marks (vowels, hamza) to the letters they stand on. Marks that stand on no letter are left out."""
    heights = [-row[0].height for row in rows]
    lefts: dict[int, list[float]] = {}
    for mark in marks:
        nearest = bisect_left(heights, -mark.height)
        middle = (mark.left + mark.right) / 2
        found: list[tuple[float, int, int]] = []
        for number in range(max(0, nearest - 1), min(len(rows), nearest + 2)):
            row = rows[number]
            far = abs(row[0].height - mark.height)
            if far <= _REACH * mark.size:
                if number not in lefts:
                    lefts[number] = [glyph.left for glyph in row]
                at = max(0, bisect_left(lefts[number], middle) - 1)
                found.append((far + max(0.0, row[at].left - middle, middle - row[at].right), number, at))
        if found:
            _, number, at = min(found)
            letter = rows[number][at]
            if len(letter.text) < MOST_MARKS:
                rows[number][at] = letter._replace(text=normalize("NFC", letter.text + mark.text))


def _text(row: Row, right_to_left: bool, ordered: bool) -> str:
    """Return the text of a row.

    Args:
        row: The glyphs.
        right_to_left: True if the page is read from the right.
        ordered: As in `page_lines`.
    """
    from_right = sum(_direction(glyph.text) > 0 for glyph in row)
    from_left = sum(_direction(glyph.text) < 0 for glyph in row)
    if ordered and right_to_left and not (from_right or from_left or row[0].mirrored):
        return orient_brackets(" ".join("".join(numbers_from_right([text for _, text in _spaced(row)])).split()))
    right_to_left = from_right > 0 and (right_to_left or from_right > from_left)
    parts = [(mirrored, [text for _, text in part]) for mirrored, part in groupby(_spaced(row), key=itemgetter(0))]
    if ordered:
        read = (
            reversed(part) if mirrored else to_logical_order(part, right_to_left=right_to_left)
            for mirrored, part in (reversed(parts) if right_to_left else parts)
        )
        text = "".join(chain.from_iterable(read))
    else:
        text = "".join(glyph.text for glyph in sorted(row, key=lambda glyph: glyph.order))
    text = orient_brackets(" ".join(text.split()))
    return with_end_in_place(text) if right_to_left else text


def _spaced(row: Row) -> Iterator[tuple[bool, str]]:
    """Yield the texts of a row's glyphs from left to right, with spaces between words; each with `Glyph.mirrored`."""
    letters: list[Glyph] = []
    rooms: list[float] = []  # before each letter, in sizes of the font
    spaces: list[bool] = []
    reach, space = row[0].left, False
    widths: list[float] = []  # of the space before each letter, in sizes of the font
    begin = 0.0
    for glyph in row:
        if glyph.text == " ":
            begin = begin if space else glyph.left
            space = True
        else:
            rooms.append((glyph.left - reach) / (glyph.size or 1.0) if letters else 0.0)
            spaces.append(space and bool(letters))
            widths.append((glyph.left - begin) / (glyph.size or 1.0) if spaces[-1] else 0.0)
            letters.append(glyph)
            reach, space = max(reach, glyph.right), False
    usual = min(max(0.0, median(rooms[1:])), _WIDEST_SPACING) if len(rooms) > _FEW_GAPS else 0.0
    # In many files the only spaces are half-spaces; then PDFium's words tell where words end.
    between = [space for space, room in zip(spaces, rooms, strict=True) if room > _ROOM_WITHOUT]
    written = 2 * sum(between) > len(between)
    for number, glyph in enumerate(letters):
        before = letters[max(0, number - 1)]
        parted = spaces[number] if written else glyph.word != before.word
        least = _ROOM_OF_SPACE if parted else _ROOM_BESIDE if written else _ROOM_WITHOUT
        in_scan = glyph.mirrored and before.mirrored  # its words overlap
        if rooms[number] - usual > least or widths[number] > _WIDTH_OF_SPACE or (in_scan and glyph.word != before.word):
            yield glyph.mirrored, "\t" if rooms[number] > _ROOM_OF_CELLS else " "
        elif spaces[number] and _direction(glyph.text) > 0 < _direction(before.text):
            yield glyph.mirrored, _HALF_SPACE
        if glyph.text and not _is_duplicate(number, letters):
            yield glyph.mirrored, glyph.text


def _is_duplicate(number: int, letters: list[Glyph]) -> bool:
    """Return True if a glyph repeats its neighbour.

    It stands on the same spot and is the same letter, or has no text of its own (the dots of a letter, drawn apart).
    """
    glyph = letters[number]
    middle = (glyph.left + glyph.right) / 2
    before = letters[number - 1] if number and middle < letters[number - 1].right and not glyph.mirrored else None
    if glyph.text == UNREADABLE:
        return before is not None or any(after.left < middle for after in letters[number + 1 : number + 2])
    return before is not None and fold(glyph.text) == fold(before.text) and _is_near(before, glyph)


def _is_near(one: Glyph, other: Glyph) -> bool:
    """Return True if two glyphs stand on nearly the same spot."""
    ends = one.left - other.left, one.right - other.right
    apart = abs(sum(ends)) / 2 if one.text == other.text else max(map(abs, ends))
    return apart < _SAME_SPOT * other.size


@lru_cache(1 << 12)
def _direction(text: str) -> int:
    """Return 1 for text that is read from the right, -1 for text that is read from the left, 0 for digits and signs."""
    kind = bidirectional(text[0]) if text else ""
    return (kind in ("R", "AL")) - (kind == "L")
