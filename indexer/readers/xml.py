"""XML, read safely: with no entities, and nothing from elsewhere."""

import html
import re
from typing import Any

from ..errors import BadInput

# With its own declarations, by which a line can stand for gigabytes.
_DOCTYPE = r"<!DOCTYPE[^<>\[]*\[[^\]]*\]\s*>"
_IN_BYTES = re.compile(_DOCTYPE.encode(), re.IGNORECASE)
_IN_TEXT = re.compile(_DOCTYPE, re.IGNORECASE)
_CDATA = "<![CDATA["
# How UTF-16 begins; all else that XML is written in has ASCII as it is.
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*\bencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:x0*(d[89a-f][0-9a-f]{2})|0*(5[5-7][0-9]{3}));", re.IGNORECASE)


def parse_xml(content: bytes) -> Any:
    """The root element (of lxml). What is broken is read as far as it can be.

    Raises BadInput if there is nothing to read.
    """
    from lxml import etree  # noqa: PLC0415 - only those who have such files wait for it

    encoding = _WIDE.get(content[:2]) or (None if _DECLARED.match(content) else "utf-8")
    if encoding:  # lxml would raise where a broken character is asked for
        content = content.decode(encoding, "replace").encode("utf-8", "replace")
    parser = etree.XMLParser(
        encoding="utf-8" if encoding else None,
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    content = _IN_BYTES.sub(b"", content, count=1)
    try:
        root = etree.fromstring(_REFERENCE.sub(_whole, content), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise BadInput("broken XML")
    return root


def xml_as_html(text: str) -> str:
    """A page of XML as HTML has it: without declarations of its own, and with marked sections as text."""
    first, *rest = _IN_TEXT.sub("", text, count=1).split(_CDATA)
    pieces = [first]
    for piece in rest:
        inside, _, after = piece.partition("]]>")
        pieces += (html.escape(inside), after)
    return "".join(pieces)


def _whole(reference: re.Match[bytes]) -> bytes:
    """A reference to half a character (&#55296;) as one to U+FFFD: lxml takes it in and can't give it out."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"&#xfffd;" if 0xD800 <= number <= 0xDFFF else reference[0]
