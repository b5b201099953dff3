"""From a folded word to its stem: the lexicon first, then verbs, then endings, checked against the lexicon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

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
    also: a second term. An infinitive is a noun with inflected forms of its own (گفتنش) and a form of its verb:
        گفتن and گفت#گو.
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
            return _verb_stem(word, verb)
        if breaks and (base := self._before_break(word, breaks)):
            return base
        if verb and verb.rank == Rank.ENDING and kind not in _KNOWN:
            return _verb_stem(word, verb)
        if base := self._strip(word, kind):
            return replace(base, why="ending")
        if kind != "-":
            return Stem(word, "lexicon")
        verb = verb or self._verbs.read_archaic(word)
        return _verb_stem(word, verb) if verb else None

    def _before_break(self, word: str, breaks: tuple[int, ...]) -> Stem | None:
        """The stem of what stands before the last half-space, if what follows it is an ending."""
        *earlier, last = breaks
        base = word[:last]
        fits = any(ending.fits(base) for ending in self._endings.get(word[last:], ()) if not ending.restored)
        if not fits or len(base) < _SHORTEST_STEM:
            return None
        return replace(self.stem(base, tuple(earlier)), why="ending")

    def _strip(self, word: str, kind: str) -> Stem | None:
        """The stem of `word`, which is of `kind`, under its endings, or None if it has none."""
        bases = [(base, ending) for base, ending in self._bases(word) if kind in ending.taken_from]
        # Plurals in ها are the surest; otherwise the longer base: پایان in پایانی, not پای.
        bases.sort(key=lambda item: ("?" not in item[1].left, len(item[1].text)))
        for base, ending in bases:
            base_kind = self._kinds.get(base)
            if base in self._settled or base_kind in _KNOWN:
                # The first base that is a word decides: زندانی is of زندان or a word of its own, not of زند.
                return self.stem(base) if not base_kind or base_kind in ending.left else None
        for base, _ in bases:
            if base not in self._kinds and (inner := self._strip(base, "-")):
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


def _verb_stem(word: str, form: VerbForm) -> Stem:
    if form.infinitive:
        return Stem(word.removeprefix(form.prefix), "verb", also=form.verb)
    return Stem(form.verb, "verb")


@lru_cache(maxsize=1024)
def _shortened(word: str) -> tuple[str, ...]:
    """`word` with letters drawn out for emphasis (عالیییی) written once, and twice."""
    if not _DRAWN_OUT.search(word):
        return ()
    return _DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)
