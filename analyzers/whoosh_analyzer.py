"""The analyzer that Whoosh calls."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

from .analysis import TokenColumns, analysis


class WhooshToken:
    """The attributes that Whoosh reads of a token, under Whoosh's names. One object serves a whole text, as
    Whoosh's own analyzers do."""

    boost = 1.0
    stopped = False
    positions = True
    chars = True
    removestops = True
    matched = False

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.text = ""
        self.original = ""
        self.pos = 0
        self.startchar = 0
        self.endchar = 0

    def copy(self) -> "WhooshToken":
        """The token as it is now; Whoosh's highlighting keeps some."""
        token = WhooshToken(self.mode)
        vars(token).update(vars(self))
        return token


class PersianAnalyzer:
    """A Whoosh analyzer for Persian: `TEXT(analyzer=PersianAnalyzer())`.

    `exact` is for a field beside it that holds the words as written (folded, but with their endings), by which a
    search can prefer what was typed.

    By Whoosh's definition an analyzer is a callable from a text to tokens; this one inherits nothing from
    Whoosh, so that analyzing a query does not wait for Whoosh's import.
    """

    def __init__(self, *, exact: bool = False) -> None:
        self.exact = exact

    def __call__(
        self, value: str, *, start_pos: int = 0, start_char: int = 0, mode: str = "", **_kwargs: Any
    ) -> Iterator[WhooshToken]:
        """Yields the tokens of `value`: stem (or if `exact` the surface form) as `text`, position, and offsets in
        characters of `value`, counted from `start_pos` and `start_char`. In Whoosh's mode "query" a word has one
        token, or one for each part of a compound."""
        token = WhooshToken(mode)
        columns = analysis().columns(value)
        rows = list(zip(columns.starts, columns.ends, columns.positions, columns.stems, columns.surfaces, strict=True))
        for start, end, position, stem, surface in _for_query(rows) if mode == "query" else rows:
            token.original = surface
            token.text = surface if self.exact else stem
            token.pos = start_pos + position
            token.startchar = start_char + start
            token.endchar = start_char + end
            yield token

    def terms(self, value: str) -> tuple[list[str], list[int]]:
        """The terms of `value` as they are indexed, and the position of each: the same as calling the analyzer, in one
        step. A text that several fields hold is analyzed once."""
        columns = _columns(value)
        return columns.surfaces if self.exact else columns.stems, columns.positions

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianAnalyzer) and other.exact == self.exact

    def __hash__(self) -> int:
        return hash((PersianAnalyzer, self.exact))


@lru_cache(maxsize=4)
def _columns(text: str) -> TokenColumns:
    return analysis().columns(text)


_Row = tuple[int, int, int, str, str]


def _for_query(rows: list[_Row]) -> Iterator[_Row]:
    """One row for each word or part, since Whoosh's parsers want all tokens of a word to be found: of a compound its
    parts, and of a word with two stems the verb, which the other forms of the verb have too."""
    for _, group in groupby(rows, key=whole_end()):
        whole, *others = group
        parts = [row for row in others if row[:2] != whole[:2]]
        verbs = [row for row in (whole, *others) if "#" in row[3]]
        yield from parts or verbs[:1] or [whole]


def whole_end() -> Callable[[_Row], int]:
    """A key that is the same for a word and the rows of its parts, which follow it: where the word ends."""
    reached = 0

    def key(row: _Row) -> int:
        nonlocal reached
        if row[0] >= reached:
            reached = row[1]
        return reached

    return key
