"""Text that its layout or its file has torn: is it text at all, and which word goes on after a line's end?"""

import unicodedata
from collections.abc import Sequence

from ...analyzers import Token, analysis

_LOOKED_AT = 3000  # characters
_WORD = 3  # letters: shorter ones are known in any order
_FEW = 30  # words; fewer do not tell
_KNOWN = 0.1  # of words; Arabic has more, with other letters in their place hardly one is left
_STRANGE = 0.3  # of characters

_HYPHENS = ("-", "\u2010", "\u00ad")
_SOFT_HYPHEN = "\u00ad"


def known(text: str) -> tuple[float, int]:
    """How many of the words of `text` are Persian ones, from 0 to 1, and how many words there are to tell by: those in
    Arabic script, of three letters and more, at its beginning."""
    words = [token for token in analysis().tokens(text[:_LOOKED_AT]) if _tells(token)]
    return (sum(token.why != "unknown" for token in words) / len(words) if words else 0.0), len(words)


def is_readable(text: str) -> bool:
    """Whether `text` says anything. It does not where signs have another meaning than they look like: in many PDFs
    letters are other letters (ؼؿطؼص for ایشان), Latin signs (ÇíÔÇä), or nothing at all."""
    sample = "".join(text[:_LOOKED_AT].split())
    strange = sum("\xc0" <= char <= "\xff" or unicodedata.category(char) in ("Co", "Cn", "Cc") for char in sample)
    if strange + sample.count("\ufffd") > _STRANGE * len(sample):
        return False
    share, words = known(text)
    return words < _FEW or share >= _KNOWN


def mend(lines: Sequence[str]) -> list[str]:
    """`lines`, with words that a hyphen breaks at a line's end on the upper one. The hyphen stays where it is part of
    the word (علمی-پژوهشی) as far as can be told: where the word is not known without it."""
    mended = list(lines)
    for number in range(len(mended) - 1):
        upper, lower = mended[number], mended[number + 1]
        if not upper.endswith(_HYPHENS):
            continue
        start = len(upper) - 1
        while start and upper[start - 1].isalpha():
            start -= 1
        first, (second, *rest) = upper[start:-1], lower.split(None, 1) or [""]
        if first and second[:1].isalpha():
            hyphen = upper[-1] if upper[-1] != _SOFT_HYPHEN and not _is_word(first, second) else ""
            mended[number : number + 2] = [upper[:-1] + hyphen + second, "".join(rest)]
    return mended


def _is_word(first: str, second: str) -> bool:
    """Whether two pieces are one word: known as Persian, or Latin and not two names."""
    if first.isascii():
        return second[0].islower()
    return [token.why != "unknown" for token in analysis().tokens(first + second)] == [True]


def _tells(token: Token) -> bool:
    return len(token.surface) >= _WORD and all("\u0620" <= char <= "\u06d3" for char in token.surface)
