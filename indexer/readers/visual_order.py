"""Text in visual order, as it is drawn, turned into logical order, in which it is read.

This reverses Unicode's bidirectional algorithm (UAX 9).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

# The classes of pieces, a letter for each. R, L: letters read from the right, from the left; D: Latin digits;
# P: Persian and Arabic digits; M: a mark that may stand between the digits of a number; S: space; T: the
# end of a table's cell; N: anything else.
_CLASSES = {"R": "R", "AL": "R", "L": "L", "EN": "D", "AN": "D", "CS": "M", "WS": "S", "S": "T"}

# The parts that are read from the left in a line that is read from the right: a number (1384/9/22), and Latin words
# with all that is between them. The patterns match the classes of the pieces from right to left, so a number that is
# read after Latin words (Windows 98) comes before them.
_NUMBER = re.compile(r"[DP](?:M?[DP])*")
# A number that stands to the left of Latin letters, without a space between them, is a part of the word (5G).
_LATIN = re.compile(
    r"(?:(?<!D)(?<!DM)D(?:M?D)*[NM]?S?|(?<!P)(?<!PM)P(?:M?P)*N)?L(?:[^RT]*L)?(?:[DP](?:M?[DP])*(?![DPM]))?"
)
_RIGHT = re.compile(r"R(?:[^LT]*R)?")

_MISPLACED_END = re.compile(r"\A([.!?؟،؛:]+)([ء-يپ-ۓ].*[^.!?؟،؛:\u2026\s])\Z")

_CLOSED_BY = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›"}
_OPENED_BY = {closing: opening for opening, closing in _CLOSED_BY.items()}
_BRACKET = re.compile(r"[()\[\]{}«»‹›]")
_AFTER_CLOSING = frozenset(" .,:;!?،؛؟…") | _OPENED_BY.keys()


def to_logical_order(pieces: Sequence[str], *, right_to_left: bool) -> list[str]:
    """Return the pieces of a line in logical order.

    Args:
        pieces: Characters, or several that belong together, from left to right.
        right_to_left: True if the line as a whole is read from the right.
    """
    line = list(pieces)
    if right_to_left:
        return _from_right(line)
    for match in _RIGHT.finditer("".join(map(_class, line))):
        line[slice(*match.span())] = _from_right(line[slice(*match.span())])
    return line


def numbers_from_right(pieces: Sequence[str]) -> list[str]:
    """Return the pieces of a line without letters in logical order, where lines are read from the right.

    Signs at the ends change sides, so that a bracket which is seen on the left closes.
    """
    found: list[str] = []
    for is_space, part in groupby(reversed(pieces), key=str.isspace):
        word = list(part)[::-1]
        digits = [number for number, piece in enumerate(word) if _class(piece) in "DP"]
        if is_space or not digits:
            found += reversed(word)
        else:
            start, end = digits[0], digits[-1] + 1
            found += [*reversed(word[end:]), *word[start:end], *reversed(word[:start])]
    return found


def with_end_in_place(line: str) -> str:
    """Return a line of Persian with its full stop at the end; programs that take it for Latin put it first."""
    match = _MISPLACED_END.match(line)
    return f"{match[2]}{match[1]}" if match else line


def orient_brackets(line: str) -> str:
    """Return `line` with brackets and quotation marks turned by the spaces beside them.

    They open after a space and close before one. Some PDFs hold the sign as it is drawn, others the one that is meant,
    and nothing tells which of the two a file holds.
    """
    if not _BRACKET.search(line):
        return line
    turned = list(line)
    inside = 0
    for match in _BRACKET.finditer(line):
        at, sign = match.start(), match[0]
        may_open = at == 0 or turned[at - 1] == " " or turned[at - 1] in _CLOSED_BY
        may_close = at + 1 == len(line) or line[at + 1] in _AFTER_CLOSING
        opens = sign in _CLOSED_BY if may_open and may_close else may_open or not (may_close or inside)
        turned[at] = _OPENED_BY.get(sign, sign) if opens else _CLOSED_BY.get(sign, sign)
        inside = inside + 1 if opens else max(0, inside - 1)
    return "".join(turned)


def _from_right(line: list[str]) -> list[str]:
    """Return a line that is read from the right in logical order."""
    line = line[::-1]
    classes = "".join(map(_class, line))
    done = 0
    for latin in _LATIN.finditer(classes):
        start, end = _with_bracket(line, *latin.span())
        _reverse_numbers(line, classes, done, start)
        line[start:end] = line[start:end][::-1]
        done = end
    _reverse_numbers(line, classes, done, len(line))
    return line


def _reverse_numbers(line: list[str], classes: str, start: int, end: int) -> None:
    """Put the digits of the numbers in a part of the line in their own order."""
    for number in _NUMBER.finditer(classes, start, end):
        line[slice(*number.span())] = line[slice(*number.span())][::-1]


def _with_bracket(line: list[str], start: int, end: int) -> tuple[int, int]:
    """Return the span of Latin words together with the bracket at their end, if it is one of a pair: f(x)."""
    unpaired = sum(piece in _CLOSED_BY or piece in _OPENED_BY for piece in line[start:end]) % 2
    return (start - 1 if unpaired and start and _BRACKET.fullmatch(line[start - 1]) else start), end


@lru_cache(1 << 12)
def _class(piece: str) -> str:
    """Return the letter for the class of a piece."""
    kind = _CLASSES.get(unicodedata.bidirectional(piece[:1]), "N")
    return "P" if kind == "D" and piece[0] > "\u0600" else kind
