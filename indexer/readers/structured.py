"""Documents of texts whose headings are marked."""

import re

from jooya.indexer.dates import Date, find_date
from jooya.indexer.document import Document
from jooya.indexer.errors import BadInput
from jooya.indexer.readers.blocks import Text
from jooya.indexer.readers.plain import read_text
from jooya.indexer.readers.source import Item, Source

_LONGEST = 500  # characters of a title, or of a value in which dates are looked for
_BEFORE_DATE = " -–—،,:|("
_AFTER_DATE = " -–—،,:|)"
# What programs write where nobody gave a title.
_UNTITLED = re.compile(
    r"""(?: (?:microsoft\s)?(?:word|powerpoint|excel)\b .* | (?:new\s)?(?:document|page|template|normal)\s*\d*
    | untitled .* | unknown | no\stitle | title | سند\s*\d* | بدون\s(?:عنوان|نام) | ناشناخته | .* \.\w{3,4} )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def document(
    source: Source, text: Text, *, title: str | None = None, date: Date | None = None, encoding: str | None = None
) -> Item:
    """`text` as a document, or why it is none. `title` and `date`, where not given, are those of a heading that the
    text begins with, or else of a first line that stands alone."""
    if not text.text.strip():
        return BadInput(f"{source.name}: no text in it")
    sections, body = text.sections, 0
    heading = (text.sections[0].heading or "") if text.body else ""
    if heading:
        named, told = without_date(heading)
        if title in (None, heading, named):
            title = named
            sections, body = sections[1:], text.body if text.text[text.body :].strip() else 0
        date = date or told
    if not (title and date) and not find_date(heading):
        for head in read_text(source, text.text):
            if isinstance(head, Document):
                title, date = title or head.title, date or head.date
    return Document(
        source.name, text.text, title, date, body, source.path, encoding=encoding, sections=sections or None
    )


def sole_date(text: str) -> Date | None:
    """The date that a heading or a value of metadata tells; None if it tells several."""
    found = find_date(text) if len(text) <= _LONGEST else None
    if not found:
        return None
    first, _, end = found
    while another := find_date(text[end:]):
        if another[0] != first:
            return None
        end += another[2]
    return first


def without_date(heading: str) -> tuple[str, Date | None]:
    """A heading without the date that it tells, and that date: ديدار - 22 آذر 1384."""
    if not sole_date(heading) or not (found := find_date(heading)):
        return heading, None
    date, start, end = found
    rest = f"{heading[:start].rstrip(_BEFORE_DATE)} {heading[end:].lstrip(_AFTER_DATE)}".strip()
    return rest or heading, date


def sensible_title(title: str | None) -> str | None:
    """A title out of metadata, in one line; None if it is one that programs give, or too long for one."""
    title = " ".join((title or "").split())
    return title if 0 < len(title) <= _LONGEST and not _UNTITLED.fullmatch(title) else None
