"""The columns of tables, and the names in JSON, that hold the fields of records."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ...analyzers.characters import fold
from ...analyzers.data_tables import table_rows
from ..options import FIELDS, ReadOptions

_DATA = Path(__file__).parent.parent / "data"
_REMOVED = str.maketrans("", "", " _-\t\u200c\u200b\ufeff\u00a0")


def columns_of(names: Iterable[str], options: ReadOptions) -> dict[str, str]:
    """Return which of some names holds each field of a record, by the field; fields that none holds are left out.

    The names that the user gave come first, then the usual ones, in Persian and English (متن, text).
    """
    by_folded: dict[str, str] = {}
    exact = dict.fromkeys(names)
    for name in exact:
        by_folded.setdefault(_folded(name), name)
    given = {field: next((name for name in options.columns(field) if name in exact), None) for field in FIELDS}
    found = {field: name for field, name in given.items() if name is not None}
    for field in FIELDS:
        usual = (by_folded[name] for name in _usual_names()[field] if name in by_folded)
        free = next((name for name in usual if name not in found.values()), None)
        if field not in found and free is not None:
            found[field] = free
    return found


@cache
def _usual_names() -> dict[str, tuple[str, ...]]:
    return {
        field: tuple(_folded(name) for name in names.split(","))
        for field, names in table_rows("record_fields.tsv", _DATA)
    }


def _folded(name: str) -> str:
    return fold(name[:200]).lower().translate(_REMOVED)
