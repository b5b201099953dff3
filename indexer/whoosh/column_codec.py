"""Whoosh's codec interface to the segments of `codec.segment`, through which all of Whoosh can read them.

The methods are those of the base classes in `whoosh.codec.base` and `whoosh.matching`, which document them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.columns import ColumnReader
from whoosh.fields import Schema
from whoosh.reading import EmptyReader, IndexReader, MultiReader, SegmentReader, TermInfo, TermNotFound

from ..codec.arrays import Array
from ..codec.segment import Field
from ..codec.snapshot import Leaf
from .column_matcher import ColumnMatcher
from .column_values import column_reader, has_column, is_value_field
from .stored_values import decode
from .vectors import FieldVectors, VectorMatcher


class ColumnSegment(base.Segment):
    """A segment of a snapshot as a Whoosh segment. It is read only: `ColumnWriter` writes segments, not Whoosh."""

    def __init__(self, leaf: Leaf, schema: Schema, leaves: Sequence[Leaf]) -> None:
        """Show the segment of `leaf`, one of the `leaves` of a snapshot."""
        self.indexname = "jooya"
        self.segid = leaf.segment.name
        self.leaf = leaf
        self.schema = schema
        self.leaves = leaves

    def codec(self) -> "ColumnCodec":
        return ColumnCodec()

    def doc_count_all(self) -> int:
        return self.leaf.segment.documents

    def deleted_count(self) -> int:
        return 0 if self.leaf.live is None else int(np.count_nonzero(~self.leaf.live))

    def deleted_docs(self) -> set[int]:
        return set() if self.leaf.live is None else set(np.flatnonzero(~self.leaf.live).tolist())

    def is_deleted(self, docnum: int) -> bool:
        # Whoosh also asks for the number after the last.
        return self.leaf.live is not None and docnum < len(self.leaf.live) and not self.leaf.live[docnum]


class ColumnCodec(base.Codec):
    """The readers of a segment."""

    def terms_reader(self, storage: Any, segment: ColumnSegment) -> "ColumnTerms":
        return ColumnTerms(segment.leaf.segment.fields)

    def per_document_reader(self, storage: Any, segment: ColumnSegment) -> "ColumnDocuments":
        return ColumnDocuments(segment)


class ColumnTerms(base.TermsReader):
    """The terms of a segment. Names of fields are strings, terms are bytes."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self._fields = {name: fields[name] for name in sorted(fields) if not is_value_field(name)}

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._ordinal(*term) is not None

    def _ordinal(self, fieldname: str, text: bytes) -> int | None:
        field = self._fields.get(fieldname)
        return field.find(text) if field else None

    def indexed_field_names(self) -> list[str]:
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        field = self._fields.get(fieldname)
        return base.EmptyCursor() if field is None else ColumnCursor(field, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name, field in self._fields.items():
            for ordinal in range(field.terms):
                yield name, field.term(ordinal)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        field = self._fields.get(fieldname)
        if field is not None:
            for ordinal in range(field.lower_bound(prefix), field.terms):
                yield fieldname, field.term(ordinal)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, text in self.terms():
            yield (name, text), self.term_info(name, text)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, text in self.terms_from(fieldname, prefix):
            yield (name, text), self.term_info(name, text)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field, ordinal = self._field_and_ordinal(fieldname, text)
        return term_info(field, ordinal)

    def frequency(self, fieldname: str, text: bytes) -> float:
        return self.term_info(fieldname, text).weight() if (fieldname, text) in self else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        ordinal = self._ordinal(fieldname, text)
        return 0 if ordinal is None else self._fields[fieldname].doc_frequency(ordinal)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> "ColumnMatcher":
        field, ordinal = self._field_and_ordinal(fieldname, text)
        return ColumnMatcher(field, ordinal, text, scorer, format_.field_boost)

    def _field_and_ordinal(self, fieldname: str, text: bytes) -> tuple[Field, int]:
        ordinal = self._ordinal(fieldname, text)
        if ordinal is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return self._fields[fieldname], ordinal


def term_info(field: Field, ordinal: int) -> TermInfo:
    """Return the statistics of a term in a segment."""
    count = field.doc_frequency(ordinal)
    extra = field.extra_frequencies(ordinal)
    docs = field.docs(ordinal)
    lengths = field.lengths[docs] if field.layout.lengths else np.zeros(1, np.uint8)
    return TermInfo(
        weight=count + (0 if extra is None else int(extra.sum(dtype=np.int64))),
        df=count,
        minlength=int(lengths.min()),
        maxlength=int(lengths.max()),
        maxweight=1 if extra is None else 1 + int(extra.max()),
        minid=int(docs[0]),
        maxid=int(docs[-1]),
    )


class ColumnCursor(base.FieldCursor):
    """Iterates over the terms of a field."""

    def __init__(self, field: Field, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._index = 0

    def first(self) -> str | None:
        self._index = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        self._index = self._field.lower_bound(term if isinstance(term, bytes) else self._fieldobj.to_bytes(term))
        return self.text()

    def next(self) -> str | None:
        self._index += 1
        return self.text()

    def term_info(self) -> TermInfo:
        return term_info(self._field, self._index)

    def text(self) -> Any:
        return self._fieldobj.from_bytes(self._field.term(self._index)) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._index < self._field.terms


class ColumnDocuments(base.PerDocumentReader):
    """The lengths, deletions and stored fields of a segment."""

    def __init__(self, segment: ColumnSegment) -> None:
        self._segment = segment
        self._leaf = segment.leaf
        self._vectors: dict[str, FieldVectors] = {}

    def doc_count(self) -> int:
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        return self._leaf.live is not None

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> set[int]:
        return self._segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = self._lengths(fieldname)
        return int(lengths[docnum]) if len(lengths) else default

    def field_length(self, fieldname: str) -> int:
        return self._leaf.entry.lengths.get(fieldname, (0, 0))[1]

    def min_field_length(self, fieldname: str) -> int:
        lengths = self._lengths(fieldname)
        return int(lengths[lengths > 0].min()) if lengths.any() else 0

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max(initial=0))

    def _lengths(self, fieldname: str) -> Array:
        field = self._leaf.segment.fields.get(fieldname)
        return field.lengths if field and field.layout.lengths else np.empty(0, np.int64)

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        schema = self._segment.schema
        declared = fieldname in schema and schema[fieldname].vector and fieldname in self._leaf.segment.fields
        return bool(declared) and self._field_vectors(fieldname).has(docnum)

    def vector(self, docnum: int, fieldname: str, format_: Any) -> VectorMatcher:
        if fieldname not in self._leaf.segment.fields:
            raise KeyError(f"no document has a word in the field {fieldname!r}")
        return self._field_vectors(fieldname).matcher(docnum, self._segment.schema[fieldname], format_)

    def _field_vectors(self, fieldname: str) -> FieldVectors:
        if fieldname not in self._vectors:
            self._vectors[fieldname] = FieldVectors(self._leaf.segment.fields[fieldname])
        return self._vectors[fieldname]

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        try:
            return {name: decode(value) for name, value in self._leaf.segment.stored(docnum).items()}
        except (ValueError, RecursionError):
            raise self._leaf.segment.file.damaged() from None

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        # Whoosh sorts by the columns of all segments or by the terms of all, and looks for any segment with a column.
        schema = self._segment.schema
        return fieldname in schema and all(
            has_column(leaf.segment, fieldname, schema[fieldname]) for leaf in self._segment.leaves
        )

    def column_reader(self, fieldname: str, column: Any) -> ColumnReader:
        return column_reader(self._leaf.segment, fieldname, self._segment.schema[fieldname], column)


def leaf_reader(leaves: Sequence[Leaf], schema: Schema, generation: int) -> IndexReader:
    """Return a Whoosh reader of segments, which are those of the commit with the number `generation`."""
    readers = [
        SegmentReader(None, schema, ColumnSegment(leaf, schema, leaves), generation=generation) for leaf in leaves
    ]
    if len(readers) == 1:
        return readers[0]
    return MultiReader(readers, generation=generation) if readers else ColumnEmptyReader(schema, generation)


class ColumnEmptyReader(EmptyReader):
    """The reader of a commit without documents."""

    def __init__(self, schema: Schema, generation: int) -> None:
        super().__init__(schema)
        self._generation = generation

    def generation(self) -> int:
        return self._generation
