"""Blocks of text, as a browser lays them out, and the text they make together."""

from collections.abc import Iterable
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from ..document import Section


class Gap(IntEnum):
    """What stands between a block and the one before."""

    NONE = 0
    CELL = 1
    LINE = 2
    PARAGRAPH = 3


class Part(IntEnum):
    """What part of a page a block belongs to. BESIDE: what is called a sidebar, a footer, a cookie banner. MENU: what
    is marked as one."""

    TEXT = 0
    BESIDE = 1
    MENU = 2


class Block(NamedTuple):
    """A piece of text that stands alone: a paragraph, an item, a cell, a line before `<br>`.

    text: without white space around it, and folded within, as a browser does.
    heading: its level from 1 to 6, or 0.
    links: how many begin in it. linked: how many of its characters are links.
    box: a number for the innermost division of the page that it stands in. cell: for the cell of a table, or 0.
    within: whether it stands in an article, or in the part that the page calls its main one.
    """

    text: str
    gap: Gap = Gap.PARAGRAPH
    heading: int = 0
    links: int = 0
    linked: int = 0
    box: int = 0
    cell: int = 0
    part: Part = Part.TEXT
    within: bool = False


class Text(NamedTuple):
    """A text, and its headings: a section for each. Offsets are in characters of `text`.

    body: the end of a heading of the first level that it begins with; 0 without one.
    """

    text: str
    sections: tuple[Section, ...] = ()
    body: int = 0


_SEPARATORS = {Gap.NONE: "", Gap.CELL: "\t", Gap.LINE: "\n", Gap.PARAGRAPH: "\n\n"}


def render(blocks: Iterable[Block]) -> Text:
    """The text of `blocks`: paragraphs stand apart by a blank line, items of lists and rows of tables are lines, and
    cells are set apart by tabs, or as paragraphs where they hold more than a line: then a table makes columns."""
    blocks = list(blocks)
    columns = {block.cell for block, following in pairwise(blocks) if block.cell == following.cell != 0}
    pieces: list[str] = []
    sections: list[Section] = []
    offset = cell = 0
    for block in blocks:
        gap = block.gap
        if not pieces:
            gap = Gap.NONE
        elif gap is Gap.CELL and not columns.isdisjoint((cell, block.cell)):
            gap = Gap.PARAGRAPH
        pieces += (_SEPARATORS[gap], block.text)
        offset += len(_SEPARATORS[gap])
        if block.heading:
            sections.append(Section(offset, " ".join(block.text.split())))
        offset += len(block.text)
        cell = block.cell
    titled = blocks and blocks[0].heading == 1
    return Text("".join(pieces), tuple(sections), len(blocks[0].text) if titled else 0)
