"""From a verb form to its verb: past and present stems, prefixes, persons, object pronouns."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jooya.analyzers.datafiles import rows
from jooya.analyzers.lexicon import Lexicon

_PRONOUNS = ("م", "ت", "ش", "مان", "تان", "شان", "مون", "تون", "شون")


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A word read as a form of `infinitive`; `prefix` and `ending` are what surrounds the stem."""

    infinitive: str
    prefix: str
    ending: str


class Verbs:
    """Reads folded words as verb forms, by the table `data/conjugation.tsv`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._ordinary = (
            ("past", lexicon.past),
            ("present", lexicon.present),
            ("present", lexicon.colloquial),
        )
        self._archaic = (("past", lexicon.archaic_past), ("present", lexicon.archaic_present))
        self._rank = {infinitive: rank for rank, infinitive in enumerate(lexicon.past.values())}
        self._endings: dict[tuple[str, str], set[str]] = {}
        for stem, prefixes, endings, enclitic, _example in rows("conjugation.tsv"):
            forms = {ending.strip("-") for ending in endings.split()}
            if enclitic == "pronoun":
                forms |= {form + pronoun for form in forms for pronoun in _PRONOUNS}
            for prefix in prefixes.split():
                self._endings.setdefault((stem, prefix.strip("-")), set()).update(forms)
        self._prefixes = sorted({prefix for _, prefix in self._endings}, key=len, reverse=True)

    def ordinary(self, word: str) -> VerbForm | None:
        """`word` as a form of a verb in use today, the commonest where several fit."""
        for stems in (self._ordinary[:2], self._ordinary[2:]):
            forms = self._readings(word, stems)
            if best := min(forms, key=lambda form: self._rank[form.infinitive], default=None):
                return best
        return None

    def archaic(self, word: str) -> VerbForm | None:
        """`word` as a form of any other verb hazm lists."""
        return next(self._readings(word, self._archaic), None)

    def _readings(self, word: str, tables: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[VerbForm]:
        for prefix in self._prefixes:
            if not word.startswith(prefix):
                continue
            for rest in self._rests(word[len(prefix) :], prefix):
                for cut in range(len(rest), 0, -1):
                    stem, ending = rest[:cut], rest[cut:]
                    for kind, infinitives in tables:
                        if stem in infinitives and ending in self._endings.get((kind, prefix), ()):
                            yield VerbForm(infinitives[stem], prefix, ending)

    @staticmethod
    def _rests(rest: str, prefix: str) -> tuple[str, ...]:
        """The stem and ending that may follow `prefix`: between ب or ن and a stem in alef stands a ی, which takes
        the alef's place (بیفتد of افتاد) unless the alef was آ (بیامد, folded, of آمد)."""
        if prefix not in ("ب", "ن"):
            return (rest,)
        if rest.startswith("یا"):
            return (rest[1:], rest)
        if rest.startswith("ی"):
            return ("ا" + rest[1:], rest)
        return () if rest.startswith("ا") else (rest,)
