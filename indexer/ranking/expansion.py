"""Expanding patterns, ranges and misspelled words to the terms of a field that they stand for.

Each function returns the terms, and how many documents have each, deleted ones included.
"""

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field
from ..limits import check
from .edit_distance import edit_distances
from .searcher import IndexSearcher

_WILDCARD = re.compile(r"[*?\[]")

_TERMS_AT_ONCE = 1 << 14  # terms that are looked at between two checks of the deadline


def prefix_terms(fields: Iterable[Field], prefix: str) -> dict[bytes, int]:
    """Return the terms that begin with `prefix`."""
    return _collect(fields, lambda field: field.with_prefix(prefix.encode()))


def commonest_with_prefix(fields: Sequence[Field], prefix: str, most: int) -> list[bytes]:
    """Return the terms that begin with `prefix` and are in the most documents, at most `most`, the commonest first.

    Of terms that are equally common the one that comes first in the order of the dictionary is first.
    """
    if len(fields) != 1:
        counts = prefix_terms(fields, prefix)
        return sorted(counts, key=lambda term: (-counts[term], term))[:most]
    # One segment: its thousands of terms with one letter need not become objects.
    [field] = fields
    ordinals = field.with_prefix(prefix.encode())
    frequencies = field.doc_frequencies(ordinals.start, ordinals.stop).astype(np.int64)
    if len(frequencies) > most:
        least = np.partition(frequencies, -most)[-most]
        places = np.flatnonzero(frequencies >= least)
    else:
        places = np.arange(len(frequencies))
    places = places[np.argsort(-frequencies[places], kind="stable")][:most]
    return field.terms_at((places + ordinals.start).tolist())


def wildcard_terms(fields: Iterable[Field], pattern: str) -> dict[bytes, int]:
    """Return the terms that match a pattern with `*` (any characters), `?` (one) and `[…]` (one of these)."""
    return TermMatcher(prefix_terms(fields, _WILDCARD.split(pattern)[0])).wildcard(pattern)


def range_terms(
    fields: Iterable[Field], low: bytes | None, high: bytes | None, *, with_ends: tuple[bool, bool]
) -> dict[bytes, int]:
    """Return the terms from `low` to `high`.

    Args:
        fields: The field in each segment.
        low: The least term; None for no limit.
        high: The greatest term; None for no limit.
        with_ends: For each of the two, True if it belongs to the range itself.
    """

    def ordinals(field: Field) -> range:
        first = 0 if low is None else field.lower_bound(low if with_ends[0] else low + b"\0")
        last = field.terms if high is None else field.lower_bound(high + b"\0" if with_ends[1] else high)
        return range(first, last)

    return _collect(fields, ordinals)


def fuzzy_terms(fields: Iterable[Field], word: str, distance: int, prefix: int) -> dict[bytes, int]:
    """Return the terms at most `distance` edits from `word` that share its first `prefix` characters.

    For what counts as an edit see `edit_distance`.
    """
    return TermMatcher(prefix_terms(fields, word[:prefix])).fuzzy(word, distance)


class TermMatcher:
    """Finds the terms that match among some terms, which are decoded once for several patterns."""

    def __init__(self, known: Mapping[bytes, int]) -> None:
        """Decode the terms.

        Args:
            known: The terms, and how many documents have each.
        """
        self._known = known
        self._terms = list(known)
        self._texts = [term.decode("utf-8", "replace") for term in known]
        self._lengths = np.array(list(map(len, self._texts)), np.int64)

    def wildcard(self, pattern: str) -> dict[bytes, int]:
        """Return the terms that match a pattern; see `wildcard_terms`."""
        matching = re.compile(fnmatch.translate(pattern)).match
        found: list[bytes] = []
        for first in range(0, len(self._terms), _TERMS_AT_ONCE):
            check()
            part = slice(first, first + _TERMS_AT_ONCE)
            found += compress(self._terms[part], map(matching, self._texts[part]))
        return {term: self._known[term] for term in found}

    def fuzzy(self, word: str, distance: int) -> dict[bytes, int]:
        """Return the terms at most `distance` edits from `word`."""
        places = np.flatnonzero(np.abs(self._lengths - len(word)) <= distance)
        texts = [self._texts[place] for place in places.tolist()]
        places = places[_distances(texts, word, distance) <= distance]
        return {term: self._known[term] for term in [self._terms[place] for place in places.tolist()]}


class ExpansionCache:
    """The expansions of the patterns and fuzzy words of one query, each computed once."""

    def __init__(self, searcher: IndexSearcher) -> None:
        self._searcher = searcher
        self._matchers: dict[str, TermMatcher] = {}  # of all terms of a field
        self._found: dict[tuple[str, str, int], dict[bytes, int]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, key: tuple[str, str, int]) -> bool:
        return key in self._found

    def find(self, field: str, text: str, edits: int) -> dict[bytes, int]:
        """Return the terms that a pattern or fuzzy word stands for, and how many documents have each.

        Args:
            field: The name of the field.
            text: A pattern, or a word if `edits` is above 0.
            edits: How many edits the terms may be from the word; 0 for a pattern.
        """
        key = (field, text, edits)
        if key not in self._found:
            self._found[key] = self._matcher(field).fuzzy(text, edits) if edits else self._wildcard(field, text)
        return self._found[key]

    def _wildcard(self, field: str, pattern: str) -> dict[bytes, int]:
        if _WILDCARD.match(pattern):
            return self._matcher(field).wildcard(pattern)
        return wildcard_terms(self._searcher.segment_fields(field), pattern)

    def _matcher(self, field: str) -> TermMatcher:
        if field not in self._matchers:
            self._matchers[field] = TermMatcher(prefix_terms(self._searcher.segment_fields(field), ""))
        return self._matchers[field]


def _collect(fields: Iterable[Field], ordinals: Callable[[Field], range]) -> dict[bytes, int]:
    """Return the terms at some ordinals of each field, with the sums of their counts."""
    found: dict[bytes, int] = {}
    for field in fields:
        chosen = ordinals(field)
        own: dict[bytes, int] = {}
        for first in range(chosen.start, chosen.stop, _TERMS_AT_ONCE):
            check()
            last = min(first + _TERMS_AT_ONCE, chosen.stop)
            own.update(zip(field.terms_between(first, last), field.doc_frequencies(first, last).tolist(), strict=True))
        if found:
            for term, count in own.items():
                found[term] = found.get(term, 0) + count
        else:
            found = own
    return found


def _distances(texts: list[str], word: str, most: int) -> Array:
    """Return how many edits each of `texts` is from `word`, or any number above `most` where it is more."""
    if not texts:
        return np.empty(0, np.int64)
    lengths = np.array([len(text) for text in texts])
    longest = int(lengths.max())
    letters = np.zeros((len(texts), longest), np.uint32)
    if longest:
        letters[:] = np.array(texts, f"<U{longest}").view(np.uint32).reshape(len(texts), longest)
    return edit_distances(list(map(ord, word)), letters, lengths, most=most)
