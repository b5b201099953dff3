"""Documents made of rendered text: choosing a title and a date from what the format and the text state."""

import re

from ..dates.parsing import Date, find_date, split_date
from ..document import Document
from ..errors import BadInput
from .blocks import RenderedText
from .first_lines import title_and_date
from .source import Item, Source

_MAX_TITLE = 500  # characters
# The titles that programs write where nobody gave one.
_PLACEHOLDER = re.compile(
    r"""(?: (?:microsoft\s)?(?:word|powerpoint|excel)\b .* | (?:new\s)?(?:document|page|template|normal)\s*\d*
    | untitled .* | unknown | no\stitle | title | سند\s*\d* | بدون\s(?:عنوان|نام) | ناشناخته | .* \.\w{3,4} )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def build_document(
    source: Source,
    rendered: RenderedText,
    *,
    title: str | None = None,
    date: Date | None = None,
    encoding: str | None = None,
) -> Item:
    """Return the document of a rendered text, or an error if the text is blank.

    Args:
        source: The file that the text is from.
        rendered: The text with its sections.
        title: The title that the format states. If None, the heading that the text begins with is taken, or else a
            first line that stands alone.
        date: The date that the format states. If None, it is looked for in the same places.
        encoding: The encoding that the file was decoded with, if it is a file of text.
    """
    text, sections, body = rendered.text, rendered.sections, 0
    if not text.strip():
        return BadInput(f"{source.name}: no text in it")
    heading = (sections[0].heading or "") if rendered.body else ""
    if heading:
        without_date, date_of_heading = split_date(heading)
        without_date = without_date or heading
        if title in (None, heading, without_date):
            title = without_date
            sections, body = sections[1:], rendered.body if text[rendered.body :].strip() else 0
        date = date or date_of_heading
    if not (title and date) and not find_date(heading):
        first_title, first_date, _ = title_and_date(text)
        title, date = title or first_title, date or first_date
    return Document(source.name, text, title, date, body, source.path, encoding=encoding, sections=sections or None)


def clean_title(title: str | None) -> str | None:
    """Return a title from metadata on one line; None if it is a program's placeholder, or too long for a title."""
    title = " ".join((title or "").split())
    return title if 0 < len(title) <= _MAX_TITLE and not _PLACEHOLDER.fullmatch(title) else None
