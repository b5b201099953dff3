"""The values of Whoosh's columns, which it sorts and groups by, in the columns of a segment.

A segment has two kinds of columns: numbers, and ordinals of terms. Plain whole numbers are the first (`number`). The
value of an ID field is its only term, so its column is the ordinals of the field (`term`). Any other value is a term of
a field of its own, which has the name of `value_field`, and is all that this field is for (`value`). So is the value of
an ID field if it is a list, or has another one stored in its place. An analyzer with `values_are_terms` makes a term of
each value of a list, of which the column has the last (`terms`).
"""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import isnan
from struct import Struct
from struct import error as StructError
from typing import Any, Literal

import numpy as np
from whoosh import columns
from whoosh.analysis import IDTokenizer
from whoosh.fields import COLUMN, ID, FieldType
from whoosh.util.numeric import to_sortable, typecode_max, typecode_min

from ..codec.arrays import Array
from ..codec.missing_field import MissingField
from ..codec.segment import NO_TERM, Field, Layout, Segment
from .stored_values import decode, encode

ColumnKind = Literal["number", "term", "terms", "value"]

_RAW = b"="
"""The first byte of the term of a value that is bytes. All other values are JSON."""


_SUFFIX = " column"  # names of Whoosh's fields have no spaces


def value_field(name: str) -> str:
    """Return the name of the field of a segment that holds the values of the column of the field `name`."""
    return name + _SUFFIX


def is_value_field(name: str) -> bool:
    """Return True if a field of a segment is there for the column of another field alone."""
    return name.endswith(_SUFFIX)


def owner(name: str) -> str:
    """Return the name of the field of the schema that a field of a segment belongs to."""
    return name.removesuffix(_SUFFIX)


def column_kind(field: FieldType) -> ColumnKind | None:
    """Return how the column of a field is kept; None if it has none."""
    column = field.column_type
    if column is None:
        return None
    if getattr(field.analyzer, "values_are_terms", False):
        return "terms"
    if type(field) is ID and type(field.analyzer) is IDTokenizer and not isinstance(column, columns.NumericColumn):
        return "term"
    if type(field) is COLUMN and type(column) is columns.NumericColumn and column._typecode in "bBhHiIlLq":
        return "number" if column.default_value() == 0 else "value"
    return "value"


def number(field: FieldType, value: Any) -> int:
    """Return the value of a field whose column is one of numbers.

    Raises:
        Exception: If it is no value of this column.
    """
    whole = int(value)
    _number_struct(field.column_type._typecode).pack(whole)
    return whole


def value_term(field: FieldType, value: Any) -> bytes:
    """Return the term that stands for the value of a field in its column.

    Raises:
        Exception: If it is no value of this column.
    """
    return column_term(field.column_type, field.to_column_value(value))


def column_term(column: columns.Column, value: Any) -> bytes:
    """Return the term that stands for a value of a column.

    Raises:
        Exception: If it is no value of this column.
    """
    kept = _checked(column, value)
    return _RAW + kept if type(kept) is bytes else json.dumps(encode(kept)).encode()


def _checked(column: columns.Column, value: Any) -> Any:
    """Return a value as its column gives it back, or raise an error if it does not take it."""
    if isinstance(column, columns.ClampedNumericColumn):
        child = column._child
        return min(max(value, typecode_min[child._typecode]), typecode_max[child._typecode])
    if isinstance(column, columns.NumericColumn):
        return _number_struct(column._typecode).unpack(_number_struct(column._typecode).pack(value))[0]
    if isinstance(column, columns.StructColumn):
        packer = Struct(column._spec)
        return packer.unpack(packer.pack(*value))
    if isinstance(column, columns.BitColumn):
        return bool(value)
    if isinstance(column, columns.ListColumn):
        return [_as_bytes(part) for part in value]
    if isinstance(column, columns.PickleColumn):
        return value
    kept = _as_bytes(value)
    length = getattr(column, "_fixedlen", 0)
    if length and len(kept) != length:
        raise ValueError(f"{value!r} does not have {length} bytes")
    return kept


def _as_bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"{value!r} is not bytes")
    return value


@lru_cache(64)
def _number_struct(typecode: str) -> Struct:
    return Struct(f"!{typecode}")


def has_column(segment: Segment, name: str, field: FieldType) -> bool:
    """Return True if a segment has the column of the field `name`.

    A segment that does not have the field at all was written before the schema had it, so that none of its documents
    has a value. One that has the field alone was written when its kind of column was not kept.
    """
    own = segment.fields.get(name)
    if own is None or value_field(name) in segment.fields:
        return True
    kind = column_kind(field)
    return own.layout.numbers if kind == "number" else own.layout.ordinals and kind in ("term", "terms")


def column_reader(segment: Segment, name: str, field: FieldType, column: columns.Column) -> columns.ColumnReader:
    """Return the values of the column of the field `name`, which the segment has."""
    nothing = MissingField(Layout(), segment.documents)
    own = segment.fields.get(name) or nothing
    values = segment.fields.get(value_field(name)) or nothing
    kind = column_kind(field)
    if kind == "number":
        return NumberColumnReader(own.numbers)
    return ValueColumnReader(values, own if kind in ("term", "terms") else nothing, _decoder(segment, column), column)


def _decoder(segment: Segment, column: columns.Column) -> Callable[[bytes], Any]:
    """Return a function that gives the value of a term, and raises IndexDamaged if there is none."""

    def value(term: bytes) -> Any:
        try:
            return _checked(column, term[len(_RAW) :] if term.startswith(_RAW) else decode(json.loads(term)))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, StructError):
            raise segment.file.damaged() from None

    return value


class NumberColumnReader(columns.ColumnReader):
    """A column of whole numbers."""

    def __init__(self, numbers: Array) -> None:
        super().__init__(None, 0, 0, len(numbers))
        self._numbers = numbers
        self._sign = 1

    def __getitem__(self, docnum: int) -> int:
        return int(self._numbers[docnum])

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers.tolist())

    def sort_key(self, docnum: int) -> int:
        """Return what documents are sorted by."""
        return self._sign * self[docnum]

    def set_reverse(self) -> None:
        """Reverse the order of sorting."""
        self._sign = -1

    def load(self) -> list[int]:
        """Return all values."""
        return list(self)


class ValueColumnReader(columns.ColumnReader):
    """A column of values that are terms."""

    def __init__(
        self,
        values: Field | MissingField,
        own: Field | MissingField,
        decoder: Callable[[bytes], Any],
        column: columns.Column,
    ) -> None:
        """Read a column.

        Args:
            values: The field that holds the values.
            own: The field whose term is the value of a document that has none in `values`.
            decoder: Returns the value of a term of `values`.
            column: Whoosh's description of the column.
        """
        super().__init__(None, 0, 0, len(values.ordinals))
        self._values = values
        self._ordinals = values.ordinals
        self._own = own
        self._own_ordinals = own.ordinals
        self._decoder = decoder
        self._default = default_value(column)
        self._reversible = column.reversible
        self._bits = isinstance(column, columns.BitColumn)
        self._reverse = False
        self._known: dict[int, Any] = {}

    def __getitem__(self, docnum: int) -> Any:
        ordinal = int(self._ordinals[docnum])
        if ordinal == NO_TERM:
            own = int(self._own_ordinals[docnum])
            return self._default if own == NO_TERM else self._own.term(own)
        if ordinal not in self._known:
            self._known[ordinal] = self._decoder(self._values.term(ordinal))
        return self._known[ordinal]

    def sort_key(self, docnum: int) -> Any:
        """Return what documents are sorted by."""
        value = self[docnum]
        if self._bits:
            return int(value ^ self._reverse)
        if isinstance(value, list):
            return value[0] if value else b""
        return 0 - value if self._reverse else value

    def set_reverse(self) -> None:
        """Reverse the order of sorting, which only numbers can."""
        if not self._reversible:
            raise NotImplementedError
        self._reverse = True

    def id_set(self) -> set[int]:
        """Return the documents whose value is True, for a column of bits."""
        return {int(doc) for doc in np.flatnonzero(self._ordinals != NO_TERM) if self[int(doc)]}


def default_value(column: columns.Column) -> Any:
    """Return the value of documents that have none."""
    if isinstance(column, columns.PickleColumn):
        return None
    if isinstance(column, columns.ListColumn):
        return []
    if isinstance(column, columns.WrappedColumn):
        return default_value(column._child)
    default = column.default_value() if hasattr(column, "_default") else b""
    if isinstance(column, columns.NumericColumn):
        if isinstance(default, float) and column._typecode not in "df":
            # The default of NUMERIC(float), whose column holds whole numbers in the order of the fractions. NaN has no
            # place in an order: these documents are the last.
            return typecode_max[column._typecode] if isnan(default) else to_sortable(float, 64, True, default)
        return _checked(column, default)
    return default
