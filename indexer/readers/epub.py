"""Electronic books (.epub): the pages that the package file lists, in their order."""

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ..dates.parsing import Date, sole_date
from ..document import Section
from ..errors import BadInput
from .blocks import Text, render
from .html import decode_page
from .markup import parse
from .source import Item, Source
from .structured import document, sensible_title
from .xml import parse_xml, xml_as_html
from .zip_package import Package

_MOST_BYTES = 256 << 20  # of its pages, unpacked
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document"))
# With these, fonts are made useless outside of the book; its text is not touched.
_FONTS = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
_EVENTS = frozenset((None, "publication", "original-publication", "issued"))  # dates of these are the book's


def read_epub(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """One document: the book, a section for each page and each heading. Pages that can't be read are named."""
    missing: list[str] = []
    try:
        book = _Book(Package(content, _MOST_BYTES))
        text = _text(book, encoding, missing)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if missing:
        count = f"{len(missing)} of its {len(book.pages)} pages can't be read, " if missing[1:] else ""
        yield BadInput(f"{source.name}: {count}{missing[0]}")
    yield document(source, text, title=book.title, date=book.date)


class _Book:
    """What the package file of a book tells. Raises BadInput if there is none, or the book is encrypted.

    pages: the names of its parts, in order.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        container = package.read(_CONTAINER)
        if container is None:
            raise BadInput(f"no EPUB: it has no {_CONTAINER}")
        path = next((file.get("full-path") for file in _all(parse_xml(container), "rootfile")), None)
        opf = package.read(path) if path else None
        if not path or opf is None:
            raise BadInput("broken: its package file is missing")
        self._folder = posixpath.dirname(path)
        self._root = parse_xml(opf)
        self._items = {item.get("id"): item for item in _all(self._root, "item") if item.get("href")}
        spine = [self._items.get(reference.get("idref")) for reference in _all(self._root, "itemref")]
        self.pages = [
            self._path(item.get("href")) for item in spine
            if item is not None and item.get("media-type") in _PAGES and "nav" not in item.get("properties", "").split()
        ]  # fmt: skip
        if not self.pages:
            raise BadInput("broken: its package file lists no pages")
        if not _encrypted(package).isdisjoint(self.pages):
            raise BadInput("encrypted (DRM); index a copy without protection")

    @property
    def title(self) -> str | None:
        titles = (sensible_title("".join(title.itertext())) for title in _all(self._root, "title"))
        return next(filter(None, titles), None)

    @property
    def date(self) -> Date | None:
        """The day of publication, as the package tells; None if it tells several."""
        told = [
            (dict(zip(map(_local, date.keys()), date.values(), strict=True)).get("event"), "".join(date.itertext()))
            for date in _all(self._root, "date")
        ]
        dates = {sole_date(value) for event, value in told if event in _EVENTS} - {None}
        return dates.pop() if len(dates) == 1 else None

    def contents(self) -> dict[str, str]:
        """What the table of contents calls its pages."""
        called: dict[str, str] = {}
        for item in self._items.values():
            is_nav = "nav" in item.get("properties", "").split()
            if is_nav or item.get("media-type") == "application/x-dtbncx+xml":
                path = self._path(item.get("href"))
                try:
                    content = self.package.read(path)
                    root = parse_xml(content) if content else None
                except BadInput:  # the book is more than this
                    continue
                links = _links(root, is_nav=is_nav) if root is not None else ()
                for target, label in links:
                    page = _joined(posixpath.dirname(path), target)
                    if page and label:
                        called.setdefault(page, " ".join(label.split()))
        return called

    def _path(self, href: str) -> str:
        return _joined(self._folder, href)


def _text(book: _Book, encoding: str | None, missing: list[str]) -> Text:
    called = book.contents()
    pieces: list[str] = []
    sections: list[Section] = []
    offset = 0
    for path in book.pages:
        try:
            page = book.package.read(path)
            if page is None:
                raise BadInput("the page is missing")
            html = decode_page(page, encoding).text
        except BadInput as error:
            missing.append(f"{path}: {error}")
            continue
        text = render(parse(xml_as_html(html)).blocks)
        if text.text:
            offset += 2 * bool(pieces)
            if not text.sections or text.sections[0].start:
                sections.append(Section(offset, called.get(path)))
            sections += (Section(offset + section.start, section.heading) for section in text.sections)
            pieces.append(text.text)
            offset += len(text.text)
    return Text("\n\n".join(pieces), tuple(sections))


def _encrypted(package: Package) -> set[str]:
    """The parts that are encrypted."""
    content = package.read(_ENCRYPTION)
    parts: set[str] = set()
    for data in _all(parse_xml(content), "EncryptedData") if content else ():
        method = next((method.get("Algorithm") for method in _all(data, "EncryptionMethod")), None)
        if method not in _FONTS:
            parts |= {unquote(reference.get("URI", "")) for reference in _all(data, "CipherReference")}
    return parts


def _links(root: Any, *, is_nav: bool) -> Iterator[tuple[str, str]]:
    if is_nav:
        for link in _all(root, "a"):
            yield link.get("href", ""), "".join(link.itertext())
    else:
        for point in _all(root, "navPoint"):
            target = next(_all(point, "content"), None)
            label = next(_all(point, "text"), None)
            if target is not None and label is not None:
                yield target.get("src", ""), label.text or ""


def _joined(folder: str, href: str) -> str:
    """The part that `href` leads to from `folder`."""
    try:
        path = urlsplit(href).path
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join(folder, unquote(path))) if path else ""


def _all(element: Any, name: str) -> Iterator[Any]:
    """The elements called so at any depth, whatever their namespace."""
    return (found for found in element.iter(f"{{*}}{name}") if isinstance(found.tag, str))


def _local(name: str) -> str:
    return name.rpartition("}")[2]
