"""The terms of a passage in each field, as a local segment has them, without Whoosh's schema."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...analyzers import analysis
from ...analyzers.loose_terms import loose_terms
from ..codec.inverter import NumberedTerms
from ..codec.segment import Layout
from ..own_fields import SPEAKERS, OwnFields, disk_names

WORDS = Layout(frequencies=True, positions=True, lengths=True)
"""The layout of a field of words."""

KEYS = Layout(ordinals=True)
"""The layout of a field of values that are taken as they are."""

NUMBERS = Layout(numbers=True)
"""The layout of a field of numbers."""

_LOOSE = Layout()

_LAYOUTS: Mapping[str, Layout] = {
    "document": KEYS,
    "id": KEYS,
    "title": WORDS,
    "text": WORDS,
    "exact": WORDS,
    "loose": _LOOSE,
    "heading": WORDS,
    "speaker": WORDS,
    "collection": KEYS,
    "source": KEYS,
    "encoding": KEYS,
    "day": NUMBERS,
    "fingerprint": NUMBERS,
    "digest": NUMBERS,
}

_OWN_LAYOUTS: Mapping[str, Layout] = {"text": WORDS, "value": KEYS, "number": NUMBERS, "day": NUMBERS}


class FieldTerms(NamedTuple):
    """The terms of one field of one passage.

    Attributes:
        terms: The terms in order of position.
        positions: The position of each term; empty if the field keeps none.
    """

    terms: Sequence[str]
    positions: Sequence[int]


NO_TERMS = FieldTerms((), ())


def layouts(own: OwnFields) -> dict[str, Layout]:
    """Return the fields of a segment of passages, with what it stores of each.

    Args:
        own: The declared fields of the index.
    """
    found = dict(_LAYOUTS)
    found |= {name: _OWN_LAYOUTS[name.partition(".")[0]] for name in (*disk_names(own), SPEAKERS)}
    return found


def field_terms(name: str, value: Any) -> FieldTerms | NumberedTerms:
    """Return the terms of a field of a passage.

    Args:
        name: The name of the field, which has terms.
        value: Its value, as `schema.passage_fields` gives it: a text, or a list of values; None if it has none.
    """
    if value is None:
        return NO_TERMS
    layout = _LAYOUTS.get(name) or _OWN_LAYOUTS[name.partition(".")[0]]
    if layout is KEYS:
        return FieldTerms([value] if isinstance(value, str) else list(value), ())
    return TextTerms(value).of(name)


class TextTerms:
    """The terms of a text, which is analyzed once for all fields that hold it."""

    def __init__(self, text: str) -> None:
        self._scan = analysis().scan(text)
        self._columns = analysis().columns(text) if self._scan is None else None

    def of(self, name: str) -> FieldTerms | NumberedTerms:
        """Return the terms of the text in a field."""
        if self._scan is not None:
            vocabulary = self._scan.vocabulary
            if name == "loose":
                return NumberedTerms(vocabulary, self._scan.loose_bytes(loose_terms().find), b"")
            numbers = self._scan.surface_bytes() if name == "exact" else self._scan.stem_bytes()
            return NumberedTerms(vocabulary, numbers, self._scan.position_bytes())
        assert self._columns is not None
        if name == "loose":
            return FieldTerms(loose_terms().of_text(self._columns), ())
        terms = self._columns.surfaces if name == "exact" else self._columns.stems
        return FieldTerms(terms, self._columns.positions)
