"""Families of words with several accepted spellings, when the lexicon is compiled: words in ـیسم, names with الله."""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from .characters import fold
from .data_tables import table_rows

_ZWNJ = "\u200c"


class Spelling(NamedTuple):
    """Another spelling of a word.

    Attributes:
        written: The other spelling, folded.
        word: The word that both are found by, folded.
        is_settled: True if that holds even if the other spelling is a word of its own in the dictionary.
    """

    written: str
    word: str
    is_settled: bool


def other_spellings(forms: Iterable[str], rare: Iterable[str]) -> Iterator[Spelling]:
    """Yield the spellings that spelling_families.tsv derives from the words of a dictionary.

    Args:
        forms: The words as the dictionary writes them.
        rare: Words that are in doubt, of which only those are taken that are another spelling themselves.
    """
    rules = [
        (re.compile(pattern), replacement, stem == "second")
        for pattern, replacement, stem, _why in table_rows("spelling_families.tsv")
    ]
    for pattern, replacement, is_second in rules:
        for form in filter(pattern.search, [*forms, *rare] if is_second else forms):
            first, second = fold(form), fold(pattern.sub(replacement, form))
            yield Spelling(first, second, is_second) if is_second else Spelling(second, first, is_second)


def spelled_names() -> Iterator[tuple[list[str], str]]:
    """Yield each spelling of the names of name_families.tsv as its two words, with the name as all are found by."""
    for firsts, seconds, others, _why in table_rows("name_families.tsv"):
        for first, second in product(fold(firsts).split(), fold(seconds).split()):
            spellings = first.split("=")
            for spelled, last in product(spellings, [second, *fold(others.strip("-")).split()]):
                yield [spelled, last], spellings[0] + second


def spelled_compounds() -> Iterator[list[str]]:
    """Yield the parts of the compounds among the spellings of variants.tsv that only these rows have."""
    for _word, spellings in table_rows("variants.tsv"):
        for spelling in spellings.split():
            if _ZWNJ in spelling:
                yield fold(spelling.replace(_ZWNJ, " ")).split()
