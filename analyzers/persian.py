"""The analyzer that Whoosh calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jooya.analyzers.analysis import analysis


@dataclass(slots=True)
class WhooshToken:
    """The attributes that Whoosh reads of a token, under Whoosh's names. One object serves a whole text, as
    Whoosh's own analyzers do."""

    text: str = ""
    pos: int = 0
    startchar: int = 0
    endchar: int = 0
    boost: float = 1.0
    stopped: bool = False
    positions: bool = False
    chars: bool = False
    removestops: bool = True
    mode: str = ""
    original: str = ""
    matched: bool = False


class PersianAnalyzer:
    """A Whoosh analyzer for Persian: `TEXT(analyzer=PersianAnalyzer())`.

    By Whoosh's definition an analyzer is a callable from a text to tokens; this one inherits nothing from
    Whoosh, so that analyzing a query does not wait for Whoosh's import. It has no state of its own.
    """

    def __call__(
        self, value: str, *, start_pos: int = 0, start_char: int = 0, mode: str = "", **_kwargs: Any
    ) -> Iterator[WhooshToken]:
        """Yields the tokens of `value`: stem as `text`, position, and offsets in characters of `value`, counted
        from `start_pos` and `start_char`."""
        token = WhooshToken(positions=True, chars=True, mode=mode)
        columns = analysis().columns(value)
        for surface, stem, position, start, end in zip(
            columns.surfaces, columns.stems, columns.positions, columns.starts, columns.ends, strict=True
        ):
            token.original = surface
            token.text = stem
            token.pos = start_pos + position
            token.startchar = start_char + start
            token.endchar = start_char + end
            yield token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianAnalyzer)

    def __hash__(self) -> int:
        return hash(PersianAnalyzer)
