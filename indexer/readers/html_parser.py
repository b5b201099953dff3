"""Parsing of HTML into blocks of text, by lxml.

lxml reports tags and text as it meets them and builds no tree. What is kept in memory is as large as the text, however
deeply the tags are nested.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from ...analyzers.data_tables import table_rows
from .blocks import Block, Break, Region

_PORTION = 1 << 20  # characters that lxml gets at a time
_MAX_HEADING = 300  # characters; what is longer is a text after a tag that was not closed

_DATA = Path(__file__).parent.parent / "data"


def _load_names() -> dict[str, frozenset[str]]:
    """Return the names of elements, roles and classes in `data/html.tsv`, by their kind."""
    names: dict[str, set[str]] = {}
    for kind, listed, _why in table_rows("html.tsv", _DATA):
        names.setdefault(kind, set()).update(listed.split())
    return {kind: frozenset(listed) for kind, listed in names.items()}


_NAMES = _load_names()
_SKIPPED, _NO_PRINT, _INLINE_SEPARATORS = _NAMES["skipped"], _NAMES["no-print"], _NAMES["inline-separator"]
_PARAGRAPHS, _LINES, _LISTS, _CELLS = _NAMES["paragraph"], _NAMES["line"], _NAMES["list"], _NAMES["cell"]
_CONTAINERS, _PREFORMATTED = _NAMES["container"], _NAMES["preformatted"]
_NAVIGATION_ROLES, _SIDEBAR_ROLES = _NAMES["navigation-role"], _NAMES["sidebar-role"]
_SIDEBAR_NAMES = _NAMES["sidebar-name"]
_HEADINGS = {f"h{level}": level for level in range(1, 7)}

_NAME_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")  # siteFooter, site-footer
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
# White space that a browser folds, unless it is one space already. Half-spaces and no-break spaces are not folded.
_SPACES = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
_LINE_END = re.compile(r"\r\n?")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class ParsedHtml:
    """The content of an HTML file.

    Attributes:
        blocks: The blocks of its text, in order.
        title: The title in its head.
        metas: The attributes of its `meta` tags.
        json_ld: Its JSON-LD scripts.
        times: The moments that it marks, as written, each after the name of its property, if that is stated.
        canonical: Its address, if it states one.
    """

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    metas: list[dict[str, str]] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)
    canonical: str = ""


def parse_html(html: str) -> ParsedHtml:
    """Return the content of `html`, however broken it is."""
    builder = _BlockBuilder()
    # `huge_tree` lifts the limits of length; those of depth concern trees, and none is built.
    parser = etree.HTMLParser(target=builder, encoding="utf-8", huge_tree=True, no_network=True)
    for start in range(0, len(html), _PORTION):
        parser.feed(html[start : start + _PORTION].encode("utf-8", "replace"))
    if html:
        parser.close()
    return builder.parsed


class _State(NamedTuple):
    """The properties of the text inside an element.

    Attributes:
        depth: The number of open elements that make blocks.
        heading: The level of the heading that is open; 0 if none is.
        link: True inside a link.
        preformatted: True where white space is kept.
        item: True inside an item of a list.

    The others are as in `Block`.
    """

    depth: int = 0
    container: int = 0
    cell: int = 0
    region: Region = Region.CONTENT
    in_main: bool = False
    heading: int = 0
    link: bool = False
    preformatted: bool = False
    item: bool = False


class _BlockBuilder:
    """The target of lxml's parser: makes blocks of the tags and the text that it reports.

    lxml closes every element that it opens, in order.
    """

    def __init__(self) -> None:
        self.parsed = ParsedHtml()
        self._state = _State()
        self._open: list[tuple[str, _State]] = []  # the open elements, each with the state outside of it
        self._skip_depth = 0  # the number of open elements from the outermost skipped one on
        self._captured: list[str] | None = None  # text of a skipped element that is needed as metadata
        self._pieces: list[str] = []  # the text of the block
        self._links = self._link_chars = 0
        self._note_start = -1  # the index in `_pieces` at which a link begins that may be the mark of a footnote
        self._has_heading_block = False  # True if a block was made of the open heading
        # Of all elements that were opened and closed since the last block, the outermost one determines the break
        # before the next block: in </p></td><td><p> it is the cell.
        self._break = Break.NONE
        self._break_depth = self._line_breaks = 0
        self._numbers = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        attributes = attributes or {}  # lxml's own empty mapping is slow
        if self._skip_depth:
            self._skip_depth += 1
        elif tag == "title" or self._is_skipped(tag, attributes):
            self._skip_depth = 1
            if tag == "title" or attributes.get("type", "").strip().lower() == "application/ld+json":
                self._captured = []
            self._separate_words(tag)
        else:
            self._open.append((tag, self._state))
            self._record_metadata(tag, attributes)
            if tag == "br":
                self._break_line()
            elif tag == "a":
                self._begin_link(attributes)
            else:
                self._separate_words(tag)
                self._enter(tag, attributes)

    def end(self, tag: str) -> None:
        if self._skip_depth:
            self._skip_depth -= 1
            if not self._skip_depth and self._captured is not None:
                self._record_captured(tag.rpartition(":")[2], "".join(self._captured))
                self._captured = None
            return
        tag, outside = self._open.pop()
        if tag == "a":
            self._remove_note_mark()
        if self._state.depth > outside.depth:
            self._end_block(_break_of(tag, outside), outside.depth)
        self._state = outside

    def data(self, text: str) -> None:
        if not self._skip_depth:
            self._pieces.append(text)
            if self._state.link:
                self._link_chars += len(text)
        elif self._captured is not None:
            self._captured.append(text)

    def comment(self, text: str) -> None:
        pass

    def pi(self, target: str, data: str | None = None) -> None:
        pass

    def close(self) -> None:
        self._flush()

    def _is_skipped(self, tag: str, attributes: Mapping[str, str]) -> bool:
        if tag in _SKIPPED:
            return tag != "button" or not self._state.heading  # a button in a heading opens the answer to a question
        if tag in ("html", "body"):  # some pages are hidden until a script shows them
            return False
        if tag == "dialog" and "open" not in attributes:
            return True
        if "hidden" in attributes or ("style" in attributes and _HIDDEN.search(attributes["style"])):
            return True
        return "class" in attributes and not _NO_PRINT.isdisjoint(attributes["class"].split())

    def _record_captured(self, tag: str, text: str) -> None:
        if tag == "title":
            self.parsed.title = self.parsed.title or " ".join(text.split())
        else:
            self.parsed.json_ld.append(text)

    def _record_metadata(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            self.parsed.metas.append(dict(attributes))
        elif tag == "link" and attributes.get("rel", "").strip().lower() == "canonical":
            self.parsed.canonical = self.parsed.canonical or attributes.get("href", "")
        moment = attributes.get("datetime") or attributes.get("content")
        if moment and (tag == "time" or "itemprop" in attributes) and self._state.region is Region.CONTENT:
            self.parsed.times.append((attributes.get("itemprop", ""), moment))

    def _separate_words(self, tag: str) -> None:
        if tag in _INLINE_SEPARATORS:
            self._pieces.append(" ")

    def _begin_link(self, attributes: Mapping[str, str]) -> None:
        if "href" in attributes:
            self._links += 1
            self._note_start = len(self._pieces) if "#" in attributes["href"] else -1
            self._state = self._state._replace(link=True)

    def _remove_note_mark(self) -> None:
        """Remove a link without a letter to a place in a page: it marks a footnote, or leads back from one ([۱], ↑)."""
        if self._note_start >= 0 and not any(map(_LETTER.search, self._pieces[self._note_start :])):
            del self._pieces[self._note_start :]
        self._note_start = -1

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin a block if the element makes one."""
        state = self._state
        if break_before := _break_of(tag, state):
            self._end_block(break_before, state.depth)
            self._numbers += 1
            self._has_heading_block = self._has_heading_block and tag not in _HEADINGS
            in_main = state.in_main or tag in ("article", "main") or attributes.get("role") == "main"
            self._state = _State(
                depth=state.depth + 1,
                container=self._numbers if tag in _CONTAINERS else state.container,
                cell=self._numbers if tag in _CELLS else state.cell,
                region=max(state.region, _region(tag, attributes, in_main=in_main)),
                in_main=in_main,
                heading=_HEADINGS.get(tag, state.heading),
                link=state.link,
                preformatted=state.preformatted or tag in _PREFORMATTED,
                item=state.item or tag in ("dd", "li"),
            )

    def _break_line(self) -> None:
        if self._state.preformatted:
            self._pieces.append("\n")
        elif self._state.heading:
            self._pieces.append(" ")
        else:
            self._flush()
            self._line_breaks += 1
            self._end_block(Break.LINE if self._line_breaks == 1 else Break.PARAGRAPH, self._state.depth)

    def _end_block(self, strength: Break, depth: int) -> None:
        """End the block at an element whose surroundings have this depth; the next has a break of this strength."""
        self._flush()
        if not self._break or depth < self._break_depth:
            self._break, self._break_depth = strength, depth
        elif depth == self._break_depth:
            self._break = max(self._break, strength)

    def _flush(self) -> None:
        """End the block, if it has any text."""
        if not self._pieces:
            return
        text = "".join(self._pieces)
        state = self._state
        text = _LINE_END.sub("\n", text).strip("\n").rstrip() if state.preformatted else _SPACES.sub(" ", text).strip()
        if text.strip(_INVISIBLE).strip():
            level = 0 if self._has_heading_block or len(text) > _MAX_HEADING else state.heading
            self._has_heading_block = True
            self.parsed.blocks.append(
                Block(
                    text,
                    self._break,
                    level,
                    self._links,
                    self._link_chars,
                    state.container,
                    state.cell,
                    Region.CONTENT if level == 1 else state.region,  # some stand in an element called `breadcrumb`
                    state.in_main,
                )
            )
            self._break, self._line_breaks = Break.NONE, 0
        self._pieces.clear()
        self._links = self._link_chars = 0
        self._note_start = -1


def _break_of(tag: str, outside: _State) -> Break:
    """Return the break that an element makes between its content and what is around it."""
    if tag in _CELLS:
        return Break.CELL
    if tag in _LINES or (tag in _LISTS and outside.item):
        return Break.LINE
    return Break.PARAGRAPH if tag in _PARAGRAPHS else Break.NONE


def _region(tag: str, attributes: Mapping[str, str], *, in_main: bool) -> Region:
    role = attributes.get("role", "")
    if tag == "nav" or role in _NAVIGATION_ROLES:
        return Region.NAVIGATION
    if (tag in ("aside", "footer") and not in_main) or role in _SIDEBAR_ROLES:
        return Region.SIDEBAR
    if tag not in ("html", "body", "main", "article") and ("class" in attributes or "id" in attributes):
        names = _NAME_PART.findall(f"{attributes.get('class', '')} {attributes.get('id', '')}")
        if not _SIDEBAR_NAMES.isdisjoint(map(str.lower, names)):
            return Region.SIDEBAR
    return Region.CONTENT
