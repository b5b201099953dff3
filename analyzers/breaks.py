"""The marks inside and between the pieces of a word: half-spaces, spaces, soft hyphens, and the ی of an ezafe."""

import re
from functools import cache
from itertools import accumulate

from .characters import characters, squeeze

SOFT_HYPHEN, TATWEEL = "\u00ad", "\u0640"


@cache
def gap() -> re.Pattern[str]:
    """Return a pattern for what is between two words: spaces, joiners around them, and marks without a letter."""
    table = characters()
    return re.compile(f"[{table.joiners}]* [ {table.joiners}{table.marks}]*")


@cache
def soft_hyphens() -> re.Pattern[str]:
    """Return a pattern for soft hyphens that have no other joiners, such as half-spaces, beside them."""
    joiners = characters().joiners
    return re.compile(f"(?<![{joiners}]){SOFT_HYPHEN}+(?![{joiners}])")


def without_ezafe(surface: str, written: str) -> str:
    """Return the surface form of a word without the ی of an ezafe after ه: خانه‌ی is another spelling of خانهٔ.

    Without a half-space or a space it may be any ی: راهی, ماهی.
    """
    return surface[:-1] if surface.endswith("هی") and _ezafe().search(written) else surface


@cache
def _ezafe() -> re.Pattern[str]:
    """Return a pattern for a ی at the end of a word that a half-space or a space sets off."""
    table = characters()
    return re.compile(f"[ {table.joiners}][{table.joiners}{table.marks} ]*ی[{table.marks}]*$")


def tatweels(match: re.Match[str]) -> str:
    """Return tatweels, which mean nothing, in place of a match."""
    return TATWEEL * len(match[0])


def breaks(written: str) -> tuple[int, ...]:
    """Return where half-spaces and spaces stand in `written`, as offsets into its surface form."""
    *before, _last = (len(squeeze(match[0])) for match in without_breaks().finditer(written))
    return tuple(accumulate(before))


@cache
def without_breaks() -> re.Pattern[str]:
    """Return a pattern for runs of characters without half-spaces, other joiners and spaces."""
    return re.compile(rf"[^{characters().joiners}\s]+")
