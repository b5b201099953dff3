"""XML, read safely: with no entities, and nothing from elsewhere."""

import html
import re
from typing import Any

from jooya.indexer.errors import BadInput

# With its own declarations, by which a line can stand for gigabytes.
_DOCTYPE = r"<!DOCTYPE[^<>\[]*\[[^\]]*\]\s*>"
_IN_BYTES = re.compile(_DOCTYPE.encode(), re.IGNORECASE)
_IN_TEXT = re.compile(_DOCTYPE, re.IGNORECASE)
_CDATA = "<![CDATA["
# In UTF-16, or in an encoding that is said and is another than UTF-8.
_OTHERWISE = re.compile(
    rb"""\xff\xfe|\xfe\xff|\0?<\0|\s*<\?xml[^>]*\bencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE
)


def parse_xml(content: bytes) -> Any:
    """The root element (of lxml). What is broken is read as far as it can be.

    Raises BadInput if there is nothing to read.
    """
    from lxml import etree  # noqa: PLC0415 - only those who have such files wait for it

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    content = _IN_BYTES.sub(b"", content, count=1)
    if not _OTHERWISE.match(content):
        content = content.decode("utf-8", "replace").encode()  # lxml would raise where a broken character is asked for
    try:
        root = etree.fromstring(content, parser)
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
