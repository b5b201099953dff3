"""Which terms of a field a pattern, a range or a misspelling stands for, and in how many documents each is (deleted
ones included)."""

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import compress

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field
from ..limits import check
from .searcher import IndexSearcher

_WILD = re.compile(r"[*?\[]")

_AT_ONCE = 1 << 14  # terms that are looked at between two looks at the clock


def with_prefix(fields: Iterable[Field], prefix: str) -> dict[bytes, int]:
    """Terms that begin with `prefix`."""
    return _collect(fields, lambda field: field.with_prefix(prefix.encode()))


def like(fields: Iterable[Field], pattern: str) -> dict[bytes, int]:
    """Terms that match a pattern with `*` (any characters), `?` (one) and `[…]` (one of these)."""
    return Terms(with_prefix(fields, _WILD.split(pattern)[0])).like(pattern)


def between(
    fields: Iterable[Field], low: bytes | None, high: bytes | None, *, with_ends: tuple[bool, bool]
) -> dict[bytes, int]:
    """Terms from `low` to `high`, None for no limit; `with_ends` says whether each of the two belongs to them."""

    def ordinals(field: Field) -> range:
        first = 0 if low is None else field.lower_bound(low if with_ends[0] else low + b"\0")
        last = field.terms if high is None else field.lower_bound(high + b"\0" if with_ends[1] else high)
        return range(first, last)

    return _collect(fields, ordinals)


def near(fields: Iterable[Field], word: str, distance: int, prefix: int) -> dict[bytes, int]:
    """Terms at most `distance` edits from `word`, with the same first `prefix` characters. An edit is a character
    inserted, deleted or replaced, or two neighbours exchanged, none edited twice (optimal string alignment)."""
    return Terms(with_prefix(fields, word[:prefix])).near(word, distance)


class Terms:
    """Terms, decoded once for several questions. known: in how many documents each is."""

    def __init__(self, known: Mapping[bytes, int]) -> None:
        self._known = known
        self._terms = list(known)
        self._texts = [term.decode("utf-8", "replace") for term in known]
        self._lengths = np.array(list(map(len, self._texts)), np.int64)

    def like(self, pattern: str) -> dict[bytes, int]:
        """Those that match `pattern`, as the function of this name has it."""
        matching = re.compile(fnmatch.translate(pattern)).match
        found: list[bytes] = []
        for first in range(0, len(self._terms), _AT_ONCE):
            check()
            part = slice(first, first + _AT_ONCE)
            found += compress(self._terms[part], map(matching, self._texts[part]))
        return {term: self._known[term] for term in found}

    def near(self, word: str, distance: int) -> dict[bytes, int]:
        """Those that are at most `distance` edits from `word`."""
        places = np.flatnonzero(np.abs(self._lengths - len(word)) <= distance)
        texts = [self._texts[place] for place in places.tolist()]
        places = places[_distances(texts, word, distance) <= distance]
        return {term: self._known[term] for term in [self._terms[place] for place in places.tolist()]}


class Expansions:
    """What the patterns and fuzzy words of one query stand for, each looked for once."""

    def __init__(self, searcher: IndexSearcher) -> None:
        self._searcher = searcher
        self._terms: dict[str, Terms] = {}  # of a field, all
        self._found: dict[tuple[str, str, int], dict[bytes, int]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, key: tuple[str, str, int]) -> bool:
        return key in self._found

    def find(self, field: str, text: str, edits: int) -> dict[bytes, int]:
        """The terms of `field` that the pattern `text`, or the word `text` with up to `edits` edits, stands for, and
        in how many documents each is."""
        key = (field, text, edits)
        if key not in self._found:
            self._found[key] = self._all(field).near(text, edits) if edits else self._like(field, text)
        return self._found[key]

    def _like(self, field: str, pattern: str) -> dict[bytes, int]:
        if _WILD.match(pattern):
            return self._all(field).like(pattern)
        return like(self._searcher.terms(field), pattern)

    def _all(self, field: str) -> Terms:
        if field not in self._terms:
            self._terms[field] = Terms(with_prefix(self._searcher.terms(field), ""))
        return self._terms[field]


def _collect(fields: Iterable[Field], ordinals: Callable[[Field], range]) -> dict[bytes, int]:
    """The terms at some ordinals of each field."""
    found: dict[bytes, int] = {}
    for field in fields:
        chosen = ordinals(field)
        own: dict[bytes, int] = {}
        for first in range(chosen.start, chosen.stop, _AT_ONCE):
            check()
            last = min(first + _AT_ONCE, chosen.stop)
            own.update(zip(field.terms_between(first, last), field.doc_frequencies(first, last).tolist(), strict=True))
        if found:
            for term, count in own.items():
                found[term] = found.get(term, 0) + count
        else:
            found = own
    return found


def _distances(texts: list[str], word: str, most: int) -> Array:
    """How many edits each of `texts` is from `word`, or more than `most` where it is more: the table of the classic
    algorithm, for all texts at once; of each row only what is so near the diagonal that it may count."""
    if not texts:
        return np.empty(0, np.int64)
    lengths = np.array([len(text) for text in texts])
    longest = int(lengths.max())
    letters = np.zeros((len(texts), longest), np.uint32)
    if longest:
        letters[:] = np.array(texts, f"<U{longest}").view(np.uint32).reshape(len(texts), longest)
    # previous[j]: edits from the first i - 1 letters of `word` to the first j of each text.
    far = np.full(len(texts), most + 1, np.int16)
    before = previous = [np.full(len(texts), min(j, most + 1), np.int16) for j in range(longest + 1)]
    for i, letter in enumerate(map(ord, word), 1):
        check()
        current = [far] * (longest + 1)
        current[0] = np.full(len(texts), min(i, most + 1), np.int16)
        for j in range(max(i - most, 1), min(i + most, longest) + 1):
            same = letters[:, j - 1] == letter
            best = np.minimum(np.minimum(previous[j], current[j - 1]) + 1, previous[j - 1] + ~same)
            if i > 1 and j > 1:
                swapped = (letters[:, j - 2] == letter) & (letters[:, j - 1] == ord(word[i - 2]))
                best = np.where(swapped, np.minimum(best, before[j - 2] + 1), best)
            current[j] = best
        before, previous = previous, current
    return np.stack(previous, axis=1)[np.arange(len(texts)), lengths]
