"""Safe parsing of XML: entities are not expanded, and nothing is loaded from elsewhere."""

import html
import re
from typing import Any, AnyStr

from lxml import etree

from ..errors import BadInput

# The beginning and the end of a document type with declarations of its own, by which a line can stand for gigabytes.
# They are two patterns, since one of the whole would look for the end of each of many beginnings.
_DOCTYPE, _DOCTYPE_END = r"<!DOCTYPE[^<>\[]*+\[", r"\]\s*+>"
_IN_BYTES = re.compile(_DOCTYPE.encode(), re.IGNORECASE), re.compile(_DOCTYPE_END.encode())
_IN_TEXT = re.compile(_DOCTYPE, re.IGNORECASE), re.compile(_DOCTYPE_END)
_CDATA = "<![CDATA["
# The first bytes of UTF-16. In all other encodings of XML, ASCII characters are one byte each.
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*\bencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_SURROGATE_REFERENCE = re.compile(rb"&#(?:x0*(d[89a-f][0-9a-f]{2})|0*(5[5-7][0-9]{3}));", re.IGNORECASE)


class BadXml(BadInput):
    """The XML is so broken that nothing of it can be read."""


def parse_xml(content: bytes) -> Any:
    """Return the root element (of lxml) of an XML file. Broken XML is read as far as possible.

    Raises:
        BadXml: If nothing can be read.
        BadInput: If the parser stopped at one of its limits, which would lose the rest.
    """
    encoding = _WIDE.get(content[:2]) or (None if _DECLARED.match(content) else "utf-8")
    if encoding:  # lxml would raise when asked for a text with a broken character
        content = content.decode(encoding, "replace").encode("utf-8", "replace")
    parser = etree.XMLParser(
        encoding="utf-8" if encoding else None,
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    if found := _doctype(content, b"]", *_IN_BYTES):
        content = content[: found[0]] + content[found[1] :]
    try:
        root = etree.fromstring(_SURROGATE_REFERENCE.sub(_replacement, content), parser)
    except etree.XMLSyntaxError:
        root = None
    for entry in parser.error_log:  # the parser stops at its limits, though it recovers from other errors
        if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            raise BadInput("nested too deeply" if "depth" in entry.message else "a text of more than 10 MB in its XML")
    if root is None:
        raise BadXml("broken XML")
    return root


def xml_as_html(text: str) -> str:
    """Return an XHTML page as HTML: without a document type of its own, and with CDATA sections as escaped text."""
    if found := _doctype(text, "]", *_IN_TEXT):
        text = text[: found[0]] + text[found[1] :]
    first, *rest = text.split(_CDATA)
    pieces = [first]
    for piece in rest:
        inside, _, after = piece.partition("]]>")
        pieces += (html.escape(inside), after)
    return "".join(pieces)


def _doctype(
    text: AnyStr, bracket: AnyStr, begin: re.Pattern[AnyStr], end: re.Pattern[AnyStr]
) -> tuple[int, int] | None:
    """Return the span of the first document type with declarations; the first bracket after its beginning ends them."""
    closing = -1
    for found in begin.finditer(text):
        if closing < found.end():
            closing = text.find(bracket, found.end())
            if closing < 0:
                break
            if ended := end.match(text, closing):
                return found.start(), ended.end()
    return None


def _replacement(reference: re.Match[bytes]) -> bytes:
    """Turn a reference to a lone surrogate (&#55296;) into one to U+FFFD; lxml accepts it but can't return it."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"&#xfffd;" if 0xD800 <= number <= 0xDFFF else reference[0]
