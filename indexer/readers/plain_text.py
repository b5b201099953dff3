"""Plain text (.txt)."""

from collections.abc import Iterator

from ..document import Document
from .first_lines import title_and_date
from .source import Item, Source
from .whatsapp import is_whatsapp_export, read_whatsapp


def read_text(source: Source, text: str) -> Iterator[Item]:
    """Yield one document, with the title and the date that its first lines state.

    Of a chat that was exported from WhatsApp, yield a document for each message.
    """
    if is_whatsapp_export(text):
        yield from read_whatsapp(source, text)
        return
    title, date, body = title_and_date(text)
    yield Document(source.name, text, title, date, body, source.path)
