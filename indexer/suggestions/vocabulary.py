"""The vocabulary of an index, its surface forms with their counts, as arrays."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from ..codec.segment import Field
from ..limits import check
from .romanization_table import words_by_consonants

MAX_LETTERS = 24
"""Longer words are neither corrected nor suggested as corrections."""

ALPHABET_SIZE = 448
"""The number of different letters of `letter_numbers`."""


COMMON = 100
"""The number of passages in which a word is common."""


class Vocabulary:
    """All words of a field, in order of their code points.

    Attributes:
        words: The words.
        counts: How many passages have each word.
        lengths: The number of letters of each word.
        letters: The letters of each word; see `letter_numbers`.
    """

    def __init__(self, fields: Iterable[Field]) -> None:
        """Read the words of a field.

        Args:
            fields: The field in each segment.
        """
        known: Counter[str] = Counter()
        for field in fields:
            check()
            texts = b"\n".join(field.terms_between(0, field.terms)).decode("utf-8", "replace").split("\n")
            check()
            known.update(dict(zip(texts, field.doc_frequencies(0, field.terms).tolist(), strict=False)))
        # A crafted index may have words that no passage has.
        self.words = sorted(word for word, count in known.items() if 0 < len(word) <= MAX_LETTERS and count > 0)
        self.counts = np.array([known[word] for word in self.words], np.int64)
        self.lengths = np.array(list(map(len, self.words)), np.int64)
        self.letters = letter_numbers(self.words)
        self._places = {word: place for place, word in enumerate(self.words)}
        self._signatures = _signatures(self.letters)

    @cached_property
    def by_consonants(self) -> dict[str, list[str]]:
        """The Persian words by their consonants; see `words_by_consonants`."""
        return words_by_consonants(self.words)

    @cached_property
    def _common(self) -> Array:
        """The places of the common words. Most words are rare, so these few are quickly looked through."""
        return np.flatnonzero(self.counts >= COMMON)

    def count(self, word: str) -> int:
        """Return how many passages have a word."""
        place = self._places.get(word)
        return 0 if place is None else int(self.counts[place])

    def candidates(self, word: str, edits: int, least: int = 0) -> Array:
        """Return the places of all words at most `edits` edits from a word, and of some others.

        Words in fewer than `least` passages are left out.

        One edit changes the length by at most one, and the set of letters by at most two.
        """
        signature = _signatures(letter_numbers([word]))[0]
        if compiled is not None:
            return compiled.words_near(
                self.lengths, self.counts, self._signatures, len(word), int(signature), edits, least
            )
        places = self._common if least >= COMMON else np.arange(len(self.words))
        places = places[np.abs(self.lengths[places] - len(word)) <= edits]
        if least:
            places = places[self.counts[places] >= least]
        return places[_set_bits(self._signatures[places] ^ signature) <= 2 * edits]


def letter_numbers(words: list[str]) -> Array:
    """Return the letters of some words as numbers below `ALPHABET_SIZE`.

    ASCII and the Arabic block have a number for each character; other characters share numbers.

    Returns:
        A row for each word, with `MAX_LETTERS` columns; 0 beyond the end of the word.
    """
    table = np.zeros((len(words), MAX_LETTERS), np.uint32)
    if words:
        table[:] = np.array(words, f"<U{MAX_LETTERS}").view(np.uint32).reshape(len(words), MAX_LETTERS)
    arabic = (table >= 0x600) & (table < 0x700)
    other = ~arabic & (table >= 128)
    table[arabic] -= 0x600 - 128
    table[other] = 384 + table[other] % 64
    return table.astype(np.uint16)


def _signatures(letters: Array) -> Array:
    """Return for each row a 64-bit number with a bit set for each letter in it; several letters share a bit."""
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64))
    bits[letters == 0] = 0
    return np.bitwise_or.reduce(bits, axis=1)


def _set_bits(numbers: Array) -> Array:
    """Return how many bits are set in each of some 64-bit numbers, by adding up neighbouring bits, pairs, fours, …."""
    numbers = numbers - (numbers >> np.uint64(1) & np.uint64(0x5555555555555555))
    pairs = np.uint64(0x3333333333333333)
    numbers = (numbers & pairs) + (numbers >> np.uint64(2) & pairs)
    numbers = numbers + (numbers >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return numbers * np.uint64(0x0101010101010101) >> np.uint64(56)  # the highest byte is the sum of all
