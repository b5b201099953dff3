"""Reading a file as the index does."""

from pathlib import Path

from jooya.indexer import BadInput, Document, ReadOptions
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Item, Source


def items(folder: Path, name: str, content: bytes | str, encoding: str | None = None) -> list[Item]:
    """What reading a file of that content gives."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(Source(file, name), ReadOptions(encoding=encoding), lambda _: None))


def document(folder: Path, name: str, content: bytes | str, encoding: str | None = None) -> Document:
    """The one document in it."""
    (item,) = items(folder, name, content, encoding)
    assert isinstance(item, Document), item
    return item


def reason(folder: Path, name: str, content: bytes | str, encoding: str | None = None) -> str:
    """Why there is none."""
    (item,) = items(folder, name, content, encoding)
    assert isinstance(item, BadInput)
    return str(item)


def headings(document: Document) -> list[tuple[int, str | None]]:
    """Where each section begins, and its heading; each stands there in the text."""
    for section in document.sections or ():
        if section.heading:
            rest = document.text[section.start :].split()
            assert " ".join(rest[: len(section.heading.split())]) == section.heading
    return [(section.start, section.heading) for section in document.sections or ()]
