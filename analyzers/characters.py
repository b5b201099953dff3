"""Character folding: one letter, one code point, whatever keyboard or PDF it came from.

Folding happens in two steps, so that offsets need no map at all:

1. `align` replaces each character by its folded one, one for one: the result has the length of
   the text, and an offset into it *is* an offset into the original text.
2. `squeeze` takes what is left over of a word: it drops the characters that carry nothing
   (vowel marks, tatweel, joiners) and expands the ligatures that stand for several letters.

`fold` is both. The table is `data/characters.tsv`, with the reason beside each group.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .data_tables import rows

_ARABIC_BLOCKS = (range(0x0600, 0x0700), range(0x0750, 0x0780), range(0x08A0, 0x0900))
_COMMON_BLOCKS = (range(0x100), range(0x0600, 0x0700), range(0x2000, 0x2070))
_COMBINING = 0x0300  # what combining marks align to that no row of the table names


class Aligned(dict[int, int]):
    """What characters align to: the rows of the table, and beyond them what Unicode says. A combining mark of any
    script aligns to one of the table's, since what `squeeze` drops must not part a word: ヷ may be written as ワ and
    a mark."""

    def __missing__(self, code: int) -> int:
        return _COMBINING if unicodedata.category(chr(code))[0] == "M" else code


class Characters(NamedTuple):
    """The compiled table. Mappings are those of `str.translate`; classes are the inside of a
    regular expression's `[...]`, over *aligned* text."""

    aligned: Aligned
    leftover: dict[int, str]
    letters: str
    marks: str
    joiners: str


def align(text: str) -> str:
    """Folds `text` one character for one: equal length, so offsets stay those of `text`."""
    return text.translate(characters().aligned)


def squeeze(aligned: str) -> str:
    """Drops marks and joiners from `aligned` text and expands its ligatures; letters beyond
    Arabic and ASCII lose case and accents (É and É both become e)."""
    if aligned.isascii():
        return aligned
    squeezed = aligned.translate(characters().leftover)
    return squeezed if _PLAIN.fullmatch(squeezed) else _caseless(squeezed)


def fold(text: str) -> str:
    """The folded form of `text`: what two spellings of one word share. Idempotent."""
    return squeeze(align(text))


# Text that `squeeze` has nothing more to do for: ASCII, the Arabic block and general punctuation.
_PLAIN = re.compile("[\x00-\x7f\u060c-\u06ff\u2010-\u2027\u00ab\u00bb]*")


def _caseless(text: str) -> str:
    """Unicode's compatibility caseless form without marks, for scripts the table does not know."""
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
    """Reads the table once."""
    aligned = Aligned({code: code + 32 for code in range(ord("A"), ord("Z") + 1)})
    leftover: dict[int, str] = {}
    marks: list[int] = []
    joiners: list[int] = []
    compat: list[int] = []
    for sources, target, _reason in rows("characters.tsv"):
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
    for block in _COMMON_BLOCKS:  # without further marks; found in the dictionary is found fast
        for code in block:
            aligned.setdefault(code, code)
    return Characters(aligned, leftover, _regex_class(letters + ligatures), _regex_class(marks), _regex_class(joiners))


def _codes(field: str) -> Iterator[int]:
    for item in field.split():
        first, _, last = item.partition("-")
        yield from range(int(first[2:], 16), int((last or first)[2:], 16) + 1)


def _regex_class(codes: list[int]) -> str:
    """Sorted runs of code points, as the inside of `[...]`."""
    parts: list[str] = []
    run: list[int] = []
    for code in [*sorted(codes), -1]:
        if run and code != run[-1] + 1:
            first, last = re.escape(chr(run[0])), re.escape(chr(run[-1]))
            parts.append(first if len(run) == 1 else f"{first}-{last}")
            run = []
        run.append(code)
    return "".join(parts)
