"""Dumps of Wikipedia and other wikis of MediaWiki (.xml, .xml.bz2): a document for each article.

A dump is read as a stream. Redirects and pages about the wiki itself (talks, users, templates, files) are left out, and
of the markup what no reader sees: templates, references, files, categories (which are tags), comments.
"""

import bz2
import re
from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase
from typing import IO, TYPE_CHECKING, Any

from lxml import etree

from ..document import Document, Section
from ..errors import BadInput
from ..options import ReadOptions
from .budgets import MAX_CHARACTERS
from .file_meta import file_meta
from .office_text import local_name
from .source import Item, Source
from .wiki_markup import article_text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BEGIN = re.compile(rb"\A\s*+(?:<\?xml[^>]*\?>\s*+)?<mediawiki[\s>]")
_HEAD = 4096
_MAX_UNPACKED = 400 << 30


def read_wiki_dump(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """Yield a document for each article, with its title, its categories as tags and its address."""
    stream: IO[bytes] = file
    if source.suffix == ".bz2":
        stream = bz2.BZ2File(file)
    buffered = BufferedReader(_Counted(stream, file, on_bytes), 1 << 16)
    try:
        if not _BEGIN.match(buffered.peek(_HEAD)):
            yield BadInput(f"{source.name}: {'XML' if source.suffix == '.xml' else 'a file'} of no known format")
            return
        yield from _articles(source, buffered)
    except (OSError, EOFError, etree.XMLSyntaxError) as error:
        yield BadInput(f"{source.name}: broken dump ({' '.join(str(error).split())})")


class _Counted(RawIOBase):
    """A stream that can only be read from beginning to end, and reports how much of the file was read."""

    def __init__(self, stream: IO[bytes], file: BufferedReader, on_bytes: Callable[[int], None]) -> None:
        self._stream = stream
        self._file = file
        self._on_bytes = on_bytes
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        content = self._stream.read(len(view))
        view[: len(content)] = content
        self._unpacked += len(content)
        if self._unpacked > _MAX_UNPACKED:
            raise OSError(f"unpacks to more than {_MAX_UNPACKED >> 30} GB")
        if self._stream is self._file:
            self._on_bytes(len(content))
        return len(content)


def _articles(source: Source, stream: IO[bytes]) -> Iterator[Item]:
    base = ""
    articles = 0
    for _, element in etree.iterparse(
        stream, events=("end",), tag=("{*}page", "{*}base"), huge_tree=True, resolve_entities=False, no_network=True
    ):
        if local_name(element.tag) == "base":
            base = (element.text or "").rpartition("/")[0]
            continue
        found = _article(source, element, base)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
        if found is not None:
            articles += 1
            yield found
    if not articles:
        yield BadInput(f"{source.name}: no articles in it")


def _article(source: Source, page: Any, base: str) -> Item | None:
    """Return the document of a page; None if it is no article."""
    namespace, title = page.findtext("{*}ns") or "0", (page.findtext("{*}title") or "").strip()
    if namespace != "0" or page.find("{*}redirect") is not None:
        return None
    revisions = page.findall("{*}revision")
    markup = (revisions[-1].findtext("{*}text") or "") if revisions else ""
    key = f"{source.name}:{page.findtext('{*}id') or title}"
    if len(markup) > MAX_CHARACTERS:
        return BadInput(f"{key}: more than {MAX_CHARACTERS:,} characters")
    article = article_text(markup)
    if not article.text.strip():
        return None
    url = f"{base}/{title.replace(' ', '_')}" if base else ""
    sections = tuple(Section(start, heading) for start, heading in article.headings)
    meta = file_meta(url=url, tags=article.categories)
    return Document(key, article.text, title or None, source=source.path, sections=sections, meta=meta)
