"""From a verb form to its verb: past and present stems, prefixes, persons, object pronouns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from jooya.analyzers.datafiles import rows
from jooya.analyzers.lexicon import Lexicon

_PRONOUNS = ("م", "ت", "ش", "مان", "تان", "شان", "مون", "تون", "شون")
_PREVERBS = ("بر", "در", "باز", "فرو", "فرا", "وا", "ور")
_SHORTEST_AFTER_PREVERB = 3

# How many places in the list of verbs a reading is set back by a colloquial stem, and by an object pronoun.
_COLLOQUIAL, _PRONOUN = 8, 30


class Rank(IntEnum):
    """What a verb reading wins over; see `data/conjugation.tsv`."""

    LAST = 1
    ENDING = 2
    WORD = 3


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A word read as a form of `verb` (رفت#رو); `prefix` is the one of tense or mood (می, ب …), `preverb` the part
    before it (بر of برمی‌گردد). Nominal forms, infinitive and participle, are used as nouns and adjectives too."""

    verb: str
    prefix: str
    rank: Rank
    nominal: bool = False
    preverb: str = ""


@dataclass(frozen=True, slots=True)
class _Ending:
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
        # Kind of stem and stem, to the verb, how far back in the list it stands, and whether the stem is colloquial.
        self._stems: dict[tuple[str, str], list[tuple[str, int, bool]]] = {}
        tables: list[tuple[str, Mapping[str, str], int]] = [
            ("past", lexicon.past, 0),
            ("present", lexicon.present, 0),
            ("past", lexicon.colloquial_past, _COLLOQUIAL),
            ("present", lexicon.colloquial_present, _COLLOQUIAL),
        ]
        for kind, table, setback in tables:
            for stem, verb in table.items():
                candidate = (verb, places.get(verb, last) + setback, setback == _COLLOQUIAL)
                self._stems.setdefault((kind, stem), []).append(candidate)
        self._archaic = {("past", stem): verb for stem, verb in lexicon.archaic_past.items()}
        self._archaic |= {("present", stem): verb for stem, verb in lexicon.archaic_present.items()}
        self._endings = _endings()
        self._prefixes = sorted({prefix for _, prefix, _ in self._endings}, key=len, reverse=True)

    def read(self, word: str) -> VerbForm | None:
        """`word` as a form of a verb in use today: the highest ranking reading, of the commonest verb."""
        if form := self._simple(word):
            return form
        for preverb in _PREVERBS:
            rest = word.removeprefix(preverb)
            if rest != word and len(rest) >= _SHORTEST_AFTER_PREVERB:
                form = self._simple(rest, preverb)
                if form and form.rank >= Rank.ENDING:
                    return form
        return None

    def read_archaic(self, word: str) -> VerbForm | None:
        """`word` as a form of any other verb hazm lists."""
        for kind, prefix, stem, ending in self._splits(word):
            if ending.other is not None and (kind, stem) in self._archaic:
                return VerbForm(self._archaic[kind, stem], prefix, Rank.LAST, kind == "past" and ending.text == "ن")
        return None

    def is_perfect(self, participle: str, ending: str) -> bool:
        """Whether `participle` takes `ending` as a verb, not as a noun does: نوشته‌اند, not نوشته‌ها."""
        return ("past", "", "ه" + ending) in self._endings and participle.endswith("ه")

    def _simple(self, word: str, preverb: str = "") -> VerbForm | None:
        best: tuple[int, int] | None = None
        found: VerbForm | None = None
        for kind, prefix, stem, ending in self._splits(word):
            for verb, place, colloquial in self._stems.get((kind, stem), ()):
                rank = ending.common if verb in self._common else ending.other
                if colloquial and (preverb or ending.formal or rank == Rank.LAST):
                    continue
                if colloquial and rank == Rank.WORD:  # پرونده (file) is not پراندن's
                    rank = Rank.ENDING
                if rank is not None and (best is None or (-rank, place + ending.setback) < best):
                    best = (-rank, place + ending.setback)
                    rank = min(rank, Rank.ENDING) if preverb else rank
                    nominal = kind == "past" and ending.text in ("ن", "ه") and prefix in ("", "ن")
                    found = VerbForm(verb, prefix, rank, nominal, preverb)
        return found

    def _splits(self, word: str) -> Iterator[tuple[str, str, str, _Ending]]:
        """Ways to take `word` apart: kind of stem, prefix, stem, ending."""
        for prefix in self._prefixes:
            if not word.startswith(prefix):
                continue
            for rest in _rests(word[len(prefix) :], prefix):
                for cut in range(len(rest), 0, -1):
                    for kind in ("past", "present"):
                        ending = self._endings.get((kind, prefix, rest[cut:]))
                        if ending:
                            yield kind, prefix, rest[:cut], ending


def _endings() -> dict[tuple[str, str, str], _Ending]:
    """Kind of stem, prefix and ending to what the reading ranks, from the table."""
    endings: dict[tuple[str, str, str], _Ending] = {}
    ranks: dict[str, Rank | None] = {rank.name.lower(): rank for rank in Rank} | {"-": None}
    for kind, prefixes, forms, common, other, _why in rows("conjugation.tsv"):
        for prefix in (prefix.strip("-") for prefix in prefixes.split()):
            for form in forms.split():
                ending = form.strip("-+")
                endings[kind, prefix, ending] = _Ending(ending, ranks[common], ranks[other], 0, ending == "ند")
                if form.endswith("+"):
                    for pronoun in _PRONOUNS:
                        text = ending + pronoun
                        lower = _Ending(text, _lower(ranks[common]), _lower(ranks[other]), _PRONOUN, ending == "ند")
                        endings.setdefault((kind, prefix, text), lower)
    return endings


def _lower(rank: Rank | None) -> Rank | None:
    return None if rank is None else Rank(max(rank - 1, Rank.LAST))


def _rests(rest: str, prefix: str) -> tuple[str, ...]:
    """The stem and ending that may follow `prefix`: between ب or ن and a stem in alef stands a ی, which takes
    the alef's place (بیفتد of افتاد) unless the alef was آ (بیامد, folded, of آمد)."""
    if prefix not in ("ب", "ن"):
        return (rest,)
    if rest.startswith("یا"):
        return (rest[1:], rest)
    if rest.startswith("ی"):
        return ("ا" + rest[1:], rest)
    if rest.startswith("ا"):
        return (rest,) if rest.startswith("ایست") else ()
    return (rest,)
