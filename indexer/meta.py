"""Own metadata of a document: what a program or a file states of it beyond its text, title and date.

Values are strings, numbers, True and False, and lists of strings. Their size is limited, since all of it is stored and
returned with each hit.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from .arguments import bad
from .errors import BadArgument
from .surrogates import well_formed

MetaValue = str | int | float | bool | tuple[str, ...]
"""A value of metadata. A list of strings is a tuple."""

Meta = Mapping[str, MetaValue]
"""Metadata by name."""

MAX_FIELDS = 200
"""The greatest number of names that the metadata of a document may have."""

MAX_NAME = 100
"""The greatest length of a name, in characters."""

MAX_VALUES = 1_000
"""The greatest number of strings in a list."""

MAX_SIZE = 1 << 16
"""The greatest size of the metadata of a document, in bytes of JSON."""

_MAX_INTEGER = (1 << 63) - 1


def checked_meta(value: object, name: str = "meta") -> dict[str, MetaValue]:
    """Return metadata as Jooya keeps it: lists as tuples, and lone surrogates replaced by U+FFFD.

    Args:
        value: The metadata as a program gave it.
        name: The name of the argument, for the error.

    Raises:
        BadArgument: It is no mapping of names to values of these types, or exceeds a limit.
    """
    if not isinstance(value, Mapping):
        raise bad(name, value, 'a mapping of names to values, such as {"author": "…"}')
    found: dict[str, MetaValue] = {}
    if not value:
        return found
    for key, one in value.items():
        if not isinstance(key, str) or not key.strip():
            raise bad(f"a name in {name}", key, "a string that is not empty")
        found[well_formed(key)] = _checked_value(f"{name}[{key!r}]" if len(key) <= MAX_NAME else name, one)
    if problem := beyond_limit(found):
        raise BadArgument(f"{name} {problem}", "keep what is long in the text", argument=name)
    return found


def beyond_limit(meta: Meta) -> str | None:
    """Return which limit metadata exceeds, in words that follow its name; None if it exceeds none."""
    if len(meta) > MAX_FIELDS:
        return f"has {len(meta):,} names; at most {MAX_FIELDS:,} are kept"
    for name, value in meta.items():
        if len(name) > MAX_NAME:
            return f"has a name of {len(name):,} characters; at most {MAX_NAME:,} are kept"
        if isinstance(value, tuple) and len(value) > MAX_VALUES:
            return f"has {len(value):,} values of {name!r}; at most {MAX_VALUES:,} are kept"
    size = len(json.dumps(meta, ensure_ascii=False).encode())
    return f"takes {size:,} bytes; at most {MAX_SIZE:,} are kept" if size > MAX_SIZE else None


def json_form(meta: Meta) -> dict[str, Any]:
    """Return metadata as JSON has it, with lists in place of tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in meta.items()}


def meta_from_json(value: Any) -> dict[str, MetaValue] | None:
    """Return metadata that was read from JSON; None if it is no metadata that `checked_meta` could have returned."""
    try:
        return checked_meta(value)
    except BadArgument:
        return None


def _checked_value(name: str, value: object) -> MetaValue:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _MAX_INTEGER):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple([well_formed(one) for one in value])
    raise bad(name, value, "a string, a finite number of at most 64 bits, True, False, or a list of strings")
