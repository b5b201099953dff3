"""Addresses: what a URL, an e-mail address or a host is found by, as a whole and by its parts.

An address is found without its scheme and `www.`, by its host (isna.ir finds https://www.isna.ir/news), and by the
words of its host, its path and its query. Percent-encoded letters (%D8%AA) are decoded.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .characters import align, squeeze
from .data_tables import table_rows
from .tokenizer import patterns

_MOST_PARTS = 40

_ADDRESS = re.compile(r"(?:https?://)?(?:([^/?#@]*)@)?(?:www\.)?([^/?#:]*)(?::[0-9]+)?(.*)", re.DOTALL)
_ESCAPES = re.compile("(?:%[0-9a-f]{2})+")


class AddressPart(NamedTuple):
    """A part of an address.

    Attributes:
        text: The part, aligned and decoded.
        start: Its offset in characters into the address as written.
        end: Where it ends there.
        has_parts: True if parts that lie inside it follow, as the words of a host do.
    """

    text: str
    start: int
    end: int
    has_parts: bool = False


def address_parts(written: str) -> tuple[str, list[AddressPart]] | None:
    """Return an address as it is found as a whole, and its parts in order.

    Args:
        written: An aligned piece of text.

    Returns:
        None if the piece is no address.
    """
    match = _pattern().fullmatch(written) and _ADDRESS.fullmatch(written)
    if not match or not match[2].strip("."):
        return None
    parts = []
    text, offsets = _decoded(written)
    canonical = text[_place(offsets, match.start(1) if match[1] else match.start(2)) :]
    whole = squeeze(canonical).rstrip("/")
    if match[1]:
        parts += list(_words(match[1], match.start(1)))
    host = AddressPart(squeeze(match[2]), *match.span(2), has_parts=True)
    labels = list(_labels(match[2], match.start(2)))
    if [label.text for label in labels] == [host.text]:  # localhost
        host = labels.pop()
    if host.text != whole:
        parts.append(host)
    parts += labels
    rest = _place(offsets, match.start(3))
    for word in _words(text[rest:], 0):
        parts.append(word._replace(start=offsets[rest + word.start], end=offsets[rest + word.end]))
    return whole, parts[:_MOST_PARTS]


def _labels(host: str, start: int) -> Iterator[AddressPart]:
    """Yield the words of a host, without the labels that say only what kind of host it is."""
    labels = host.split(".")
    last, country, below = map(_domains().__getitem__, ("last", "country", "below"))
    if len(labels) > 1 and labels[-1] in last | country:
        is_country = labels.pop() in country
        if is_country and len(labels) > 1 and labels[-1] in below:
            labels.pop()
    yield from _words(".".join(labels), start)


def _words(text: str, start: int) -> Iterator[AddressPart]:
    """Yield the words of a part of an address that begins at `start`."""
    for match in _word().finditer(text):
        yield AddressPart(match[0], start + match.start(), start + match.end())


def _decoded(written: str) -> tuple[str, list[int]]:
    """Return an address with its percent-encoded letters decoded and aligned.

    Returns:
        The text; and for each of its characters, and its end, the offset into `written`.
    """
    chars: list[str] = []
    offsets: list[int] = []
    reached = 0
    for match in _ESCAPES.finditer(written):
        chars += written[reached : match.start()]
        offsets += range(reached, match.start())
        reached = match.start()
        # Bytes that are not UTF-8 become surrogates, one for each.
        for char in bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "surrogateescape"):
            end = reached + 3 * len(char.encode("utf-8", "surrogateescape"))
            if char.isalnum() or (char > "\x7f" and char.isprintable()) or char == "\u200c":
                chars.append(align(char))
                offsets.append(reached)
            else:
                chars += written[reached:end]
                offsets += range(reached, end)
            reached = end
    chars += written[reached:]
    offsets += range(reached, len(written) + 1)
    return "".join(chars), offsets


def _place(offsets: list[int], offset: int) -> int:
    """Return the place in a decoded text of an offset into the text as written."""
    return offsets.index(offset)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(patterns().address)


@cache
def _word() -> re.Pattern[str]:
    return re.compile(f"{patterns().persian}|{patterns().other}")


@cache
def _domains() -> dict[str, frozenset[str]]:
    """Return the rows of domains.tsv: from where a label may stand to the labels."""
    domains: dict[str, frozenset[str]] = {}
    for place, labels, _why in table_rows("domains.tsv"):
        domains[place] = domains.get(place, frozenset()) | frozenset(labels.split())
    return domains
