"""Changes of a schema that do not touch the schema of the caller, and the limit of its fields."""

import copy
from collections.abc import Iterable

from whoosh.fields import FieldType, Schema

from ..codec.toc import MAX_FIELDS
from .column_values import value_field
from .writer_errors import DocumentError


def copy_schema(schema: Schema) -> Schema:
    """Return a copy to which fields can be added. `Schema.copy` loses the fields that have a pattern as name."""
    duplicate = copy.copy(schema)
    for name in ("_fields", "_dyn_fields", "_subfields"):
        setattr(duplicate, name, dict(getattr(schema, name)))
    return duplicate


class FieldNames:
    """The names of the fields that the segments of an index have, and those that documents bring."""

    def __init__(self, known: Iterable[str]) -> None:
        """Begin with the fields that the segments of an index have."""
        self._known = set(known)
        self._checked: set[str] = set()

    def check(self, names: Iterable[str], schema: Schema) -> None:
        """Add the fields of a document, or of a schema.

        Raises:
            DocumentError: If there are more than a segment can have. The pattern of a dynamic field lets a program make
                any number of them.
        """
        if self._checked.issuperset(names):
            return
        fields = [name for name in names if not name.startswith("_") and name in schema]
        added = {part for name in fields for part in _parts(name, schema[name])} - self._known
        if len(self._known) + len(added) > MAX_FIELDS:
            raise DocumentError(
                f"the field {fields[-1]!r} is one too many: an index can have {MAX_FIELDS} fields, and a column counts "
                "as one: use fewer"
            )
        self._known |= added
        self._checked.update(names)


def _parts(name: str, field: FieldType) -> list[str]:
    if field.column_type is not None:
        return [name, value_field(name)]
    return [name] if field.indexed else []
