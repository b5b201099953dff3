"""Telling whether text that was extracted from a file can be read: by its known words and its strange characters."""

import unicodedata

from ...analyzers import Token, analysis

_SAMPLE = 3000  # characters looked at
_MIN_LETTERS = 3  # of a word; shorter words are known in any order of their letters
_MIN_WORDS = 30  # fewer words tell nothing
_MIN_KNOWN = 0.1  # share of words; Arabic text has more, and text in which letters stand for others has hardly any
_MAX_STRANGE = 0.3  # share of characters


def known_words(text: str) -> tuple[float, int]:
    """Return the share of the words of `text` that are known in Persian, from 0 to 1, and the number of words counted.

    Words in Arabic script of three letters and more at the beginning of the text are counted.
    """
    words = [token for token in analysis().tokens(text[:_SAMPLE]) if _is_counted(token)]
    return (sum(token.why != "unknown" for token in words) / len(words) if words else 0.0), len(words)


def is_legible(text: str) -> bool:
    """Return True if the characters of `text` are the ones that a reader of the page sees.

    In many PDFs they are not: the characters behind the shapes are other letters (ؼؿطؼص for ایشان), Latin ones (ÇíÔÇä),
    or none at all.
    """
    sample = "".join(text[:_SAMPLE].split())
    strange = sum("\xc0" <= char <= "\xff" or unicodedata.category(char) in ("Co", "Cn", "Cc") for char in sample)
    if strange + sample.count("\ufffd") > _MAX_STRANGE * len(sample):
        return False
    share, words = known_words(text)
    return words < _MIN_WORDS or share >= _MIN_KNOWN


def _is_counted(token: Token) -> bool:
    return len(token.surface) >= _MIN_LETTERS and all("\u0620" <= char <= "\u06d3" for char in token.surface)
