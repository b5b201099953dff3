"""The fields of a segment that keep those of a Whoosh schema."""

from whoosh.columns import NumericColumn
from whoosh.fields import FieldType, Schema
from whoosh.formats import Existence

from ..codec.segment import Layout
from .column_values import column_kind, value_field

VALUES = Layout(ordinals=True)
"""The layout of a field that holds the values of a column."""


def schema_layouts(schema: Schema) -> dict[str, Layout]:
    """Return the fields of a segment for the fields of a schema that have fixed names, with what to store of each."""
    layouts: dict[str, Layout] = {}
    for name, field in schema.items():
        layouts.update(field_layouts(name, field))
    return layouts


def field_layouts(name: str, field: FieldType) -> dict[str, Layout]:
    """Return the fields of a segment for one field: itself, and the values of its column."""
    layouts = {}
    if field.indexed or field.column_type is not None:
        layouts[name] = _layout(field)
    if column_kind(field) == "value":
        layouts[value_field(name)] = VALUES
    return layouts


def _layout(field: FieldType) -> Layout:
    form = field.format
    frequencies = form is not None and not isinstance(form, Existence)
    return Layout(
        frequencies=frequencies,
        positions=frequencies and form.supports("positions"),
        lengths=bool(field.scorable),
        ordinals=field.column_type is not None and not isinstance(field.column_type, NumericColumn),
        numbers=column_kind(field) == "number",
    )
