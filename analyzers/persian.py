"""The analyzer that Whoosh calls."""

from collections.abc import Iterator
from typing import Any

from jooya.analyzers.analysis import analysis


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
        characters of `value`, counted from `start_pos` and `start_char`."""
        token = WhooshToken(mode)
        columns = analysis().columns(value)
        for surface, stem, position, start, end in zip(
            columns.surfaces, columns.stems, columns.positions, columns.starts, columns.ends, strict=True
        ):
            token.original = surface
            token.text = surface if self.exact else stem
            token.pos = start_pos + position
            token.startchar = start_char + start
            token.endchar = start_char + end
            yield token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianAnalyzer) and other.exact == self.exact

    def __hash__(self) -> int:
        return hash((PersianAnalyzer, self.exact))
