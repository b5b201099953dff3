"""Plain text (.txt)."""

from collections.abc import Iterator

from ..document import Document
from .first_lines import title_and_date
from .front_matter import front_matter
from .own_metadata import with_metadata
from .source import Item, Source
from .whatsapp import is_whatsapp_export, read_whatsapp


def read_text(source: Source, text: str) -> Iterator[Item]:
    """Yield one document, with the title and the date that its front matter or its first lines state.

    Of a chat that was exported from WhatsApp, yield a document for each message.
    """
    if is_whatsapp_export(text):
        yield from read_whatsapp(source, text)
        return
    front = front_matter(text)
    if front is None or not front.is_mapping:
        title, date, body = title_and_date(text)
        yield Document(source.name, text, title, date, body, source.path)
        return
    title, date, body = title_and_date(text[front.end :])
    if front.title:
        title, body = front.title, 0
    document = Document(source.name, text, title, front.date or date, front.end + body, source.path)
    yield from with_metadata(document, front.values)
