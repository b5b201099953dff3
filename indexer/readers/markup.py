"""HTML to blocks of text, by lxml.

The parser tells of tags and text as they come and makes no tree: what is kept is as large as the text, however deep the
tags are nested.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...analyzers.data_tables import table_rows
from .blocks import Block, Gap, Part

_PORTION = 1 << 20  # characters that the parser gets at a time
_LONGEST_HEADING = 300  # characters; what is longer is a text after a tag that was not closed

_DATA = Path(__file__).parent.parent / "data"


def _kinds() -> dict[str, frozenset[str]]:
    """The names of elements, roles and classes, by what they are to a reader of text."""
    names: dict[str, set[str]] = {}
    for kind, listed, _why in table_rows("html.tsv", _DATA):
        names.setdefault(kind, set()).update(listed.split())
    return {kind: frozenset(listed) for kind, listed in names.items()}


_KINDS = _kinds()
_LEFT_OUT, _NOT_PRINTED, _APART = _KINDS["left-out"], _KINDS["not-printed"], _KINDS["apart"]
_PARAGRAPHS, _LINES, _LISTS, _CELLS = _KINDS["paragraph"], _KINDS["line"], _KINDS["list"], _KINDS["cell"]
_BOXES, _VERBATIM = _KINDS["box"], _KINDS["verbatim"]
_MENU_ROLES, _BESIDE_ROLES, _BESIDE_NAMES = _KINDS["menu-role"], _KINDS["beside-role"], _KINDS["beside-name"]
_HEADINGS = {f"h{level}": level for level in range(1, 7)}

_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")  # siteFooter, site-footer
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
# What a browser folds, unless it is one space already: neither half-spaces nor those that don't break.
_SPACES = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
_LINE_END = re.compile(r"\r\n?")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Markup:
    """What is written in an HTML file.

    title: of its head. metas: the attributes of its `meta` tags. linked_data: its JSON-LD.
    times: moments that it marks, as written, each with the property that it is of, if that is said.
    """

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    metas: list[dict[str, str]] = field(default_factory=list)
    linked_data: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)


def parse(html: str) -> Markup:
    """What is written in `html`, however broken it is."""
    from lxml import etree  # noqa: PLC0415 - only those who have such files wait for it

    builder = _Builder()
    # `huge_tree` lifts the limits of length; those of depth hold for trees alone.
    parser = etree.HTMLParser(target=builder, encoding="utf-8", huge_tree=True, no_network=True)
    for start in range(0, len(html), _PORTION):
        parser.feed(html[start : start + _PORTION].encode("utf-8", "replace"))
    if html:
        parser.close()
    return builder.markup


class _State(NamedTuple):
    """What holds inside an element. depth: how many blocks are open. The others are as in `Block`."""

    depth: int = 0
    box: int = 0
    cell: int = 0
    part: Part = Part.TEXT
    within: bool = False
    heading: int = 0
    link: bool = False
    verbatim: bool = False
    item: bool = False


class _Builder:
    """Makes blocks of what the parser tells. lxml closes every element it opens, in order."""

    def __init__(self) -> None:
        self.markup = Markup()
        self._state = _State()
        self._open: list[tuple[str, _State]] = []  # and what held before
        self._skipped = 0  # open elements from the outermost that is left out
        self._caught: list[str] | None = None  # text that is left out but wanted
        self._pieces: list[str] = []  # of the block
        self._links = self._linked = 0
        self._note = -1  # where in `_pieces` a link begins that may be the mark of a note
        self._headed = False  # whether the heading has its block
        # Of all that was opened and closed since the last block, the outermost says what stands between it and the
        # next: in </p></td><td><p> the cell.
        self._gap = Gap.NONE
        self._gap_depth = self._breaks = 0
        self._numbers = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        attributes = attributes or {}  # lxml's own empty mapping is slow
        if self._skipped:
            self._skipped += 1
        elif tag == "title" or self._is_left_out(tag, attributes):
            self._skipped = 1
            if tag == "title" or attributes.get("type", "").strip().lower() == "application/ld+json":
                self._caught = []
            self._space(tag)
        else:
            self._open.append((tag, self._state))
            self._remember(tag, attributes)
            if tag == "br":
                self._break()
            elif tag == "a":
                self._begin_link(attributes)
            else:
                self._space(tag)
                self._enter(tag, attributes)

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            if not self._skipped and self._caught is not None:
                self._take_caught(tag.rpartition(":")[2], "".join(self._caught))
                self._caught = None
            return
        tag, outside = self._open.pop()
        if tag == "a":
            self._leave_out_note()
        if self._state.depth > outside.depth:
            self._boundary(_strength(tag, outside), outside.depth)
        self._state = outside

    def data(self, text: str) -> None:
        if not self._skipped:
            self._pieces.append(text)
            if self._state.link:
                self._linked += len(text)
        elif self._caught is not None:
            self._caught.append(text)

    def comment(self, text: str) -> None:
        pass

    def pi(self, target: str, data: str | None = None) -> None:
        pass

    def close(self) -> None:
        self._flush()

    def _is_left_out(self, tag: str, attributes: Mapping[str, str]) -> bool:
        if tag in _LEFT_OUT:
            return tag != "button" or not self._state.heading  # a question that opens its answer
        if tag in ("html", "body"):  # some are hidden until a script shows them
            return False
        if tag == "dialog" and "open" not in attributes:
            return True
        if "hidden" in attributes or ("style" in attributes and _HIDDEN.search(attributes["style"])):
            return True
        return "class" in attributes and not _NOT_PRINTED.isdisjoint(attributes["class"].split())

    def _take_caught(self, tag: str, text: str) -> None:
        if tag == "title":
            self.markup.title = self.markup.title or " ".join(text.split())
        else:
            self.markup.linked_data.append(text)

    def _remember(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "meta":
            self.markup.metas.append(dict(attributes))
        moment = attributes.get("datetime") or attributes.get("content")
        if moment and (tag == "time" or "itemprop" in attributes) and self._state.part is Part.TEXT:
            self.markup.times.append((attributes.get("itemprop", ""), moment))

    def _space(self, tag: str) -> None:
        if tag in _APART:
            self._pieces.append(" ")

    def _begin_link(self, attributes: Mapping[str, str]) -> None:
        if "href" in attributes:
            self._links += 1
            self._note = len(self._pieces) if "#" in attributes["href"] else -1
            self._state = self._state._replace(link=True)

    def _leave_out_note(self) -> None:
        """A link into a page that has no letter marks a note, or leads back from one: [۱], ↑."""
        if self._note >= 0 and not any(map(_LETTER.search, self._pieces[self._note :])):
            del self._pieces[self._note :]
        self._note = -1

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        state = self._state
        if strength := _strength(tag, state):
            self._boundary(strength, state.depth)
            self._numbers += 1
            self._headed = self._headed and tag not in _HEADINGS
            within = state.within or tag in ("article", "main") or attributes.get("role") == "main"
            self._state = _State(
                depth=state.depth + 1,
                box=self._numbers if tag in _BOXES else state.box,
                cell=self._numbers if tag in _CELLS else state.cell,
                part=max(state.part, _part(tag, attributes, within=within)),
                within=within,
                heading=_HEADINGS.get(tag, state.heading),
                link=state.link,
                verbatim=state.verbatim or tag in _VERBATIM,
                item=state.item or tag in ("dd", "li"),
            )

    def _break(self) -> None:
        if self._state.verbatim:
            self._pieces.append("\n")
        elif self._state.heading:
            self._pieces.append(" ")
        else:
            self._flush()
            self._breaks += 1
            self._boundary(Gap.LINE if self._breaks == 1 else Gap.PARAGRAPH, self._state.depth)

    def _boundary(self, strength: Gap, depth: int) -> None:
        self._flush()
        if not self._gap or depth < self._gap_depth:
            self._gap, self._gap_depth = strength, depth
        elif depth == self._gap_depth:
            self._gap = max(self._gap, strength)

    def _flush(self) -> None:
        """Ends the block, if there is any text in it."""
        if not self._pieces:
            return
        text = "".join(self._pieces)
        state = self._state
        text = _LINE_END.sub("\n", text).strip("\n").rstrip() if state.verbatim else _SPACES.sub(" ", text).strip()
        if text.strip(_INVISIBLE).strip():
            level = 0 if self._headed or len(text) > _LONGEST_HEADING else state.heading
            self._headed = True
            self.markup.blocks.append(
                Block(
                    text,
                    self._gap,
                    level,
                    self._links,
                    self._linked,
                    state.box,
                    state.cell,
                    Part.TEXT if level == 1 else state.part,  # some stand in what is called a breadcrumb
                    state.within,
                )
            )
            self._gap, self._breaks = Gap.NONE, 0
        self._pieces.clear()
        self._links = self._linked = 0
        self._note = -1


def _strength(tag: str, outside: _State) -> Gap:
    """What an element sets between what is in it and what is around it."""
    if tag in _CELLS:
        return Gap.CELL
    if tag in _LINES or (tag in _LISTS and outside.item):
        return Gap.LINE
    return Gap.PARAGRAPH if tag in _PARAGRAPHS else Gap.NONE


def _part(tag: str, attributes: Mapping[str, str], *, within: bool) -> Part:
    role = attributes.get("role", "")
    if tag == "nav" or role in _MENU_ROLES:
        return Part.MENU
    if (tag in ("aside", "footer") and not within) or role in _BESIDE_ROLES:
        return Part.BESIDE
    if tag not in ("html", "body", "main", "article") and ("class" in attributes or "id" in attributes):
        names = _NAME.findall(f"{attributes.get('class', '')} {attributes.get('id', '')}")
        if not _BESIDE_NAMES.isdisjoint(map(str.lower, names)):
            return Part.BESIDE
    return Part.TEXT
