"""Tokens with marks inside: numbers in groups, names with a number, abbreviations with dots, percentages.

Marks that mean nothing are replaced by tatweels, which folding drops, one for one, so that offsets stay the same:
500/000 is read as 500000, f-35 as f35, ج.ا.ا as جاا.
"""

import re
from functools import cache
from typing import NamedTuple

from .characters import characters
from .tokenizer import patterns

_TATWEEL = "\u0640"
PERCENT = "درصد"
"""What a percent sign is read as."""

# Thousands are set off by commas, in Persian text also by slashes and points. A slash or point may be a decimal mark,
# too, so one group alone must be round (500/000, 12.500), and nothing begins with 0 (0/500). 1399/8/12 and 12/5 have no
# group of three.
_THOUSANDS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?=\.[0-9]|(?!\S))|[1-9][0-9]{0,2}(?:(?:/[0-9]{3}){2,}|(?:\.[0-9]{3}){2,}|[./][0-9]00"
    r"|(?:،[0-9]{3})+)(?![0-9./:,-])"
)
_PHONE = re.compile(r"(?:(?:\+|00)98[ -]?|98(?=9)|0)[1-9](?:[ -]?[0-9]){9}(?![-./:,]?[0-9])")
_COUNTRY_CODE = re.compile(r"(?:\+|00)?98[ -]?(?=[1-9])")
_LONG_NUMBER = re.compile(r"[0-9]+(?:-[0-9]+)+(?![0-9./:,-])")
_LONG = 10  # digits in groups that are one number: an ISBN, a card. Less may be a date: 1399-08-12
_YEARS = re.compile(r"[0-9]{4}(?:-[0-9]{4})*")
_CODED = re.compile(r"[a-z]{1,20}[-\u2010\u2011](?=[0-9]{1,6}[a-z]?(?![0-9a-z]))")
_NONE = re.compile("(?!)")
_GROUPS = re.compile("[0-9]+")
_PHONE_GROUPS = re.compile(rf"\A{_TATWEEL}+0{_TATWEEL}?[0-9]+|[0-9]+")
_LETTERS_OR_DIGITS = re.compile("[a-z]+|[0-9]+")
_PERCENT = re.compile(r"[0-9][0-9.,/]* ?%|%[0-9][0-9.,/]*")
_PERCENT_PARTS = re.compile("[0-9][0-9.,/]*|%")


class TypedToken(NamedTuple):
    """A piece of text with marks inside, as it is read.

    Attributes:
        written: The piece, as long as before, with tatweels for the marks that mean nothing.
        parts: A pattern for the parts, or None if the piece is divided as other words are.
    """

    written: str
    parts: re.Pattern[str] | None = None


def read_typed(written: str) -> TypedToken:
    """Return how an aligned piece of text with marks inside is read."""
    first = written[:1]
    if first > "\x7f":
        return TypedToken(_without_dots(written)) if "." in written else TypedToken(written)
    if first.isalpha():
        return _read_latin(written)
    if _PERCENT.fullmatch(written):
        return TypedToken(written, _PERCENT_PARTS)
    if _PHONE.match(written):
        written = _COUNTRY_CODE.sub(_domestic, written, 1)
        return TypedToken(re.sub("[ -](?=[0-9])", _TATWEEL, written), _PHONE_GROUPS)
    if (match := _THOUSANDS.match(written)) and not match[0].startswith("0"):
        return TypedToken(re.sub("[,./،](?=[0-9]{3}(?![0-9]))", _TATWEEL, match[0]) + written[match.end() :], _NONE)
    match = _LONG_NUMBER.match(written)
    if match and len(match[0].replace("-", "")) >= _LONG and not _YEARS.fullmatch(match[0]):
        return TypedToken(match[0].replace("-", _TATWEEL) + written[match.end() :], _GROUPS)
    return _with_parts_of_name(written)


def canonical(surface: str) -> str:
    """Return the surface form of a percentage with its sign last, as a number has it: %12 is 12%."""
    return f"{surface[1:]}%" if surface.startswith("%") else surface


def _read_latin(written: str) -> TypedToken:
    if written[1:2] == ".":
        return TypedToken(_without_dots(written))
    if match := _CODED.match(written):
        written = match[0][:-1] + _TATWEEL + written[match.end() :]
    return _with_parts_of_name(written)


def _with_parts_of_name(written: str) -> TypedToken:
    return TypedToken(written, _LETTERS_OR_DIGITS if _name_with_number().match(written) else None)


def _without_dots(written: str) -> str:
    """Return `written` with tatweels for the dots of an abbreviation at its beginning, and for what is around them."""
    match = _abbreviation().match(written)
    if not match:
        return written
    return _dots().sub(lambda dots: _TATWEEL * len(dots[0]), match[0]) + written[match.end() :]


def _domestic(match: re.Match[str]) -> str:
    """Return the 0 that a country code stands for, as long as the code."""
    code = match[0].rstrip(" -")
    return (_TATWEEL * (len(code) - 1) + "0").ljust(len(match[0]), _TATWEEL)


@cache
def _abbreviation() -> re.Pattern[str]:
    return re.compile(f"{patterns().persian_abbreviation}|{patterns().abbreviation}")


@cache
def _dots() -> re.Pattern[str]:
    return re.compile(f"[. {characters().joiners}]+")


@cache
def _name_with_number() -> re.Pattern[str]:
    """Return a pattern for a name with a number: iphone15, f35, 50cc, a320neo.

    A letter and a digit (b2, 4k) are too little to be parts.
    """
    hyphen = f"{_TATWEEL}?"
    names = (
        f"[a-z]{{2,20}}{hyphen}[0-9]{{1,6}}[a-z]?",
        f"[a-z]{hyphen}[0-9]{{2,6}}[a-z]?",
        "[0-9]{1,6}[a-z]{2,20}",
        "[a-z]{1,20}[0-9]{2,6}[a-z]{2,20}",
    )
    table = characters()
    return re.compile(rf"(?:{'|'.join(names)})(?![^\W{table.letters}]|[{table.marks}])")  # ها may follow
