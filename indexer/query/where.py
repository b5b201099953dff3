"""Conditions that a program gives as values: `where={"author": "احمدی", "date": ("1399", None), "tags": ["آب"]}`.

Nothing in a value is read as a mark of the query language.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import NoReturn

from ..arguments import bad
from ..dates.parsing import Date
from ..dates.periods import EARLIEST, LATEST, BadPeriod, Period, parse_period
from ..errors import BadArgument
from ..own_fields import GREATEST, LEAST, OwnFields, number_of, texts_of
from ..surrogates import well_formed
from .scanner import FIELDS, KEY_FIELDS, TEXT_FIELDS
from .tree import (
    DateRangeNode,
    FieldNode,
    KeyFilterNode,
    Node,
    NumberRangeNode,
    OrNode,
    SequenceNode,
    SignedNode,
    ValueNode,
    WordsNode,
)

Scalar = str | int | float | bool | datetime.date | Date
"""A value that a field is to have."""

WhereValue = Scalar | Sequence[Scalar] | tuple[Scalar | None, Scalar | None]
"""What a field is to have: a value; any of the values of a list; or something between the two ends of a tuple."""

Where = Mapping[str, WhereValue]
"""Conditions by the names of fields, all of which are to be met."""

_KEY_FIELDS = {**KEY_FIELDS, "document": "document"}
MOST_VALUES = 1_000
"""The greatest number of values that the list of a condition may have."""


def where_node(where: object, own: OwnFields) -> Node | None:
    """Return the node that matches what meets all conditions; None if there are none.

    Args:
        where: The conditions, a `Where`.
        own: The declared fields of the index.

    Raises:
        BadArgument: A condition is of no field, or of another type than its field.
    """
    if not isinstance(where, Mapping):
        raise bad("where", where, 'a mapping of fields to values, such as {"date": ("1399", None)}')
    items = []
    for name, value in where.items():
        if name not in (*FIELDS, "document", *own):
            raise BadArgument(
                f"the index has no field {name!r}",
                f"there are {', '.join((*FIELDS, *own))}; Index.declare adds others",
                argument="where",
                value=where,
            )
        items.append(SignedNode(_condition(name, value, own), "+"))
    return SequenceNode(tuple(items)) if items else None


def _condition(name: str, value: object, own: OwnFields) -> Node:
    if isinstance(value, tuple):
        if len(value) != 2 or value == (None, None):
            raise bad(f"where[{name!r}]", value, "(first, last), of which one may be None, or a list of values")
        return _between(name, *value, own)
    if not isinstance(value, list | set | frozenset):
        return _equal(name, value, own)
    values = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
    if not 0 < len(values) <= MOST_VALUES:
        raise BadArgument(
            f"where[{name!r}] has {len(values):,} values", f"give 1 to {MOST_VALUES:,}", argument="where", value=value
        )
    return OrNode(tuple([_equal(name, one, own) for one in values]))


def _equal(name: str, value: object, own: OwnFields) -> Node:
    """Return the node for documents of which a field has a value."""
    kind = own.get(name)
    if name == "date" or kind == "date":
        return _days(name, *_period(name, value))
    if kind == "number":
        code = _number(name, value)
        return NumberRangeNode(f"number.{name}", code, code)
    if not isinstance(value, str | int | float) or (not kind and not isinstance(value, str)):
        raise bad(f"where[{name!r}]", value, "a string" if not kind else "a string or a number")
    text = well_formed(texts_of(value)[0])
    if name in _KEY_FIELDS:
        return KeyFilterNode(_KEY_FIELDS[name], text, is_literal=True)
    if name in TEXT_FIELDS or kind == "text":
        return FieldNode(name if name in TEXT_FIELDS else f"text.{name}", WordsNode(text))
    return ValueNode(name, text, is_literal=True)


def _between(name: str, low: object, high: object, own: OwnFields) -> Node:
    """Return the node for documents of which a field has a value from `low` to `high`, or no end where one is None."""
    kind = own.get(name)
    if name == "date" or kind == "date":
        first = EARLIEST if low is None else _period(name, low)[0]
        last = LATEST if high is None else _period(name, high)[1]
        if first > last:
            _ends_before(name, low, high)
        return _days(name, first, last)
    if kind != "number":
        raise bad(
            f"where[{name!r}]", (low, high), "a value, or a list of values; numbers and dates alone have (first, last)"
        )
    least = LEAST if low is None else _number(name, low)
    most = GREATEST if high is None else _number(name, high)
    if least > most:
        _ends_before(name, low, high)
    return NumberRangeNode(f"number.{name}", least, most)


def _ends_before(name: str, low: object, high: object) -> NoReturn:
    raise bad(f"where[{name!r}]", (low, high), "(first, last), with the first not above the last")


def _days(name: str, first: int, last: int) -> Node:
    return DateRangeNode(first, last) if name == "date" else NumberRangeNode(f"day.{name}", first, last)


def _number(name: str, value: object) -> int:
    code = number_of(value)
    if code is None:
        raise bad(f"where[{name!r}]", value, "a number")
    return code


def _period(name: str, value: object) -> Period:
    if isinstance(value, Date):
        value = value.gregorian
    if isinstance(value, datetime.date):
        day = value.toordinal()
        return day, day
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        try:
            return parse_period(value)
        except BadPeriod:
            pass
    raise bad(f"where[{name!r}]", value, 'a year, a month or a day, such as "1399", "آبان ۱۳۹۹" or "2020-11-02"')
