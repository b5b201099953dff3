"""The sections of a page of HTML: what stands under each heading that has an id."""

import re
from typing import TYPE_CHECKING

from .site_index import PageSection

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LEFT_OUT = frozenset(["script", "style", "template", "svg", "button", "noscript"])
_PERMALINK = "headerlink"
"""The class of the link to a heading that stands in it: ¶."""

_PARAGRAPHS = _HEADINGS.union(
    ["address", "article", "aside", "blockquote", "details", "div", "dl", "figure", "footer", "header", "main"],
    ["ol", "p", "pre", "section", "table", "ul"],
)
"""What a blank line stands before and after."""

_LINES = frozenset(["br", "caption", "dd", "dt", "figcaption", "hr", "li", "summary", "tr"])
"""What begins and ends a line."""

_CELLS = frozenset(["td", "th"])


def html_sections(html: str) -> tuple[PageSection, ...]:
    """Return the sections of a page, in their order.

    Args:
        html: The content of the page: a fragment, without menus.
    """
    if not html.strip():
        return ()
    from lxml.html import fragment_fromstring  # noqa: PLC0415 - it takes long to import

    reader = _Reader()
    reader.read(fragment_fromstring(html, create_parent="div"))
    return reader.sections()


class _Reader:
    """Collects the text of elements by sections."""

    def __init__(self) -> None:
        self._found: list[tuple[str | None, str | None, list[str]]] = [(None, None, [])]
        self._parts: list[str] = self._found[0][2]

    def sections(self) -> tuple[PageSection, ...]:
        """Return the sections that have a heading or a text."""
        sections = [PageSection(anchor, heading, _tidy("".join(parts))) for anchor, heading, parts in self._found]
        return tuple(one for one in sections if one.heading or one.text)

    def read(self, element: "HtmlElement", *, is_written: bool = False) -> None:
        """Take an element in. `is_written` is True where line breaks are those of the text."""
        tag = element.tag
        if isinstance(tag, str) and tag not in _LEFT_OUT and _PERMALINK not in element.get("class", "").split():
            if tag in _HEADINGS and element.get("id"):
                self._parts = []
                heading = _Reader()
                heading._read_children(element, is_written=False)
                self._found.append((element.get("id"), _tidy("".join(heading._parts)).replace("\n", " "), self._parts))
            else:
                edge = "\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else "\t" if tag in _CELLS else ""
                self._parts.append(edge)
                self._read_children(element, is_written=is_written or tag == "pre")
                self._parts.append(edge)
        if element.tail:
            self._add(element.tail, is_written)

    def _read_children(self, element: "HtmlElement", *, is_written: bool) -> None:
        if element.text:
            self._add(element.text, is_written)
        for child in element:
            self.read(child, is_written=is_written)

    def _add(self, text: str, is_written: bool) -> None:
        self._parts.append(text if is_written else re.sub(r"[ \t\r\n\f]+", " ", text))


def _tidy(text: str) -> str:
    """Return a text without spaces at the ends of lines, and with a blank line at most between two."""
    lines = [re.sub(r" *\t[ \t]*", "\t", line).strip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
