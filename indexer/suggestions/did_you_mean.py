"""Did you mean …: suggesting a query in which misspelled words are replaced by words of the index."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from ...analyzers import analysis, stop_stems
from ..limits import check
from ..query.compounds import MAX_SPELLINGS, spellings
from ..query.query_words import QueryWord
from ..ranking.clauses import Phrase
from ..ranking.collector import count
from ..ranking.other_spelling import OtherSpelling
from ..ranking.searcher import IndexSearcher
from .display_forms import display_form
from .keyboard_layouts import layout_corrected
from .spelling import EDIT_WEIGHT, FREQUENCY_WEIGHT, corrections
from .vocabulary import Vocabulary

MAX_SUGGESTIONS = 3

_RARE = 2  # passages: a word that so few have may be misspelled in the index itself
_MIN_FREQUENCY_RATIO = 100  # how many times as common as a rare word a correction of it must be
_MAX_CHARACTERS = 1000  # of a query; a longer one is a text, and looking up each of its words would take too long
_SPACE_COST = 1.0  # the cost of a space that is missing, or was typed where none belongs

# Words with marks of the query language, which are left as they are.
_MARKED = re.compile(r"(?<!\S)[^\s:*?~^]*+[:*?~^]\S*|\b(?:AND|OR|NOT)\b")


class _Word(NamedTuple):
    """A word of the query.

    Attributes:
        surface: Its surface form.
        stem: Its stem.
        start: Where it starts, in characters of the query.
        end: Where it ends, likewise.
    """

    surface: str
    stem: str
    start: int
    end: int


class _Change(NamedTuple):
    """A replacement of part of the query by words of the index.

    Attributes:
        start: Where the part starts, in characters of the query.
        end: Where it ends, likewise.
        words: The words in its place.
        penalty: The lower, the likelier the change is.
    """

    start: int
    end: int
    words: tuple[str, ...]
    penalty: float


def did_you_mean(searcher: IndexSearcher, vocabulary: Vocabulary, text: str) -> list[str]:
    """Return other queries that are likelier to find what was meant, likeliest first.

    Args:
        searcher: The searcher of the index.
        vocabulary: The surface forms of the index.
        text: The query as typed.

    Returns:
        At most `MAX_SUGGESTIONS` queries; none if all words are common enough in the index.
    """

    def is_known(word: str) -> bool:
        columns = analysis().columns(word)
        return any(vocabulary.count(surface) for surface in columns.surfaces) or any(
            searcher.idf("text", stem.encode()) for stem in columns.stems
        )

    if other := layout_corrected(text, is_known):
        return [other]
    changes = list(_changes(searcher, vocabulary, text))
    if not changes:
        return []
    best = [change[0] for change in changes]
    variants = [best]
    if len(changes) == 1:
        variants += [[change] for change in changes[0][1:]]
    suggestions = [_applied(searcher, text, variant) for variant in variants[:MAX_SUGGESTIONS]]
    return list(dict.fromkeys(suggestion for suggestion in suggestions if suggestion != text))


def may_be_misspelled(searcher: IndexSearcher, text: str) -> bool:
    """Return True if some word of a query is in few passages.

    Only then is the vocabulary needed, which is slow to read. The words of a text that is too long to have been typed
    are not looked up.
    """
    return len(text) <= _MAX_CHARACTERS and any(_stem_count(searcher, word.stem) <= _RARE for word in _words(text))


def _changes(searcher: IndexSearcher, vocabulary: Vocabulary, text: str) -> Iterator[list[_Change]]:
    """Yield for each word that may be misspelled its possible changes, likeliest first."""
    words = _words(text)
    done = 0
    found = _found_in_other_spellings(searcher, text, words)
    for index, word in enumerate(words):
        check()
        if word.start < done or index in found or word.stem in stop_stems():
            continue
        in_passages = max(vocabulary.count(word.surface), _stem_count(searcher, word.stem))
        if in_passages > _RARE:
            continue
        options = [
            _Change(
                word.start,
                word.end,
                (found.word,),
                EDIT_WEIGHT * found.cost - FREQUENCY_WEIGHT * math.log(found.passages),
            )
            for found in corrections(vocabulary, word.surface)
            if not in_passages or (found.passages >= _MIN_FREQUENCY_RATIO * in_passages and found.cost < 2)
        ]
        if not in_passages:
            options += _split(searcher, vocabulary, word)
            beside = [two for two in pairwise(words[max(index - 1, 0) : index + 2]) if _only_space(text, *two)]
            options += _joined(vocabulary, beside)
        if options:
            options.sort(key=lambda change: change.penalty)
            done = options[0].end
            yield options


def _found_in_other_spellings(searcher: IndexSearcher, text: str, words: Sequence[_Word]) -> set[int]:
    """Return the indices of the words that a search finds joined, or in their parts: these need no suggestion."""
    typed = [
        QueryWord(
            (word.stem,),
            (),
            (word.surface,),
            index,
            is_stop_word=word.stem in stop_stems(),
            is_question_word=False,
            is_next=index > 0 and _only_space(text, words[index - 1], word),
        )
        for index, word in enumerate(words)
    ]
    return {
        index
        for spelling in islice(spellings(searcher, typed, "text"), MAX_SPELLINGS)
        if count(searcher, OtherSpelling(spelling.terms("text"), (), 1.0))
        for index in range(spelling.first, spelling.last + 1)
    }


def _words(text: str) -> list[_Word]:
    """Return the words of a query, without those that have marks, or are excluded: these need not be in the index."""
    marked = [match.span() for match in _MARKED.finditer(text)]
    columns = analysis().columns(text)
    words: list[_Word] = []
    for surface, stem, start, end in zip(columns.surfaces, columns.stems, columns.starts, columns.ends, strict=True):
        check()
        inside = any(begin <= start < stop for begin, stop in marked)
        inside = inside or text.endswith("-", 0, start)
        if not inside and (not words or start >= words[-1].end):
            words.append(_Word(surface, stem, start, end))
    return words


def _stem_count(searcher: IndexSearcher, stem: str) -> int:
    counts = [
        field.doc_frequency(place)
        for field in searcher.segment_fields("text")
        if (place := field.find(stem.encode())) is not None
    ]
    return sum(counts)


def _split(searcher: IndexSearcher, vocabulary: Vocabulary, word: _Word) -> Iterator[_Change]:
    """Yield the changes of a word into two words that stand side by side in some passage."""
    surface = word.surface
    for place in range(2, len(surface) - 1):
        left, right = surface[:place], surface[place:]
        if vocabulary.count(left) and vocabulary.count(right):
            together = count(searcher, Phrase("exact", (left.encode(), right.encode())))
            if together:
                yield _Change(word.start, word.end, (left, right), _space_penalty(together))


def _joined(vocabulary: Vocabulary, beside: Sequence[tuple[_Word, _Word]]) -> Iterator[_Change]:
    """Yield the changes of two words into one."""
    for left, right in beside:
        if together := vocabulary.count(left.surface + right.surface):
            yield _Change(left.start, right.end, (left.surface + right.surface,), _space_penalty(together))


def _only_space(text: str, left: _Word, right: _Word) -> bool:
    return text[left.end : right.start].isspace()


def _space_penalty(found: int) -> float:
    return EDIT_WEIGHT * _SPACE_COST - FREQUENCY_WEIGHT * math.log(found)


def _applied(searcher: IndexSearcher, text: str, changes: Sequence[_Change]) -> str:
    pieces, done = [], 0
    for change in sorted(changes):
        if change.start >= done:
            pieces += [text[done : change.start], " ".join(display_form(searcher, word) for word in change.words)]
            done = change.end
    return "".join([*pieces, text[done:]])
