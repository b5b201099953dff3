"""The text of the parts of Office Open XML: Word's documents, notes and headers, and PowerPoint's slides.

Both programs write paragraphs, runs and tables as elements with the same local names, in different namespaces. The walk
visits every element, so that whatever holds a run is read, and what is not shown is left out by name.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from ...analyzers.data_tables import table_rows
from .blocks import Block, Break

_DATA = Path(__file__).parent.parent / "data"

# Properties, the code of fields, text that was deleted or moved away, and what older programs are shown instead.
_NOT_SHOWN = frozenset((
    "rPr", "pPr", "tblPr", "tcPr", "trPr", "sectPr", "sdtPr", "instrText", "delInstrText", "del", "delText", "moveFrom",
    "Fallback", "posOffset", "align", "pctWidth", "pctHeight", "bodyPr", "lstStyle", "txPr", "ext",
))  # fmt: skip
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
# What stands between the parts of a formula when it is written on one line: a fraction 1/2, a power x^2.
_BEFORE_PART = {"den": "/", "sup": "^", "sub": "_", "rad": "√", "lim": " ", "rubyBase": " ", "mr": " "}
_SET_APART = frozenset(("f", "nary", "limLow", "limUpp", "func", "m", "eqArr"))  # parts of a formula
_SPACES = re.compile(r"[ \t\r\f\v]+")
_PAGE_NUMBER = re.compile(r"(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
# What stands around a number of a page and says nothing by itself: صفحهٔ ۲ از ۱۰.
_AROUND_NUMBER = frozenset(("صفحه", "صفحۀ", "صفحة", "ص", "از", "page", "p", "pg", "of", "seite", "von"))
_WORD = re.compile(r"[^\W\d_]+")
_MAX_HEADING = 300  # characters; what is longer is a text in the style of a heading


class Paragraph(NamedTuple):
    """The properties of a paragraph.

    Attributes:
        heading: Its level as a heading, from 1 to 6; 0 if it is none.
        is_item: True if it is an item of a list, which is a line and no paragraph.
        label: The number that stands before it.
        is_left_out: True if it is left out.
    """

    heading: int = 0
    is_item: bool = False
    label: str = ""
    is_left_out: bool = False


class OfficeText(NamedTuple):
    """The text of a part.

    Attributes:
        blocks: The blocks of the text.
        notes: The notes that it refers to: `footnote` or `endnote`, and the id.
        embedded: The number of files in it that another program shows.
    """

    blocks: list[Block]
    notes: list[tuple[str, str]]
    embedded: int


def read_part(root: Any, describe: Callable[[Any], Paragraph], *, page_numbers: bool = True) -> OfficeText:
    """Return the text of a part.

    Args:
        root: The root element of the part.
        describe: Called with the element of each paragraph.
        page_numbers: Keep the numbers of pages, which headers and footers have, and paragraphs that say nothing else.
    """
    walk = _Walk(describe, page_numbers=page_numbers)
    walk.visit(root)
    return OfficeText(walk.blocks, list(dict.fromkeys(walk.notes)), walk.embedded)


class _OpenParagraph:
    """A paragraph whose end is still to come; text boxes are paragraphs in the middle of another one."""

    def __init__(self, known: Paragraph, cell: int, break_before: Break) -> None:
        self.known = known
        self.cell = cell
        self.break_before = break_before
        self.pieces: list[str] = [f"{known.label} "] if known.label else []
        self.boxes: list[Block] = []
        self.has_page_number = False


class _Walk:
    """A walk through the elements of a part, in their order."""

    def __init__(self, describe: Callable[[Any], Paragraph], *, page_numbers: bool) -> None:
        self.blocks: list[Block] = []
        self.notes: list[tuple[str, str]] = []
        self.embedded = 0
        self._describe = describe
        self._page_numbers = page_numbers
        self._open: list[_OpenParagraph] = []
        self._cells: list[int] = [0]
        self._count = 0
        self._pending = Break.NONE
        self._after_item = False
        self._in_page_number = False

    def visit(self, root: Any) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            name = local_name(element.tag)
            if event == "end":
                self._leave(name, element)
            elif name in _NOT_SHOWN or (name in ("r", "sdt") and _is_hidden(element)):
                if name == "Fallback" and not _has_choice(element):
                    continue
                if name == "instrText" and _PAGE_NUMBER.match((element.text or "").lstrip()):
                    self._note_page_number()
                    self._in_page_number = not self._page_numbers
                walker.skip_subtree()
            elif name in ("fldSimple", "fld") and self._is_page_number(element):
                self._note_page_number()
                if not self._page_numbers:
                    walker.skip_subtree()
            else:
                self._enter(name, element)

    def _enter(self, name: str, element: Any) -> None:
        if name == "p":
            self._begin_paragraph(element)
        elif name == "t":
            self._add(_text_of(element))
        elif name in _BREAKS:
            self._add(_BREAKS[name])
        elif name in _BEFORE_PART and (self._pieces() or name == "rad"):
            self._add(_BEFORE_PART[name])
        elif name in _SET_APART and _is_formula(element):
            self._add(" ")
        elif name == "sym":
            self._add(_symbol(attribute(element, "font"), attribute(element, "char")))
        elif name == "chr":  # the operator of a sum or an integral
            self._add(attribute(element, "val"))
        elif name == "textpath":  # letters drawn as a picture
            self._add(attribute(element, "string"))
        elif name in ("footnoteReference", "endnoteReference"):
            self.notes.append((name.removesuffix("Reference"), attribute(element, "id")))
        elif name == "altChunk":
            self.embedded += 1
        elif name == "fldChar" and attribute(element, "fldCharType") == "end":
            self._in_page_number = False
        elif name == "tbl":
            self._pending = Break.PARAGRAPH
        elif name == "tr":
            self._pending = max(self._pending, Break.LINE)
        elif name == "tc":
            self._pending = max(self._pending, Break.CELL)
            self._count += 1
            self._cells.append(self._count)

    def _leave(self, name: str, element: Any) -> None:
        if name == "p" and self._open:
            self._end_paragraph()
        elif name in _SET_APART and _is_formula(element):
            self._add(" ")
        elif name == "tc":
            self._cells.pop()
        elif name == "tbl":
            self._pending = Break.PARAGRAPH
        elif name in ("dir", "bdo") and element.tail and "\n" not in element.tail:
            self._add(element.tail)

    def _begin_paragraph(self, element: Any) -> None:
        known = self._describe(element)
        break_before = Break.LINE if known.is_item and self._after_item else Break.PARAGRAPH
        if self._pending and not self._open:
            break_before = self._pending
        self._open.append(_OpenParagraph(known, self._cells[-1], break_before))

    def _end_paragraph(self) -> None:
        ended = self._open.pop()
        self._in_page_number = False
        text = "" if self._is_left_out(ended) else "".join(ended.pieces)
        blocks = list(line_blocks(text, ended.break_before, ended.known.heading, ended.cell))
        if blocks and not self._open:
            self._pending = Break.NONE
            self._after_item = ended.known.is_item
        blocks += ended.boxes
        if self._open:
            self._open[-1].boxes += blocks
        else:
            self.blocks += blocks

    def _is_left_out(self, ended: _OpenParagraph) -> bool:
        if ended.has_page_number and not self._page_numbers:
            words = _WORD.findall("".join(ended.pieces).lower())
            return ended.known.is_left_out or _AROUND_NUMBER.issuperset(words)
        return ended.known.is_left_out

    def _is_page_number(self, field: Any) -> bool:
        return bool(_PAGE_NUMBER.match(attribute(field, "instr").lstrip())) or attribute(field, "type") == "slidenum"

    def _pieces(self) -> list[str]:
        return self._open[-1].pieces if self._open else []

    def _add(self, text: str) -> None:
        if self._open:
            if not self._in_page_number:
                self._open[-1].pieces.append(text)
        elif text.strip():  # a text outside of any paragraph
            self.blocks.append(Block(text.strip()))

    def _note_page_number(self) -> None:
        if self._open:
            self._open[-1].has_page_number = True


def line_blocks(text: str, break_before: Break, heading: int, cell: int) -> Iterator[Block]:
    """Yield a block for each line of a paragraph; a heading is one line.

    Args:
        text: The text of the paragraph.
        break_before: What stands before its first line.
        heading: Its level as a heading; 0 if it is none.
        cell: The number of the cell that it stands in.
    """
    text = _SPACES.sub(" ", text)
    if len(text) > _MAX_HEADING:
        heading = 0
    lines = [text.replace("\n", " ")] if heading else text.split("\n")
    for line in filter(None, map(str.strip, lines)):
        yield Block(line, break_before, heading, cell=cell)
        break_before = Break.LINE


def local_name(name: object) -> str:
    """Return a name without its namespace."""
    return str(name).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """Return the value of an attribute in any namespace; empty if there is none."""
    return next((str(value) for key, value in element.items() if local_name(key) == name), "")


def child(element: Any, name: str) -> Any:
    """Return the first child of this local name, or None."""
    return element.find(f"{{*}}{name}") if element is not None else None


def whole_number(text: str) -> int:
    """Return the whole number that an attribute states; 0 if it states none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def is_on(element: Any) -> bool:
    """Return True if there is an element, and its value does not switch off what it stands for."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off", "none")


def _is_hidden(element: Any) -> bool:
    """Return True for a run that is marked as hidden, and for a control that shows what to enter in it."""
    if local_name(element.tag) == "sdt":
        return is_on(child(child(element, "sdtPr"), "showingPlcHdr"))
    return is_on(child(child(element, "rPr"), "vanish"))


def _is_formula(element: Any) -> bool:
    return "/math" in str(element.tag)


def _has_choice(element: Any) -> bool:
    return any(local_name(other.tag) == "Choice" for other in element.getparent())


def _text_of(element: Any) -> str:
    text = element.text or ""
    in_word = "wordprocessingml" in str(element.tag)
    return text if not in_word or attribute(element, "space") == "preserve" else text.strip(" \t\r\n")


def _symbol(font: str, code: str) -> str:
    """Return the character of a font of symbols: fonts such as Wingdings have others at the places of letters."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if not 0xF000 <= number <= 0xF0FF:
        return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF else ""
    return _symbols().get((font.lower(), number & 0xFF), "•")


@cache
def _symbols() -> dict[tuple[str, int], str]:
    """Return the characters of fonts of symbols, by font and code."""
    found: dict[tuple[str, int], str] = {}
    for font, first, characters in table_rows("symbol_fonts.tsv", _DATA):
        found |= {(font, int(first, 16) + place): character for place, character in enumerate(characters.split())}
    return found
