"""The words of a query, with the terms that the index knows them by."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ...analyzers import analysis, fold, question_stems, stop_stems
from ...analyzers.tokens import finest_parts


class QueryWord(NamedTuple):
    """A word of a query.

    Attributes:
        stems: The stems that the word is found by: two where its spelling is that of two words (گفتن: گفتن and
            گفت#گو).
        parts: The stems of the parts of a compound, in order; empty for other words.
        surfaces: The surface forms of the word and of its parts.
        position: The number of the word in the text.
        is_stop_word: True if the word says little of what is sought.
        is_question_word: True if it is a stop word that asks for something, and says next to nothing.
        is_next: True if only a space, or a half-space, stands between the word before and this one.
        start: The offset at which the word starts, in characters of the text.
        weight: How much the word counts, from 0 to 1; a correction counts less than a word that was typed.
    """

    stems: tuple[str, ...]
    parts: tuple[str, ...]
    surfaces: tuple[str, ...]
    position: int
    is_stop_word: bool
    is_question_word: bool
    is_next: bool = False
    start: int = 0
    weight: float = 1.0


@lru_cache(maxsize=64)
def query_words(text: str) -> tuple[QueryWord, ...]:
    """Return the words of `text`, in order."""
    columns = analysis().columns(text)
    stop, questions = stop_stems(), question_stems()
    words: list[QueryWord] = []
    before = 0  # where the word before ends
    for word in columns.words():
        (start, end, position, stem, surface), *others = word
        stems = [stem, *[row[3] for row in others if row[:2] == (start, end)]]
        parts = finest_parts(word)
        words.append(
            QueryWord(
                tuple(stems),
                tuple([row[3] for row in parts]),
                (surface, *[row[4] for row in parts]),
                position,
                stem in stop,
                stem in questions,
                bool(words) and not fold(text[before:start]).strip(),
                start,
            )
        )
        before = end
    return tuple(words)


def phrase_surfaces(words: Sequence[QueryWord]) -> tuple[str, ...]:
    """Return the surface forms that stand one after another where the words of a phrase do.

    A compound is sought by its parts, so that it is found where it is written apart. An address by itself is sought as
    a whole: its parts leave out what all addresses share.
    """
    if len(words) == 1 and "." in words[0].surfaces[0]:
        return words[0].surfaces[:1]
    return tuple([surface for word in words for surface in word.surfaces[1:] or word.surfaces])
