"""Blocks of text as a browser lays them out, and the text that they make together."""

from collections.abc import Iterable
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from ..document import Section


class Break(IntEnum):
    """The break between a block and the one before it, from none to the strongest."""

    NONE = 0
    CELL = 1
    LINE = 2
    PARAGRAPH = 3


class Region(IntEnum):
    """The region of a page that a block stands in.

    Attributes:
        CONTENT: All that is in no other region.
        SIDEBAR: An element whose name or role is that of a sidebar, a footer, a cookie banner and the like.
        NAVIGATION: An element that is marked as a menu.
    """

    CONTENT = 0
    SIDEBAR = 1
    NAVIGATION = 2


class Block(NamedTuple):
    """A piece of text that stands by itself: a paragraph, an item, a cell, a line before `<br>`.

    Attributes:
        text: The text without white space around it, and with runs of white space folded as a browser does.
        break_before: The break between it and the block before.
        heading: Its level as a heading, from 1 to 6; 0 if it is none.
        links: The number of links that begin in it.
        link_chars: The number of its characters that are in links.
        container: A number for the innermost division of the page (`div`, `section`, …) that it stands in.
        cell: A number for the cell of a table that it stands in; 0 if it stands in none.
        region: The region of the page that it stands in.
        in_main: True if it stands in an `article` element, or in what the page marks as its main part.
    """

    text: str
    break_before: Break = Break.PARAGRAPH
    heading: int = 0
    links: int = 0
    link_chars: int = 0
    container: int = 0
    cell: int = 0
    region: Region = Region.CONTENT
    in_main: bool = False


class RenderedText(NamedTuple):
    """The text of a sequence of blocks, with the sections that their headings begin.

    Attributes:
        text: The text.
        sections: A section for each heading; offsets are in characters of `text`.
        body: The end of the heading of the first level that the text begins with; 0 if there is none.
    """

    text: str
    sections: tuple[Section, ...] = ()
    body: int = 0


_SEPARATORS = {Break.NONE: "", Break.CELL: "\t", Break.LINE: "\n", Break.PARAGRAPH: "\n\n"}


def render(blocks: Iterable[Block]) -> RenderedText:
    """Return the text of the blocks.

    Paragraphs are separated by a blank line; items of lists and rows of tables are lines. The cells of a row are
    separated by tabs, or by blank lines if one of them holds more than one line, since the table is then a layout of
    columns.
    """
    blocks = list(blocks)
    columns = {block.cell for block, following in pairwise(blocks) if block.cell == following.cell != 0}
    pieces: list[str] = []
    sections: list[Section] = []
    offset = cell = 0
    for block in blocks:
        break_before = block.break_before
        if not pieces:
            break_before = Break.NONE
        elif break_before is Break.CELL and not columns.isdisjoint((cell, block.cell)):
            break_before = Break.PARAGRAPH
        separator = _SEPARATORS[break_before]
        pieces += (separator, block.text)
        offset += len(separator)
        if block.heading:
            sections.append(Section(offset, " ".join(block.text.split())))
        offset += len(block.text)
        cell = block.cell
    titled = blocks and blocks[0].heading == 1
    return RenderedText("".join(pieces), tuple(sections), len(blocks[0].text) if titled else 0)
