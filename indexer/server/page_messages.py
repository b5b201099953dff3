"""The messages about queries in Persian. They are made in English, with words of the query in them."""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .page_words import Words

_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"[0-9][0-9,.]*")
_LONGEST = 500  # characters; a message with a longer query in it is left in English

_NUMBERS = ("count", "most", "number", "seconds", "year")


class Message(NamedTuple):
    """A message of the table.

    Attributes:
        english: The message in English, with `{names}` for what differs.
        persian: The same in Persian.
        pattern: What matches the message in English, with a group for each name.
    """

    english: str
    persian: str
    pattern: re.Pattern[str]


@cache
def messages() -> tuple[Message, ...]:
    """Return the messages, the longest in English first, since those with much of their own say most."""
    text = files(__package__).joinpath("page_messages.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found = [Message(english, persian, _pattern(english)) for english, persian in rows]
    return tuple(sorted(found, key=lambda message: -len(_PLACE.sub("", message.english))))


def _pattern(english: str) -> re.Pattern[str]:
    pieces = _PLACE.split(english)
    written = [f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)]
    return re.compile("".join(written), re.DOTALL)


def in_persian(message: str, words: Words) -> str | None:
    """Return a message in Persian; None if the table does not have it.

    Args:
        message: The message in English.
        words: The words of the page in Persian.
    """
    for one in messages() if len(message) <= _LONGEST else ():
        if match := one.pattern.fullmatch(message):
            values = {name: _value(name, value, words) for name, value in match.groupdict().items()}
            if None not in values.values():  # else another row may read it
                return one.persian.format_map(values)
    return None


def _value(name: str, value: str, words: Words) -> str | None:
    """Return what is put into a place of a message; None if it is a message that the table does not have."""
    if name == "message":
        return in_persian(value, words)
    return words.digits(value) if name in _NUMBERS and _NUMBER.fullmatch(value) else value
