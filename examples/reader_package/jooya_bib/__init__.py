"""A reader of BibTeX for Jooya: a document for each entry of a bibliography.

Jooya finds it by the entry point in `pyproject.toml`, whose name is the suffix of the files. It runs in the process
that reads, with its limits of time and memory; whatever it raises skips the file alone.
"""

import re
from collections.abc import Iterator

from jooya import BadInput, Document
from jooya.indexer.readers.source import Item, Source

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,(.*?)\n\s*\}", re.DOTALL)
_FIELD = re.compile(r"(\w+)\s*=\s*[{\"](.*?)[}\"]\s*(?:,|$)", re.DOTALL)


def read_bib(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield a document for each entry, and an error where there is none.

    Args:
        source: The file: its path, and its name in keys and messages.
        content: The bytes of the file.
        encoding: The encoding that the user named, or None.
    """
    found = False
    for kind, key, body in _ENTRY.findall(content.decode(encoding or "utf-8")):
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(body)}
        text = fields.pop("abstract", "") or fields.get("title", "")
        if text:
            found = True
            title, year = fields.pop("title", None), fields.pop("year", None)
            meta = fields | {"kind": kind.lower()} | ({"year": year} if year else {})
            yield Document(f"{source.name}:{key}", text, title, source=source.path, meta=meta)
    if not found:
        yield BadInput(f"{source.name}: no entries in it")
