"""From a folded word to its stem: lexicon first, then endings, checked against the lexicon."""

from collections.abc import Iterator
from dataclasses import dataclass

from jooya.analyzers.datafiles import rows
from jooya.analyzers.lexicon import Lexicon
from jooya.analyzers.verbs import Verbs

_SHORTEST_STEM = 2
_SHORTEST_UNKNOWN_STEM = 3


@dataclass(frozen=True, slots=True)
class Stem:
    """What a word is found by, and why: `lexicon`, `verb`, `ending` or `unknown`."""

    term: str
    why: str


@dataclass(frozen=True, slots=True)
class _Ending:
    text: str
    after: str
    restored: str
    sure: bool

    def fits(self, base: str) -> bool:
        last = base[-1:]
        if self.after == "heh":
            return last == "ه"
        if self.after == "vowel":
            return last in ("ا", "و")
        return self.after == "any" or last not in ("ه", "ا", "و")


class Stemmer:
    """Stems folded words (no half-spaces, see `characters.fold`); same word, same stem."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.verbs = Verbs(lexicon)
        table = [
            _Ending(text, after, restored.strip("-"), trust == "sure")
            for text, after, restored, trust, _why in rows("suffixes.tsv")
        ]
        self._endings = sorted(table, key=lambda ending: -len(ending.text))

    def stem(self, word: str) -> Stem:
        """The stem of `word`, which is folded."""
        known = self._lexicon
        verb = self.verbs.ordinary(word)
        if verb and (word not in known.words or verb.prefix in ("می", "نمی")):
            return Stem(verb.infinitive, "verb")
        if word in known.words:
            return Stem(word, "lexicon")
        if base := self._strip(word):
            return Stem(base, "ending")
        if word in known.rare:
            return Stem(word, "lexicon")
        if verb := self.verbs.archaic(word):
            return Stem(verb.infinitive, "verb")
        return Stem(word, "unknown")

    def is_adjective(self, word: str) -> bool:
        """Whether the lexicon lists `word` as an adjective."""
        return word in self._lexicon.adjectives

    def bases(self, word: str) -> Iterator[tuple[str, _Ending]]:
        """What is left of `word` without each ending that fits, longest ending first."""
        for ending in self._endings:
            if word.endswith(ending.text):
                base = word[: -len(ending.text)]
                if len(base) >= _SHORTEST_STEM and ending.fits(base):
                    yield base + ending.restored, ending

    def _strip(self, word: str) -> str | None:
        """The base of `word` without its endings, or None: a word of the lexicon where there is one."""
        known = self._lexicon
        rare = word in known.rare
        # A rare headword keeps a single-letter ending: آزادی is not آزاد's.
        bases = [(base, ending) for base, ending in self.bases(word) if not (rare and len(ending.text) == 1)]
        for base, _ in bases:
            if base in known.words:
                return base
        for base, _ in bases:
            if (inner := self._strip(base)) is not None:
                return inner
        for base, _ in bases:
            if not rare and base in known.rare:
                return base
        for base, ending in bases:
            if ending.sure and len(base) >= _SHORTEST_UNKNOWN_STEM:
                return base
        return None
