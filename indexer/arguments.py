"""Checks of the arguments that a program passes. Each raises BadArgument with the name of the argument and the fix."""

import math
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path

from .defaults import LEAST_KEY
from .errors import BadArgument

_SHOWN = 60  # characters of a wrong value in a message


def bad(name: str, value: object, fix: str) -> BadArgument:
    """Return the error for the argument `name`; `fix` completes "give …"."""
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return BadArgument(f"{name} cannot be {shown}", f"give {fix}", argument=name, value=value)


def check_integer(name: str, value: object, least: int, most: int | None = None) -> None:
    """Raise BadArgument unless `value` is an integer from `least` to `most`."""
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
    if not fits or (most is not None and value > most):  # type: ignore[operator]
        raise bad(
            name, value, f"an integer from {least} to {most}" if most is not None else f"an integer of {least} or more"
        )


def check_number(name: str, value: object) -> None:
    """Raise BadArgument unless `value` is a number of 0 or more; infinity is one."""
    if not isinstance(value, int | float) or isinstance(value, bool) or math.isnan(value) or value < 0:
        raise bad(name, value, "a number of 0 or more")


def check_text(name: str, value: object, *, empty: bool = True) -> None:
    """Raise BadArgument unless `value` is a string; with `empty` false, one with more than white space in it."""
    if not isinstance(value, str):
        raise bad(name, value, "a string")
    if not empty and not value.strip():
        raise bad(name, value, "a string that is not empty")


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise BadArgument unless `value` is one of `choices`."""
    if value not in choices:
        raise bad(name, value, f"one of {', '.join(map(repr, choices))}")


def check_instance(name: str, value: object, kind: type) -> None:
    """Raise BadArgument unless `value` is an instance of `kind`."""
    if not isinstance(value, kind):
        raise bad(name, value, f"a {kind.__name__} object")


def check_key(key: object) -> None:
    """Raise BadArgument unless `key` can be the key of an index, or is None. The error does not have the key."""
    if key is not None and not (isinstance(key, bytes) and len(key) >= LEAST_KEY):
        raise BadArgument(
            "key is not bytes, or too short", f"give {LEAST_KEY} bytes or more that nobody can guess", argument="key"
        )


def check_path(name: str, value: object) -> None:
    """Raise BadArgument unless `value` is a path: a string or a pathlib.Path."""
    if not isinstance(value, str | Path | PathLike) or not str(value) or "\0" in str(value):
        raise bad(name, value, "a path, as a string or a pathlib.Path")


def check_callable(name: str, value: object) -> None:
    """Raise BadArgument unless `value` can be called."""
    if not isinstance(value, Callable):  # type: ignore[arg-type]
        raise bad(name, value, "a function")


def check_texts(name: str, value: Iterable[str]) -> tuple[str, ...]:
    """Return the strings in `value`. Raise BadArgument if it is a single string, or holds anything but strings."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise bad(name, value, "a list of strings")
    values = tuple(value)
    for one in values:
        check_text(name, one)
    return values
