"""The words of a query as the index knows them."""

from typing import NamedTuple

from ...analyzers import analysis, stop_stems


class Word(NamedTuple):
    """A word of a query.

    stems: what it is found by; two where it is two words by its spelling (گفتن: گفتن and گفت#گو). parts: the stems of
    the parts of a compound, in order. surfaces: it and its parts as typed, folded. position: which word of the text it
    is. stop: whether it says little of what is sought.
    """

    stems: tuple[str, ...]
    parts: tuple[str, ...]
    surfaces: tuple[str, ...]
    position: int
    stop: bool


def words_of(text: str) -> list[Word]:
    """The words of `text`, in order."""
    columns = analysis().columns(text)
    stop = stop_stems()
    words = []
    for (start, end, position, stem, surface), *others in columns.words():
        stems = [stem, *[row[3] for row in others if row[:2] == (start, end)]]
        parts = [row for row in others if row[:2] != (start, end)]
        words.append(
            Word(
                tuple(stems),
                tuple([row[3] for row in parts]),
                (surface, *[row[4] for row in parts]),
                position,
                stem in stop,
            )
        )
    return words
