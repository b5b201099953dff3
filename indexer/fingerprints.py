"""Fingerprints: hashes of passages' words, by which copies of a passage are recognized."""

import re
from functools import cache

from ..analyzers import fold
from ..analyzers.characters import fold_alone
from ..core import compiled
from .hashing import hash_of_bytes

_WORD = re.compile(r"\w+")
_MOST_CHUNKS = 1 << 17  # that are remembered
_LONGEST_CHUNK = 64  # characters of one that is remembered


class _Letters(dict[str, str]):
    """The folded letters and digits of what stands between two spaces.

    Most chunks of a text have been met before. Folding depends on no character beyond a space, so that the letters of
    its chunks are the letters of a text.
    """

    def __missing__(self, chunk: str) -> str:
        letters = "".join(_WORD.findall(fold(chunk)))
        if len(chunk) <= _LONGEST_CHUNK:
            if len(self) >= _MOST_CHUNKS:
                self.clear()
            self[chunk] = letters
        return letters


_MOST_CHARACTERS = 0x2100  # of the core's table: those of Persian text, and punctuation


@cache
def _core_letters() -> "compiled.Letters | None":
    if compiled is None:
        return None
    folded = map(fold_alone, map(chr, range(_MOST_CHARACTERS)))
    return compiled.Letters([None if form is None else "".join(_WORD.findall(form)) for form in folded])


@cache
def _letters() -> _Letters:
    return _Letters()


def fingerprint(text: str) -> int:
    """Return a hash of the letters and digits of a passage; 0 if it has none.

    Copies have the same hash, however they are spaced and punctuated. The text is not analyzed for it, since
    with several jobs, other processes analyze.
    """
    core = _core_letters()
    letters = core.of(text[:]) if core else None  # the core takes no subclass of str, and `[:]` gives none
    if letters is None:
        letters = "".join(map(_letters().__getitem__, text.replace("\n", " ").split(" "))).encode()
    return hash_of_bytes(letters) if letters else 0
