"""Metadata that a file states beside title and date, as `Document.meta` takes it: cleaned, and within its limits.

What is beyond a limit is left out, and a line says so.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ..errors import BadInput
from ..meta import MAX_FIELDS, MAX_NAME, MAX_SIZE, MAX_VALUES, MetaValue
from ..surrogates import well_formed
from .source import Item

_LIST_MARKS = (";", "؛", "\n", "،", ",")
_NUMBER_BITS = 63


class OwnMetadata(NamedTuple):
    """Metadata that was read.

    Attributes:
        values: The values by name.
        left_out: What was left out, and why, in words that follow the name of the file; None if nothing was.
    """

    values: dict[str, MetaValue]
    left_out: str | None = None


def own_metadata(stated: Mapping[str, object]) -> OwnMetadata:
    """Return the metadata that a file states.

    Args:
        stated: Values of any type by name. Blank ones are no metadata. Of a list, texts and numbers are kept, and
            anything else is kept as JSON.
    """
    values: dict[str, MetaValue] = {}
    left_out: list[str] = []
    size = 2
    for given, value in stated.items():
        kept, name = _value(value), well_formed(given.strip())
        if kept is None or not name:
            continue
        own = len(json.dumps([name, kept], ensure_ascii=False).encode()) + 4
        too_many = isinstance(kept, tuple) and len(kept) > MAX_VALUES
        if len(name) > MAX_NAME or size + own > MAX_SIZE or len(values) >= MAX_FIELDS or too_many:
            left_out.append(name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…")
            continue
        size += own
        values[name] = kept
    if not left_out:
        return OwnMetadata(values)
    more = f" and {len(left_out) - 3:,} more" if len(left_out) > 3 else ""
    return OwnMetadata(
        values,
        f"metadata that is too much is left out: {', '.join(left_out[:3])}{more} (a document may have {MAX_FIELDS} "
        f"names of {MAX_NAME} characters, lists of {MAX_VALUES:,} values, and {MAX_SIZE >> 10} kB in all)",
    )


def _value(value: object) -> MetaValue | None:
    """Return a value as metadata has it; None if it is blank."""
    if isinstance(value, str):
        return well_formed(value.strip()) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _NUMBER_BITS else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        texts = [_text(one) for one in value]
        return tuple([text for text in texts if text]) or None
    return None if value in (None, {}) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return well_formed(value.strip())
    return "" if value is None else well_formed(json.dumps(value, ensure_ascii=False))


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a list in a text, as of keywords, by the first mark of `;`, lines and commas that it has."""
    mark = next((mark for mark in _LIST_MARKS if mark in text), None)
    parts = text.split(mark) if mark else [text]
    return tuple([part for part in (" ".join(part.split()) for part in parts) if part])


def one_or_all(values: Iterable[str]) -> str | tuple[str, ...]:
    """Return a single value as it is, and several as a tuple, each once; an empty text if there are none."""
    found = tuple(dict.fromkeys(text for text in (" ".join(value.split()) for value in values) if text))
    return found[0] if len(found) == 1 else found or ""


def with_metadata(item: Item, stated: Mapping[str, object]) -> Iterator[Item]:
    """Yield a document with the metadata that its file states, and an error before it if some of it is left out.

    Args:
        item: The document; an error is yielded as it is.
        stated: As for `own_metadata`.
    """
    if isinstance(item, BadInput):
        yield item
        return
    meta, left_out = own_metadata(stated)
    if left_out:
        yield BadInput(f"{item.key}: {left_out}")
    yield replace(item, meta=meta) if meta else item
