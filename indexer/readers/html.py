"""Web pages (.html, .htm, .xhtml)."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from ..document import Document
from ..errors import BadInput
from .blocks import render
from .boilerplate import main_text
from .document_builder import build_document
from .encodings import Decoded, decode
from .html_metadata import page_date, page_metadata, page_title
from .html_parser import parse_html
from .own_metadata import with_metadata
from .source import Item, Source
from .telegram import is_telegram_page, read_telegram_page
from .xml import xml_as_html

_ASCII = re.compile(rb"[\x00-\x7f]+")
_DECLARATION = re.compile(
    rb"""<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)""", re.I
)
_DECLARED_WITHIN = 4096  # bytes
# The encodings of web pages, of those that Python has; some of the others are slow, or are no encodings of text.
_WEB_ENCODINGS = re.compile(r"utf-8|cp(?:125\d|8\d\d)|iso8859-\d+|mac-\w+|koi8-\w|gb\w+|big5\w*|euc[-_]\w+|shift_jis")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAX_BROKEN = 0.01  # share of the characters beyond ASCII that may be broken where UTF-8 is declared


def read_html(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield one document: the main text of the page; of a page of an exported chat, a document for each message."""
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
    yield from page_items(source, text, encoding)


def page_items(source: Source, text: str, encoding: str | None, url: str = "") -> Iterator[Item]:
    """Yield the documents of the text of a page.

    Args:
        source: The file.
        text: The page.
        encoding: The encoding that it was decoded with.
        url: The address that it was saved from, if that is known.
    """
    if is_telegram_page(text):
        for item in read_telegram_page(source, text):
            yield replace(item, encoding=encoding) if isinstance(item, Document) else item
        return
    parsed = parse_html(text)
    blocks = main_text(parsed.blocks)
    item = build_document(
        source, render(blocks), title=page_title(parsed, blocks), date=page_date(parsed), encoding=encoding
    )
    yield from with_metadata(item, page_metadata(parsed) | ({"url": url} if url else {}))


def decode_page(content: bytes, named: str | None = None) -> Decoded:
    """Return the text of a web page.

    The encoding is the one that the user named, or the one that the bytes show, or the one that the page declares. The
    bytes take precedence, since a page that was converted still declares its former encoding.

    Raises:
        BadInput: If the text is in none of these encodings.
    """
    if named or b"\0" in content or content.startswith(_UTF16_MARKS):
        return decode(content, named)
    try:
        return Decoded(content.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError:
        pass
    try:
        # Tags tell nothing about the encoding, and the first of them would fill the sample.
        encoding = decode(_ASCII.sub(b" ", content)).encoding
        return Decoded(content.decode(encoding), encoding)
    except BadInput:
        declared = _declared_encoding(content)
    if declared == "utf-8":
        text = content.decode("utf-8", "replace")
        if text.count("\ufffd") <= _MAX_BROKEN * sum(map(len, _ASCII.split(content))) / 2:
            return Decoded(text, declared)
    elif declared:
        with suppress(BadInput):  # the declaration is wrong
            return decode(content, declared)
    return decode(content)


def _declared_encoding(content: bytes) -> str | None:
    """Return the encoding that a page declares, by its name in Python; None if it declares none of web pages."""
    found = _DECLARATION.search(content[:_DECLARED_WITHIN])
    if not found:
        return None
    try:
        name = codecs.lookup((found[1] or found[2]).decode()).name
    except (LookupError, ValueError):
        return None
    return name.replace("cp125", "windows-125") if _WEB_ENCODINGS.fullmatch(name) else None
