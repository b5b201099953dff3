"""Metadata of documents as files state it: authors, subjects, tags, addresses."""

import json
import re
from collections.abc import Iterable

from ..meta import MAX_FIELDS, MAX_NAME, MAX_SIZE, MAX_VALUES, MetaValue

MAX_VALUE = 5_000
"""The most characters of a value that a file states; what is longer is text."""

MAX_TAGS = 200
"""The most tags of a document."""

_BETWEEN_TAGS = re.compile(r"[,;،؛\n|]")


def file_meta(**values: str | Iterable[str] | None) -> dict[str, str | tuple[str, ...]]:
    """Return those values that are not empty, each on one line and as long as metadata may be."""
    kept: dict[str, str | tuple[str, ...]] = {}
    for name, value in values.items():
        if value is None or isinstance(value, str):
            if line := _line(value or ""):
                kept[name] = line
        elif lines := tuple(dict.fromkeys(filter(None, map(_line, value))))[:MAX_TAGS]:
            kept[name] = lines
    return kept


def split_tags(text: str) -> list[str]:
    """Return the tags that are written in one text, with commas or semicolons between them."""
    return [tag for tag in map(str.strip, _BETWEEN_TAGS.split(text)) if tag]


def fitting_meta(
    values: Iterable[tuple[str, MetaValue | list[str]]],
) -> tuple[dict[str, MetaValue], list[str]]:
    """Return the first values that metadata may have together, and the names of those that are beyond its limits."""
    kept: dict[str, MetaValue] = {}
    left_out: list[str] = []
    size = 2
    for name, value in values:
        takes = len(json.dumps([name, value], ensure_ascii=False).encode("utf-8", "replace")) + 2
        too_many = isinstance(value, list | tuple) and len(value) > MAX_VALUES
        is_long = isinstance(value, int) and abs(value) >= 1 << 63
        if size + takes > MAX_SIZE or len(kept) >= MAX_FIELDS or len(name) > MAX_NAME or too_many or is_long:
            left_out.append(name)
        else:
            kept[name] = tuple(value) if isinstance(value, list) else value
            size += takes
    return kept, left_out


def _line(value: str) -> str:
    return " ".join(value.split())[:MAX_VALUE]
