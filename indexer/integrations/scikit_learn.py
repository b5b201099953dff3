"""Jooya's analysis for vectorizers of scikit-learn, and for all that takes a function from text to terms.

It needs no package: scikit-learn calls it.
"""

from typing import Literal, NamedTuple, get_args

from ...analyzers import Token, analysis, stop_stems
from ..arguments import check_choice, check_text

Form = Literal["stem", "surface"]
"""The forms of words that terms are made of."""


class TermWithOffsets(NamedTuple):
    """A term of a text and its place.

    Attributes:
        term: The term.
        start: The offset at which it begins, in characters of the text as given.
        end: The offset at which it ends.
    """

    term: str
    start: int
    end: int


class PersianTerms:
    """An analyzer for the vectorizers of scikit-learn: `TfidfVectorizer(analyzer=PersianTerms())`.

    An object can be pickled and cloned with its vectorizer. Two with the same arguments are equal.
    """

    def __init__(self, form: Form = "stem", *, stop_words: bool = True, parts: bool = True) -> None:
        """Create an analyzer.

        Args:
            form: `"stem"` for what the inflected forms of a word share; `"surface"` for words as they were written,
                with characters folded.
            stop_words: False leaves out words that say little, such as در and کردن.
            parts: False leaves out the parts of compounds (کتاب and خانه of کتابخانه), which follow them otherwise.
        """
        check_choice("form", form, get_args(Form))
        self.form = form
        self.stop_words = stop_words
        self.parts = parts

    def __call__(self, text: str) -> list[str]:
        """Return the terms of a text, in order."""
        return [found.term for found in self.with_offsets(text)]

    def with_offsets(self, text: str) -> list[TermWithOffsets]:
        """Return the terms of a text, in order, with their places in it."""
        check_text("text", text)
        left_out = frozenset() if self.stop_words else stop_stems()
        tokens = analysis().tokens(text)
        return [
            TermWithOffsets(token.stem if self.form == "stem" else token.surface, token.start, token.end)
            for token in (tokens if self.parts else whole_words(tokens))
            if token.stem not in left_out
        ]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersianTerms) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.form, self.stop_words, self.parts))

    def __repr__(self) -> str:
        return f"PersianTerms({self.form!r}, stop_words={self.stop_words}, parts={self.parts})"


def whole_words(tokens: list[Token]) -> list[Token]:
    """Return those of the tokens of a text that lie in no other: words and compounds, without their parts."""
    found: list[Token] = []
    for token in tokens:
        if not found or token.start >= found[-1].end:
            found.append(token)
    return found
