"""Files to documents, whatever they are. A file or record that can't be read costs nothing but itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BufferedReader

from ..dates.parsing import date_of_name
from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .archives import ARCHIVES, read_archive, unpacked_name
from .delimited import read_table
from .docx import read_docx
from .encodings import decode
from .epub import read_epub
from .html import read_html
from .jsonl import read_records
from .markdown import read_markdown
from .pdf import read_pdf
from .plain_text import read_text
from .source import Item, Source
from .subtitles import read_subtitles

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
    ".pdf": read_pdf,
}
"""Readers of other files, by suffix: they get the content, and the encoding if it was named."""

RECORDS: dict[str, Callable[[Source, BufferedReader, ReadOptions, Callable[[int], None]], Iterator[Item]]] = {
    ".jsonl": read_records,
    ".csv": read_table,
    ".tsv": read_table,
}
"""Readers of files of many documents, by suffix; they tell how many bytes they have read."""

FORMATS = (*TEXTS, *FILES, *RECORDS)
"""The suffixes of files that can be read, also inside archives."""

MOST_TEXT = 100 << 20
MOST_BYTES = 500 << 20
"""Of a file that is read as a whole, as one text or otherwise."""


def is_readable(name: str) -> bool:
    """Whether a file with this name is of a known format. Asked of every file of a folder, so without pathlib."""
    lower = name.lower()
    suffix = lower[lower.rfind(".") :]
    if suffix == ".gz":
        lower = unpacked_name(lower)
        return lower.endswith((".tar", *FORMATS))
    return suffix in FORMATS or suffix in ARCHIVES


def read(source: Source, options: ReadOptions, on_bytes: Callable[[int], None]) -> Iterator[Item]:
    """The documents in `source`. Calls `on_bytes` with the number of bytes read since it was last called."""

    done = 0

    def read_member(member: Source, content: BufferedReader) -> Iterator[Item]:
        nonlocal done
        if member.suffix in FORMATS:
            yield from _read(member, content, options, lambda _: None)
        else:
            yield BadInput(f"{member.name}: unknown format")
        on_bytes(file.tell() - done)
        done = file.tell()

    try:
        with source.path.open("rb") as file:
            if source.suffix in ARCHIVES:
                yield from read_archive(source, file, read_member)
            else:
                yield from _read(source, file, options, on_bytes)
    except OSError as error:
        yield BadInput(f"{source.name}: {error.strerror or error}")


def _read(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    if source.suffix in RECORDS:
        yield from RECORDS[source.suffix](source, file, options, on_bytes)
    elif source.suffix in TEXTS or source.suffix in FILES:
        most = MOST_TEXT if source.suffix in TEXTS else MOST_BYTES
        content = file.read(most + 1)
        on_bytes(len(content))
        if len(content) > most:
            yield BadInput(f"{source.name}: larger than {most >> 20} MB; cut it into several files")
        else:
            read_whole = _read_text if source.suffix in TEXTS else FILES[source.suffix]
            for item in read_whole(source, content, options.encoding):
                yield _dated(item, source)
    else:
        yield BadInput(f"{source.name}: unknown format; Jooya reads {', '.join((*FORMATS, *ARCHIVES))}")


def _read_text(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    try:
        decoded = decode(content, encoding)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if not decoded.text.strip():
        yield BadInput(f"{source.name}: empty file")
        return
    for item in TEXTS[source.suffix](source, decoded.text):
        yield replace(item, encoding=decoded.encoding) if isinstance(item, Document) else item


def _dated(item: Item, source: Source) -> Item:
    """Where nothing in a file tells its date, its name may."""
    if isinstance(item, Document) and not item.date and item.key == source.name:
        return replace(item, date=date_of_name(source.path / source.inside if source.inside else source.path))
    return item
