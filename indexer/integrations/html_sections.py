"""The sections of a page of HTML: what stands under each heading that has an id."""

import re
from typing import TYPE_CHECKING, NamedTuple

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

_EMPTY = frozenset(["br", "hr"])
"""What has no end."""

_CELLS = frozenset(["td", "th"])


def html_sections(html: str) -> tuple[PageSection, ...]:
    """Return the sections of a page, in their order.

    Args:
        html: The content of the page: a fragment, without menus.
    """
    if not html.strip():
        return ()
    from lxml.html import HTMLParser, fragment_fromstring  # noqa: PLC0415 - it takes long to import

    # Without `huge_tree`, elements that are very deep in others are left out.
    root = fragment_fromstring(html, create_parent="div", parser=HTMLParser(huge_tree=True))
    return _sections(root)


class _Section(NamedTuple):
    """A section while it is read: the parts of its heading and of its text."""

    anchor: str | None
    heading: list[str]
    text: list[str]


def _sections(root: "HtmlElement") -> tuple[PageSection, ...]:
    found = [_Section(None, [], [])]
    parts = found[0].text  # what is being read: a text, or a heading
    written = 0  # how many of the elements around are <pre>, in which line breaks are those of the text
    waiting: list[tuple[HtmlElement, bool]] = [(root, False)]
    while waiting:  # not by recursion, since elements may be nested deeply
        element, is_end = waiting.pop()
        tag = element.tag
        heading = isinstance(tag, str) and tag in _HEADINGS and element.get("id")
        if not is_end:
            if _is_left_out(element):
                _add(parts, element.tail, written)
                continue
            if heading:
                found.append(_Section(element.get("id"), [], []))
                parts = found[-1].heading
            written += tag == "pre"
            parts.append(_edge(tag))
            _add(parts, element.text, written)
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]
            continue
        if tag not in _EMPTY:
            parts.append(_edge(tag))
        written -= tag == "pre"
        if heading:
            parts = found[-1].text
        _add(parts, element.tail, written)
    sections = [
        PageSection(one.anchor, " ".join("".join(one.heading).split()) or None, _tidy(one.text)) for one in found
    ]
    return tuple(one for one in sections if one.heading or one.text)


def _is_left_out(element: "HtmlElement") -> bool:
    """Return True for an element without text that is read, such as a comment."""
    if not isinstance(element.tag, str) or element.tag in _LEFT_OUT:
        return True
    return _PERMALINK in element.get("class", "").split()


def _edge(tag: str) -> str:
    """Return what stands before and after an element."""
    return "\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else "\t" if tag in _CELLS else ""


def _add(parts: list[str], text: str | None, written: int) -> None:
    if text:
        parts.append(text if written else re.sub(r"[ \t\r\n\f]+", " ", text))


def _tidy(parts: list[str]) -> str:
    """Return a text without spaces at the ends of lines, and with a blank line at most between two."""
    lines = [re.sub(r" *\t[ \t]*", "\t", line).strip() for line in "".join(parts).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
