"""Which terms of a field a pattern, a range or a misspelling stands for, and in how many documents each is (deleted
ones included)."""

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from jooya.indexer.codec.arrays import Array
from jooya.indexer.codec.segment import Field
from jooya.indexer.limits import check

_WILD = re.compile(r"[*?\[]")

_AT_ONCE = 1 << 14  # terms that are looked at between two looks at the clock


def with_prefix(fields: Iterable[Field], prefix: str) -> dict[bytes, int]:
    """Terms that begin with `prefix`."""
    return _collect(fields, lambda field: field.with_prefix(prefix.encode()))


def like(fields: Iterable[Field], pattern: str) -> dict[bytes, int]:
    """Terms that match a pattern with `*` (any characters), `?` (one) and `[…]` (one of these)."""
    prefix = _WILD.split(pattern)[0]
    matching = re.compile(fnmatch.translate(pattern)).match
    return _collect(
        fields,
        lambda field: field.with_prefix(prefix.encode()),
        lambda term: matching(term.decode("utf-8", "replace")) is not None,
    )


def between(
    fields: Iterable[Field], low: bytes | None, high: bytes | None, *, with_ends: tuple[bool, bool]
) -> dict[bytes, int]:
    """Terms from `low` to `high`, None for no limit; `with_ends` says whether each of the two belongs to them."""

    def ordinals(field: Field) -> range:
        first = 0 if low is None else field.place(low if with_ends[0] else low + b"\0")
        last = field.terms if high is None else field.place(high + b"\0" if with_ends[1] else high)
        return range(first, last)

    return _collect(fields, ordinals)


def near(fields: Iterable[Field], word: str, distance: int, prefix: int) -> dict[bytes, int]:
    """Terms at most `distance` edits from `word`, with the same first `prefix` characters. An edit is a character
    inserted, deleted or replaced, or two neighbours exchanged, none edited twice (optimal string alignment)."""
    return nearer(with_prefix(fields, word[:prefix]), word, distance)


def nearer(known: Mapping[bytes, int], word: str, distance: int) -> dict[bytes, int]:
    """Those of `known` that are at most `distance` edits from `word`."""
    candidates = []
    for term in known:
        text = term.decode("utf-8", "replace")
        if abs(len(text) - len(word)) <= distance:
            candidates.append((term, text))
    near_enough = _distances([text for _, text in candidates], word, distance) <= distance
    return {term: known[term] for (term, _), near in zip(candidates, near_enough.tolist(), strict=True) if near}


def _collect(
    fields: Iterable[Field], ordinals: Callable[[Field], range], wanted: Callable[[bytes], bool] | None = None
) -> dict[bytes, int]:
    """The terms at some ordinals of each field, or those of them that are `wanted`."""
    found: Counter[bytes] = Counter()
    for field in fields:
        chosen = ordinals(field)
        for first in range(chosen.start, chosen.stop, _AT_ONCE):
            check()
            last = min(first + _AT_ONCE, chosen.stop)
            terms = field.terms_between(first, last)
            counts = zip(terms, field.counts(first, last).tolist(), strict=True)
            found.update(dict(counts if wanted is None else [pair for pair in counts if wanted(pair[0])]))
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
