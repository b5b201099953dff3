"""Documents, as Whoosh's `add_document` takes them, to terms and stored values by a Whoosh schema."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from whoosh.analysis import IDTokenizer
from whoosh.columns import NumericColumn
from whoosh.fields import ID, FieldType, Schema, UnknownFieldError
from whoosh.formats import Existence

from ..codec.inverter import FieldInverter, Term
from ..codec.segment import Layout
from ..codec.segment_writer import SegmentWriter


class Terms(NamedTuple):
    """What is indexed of one field of one document; positions are empty where the field has none."""

    terms: Sequence[Term]
    positions: Sequence[int]


class Prepared(NamedTuple):
    """A document, analyzed: nothing can fail any more."""

    terms: list[tuple[str, Terms]]
    numbers: list[tuple[str, int]]
    stored: bytes


def layout(field: FieldType) -> Layout:
    """What is kept of a Whoosh field. A column is of numbers, or else of the field's terms."""
    form = field.format
    counted = form is not None and not isinstance(form, Existence)
    positions = counted and form.supports("positions")
    sortable = field.column_type is not None
    numeric = isinstance(field.column_type, NumericColumn)
    return Layout(
        frequencies=counted,
        positions=positions,
        lengths=bool(field.scorable),
        ordinals=sortable and not numeric,
        numbers=sortable and numeric,
    )


class _Field(NamedTuple):
    """What is to be done with the values of a field."""

    whoosh: FieldType
    indexed: bool
    numeric: bool
    stored: bool


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Analyst:
    """Prepares documents by a schema."""

    def __init__(self, schema: Schema) -> None:
        self._fields = {
            name: _Field(
                field,
                bool(field.indexed and field.format),
                layout(field).numbers,
                bool(field.stored),
            )
            for name, field in schema.items()
        }

    def prepare(self, values: Mapping[str, Any]) -> Prepared:
        """`values` by field, with Whoosh's `_stored_NAME` for another value to store.

        Raises UnknownFieldError for a field that is not in the schema, ValueError or TypeError for a value that a
        field can't take, or that is to be stored and is not plain data (text, numbers, lists and mappings of them).
        """
        stored, terms, numbers = {}, [], []
        for name, value in values.items():
            field = self._fields.get(name)
            if field is None:
                _refuse_unless_stored_twin(name)
            elif value is not None:
                if field.indexed:
                    terms.append((name, _terms(field.whoosh, value)))
                if field.numeric:
                    numbers.append((name, int(value)))
                if field.stored:
                    stored[name] = values.get(f"_stored_{name}", value)
        return Prepared(terms, numbers, _encode(stored).encode())


def _refuse_unless_stored_twin(name: str) -> None:
    if name.startswith("_") and not name.startswith("_stored_"):
        raise ValueError(f"{name}: boosts of documents and fields are not supported; boost the query")
    if not name.startswith("_"):
        raise UnknownFieldError(f"no field named {name!r} in the schema")


def _terms(field: FieldType, value: Any) -> Terms:
    analyzer = field.analyzer
    whole = type(field) is ID and type(analyzer) is IDTokenizer
    bulk = hasattr(analyzer, "terms")
    if whole and isinstance(value, str):
        return Terms([value], ())
    if bulk and isinstance(value, str):
        # One call for a whole text, where Whoosh's own way is one object for each token.
        return Terms(*analyzer.terms(value))
    if bulk and isinstance(value, list | tuple):
        return Terms(list(value), range(len(value)))
    found = sorted(_occurrences(field, value), key=lambda occurrence: occurrence[0])
    terms: list[Term] = [term.decode() if whole or bulk else term for _, term in found]
    return Terms(terms, [place for place, _ in found] if field.format.supports("positions") else ())


def _occurrences(field: FieldType, value: Any) -> Iterator[tuple[int, bytes]]:
    with_positions = field.format.supports("positions")
    for term, frequency, _weight, encoded in field.index(value):
        places = field.format.decode_positions(encoded) if with_positions else [0] * frequency
        for place in places:
            yield place, term


class DocumentBuffer:
    """Documents that wait to be written as a segment; their stored values go to the segment's file at once."""

    def __init__(self, schema: Schema, writer: SegmentWriter) -> None:
        self.documents = 0
        self._writer = writer
        live = {name: field for name, field in schema.items() if field.indexed or field.column_type is not None}
        self._fields = {name: FieldInverter(layout(field)) for name, field in live.items()}

    @property
    def memory(self) -> int:
        """Bytes that writing all out would take at most, since fields are written one at a time."""
        costs = [field.memory for field in self._fields.values()]
        return sum(held for held, _ in costs) + max((more for _, more in costs), default=0)

    def add(self, document: Prepared) -> None:
        """Takes in the next document."""
        for name, (terms, positions) in document.terms:
            self._fields[name].add(self.documents, terms, positions)
        for name, value in document.numbers:
            self._fields[name].add_number(self.documents, value)
        self._writer.add_stored(document.stored)
        self.documents += 1

    def write(self) -> tuple[int, int]:
        """Completes the segment; returns its file's size and checksum."""
        for name in sorted(self._fields):
            self._fields.pop(name).write(self._writer, name, self.documents)
        return self._writer.finish()
