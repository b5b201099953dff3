"""Parsing the values of `date:` and of own fields of dates and numbers: 1384-09..1385, آبان ۱۳۹۹, >10, 5..20."""

from ...analyzers.characters import align
from ..dates.periods import COMPARISON, SIGNS, BadPeriod, parse_range
from ..own_fields import GREATEST, LEAST, number_of
from .tree import DateRangeNode, NumberRangeNode


class BadDateRange(ValueError):
    """Raised for a text that is no range; the message says why."""


def parse_date_range(text: str) -> DateRangeNode:
    """Return the days of a year, a month, a day, a range `A..B` of these, or a comparison such as `>1399`.

    The year tells whether a date is Jalali or Gregorian.

    Raises:
        BadDateRange: If `text` is no date range.
    """
    try:
        return DateRangeNode(*parse_range(text))
    except BadPeriod as error:
        raise BadDateRange(str(error)) from None


def parse_number_range(field: str, text: str) -> NumberRangeNode:
    """Return the numbers of a number, a range `A..B` of which one end may be left out, or a comparison such as `>10`.

    Args:
        field: The name of the field in segments.
        text: The range.

    Raises:
        BadDateRange: If `text` is no such range.
    """
    text = align(text).translate(SIGNS)
    if sign := COMPARISON.match(text):
        code = _code(text[sign.end() :])
        found = {">": (code + 1, GREATEST), ">=": (code, GREATEST), "<": (LEAST, code - 1), "<=": (LEAST, code)}
        return NumberRangeNode(field, *found[sign[0]])
    low, dots, high = text.partition("..")
    if not dots:
        return NumberRangeNode(field, _code(low), _code(low))
    if not low and not high:
        raise BadDateRange("a range needs a beginning or an end")
    node = NumberRangeNode(field, _code(low) if low else LEAST, _code(high) if high else GREATEST)
    if node.low > node.high:
        raise BadDateRange("the range ends before it begins")
    return node


def _code(text: str) -> int:
    code = number_of(text)
    if code is None:
        raise BadDateRange("a value is a NUMBER, >NUMBER, <NUMBER or NUMBER..NUMBER")
    return code
