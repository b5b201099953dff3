"""Texts as lines of a terminal: with the breaks that they were written with, and long lines broken at words."""

import re
import unicodedata
from collections.abc import Iterator

FOUND, END = "\x02", "\x03"
"""Stand, in a text whose control characters are replaced, before and after words that a query found."""

_GAP = re.compile(r"[^\S\n]{2,}|\t")
_TAB = 4  # spaces
_WIDEST_GAP = 8  # spaces


def written_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text as they were written: verses, messages and rows of tables.

    Empty lines at the beginning and the end are left out, and of several between others one is kept. So are up to eight
    spaces in a row, which part the halves of a verse and the cells of a row.
    """
    empty = begun = False
    for line in text.split("\n"):
        shown = _GAP.sub(_spaces, line).strip()
        if not shown:
            empty = begun
            continue
        if empty:
            yield ""
        yield shown
        empty, begun = False, True


def _spaces(gap: re.Match[str]) -> str:
    return " " * min(len(gap[0]) + gap[0].count("\t") * (_TAB - 1), _WIDEST_GAP)


def wrapped(line: str, width: int | None) -> list[str]:
    """Return a line as rows of at most `width` columns, broken at spaces; a longer word has a row of its own."""
    if width is None or _columns(line) <= width:
        return [line]
    rows: list[str] = []
    row, used = "", 0
    for space, word in re.findall(r"( *)([^ ]+)", line):
        columns = _columns(word)
        if row and used + len(space) + columns > width:
            rows.append(row)
            row, used = word, columns
        else:
            row, used = row + space + word, used + len(space) + columns
    return [*rows, row]


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
