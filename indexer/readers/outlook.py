"""Mails of Outlook (.msg), read by python-oxmsg."""

import struct
from collections.abc import Iterator
from io import BufferedReader

from oxmsg import Message

from ..errors import BadInput
from .blocks import RenderedText
from .mail import MAX_MESSAGE, Attachment, Mail, ReadMember, mail_items, page_text
from .source import Item, Source

_FAULTS = (OSError, ValueError, KeyError, IndexError, AttributeError, AssertionError, LookupError, struct.error)


def read_outlook(source: Source, file: BufferedReader, encoding: str | None, read_member: ReadMember) -> Iterator[Item]:
    """Yield the documents of a message, and of the files attached to it."""
    content = file.read(MAX_MESSAGE + 1)
    if len(content) > MAX_MESSAGE:
        yield BadInput(f"{source.name}: larger than {MAX_MESSAGE >> 20} MB")
        return
    try:
        mail = _mail(Message.load(content))
    except _FAULTS:
        yield BadInput(f"{source.name}: {'broken, or no mail of Outlook' if content else 'empty file'}")
        return
    yield from mail_items(source, source.name, mail, read_member)


def _mail(message: Message) -> Mail:
    attachments = [
        Attachment((found.file_name or "attachment").replace("\\", "/").rpartition("/")[2], found.file_bytes)
        for found in message.attachments
        if found.file_bytes
    ]
    body = message.body or ""
    page = message.html_body
    text = RenderedText(body.replace("\r\n", "\n")) if body.strip() or not page else page_text(page.encode(), "utf-8")
    recipients = tuple(f"{found.name} <{found.email_address}>" for found in message.recipients)
    return Mail(message.subject, message.sender or "", recipients, (), message.sent_date, text, tuple(attachments))
