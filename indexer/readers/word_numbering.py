"""The numbers that Word writes before the items of lists and before headings: ماده ۱۲, فصل سوم, الف."""

import re
from typing import Any, NamedTuple

from .office_text import attribute, child, whole_number

_PLACEHOLDER = re.compile(r"%([1-9])")
_DEEPEST = 9
_LONGEST = 120  # characters; the text around numbers stands before each of them
_ALPHABET = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_ABJAD = "ابجدهوزحطیکلمنسعفصقرشتثخذضظغ"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST = 5_000  # a greater number in letters would be very long


class _Level(NamedTuple):
    """A level of a list: where it begins to count, the kind of its numbers, and the text around them."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""


class Numbering:
    """The lists of a document, and how far each has been counted."""

    def __init__(self, root: Any | None) -> None:
        """Read the lists.

        Args:
            root: The root element of the part that defines them; None if there is none.
        """
        self._lists: dict[str, str] = {}
        self._levels: dict[tuple[str, int], _Level] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._by_style: dict[str, tuple[str, int]] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        for definition in root.iter("{*}abstractNum"):
            for level in definition.iter("{*}lvl"):
                place = attribute(definition, "abstractNumId"), whole_number(attribute(level, "ilvl"))
                self._levels[place] = _level(level)
                if style := _value(level, "pStyle"):
                    self._by_style[style] = place
        for number in root.iter("{*}num"):
            list_id = attribute(number, "numId")
            self._lists[list_id] = _value(number, "abstractNumId")
            for override in number.iter("{*}lvlOverride"):
                depth = whole_number(attribute(override, "ilvl"))
                if start := _value(override, "startOverride"):
                    self._starts[list_id, depth] = whole_number(start)
                if (level := child(override, "lvl")) is not None:
                    self._levels[self._lists[list_id], depth] = _level(level)

    def label(self, own: Any | None, inherited: Any | None, style_id: str) -> str | None:
        """Count a paragraph, and return what stands before it; None if it is no item of a list.

        Args:
            own: The numbering properties of the paragraph, if it has any.
            inherited: Those of its style.
            style_id: The id of its style.
        """
        list_id = _value(own, "numId") or _value(inherited, "numId")
        if not list_id or list_id == "0":
            return None
        depth = whole_number(_value(own, "ilvl") or _value(inherited, "ilvl"))
        definition = self._lists.get(list_id, "")
        linked = self._by_style.get(style_id)
        if linked and linked[0] == definition and not _value(own, "ilvl"):
            depth = linked[1]
        level = self._levels.get((definition, depth), _Level())
        self._count(list_id, definition, depth, level)
        if level.kind in ("bullet", "none"):
            return ""
        counts = [self._counts.get((definition, above), self._start(definition, above)) for above in range(_DEEPEST)]

        def written(place: re.Match[str]) -> str:
            above = int(place[1]) - 1
            kind = self._levels.get((definition, above), _Level()).kind
            return written_number(counts[above], kind)

        return _PLACEHOLDER.sub(written, level.text).strip()

    def _count(self, list_id: str, definition: str, depth: int, level: _Level) -> None:
        place = definition, depth
        restart = self._starts.get((list_id, depth))
        if restart is not None and (list_id, depth) not in self._begun:
            self._counts[place] = restart
        else:
            self._counts[place] = self._counts[place] + 1 if place in self._counts else level.start
        self._begun.add((list_id, depth))
        for deeper in range(depth + 1, _DEEPEST):
            self._counts.pop((definition, deeper), None)

    def _start(self, definition: str, depth: int) -> int:
        return self._levels.get((definition, depth), _Level()).start


def _level(level: Any) -> _Level:
    start = _value(level, "start")
    return _Level(
        whole_number(start) if start else 1, _value(level, "numFmt") or "decimal", _value(level, "lvlText")[:_LONGEST]
    )


def _value(element: Any | None, name: str) -> str:
    found = child(element, name)
    return "" if found is None else attribute(found, "val")


def written_number(number: int, kind: str) -> str:
    """Return a number as Word writes it in a list."""
    if kind in ("lowerRoman", "upperRoman") and 0 < number < _MOST:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman.upper() if kind == "upperRoman" else roman
    alphabet = {"arabicAlpha": _ALPHABET, "arabicAbjad": _ABJAD, "lowerLetter": _LATIN, "upperLetter": _LATIN}.get(kind)
    if alphabet and 0 < number < _MOST:
        letter = alphabet[(number - 1) % len(alphabet)] * ((number - 1) // len(alphabet) + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("hindiNumbers", "hindiCounting", "hindiVowels"):
        return str(number).translate(_PERSIAN_DIGITS)
    return f"{number:02}" if kind == "decimalZero" else str(number)
