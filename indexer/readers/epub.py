"""Electronic books (.epub): the pages that the package document lists, in their order."""

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ..dates.parsing import Date, sole_date
from ..document import Section
from ..errors import BadInput
from .blocks import RenderedText, render
from .budgets import MAX_CHARACTERS
from .document_builder import build_document, clean_title
from .html import decode_page
from .html_parser import parse_html
from .own_metadata import one_or_all, with_metadata
from .source import Item, Source
from .xml import parse_xml, xml_as_html
from .zip_package import ZipPackage

MAX_PAGES = 20_000
"""The most pages of a book, as of a PDF."""

_MAX_BYTES = 256 << 20  # of the pages, unpacked
_MAX_TITLE = 1_000  # characters of an entry of the table of contents
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGE_TYPES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document"))
# With these methods, only fonts are encrypted, so that they are useless outside of the book. Its text is readable.
_FONT_OBFUSCATION = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
_STATED = {"author": "creator", "publisher": "publisher", "language": "language", "subject": "subject",
           "identifier": "identifier"}  # fmt: skip
_EVENTS = frozenset((None, "publication", "original-publication", "issued"))  # their dates are those of the book


def read_epub(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield one document, the book, with a section for each page and each heading.

    If some pages can't be read, an error that names the first of them comes before the document.
    """
    unread: list[str] = []
    try:
        book = _Book(ZipPackage(content, _MAX_BYTES))
        text = _text(book, encoding, unread)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if unread:
        count = f"{len(unread)} of its {len(book.pages)} pages can't be read, " if unread[1:] else ""
        yield BadInput(f"{source.name}: {count}{unread[0]}")
    yield from with_metadata(build_document(source, text, title=book.title, date=book.date), book.metadata)


class _Book:
    """The package document of a book, which lists its parts.

    Attributes:
        package: The parts of the file.
        pages: The names of the parts that are pages, in reading order.
    """

    def __init__(self, package: ZipPackage) -> None:
        """Read the package document.

        Raises:
            BadInput: If there is none, if it lists no pages, or if the pages are encrypted.
        """
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
        # The spine may name a page again and again, also by other ids.
        self.pages = list(dict.fromkeys(
            self._part_name(item.get("href")) for item in spine if item is not None
            and item.get("media-type") in _PAGE_TYPES and "nav" not in item.get("properties", "").split()
        ))  # fmt: skip
        if not self.pages:
            raise BadInput("broken: its package file lists no pages")
        if len(self.pages) > MAX_PAGES:
            raise BadInput(f"has {len(self.pages):,} pages; the most is {MAX_PAGES:,}: split it")
        if not _encrypted_parts(package).isdisjoint(self.pages):
            raise BadInput("encrypted (DRM); index a copy without protection")

    @property
    def title(self) -> str | None:
        titles = (clean_title("".join(title.itertext())) for title in _all(self._root, "title"))
        return next(filter(None, titles), None)

    @property
    def date(self) -> Date | None:
        """The day of publication that the package document states; None if it states several."""
        stated = [
            (dict(zip(map(_local, date.keys()), date.values(), strict=True)).get("event"), "".join(date.itertext()))
            for date in _all(self._root, "date")
        ]
        dates = {sole_date(value) for event, value in stated if event in _EVENTS} - {None}
        return dates.pop() if len(dates) == 1 else None

    @property
    def metadata(self) -> dict[str, object]:
        """The author, publisher, language, subjects and identifier that the package document states."""
        stated: dict[str, object] = {
            own: one_or_all("".join(element.itertext()) for element in _all(self._root, name))
            for own, name in _STATED.items()
        }
        subjects = stated["subject"]
        stated["subject"] = (subjects,) if isinstance(subjects, str) and subjects else subjects
        return stated

    def page_titles(self) -> dict[str, str]:
        """Return the titles that the table of contents gives to pages, by the names of the pages."""
        titles: dict[str, str] = {}
        seen: set[str] = set()
        for item in self._items.values():
            is_nav = "nav" in item.get("properties", "").split()
            if is_nav or item.get("media-type") == "application/x-dtbncx+xml":
                path = self._part_name(item.get("href"))
                if path in seen:
                    continue
                seen.add(path)
                try:
                    content = self.package.read(path)
                    root = parse_xml(content) if content else None
                except BadInput:  # the book can be read without it
                    continue
                links = _links(root, is_nav=is_nav) if root is not None else ()
                for target, label in links:
                    page = _resolved(posixpath.dirname(path), target)
                    if page and 0 < len(label) <= _MAX_TITLE:
                        titles.setdefault(page, " ".join(label.split()))
        return titles

    def _part_name(self, href: str) -> str:
        return _resolved(self._folder, href)


def _text(book: _Book, encoding: str | None, unread: list[str]) -> RenderedText:
    """Return the text of the book, and add to `unread` the name of each page that can't be read, with the reason."""
    titles = book.page_titles()
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
            unread.append(f"{path}: {error}")
            continue
        text = render(parse_html(xml_as_html(html)).blocks)
        if offset + len(text.text) > MAX_CHARACTERS:
            raise BadInput(f"has more than {MAX_CHARACTERS:,} characters: split it")
        if text.text:
            offset += 2 * bool(pieces)
            if not text.sections or text.sections[0].start:
                sections.append(Section(offset, titles.get(path)))
            sections += (Section(offset + section.start, section.heading) for section in text.sections)
            pieces.append(text.text)
            offset += len(text.text)
    return RenderedText("\n\n".join(pieces), tuple(sections))


def _encrypted_parts(package: ZipPackage) -> set[str]:
    """Return the names of the parts that are encrypted."""
    content = package.read(_ENCRYPTION)
    parts: set[str] = set()
    for data in _all(parse_xml(content), "EncryptedData") if content else ():
        method = next((method.get("Algorithm") for method in _all(data, "EncryptionMethod")), None)
        if method not in _FONT_OBFUSCATION:
            parts |= {unquote(reference.get("URI", "")) for reference in _all(data, "CipherReference")}
    return parts


def _links(root: Any, *, is_nav: bool) -> Iterator[tuple[str, str]]:
    """Yield the target and the label of each entry of a table of contents, in HTML (`is_nav`) or in NCX."""
    if is_nav:
        for link in _all(root, "a"):
            yield link.get("href", ""), "".join(link.itertext())
    else:
        for point in _all(root, "navPoint"):
            target = next(_all(point, "content"), None)
            label = next(_all(point, "text"), None)
            if target is not None and label is not None:
                yield target.get("src", ""), label.text or ""


def _resolved(folder: str, href: str) -> str:
    """Return the name of the part that `href` leads to from `folder`."""
    try:
        path = urlsplit(href).path
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join(folder, unquote(path))) if path else ""


def _all(element: Any, name: str) -> Iterator[Any]:
    """Yield the elements of this name at any depth, in any namespace."""
    return (found for found in element.iter(f"{{*}}{name}") if isinstance(found.tag, str))


def _local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]
