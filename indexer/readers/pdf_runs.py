"""Runs of glyphs: glyphs that are drawn one after another, each beside the one before.

Programs draw a word or a line of Persian in one of two ways: as it is seen, from the left, or as it is read, from the
right. In a run the order of drawing is therefore the order of the glyphs or its reverse; glyphs on one spot, marks and
half-spaces are put in order by it, which their positions can't do.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import combining, normalize

from .pdf_glyphs import Glyph
from .pdf_stream import UNREADABLE

# Lengths are in sizes of the font.
_GAP = 0.3  # the most room between two glyphs of a run
_OVERLAP = 0.35  # the most that two neighbours may cover one another
_BESIDE = 0.12  # the most that the middle of a mark may be beside its letter
_STEP = 0.9  # the most that two neighbours may be apart in height; in Nastaliq, words descend to their end
_SHIFT = 0.2  # neighbours with middles that are nearer to one another tell no direction
_REACH = 1.3  # the most that a mark may be above or below its letter

_SKIPPED = 2  # glyphs without letters that may be drawn between a letter and its mark
_NO_LETTERS = f" {UNREADABLE}"
MOST_MARKS = 8
"""The most marks on a letter."""


class Run(NamedTuple):
    """Glyphs that are drawn one after another.

    Attributes:
        glyphs: The glyphs, with the marks that belong to them, from left to right.
        height: The height of the baseline.
        left: The left end of all of them.
        right: The right end.
    """

    glyphs: list[Glyph]
    height: float
    left: float
    right: float


def runs(glyphs: Iterable[Glyph]) -> tuple[list[Run], list[Glyph]]:
    """Return the runs of a page, and the marks that stand on no glyph of theirs.

    Args:
        glyphs: The glyphs in the order of drawing; those that are mirrored are runs of their own.
    """
    parts: list[_Part] = []
    marks: list[tuple[Glyph, int, int]] = []  # with the numbers of the part and of the glyph that come before it
    for glyph in glyphs:
        if is_mark(glyph):
            marks.append((glyph, len(parts) - 1, len(parts[-1].glyphs) - 1 if parts else -1))
        elif not parts or not parts[-1].takes(glyph):
            parts.append(_Part(glyph))
    lost = []
    for mark, number, at in marks:
        if not _placed(mark, parts, number, at):
            lost.append(mark)
    return [part.run() for part in parts], lost


def is_mark(glyph: Glyph) -> bool:
    """Return True for a vowel mark or another mark by itself."""
    return bool(glyph.text) and not glyph.mirrored and all(map(combining, glyph.text))


class _Part:
    """A run that is being put together."""

    def __init__(self, first: Glyph) -> None:
        self.glyphs = [first]
        self.marks: dict[int, list[Glyph]] = {}
        self._direction = 0

    @property
    def direction(self) -> int:
        """1 if the glyphs are drawn from the left, -1 if they are drawn from the right, 0 if this can't be told."""
        first, last = self.glyphs[0], self.glyphs[-1]
        shift = last.left + last.right - first.left - first.right
        return self._direction or (shift > 0) - (shift < 0)

    def takes(self, glyph: Glyph) -> bool:
        """Add a glyph, if it stands beside the last one; return True if it does."""
        last = self.glyphs[-1]
        size = min(last.size, glyph.size)
        if last.mirrored or glyph.mirrored or abs(last.height - glyph.height) > _STEP * size:
            return False
        after = -_OVERLAP * size <= glyph.left - last.right <= _GAP * size
        before = -_OVERLAP * size <= last.left - glyph.right <= _GAP * size
        inside = glyph.left < last.right and last.left < glyph.right
        shift = (glyph.left + glyph.right - last.left - last.right) / 2
        direction = 0 if abs(shift) < _SHIFT * size else 1 if shift > 0 else -1
        if not (after or before or inside) or (direction and self._direction == -direction):
            return False
        if (direction > 0 and not (after or inside)) or (direction < 0 and not (before or inside)):
            return False
        self._direction = self._direction or direction
        self.glyphs.append(glyph)
        return True

    def run(self) -> Run:
        heights = Counter([glyph.height for glyph in self.glyphs])
        height = max(heights, key=lambda value: (heights[value], -value))
        found = list(self.glyphs)
        for number, marks in self.marks.items():
            ordered = marks if self.direction < 0 else marks[::-1]
            text = found[number].text + "".join(mark.text for mark in ordered[:MOST_MARKS])
            found[number] = found[number]._replace(text=normalize("NFC", text))
        if self.direction < 0:
            found.reverse()
        return Run(found, height, min(glyph.left for glyph in found), max(glyph.right for glyph in found))


def _placed(mark: Glyph, parts: list[_Part], number: int, at: int) -> bool:
    """Give a mark to the letter that is drawn before or after it; return False if it stands on neither.

    Where letters are drawn from the left, a mark comes before its letter.
    """
    before = _neighbour(parts, number, at, -1) if number >= 0 else None
    after = _neighbour(parts, number, at, 1)
    from_right = bool(before) and parts[number].direction < 0
    candidates = ((before, _BESIDE), (after, 0.0)) if from_right else ((after, _BESIDE), (before, 0.0))
    for found, room in candidates:
        if found and _stands_on(mark, parts[found[0]].glyphs[found[1]], room * mark.size):
            parts[found[0]].marks.setdefault(found[1], []).append(mark)
            return True
    return False


def _neighbour(parts: list[_Part], number: int, at: int, step: int) -> tuple[int, int] | None:
    """Return the numbers of the part and of the glyph that is drawn before (-1) or after (1) a mark, if it is a letter.

    Args:
        parts: The parts.
        number: The part that holds the glyph before the mark; -1 if there is none.
        at: The number of that glyph.
        step: -1 or 1.
    """
    if step > 0:
        number, at = (number, at + 1) if number >= 0 else (0, 0)
    for _ in range(_SKIPPED + 1):
        if 0 <= number < len(parts) and at == len(parts[number].glyphs):
            number, at = number + 1, 0
        elif at < 0 < number:
            number, at = number - 1, len(parts[number - 1].glyphs) - 1
        if not 0 <= number < len(parts) or at < 0:
            return None
        if parts[number].glyphs[at].text.strip(_NO_LETTERS):
            return number, at
        at += step
    return None


def _stands_on(mark: Glyph, glyph: Glyph, room: float) -> bool:
    middle = (mark.left + mark.right) / 2
    near = abs(mark.height - glyph.height) <= _REACH * max(mark.size, glyph.size)
    return near and glyph.left - room <= middle <= glyph.right + room
