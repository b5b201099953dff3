"""Keys: which letters lie beside one another, and what was meant by one who typed in the wrong layout."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path

from ...analyzers.data_tables import table_rows

DATA = Path(__file__).parent.parent / "data"

_LATIN, _PERSIAN = re.compile(r"[a-zA-Z]"), re.compile(r"[\u0620-\u064a\u066e-\u06d3]")
_LETTER = re.compile(r"[^\W\d_]")
_OPERATORS = ("AND", "OR", "NOT")

_SHIFTED = {"C": "ژ", "H": "آ", "M": "ئ", "<": "", ">": "", "?": "؟", "G": "ۀ", "V": "ؤ"}


@cache
def _rows() -> list[list[str]]:
    return list(table_rows("keyboard.tsv", DATA))


@cache
def _layouts() -> tuple[dict[int, str], dict[int, str]]:
    """From Latin to Persian, and back."""
    to_persian: dict[int, str] = {}
    to_latin: dict[int, str] = {}
    for latin, persian in _rows():
        for key, letter in zip(latin, persian, strict=True):
            to_persian[ord(key)] = letter
            to_persian.setdefault(ord(key.upper()), letter)
            to_latin.setdefault(ord(letter), key)
    to_persian |= {ord(key): letter for key, letter in _SHIFTED.items() if letter}
    return to_persian, to_latin


@cache
def neighbours() -> frozenset[tuple[str, str]]:
    """Pairs of Persian letters, both ways, whose keys are next to one another in a row or between two."""
    places: dict[tuple[int, int], str] = {}
    for row, (_, persian) in enumerate(_rows()[:3]):
        places |= {(row, column): letter for column, letter in enumerate(persian)}
    around = [(0, 1), (0, -1), (1, 0), (1, -1), (-1, 0), (-1, 1)]
    return frozenset(
        (letter, places[row + down, column + right])
        for (row, column), letter in places.items()
        for down, right in around
        if (row + down, column + right) in places
    )


def other_layouts(text: str) -> Iterator[str]:
    """What the keys that gave `text` give in the other layout, if it is written in one alone; likeliest first."""
    to_persian, to_latin = _layouts()
    latin, persian = _LATIN.search(text), _PERSIAN.search(text)
    if latin and not persian:
        yield text.translate(to_persian)
        if text.lower() != text:  # caps lock, or a capital by habit
            yield text.lower().translate(to_persian)
    elif persian and not latin:
        typed = text.replace("\u0644\u0627", "gh").translate(to_latin)
        yield typed
        if "gh" in typed:  # some layouts give لا by one key
            yield typed.replace("gh", "b")


def meant(text: str, known: Callable[[str], bool]) -> str | None:
    """`text` as it would read in the other layout, if all its words are `known` then and none is now; numbers and
    operators stay as they are."""
    pieces = re.split(r"(\s+|\b(?:AND|OR|NOT)\b)", text)
    words = [place for place, piece in enumerate(pieces) if _LETTER.search(piece) and piece not in _OPERATORS]
    if not words or any(known(pieces[place]) for place in words):
        return None
    for others in zip_longest(*[list(other_layouts(pieces[place])) for place in words]):
        turned = list(pieces)
        for place, other in zip(words, others, strict=True):
            turned[place] = other or next(other_layouts(pieces[place]), pieces[place])
        if all(known(turned[place]) for place in words):
            return "".join(turned)
    return None
