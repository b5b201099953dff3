"""From a verb form to its verb: past and present stems, prefixes, persons, object pronouns."""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from .data_tables import rows
from .lexicon import Lexicon

_SHORTEST_AFTER_PREVERB = 3

# How many places in the list of verbs a reading is set back by a colloquial stem, by an object pronoun, and by
# being archaic.
_COLLOQUIAL, _PRONOUN, _ARCHAIC = 8.5, 30, 1000


class Rank(IntEnum):
    """What a verb reading wins over; see `data/conjugation.tsv`. Any other reading goes before ARCHAIC, a form of
    a verb that hazm lists and that is hardly used now."""

    ARCHAIC = 0
    LAST = 1
    ENDING = 2
    WORD = 3


class VerbForm(NamedTuple):
    """A word read as a form of `verb` (رفت#رو); `prefix` is the one of tense or mood (می, ب …), `preverb` the part
    before it (بر of برمی‌گردد). Nominal forms, infinitive and participle, are used as nouns and adjectives too."""

    verb: str
    prefix: str
    rank: Rank
    nominal: bool = False
    preverb: str = ""
    ending: str = ""

    @property
    def shape(self) -> str:
        """Prefixes and ending, for people: می-…-د."""
        return "-".join(filter(None, [self.preverb, self.prefix, "…", self.ending]))


class _Ending(NamedTuple):
    text: str
    common: Rank | None
    other: Rank | None
    setback: int
    formal: bool  # never on a colloquial stem: می‌خواند is of خواندن, not of خواستن, as می‌خواد is


class Verbs:
    """Reads folded words as verb forms, by the table `data/conjugation.tsv`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._common = frozenset(lexicon.common)
        places = {verb: place for place, verb in enumerate(dict.fromkeys(lexicon.past.values()))}
        last = len(places)
        # Kind of stem, then stem, to the verb and how far back in the list it stands.
        self._stems: dict[str, dict[str, list[tuple[str, float]]]] = {"past": {}, "present": {}, "short": {}}
        tables: list[tuple[str, Mapping[str, str], float]] = [
            ("past", lexicon.past, 0),
            ("present", lexicon.present, 0),
            ("short", lexicon.short, 0),
            ("past", lexicon.colloquial_past, _COLLOQUIAL),
            ("present", lexicon.colloquial_present, _COLLOQUIAL),
            ("past", lexicon.archaic_past, _ARCHAIC),
            ("present", lexicon.archaic_present, _ARCHAIC),
        ]
        for kind, table, setback in tables:
            for stem, verb in table.items():
                self._stems[kind].setdefault(stem, []).append((verb, places.get(verb, last) + setback))
        self._heads = {stem if len(stem) < 3 else stem[:3] for stems in self._stems.values() for stem in stems}
        clitics = {name: tuple(words.split()) for name, words, _why in rows("verb_clitics.tsv")}
        self._preverbs = clitics["preverb"]
        self._endings = _endings(clitics["pronoun"])
        # The prefixes that a first letter may belong to, none among them.
        self._bare = [("", self._endings[""])]
        self._prefixes = {
            letter: [(prefix, endings) for prefix, endings in self._endings.items() if prefix[:1] in ("", letter)]
            for letter in {prefix[0] for prefix in self._endings if prefix}
        }
        self._longest = max(len(ending) for endings in self._endings.values() for ending in endings)

    def read(self, word: str) -> VerbForm | None:
        """`word` as a verb form: the highest ranking reading, of the commonest verb."""
        form = self._simple(word)
        if (form and form.rank) or not word.startswith(self._preverbs):
            return form
        for preverb in self._preverbs:
            rest = word.removeprefix(preverb)
            if rest != word and len(rest) >= _SHORTEST_AFTER_PREVERB:
                compound = self._simple(rest, preverb)
                if compound and compound.rank >= Rank.ENDING:
                    return compound
        return form

    def is_perfect(self, participle: str, ending: str) -> bool:
        """Whether `participle` takes `ending` as a verb, not as a noun does: نوشته‌اند, not نوشته‌ها."""
        return participle.endswith("ه") and "ه" + ending in self._endings[""]

    def _simple(self, word: str, preverb: str = "") -> VerbForm | None:
        best: tuple[float, float] | None = None
        found: VerbForm | None = None
        for prefix, endings in self._prefixes.get(word[:1], self._bare):
            if not word.startswith(prefix):
                continue
            for rest in _rests(word[len(prefix) :], prefix):
                if self._heads.isdisjoint((rest[:1], rest[:2], rest[:3])):
                    continue  # no stem begins so, as with most nouns
                for cut in range(len(rest), max(0, len(rest) - self._longest - 1), -1):
                    for kind, ending in endings.get(rest[cut:], ()):
                        for verb, place in self._stems[kind].get(rest[:cut], ()):
                            rank = self._rank(verb, place, ending, preverb)
                            if rank is not None and (best is None or (-rank, place + ending.setback) < best):
                                best = (-rank, place + ending.setback)
                                nominal = kind == "past" and ending.text in ("ن", "ه") and prefix in ("", "ن")
                                found = VerbForm(verb, prefix, rank, nominal, preverb, ending.text)
        return found

    def _rank(self, verb: str, place: float, ending: _Ending, preverb: str) -> Rank | None:
        """How a reading with `ending` ranks, or None if there is no such form."""
        rank = ending.common if verb in self._common else ending.other
        if place >= _ARCHAIC:
            return None if rank is None or preverb else Rank.ARCHAIC
        if place % 1:  # colloquial
            if preverb or ending.formal or rank == Rank.LAST:
                return None
            return min(rank, Rank.ENDING) if rank else None  # پرونده (file) is not پراندن's
        return min(rank, Rank.ENDING) if rank and preverb else rank


def _endings(pronouns: tuple[str, ...]) -> dict[str, dict[str, list[tuple[str, _Ending]]]]:
    """Prefix, then ending, to the kinds of stem between them and what the reading ranks, from the table."""
    endings: dict[tuple[str, str, str], _Ending] = {}
    ranks: dict[str, Rank | None] = {rank.name.lower(): rank for rank in Rank} | {"-": None}
    for kind, prefixes, forms, common, other, _why in rows("conjugation.tsv"):
        for prefix in (prefix.strip("-") for prefix in prefixes.split()):
            for form in forms.split():
                ending = form.strip("-+")
                formal = ending == "ند"
                endings[prefix, ending, kind] = _Ending(ending, ranks[common], ranks[other], 0, formal)
                if form.endswith("+"):
                    for pronoun in pronouns:
                        text = ending + pronoun
                        lower = _Ending(text, _lower(ranks[common]), _lower(ranks[other]), _PRONOUN, formal)
                        endings.setdefault((prefix, text, kind), lower)
    # Longest prefix first.
    nested: dict[str, dict[str, list[tuple[str, _Ending]]]] = {
        prefix: {} for prefix in sorted({prefix for prefix, *_ in endings}, key=len, reverse=True)
    }
    for (prefix, text, kind), row in endings.items():
        nested[prefix].setdefault(text, []).append((kind, row))
    return nested


def _lower(rank: Rank | None) -> Rank | None:
    return None if rank is None else Rank(max(rank - 1, Rank.LAST))


def _rests(rest: str, prefix: str) -> tuple[str, ...]:
    """The stem and ending that may follow `prefix`: between ب or ن and a stem in alef stands a ی, which takes
    the alef's place (بیفتد of افتاد) unless the alef was آ (بیامد, folded, of آمد). Poets leave it out after ن
    (نامد)."""
    if prefix not in ("ب", "ن"):
        return (rest,)
    if rest.startswith("یا"):
        return (rest[1:], rest)
    if rest.startswith("ی"):
        return ("ا" + rest[1:], rest)
    if rest.startswith("ا"):
        return (rest,) if prefix == "ن" or rest.startswith("ایست") else ()
    return (rest,)
