"""Web pages (.html, .htm, .xhtml)."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from ..errors import BadInput
from .blocks import render
from .boilerplate import main_text
from .encodings import Decoded, decode
from .html_metadata import page_date, page_title
from .markup import parse
from .source import Item, Source
from .structured import document
from .xml import xml_as_html

_ASCII = re.compile(rb"[\x00-\x7f]+")
_DECLARATION = re.compile(
    rb"""<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)""", re.I
)
_DECLARED_WITHIN = 4096  # bytes
# Of what Python can read, what pages are in; some of the rest is slow, or no encoding of text.
_OF_PAGES = re.compile(r"utf-8|cp(?:125\d|8\d\d)|iso8859-\d+|mac-\w+|koi8-\w|gb\w+|big5\w*|euc[-_]\w+|shift_jis")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BROKEN = 0.01  # of the characters that are not ASCII: so many may be broken where UTF-8 is declared


def read_html(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """One document: the main text of the page."""
    try:
        text, encoding = decode_page(content, encoding)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if not text.strip():
        yield BadInput(f"{source.name}: empty file")
        return
    if source.suffix == ".xhtml":
        text = xml_as_html(text)
    markup = parse(text)
    blocks = main_text(markup.blocks)
    yield document(source, render(blocks), title=page_title(markup, blocks), date=page_date(markup), encoding=encoding)


def decode_page(content: bytes, named: str | None = None) -> Decoded:
    """The text of a page: in the encoding `named`, or the one its bytes show, or the one it declares. Its bytes go
    first: a page that was converted still declares what it was.

    Raises BadInput if it is in none of these.
    """
    if named or b"\0" in content or content.startswith(_WIDE):
        return decode(content, named)
    try:
        return Decoded(content.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError:
        pass
    try:
        encoding = decode(_ASCII.sub(b" ", content)).encoding  # tags say nothing of it, and stand before the words
        return Decoded(content.decode(encoding), encoding)
    except BadInput:
        declared = _declared(content)
    if declared == "utf-8":
        text = content.decode("utf-8", "replace")
        if text.count("\ufffd") <= _BROKEN * sum(map(len, _ASCII.split(content))) / 2:
            return Decoded(text, declared)
    elif declared:
        with suppress(BadInput):  # it deceives
            return decode(content, declared)
    return decode(content)


def _declared(content: bytes) -> str | None:
    """The encoding that a page says it is in, as Python calls it."""
    found = _DECLARATION.search(content[:_DECLARED_WITHIN])
    if not found:
        return None
    try:
        name = codecs.lookup((found[1] or found[2]).decode()).name
    except (LookupError, ValueError):
        return None
    return name.replace("cp125", "windows-125") if _OF_PAGES.fullmatch(name) else None
