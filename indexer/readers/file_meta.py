"""Metadata that readers of messages and articles give names of their own: writers, recipients, tags, addresses.

Properties and columns that the file itself names are the business of `own_metadata`.
"""

from collections.abc import Iterable

MAX_VALUE = 5_000
"""The most characters of a value that a file states; what is longer is text."""

MAX_TAGS = 200
"""The most values of a list, such as tags; what is beyond it is left out."""


def file_meta(**values: str | Iterable[str] | None) -> dict[str, str | tuple[str, ...]]:
    """Return those values that are not empty, each on one line and cut to `MAX_VALUE`; of a list, each value once."""
    kept: dict[str, str | tuple[str, ...]] = {}
    for name, value in values.items():
        if value is None or isinstance(value, str):
            if line := _line(value or ""):
                kept[name] = line
        elif lines := tuple(dict.fromkeys(filter(None, map(_line, value))))[:MAX_TAGS]:
            kept[name] = lines
    return kept


def _line(value: str) -> str:
    return " ".join(value.split())[:MAX_VALUE]
