"""The conditions of a search as parameters: `where=author:احمدی`, `where=year:1384..1390`, `since=1384-09`."""

from collections.abc import Mapping
from typing import Any

from ..errors import BadArgument
from .parameters import Parameter

_RANGE = ".."
_RANGES = ("date", "number")  # the kinds of fields that have a first and a last value
_OF_DATES = {"date": "date", "year": "date"}  # a facet counts years, which are dates


CONDITIONS = (
    Parameter(
        "where",
        "Only passages of which a field has this value: `FIELD:VALUE`, or `FIELD:FIRST..LAST` of a date or number. Of "
        "several values of one field, any will do; all fields must have theirs.",
        "texts",
        (),
        most=100,
        example=("collection:talks",),
    ),
    Parameter("since", "Only passages of this date or later: a year, a month or a day.", example="1384-09"),
    Parameter("until", "Only passages of this date or earlier."),
)
"""The parameters that state conditions."""


def conditions(given: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the conditions as `Index.search` takes them; None if there are none.

    Args:
        given: The values of the parameters.
        kinds: The kinds of the declared fields of the index.

    Raises:
        BadArgument: A condition has no field, or more than one range, or nothing on either side of one.
    """
    found: dict[str, list[Any]] = {}
    since, until = given["since"], given["until"]
    for text in given["where"]:
        name, colon, value = text.partition(":")
        if not colon or not name:
            raise BadArgument(f"where has {text[:80]!r}", "give FIELD:VALUE, such as author:…", argument="where")
        kind = "date" if name in _OF_DATES else kinds.get(name)
        found.setdefault(_OF_DATES.get(name, name), []).append(_range(text, value) if kind in _RANGES else value)
    if since or until:
        if "date" in found:
            raise BadArgument(
                "there are two conditions for the date", "give either since and until, or where", argument="since"
            )
        found["date"] = [(since or None, until or None)]
    return {name: _only(name, values) for name, values in found.items()} or None


def _range(text: str, value: str) -> str | tuple[str | None, str | None]:
    first, dots, last = value.partition(_RANGE)
    if not dots:
        return value
    if not first and not last:
        raise BadArgument(f"where has {text[:80]!r}", "give FIELD:FIRST..LAST", argument="where")
    return first or None, last or None


def _only(name: str, values: list[Any]) -> Any:
    if len(values) == 1:
        return values[0]
    if any(isinstance(value, tuple) for value in values):
        raise BadArgument(f"where has more than a range of {name[:80]}", "give one range", argument="where")
    return values
