"""Keyboard layouts: neighbouring keys, and text that was typed in the wrong layout."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path

from ...analyzers.data_tables import table_rows

DATA = Path(__file__).parent.parent / "data"

_LATIN, _PERSIAN = re.compile(r"[a-zA-Z]"), re.compile(r"[\u0620-\u064a\u066e-\u06d3]")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_OPERATORS = ("AND", "OR", "NOT")

# Letters of the Persian layout that are typed with the shift key, by the Latin letter on the same key.
_SHIFTED = {"C": "ژ", "H": "آ", "M": "ئ", "?": "؟", "G": "ۀ", "V": "ؤ"}


@cache
def _key_rows() -> list[list[str]]:
    return list(table_rows("keyboard.tsv", DATA))


@cache
def _layouts() -> tuple[dict[int, str], dict[int, str]]:
    """Return the translations from the Latin layout to the Persian one, and back."""
    to_persian: dict[int, str] = {}
    to_latin: dict[int, str] = {}
    for latin, persian in _key_rows():
        for key, letter in zip(latin, persian, strict=True):
            to_persian[ord(key)] = letter
            to_persian.setdefault(ord(key.upper()), letter)
            to_latin.setdefault(ord(letter), key)
    to_persian |= {ord(key): letter for key, letter in _SHIFTED.items()}
    return to_persian, to_latin


@cache
def neighbouring_letters() -> frozenset[tuple[str, str]]:
    """Return the pairs, both ways, of Persian letters whose keys touch, in one row or in two."""
    places: dict[tuple[int, int], str] = {}
    for row, (_, persian) in enumerate(_key_rows()[:3]):
        places |= {(row, column): letter for column, letter in enumerate(persian)}
    around = [(0, 1), (0, -1), (1, 0), (1, -1), (-1, 0), (-1, 1)]
    return frozenset(
        (letter, places[row + down, column + right])
        for (row, column), letter in places.items()
        for down, right in around
        if (row + down, column + right) in places
    )


def in_other_layout(text: str) -> Iterator[str]:
    """Yield what the same keys type in the other layout, likeliest first; nothing for a text with letters of both."""
    to_persian, to_latin = _layouts()
    has_latin, has_persian = _LATIN.search(text), _PERSIAN.search(text)
    if has_latin and not has_persian:
        yield text.translate(to_persian)
        if text.lower() != text:  # because of caps lock, or a capital letter out of habit
            yield text.lower().translate(to_persian)
    elif has_persian and not has_latin:
        typed = text.replace("\u0644\u0627", "gh").translate(to_latin)
        yield typed
        if "gh" in typed:  # some layouts have a key of its own for لا
            yield typed.replace("gh", "b")


def layout_corrected(text: str, is_known: Callable[[str], bool]) -> str | None:
    """Return a text as it reads in the other layout, if that makes all its words known ones.

    Args:
        text: The text. Its numbers and operators stay as they are.
        is_known: Returns True if a word is in the index.

    Returns:
        The other text; None if any word is known as it was typed, or any would be unknown in the other layout.
    """
    pieces = re.split(r"(\s+|\b(?:AND|OR|NOT)\b)", text)
    words = [place for place, piece in enumerate(pieces) if _LETTER.search(piece) and piece not in _OPERATORS]
    if not words or any(is_known(pieces[place]) for place in words):
        return None
    for others in zip_longest(*[list(in_other_layout(pieces[place])) for place in words]):
        corrected = list(pieces)
        for place, other in zip(words, others, strict=True):
            corrected[place] = other or next(in_other_layout(pieces[place]), pieces[place])
        if all(_is_reading(pieces[place], corrected[place]) and is_known(corrected[place]) for place in words):
            return "".join(corrected)
    return None


def _is_reading(typed: str, other: str) -> bool:
    """Return True if the other layout makes a word of what was typed.

    All letters stay letters, of one script and without digits: neither آn; for آدک nor زخرهی19 for covid19 is a word.
    """
    if len(_LETTER.findall(other)) < len(_LETTER.findall(typed)) or _DIGIT.search(other):
        return False
    return not (_LATIN.search(other) and _PERSIAN.search(other))
