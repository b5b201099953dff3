"""Texts as lines of a terminal: with the breaks that they were written with, and long lines broken at words."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

FOUND, END = "\x02", "\x03"
"""Stand, in a text whose control characters are replaced, before and after words that a query found."""

_NARROWEST_PROSE = 60  # columns
_PUNCTUATION = re.compile(r"[.،,؛;:!?؟]")
_SENTENCE_END = re.compile(r"[.!?؟:…»\"\x03)]$")
_ITEM = re.compile(r"[-–—•*\[(]|[\d۰-۹]+[.:/)-]")
_INNER_GAP = re.compile(r"\S {2,}\S")
_GAP = re.compile(r"[^\S\n]{2,}|\t")
_TAB = 4  # spaces
_WIDEST_GAP = 8  # spaces


def written_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text as they were written: verses, messages and rows of tables.

    Prose that was wrapped at some width (a mail, a page of a PDF) is put together again, as it would be broken twice.
    Empty lines at the beginning and the end are left out, and of several between others one is kept. So are up to eight
    spaces in a row, which part the halves of a verse and the cells of a row.
    """
    lines = [_GAP.sub(_spaces, line).strip() for line in text.split("\n")]
    wrapped_at = _wrapped_at(lines)
    row = last = ""
    is_empty = False
    for line in lines:
        if not line:
            is_empty = bool(row)
            continue
        if row and wrapped_at and _goes_on(last, line, wrapped_at, after_empty=is_empty):
            row = f"{row} {line}"
        else:
            if row:
                yield row
            if is_empty:
                yield ""
            row = line
        last, is_empty = line, False
    if row:
        yield row


def _wrapped_at(lines: list[str]) -> int | None:
    """Return the width at which prose was wrapped; None for verses, tables, and lines that are paragraphs."""
    widths = [_columns(line) for line in lines if line]
    if len(widths) < 2 or max(widths) < _NARROWEST_PROSE or any(_INNER_GAP.search(line) for line in lines):
        return None
    marks = sum(len(_PUNCTUATION.findall(line)) for line in lines)
    return max(widths) if marks * 2 >= len(widths) else None


def _goes_on(line: str, following: str, width: int, *, after_empty: bool) -> bool:
    """Return True if a line was broken because the next word did not fit, and not because something ended there."""
    if _ITEM.match(following) or (after_empty and _SENTENCE_END.search(line)):
        return False
    return _columns(line) + 1 + _columns(following.partition(" ")[0]) > width


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


@lru_cache(1 << 12)
def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
