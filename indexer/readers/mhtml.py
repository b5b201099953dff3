"""Web pages that browsers save as one file (.mhtml, .mht): the page in it, without its frames and pictures."""

import email
import email.policy
from collections.abc import Iterator

from ..errors import BadInput
from .html import page_items
from .mail import decoded, header
from .source import Item, Source

_PAGES = ("text/html", "application/xhtml+xml")


def read_mhtml(source: Source, content: bytes, encoding: str | None) -> Iterator[Item]:
    """Yield one document: the main text of the page."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.compat32)
        page = next((part for part in message.walk() if part.get_content_type() in _PAGES), None)
    except RecursionError:
        page = None
    payload = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(payload, bytes):
        yield BadInput(f"{source.name}: {'no web page in it' if content.strip() else 'empty file'}")
        return
    text = decoded(payload, encoding or page.get_content_charset())
    url = header(message, "Snapshot-Content-Location") or header(page, "Content-Location")
    yield from page_items(source, text, page.get_content_charset(), url if url.startswith("http") else "")
