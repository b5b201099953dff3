"""Reading a file with a given content as the index does."""

from pathlib import Path

from jooya.indexer import BadInput, Document, ReadOptions
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Item, Source


def items(
    folder: Path, name: str, content: bytes | str, encoding: str | None = None, *, comments: bool = False
) -> list[Item]:
    """Return what reading a file of this content yields."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(Source(file, name), ReadOptions(encoding=encoding, comments=comments), lambda _: None))


def document(folder: Path, name: str, content: bytes | str, encoding: str | None = None) -> Document:
    """Return the one document that reading a file of this content yields."""
    (item,) = items(folder, name, content, encoding)
    assert isinstance(item, Document), item
    return item


def reason(folder: Path, name: str, content: bytes | str, encoding: str | None = None) -> str:
    """Return the message of the one error that reading a file of this content yields."""
    (item,) = items(folder, name, content, encoding)
    assert isinstance(item, BadInput)
    return str(item)


def headings(document: Document) -> list[tuple[int, str | None]]:
    """Return the start and the heading of each section, after checking that the heading stands there in the text."""
    for section in document.sections or ():
        if section.heading:
            rest = document.text[section.start :].split()
            assert " ".join(rest[: len(section.heading.split())]) == section.heading
    return [(section.start, section.heading) for section in document.sections or ()]
