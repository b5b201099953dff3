"""Rich Text Format (.rtf), read by striprtf: the text with its tables, without pictures and styles."""

import re
from collections.abc import Iterator
from dataclasses import replace

from striprtf.striprtf import rtf_to_text

from ..document import Document
from ..errors import BadInput
from .blocks import RenderedText
from .document_builder import build_document, clean_title
from .office_properties import properties_meta
from .source import Item, Source

_BEGIN = b"{\\rtf"
_PARAGRAPH_END = re.compile(r"\\par(?![a-z])")
_BLANK_LINES = re.compile(r"\n{3,}")
_CELL_END = re.compile(r"\\(?:nest)?cell(?![a-z])")
# Groups of data without text: pictures, objects, themes. Without them, a file of megabytes is read in no time.
_DATA = re.compile(r"\{\\\*?\\?(?:pict|objdata|themedata|colorschememapping|datastore|blipuid)\b[^{}]*\}")
_INFO = re.compile(r"\{\\info\b")
_PROPERTY = re.compile(r"\{(?:\\\*)?\\(title|author|subject|keywords)\b ?((?:[^{}\\]|\\.|\{[^{}]*\})*)\}", re.DOTALL)
_HEAD = re.compile(r"\{\\rtf.*?(?=\{\\(?:fonttbl|colortbl|stylesheet|info)|\n)", re.DOTALL)
_MAX_INFO = 20_000  # characters
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def read_rtf(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield one document: the text."""
    if not content.lstrip().startswith(_BEGIN):
        yield BadInput(f"{source.name}: {'no RTF file' if content else 'empty file'}")
        return
    written = content.decode("latin-1")
    try:
        text = _plain(_PARAGRAPH_END.sub(r"\\par\\par", _CELL_END.sub(r"\\tab", _DATA.sub("", written))))
        properties = dict(_properties(written))
    except (ValueError, LookupError, IndexError, KeyError, RecursionError) as error:
        yield BadInput(f"{source.name}: broken RTF ({' '.join(str(error).split())})")
        return
    title = clean_title(properties.get("title"))
    item = build_document(source, RenderedText(text))
    if isinstance(item, Document):
        known = (properties.get(name, "") for name in ("author", "subject", "keywords"))
        meta = properties_meta(**dict(zip(("author", "subject", "keywords"), known, strict=True)))
        item = replace(item, title=title if title and title in text[:1_000] else item.title or title, meta=meta)
    yield item


def _plain(written: str) -> str:
    text: str = rtf_to_text(written, errors="replace")  # type: ignore[no-untyped-call]
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip("\n")


def _properties(written: str) -> Iterator[tuple[str, str]]:
    found = _INFO.search(written)
    head = _HEAD.match(written)
    if found and head:
        for prop in _PROPERTY.finditer(written, found.start(), found.start() + _MAX_INFO):
            yield prop[1], _plain(f"{head[0]} {prop[2]}}}")
