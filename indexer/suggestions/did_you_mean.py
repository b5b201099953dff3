"""Did you mean …: a query with its misspelled words as the index has them."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ...analyzers import analysis, stop_stems
from ..limits import check
from ..ranking.clauses import Phrase
from ..ranking.collector import count
from ..ranking.searcher import IndexSearcher
from .keyboard import meant
from .spelling import COUNT_WEIGHT, EDIT_WEIGHT, corrections
from .vocabulary import Vocabulary
from .writing import as_written

MOST = 3
"""Suggestions."""

_RARE = 2  # passages: a word in so few may be misspelled in the index itself
_COMMONER = 100  # times: how much commoner must be what a rare word is corrected to
_LONGEST = 1000  # characters of a query; a longer one is a text, in which each word would be looked at
_SPACE_COST = 1.0  # a space lost or typed where none belongs

# Marks of the query language: words that bear them are left alone.
_MARKED = re.compile(r"(?<!\S)[^\s:*?~^]*+[:*?~^]\S*|\b(?:AND|OR|NOT)\b")


class _Word(NamedTuple):
    """A word of the query as typed. start, end: offsets in characters of the query."""

    surface: str
    stem: str
    start: int
    end: int


class _Change(NamedTuple):
    """Words of the index to take the place of part of the query, likeliest with the least penalty."""

    start: int
    end: int
    words: tuple[str, ...]
    penalty: float


def did_you_mean(searcher: IndexSearcher, vocabulary: Vocabulary, text: str) -> list[str]:
    """Other queries that are likelier to find what was meant by `text`, likeliest first; none where all of its words
    are well known in the index."""

    def known(word: str) -> bool:
        columns = analysis().columns(word)
        return any(vocabulary.count(surface) for surface in columns.surfaces) or any(
            searcher.idf("text", stem.encode()) for stem in columns.stems
        )

    if other := meant(text, known):
        return [other]
    changes = list(_changes(searcher, vocabulary, text))
    if not changes:
        return []
    best = [change[0] for change in changes]
    variants = [best]
    if len(changes) == 1:
        variants += [[change] for change in changes[0][1:]]
    suggestions = [_applied(searcher, text, variant) for variant in variants[:MOST]]
    return list(dict.fromkeys(suggestion for suggestion in suggestions if suggestion != text))


def needs_help(searcher: IndexSearcher, text: str) -> bool:
    """Whether any word of `text` is in few passages: only then is the vocabulary wanted, which is slow to read. None
    is looked at where `text` is too long to have been typed."""
    return len(text) <= _LONGEST and any(_stem_count(searcher, word.stem) <= _RARE for word in _words(text))


def _changes(searcher: IndexSearcher, vocabulary: Vocabulary, text: str) -> Iterator[list[_Change]]:
    """For each word that needs it the changes that may be made, likeliest first."""
    words = _words(text)
    done = 0
    for index, word in enumerate(words):
        check()
        if word.start < done or word.stem in stop_stems():
            continue
        in_passages = max(vocabulary.count(word.surface), _stem_count(searcher, word.stem))
        if in_passages > _RARE:
            continue
        options = [
            _Change(
                word.start, word.end, (found.word,), EDIT_WEIGHT * found.cost - COUNT_WEIGHT * math.log(found.passages)
            )
            for found in corrections(vocabulary, word.surface)
            if not in_passages or (found.passages >= _COMMONER * in_passages and found.cost < 2)
        ]
        if not in_passages:
            options += _split(searcher, vocabulary, word)
            beside = [two for two in pairwise(words[max(index - 1, 0) : index + 2]) if _only_space(text, *two)]
            options += _joined(vocabulary, beside)
        if options:
            options.sort(key=lambda change: change.penalty)
            done = options[0].end
            yield options


def _words(text: str) -> list[_Word]:
    marked = [match.span() for match in _MARKED.finditer(text)]
    columns = analysis().columns(text)
    words: list[_Word] = []
    for surface, stem, start, end in zip(columns.surfaces, columns.stems, columns.starts, columns.ends, strict=True):
        check()
        inside = any(begin <= start < stop for begin, stop in marked)
        inside = inside or text.endswith("-", 0, start)  # nor what is excluded
        if not inside and (not words or start >= words[-1].end):
            words.append(_Word(surface, stem, start, end))
    return words


def _stem_count(searcher: IndexSearcher, stem: str) -> int:
    counts = [
        field.doc_frequency(place)
        for field in searcher.terms("text")
        if (place := field.find(stem.encode())) is not None
    ]
    return sum(counts)


def _split(searcher: IndexSearcher, vocabulary: Vocabulary, word: _Word) -> Iterator[_Change]:
    """The word as two that stand side by side in some passage."""
    surface = word.surface
    for place in range(2, len(surface) - 1):
        left, right = surface[:place], surface[place:]
        if vocabulary.count(left) and vocabulary.count(right):
            together = count(searcher, Phrase("exact", (left.encode(), right.encode())))
            if together:
                yield _Change(word.start, word.end, (left, right), _space_penalty(together))


def _joined(vocabulary: Vocabulary, beside: Sequence[tuple[_Word, _Word]]) -> Iterator[_Change]:
    """Two words as one."""
    for left, right in beside:
        if together := vocabulary.count(left.surface + right.surface):
            yield _Change(left.start, right.end, (left.surface + right.surface,), _space_penalty(together))


def _only_space(text: str, left: _Word, right: _Word) -> bool:
    return text[left.end : right.start].isspace()


def _space_penalty(found: int) -> float:
    return EDIT_WEIGHT * _SPACE_COST - COUNT_WEIGHT * math.log(found)


def _applied(searcher: IndexSearcher, text: str, changes: Sequence[_Change]) -> str:
    pieces, done = [], 0
    for change in sorted(changes):
        if change.start >= done:
            pieces += [text[done : change.start], " ".join(as_written(searcher, word) for word in change.words)]
            done = change.end
    return "".join([*pieces, text[done:]])
