"""Tokens: the words of a text, with their offsets."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

TokenRow = tuple[int, int, int, str, str]
"""A token as start, end, position, stem and surface form; see `Token`."""


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        surface: the word as written, folded, without half-spaces.
        stem: what its inflected forms share.
        position: the number of the word in the text, from 0. A compound stands at the position of its first part.
        start: offset in characters into the text as given; `text[start:end]` is the word.
        end: offset in characters into the text as given.
        why: how the stem was found: `settled` by a table, `lexicon`, `verb`, `ending`, `number` or `unknown`; after
            a space the endings, or the shape of the verb form.
    """

    surface: str
    stem: str
    position: int
    start: int
    end: int
    why: str


class TokenColumns:
    """The tokens of a text, a list for each attribute of `Token`: item i of every list is of token i.

    Attributes:
        next_position: the position that a following word would have.
    """

    __slots__ = ("ends", "next_position", "positions", "starts", "stems", "surfaces")

    def __init__(self) -> None:
        self.surfaces: list[str] = []
        self.stems: list[str] = []
        self.positions: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.next_position = 0

    def rows(self) -> Iterator[TokenRow]:
        """Return an iterator over the tokens in order."""
        return zip(self.starts, self.ends, self.positions, self.stems, self.surfaces, strict=True)

    def words(self) -> Iterator[list[TokenRow]]:
        """Yield for each word its tokens: the whole word, then its second stem or its parts, which lie inside it."""
        word: list[TokenRow] = []
        for row in self.rows():
            if word and row[0] >= word[0][1]:  # begins where the whole word ends, or later
                yield word
                word = []
            word.append(row)
        if word:
            yield word


def finest_parts(word: list[TokenRow]) -> list[TokenRow]:
    """Return the parts of a word that have no parts themselves, in order; none if it has no parts.

    The words of the host of an address come right after the host.

    Args:
        word: The tokens of the word, as `TokenColumns.words` yields them.
    """
    parts = [row for row in word if row[:2] != word[0][:2]]
    return [
        part
        for part, following in zip_longest(parts, parts[1:])
        if following is None or part[:2] == following[:2] or not (part[0] <= following[0] < following[1] <= part[1])
    ]
