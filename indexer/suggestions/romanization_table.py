"""The table of romanization, and the consonants by which Persian words are sought for Latin letters."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import NamedTuple

from ...analyzers.data_tables import table_rows
from ..limits import check
from .keyboard_layouts import DATA

_PERSIAN = re.compile(r"[\u0620-\u064a\u066e-\u06d3]+")
_VOWELS = "اآعءئؤأویهح"  # letters that are also vowels, or are often not heard: و is v and u, ی is y and i, eh is ه
_REPEATED = re.compile(r"(.)\1+")
_EMPTY = "-"
_MAX_KEYS = 64


class Reading(NamedTuple):
    """A Persian reading of Latin letters: a row of the table.

    Attributes:
        latin: The Latin letters; empty for a Persian letter that is not heard.
        persian: The Persian letters; empty for a vowel that is not written.
        cost: The cost of the reading, in the unit of `spelling.py`.
        place: Where in the words it may stand: `"start"`, `"inside"`, `"end"` or `"any"`.
    """

    latin: str
    persian: str
    cost: float
    place: str


@cache
def readings() -> dict[str, tuple[Reading, ...]]:
    """Return the readings of each group of Latin letters; those of the empty one are letters that are not heard."""
    rows: defaultdict[str, list[Reading]] = defaultdict(list)
    for latin, persian, cost, place, _ in table_rows("romanization.tsv", DATA):
        one = Reading(latin.replace(_EMPTY, ""), persian.replace(_EMPTY, ""), float(cost), place)
        rows[one.latin].append(one)
    return {latin: tuple(ones) for latin, ones in rows.items()}


@cache
def longest() -> int:
    """Return the length of the longest group of Latin letters."""
    return max(map(len, readings()))


@cache
def _consonants() -> dict[int, str]:
    """Return for each Persian letter the Latin one that it has first in the table: ز, ذ, ض and ظ share z.

    Letters that may be vowels have an empty one.
    """
    first = {ord(letter): "" for letter in _VOWELS}
    for latin, persian, *_ in table_rows("romanization.tsv", DATA):
        if len(persian) == 1:
            first.setdefault(ord(persian), latin)
    return first


def _key(persian: str) -> str:
    """Return the consonants of Persian letters, doubled ones once."""
    return _REPEATED.sub(r"\1", persian.translate(_consonants()))


def latin_keys(latin: str) -> set[str]:
    """Return the consonants that Latin letters may stand for: sh is ش or, as in eshagh, two letters."""
    # Dictionaries keep their order, so that those of many keys that are left out are the same in every process.
    keys: list[dict[str, None]] = [{"": None}, *[{} for _ in latin]]
    for place in range(len(latin)):
        check()
        for size in range(1, min(longest(), len(latin) - place) + 1):
            for ending in _unit_keys().get(latin[place : place + size], ()):
                keys[place + size] |= dict.fromkeys(key + ending for key in islice(keys[place], _MAX_KEYS))
    return {_REPEATED.sub(r"\1", key) for key in keys[-1]}


@cache
def _unit_keys() -> dict[str, tuple[str, ...]]:
    return {
        latin: tuple(dict.fromkeys(reading.persian.translate(_consonants()) for reading in ones))
        for latin, ones in readings().items()
    }


def words_by_consonants(words: Iterable[str]) -> dict[str, list[str]]:
    """Return the Persian ones of some words by their consonants, which words in Latin letters are sought by."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        if _PERSIAN.fullmatch(word):
            found[_key(word)].append(word)
    return found
