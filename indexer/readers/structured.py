"""Documents of texts whose headings are marked."""

import re

from ..dates.parsing import Date, find_date, split_date
from ..document import Document
from ..errors import BadInput
from .blocks import Text
from .plain_text import read_text
from .source import Item, Source

_LONGEST = 500  # characters of a title
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
        named, told = split_date(heading)
        named = named or heading
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


def sensible_title(title: str | None) -> str | None:
    """A title out of metadata, in one line; None if it is one that programs give, or too long for one."""
    title = " ".join((title or "").split())
    return title if 0 < len(title) <= _LONGEST and not _UNTITLED.fullmatch(title) else None
