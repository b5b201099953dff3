"""The analyzer for Whoosh's interface: the fields of a Whoosh schema call it for their terms."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..core import compiled
from .analysis import analysis
from .loose_terms import loose_terms
from .tokens import TokenColumns, TokenRow, finest_parts


class WhooshToken:
    """A token with the attributes that Whoosh reads, under Whoosh's names.

    One object serves a whole text, as with Whoosh's own analyzers.
    """

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
        """Return the token as it is now; Whoosh's highlighting keeps some."""
        token = WhooshToken(self.mode)
        vars(token).update(vars(self))
        return token


class PersianAnalyzer:
    """A Whoosh analyzer for Persian: `TEXT(analyzer=PersianAnalyzer())`.

    By Whoosh's definition an analyzer is a callable that makes tokens of a text. This one inherits nothing from
    Whoosh, so that the analysis of a query does not wait for Whoosh's import.

    Args:
        exact: make terms of the surface forms, folded but with their endings, instead of the stems. This is for a
            second field, by which a search can prefer the forms that were typed.
        loose: make the loose terms of those words whose loose term is not their stem, each once in a text. This is for
            a further field, by which a search can also find what stems keep apart.
    """

    def __init__(self, *, exact: bool = False, loose: bool = False) -> None:
        self.exact = exact
        self.loose = loose

    def __call__(
        self, value: str, *, start_pos: int = 0, start_char: int = 0, mode: str = "", **_kwargs: Any
    ) -> Iterator[WhooshToken]:
        """Yield the tokens of a text.

        Args:
            value: the text.
            start_pos: the position of the first token.
            start_char: a number to add to the offsets, which are in characters of `value`.
            mode: Whoosh's purpose of the call. With `query`, a word has one token, or one for each part of a compound.
        """
        token = WhooshToken(mode)
        columns = analysis().columns(value)
        seen: set[str] = set()
        for start, end, position, stem, surface in _query_rows(columns) if mode == "query" else columns.rows():
            token.original = surface
            token.text = surface if self.exact else stem
            if self.loose:
                token.text = loose_terms().find(surface, stem)
                if token.text == stem or token.text in seen:
                    continue
                seen.add(token.text)
            token.pos = start_pos + position
            token.startchar = start_char + start
            token.endchar = start_char + end
            yield token

    def terms(self, value: str) -> tuple[list[str], list[int]]:
        """Return the terms of a text as they are indexed, and the position of each; loose terms have none.

        They are those of the tokens that a call yields, faster. A text that several fields hold is analyzed once.
        """
        columns = _columns(value)
        if self.loose:
            return loose_terms().of_text(columns), []
        return columns.surfaces if self.exact else columns.stems, columns.positions

    def numbered_terms(self, value: str) -> tuple[list[str], bytes, bytes] | None:
        """Return what `terms` returns as numbers, if the compiled core is there; otherwise None.

        Returns:
            The vocabulary, a list that grows; the places of the terms in it; and their positions, both as unsigned
            integers of 32 bits.
        """
        scan = _scan(value)
        if scan is None:
            return None
        if self.loose:
            return scan.vocabulary, scan.loose_bytes(loose_terms().find), b""
        return scan.vocabulary, scan.surface_bytes() if self.exact else scan.stem_bytes(), scan.position_bytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianAnalyzer) and (other.exact, other.loose) == (self.exact, self.loose)

    def __hash__(self) -> int:
        return hash((PersianAnalyzer, self.exact, self.loose))


@lru_cache(maxsize=4)
def _columns(text: str) -> TokenColumns:
    return analysis().columns(text)


@lru_cache(maxsize=4)
def _scan(text: str) -> "compiled.Scan | None":
    return analysis().scan(text)


def _query_rows(columns: TokenColumns) -> Iterator[TokenRow]:
    """Yield one token for each word or part, since Whoosh's parsers want all tokens of a word to be found.

    Of a compound these are its parts, and of a word with two stems the verb, which the verb's other forms have too.
    """
    for whole, *others in columns.words():
        parts = finest_parts([whole, *others])
        verbs = [row for row in (whole, *others) if "#" in row[3]]
        yield from parts or verbs[:1] or [whole]
