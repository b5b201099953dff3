"""Filters of querysets as conditions of Jooya, as far as the index can answer them as the database would."""

import datetime
import math
from collections.abc import Collection
from typing import Any, NamedTuple

from .extras import missing
from .modelsearch_documents import EXACT_INTEGERS, MISSING, Column, filter_column

try:
    from django.db.models.expressions import Col
    from django.db.models.lookups import Lookup
    from django.db.models.sql.where import AND, NothingNode, WhereNode
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error

_MOST_VALUES = 1_000


class Conditions(NamedTuple):
    """The filters of a queryset that the index knows of.

    Attributes:
        where: Conditions for `Index.search` that all objects of the queryset meet.
        is_exact: True if no others do, so that the database need not be asked.
        is_empty: True if the queryset is empty.
    """

    where: dict[str, Any]
    is_exact: bool
    is_empty: bool = False


def conditions_of(queryset: Any, declared: Collection[str]) -> Conditions:
    """Return the conditions for a queryset.

    Args:
        queryset: The queryset.
        declared: The names of the own fields of the index.
    """
    model = queryset.model
    columns = {}
    for field in model.get_filterable_search_fields():
        column = filter_column(field, model)
        if column is not None and column.name in declared:
            columns[field.get_attname(model)] = column
    query = queryset.query
    found = _Reader(query, columns)
    found.read(query.where)
    joined = [alias for alias, count in query.alias_refcount.items() if count and not _is_own(query, alias)]
    changed = joined or query.is_sliced or query.distinct or query.combinator or query.annotations or query.extra
    return Conditions(found.where, found.is_exact and not changed, found.is_empty)


def _is_own(query: Any, alias: str | None) -> bool:
    """Return True if a table of a query holds fields of the model itself: its own, or that of one of its parents."""
    while alias is not None and alias != query.base_table:
        field = query.alias_map[alias].join_field
        if not (field.one_to_one and getattr(field.remote_field, "parent_link", False)):
            return False
        alias = query.alias_map[alias].parent_alias
    return True


class _Reader:
    """Reads the tree of a queryset's filters.

    Attributes:
        where: The conditions that were found.
        is_exact: False if anything was left out.
        is_empty: True if nothing can match.
    """

    def __init__(self, query: Any, columns: dict[str, Column]) -> None:
        self._query = query
        self._columns = columns
        self.where: dict[str, Any] = {}
        self.is_exact = True
        self.is_empty = False

    def read(self, node: Any) -> None:
        """Take the conditions of a node, all of which are to be met."""
        if isinstance(node, NothingNode):
            self.is_empty = True
        elif isinstance(node, WhereNode) and node.connector == AND and not node.negated:
            for child in node.children:
                self.read(child)
        elif not isinstance(node, Lookup) or not self._take(node):
            self.is_exact = False

    def _take(self, lookup: Any) -> bool:
        """Take a lookup, and return True if the index answers it exactly."""
        left = lookup.lhs
        is_own = isinstance(left, Col) and _is_own(self._query, left.alias)
        column = self._columns.get(left.target.attname) if is_own else None
        if column is None or hasattr(lookup.rhs, "resolve_expression") or hasattr(lookup.rhs, "as_sql"):
            return False
        if lookup.lookup_name == "isnull":
            return lookup.rhs is True and self._add(MISSING, column.name)
        return self._compare(column, lookup.lookup_name, lookup.rhs)

    def _compare(self, column: Column, name: str, value: Any) -> bool:
        if column.kind == "keyword":
            return name == "exact" and isinstance(value, bool) and self._add(column.name, value)
        if name == "exact":
            return _fits(column, value) and self._add(column.name, value)
        if name == "in" and isinstance(value, list | tuple | set | frozenset):
            values = [one for one in value if one is not None]
            if not values:
                self.is_empty = True
                return True
            is_known = len(values) <= _MOST_VALUES and all(_fits(column, one) for one in values)
            return is_known and self._add(column.name, values)
        if name == "range":
            first, last = value
            return self._between(column, first, last) if _fits(column, first) and _fits(column, last) else False
        if name not in ("gt", "gte", "lt", "lte") or not _fits(column, value):
            return False
        if name in ("gte", "gt"):
            return self._between(column, value if name == "gte" else _next(value, 1), None)
        return self._between(column, None, value if name == "lte" else _next(value, -1))

    def _between(self, column: Column, first: Any, last: Any) -> bool:
        known = self.where.get(column.name, (None, None))
        if not isinstance(known, tuple):
            return False
        first = max(first, known[0]) if None not in (first, known[0]) else first if first is not None else known[0]
        last = min(last, known[1]) if None not in (last, known[1]) else last if last is not None else known[1]
        if None not in (first, last) and first > last:
            self.is_empty = True
            return True
        self.where[column.name] = (first, last)
        return True

    def _add(self, name: str, value: Any) -> bool:
        """Add a condition; one field has one, so a second is left to the database."""
        if name in self.where:
            return False
        self.where[name] = value
        return True


def _fits(column: Column, value: Any) -> bool:
    """Return True if a value of a lookup is one that the index has as the database has it."""
    if column.kind == "date":
        return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) < EXACT_INTEGERS
    return isinstance(value, float) and math.isfinite(value)


def _next(value: Any, step: int) -> Any:
    """Return the value after one, or before it if `step` is -1."""
    if isinstance(value, datetime.date):
        last = datetime.date.max if step > 0 else datetime.date.min
        return value if value == last else value + datetime.timedelta(days=step)
    return value + step if isinstance(value, int) else math.nextafter(value, math.inf * step)
