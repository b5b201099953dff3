"""Documents of any Whoosh reader, taken over as they are indexed there, without their texts."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from whoosh.fields import Schema
from whoosh.reading import IndexReader

from .column_values import column_kind, column_term, value_field
from .document_buffer import AnalyzedDocument, FieldTerms, has_text_terms, stored_line
from .writer_errors import WriterError


def documents(reader: IndexReader, schema: Schema) -> Iterator[AnalyzedDocument]:
    """Yield the documents of `reader` that are not deleted, in order, with the fields that `schema` has.

    Raises:
        WriterError: If a word has a weight that is not the number of its occurrences, which cannot be kept.
    """
    for leaf, _ in reader.leaf_readers():
        occurrences = _occurrences(leaf, schema)
        columns = _columns(leaf, schema)
        for docnum in leaf.all_doc_ids():
            terms = [(name, _field_terms(schema, name, found)) for name, found in occurrences.pop(docnum, {}).items()]
            numbers = []
            for name, column in columns.items():
                if column_kind(schema[name]) == "number":
                    numbers.append((name, int(column[docnum])))
                else:
                    kept = column_term(schema[name].column_type, column[docnum])
                    terms.append((value_field(name), FieldTerms([kept], ())))
            stored = {name: value for name, value in leaf.stored_fields(docnum).items() if name in schema}
            yield AnalyzedDocument(terms, numbers, stored_line(stored))


def _columns(reader: IndexReader, schema: Schema) -> dict[str, Any]:
    """Return the readers of the columns that the schema keeps beside the terms."""
    return {
        name: reader.column_reader(name, translate=False)
        for name, field in schema.items()
        if column_kind(field) in ("number", "value") and name in reader.schema and reader.has_column(name)
    }


_Occurrences = dict[str, list[tuple[int, bytes]]]
"""The positions and terms of a document, by field."""


def _occurrences(reader: IndexReader, schema: Schema) -> dict[int, _Occurrences]:
    """Return the positions and terms of each document."""
    documents: defaultdict[int, _Occurrences] = defaultdict(lambda: defaultdict(list))
    for name, term in reader.all_terms():
        if name not in schema or not schema[name].format:
            continue
        matcher = reader.postings(name, term)
        boost = schema[name].format.field_boost
        while matcher.is_active():
            weight = matcher.weight() / boost
            if weight != int(weight):
                raise WriterError(f"{name}: a word has the weight {weight}: only numbers of occurrences can be kept")
            positions = matcher.value_as("positions") if matcher.supports("positions") else [0] * int(weight)
            documents[matcher.id()][name] += [(position, term) for position in positions]
            matcher.next()
    return documents


def _field_terms(schema: Schema, name: str, found: list[tuple[int, bytes]]) -> FieldTerms:
    field = schema[name]
    ordered = sorted(found, key=lambda occurrence: occurrence[0])
    terms = [term.decode() if has_text_terms(field) else term for _, term in ordered]
    return FieldTerms(terms, [position for position, _ in ordered] if field.format.supports("positions") else ())
