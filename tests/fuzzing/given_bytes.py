"""Reading what a fuzzer gives, which is bytes, as choices and as text."""

from random import Random

STEPS = 1 << 16
"""The number of values of `GivenRandom.random`, so that two bytes choose one."""


class GivenRandom(Random):
    """Choices that bytes make, so that a fuzzer which changes the bytes changes the choices.

    What makes an input out of randomness makes it out of bytes with this. Once the bytes have ended, all choices are
    the first ones.
    """

    def __new__(cls, _given: bytes) -> "GivenRandom":
        """Make one whose base class has a seed of its own."""
        return super().__new__(cls)

    def __init__(self, given: bytes) -> None:
        """Begin with the first of the bytes."""
        super().__init__(0)
        self._given = given
        self._at = 0

    @property
    def ended(self) -> bool:
        """True if all bytes were used."""
        return self._at >= len(self._given)

    def take(self, count: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        self._at += count
        return self._given[self._at - count : self._at]

    def rest(self) -> bytes:
        """Return all bytes that were not used."""
        return self.take(max(0, len(self._given) - self._at))

    def random(self) -> float:
        """Return a number from 0 to 1, without 1."""
        return self._number(2) / STEPS

    def getrandbits(self, k: int, /) -> int:
        """Return a number of `k` bits."""
        return self._number((k + 7) // 8) & ((1 << k) - 1)

    def _randbelow(self, n: int) -> int:
        """Return a number below `n`, for which the base class asks: a small one is made by one byte."""
        return self._number(((n - 1).bit_length() + 7) // 8) % n

    def _number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little")


def given_text(given: bytes) -> str:
    """Return bytes as text: UTF-8, with lone surrogates, and each broken byte as a letter of its own."""
    try:
        return given.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return given.decode("utf-8", "replace")
