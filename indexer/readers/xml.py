"""XML, read safely."""

import re
from typing import Any

from jooya.indexer.errors import BadInput

# In UTF-16, or in an encoding that is said and is another than UTF-8.
_OTHERWISE = re.compile(
    rb"""\xff\xfe|\xfe\xff|\0?<\0|\s*<\?xml[^>]*\bencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE
)


def parse_xml(content: bytes) -> Any:
    """The root element (of lxml). No entity is resolved, nothing else is read for it, and what breaks off is read up to
    there.

    Raises BadInput if there is nothing to read.
    """
    from lxml import etree  # noqa: PLC0415 - only those who have such files wait for it

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    if not _OTHERWISE.match(content):
        content = content.decode("utf-8", "replace").encode()  # lxml would raise where a broken character is asked for
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise BadInput("broken XML")
    return root
