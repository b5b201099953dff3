"""Stored values as JSON, and back, with the types that JSON does not have.

Stock Whoosh pickles them, and whoever reads a pickle runs what it says. Here, a value that JSON does not have becomes
an object with its type and its content as text or a list, such as `{"whoosh:type": "date", "value": "2021-03-21"}`.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

_TYPE = "whoosh:type"
_VALUE = "value"

_PLAIN = frozenset({str, int, float, bool, type(None)})

_MAX_DEPTH = 200
"""How many lists and mappings may be within one another: less than Python's own limit, at which JSON fails."""


class UnstorableValue(ValueError):
    """A value is of a type that cannot be stored."""


def encode(value: Any, depth: int = 0) -> Any:
    """Return `value` as JSON has it: text, numbers, True, False, None, lists, and mappings with text as keys.

    Raises:
        UnstorableValue: If there is a value of another type in it, or it is too deep.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if depth > _MAX_DEPTH:
        raise UnstorableValue(f"lists and mappings are more than {_MAX_DEPTH} deep")
    if kind is list:
        return [encode(part, depth + 1) for part in value]
    if kind is dict and _TYPE not in value and all(type(key) is str for key in value):
        return {key: encode(part, depth + 1) for key, part in value.items()}
    if kind in _ENCODERS:
        name, encoder = _ENCODERS[kind]
        return {_TYPE: name, _VALUE: encode(encoder(value), depth + 1)}
    for base in (bool, int, float, str):  # an enumeration, or a number of NumPy that is also a float
        if isinstance(value, base):
            return base(value)
    raise UnstorableValue(
        f"a value of the type {kind.__name__} can't be stored: give text, a number, a date or time, bytes, or a list "
        "or mapping of these"
    )


def is_plain(value: Any) -> bool:
    """Return True if JSON has the value as it is, without `encode`."""
    return type(value) in _PLAIN


def decode(value: Any) -> Any:
    """Return the value of which `encode` made `value`.

    Raises:
        ValueError: If a value does not have the content that its type needs.
    """
    if type(value) is list:
        return [decode(part) for part in value]
    if type(value) is not dict:
        return value
    decoder = _DECODERS.get(str(value[_TYPE])) if value.keys() == {_TYPE, _VALUE} else None
    if decoder is None:
        return {key: decode(part) for key, part in value.items()}
    try:
        return decoder(decode(value[_VALUE]))
    except (TypeError, AttributeError, InvalidOperation, OverflowError) as error:
        raise ValueError(f"{value[_TYPE]}: {error}") from error


def _clock(value: datetime | time) -> str | list[str]:
    """Return a time as ISO has it; one that is the second of its name in a day is within a list."""
    text = value.isoformat()
    return [text] if value.fold else text


def _unfolded(kind: type[datetime] | type[time], text: str | list[str]) -> datetime | time:
    if isinstance(text, list):
        (only,) = text
        return kind.fromisoformat(only).replace(fold=1)
    return kind.fromisoformat(text)


def _time_parts(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _text_of_bytes(value: bytes) -> str:
    return b64encode(value).decode()


def _bytes_of_text(value: str) -> bytes:
    return b64decode(value, validate=True)


_ENCODERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    datetime: ("datetime", _clock),
    date: ("date", date.isoformat),
    time: ("time", _clock),
    timedelta: ("timedelta", _time_parts),
    Decimal: ("decimal", str),
    UUID: ("uuid", str),
    bytes: ("bytes", _text_of_bytes),
    bytearray: ("bytearray", _text_of_bytes),
    tuple: ("tuple", list),
    set: ("set", lambda value: sorted(value, key=repr)),
    frozenset: ("frozenset", lambda value: sorted(value, key=repr)),
    dict: ("dict", lambda value: [list(item) for item in value.items()]),
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "datetime": lambda text: _unfolded(datetime, text),
    "date": date.fromisoformat,
    "time": lambda text: _unfolded(time, text),
    "timedelta": lambda parts: timedelta(*parts),
    "decimal": Decimal,
    "uuid": UUID,
    "bytes": _bytes_of_text,
    "bytearray": lambda text: bytearray(_bytes_of_text(text)),
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
}
