"""Files to documents, whatever they are. A file or record that can't be read costs nothing but itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from jooya.indexer.document import Document
from jooya.indexer.errors import BadInput
from jooya.indexer.readers.docx import read_docx
from jooya.indexer.readers.encodings import decode
from jooya.indexer.readers.epub import read_epub
from jooya.indexer.readers.html import read_html
from jooya.indexer.readers.markdown import read_markdown
from jooya.indexer.readers.plain import read_text
from jooya.indexer.readers.records import read_records
from jooya.indexer.readers.source import Item, Source
from jooya.indexer.readers.subtitles import read_subtitles

TEXTS: dict[str, Callable[[Source, str], Iterator[Item]]] = {
    ".txt": read_text,
    ".srt": read_subtitles,
    ".vtt": read_subtitles,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
"""Readers of files that are one text, by suffix."""

FILES: dict[str, Callable[[Source, bytes, str | None], Iterator[Item]]] = {
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".epub": read_epub,
    ".docx": read_docx,
}
"""Readers of other files, by suffix: they get the content, and the encoding if it was named."""

FORMATS = (*TEXTS, *FILES, ".jsonl")
"""The suffixes of files that can be read."""


def read(source: Source, on_bytes: Callable[[int], None], encoding: str | None = None) -> Iterator[Item]:
    """The documents in `source`, in the given encoding or one that is found out. Calls `on_bytes` with the number of
    bytes read since it was last called."""
    suffix = source.path.suffix.lower()
    try:
        if suffix in TEXTS or suffix in FILES:
            yield from _read_whole(source, on_bytes, encoding)
        elif suffix in FORMATS:
            yield from read_records(source, encoding, on_bytes)
        else:
            yield BadInput(f"{source.name}: unknown format; Jooya reads {', '.join(FORMATS)}")
    except OSError as error:
        yield BadInput(f"{source.name}: {error.strerror}")


def _read_whole(source: Source, on_bytes: Callable[[int], None], encoding: str | None) -> Iterator[Item]:
    content = source.path.read_bytes()
    on_bytes(len(content))
    suffix = source.path.suffix.lower()
    if suffix in FILES:
        yield from FILES[suffix](source, content, encoding)
        return
    try:
        decoded = decode(content, encoding)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if not decoded.text.strip():
        yield BadInput(f"{source.name}: empty file")
        return
    for item in TEXTS[suffix](source, decoded.text):
        yield replace(item, encoding=decoded.encoding) if isinstance(item, Document) else item
