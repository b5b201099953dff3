"""Persian text for terminals that write every character from left to right and do not join letters.

Lines are broken, letters are shaped, and characters are put in visual order here. The order is that of Unicode's
bidirectional algorithm (UAX 9), by python-bidi; the shaping is that of arabic-reshaper.
"""

import re
import unicodedata
from itertools import groupby

from arabic_reshaper import ArabicReshaper
from bidi import algorithm

from ..limits import check

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_RESET = "\x1b[0m"


def visual(text: str, width: int) -> str:
    """Return `text`, which may hold ANSI colours, in visual order.

    Lines are at most `width` characters long, apart from words longer than that. Lines that begin with Persian are
    aligned to the right.
    """
    return "\n".join(row for line in text.split("\n") for row in _rows(line, width))


def _rows(line: str, width: int) -> list[str]:
    styles = [""]
    cells: list[tuple[str, int]] = []
    for piece in re.split(rf"({_STYLE.pattern})", line):
        if not _STYLE.fullmatch(piece):
            cells += [(char, len(styles) - 1) for char in piece]
        elif piece == _RESET:
            styles.append("")
        else:
            styles.append(styles[-1] + piece)
    right = next(
        (kind != "L" for char, _ in cells if (kind := unicodedata.bidirectional(char)) in ("L", "R", "AL")), False
    )
    rows = []
    for row in _wrapped(cells, width):
        check()
        shown, size = _reordered(row, styles, right)
        rows.append(" " * (width - size) * right + shown)
    return rows


def _wrapped(cells: list[tuple[str, int]], width: int) -> list[list[tuple[str, int]]]:
    """Return the cells in rows, broken at spaces."""
    rows: list[list[tuple[str, int]]] = [[]]
    for space, group in groupby(cells, key=lambda cell: cell[0] == " "):
        word = list(group)
        if not space and rows[-1] and len(rows[-1]) + len(word) > width:
            while rows[-1] and rows[-1][-1][0] == " ":
                rows[-1].pop()
            rows.append([])
        rows[-1] += word
    return rows


def _reordered(row: list[tuple[str, int]], styles: list[str], right: bool) -> tuple[str, int]:
    """Return a row in visual order, and its width in characters."""
    reshape = ArabicReshaper({"support_zwj": True}).reshape
    shaped = [
        (char, style)
        for style, group in groupby(row, key=lambda cell: cell[1])
        for char in reshape("".join(char for char, _ in group)).replace("\u200c", "")
    ]
    # The steps of the algorithm are called one by one, so that each character keeps its style.
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = (1, "R") if right else (0, "L")
    algorithm.get_embedding_levels("".join(char for char, _ in shaped), storage)
    for cell, (_, style) in zip(storage["chars"], shaped, strict=True):
        cell["style"] = styles[style]
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    algorithm.reorder_resolved_levels(storage, False)
    algorithm.apply_mirroring(storage, False)
    shown = "".join(
        f"{style}{text}{_RESET}" if style else text
        for style, group in groupby(storage["chars"], key=lambda cell: cell["style"])
        for text in ["".join(cell["ch"] for cell in group)]
    )
    return shown, len(storage["chars"])
