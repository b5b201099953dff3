"""From a folded word to its stem: the lexicon first, then verbs, then endings, checked against the lexicon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from jooya.analyzers.datafiles import rows
from jooya.analyzers.lexicon import Lexicon
from jooya.analyzers.verbs import Rank, VerbForm, Verbs

_SHORTEST_STEM = 2
_SHORTEST_UNKNOWN_STEM = 3
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_KNOWN = frozenset("nap")


@dataclass(frozen=True, slots=True)
class Stem:
    """What a word is found by, and why.

    why: `settled` by a table (broken plural, variant, colloquial, exception), `lexicon`, `verb`, `ending`, or
        `unknown`.
    also: a second term, of infinitives and participles, which are nouns with inflected forms of their own (گفتنش,
        نوشته‌ها) and forms of their verb: گفتن and گفت#گو.
    """

    term: str
    why: str
    also: str | None = None


@dataclass(frozen=True, slots=True)
class _Ending:
    text: str
    after: str
    restored: str
    taken_from: frozenset[str]
    left: frozenset[str]

    def fits(self, base: str) -> bool:
        last = base[-1:]
        if self.after == "heh":
            return last == "ه"
        if self.after == "vowel":
            return last in ("ا", "و")
        if self.after == "yeh":
            return last == "ی"
        return self.after == "any" or last not in ("ه", "ا", "و")


class Stemmer:
    """Stems folded words (no half-spaces, see `characters.fold`); the same word gets the same stem."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._kinds = lexicon.kinds
        self._settled = lexicon.settled
        self._verbs = Verbs(lexicon)
        table = [
            _Ending(text, after, restored.strip("-"), frozenset(taken_from), frozenset(left))
            for text, after, restored, taken_from, left, _why in rows("suffixes.tsv")
        ]
        self._endings: dict[str, list[_Ending]] = {}
        for ending in table:
            self._endings.setdefault(ending.text, []).append(ending)
        self._separable = {piece for piece, side, *_ in rows("joins.tsv") if side == "previous"}
        self._longest = max(map(len, self._endings))

    def stem(self, word: str, breaks: tuple[int, ...] = ()) -> Stem:
        """The stem of `word`. `breaks` are offsets in it where a half-space or space stood: what follows one and
        is an ending surely is one."""
        if found := self._look_up(word, breaks):
            return found
        for short in _shortened(word):
            if found := self._look_up(short, ()):
                return found
        return Stem(word, "unknown")

    def is_adjective(self, word: str) -> bool:
        """Whether the lexicon lists `word` as an adjective."""
        return self._kinds.get(word) == "a"

    def is_verb_with(self, prefix: str, rest: str) -> bool:
        """Whether `prefix` (می, نمی) and `rest` together are a verb form."""
        form = self._verbs.read(prefix + rest)
        return form is not None and form.prefix == prefix and not form.preverb

    def endless(self, word: str) -> Iterator[str]:
        """`word` without each ending that it may have, whatever is left."""
        for base, _ in self._bases(word):
            yield base

    def _look_up(self, word: str, breaks: tuple[int, ...]) -> Stem | None:
        if word in self._settled:
            return Stem(self._settled[word], "settled")
        kind = self._kinds.get(word, "-")
        verb = self._verbs.read(word)
        if verb and (verb.rank == Rank.WORD or (breaks and word[: breaks[0]].endswith("می"))):
            return self._verb_stem(word, verb)
        if breaks and (base := self._before_break(word, breaks)):
            return base
        if base := self._strip_plural(word, kind):
            return replace(base, why="ending")
        if verb and verb.rank == Rank.ENDING and kind not in _KNOWN:
            return self._verb_stem(word, verb)
        if base := self._strip(word, kind):
            return replace(base, why="ending")
        if kind in _KNOWN:
            return Stem(word, "lexicon")
        if verb:
            return self._verb_stem(word, verb)
        if kind == "r":
            return Stem(word, "lexicon")
        verb = self._verbs.read_archaic(word)
        return self._verb_stem(word, verb) if verb else None

    def _verb_stem(self, word: str, form: VerbForm) -> Stem:
        if form.nominal and word.endswith("ن"):
            return Stem(form.preverb + form.verb.partition("#")[0] + "ن", "verb", also=form.verb)
        if form.nominal and self._kinds.get(word) in _KNOWN:
            return Stem(form.verb, "verb", also=word)
        return Stem(form.verb, "verb")

    def _under_ending(self, base: str, breaks: tuple[int, ...] = ()) -> Stem:
        """The stem of `base`, off which an ending was taken: if a participle, it was used as a noun."""
        stem = self.stem(base, breaks)
        if stem.also == base:
            return Stem(base, stem.why, also=stem.term)
        return stem

    def _before_break(self, word: str, breaks: tuple[int, ...]) -> Stem | None:
        """The stem of what stands before the last half-space, if what follows it is an ending."""
        *earlier, last = breaks
        base = word[:last]
        if word[last:] not in self._separable:
            return None
        fits = any(ending.fits(base) for ending in self._endings.get(word[last:], ()) if not ending.restored)
        if not fits or len(base) < _SHORTEST_STEM:
            return None
        if self._verbs.is_perfect(base, word[last:]):
            return self.stem(base, tuple(earlier))
        return replace(self._under_ending(base, tuple(earlier)), why="ending")

    def _strip(self, word: str, kind: str) -> Stem | None:
        """The stem of `word`, which is of `kind`, under its endings, or None if it has none."""
        bases = list(self._bases(word))
        for _length, group in groupby(reversed(bases), key=lambda item: len(item[1].text)):
            relied_on = False
            for base, ending in group:
                base_kind = self._kinds.get(base)
                if base in self._settled or base_kind in _KNOWN:
                    relied_on = True
                    if kind in ending.taken_from and (not base_kind or base_kind in ending.left):
                        return self._under_ending(base)
            if relied_on:
                # The longest base that is a word decides: زندانی is of زندان or a word of its own, not of زند.
                return None
        return self._strip_unlisted(bases, kind)

    def _strip_plural(self, word: str, kind: str) -> Stem | None:
        """The stem under a plural in ها, the surest ending: it goes before other readings (نهادهای, مردهای)."""
        for base, ending in self._bases(word):
            if "?" in ending.left and kind in ending.taken_from and (base in self._settled or base in self._kinds):
                if self._kinds.get(base) != "r":
                    return self._under_ending(base)
        return None

    def _strip_unlisted(self, bases: list[tuple[str, _Ending]], kind: str) -> Stem | None:
        """The same as `_strip` where no base is a word that can be relied on."""
        bases = [(base, ending) for base, ending in bases if kind in ending.taken_from]
        for base, _ in bases:
            if base not in self._kinds and (inner := self._strip(base, "i")):
                return inner
        for base, ending in bases:
            if self._kinds.get(base) == "r" and "r" in ending.left:
                return Stem(base, "lexicon")
        for base, ending in bases:
            if "?" in ending.left and len(base) >= _SHORTEST_UNKNOWN_STEM:
                return Stem(base, "unknown")
        return None

    def _bases(self, word: str) -> Iterator[tuple[str, _Ending]]:
        """What is left of `word` without each ending that fits, longest ending first."""
        for length in range(min(self._longest, len(word) - _SHORTEST_STEM), 0, -1):
            for ending in self._endings.get(word[-length:], ()):
                base = word[:-length]
                if ending.fits(base):
                    yield base + ending.restored, ending


@lru_cache(maxsize=1024)
def _shortened(word: str) -> tuple[str, ...]:
    """`word` with letters drawn out for emphasis (عالیییی) written once, and twice."""
    if not _DRAWN_OUT.search(word):
        return ()
    return _DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)
