"""Persian for terminals that put every character to the right of the one before, whatever it is, and join no letters:
lines are broken here, their letters shaped and put in visual order.

Bidirectional reordering is that of Unicode's algorithm (UAX 9), by python-bidi; shaping is arabic-reshaper's.
"""

import re
import unicodedata
from itertools import groupby

from arabic_reshaper import ArabicReshaper
from bidi import get_display

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_RESET = "\x1b[0m"
# Styles travel through reordering on variation selectors, one after each character. They keep to its side: in what runs
# from right to left, they come before it.
_FIRST_MARK = 0xFE00
_MARKED = re.compile(r"([\ufe00-\ufe0f])(.)|(.)([\ufe00-\ufe0f])", re.DOTALL)


_SELECTOR = re.compile(r"[\ufe00-\ufe0f]")


def visual(text: str, width: int) -> str:
    """`text` (with ANSI colours) in visual order, in lines of at most `width` characters; those that begin with Persian
    stand at the right. Words longer than a line are left so."""
    return "\n".join(row for line in text.split("\n") for row in _rows(line, width))


def _rows(line: str, width: int) -> list[str]:
    styles = [""]
    cells: list[tuple[str, int]] = []
    for piece in re.split(rf"({_STYLE.pattern})", line):
        if not _STYLE.fullmatch(piece):
            cells += [(char, len(styles) - 1) for char in piece if not _SELECTOR.match(char)]
        elif piece == _RESET:
            styles.append("")
        else:
            styles.append(styles[-1] + piece)
    right = next(
        (kind != "L" for char, _ in cells if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL")), False
    )
    rows = []
    for row in _wrapped(cells, width):
        shown, size = _reordered(row, styles, right)
        rows.append(" " * (width - size) * right + shown)
    return rows


def _wrapped(cells: list[tuple[str, int]], width: int) -> list[list[tuple[str, int]]]:
    """Cells in rows, broken at spaces."""
    rows: list[list[tuple[str, int]]] = [[]]
    for space, group in groupby(cells, key=lambda cell: cell[0] == " "):
        word = list(group)
        if not space and rows[-1] and len(rows[-1]) + len(word) > width:
            while rows[-1] and rows[-1][-1][0] == " ":
                rows[-1].pop()
            rows.append([])
        rows[-1] += word
    return rows


def _reordered(row: list[tuple[str, int]], styles: list[str], right: bool) -> tuple[str, int]:
    """A row in visual order, and how many characters wide it is."""
    used = sorted({style for _, style in row})
    marks = {style: chr(_FIRST_MARK + place % 16) for place, style in enumerate(used)}
    reshape = ArabicReshaper({"support_zwj": True}).reshape
    marked = "".join(
        f"{char}{marks[style]}"
        for style, group in groupby(row, key=lambda cell: cell[1])
        for char in reshape("".join(char for char, _ in group)).replace("\u200c", "")
    )
    by_mark = {mark: styles[style] for style, mark in marks.items()}
    display = get_display(marked, base_dir="R" if right else "L")
    cells = [(after or before, by_mark[mark or other]) for mark, after, before, other in _MARKED.findall(display)]
    shown = "".join(
        f"{style}{text}{_RESET}" if style else text
        for style, group in groupby(cells, key=lambda cell: cell[1])
        for text in ["".join(char for char, _ in group)]
    )
    return shown, len(cells)
