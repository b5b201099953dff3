"""Loose terms: for each word a second term, which words share that the stemmer in its care keeps apart.

A reader who looks for سودوکو expects سودوکوی too, and نویسنده beside نوشتن, but stems that join these would also join
words that have nothing to do with one another. So such words meet by a term of its own, which counts for less.
"""

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..core import compiled
from .analysis import analysis, stop_stems
from .characters import fold
from .data_tables import table_rows
from .lexicon import Lexicon, lexicon
from .stemmer import Stemmer
from .tokens import TokenColumns

if TYPE_CHECKING:
    from ..core._compiled import LooseReader, WordReader
    from .word_forms import WordForm

_LONGEST_WORD = 60  # letters; longer is no word
_KNOWN = frozenset("nap")  # parts of speech, see Lexicon.parts_of_speech
_SHORTEST_UNKNOWN = 3  # letters that are left of a word that no dictionary has
_SHORTEST_BEFORE_PLURAL = 3  # letters of a word in ه that is read as one in های: not ماه in ماهای
_MOST_REMEMBERED = 1 << 17  # words


class _Affix(NamedTuple):
    """A row of loose_affixes.tsv, where the columns are explained."""

    text: str
    is_beginning: bool
    after: str
    restored: str
    taken_from: frozenset[str]
    left: frozenset[str]
    least: int

    def taken_off(self, word: str) -> str | None:
        """Return what is left of `word` without the affix; None if the word does not have it."""
        base = word.removeprefix(self.text) if self.is_beginning else word.removesuffix(self.text)
        if base == word or len(base) < self.least or not self._follows(base[-1]):
            return None
        return base + self.restored

    def _follows(self, last: str) -> bool:
        match self.after:
            case "heh":
                return last == "ه"
            case "vowel":
                return last in "او"
            case "yeh":
                return last == "ی"
            case "other":
                return last not in "هاو"
            case _:
                return True


def _by_letter(affixes: list[_Affix], place: int) -> dict[str, list[tuple[int, _Affix]]]:
    """Return the affixes at the beginning (0) or end (-1) of words by the letter there, with their numbers in order."""
    found: dict[str, list[tuple[int, _Affix]]] = {}
    for number, affix in enumerate(affixes):
        if affix.is_beginning == (place == 0):
            found.setdefault(affix.text[place], []).append((number, affix))
    return found


class LooseTerms(dict[tuple[str, str], str]):
    """The loose terms by surface form and stem. Each is computed when it is first looked up."""

    def __init__(
        self,
        lexicon: Lexicon,
        stemmer: Stemmer,
        stop_stems: frozenset[str],
        native: Callable[[], "WordReader[WordForm] | None"],
    ) -> None:
        super().__init__()
        self._native = native
        self._part_of_speech = lexicon.parts_of_speech.find
        self._settled = lexicon.settled
        self._present = lexicon.present
        self._stop_stems = stop_stems
        self._stemmer = stemmer
        rows = [
            _Affix(
                fold(affix).strip("-"),
                affix.endswith("-"),
                after,
                restored.strip("-"),
                frozenset(taken_from),
                frozenset(left),
                int(least),
            )
            for affix, after, restored, taken_from, left, least, _why in table_rows("loose_affixes.tsv")
        ]
        self._affixes = sorted(rows, key=lambda affix: (len(affix.text), affix.is_beginning))
        self._beginnings = _by_letter(self._affixes, 0)
        self._endings = _by_letter(self._affixes, -1)
        self._words = dict(_words())

    @cached_property
    def _compiled(self) -> "LooseReader | None":
        """The reader of loose terms of the compiled core, once that reads words."""
        native = self._native()
        return compiled.LooseReader(native, self._affixes, self._words) if compiled and native else None

    def __missing__(self, word: tuple[str, str]) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        loose = self[word] = self._compute(*word)
        return loose

    def find(self, surface: str, stem: str) -> str:
        """Return the loose term of a word, which is its stem if nothing can be taken off.

        Args:
            surface: The surface form of the word.
            stem: Its stem.
        """
        return self[surface, stem]

    def of_text(self, columns: TokenColumns) -> list[str]:
        """Return the loose terms of a text's words that are not their stems, each once.

        Args:
            columns: The tokens of the text.
        """
        words = zip(columns.surfaces, columns.stems, strict=True)
        return list(dict.fromkeys([loose for word in words if (loose := self[word]) != word[1]]))

    def _compute(self, surface: str, stem: str) -> str:
        if "#" in stem or not stem.isalpha() or stem.isascii() or len(stem) > _LONGEST_WORD or stem in self._stop_stems:
            return stem
        if self._native() and self._compiled and (loose := self._compiled.find(surface, stem)) is not None:
            return loose
        term = stem
        if surface == stem + "های" and len(stem) >= _SHORTEST_BEFORE_PLURAL and self._is_noun(stem + "ه"):
            term = stem + "ه"  # دانه‌ای without its half-space
        for _ in range(_LONGEST_WORD):  # more than there can be affixes
            shorter = self._shorter(term)
            if shorter is None:
                break
            term = shorter
        return stem if term in self._stop_stems else term

    def _shorter(self, term: str) -> str | None:
        """Return `term` without an affix; None if it has none that can be taken off."""
        if term in self._words:
            return self._words[term] if self._words[term] != term else None
        if "#" in term:
            return None
        pos = self._part_of_speech(term) or ("n" if term in self._settled else "-")
        numbered = self._endings.get(term[-1:], [])
        if beginnings := self._beginnings.get(term[:1]):
            numbered = sorted([*numbered, *beginnings])
        bases = [
            (base, affix)
            for _, affix in numbered
            if pos in affix.taken_from and (base := affix.taken_off(term)) is not None
        ]
        for base, affix in bases:
            if (known := self._known_word(base, affix.left)) and known != term:
                return known
        unknown = next((base for base, affix in reversed(bases) if "?" in affix.left), None)
        if unknown is None:
            return None
        stem = self._stemmer.stem(unknown).term
        return stem if len(stem) >= _SHORTEST_UNKNOWN else unknown

    def _known_word(self, base: str, left: frozenset[str]) -> str | None:
        """Return the stem of `base` if it is one of what may be `left`."""
        if "s" in left and base in self._present:
            return self._present[base]
        if (self._part_of_speech(base) or "-") in left or ("n" in left and base in self._settled):
            return self._stemmer.stem(base).term
        if "v" in left:
            stem = self._stemmer.stem(base)
            return stem.term if "#" in stem.term else None
        return None

    def _is_noun(self, word: str) -> bool:
        """Return True if `word` is a noun or adjective, and no form of another word as پسره and گفته are."""
        return self._part_of_speech(word) in _KNOWN and self._stemmer.stem(word).term == word


def _words() -> Iterator[tuple[str, str]]:
    """Yield the words of loose_words.tsv with their loose terms."""
    for term, words, _why in table_rows("loose_words.tsv"):
        for word in (term, *words.strip("-").split()):
            yield fold(word), fold(term)


@cache
def loose_terms() -> LooseTerms:
    """Return the loose terms by the lexicon that ships with the package. They are made once."""
    return LooseTerms(lexicon(), analysis().stemmer, stop_stems(), lambda: analysis().native)
