"""The reader of verb forms, which takes a form apart: preverb, prefix, stem, ending and object pronoun."""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from .data_tables import table_rows
from .lexicon import Lexicon

_SHORTEST_AFTER_PREVERB = 3  # letters

# Of two readings of equal rank the one wins whose verb comes first in the list of verbs. A colloquial stem, an object
# pronoun and an archaic stem set a reading back by so many places. The half marks colloquial stems, see `_rank`.
_COLLOQUIAL, _PRONOUN, _ARCHAIC = 8.5, 30, 1000


class Rank(IntEnum):
    """The rank of a reading of a word as a verb form, which says what other readings it wins over.

    The ranks are those of `data/conjugation.tsv`, where they are explained.

    ARCHAIC is a form of a verb that hazm lists and that is hardly used now: any other reading goes before it.
    """

    ARCHAIC = 0
    LAST = 1
    ENDING = 2
    WORD = 3


class VerbForm(NamedTuple):
    """A word read as a form of a verb.

    Attributes:
        verb: the past and present stem: رفت#رو.
        prefix: the prefix of tense or mood (می, ب …).
        rank: what the reading wins over.
        nominal: True for an infinitive or participle, which are used as nouns and adjectives too.
        preverb: the part before the prefix: بر in برمی‌گردد.
        ending: what follows the stem.
    """

    verb: str
    prefix: str
    rank: Rank
    nominal: bool = False
    preverb: str = ""
    ending: str = ""

    @property
    def shape(self) -> str:
        """The prefixes and the ending, to show to people: می-…-د."""
        return "-".join(filter(None, [self.preverb, self.prefix, "…", self.ending]))


class VerbEnding(NamedTuple):
    """Letters that may follow a stem, and how a reading with them ranks (None: there is no such form)."""

    text: str
    common: Rank | None  # of common verbs
    other: Rank | None  # of other verbs
    setback: int
    formal: bool  # never on a colloquial stem: می‌خواند is a form of خواندن, not of خواستن as می‌خواد is


class VerbReader:
    """Reads folded words as verb forms by the table `data/conjugation.tsv`.

    Attributes:
        common: the verbs so common that their forms win over nouns spelled alike.
        stems: from tense (as in the table) and stem to the verbs and their places in the list, setbacks included.
        endings: from prefix, longest first, and the letters of an ending to the tenses of the stems between them.
        preverbs: what may stand before all else.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.common = frozenset(lexicon.common_verbs)
        places = {verb: place for place, verb in enumerate(dict.fromkeys(lexicon.past.values()))}
        last = len(places)
        self.stems: dict[str, dict[str, list[tuple[str, float]]]] = {"past": {}, "present": {}, "short": {}}
        tables: list[tuple[str, Mapping[str, str], float]] = [
            ("past", lexicon.past, 0),
            ("present", lexicon.present, 0),
            ("short", lexicon.short, 0),
            ("past", lexicon.colloquial_past, _COLLOQUIAL),
            ("present", lexicon.colloquial_present, _COLLOQUIAL),
            ("past", lexicon.archaic_past, _ARCHAIC),
            ("present", lexicon.archaic_present, _ARCHAIC),
        ]
        for tense, table, setback in tables:
            for stem, verb in table.items():
                self.stems[tense].setdefault(stem, []).append((verb, places.get(verb, last) + setback))
        self._heads = {stem if len(stem) < 3 else stem[:3] for stems in self.stems.values() for stem in stems}
        clitics = {name: tuple(words.split()) for name, words, _why in table_rows("verb_clitics.tsv")}
        self.preverbs = clitics["preverb"]
        self.endings = _endings(clitics["pronoun"])
        # From a word's first letter to the prefixes that it may begin with, the empty one included.
        self._bare = [("", self.endings[""])]
        self._prefixes = {
            letter: [(prefix, endings) for prefix, endings in self.endings.items() if prefix[:1] in ("", letter)]
            for letter in {prefix[0] for prefix in self.endings if prefix}
        }
        self._longest = max(len(ending) for endings in self.endings.values() for ending in endings)

    def read(self, word: str) -> VerbForm | None:
        """Return the reading of `word` with the highest rank, of the commonest verb; None if it is no verb form."""
        form = self._simple(word)
        if (form and form.rank) or not word.startswith(self.preverbs):
            return form
        for preverb in self.preverbs:
            rest = word.removeprefix(preverb)
            if rest != word and len(rest) >= _SHORTEST_AFTER_PREVERB:
                compound = self._simple(rest, preverb)
                if compound and compound.rank >= Rank.ENDING:
                    return compound
        return form

    def is_perfect(self, participle: str, ending: str) -> bool:
        """Return True if `participle` takes `ending` as a verb, not as a noun does: نوشته‌اند, not نوشته‌ها."""
        return participle.endswith("ه") and "ه" + ending in self.endings[""]

    def _simple(self, word: str, preverb: str = "") -> VerbForm | None:
        """Return the best reading of `word`, which follows `preverb`."""
        best: tuple[float, float] | None = None
        found: VerbForm | None = None
        for prefix, endings in self._prefixes.get(word[:1], self._bare):
            if not word.startswith(prefix):
                continue
            for rest in _rests(word[len(prefix) :], prefix):
                if self._heads.isdisjoint((rest[:1], rest[:2], rest[:3])):
                    continue  # no stem begins like this, which is so for most nouns
                for cut in range(len(rest), max(0, len(rest) - self._longest - 1), -1):
                    for tense, ending in endings.get(rest[cut:], ()):
                        for verb, place in self.stems[tense].get(rest[:cut], ()):
                            rank = self._rank(verb, place, ending, preverb)
                            if rank is not None and (best is None or (-rank, place + ending.setback) < best):
                                best = (-rank, place + ending.setback)
                                nominal = tense == "past" and ending.text in ("ن", "ه") and prefix in ("", "ن")
                                found = VerbForm(verb, prefix, rank, nominal, preverb, ending.text)
        return found

    def _rank(self, verb: str, place: float, ending: VerbEnding, preverb: str) -> Rank | None:
        """Return how a reading with `ending` ranks, or None if there is no such form."""
        rank = ending.common if verb in self.common else ending.other
        if place >= _ARCHAIC:
            return None if rank is None or preverb else Rank.ARCHAIC
        if place % 1:  # colloquial
            if preverb or ending.formal or rank == Rank.LAST:
                return None
            return min(rank, Rank.ENDING) if rank else None  # پرونده (file) is no form of پراندن
        return min(rank, Rank.ENDING) if rank and preverb else rank


def _endings(pronouns: tuple[str, ...]) -> dict[str, dict[str, list[tuple[str, VerbEnding]]]]:
    """Return for each prefix, longest first, and each ending the tenses of the stems between them, from the table."""
    endings: dict[tuple[str, str, str], VerbEnding] = {}
    ranks: dict[str, Rank | None] = {rank.name.lower(): rank for rank in Rank} | {"-": None}
    for tense, prefixes, forms, common, other, _why in table_rows("conjugation.tsv"):
        for prefix in (prefix.strip("-") for prefix in prefixes.split()):
            for form in forms.split():
                ending = form.strip("-+")
                formal = ending == "ند"
                endings[prefix, ending, tense] = VerbEnding(ending, ranks[common], ranks[other], 0, formal)
                if form.endswith("+"):
                    for pronoun in pronouns:
                        text = ending + pronoun
                        lower = VerbEnding(text, _lower(ranks[common]), _lower(ranks[other]), _PRONOUN, formal)
                        endings.setdefault((prefix, text, tense), lower)
    nested: dict[str, dict[str, list[tuple[str, VerbEnding]]]] = {
        prefix: {} for prefix in sorted({prefix for prefix, *_ in endings}, key=len, reverse=True)
    }
    for (prefix, text, tense), row in endings.items():
        nested[prefix].setdefault(text, []).append((tense, row))
    return nested


def _lower(rank: Rank | None) -> Rank | None:
    return None if rank is None else Rank(max(rank - 1, Rank.LAST))


def _rests(rest: str, prefix: str) -> tuple[str, ...]:
    """Return the forms that the stem and ending may have had before `prefix` was added.

    Between ب or ن and a stem in alef stands a ی. It takes the alef's place (بیفتد, of افتاد) unless the alef was آ
    (بیامد, folded, of آمد). Poets leave it out after ن (نامد).
    """
    if prefix not in ("ب", "ن"):
        return (rest,)
    if rest.startswith("یا"):
        return (rest[1:], rest)
    if rest.startswith("ی"):
        return ("ا" + rest[1:], rest)
    if rest.startswith("ا"):
        return (rest,) if prefix == "ن" or rest.startswith("ایست") else ()
    return (rest,)
