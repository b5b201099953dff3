"""Glyphs that are drawn for one letter: its dots, its marks, a part of its stroke.

A Unicode map gives the letter to one of them, or to each of them, and no letters to the others.
"""

from collections.abc import Iterable
from itertools import groupby
from unicodedata import bidirectional, combining

from .pdf_glyphs import Glyph
from .pdf_stream import UNREADABLE

_COVERED = 0.6  # share of the narrower glyph that the other one covers
_DOTS_COVERED = 0.5  # the same for a letter and its dots
_MOST_RAISED = 0.7  # sizes of the font; what is farther away is on another line
_TOUCHED = 0.1  # the same for a letter and its mark, which may be beside it
_RAISED = 0.02  # sizes of the font; dots and marks are that much above or below their letter


def joined_clusters(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Return the glyphs in the order of drawing, with one glyph for those that are drawn for one letter."""
    found: list[Glyph] = []
    for glyph in glyphs:
        if _is_between(found, glyph):
            found.pop()
        last = found[-1] if found else None
        if last and _is_one_letter(last, glyph):
            found[-1] = _joined(last, glyph)
        else:
            found.append(glyph)
    return _with_strokes_in_order(found)


def _is_between(found: list[Glyph], glyph: Glyph) -> bool:
    """Return True if the last glyph found has no picture, and is drawn between a letter and its dots."""
    if len(found) < 2 or found[-1].text != " " or found[-1].left != found[-1].right:
        return False
    return found[-2].text == glyph.text and _is_one_letter(found[-2], glyph)


def _with_strokes_in_order(glyphs: list[Glyph]) -> list[Glyph]:
    """Return the glyphs, with those of strokes in the direction of drawing: some programs draw them the other way."""
    found: list[Glyph] = []
    for unreadable, group in groupby(glyphs, key=lambda glyph: glyph.text == UNREADABLE):
        part = list(group)
        if unreadable and found and len(part) > 1:
            towards = 1 if part[0].left + part[-1].left > 2 * found[-1].left else -1
            part.sort(key=lambda glyph: towards * glyph.left)
        found += part
    return found


def _is_one_letter(one: Glyph, other: Glyph) -> bool:
    cover = min(one.right, other.right) - max(one.left, other.left)
    if cover < 0:
        return False
    least = min(one.right - one.left, other.right - other.left)
    size = max(one.size, other.size)
    if abs(one.height - other.height) > _MOST_RAISED * size or one.mirrored:
        return False
    raised = abs(one.height - other.height) > _RAISED * size
    if one.text == other.text and len(one.text) > 1:
        return cover > _TOUCHED * least if raised else cover >= _COVERED * least
    if one.text == other.text:
        return raised and cover >= _DOTS_COVERED * least and bool(one.text.strip())
    if cover < _COVERED * least:
        return False
    if " " in (one.text, other.text) or "" in (one.text, other.text):
        return False
    if UNREADABLE in (one.text, other.text):
        return not (all(map(combining, one.text)) or all(map(combining, other.text)))  # it may be the letter
    # A glyph without an entry in the map may come as the character with the number of the glyph.
    return raised and _is_persian(one) != _is_persian(other) and not (one.text.isascii() or other.text.isascii())


def _joined(one: Glyph, other: Glyph) -> Glyph:
    wide, narrow = sorted((one, other), key=lambda glyph: glyph.left - glyph.right)
    if one.text == other.text:
        return wide
    readable = wide if _is_persian(wide) or narrow.text == UNREADABLE else narrow
    if readable is wide:
        return readable
    height = wide.height if any(map(combining, readable.text)) else readable.height
    return readable._replace(left=wide.left, right=wide.right, height=height)


def _is_persian(glyph: Glyph) -> bool:
    return any(bidirectional(char) in ("AL", "NSM") for char in glyph.text)
