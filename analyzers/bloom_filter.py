"""Bloom filters: sets of words in a byte for each, which is all that loading them costs."""

import zlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection

_BITS = 8  # for each word
_SHIFT = 8  # from the first place of a code to the second


class BloomFilter:
    """A set of words that never misses one of its own, and takes one in twenty others for one. It is asked for the
    codes of words, so that a word that several filters are asked for has its code computed once.

    packed: what `bloom` made.
    """

    def __init__(self, packed: str) -> None:
        self._bits = a2b_base64(packed)
        self._size = 8 * len(self._bits)

    def __contains__(self, code: int) -> bool:
        place = code % self._size
        if not self._bits[place >> 3] >> (place & 7) & 1:
            return False
        place = (code >> _SHIFT) % self._size
        return bool(self._bits[place >> 3] >> (place & 7) & 1)


def code_of(word: str) -> int:
    """The code of a word, the same in every process."""
    return zlib.crc32(word.encode())


def bloom(words: Collection[str]) -> str:
    """`words` in the form that `BloomFilter` reads."""
    bits = bytearray(len(words) * _BITS // 8 + 1)
    for code in map(code_of, words):
        for place in (code % (8 * len(bits)), (code >> _SHIFT) % (8 * len(bits))):
            bits[place >> 3] |= 1 << (place & 7)
    return b2a_base64(bits, newline=False).decode()
