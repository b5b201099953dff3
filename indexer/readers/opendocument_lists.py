"""The numbers that OpenDocument shows before the items of lists and before headings."""

from typing import Any, NamedTuple

from .office_text import attribute, local_name, whole_number
from .word_numbering import written_number

_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_PERSIAN_KINDS = {"\u06f1": "hindiNumbers", "\u0661": "hindiNumbers", "\u0627": "arabicAlpha", "\u0623": "arabicAlpha"}
_DEEPEST = 10
_LONGEST = 60  # characters; a text around numbers stands before each of them


class _Level(NamedTuple):
    """A level of a list: the kind of its numbers, the text around them, and how many levels are shown."""

    kind: str
    prefix: str
    suffix: str
    start: int
    shown: int


class ListNumbers:
    """The lists of a document, and how far each has been counted."""

    def __init__(self, *roots: Any | None) -> None:
        """Read the styles of lists in these root elements."""
        self._styles: dict[str, dict[int, _Level]] = {}
        self._outline: dict[int, _Level] = {}
        self._open: list[str] = []  # the style of each list whose end is still to come
        self._counts: dict[str, list[int]] = {}
        for root in roots:
            for style in () if root is None else root.iter("{*}list-style", "{*}outline-style"):
                levels = dict(filter(None, map(_level, style)))
                if local_name(style.tag) == "outline-style":
                    self._outline |= levels
                else:
                    self._styles[attribute(style, "name")] = levels

    def enter_list(self, element: Any) -> None:
        """Begin a list, which counts from its beginning unless it says that it continues another one."""
        above = self._open[-1] if self._open else ""
        style = attribute(element, "style-name") or above
        continues = attribute(element, "continue-numbering") == "true" or attribute(element, "continue-list")
        if not self._open and not continues:
            self._counts.pop(style, None)
        self._open.append(style)

    def leave_list(self) -> None:
        """End the list that was begun last."""
        self._open.pop()

    def item(self, element: Any) -> str:
        """Count an item of the list that was begun last, and return what stands before it."""
        if not self._open:
            return ""
        style, start = self._open[-1], attribute(element, "start-value")
        return self._next(style, self._styles.get(style, {}), len(self._open), whole_number(start) if start else None)

    def heading(self, level: int) -> str:
        """Count a heading, and return what stands before it."""
        return self._next("\0", self._outline, level, None)

    def _next(self, style: str, levels: dict[int, _Level], depth: int, start: int | None) -> str:
        if depth not in range(1, _DEEPEST + 1) or depth not in levels:
            return ""
        counts = self._counts.setdefault(style, [])
        for above in range(len(counts) + 1, depth + 1):
            counts.append(levels[above].start - (above == depth) if above in levels else int(above < depth))
        del counts[depth:]
        counts[depth - 1] = counts[depth - 1] + 1 if start is None else start
        level = levels[depth]
        if not level.kind:
            return ""
        first = max(1, depth - level.shown + 1)
        numbers = [
            written_number(counts[at - 1], levels[at].kind)
            for at in range(first, depth + 1)
            if at in levels and levels[at].kind
        ]
        return f"{level.prefix}{'.'.join(numbers)}{level.suffix}".strip()


def _level(element: Any) -> tuple[int, _Level] | None:
    """Return the number of a level and what it looks like; None if the element is none."""
    if not local_name(element.tag).startswith(("list-level-style", "outline-level-style")):
        return None
    form = attribute(element, "num-format")
    kind = _KINDS.get(form) or _PERSIAN_KINDS.get(form[:1], "decimal" if form else "")
    prefix, suffix = (attribute(element, f"num-{name}")[:_LONGEST] for name in ("prefix", "suffix"))
    start, shown = (whole_number(attribute(element, name) or "1") for name in ("start-value", "display-levels"))
    return whole_number(attribute(element, "level")), _Level(kind, prefix, suffix, start, shown)
