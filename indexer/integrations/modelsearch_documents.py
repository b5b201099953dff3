"""Objects of Django as documents: the text of their search fields, and own fields to filter, count and complete by."""

import datetime
import json
import logging
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .. import Document
from ..meta import MAX_SIZE, MetaValue
from ..own_fields import MAX_DECLARED, Kind
from ..surrogates import well_formed
from .extras import missing

try:
    from django.db import models
    from modelsearch.index import AutocompleteField, RelatedFields, SearchField
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error

_LOGGER = logging.getLogger("jooya.integrations")

MODELS, MISSING, STARTS = "models", "missing", "starts"
"""The own fields that every index has: the models an object is of, the filters that it has no value for, and what its
autocomplete fields can be found by, as `NAME=beginning`."""

NO_TEXT = "…"
"""The text of an object without any, which has no words and so is never found by any."""

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("AutoField", "SmallAutoField", "BigAutoField", "IntegerField", "BigIntegerField"), "number"),
    **dict.fromkeys(("SmallIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"), "number"),
    **dict.fromkeys(("PositiveBigIntegerField", "FloatField", "DecimalField"), "number"),
    "BooleanField": "keyword",
    "DateField": "date",
}
"""The kinds of own fields for those fields of Django that the index filters by itself."""

EXACT_INTEGERS = 1 << 53
"""Up to this, a number of the index is the integer of the database."""

_LONGEST_START = 60
_MOST_STARTS = 400
_SPARE = 1 << 10  # bytes of metadata that are left free for what JSON has between values


class Column(NamedTuple):
    """An own field for a filter field.

    Attributes:
        name: Its name in the index.
        kind: Its kind.
    """

    name: str
    kind: Kind


def label(model: Any) -> str:
    """Return the name of a model by which its objects are found."""
    return f"{model._meta.app_label}.{model.__name__}".lower()


def words_column(path: str) -> str:
    """Return the name of the own field with the words of a search field; of a related one, `authors__name`."""
    return f"{_name(path)}-words"


def _name(path: str) -> str:
    """Return the name of a field as the query language takes it: without case, and with a letter first."""
    return path.lower().lstrip("_")


def filter_column(field: Any, model: Any) -> Column | None:
    """Return the own field for a filter field, or None if the database alone filters by it.

    It does by texts, whose comparison is the database's own, by times, and by fields with several values; by a property
    it cannot filter, and counts its values alone.
    """
    if not in_database(field, model) or _is_multiple(field.get_field(model)):
        return None
    name = _name(field.get_attname(model))
    kind = _KINDS.get(field.get_type(model))
    return None if kind is None else Column(f"{name}-{'value' if kind == 'keyword' else kind}", kind)


def in_database(field: Any, model: Any) -> bool:
    """Return True if a filter field is a field of the database, and no property."""
    return any(one.name == field.field_name for one in model._meta.get_fields())


def _is_multiple(field: Any) -> bool:
    return bool(field.many_to_many or field.one_to_many)


def declaration(searched: Iterable[Any]) -> dict[str, Kind]:
    """Return the own fields of the index that has the objects of some models.

    If there are more than an index may have, the database filters by those that come last.
    """
    names: dict[str, Kind] = {MODELS: "keyword", MISSING: "keyword", STARTS: "keyword"}
    filters: dict[str, Kind] = {}
    for model in searched:
        names |= {words_column(path): "text" for path in search_paths(model)}
        for field in model.get_filterable_search_fields():
            if column := filter_column(field, model):
                filters[column.name] = column.kind
    return dict(sorted([*names.items(), *filters.items()][:MAX_DECLARED]))


def search_paths(model: Any) -> dict[str, float]:
    """Return the search fields of a model, those of related ones included, with their boosts."""
    found = _paths(model.get_search_fields(), "", SearchField)
    return {path: float(field.boost or 1) for path, field in found}


def autocomplete_paths(model: Any) -> list[str]:
    """Return the autocomplete fields of a model, those of related ones included."""
    return [path for path, _ in _paths(model.get_search_fields(), "", AutocompleteField)]


def _paths(fields: Iterable[Any], before: str, kind: Any) -> Iterator[tuple[str, Any]]:
    for field in fields:
        if isinstance(field, kind):
            yield before + field.field_name, field
        elif isinstance(field, RelatedFields):
            yield from _paths(field.fields, f"{before}{field.field_name}__", kind)


def document_of(item: Any) -> Document:
    """Return the document for an object, whose key is the object's primary key."""
    model = type(item)
    texts: dict[str, list[str]] = {}
    starts: dict[str, None] = {}
    for path, field, value in _values(model.get_search_fields(), item, ""):
        text = text_of(value)
        if isinstance(field, SearchField):
            texts.setdefault(path, []).append(text)
        else:
            starts |= dict.fromkeys(f"{path}={start}" for start in _beginnings(text))
    whole = "\n\n".join([text for several in texts.values() for text in several if text.strip()])
    meta: dict[str, MetaValue | list[str]] = {
        MODELS: [label(base) for base in model.__mro__ if issubclass(base, models.Model) and hasattr(base, "_meta")],
        STARTS: list(starts)[:_MOST_STARTS],
    }
    meta |= _filters(model, item)
    columns = {words_column(path): "\n".join(several) for path, several in texts.items()}
    return Document(str(item.pk), whole or NO_TEXT, whole=True, meta=meta | _fitting(columns, meta, item))


def _values(fields: Iterable[Any], item: Any, before: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the search and autocomplete fields of an object and its related ones, with their paths and values."""
    for field in fields:
        if isinstance(field, RelatedFields):
            related = field.get_value(item)
            if isinstance(related, models.Manager | models.QuerySet):
                others = list(related.all())
            else:
                others = [] if related is None else [related]
            for other in others:
                yield from _values(field.fields, other, f"{before}{field.field_name}__")
        elif isinstance(field, SearchField | AutocompleteField):
            yield before + field.field_name, field, field.get_value(item)


def text_of(value: Any) -> str:
    """Return a value of a field as text; that of several values has one on each line."""
    if value is None:
        return ""
    if isinstance(value, models.Manager | models.QuerySet):
        value = list(value.all())
    if isinstance(value, list | tuple | set):
        return "\n".join(filter(None, map(text_of, value)))
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else well_formed(str(value))


def _beginnings(text: str) -> list[str]:
    """Return what can be typed to find a text: the text itself, and what is left of it after each word."""
    words = text.split()
    return [" ".join(words[place : place + 12])[:_LONGEST_START] for place in range(len(words))]


def _filters(model: Any, item: Any) -> dict[str, MetaValue | list[str]]:
    found: dict[str, MetaValue | list[str]] = {}
    absent = []
    for field in model.get_filterable_search_fields():
        column = filter_column(field, model)
        if column is None:
            continue
        value = field.get_value(item)
        if value is None:
            absent.append(column.name)
        elif (plain := _plain(value, column.kind)) is not None:
            found[column.name] = plain
    return found | ({MISSING: absent} if absent else {})


def _plain(value: Any, kind: Kind) -> MetaValue | None:
    """Return the value of a filter field as metadata; None if it is none that the field can have."""
    if kind != "number":
        return bool(value) if kind == "keyword" else text_of(value)
    if isinstance(value, int) and abs(value) < EXACT_INTEGERS:
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _fitting(columns: dict[str, str], others: dict[str, MetaValue | list[str]], item: Any) -> dict[str, str]:
    """Return what metadata has room for of the words of fields, by which they are searched one by one.

    The text has all of them, so only a search in a single field misses what is left out.
    """
    room = MAX_SIZE - _size([others, list(columns)]) - _SPARE
    kept: dict[str, str] = {}
    for waiting, (name, text) in enumerate(sorted(columns.items(), key=lambda pair: len(pair[1]))):
        share = max(room // (len(columns) - waiting), 0)
        size = _size(text)
        if size > share:
            kept[name] = _cut(text, share)
            _LOGGER.warning(
                "%s %s: %s is searched by itself in its first %s characters alone, since it is too long",
                label(type(item)),
                item.pk,
                name.removesuffix("-words"),
                f"{len(kept[name]):,}",
            )
        else:
            kept[name] = text
        room -= min(size, share)
    return {name: text for name, text in kept.items() if text.strip()}


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _cut(text: str, size: int) -> str:
    """Return the beginning of a text that takes at most so many bytes of JSON."""
    kept = text.encode()[:size].decode("utf-8", "ignore")
    while kept and _size(kept) > size:
        kept = kept[: len(kept) * 9 // 10]
    return kept
