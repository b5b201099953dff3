"""The order of hits by an own field."""

from functools import cache

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import NO_TERM
from ..limits import check
from ..own_fields import GREATEST, OwnFields, column_name, split_term
from ..ranking.searcher import IndexSearcher, SegmentSearcher

# Letters of Persian in the order of its alphabet, which is not that of Unicode: پ comes after ب, not after ی.
_ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_ARABIC = {"\u064a": "ی", "\u0649": "ی", "\u0643": "ک", "أ": "ا", "إ": "ا", "ؤ": "و", "ئ": "ی", "ة": "ه", "ۀ": "ه"}


class SortField:
    """An own field by whose values hits are sorted; those without a value come last."""

    def __init__(self, searcher: IndexSearcher, sort: str, own: OwnFields) -> None:
        """Prepare to sort.

        Args:
            searcher: The searcher of the index.
            sort: The name of the field; with a `-` before it, the greatest value is first.
            own: The declared fields of the index.
        """
        self._descends = sort.startswith("-")
        name = sort.removeprefix("-")
        kind = own[name]
        self._field = column_name(name, kind)
        self._ranks: dict[int, Array] = {}
        if kind in ("text", "keyword"):
            self._rank_terms(searcher)

    def keys(self, leaf: SegmentSearcher, docs: Array) -> Array:
        """Return for each of `docs` of a segment the number by which it is sorted, the least first."""
        field = leaf.segment.fields[self._field]
        if leaf.base in self._ranks:
            ordinals = field.ordinals[docs]
            has = ordinals != NO_TERM
            ranks = self._ranks[leaf.base]
            values = np.zeros(len(docs), np.int64)
            values[has] = ranks[ordinals[has]]
        else:
            values = field.numbers[docs]
            has = values != 0
        return np.where(has, -values if self._descends else values, GREATEST)

    def _rank_terms(self, searcher: IndexSearcher) -> None:
        """Rank the values of all segments together, in the order of the alphabet."""
        terms = {}
        for leaf in searcher.leaves:
            check()
            field = leaf.segment.fields[self._field]
            terms[leaf.base] = [sort_key(split_term(term)[1]) for term in field.terms_between(0, field.terms)]
        rank = {key: place for place, key in enumerate(sorted({key for keys in terms.values() for key in keys}))}
        for base, keys in terms.items():
            self._ranks[base] = np.fromiter(map(rank.__getitem__, keys), np.int64, len(keys))


@cache
def _order() -> dict[int, str]:
    """Return the characters that stand for Persian letters, in the order of the alphabet."""
    places = {letter: place for place, letter in enumerate(_ALPHABET)}
    places |= {other: places[letter] for other, letter in _ARABIC.items()}
    return {ord(letter): chr(0xE000 + place) for letter, place in places.items()}


def sort_key(written: str) -> str:
    """Return the text by whose code points a value is sorted."""
    return written.lower().translate(_order())
