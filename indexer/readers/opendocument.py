"""Texts and presentations of OpenDocument (.odt, .odp and their templates), read from their XML by lxml.

Notes come at the end, with headers and footers, and the words of formulas and charts. Deleted text and tables of
contents are left out, and comments too unless the options ask for them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .blocks import Block, Break, RenderedText, render
from .comments import annotation
from .document_builder import build_document, clean_title
from .office_properties import entered_day, stated_properties
from .office_text import attribute, line_blocks, local_name
from .opendocument_lists import ListNumbers
from .own_metadata import with_metadata
from .parts import join_parts
from .source import Item, Source
from .xml import BadXml, parse_xml
from .zip_package import ZipPackage

_MAX_BYTES = 64 << 20  # of XML, unpacked
_ENCRYPTION = b"encryption-data"
# Comments, deleted text, what marks a note, alternatives for programs that can't show an object, and the like.
_NOT_SHOWN = frozenset((
    "annotation", "annotation-end", "tracked-changes", "note-citation", "table-of-content", "illustration-index",
    "table-index", "sequence-decls", "variable-decls", "desc", "title", "event-listeners", "hidden-text", "script",
    "ruby-text-style", "automatic-styles", "styles", "font-face-decls", "settings", "binary-data", "page-number",
    "page-count", "image-map", "date-time-decl", "footer-decl", "header-decl",
))  # fmt: skip
_BREAKS = {"tab": "\t", "line-break": "\n", "ruby-text": " "}
_HEADERS = frozenset(("header", "footer", "header-left", "footer-left", "header-first", "footer-first"))
_OBJECT_TEXTS = frozenset(("mi", "mn", "mo", "mtext", "p"))  # of formulas and of charts
_DEEPEST_HEADING = 6


def read_opendocument(source: Source, content: bytes, options: ReadOptions) -> Iterator[Item]:
    """Yield one document: the text with its notes, or the slides, each of which is a page."""
    try:
        package = ZipPackage(content, _MAX_BYTES)
        if _ENCRYPTION in (package.read("META-INF/manifest.xml") or b""):
            raise BadInput("protected by a password; save it without one")
        root = _part(package, "content.xml")
        if root is None or next(root.iter("{*}body"), None) is None:
            raise BadInput("broken, or no OpenDocument file")
        styles, meta = _part(package, "styles.xml"), _part(package, "meta.xml")
        parts = list(_texts(package, root, styles, comments=options.comments))
        joined = join_parts(parts)
    except BadXml:
        yield BadInput(f"{source.name}: broken, or no OpenDocument file")
        return
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    title = clean_title(_value(meta, "title"))
    item = build_document(source, joined.rendered, title=None if joined.rendered.body else title)
    if isinstance(item, Document):
        places = joined.places if len(parts) > 1 else ()
        date = item.date or entered_day(_value(meta, "creation-date"))
        item = replace(item, title=item.title or title, date=date, places=places)
    stated = {
        "author": _value(meta, "initial-creator") or _value(meta, "creator"),
        "subject": _value(meta, "subject"),
        "keywords": ";".join(found.text or "" for found in _all(meta, "keyword")),
        "description": _value(meta, "description"),
    }
    yield from with_metadata(item, stated_properties(stated))


def _texts(package: ZipPackage, root: Any, styles: Any | None, *, comments: bool) -> Iterator[RenderedText]:
    """Yield the text of each slide, or of the whole file if it has none."""
    titles = _title_styles(root, styles)
    pages = [page for page in root.iter("{*}page") if "drawing" in str(page.tag)]
    for page in pages:
        walk = _Walk(titles, package, is_slide=True)
        walk.visit(page)
        yield render([*walk.blocks, *walk.notes, *(walk.comments if comments else [])])
    if pages:
        return
    walk = _Walk(titles, package, ListNumbers(styles, root))
    walk.visit(next(root.iter("{*}body")))
    at_end = _Walk(titles, package)
    for master in _all(styles, "master-styles"):
        for part in master.iter(etree.Element):
            if local_name(part.tag) in _HEADERS:
                at_end.visit(part)
    shown = {block.text for block in walk.blocks}
    headers = dict.fromkeys(block._replace(heading=0) for block in at_end.blocks if block.text not in shown)
    yield render([*walk.blocks, *walk.notes, *headers, *(walk.comments if comments else [])])


class _Walk:
    """A walk through the elements of a file, in their order. Text stands in paragraphs, and between their elements."""

    def __init__(
        self, titles: set[str], package: ZipPackage, numbers: ListNumbers | None = None, *, is_slide: bool = False
    ) -> None:
        self.blocks: list[Block] = []
        self.notes: list[Block] = []
        self.comments: list[Block] = []
        self._titles = titles
        self._package = package
        self._numbers = numbers or ListNumbers()
        self._label = ""  # of the item that begins
        self._is_slide = is_slide
        self._open: list[list[str]] = []  # the pieces of each paragraph whose end is still to come
        self._inside: list[list[Block]] = []  # the text boxes and notes in each of them
        self._note_depth = self._items = 0
        self._cells: list[int] = [0]
        self._count = 0
        self._objects: set[str] = set()
        self._pending = Break.NONE
        self._after_item = False

    def visit(self, root: Any) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            name = local_name(element.tag)
            if event == "start":
                if name in _NOT_SHOWN:
                    self.comments += annotation(element) if name == "annotation" else []
                    walker.skip_subtree()
                else:
                    self._enter(name, element)
            else:
                if name not in _NOT_SHOWN:
                    self._leave(name, element)
                if element is not root and element.tail:
                    self._add(element.tail)

    def _enter(self, name: str, element: Any) -> None:
        if name in ("p", "h"):
            label, self._label = self._label, ""
            if name == "h" and not self._items:
                label = self._numbers.heading(self._level(name, element))
            self._open.append([f"{label} "] if label else [])
            self._inside.append([])
        elif name == "s":
            self._add(" ")
        elif name in _BREAKS:
            self._add(_BREAKS[name])
        elif name == "note":
            self._note_depth += 1
        elif name == "notes":  # of a slide
            self._pending = Break.PARAGRAPH
        elif name == "object":
            self._add_object(attribute(element, "href"))
        elif name == "list-item":
            self._items += 1
            self._label = self._numbers.item(element)
        elif name == "list":
            self._numbers.enter_list(element)
        elif name == "table":
            self._pending = Break.PARAGRAPH
        elif name == "table-row":
            self._pending = max(self._pending, Break.LINE)
        elif name == "table-cell":
            self._pending = max(self._pending, Break.CELL)
            self._count += 1
            self._cells.append(self._count)
        if element.text:
            self._add(element.text)

    def _leave(self, name: str, element: Any) -> None:
        if name in ("p", "h") and self._open:
            self._end_paragraph(self._level(name, element))
        elif name == "note":
            self._note_depth -= 1
        elif name == "list-item":
            self._items -= 1
            self._label = ""
        elif name == "list":
            self._numbers.leave_list()
        elif name == "table-cell":
            self._cells.pop()
        elif name == "table":
            self._pending = Break.PARAGRAPH

    def _end_paragraph(self, level: int) -> None:
        text = "".join(part.replace("\n", " ") if part != "\n" else part for part in self._open.pop())
        inside = self._inside.pop()
        break_before = Break.LINE if self._items and self._after_item else Break.PARAGRAPH
        if self._pending and not self._open:
            break_before = self._pending
        blocks = list(line_blocks(text, break_before, level, 0 if self._note_depth else self._cells[-1]))
        if blocks and not self._open:
            self._pending = Break.NONE
            self._after_item = self._items > 0
        if self._note_depth:
            self.notes += [
                block._replace(heading=0, break_before=Break.LINE if self.notes else Break.PARAGRAPH)
                for block in blocks
            ]
            blocks = []
        blocks += inside
        if self._open:
            self._inside[-1] += blocks
        else:
            self.blocks += blocks

    def _level(self, name: str, element: Any) -> int:
        style = attribute(element, "style-name")
        if style in self._titles:
            return 1
        if name == "h":
            level = attribute(element, "outline-level")
            return min(int(level), _DEEPEST_HEADING) if level.isdecimal() and level.isascii() and len(level) < 4 else 1
        if not self._is_slide:
            return 0
        frame = next(element.iterancestors("{*}frame"), None)
        return 2 if frame is not None and attribute(frame, "class") == "title" else 0

    def _add(self, text: str) -> None:
        if self._open:
            self._open[-1].append(text)

    def _add_object(self, href: str) -> None:
        """Add the words of a formula or a chart, which is a file of its own in the package; each is read once."""
        if not href or href in self._objects:
            return
        self._objects.add(href)
        root = _part(self._package, f"{href.removeprefix('./').rstrip('/')}/content.xml")
        if root is not None:
            words = (" ".join(part.itertext()) for part in root.iter(etree.Element)
                     if local_name(part.tag) in _OBJECT_TEXTS)  # fmt: skip
            self._add(f" {' '.join(' '.join(words).split())} ")


def _title_styles(root: Any, styles: Any | None) -> set[str]:
    """Return the names of the styles that are based on the one called Title."""
    bases = {
        attribute(style, "name"): attribute(style, "parent-style-name")
        for part in (root, styles)
        for style in _all(part, "style")
    }
    found: set[str] = set()
    for name in bases:
        seen: set[str] = set()
        style = name
        while style in bases and style != "Title" and style not in seen:
            seen.add(style)
            style = bases[style]
        if style == "Title":
            found.add(name)
    return found | {"Title"}


def _part(package: ZipPackage, name: str) -> Any | None:
    content = package.read(name)
    return parse_xml(content) if content else None


def _all(root: Any | None, name: str) -> Iterator[Any]:
    if root is not None:
        yield from root.iter(f"{{*}}{name}")


def _value(root: Any | None, name: str) -> str:
    return next((found.text or "" for found in _all(root, name)), "")
