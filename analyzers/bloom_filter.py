"""Bloom filters: sets of words that take one byte for each word and load as fast as their bytes are read."""

import zlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection

_BITS = 8  # for each word
_SHIFT = 8  # from a code's first bit position to its second


class BloomFilter:
    """A set of words that contains all its own words, and by mistake about one in twenty others.

    Membership is tested by the codes of words (see `code_of`), so that a word which several filters are asked for has
    its code computed once.

    Args:
        packed: the return value of `packed_filter`; line feeds in it are ignored.

    Attributes:
        bits: the filter itself.
    """

    def __init__(self, packed: bytes) -> None:
        self.bits = a2b_base64(packed)
        self._size = 8 * len(self.bits)

    def __contains__(self, code: int) -> bool:
        place = code % self._size
        if not self.bits[place >> 3] >> (place & 7) & 1:
            return False
        place = (code >> _SHIFT) % self._size
        return bool(self.bits[place >> 3] >> (place & 7) & 1)


def code_of(word: str) -> int:
    """Return the code of a word, which is the same in every process."""
    return zlib.crc32(word.encode())


def packed_filter(words: Collection[str]) -> bytes:
    """Return the filter that contains `words`, in the form that `BloomFilter` reads: base64."""
    bits = bytearray(len(words) * _BITS // 8 + 1)
    for code in map(code_of, words):
        for place in (code % (8 * len(bits)), (code >> _SHIFT) % (8 * len(bits))):
            bits[place >> 3] |= 1 << (place & 7)
    return b2a_base64(bits, newline=False)
