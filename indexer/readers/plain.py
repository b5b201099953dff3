"""Plain text (.txt)."""

import re
from collections.abc import Iterator

from jooya.indexer.dates import Date, find_date
from jooya.indexer.document import Document
from jooya.indexer.readers.source import Item, Source

_LONGEST_TITLE = 30  # words
_SENTENCE_MARKS = tuple(".!?؟…")


def read_text(source: Source, text: str) -> Iterator[Item]:
    """One document, with the title and date of a first line that stands alone."""
    title, date, body = _heading(text)
    yield Document(source.name, text, title, date, body, source.path)


def _heading(text: str) -> tuple[str | None, Date | None, int]:
    """Title and date of a text whose first line stands alone, and the offset where the rest begins."""
    begin = len(text) - len(text.lstrip())
    line, _, rest = text[begin:].partition("\n")
    first = line.strip()
    alone = not rest.partition("\n")[0].strip() and bool(rest.strip())
    if not alone or first.endswith(_SENTENCE_MARKS) or len(first.split()) > _LONGEST_TITLE:
        return None, None, 0
    title, date = first, None
    if found := find_date(first):
        date, start, end = found
        title = f"{first[:start].rstrip(' -–—،,:|(')} {first[end:].lstrip(' -–—،,:|)')}".strip()
    return re.sub(r"\s+", " ", title) or first, date, begin + len(line)
