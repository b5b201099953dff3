"""The words of a query, with the terms that the index knows them by."""

from typing import NamedTuple

from ...analyzers import analysis, fold, stop_stems


class QueryWord(NamedTuple):
    """A word of a query.

    Attributes:
        stems: The stems that the word is found by: two where its spelling is that of two words (گفتن: گفتن and
            گفت#گو).
        parts: The stems of the parts of a compound, in order; empty for other words.
        surfaces: The surface forms of the word and of its parts.
        position: The number of the word in the text.
        is_stop_word: True if the word says little of what is sought.
        is_next: True if only a space, or a half-space, stands between the word before and this one.
    """

    stems: tuple[str, ...]
    parts: tuple[str, ...]
    surfaces: tuple[str, ...]
    position: int
    is_stop_word: bool
    is_next: bool = False


def query_words(text: str) -> list[QueryWord]:
    """Return the words of `text`, in order."""
    columns = analysis().columns(text)
    stop = stop_stems()
    words: list[QueryWord] = []
    before = 0  # where the word before ends
    for (start, end, position, stem, surface), *others in columns.words():
        stems = [stem, *[row[3] for row in others if row[:2] == (start, end)]]
        parts = [row for row in others if row[:2] != (start, end)]
        words.append(
            QueryWord(
                tuple(stems),
                tuple([row[3] for row in parts]),
                (surface, *[row[4] for row in parts]),
                position,
                stem in stop,
                bool(words) and not fold(text[before:start]).strip(),
            )
        )
        before = end
    return words
