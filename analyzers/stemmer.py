"""The stemmer of folded words, which reads them by the lexicon, as verb forms, and as words with endings."""

import re
from typing import NamedTuple

from .data_tables import table_rows
from .lexicon import Lexicon
from .verbs import Rank, VerbForm, VerbReader

_LONGEST_WORD = 60  # letters; longer is no word, and the search for endings under endings needs a bound
_MOST_UNLISTED = 2  # endings taken off one by one where what is left is in no dictionary
_SHORTEST_STEM = 2  # letters
_SHORTEST_UNKNOWN_STEM = 3  # letters of a stem that is in no dictionary, or a rare word
_LONG = 4  # letters of a word that takes the endings with `long` in suffixes.tsv
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")  # a letter written three times or more: سلاااام
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_KNOWN = frozenset("nap")  # parts of speech, see Lexicon.parts_of_speech


class Stem(NamedTuple):
    """The term, or the two terms, that a word is found by.

    Attributes:
        term: the stem.
        why: how it was found: `settled` by a table (broken plural, variant, colloquial, exception), `lexicon`, `verb`,
            `ending`, `number` or `unknown`.
        second: a second stem. Infinitives and participles have one, since they are nouns with inflected forms of their
            own (گفتنش, نوشته‌ها) and forms of their verb: گفتن and گفت#گو. So have forms with a preverb: برمی‌گردد has
            گشت#گرد and برگشتن.
        detail: for people, what was seen in the word: the endings, or the prefixes and endings of the verb.
    """

    term: str
    why: str
    second: str | None = None
    detail: str = ""


class NounEnding(NamedTuple):
    """A row of suffixes.tsv, where the columns are explained."""

    text: str
    after: str
    restored: str
    taken_from: frozenset[str]
    left: frozenset[str]

    def fits(self, base: str) -> bool:
        """Return True if `base` ends in letters that this ending follows."""
        last = base[-1:]
        if self.after == "heh":
            return last == "ه"
        if self.after == "vowel":
            return last in ("ا", "و")
        if self.after == "yeh":
            return last == "ی"
        if self.after == "long" and len(base) < _LONG:
            return False
        return self.after == "any" or last not in ("ه", "ا", "و")


Bases = list[tuple[str, NounEnding]]
"""Pairs of what is left of a word without an ending that it may have, and that ending."""


class Stemmer:
    """Finds the stems of words that are folded and have no half-spaces, see `characters.fold`.

    Attributes:
        verb_reader: the reader of verb forms.
        endings: from their letters to the rows of suffixes.tsv.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._part_of_speech = lexicon.parts_of_speech.find
        self._settled = lexicon.settled
        self.verb_reader = VerbReader(lexicon)
        table = [
            NounEnding(text, after, restored.strip("-"), frozenset(taken_from), frozenset(left))
            for text, after, restored, taken_from, left, _why in table_rows("suffixes.tsv")
        ]
        self.endings: dict[str, list[NounEnding]] = {}
        for ending in table:
            self.endings.setdefault(ending.text, []).append(ending)
        self._written_apart = {affix for affix, side, *_ in table_rows("joins.tsv") if side == "previous"}
        self._longest = max(map(len, self.endings))

    def stem(self, word: str, breaks: tuple[int, ...] = (), bases: Bases | None = None) -> Stem:
        """Return the stem of a word. The same word always gets the same stem.

        Args:
            word: the word, folded.
            breaks: offsets in it where a half-space or a space stood. What follows one and looks like an ending surely
                is an ending.
            bases: what the method `bases` returns for the word, if the caller has it already.
        """
        if len(word) > _LONGEST_WORD:
            return Stem(word, "unknown")
        if _THOUSANDS.fullmatch(word):
            return Stem(word.replace(",", ""), "number")
        if found := self._look_up(word, breaks, self.bases(word) if bases is None else bases):
            return found
        if _DRAWN_OUT.search(word):
            for letters in (r"\1", r"\1\1"):
                short = _DRAWN_OUT.sub(letters, word)
                if found := self._look_up(short, (), self.bases(short)):
                    return found
        return Stem(word, "unknown")

    def is_adjective(self, word: str) -> bool:
        """Return True if the lexicon lists `word` as an adjective."""
        return self._part_of_speech(word) == "a"

    def is_verb(self, word: str) -> bool:
        """Return True if `word` is a verb form that is in use."""
        form = self.verb_reader.read(word)
        return form is not None and form.rank >= Rank.ENDING

    def is_verb_with(self, prefix: str, rest: str) -> bool:
        """Return True if `prefix` (می, نمی) and `rest` together are a verb form."""
        form = self.verb_reader.read(prefix + rest)
        return form is not None and form.prefix == prefix and not form.preverb

    def bases(self, word: str) -> Bases:
        """Return what is left of `word` without each ending that fits, and the ending; longest ending first."""
        found = []
        for length in range(min(self._longest, len(word) - _SHORTEST_STEM), 0, -1):
            endings = self.endings.get(word[-length:])
            if endings:
                base = word[:-length]
                found += [(base + ending.restored, ending) for ending in endings if ending.fits(base)]
        return found

    def _look_up(self, word: str, breaks: tuple[int, ...], bases: Bases) -> Stem | None:
        """Return the stem of a word by the first of these readings that it has, or None if it has none of them.

        These are: settled by a table; a sure verb form; a word with an ending after a half-space; a plural in ها; a
        likely verb form, unless the word is a known noun or adjective; a word with endings; a known noun or adjective;
        any other verb form; a rare word.
        """
        if word in self._settled:
            form = self.verb_reader.read(word)
            # A noun that is a participle or bare past of a verb (گذشته, شکست) is found by that too.
            second = form.verb if form and form.rank and form.ending in ("ه", "") and not form.prefix else None
            return Stem(self._settled[word], "settled", second)
        pos = self._part_of_speech(word) or "-"
        verb = self.verb_reader.read(word)
        rank = verb.rank if verb else Rank.ARCHAIC
        if verb and (
            rank == Rank.WORD
            or (verb.preverb and verb.nominal and word.endswith("ن"))
            or (breaks and rank and word[: breaks[0]].endswith("می"))
        ):
            return self._verb_stem(word, verb)
        if breaks and (stem := self._before_break(word, breaks)):
            return stem
        if stem := self._strip_plural(bases, pos):
            return stem
        if verb and rank == Rank.ENDING and pos not in _KNOWN:
            return self._verb_stem(word, verb)
        if stem := self._strip(bases, pos):
            return stem
        if pos in _KNOWN:
            return Stem(word, "lexicon")
        if verb and (rank == Rank.LAST or pos == "-"):
            return self._verb_stem(word, verb)
        return Stem(word, "lexicon") if pos == "r" else None

    def _verb_stem(self, word: str, form: VerbForm) -> Stem:
        infinitive = form.preverb + form.verb.partition("#")[0] + "ن"
        if form.nominal and word.endswith("ن"):
            return Stem(infinitive, "verb", form.verb, form.shape)
        if form.preverb:
            return Stem(form.verb, "verb", infinitive, form.shape)
        second = word if form.nominal and self._part_of_speech(word) in _KNOWN else None
        return Stem(form.verb, "verb", second, form.shape)

    def _under(self, ending: str, base: str, breaks: tuple[int, ...] = ()) -> Stem:
        """Return the stem of `base`, from which `ending` was taken. A participle with an ending is used as a noun."""
        stem = self.stem(base, breaks)
        return _with_ending(Stem(base, stem.why, stem.term) if stem.second == base else stem, ending)

    def _before_break(self, word: str, breaks: tuple[int, ...]) -> Stem | None:
        """Return the stem of what stands before the last half-space, or None if what follows it is no ending."""
        *earlier, last = breaks
        base = word[:last]
        if word[last:] not in self._written_apart:
            return None
        fits = any(ending.fits(base) for ending in self.endings.get(word[last:], ()) if not ending.restored)
        if not fits or len(base) < _SHORTEST_STEM:
            return None
        if self.verb_reader.is_perfect(base, word[last:]):
            return self.stem(base, tuple(earlier))
        return self._under(word[last:], base, tuple(earlier))

    def _strip(self, bases: Bases, pos: str, depth: int = 0) -> Stem | None:
        """Return the stem of a word under its endings, or None if it has none.

        Args:
            bases: what each ending leaves.
            pos: the part of speech of the word, `-` if it is not in the lexicon, `i` if it is what another ending left.
            depth: the number of endings that were taken off already.
        """
        if pos == "r":
            bases = [(base, ending) for base, ending in bases if len(base) >= _SHORTEST_UNKNOWN_STEM]
        decided = 0  # the length of the ending whose base is a word
        for base, ending in reversed(bases):
            if decided and len(ending.text) > decided:
                break
            base_pos = self._part_of_speech(base)
            if base_pos in _KNOWN or base in self._settled:
                decided = len(ending.text)
                allowed = pos in ending.taken_from and (not base_pos or base_pos in ending.left)
                if allowed or (ending.text == "ی" and self._is_plural(base)):
                    return self._under(ending.text, base)
        # The longest base that is a word decides: زندانی is a form of زندان or a word of its own, not a form of زند.
        return None if decided else self._strip_unlisted(bases, pos, depth)

    def _is_plural(self, word: str) -> bool:
        """Return True if `word` is a plural in ان, after which ی is always the indefinite article: نویسندگانی."""
        return word.endswith("ان") and self.stem(word).term != word

    def _strip_plural(self, bases: Bases, pos: str) -> Stem | None:
        """Return the stem of a plural in ها, or None if the word is none.

        This ending is the surest, so it goes before other readings (نهادهای, مردهای).
        """
        for base, ending in bases:
            surely = "?" in ending.left and pos in ending.taken_from
            if surely and (base in self._settled or self._part_of_speech(base) in _KNOWN):
                return self._under(ending.text, base)
        return None

    def _strip_unlisted(self, bases: Bases, pos: str, depth: int) -> Stem | None:
        """Return the stem of a word under its endings, or None, where no ending leaves a word that is surely one."""
        bases = [(base, ending) for base, ending in bases if pos in ending.taken_from]
        if depth < _MOST_UNLISTED:
            for base, ending in bases:
                if not self._part_of_speech(base) and (inner := self._strip(self.bases(base), "i", depth + 1)):
                    return _with_ending(inner, ending.text)
        for base, ending in bases:
            rare = self._part_of_speech(base) == "r" and "r" in ending.left
            if rare or ("?" in ending.left and len(base) >= _SHORTEST_UNKNOWN_STEM):
                return Stem(base, "ending", detail=ending.text)
        return None


def _with_ending(stem: Stem, ending: str) -> Stem:
    endings = f"{stem.detail}+{ending}" if stem.why == "ending" else ending
    return stem._replace(why="ending", detail=endings)
