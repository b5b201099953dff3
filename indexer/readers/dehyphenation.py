"""Dehyphenation: joining words that a hyphen splits at the end of a line."""

from collections.abc import Sequence

from ...analyzers import analysis

_HYPHENS = ("-", "\u2010", "\u00ad")
_SOFT_HYPHEN = "\u00ad"


def dehyphenate(lines: Sequence[str]) -> list[str]:
    """Return the lines with each word that is split by a hyphen at a line's end joined on the upper line.

    The hyphen stays if it is part of the word (علمی-پژوهشی). This is assumed where the word without it is not known.
    """
    joined = list(lines)
    for number in range(len(joined) - 1):
        upper, lower = joined[number], joined[number + 1]
        if not upper.endswith(_HYPHENS):
            continue
        start = len(upper) - 1
        while start and upper[start - 1].isalpha():
            start -= 1
        first, (second, *rest) = upper[start:-1], lower.split(None, 1) or [""]
        if first and second[:1].isalpha():
            hyphen = upper[-1] if upper[-1] != _SOFT_HYPHEN and not _is_word(first, second) else ""
            joined[number : number + 2] = [upper[:-1] + hyphen + second, "".join(rest)]
    return joined


def _is_word(first: str, second: str) -> bool:
    """Return True if two pieces make one word: a Persian one that is known, or a Latin one and not two names."""
    if first.isascii():
        return second[0].islower()
    return [token.why != "unknown" for token in analysis().tokens(first + second)] == [True]
