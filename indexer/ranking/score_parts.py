"""The parts that a score is the sum of."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

DIGITS = 6
"""The number of decimals of the parts of an explanation."""


class ScorePart(NamedTuple):
    """A part of a hit's score. The parts of an explanation add up to the score, at `DIGITS` decimals.

    Attributes:
        description: The term (`text:باران`), pair of words (`باران + تند`) or clause that the part comes from.
        score: How much it adds to the score.
        factors: The factors by name whose product is `score`: `boost`, `idf` and `frequency`. Empty for a part that
            is not such a product.
    """

    description: str
    score: float
    factors: dict[str, float]


class ScoreExplanation(NamedTuple):
    """The score that a clause gives to one document, and the parts of that score."""

    score: float
    parts: list[ScorePart]


def readable(term: bytes) -> str:
    """Return a term as text; those of numbers are not UTF-8."""
    return term.decode("utf-8", "replace")


def rounded(parts: Sequence[ScorePart], score: float) -> Iterator[ScorePart]:
    """Round the parts so that they add up to the rounded score: those with the greatest remainders are rounded up.

    Yields:
        The parts, in the same order.
    """
    units = [part.score * 10**DIGITS for part in parts]
    whole = [int(unit) for unit in units]
    missing = round(score * 10**DIGITS) - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda index: whole[index] - units[index])
    for index in by_remainder[: max(missing, 0)]:
        whole[index] += 1
        missing -= 1
    if parts:  # ranking rounds scores to single precision, so a great one may be several units off
        whole[max(range(len(parts)), key=whole.__getitem__)] += missing
    for part, unit in zip(parts, whole, strict=True):
        yield part._replace(score=unit / 10**DIGITS)
