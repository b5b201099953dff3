"""Rich Text Format (.rtf), read by striprtf: the text with tables, notes, headers and footers, without pictures."""

import re
from collections.abc import Iterator
from dataclasses import replace

from striprtf.striprtf import rtf_to_text

from ..document import Document
from ..errors import BadInput
from .blocks import RenderedText
from .document_builder import build_document, clean_title
from .office_properties import stated_properties
from .own_metadata import with_metadata
from .source import Item, Source

_BEGIN = b"{\\rtf"
_CELL_END = re.compile(r"\\(?:nest)?cell(?![a-z])")
_PARAGRAPH_END = re.compile(r"\\par(?![a-z])")
# Groups of data without text: pictures, objects, themes. Without them, a file of megabytes is read in no time.
_DATA = re.compile(r"\{\\(?:\*\\)?(?:pict|objdata|themedata|colorschememapping|datastore|blipuid)\b[^{}]*\}")
# What striprtf leaves out: it is read on its own, and put at the end.
_AT_END = re.compile(r"\{\\(?:\*\\)?(footnote|header[lrf]?|footer[lrf]?|shptxt|dptxbxtext)(?![a-z])")
_PAGE_NUMBER = re.compile(r"\\chpgn\b|\\fldinst\b[^{}]{0,40}\b(?:PAGE|NUMPAGES)\b")
_FONTS = re.compile(r"\{\\(fonttbl)\b")
_PROPERTY = re.compile(r"\{\\(?:\*\\)?(title|author|subject|keywords)(?![a-z])")
_BRACE = re.compile(r"\\[\\{}]|[{}]")
_MAX_HEAD = 200_000  # characters, in which the fonts and the properties have to stand
_MAX_AT_END = 10_000  # notes and headers
_AROUND = re.compile(r"^[ \t]+|[ \t]+$|[\uf000-\uf0ff]\t?", re.MULTILINE)  # also bullets of fonts of symbols
_SPACES = re.compile(" {2,}")
_BLANK_LINES = re.compile(r"\n{3,}")


def read_rtf(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield one document: the text, and at its end what stands in notes, headers and footers."""
    if not content.lstrip().startswith(_BEGIN):
        yield BadInput(f"{source.name}: {'no RTF file' if content else 'empty file'}")
        return
    written = _DATA.sub("", content.decode("latin-1"))
    try:
        text, properties = _text(written), _properties(written)
    except (ValueError, LookupError, RecursionError) as error:
        yield BadInput(f"{source.name}: broken RTF ({' '.join(str(error).split())})")
        return
    title = clean_title(properties.get("title"))
    item = build_document(source, RenderedText(text))
    if isinstance(item, Document):
        item = replace(item, title=title if title and title in text[:1_000] else item.title or title)
    stated = {name: properties.get(name, "") for name in ("author", "subject", "keywords")}
    yield from with_metadata(item, stated_properties(stated))


def _text(written: str) -> str:
    """Return the text, with notes in their order, and each header once."""
    head = _head(written)
    at_end: dict[str, None] = {}
    for group, name in _groups(written, _AT_END):
        if not (_PAGE_NUMBER.search(group) and name[:4] in ("head", "foot") and name != "footnote"):
            at_end[_plain(f"{head}{group}}}")] = None
        if len(at_end) > _MAX_AT_END:
            raise ValueError(f"more than {_MAX_AT_END:,} notes and headers")
    return "\n\n".join(filter(None, [_plain(written), *at_end]))


def _properties(written: str) -> dict[str, str]:
    head = _head(written)
    return {name: _plain(f"{head}{group}}}") for group, name in _groups(written[:_MAX_HEAD], _PROPERTY)}


def _head(written: str) -> str:
    """Return the beginning of a file with its fonts, which say how bytes are decoded."""
    first = written.find("{", 1)
    fonts = next((f"{{\\fonttbl{group}}}" for group, _ in _groups(written[:_MAX_HEAD], _FONTS)), "")
    return (written[:first] if 0 < first < 1_000 else "{\\rtf1\\ansi ") + fonts + " "


def _groups(written: str, begin: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the content of each group that begins with a pattern, and the name that it begins with."""
    done = 0
    for found in begin.finditer(written):
        if found.start() < done:
            continue
        depth = 1
        for brace in _BRACE.finditer(written, found.end()):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if not depth:
                done = brace.end()
                yield written[found.end() : brace.start()], found[1]
                break
        else:
            return


def _plain(written: str) -> str:
    written = _PARAGRAPH_END.sub(r"\\par\\par", _CELL_END.sub(r"\\tab", written))
    text: str = rtf_to_text(written, errors="replace")  # type: ignore[no-untyped-call]
    return _BLANK_LINES.sub("\n\n", _SPACES.sub(" ", _AROUND.sub("", text))).strip("\n")
