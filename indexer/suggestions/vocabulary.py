"""The words of an index as they are written in it, as arrays."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field

LONGEST = 24
"""Letters; longer words are neither corrected nor corrected to."""

ALPHABET = 448
"""Numbers of letters; see `letters_of`."""


class Vocabulary:
    """All words of a field, in order. counts: in how many passages each is."""

    def __init__(self, fields: Iterable[Field]) -> None:
        known: Counter[str] = Counter()
        for field in fields:
            texts = b"\n".join(field.terms_between(0, field.terms)).decode("utf-8", "replace").split("\n")
            known.update(dict(zip(texts, field.doc_frequencies(0, field.terms).tolist(), strict=False)))
        self.words = sorted(word for word in known if 0 < len(word) <= LONGEST)
        self.counts = np.array([known[word] for word in self.words], np.int64)
        self.lengths = np.array(list(map(len, self.words)), np.int64)
        self.letters = letters_of(self.words)
        self._places = {word: place for place, word in enumerate(self.words)}
        self._signatures = _signatures(self.letters)

    def count(self, word: str) -> int:
        """In how many passages `word` is."""
        place = self._places.get(word)
        return 0 if place is None else int(self.counts[place])

    def near(self, word: str, edits: int) -> Array:
        """The places of words that may be at most `edits` from `word`: an edit changes the length by one at most, and
        which letters there are by two."""
        places = np.flatnonzero(np.abs(self.lengths - len(word)) <= edits)
        changed = self._signatures[places] ^ _signatures(letters_of([word]))[0]
        return places[_bits(changed) <= 2 * edits]


def letters_of(words: list[str]) -> Array:
    """The letters of words as numbers below `ALPHABET`, a row for each word: ASCII, the Arabic block, and others, of
    which some share a number; 0 beyond the end."""
    table = np.zeros((len(words), LONGEST), np.uint32)
    if words:
        table[:] = np.array(words, f"<U{LONGEST}").view(np.uint32).reshape(len(words), LONGEST)
    arabic = (table >= 0x600) & (table < 0x700)
    other = ~arabic & (table >= 128)
    table[arabic] -= 0x600 - 128
    table[other] = 384 + table[other] % 64
    return table.astype(np.uint16)


def _signatures(letters: Array) -> Array:
    """For each row a bit for each letter that is in it."""
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64))
    bits[letters == 0] = 0
    return np.bitwise_or.reduce(bits, axis=1)


def _bits(numbers: Array) -> Array:
    """How many bits are set in each of some 64-bit numbers."""
    return np.unpackbits(numbers.view(np.uint8).reshape(-1, 8), axis=1).sum(axis=1, dtype=np.int64)
