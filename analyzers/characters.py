"""Character folding: each letter becomes one code point, whatever keyboard or PDF it came from.

Folding happens in two steps, so that offsets need no map at all:

1. `align` replaces each character by another one. The result is as long as the text, and an offset into it *is* an
   offset into the original text.
2. `squeeze` does the rest to a word: it drops the characters that carry nothing (vowel marks, tatweel, joiners) and
   expands the ligatures that stand for several letters.

`fold` does both. The table is `data/characters.tsv`, with the reason for each group.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .data_tables import table_rows

_ARABIC_BLOCKS = (range(0x0600, 0x0700), range(0x0750, 0x0780), range(0x08A0, 0x0900))
_COMMON_BLOCKS = (range(0x100), range(0x0600, 0x0700), range(0x2000, 0x2070))
_COMBINING = 0x0300  # the mark to which all combining marks that are not in the table are aligned


class Aligned(dict[int, int]):
    """The mapping of `align`, from code point to code point: the rows of the table, and beyond them what Unicode says.

    A combining mark of any script is aligned to one of the table's, since what `squeeze` drops must not divide a word:
    ヷ may be written as ワ and a mark.
    """

    def __missing__(self, code: int) -> int:
        return _COMBINING if unicodedata.category(chr(code))[0] == "M" else code


class Characters(NamedTuple):
    """The table, compiled. Mappings are for `str.translate`, classes are the inside of `[...]` in a regular expression.

    Attributes:
        aligned: the mapping of `align`.
        leftover: the mapping of `squeeze`, of characters that are dropped or become several.
        letters: the class of the letters in aligned text.
        marks: the class of the marks in aligned text, which belong to the letter before them.
        joiners: the class of half-spaces and other characters in aligned text that join letters.
    """

    aligned: Aligned
    leftover: dict[int, str]
    letters: str
    marks: str
    joiners: str


def align(text: str) -> str:
    """Return `text` folded one character for one: its length and all offsets stay the same."""
    return text.translate(characters().aligned)


def squeeze(aligned: str) -> str:
    """Return aligned text without marks and joiners, and with its ligatures expanded.

    Letters beyond Arabic and ASCII lose case and accents: É becomes e, as one character and as two.
    """
    if aligned.isascii():
        return aligned
    squeezed = aligned.translate(characters().leftover)
    return squeezed if _PLAIN.fullmatch(squeezed) else _caseless(squeezed)


def fold(text: str) -> str:
    """Return the folded form of `text`, which two spellings of one word share. Folding again changes nothing."""
    return squeeze(align(text))


def fold_alone(char: str) -> str | None:
    """Return the folded form of a character that has the same one in any text without scripts beyond the table.

    Returns:
        None for any other character. A text that has none of these is folded character by character.
    """
    squeezed = align(char).translate(characters().leftover)
    return squeezed if _PLAIN.fullmatch(squeezed) else None


# Text that needs nothing but the table: ASCII, the Arabic block and general punctuation.
_PLAIN = re.compile("[\x00-\x7f\u060c-\u06ff\u2010-\u2027\u00ab\u00bb]*")


def _caseless(text: str) -> str:
    """Return Unicode's compatibility caseless form without marks, for scripts that are not in the table."""
    table = characters()
    while True:
        form = _unmarked(_unmarked(text).casefold())  # marks go first: the iota below of ᾳ would become a letter
        form = form.translate(table.aligned).translate(table.leftover)
        if form == text:
            return form
        text = form


def _unmarked(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != "M")


@cache
def characters() -> Characters:
    """Return the compiled table. It is read once."""
    aligned = Aligned({code: code + 32 for code in range(ord("A"), ord("Z") + 1)})
    leftover: dict[int, str] = {}
    marks: list[int] = []
    joiners: list[int] = []
    compat: list[int] = []
    for sources, target, _reason in table_rows("characters.tsv"):
        codes = list(_codes(sources))
        if target == "drop":
            marks += codes
        elif target == "join":
            joiners += codes
        elif target == "space":
            aligned.update(dict.fromkeys(codes, 0x20))
        elif target == "compat":
            compat += codes
        else:
            aligned.update(dict.fromkeys(codes, int(target[2:], 16)))
    leftover.update(dict.fromkeys(marks + joiners, ""))
    aligned.update({code: code for code in leftover})

    ligatures: list[int] = []
    for code in compat:
        form = unicodedata.normalize("NFKD", chr(code)).strip()
        form = form.translate(aligned).translate(leftover)
        if len(form) == 1 and form != chr(code):
            aligned[code] = ord(form)
        elif not form:  # a mark on a space or a tatweel
            leftover[code] = ""
            marks.append(code)
        elif len(form) > 1:
            leftover[code] = form
            ligatures.append(code)

    letters = [
        code
        for block in _ARABIC_BLOCKS
        for code in block
        if unicodedata.category(chr(code))[0] == "L" and code not in aligned
    ]
    for block in _COMMON_BLOCKS:  # they hold no further marks; what the dictionary has is found fast
        for code in block:
            aligned.setdefault(code, code)
    return Characters(aligned, leftover, _regex_class(letters + ligatures), _regex_class(marks), _regex_class(joiners))


def _codes(field: str) -> Iterator[int]:
    """Yield the code points of a field: `U+0643 U+064B-U+065F`."""
    for item in field.split():
        first, _, last = item.partition("-")
        yield from range(int(first[2:], 16), int((last or first)[2:], 16) + 1)


def _regex_class(codes: list[int]) -> str:
    """Return code points as the inside of a regular expression's `[...]`: sorted, in ranges."""
    parts: list[str] = []
    run: list[int] = []
    for code in [*sorted(codes), -1]:
        if run and code != run[-1] + 1:
            first, last = re.escape(chr(run[0])), re.escape(chr(run[-1]))
            parts.append(first if len(run) == 1 else f"{first}-{last}")
            run = []
        run.append(code)
    return "".join(parts)
