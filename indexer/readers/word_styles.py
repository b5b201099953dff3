"""The styles of a Word document: which make headings, items of lists, and tables of contents."""

from collections.abc import Callable
from typing import Any

from .office_text import Paragraph, attribute, child, is_on
from .word_numbering import Numbering

_DEEPEST_HEADING = 6
_LONGEST_LEVEL = 4  # digits
_BODY_LEVEL = 9  # the tenth level of the outline is that of body text


class Styles:
    """The styles of a document.

    Attributes:
        levels: The level of each style that makes headings, by its id. These are the headings of Word itself, styles
            with a level in the outline, and styles that are based on any of them (تیتر).
        contents: The ids of the styles of tables of contents, which repeat the headings.
        numbered: The properties that make items of lists, by the id of each style that has them.
    """

    def __init__(self, root: Any | None) -> None:
        """Read the styles.

        Args:
            root: The root element of the part that has them; None if there is none.
        """
        stated: dict[str, int] = {}
        items: dict[str, Any] = {}
        bases: dict[str, str] = {}
        self.contents: set[str] = set()
        for style in () if root is None else root.iter("{*}style"):
            style_id = attribute(style, "styleId")
            name = attribute(child(style, "name"), "val").lower() if child(style, "name") is not None else ""
            base = child(style, "basedOn")
            bases[style_id] = "" if base is None else attribute(base, "val")
            properties = child(style, "pPr")
            outline, numbers = child(properties, "outlineLvl"), child(properties, "numPr")
            if name == "title":
                stated[style_id] = 1
            elif name.startswith("heading ") and _is_level(name[8:]):
                stated[style_id] = int(name[8:])
            elif outline is not None and _is_level(attribute(outline, "val")):
                stated[style_id] = int(attribute(outline, "val")) + 1
            if name.startswith("toc ") or name == "table of figures":
                self.contents.add(style_id)
            if numbers is not None:
                items[style_id] = numbers
        levels = {style_id: _inherited(style_id, stated, bases) for style_id in bases}
        self.levels = {
            style_id: min(level, _DEEPEST_HEADING)
            for style_id, level in levels.items()
            if level and 1 <= level <= _BODY_LEVEL
        }
        numbered = {style_id: _inherited(style_id, items, bases) for style_id in bases}
        self.numbered = {style_id: numbers for style_id, numbers in numbered.items() if numbers is not None}

    def describer(self, numbering: Numbering) -> Callable[[Any], Paragraph]:
        """Return the function that describes the paragraphs of a part, which have to come in their order."""

        def describe(paragraph: Any) -> Paragraph:
            properties = child(paragraph, "pPr")
            style = child(properties, "pStyle")
            style_id = "" if style is None else attribute(style, "val")
            outline = child(properties, "outlineLvl")
            level = self.levels.get(style_id, 0)
            if outline is not None and _is_level(attribute(outline, "val")):
                own = int(attribute(outline, "val")) + 1
                level = min(own, _DEEPEST_HEADING) if own <= _BODY_LEVEL else 0
            numbers = child(properties, "numPr")
            inherited = self.numbered.get(style_id)
            label = numbering.label(numbers, inherited, style_id)
            is_deleted = is_on(child(child(properties, "rPr"), "vanish")) and paragraph.find(".//{*}t") is None
            return Paragraph(level, label is not None, label or "", style_id in self.contents or is_deleted)

        return describe


def _is_level(text: str) -> bool:
    """Return True if a text is a number with no more digits than a level has. Python refuses numbers of thousands."""
    return text.isdecimal() and len(text) <= _LONGEST_LEVEL


def _inherited(style_id: str, stated: dict[str, Any], bases: dict[str, str]) -> Any:
    """Return what is stated of a style, or of the nearest style that it is based on; None if nothing is.

    It is entered in `stated` for all styles on the way.
    """
    path: dict[str, None] = {}
    while style_id in bases and style_id not in stated and style_id not in path:
        path[style_id] = None
        style_id = bases[style_id]
    found = stated.get(style_id)
    stated |= dict.fromkeys(path, found)
    return found
