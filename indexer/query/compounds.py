"""The other spellings of a query's compounds: neighbours as one word, and a word as its parts.

A text may have محمدرضا where the query has محمد رضا, and the other way round. The index keeps what was written, and
the query looks for both. A word counts a little less in a spelling that was not typed.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ...analyzers import analysis
from ...analyzers.compound_parts import LONGEST_COMPOUND, Parts, compound_parts, may_be_one, words_apart
from ..limits import check
from ..ranking.other_spelling import FieldTerm, OtherSpelling
from ..ranking.searcher import IndexSearcher
from .query_words import QueryWord
from .word_weights import TITLE_WEIGHT, word_weights

SPELLING_WEIGHT = 0.8
"""The weight of a word in another spelling, relative to the words that were typed."""

MAX_SPELLINGS = 16
"""The number of other spellings that a query looks for."""

_MOST_PARTS = 3
_MOST_PASSAGES = 20_000  # with the rarest part of a word: in more, looking for all parts together would take too long
_AND = "و"
_OF_VERB = "#"  # is in the stems of verbs alone


class Spelling(NamedTuple):
    """Another spelling of some neighbouring words of a query.

    Attributes:
        first: The index of the first of the words.
        last: The index of the last one.
        parts: The word's parts as surface forms; the last one, or the only one, is a stem if `is_inflected`.
        is_inflected: True if the last part may have endings: کتاب خانه‌ها, but not کتاب‌های خانه. A verb has too many
            other forms: ماهی گرفت is not ماهی گیری.
    """

    first: int
    last: int
    parts: Parts
    is_inflected: bool = True

    def terms(self, field: str) -> tuple[FieldTerm, ...]:
        """Return the terms by which the spelling is found in a field."""
        *first, last = self.parts
        surface_field = "exact" if field == "text" else field
        last_field = field if self.is_inflected else surface_field
        return (*[FieldTerm(surface_field, part.encode()) for part in first], FieldTerm(last_field, last.encode()))


def spellings(searcher: IndexSearcher, words: Sequence[QueryWord], field: str) -> Iterator[Spelling]:
    """Yield the other spellings of a query's words that `field` may have.

    Args:
        searcher: The searcher of the index.
        words: Words that stand together in the query.
        field: The name of the field.
    """
    apart = words_apart()
    for first, word in enumerate(words):
        check()
        most = 0 if word.surfaces[0] in apart else _MOST_PARTS
        for last in range(first + 1, min(first + most, len(words))):
            if not words[last].is_next or words[last].surfaces[0] in apart:
                break
            yield from _joined(searcher, words, first, last, field)
        yield from _apart(searcher, word, first, field)


def spelling_clauses(
    searcher: IndexSearcher, words: Sequence[QueryWord], weights: Sequence[float], found: Sequence[Spelling], field: str
) -> list[OtherSpelling]:
    """Return the clauses for other spellings.

    Args:
        searcher: The searcher of the index.
        words: The words of the query.
        weights: The weight of each word.
        found: The other spellings.
        field: The field to search.
    """
    made: list[OtherSpelling] = []
    for spelling in found:
        terms = spelling.terms(field)
        own = [searcher.idf(*term) for term in terms]
        if not all(own):
            continue
        places = range(spelling.first, spelling.last + 1)
        typed = [FieldTerm(field, words[place].stems[-1].encode()) for place in places]
        idfs = [weights[place] * searcher.idf(*term) for place, term in zip(places, typed, strict=True)]
        most = max(own) * max(weights[place] for place in places)
        # Not more than the typed words, which may be common words that make a rare one.
        weight = SPELLING_WEIGHT * (min(most, sum(idfs)) if all(idfs) else most)
        made.append(OtherSpelling(terms, tuple(typed), weight))
    return made


def _joined(
    searcher: IndexSearcher, words: Sequence[QueryWord], first: int, last: int, field: str
) -> Iterator[Spelling]:
    """Yield the spellings of some neighbours as one word: جستجو and جستوجو for جست و جو."""
    parts = tuple([word.surfaces[0] for word in words[first : last + 1]])
    if _AND in (parts[0], parts[-1]):
        return
    wholes = ["".join(parts)]
    if len(parts) == _MOST_PARTS and parts[1] == _AND:
        wholes.append(parts[0] + parts[2])
    known = {stem for word in words[first : last + 1] for stem in (*word.stems, *word.parts)}
    for whole in wholes:
        if len(whole) > LONGEST_COMPOUND or not whole.isalpha():
            continue
        form = analysis().form(whole)
        stems = [form.stem, *[part.stem for part in form.parts if part.end - part.start == form.size]]
        for stem in stems:
            if (
                stem not in known
                and _OF_VERB not in stem
                and searcher.idf(field, stem.encode())
                and may_be_one(parts, whole)
            ):
                yield Spelling(first, last, (stem,))


def _apart(searcher: IndexSearcher, word: QueryWord, place: int, field: str) -> Iterator[Spelling]:
    """Yield the spellings of a word as its parts, where the index has all of these."""
    if word.parts or not word.surfaces[0].isalpha():
        return
    least = searcher.idf_of_count(field, _MOST_PASSAGES)
    surface_field = "exact" if field == "text" else field
    for *first, last in compound_parts(word.surfaces[0]):
        if not all(searcher.idf(surface_field, part.encode()) for part in first):
            continue
        form = analysis().form(last)
        stem = next((part.stem for part in form.parts if part.end - part.start == form.size), form.stem)
        is_verb = _OF_VERB in stem
        spelling = Spelling(place, place, (*first, last if is_verb else stem), not is_verb)
        idfs = [searcher.idf(*term) for term in spelling.terms(field)]
        if all(idfs) and max(idfs) >= least:
            yield spelling


class SpellingCollector:
    """Makes the clauses for other spellings of a query's words, and remembers what of them is highlighted.

    Attributes:
        stems: The stems of neighbours as one word.
        compounds: The parts of words, see `HighlightTerms`.
        phrases: The like, where the last part has no endings.
    """

    def __init__(self, searcher: IndexSearcher) -> None:
        self._searcher = searcher
        self._left = MAX_SPELLINGS
        self.stems: set[str] = set()
        self.compounds: list[Parts] = []
        self.phrases: list[Parts] = []

    def add(self, words: Sequence[QueryWord], boost: float, field: str, *, beside_content: bool) -> list[OtherSpelling]:
        """Return the clauses for the other spellings of some words that stand together in the query.

        Args:
            words: The words.
            boost: The factor of their weights.
            field: The field that they are searched for in.
            beside_content: True if the query has words that are no stop words.
        """
        found = [
            spelling
            for spelling in islice(spellings(self._searcher, words, field), self._left)
            if not beside_content or any(not word.is_stop_word for word in words[spelling.first : spelling.last + 1])
        ]
        if not found:
            return []
        self._left -= len(found)
        if field == "text":
            for _, _, parts, is_inflected in found:
                if len(parts) == 1:
                    self.stems.add(parts[0])
                else:
                    (self.compounds if is_inflected else self.phrases).append(parts)
        weights = word_weights(words, boost, beside_content=beside_content)
        made = spelling_clauses(self._searcher, words, weights, found, field)
        if field == "text":
            in_title = [weight * TITLE_WEIGHT for weight in weights]
            made += spelling_clauses(self._searcher, words, in_title, found, "title")
        return made

    def required(self, word: QueryWord, field: str) -> list[OtherSpelling]:
        """Return the clauses for the other spellings of a single word, whose scores mean nothing."""
        found = list(spellings(self._searcher, [word], field))
        return spelling_clauses(self._searcher, [word], [1.0], found, field)

    def joined(self, words: Sequence[QueryWord], field: str) -> Iterator[tuple[int, int, OtherSpelling]]:
        """Yield the clauses for neighbours as one word, whose scores mean nothing, with the first and last of these."""
        for spelling in islice(spellings(self._searcher, words, field), MAX_SPELLINGS):
            if spelling.first < spelling.last:
                yield spelling.first, spelling.last, OtherSpelling(spelling.terms(field), (), 1.0)
