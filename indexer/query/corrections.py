"""Corrections of misspelled words that take part in a search, for less than the words that were typed.

A word that no passage has is replaced by the likeliest word of the index: دانشگاه for داشنگاه. The next likeliest are
searched for as well, for less. A word that hardly any passage has stays, and a far commoner one beside it is searched
for too.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp
from typing import Literal, NamedTuple

from ..ranking.clauses import Term
from ..ranking.searcher import IndexSearcher
from .loose_words import loose_pairs
from .query_words import QueryWord, query_words

CORRECTION_WEIGHT = 0.9
"""The weight of the likeliest correction of a word, relative to a word that was typed."""

RARE = 2
"""Passages. A word that so few have may be misspelled in the index itself."""

KNOWN_FIELDS = ("title", "heading", "speaker")
"""The fields beside the text whose words are not corrected."""

CorrectionKind = Literal["spelling", "layout", "romanization"]
"""How a correction was found: by a likely misspelling (also a space too many, or one missing), by the keys of the other
keyboard layout, or by the sound of Persian words in Latin letters."""

MAX_CHARACTERS = 1000
"""The length of the longest query that is corrected. A longer one is a text, and to look up each of its words would
take too long."""

MIN_LETTERS = 3
"""The letters of the shortest word that is corrected: nearly any two letters are a word."""

_LEAST_LIKELIHOOD = 0.05  # of a correction, relative to the likeliest one of the same word


class Change(NamedTuple):
    """A replacement of part of a query by words of the index.

    Attributes:
        start: The offset at which the part starts, in characters of the text of the query.
        end: The offset at which it ends.
        words: The words in its place, as folded surface forms.
        penalty: The logarithm of how unlikely the change is. Only differences mean something.
        kind: How it was found.
        is_addition: True if the index has the word that was typed, so that it is searched for, too.
    """

    start: int
    end: int
    words: tuple[str, ...]
    penalty: float
    kind: CorrectionKind = "spelling"
    is_addition: bool = False


ChangeFinder = Callable[[str], Sequence[Sequence[Change]]]
"""Returns for each word of a text that may be misspelled its changes, likeliest first; the words are in order."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A part of a query that was searched for in another form.

    Attributes:
        typed: The part as it was typed.
        used: The words that were searched for, likeliest first; several words in the place of one have a space between.
        kind: `"spelling"`, `"layout"` (of the keyboard) or `"romanization"` (Persian in Latin letters).
        is_addition: True if what was typed was searched for, too, since some passage has it.
    """

    typed: str
    used: tuple[str, ...]
    kind: CorrectionKind
    is_addition: bool = False


class CorrectionCollector:
    """Corrects the plain words of a query, and remembers the corrections.

    Attributes:
        corrections: The corrections, in the order of the query; their words are folded.
        stems: The stems of words that are searched for beside those of the query.
    """

    def __init__(self, searcher: IndexSearcher, find: ChangeFinder | None) -> None:
        """Create a collector; without `find` it corrects nothing."""
        self._searcher = searcher
        self._find = find
        self.corrections: list[Correction] = []
        self.stems: set[str] = set()

    def apply(self, text: str, words: Sequence[QueryWord], boost: float) -> tuple[Sequence[QueryWord], list[Term]]:
        """Return the words to search for in place of the words of a text, and terms to search for beside them.

        Args:
            text: A part of the query that has only plain words.
            words: Its words.
            boost: The factor of their weights.
        """
        if self._find is None or not any(may_be_misspelled(self._searcher, word) for word in words):
            return words, []
        pieces: list[tuple[str, float]] = []
        beside: dict[str, float] = {}
        done = 0
        for changes in self._find(text):
            best = changes[0]
            likely = [(change, exp(best.penalty - change.penalty)) for change in changes]
            likely = [(change, share) for change, share in likely if share >= _LEAST_LIKELIHOOD]
            if not best.is_addition:
                pieces += [(text[done : best.start], 1.0), (" ".join(best.words), CORRECTION_WEIGHT)]
                done = best.end
            for change, share in likely[not best.is_addition :]:
                for word in query_words(" ".join(change.words)):
                    if not word.is_stop_word:
                        stem = word.stems[0]
                        beside[stem] = max(share * CORRECTION_WEIGHT * boost, beside.get(stem, 0.0))
            used = tuple(dict.fromkeys(" ".join(change.words) for change, _ in likely))
            self.corrections.append(Correction(text[best.start : best.end], used, best.kind, best.is_addition))
        if done:
            words = _words_of([*pieces, (text[done:], 1.0)])
        for word in words:
            for stem in word.stems:
                beside.pop(stem, None)
        self.stems |= beside.keys()
        return words, [Term("text", stem.encode(), weight) for stem, weight in beside.items()]


def may_be_misspelled(searcher: IndexSearcher, word: QueryWord) -> bool:
    """Return True if a word consists of letters, and hardly any passage has it, in any form that a search finds."""
    most = searcher.idf_of_count("text", RARE)
    stems = (*word.stems, *word.parts)
    idfs = [searcher.idf("text", stem.encode()) for stem in stems]
    if any(0 < idf < most for idf in idfs) or word.is_stop_word:
        return False
    surface = word.surfaces[0]
    if len(surface) < MIN_LETTERS or not surface.isalpha():
        return False
    return any(idfs) or not (
        any(is_known_elsewhere(searcher, stem) for stem in stems)
        or any(searcher.count("loose", loose.encode()) for _, loose in loose_pairs(word))
    )


def is_known_elsewhere(searcher: IndexSearcher, stem: str) -> bool:
    """Return True if a stem is in a title, a heading or the name of a speaker."""
    return any(searcher.idf(field, stem.encode()) for field in KNOWN_FIELDS)


def _words_of(pieces: list[tuple[str, float]]) -> list[QueryWord]:
    """Return the words of some pieces of a text, each with the weight of its piece."""
    ends = list(accumulate(len(piece) for piece, _ in pieces))
    words = query_words("".join(piece for piece, _ in pieces))
    return [word._replace(weight=pieces[bisect_right(ends, word.start)][1]) for word in words]
