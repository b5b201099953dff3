"""Analysis of documents, as Whoosh's `add_document` takes them, into terms, numbers and stored fields.

`DocumentBuffer` holds these until they are written as a segment.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from whoosh.analysis import IDTokenizer
from whoosh.columns import NumericColumn
from whoosh.fields import ID, FieldType, Schema
from whoosh.formats import Existence

from ..codec.inverter import FieldInverter, Term
from ..codec.segment import MAX_STORED, Layout
from ..codec.segment_writer import SegmentWriter
from .writer_errors import DocumentError, UnknownField

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

    terms: list[tuple[str, FieldTerms]]
    numbers: list[tuple[str, int]]
    stored: bytes


def layout(field: FieldType) -> Layout:
    """Return what to store of a Whoosh field.

    A column holds numbers if Whoosh declares it so, and otherwise ordinals of the terms of the field.
    """
    form = field.format
    frequencies = form is not None and not isinstance(form, Existence)
    positions = frequencies and form.supports("positions")
    sortable = field.column_type is not None
    numeric = isinstance(field.column_type, NumericColumn)
    return Layout(
        frequencies=frequencies,
        positions=positions,
        lengths=bool(field.scorable),
        ordinals=sortable and not numeric,
        numbers=sortable and numeric,
    )


class _FieldOptions(NamedTuple):
    """A field of the schema, and what to do with its values."""

    whoosh: FieldType
    indexed: bool
    numeric: bool
    stored: bool


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class DocumentAnalyzer:
    """Analyzes documents by a Whoosh schema."""

    def __init__(self, schema: Schema) -> None:
        self._fields = {
            name: _FieldOptions(
                field,
                bool(field.indexed and field.format),
                layout(field).numbers,
                bool(field.stored),
            )
            for name, field in schema.items()
        }

    def analyze(self, values: Mapping[str, Any]) -> AnalyzedDocument:
        """Return the document with these values.

        Args:
            values: The values by name of field. As in Whoosh, the value of `_stored_NAME` is stored instead of that of
                the field NAME.

        Raises:
            UnknownField: If a field is not in the schema; it is also a `whoosh.fields.UnknownFieldError`.
            DocumentError: If a field cannot index its value, or a value is to be stored and is not plain data (text,
                numbers, lists and mappings of these).
        """
        try:
            return self._analyze(values)
        except (DocumentError, MemoryError):
            raise
        except Exception as error:  # an analyzer may raise anything
            raise document_error(first_value(values), error) from error

    def _analyze(self, values: Mapping[str, Any]) -> AnalyzedDocument:
        stored, terms, numbers = {}, [], []
        for name, value in values.items():
            field = self._fields.get(name)
            if field is None:
                _refuse_unless_stored_value(name)
            elif value is not None:
                if field.indexed:
                    terms.append((name, _terms(field.whoosh, value)))
                if field.numeric:
                    numbers.append((name, int(value)))
                if field.stored:
                    stored[name] = values.get(f"_stored_{name}", value)
        line = _encode(stored).encode()
        if len(line) > MAX_STORED:
            raise DocumentError(
                f"the document {first_value(values)!r} can't be indexed: its stored values take more than "
                f"{MAX_STORED >> 20} MB: divide it, or store less of it"
            )
        return AnalyzedDocument(terms, numbers, line)


def first_value(values: Mapping[str, Any]) -> str:
    """Return the first value of a document, shortened, by which errors name it. For a passage, it is a key."""
    return str(next(iter(values.values()), ""))[:_MAX_NAME_LENGTH]


def document_error(document: str, error: Exception) -> DocumentError:
    """Return the error to raise for a document whose analysis raised `error`."""
    return DocumentError(f"the document {document!r} can't be indexed: {type(error).__name__}: {error}")


def _refuse_unless_stored_value(name: str) -> None:
    """Raise an error for a name that is neither a field of the schema nor of the form `_stored_NAME`."""
    if name.startswith("_") and not name.startswith("_stored_"):
        raise ValueError(f"{name}: boosts of documents and fields are not supported: boost the query instead")
    if not name.startswith("_"):
        raise UnknownField(f"the schema has no field named {name!r}: add it to the schema, or leave it out")


def _terms(field: FieldType, value: Any) -> FieldTerms:
    analyzer = field.analyzer
    is_one_term = type(field) is ID and type(analyzer) is IDTokenizer
    has_terms = hasattr(analyzer, "terms")
    if is_one_term and isinstance(value, str):
        return FieldTerms([value], ())
    if has_terms and isinstance(value, str):
        # One call analyzes the whole text; Whoosh's own interface makes an object for each token.
        return FieldTerms(*analyzer.terms(value))
    if has_terms and isinstance(value, list | tuple):
        return FieldTerms(list(value), range(len(value)))
    found = sorted(_occurrences(field, value), key=lambda occurrence: occurrence[0])
    terms: list[Term] = [term.decode() if is_one_term or has_terms else term for _, term in found]
    return FieldTerms(terms, [position for position, _ in found] if field.format.supports("positions") else ())


def _occurrences(field: FieldType, value: Any) -> Iterator[tuple[int, bytes]]:
    """Yield the position and the term of each occurrence, as Whoosh's own interface gives them."""
    with_positions = field.format.supports("positions")
    for term, frequency, _weight, encoded in field.index(value):
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
        used = {name: field for name, field in schema.items() if field.indexed or field.column_type is not None}
        self._fields = {name: FieldInverter(layout(field)) for name, field in used.items()}

    @property
    def memory(self) -> int:
        """The memory that `write` needs in total, in bytes, estimated. Fields are written one at a time."""
        memory = [field.memory for field in self._fields.values()]
        return sum(held for held, _ in memory) + max((additional for _, additional in memory), default=0)

    def add(self, document: AnalyzedDocument) -> None:
        """Add the next document."""
        for name, (terms, positions) in document.terms:
            self._fields[name].add(self.documents, terms, positions)
        for name, value in document.numbers:
            self._fields[name].add_number(self.documents, value)
        self._writer.add_stored(document.stored)
        self.documents += 1

    def write(self) -> tuple[int, int]:
        """Complete the segment and return the size of its file in bytes, and its checksum."""
        for name in sorted(self._fields):
            self._fields.pop(name).write(self._writer, name, self.documents)
        return self._writer.finish()
