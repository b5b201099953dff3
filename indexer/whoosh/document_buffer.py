"""Analysis of documents, as Whoosh's `add_document` takes them, into terms, numbers and stored fields.

`DocumentBuffer` holds these until they are written as a segment.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from whoosh.analysis import IDTokenizer
from whoosh.fields import ID, FieldType, Schema

from ..codec.inverter import FieldInverter, NumberedTerms, Term
from ..codec.segment import MAX_STORED
from ..codec.segment_writer import SegmentWriter
from .column_values import ColumnKind, column_kind, number, owner, value_field, value_term
from .field_layouts import VALUES, field_layouts, schema_layouts
from .stored_values import UnstorableValue, encode, is_plain
from .writer_errors import DocumentError, DocumentTypeError, UnknownField

_MAX_NAME_LENGTH = 100  # characters of a value that names a document in an error


class FieldTerms(NamedTuple):
    """The terms of one field of one document.

    Attributes:
        terms: The terms in order of position.
        positions: The position of each term; empty if the field keeps no positions.
    """

    terms: Sequence[Term]
    positions: Sequence[int]


class AnalyzedDocument(NamedTuple):
    """A document after its analysis. Nothing in it can cause an error any more.

    Attributes:
        terms: The names of the indexed fields, with their terms.
        numbers: The names of the fields with a column of numbers, with the number of the document.
        stored: The stored fields as one line of JSON.
    """

    terms: Sequence[tuple[str, FieldTerms | NumberedTerms]]
    numbers: list[tuple[str, int]]
    stored: bytes


class _FieldOptions(NamedTuple):
    """A field of the schema, and what to do with its values."""

    whoosh: FieldType
    terms: "Callable[[Any], FieldTerms | NumberedTerms] | None"  # gives the terms of a value, if the field is indexed
    column: ColumnKind | None
    spelling: str | None
    member: str | None  # the name, a JSON string with a colon, if the field is stored
    alternative: str  # the name of the value to be stored in place of that of the field


def _options(schema: Schema, name: str) -> _FieldOptions:
    field = schema[name]
    spelling = field.spelling_fieldname(name) if field.separate_spelling() else None
    return _FieldOptions(
        field,
        _reader(field) if field.indexed and field.format else None,
        column_kind(field),
        spelling if spelling is not None and spelling in schema else None,
        f"{_quoted(name)}:" if field.stored else None,
        f"_stored_{name}",
    )


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring  # what `_encode` makes of a string, with less ado


class DocumentAnalyzer:
    """Analyzes documents by a Whoosh schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._fields = {name: _options(schema, name) for name in schema.names()}

    def analyze(self, values: Mapping[str, Any]) -> AnalyzedDocument:
        """Return the document with these values.

        Args:
            values: The values by name of field. As in Whoosh, the value of `_stored_NAME` is stored, and put into the
                column, instead of that of the field NAME.

        Raises:
            UnknownField: If a field is not in the schema; it is also a `whoosh.fields.UnknownFieldError`.
            DocumentError: If a field cannot index its value, or a value is to be stored and is of no type that can be
                stored (see `stored_values`).
        """
        try:
            return self._analyze(values)
        except (DocumentError, MemoryError):
            raise
        except Exception as error:  # an analyzer may raise anything
            raise document_error(first_value(values), error) from error

    def _analyze(self, values: Mapping[str, Any]) -> AnalyzedDocument:
        stored: list[str] = []
        terms: list[tuple[str, FieldTerms | NumberedTerms]] = []
        numbers: list[tuple[str, int]] = []
        for name, value in values.items():
            field = self._fields.get(name) or self._dynamic(name)
            if field is None:
                _refuse_unless_stored_value(name)
                continue
            if value is None:
                continue
            whoosh, read_terms, column, spelling, member, alternative = field
            kept = values.get(alternative, value)
            if read_terms is not None:
                terms.append((name, read_terms(value)))
            if column is not None and kept is not None:
                if column == "number":
                    numbers.append((name, number(whoosh, kept)))
                elif column == "value" or (column == "term" and not _is_own_term(kept, value)):
                    terms.append((value_field(name), FieldTerms([value_term(whoosh, kept)], ())))
            if spelling is not None:
                terms.append((spelling, FieldTerms(list(whoosh.spellable_words(value)), ())))
            if member is not None and kept is not None:
                stored.append(member + _json(kept))
        return AnalyzedDocument(terms, numbers, _line(f"{{{','.join(stored)}}}", values))

    def _dynamic(self, name: str) -> _FieldOptions | None:
        """Return the field that a pattern of the schema, such as `*_d`, gives a name; None if none does."""
        if name.startswith("_") or name not in self._schema:
            return None
        return self._fields.setdefault(name, _options(self._schema, name))


def _is_own_term(kept: Any, value: Any) -> bool:
    """Return True if the value of the column of an ID field is the only term of the field."""
    return isinstance(value, str) and kept == value


def stored_line(stored: Mapping[str, Any]) -> bytes:
    """Return stored fields as a segment keeps them.

    Raises:
        DocumentError: If there is too much of them, or a value is of no type that can be stored.
    """
    try:
        return _line(_encode(encode(dict(stored))), stored)
    except UnstorableValue as error:
        raise document_error(first_value(stored), error) from error


def _json(value: Any) -> str:
    """Return a value to be stored as JSON."""
    if type(value) is str:
        return _quoted(value)
    if type(value) is int:
        return str(value)
    return _encode(value if is_plain(value) else encode(value))


def _line(stored: str, values: Mapping[str, Any]) -> bytes:
    line = stored.encode()
    if len(line) > MAX_STORED:
        raise DocumentError(
            f"the document {first_value(values)!r} can't be indexed: its stored values take more than "
            f"{MAX_STORED >> 20} MB: divide it, or store less of it"
        )
    return line


def first_value(values: Mapping[str, Any]) -> str:
    """Return the first value of a document, shortened, by which errors name it. For a passage, it is a key."""
    return str(next(iter(values.values()), ""))[:_MAX_NAME_LENGTH]


def document_error(document: str, error: Exception) -> DocumentError:
    """Return the error to raise for a document whose analysis raised `error`."""
    kind = DocumentTypeError if isinstance(error, TypeError) else DocumentError
    return kind(f"the document {document!r} can't be indexed: {type(error).__name__}: {error}")


def _refuse_unless_stored_value(name: str) -> None:
    """Raise an error for a name that is neither a field of the schema nor of the form `_stored_NAME`."""
    if name.startswith("_") and not name.startswith("_stored_"):
        raise ValueError(f"{name}: boosts of documents and fields are not supported: boost the query instead")
    if not name.startswith("_"):
        raise UnknownField(f"the schema has no field named {name!r}: add it to the schema, or leave it out")


def has_text_terms(field: FieldType) -> bool:
    """Return True if the terms of a field are collected as text, False if as bytes."""
    return _is_one_term(field) or hasattr(field.analyzer, "terms")


def _is_one_term(field: FieldType) -> bool:
    return type(field) is ID and type(field.analyzer) is IDTokenizer


def _reader(field: FieldType) -> Callable[[Any], FieldTerms | NumberedTerms]:
    """Return a function that returns the terms of a value."""
    terms, numbered_terms = (getattr(field.analyzer, name, None) for name in ("terms", "numbered_terms"))
    if _is_one_term(field):
        return lambda value: FieldTerms([value], ()) if isinstance(value, str) else _terms(field, value)
    if terms is None:
        return partial(_terms, field)

    def read(value: Any) -> FieldTerms | NumberedTerms:
        if isinstance(value, str):
            # One call analyzes the whole text; Whoosh's own interface makes an object for each token.
            numbered = numbered_terms and numbered_terms(value)
            return NumberedTerms(*numbered) if numbered else FieldTerms(*terms(value))
        if isinstance(value, list | tuple):
            return FieldTerms(list(value), range(len(value)))
        return _terms(field, value)

    return read


def _terms(field: FieldType, value: Any) -> FieldTerms:
    """Return the terms of a value, as Whoosh's own interface gives them."""
    found = sorted(_occurrences(field, value), key=lambda occurrence: occurrence[0])
    terms: list[Term] = [term.decode() if has_text_terms(field) else term for _, term in found]
    return FieldTerms(terms, [position for position, _ in found] if field.format.supports("positions") else ())


def _occurrences(field: FieldType, value: Any) -> Iterator[tuple[int, bytes]]:
    """Yield the position and the term of each occurrence, as Whoosh's own interface gives them."""
    with_positions = field.format.supports("positions")
    boost = field.format.field_boost  # searches multiply by it
    for term, frequency, weight, encoded in field.index(value):
        if weight not in (frequency, frequency * boost):
            raise ValueError(f"a word has the weight {weight}, which can't be kept: boost the query, not the text")
        positions = field.format.decode_positions(encoded) if with_positions else [0] * frequency
        for position in positions:
            yield position, term


class DocumentBuffer:
    """Documents that wait to be written as a segment; their stored fields go to the file of the segment at once.

    Attributes:
        documents: Number of documents added so far.
    """

    def __init__(self, schema: Schema, writer: SegmentWriter) -> None:
        self.documents = 0
        self._writer = writer
        self._schema = schema
        self._fields = {name: FieldInverter(layout) for name, layout in schema_layouts(schema).items()}

    @property
    def memory(self) -> int:
        """The memory that `write` needs in total, in bytes, estimated. Fields are written one at a time."""
        memory = [field.memory for field in self._fields.values()]
        return sum(held for held, _ in memory) + max((additional for _, additional in memory), default=0)

    def add(self, document: AnalyzedDocument) -> None:
        """Add the next document."""
        inverters, number = self._fields, self.documents
        for name, terms in document.terms:
            inverter = inverters.get(name) or self._inverter(name)
            if isinstance(terms, NumberedTerms):
                inverter.add_numbered(number, terms)
            else:
                inverter.add(number, *terms)
        for name, value in document.numbers:
            (inverters.get(name) or self._inverter(name)).add_number(number, value)
        self._writer.add_stored(document.stored)
        self.documents += 1

    def _inverter(self, name: str) -> FieldInverter:
        """Return what collects a field, which is new if a pattern of the schema has its name, or it is rarely there."""
        if name not in self._fields:
            own = owner(name)
            layouts = field_layouts(own, self._schema[own])
            layouts.setdefault(name, VALUES)
            self._fields.update(
                {other: FieldInverter(layout) for other, layout in layouts.items() if other not in self._fields}
            )
        return self._fields[name]

    def write(self) -> tuple[int, int]:
        """Complete the segment and return the size of its file in bytes, and its checksum."""
        for name in sorted(self._fields):
            self._fields.pop(name).write(self._writer, name, self.documents)
        return self._writer.finish()
