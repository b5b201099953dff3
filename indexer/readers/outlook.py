"""Mails of Outlook (.msg): a document for the message, and those of the files and messages attached to it."""

import io
import struct
from collections.abc import Iterator
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from email.utils import format_datetime
from io import BufferedReader

import olefile

from ..errors import BadInput
from .blocks import RenderedText
from .mail import MAX_MESSAGE, Attachment, Mail, ReadMember, header, mail_items, named_address, page_text
from .outlook_storage import Storage
from .source import Item, Source

_FAULTS = (OSError, ValueError, KeyError, IndexError, AttributeError, TypeError, struct.error)
_SUBJECT, _BODY, _HEADERS, _ATTACHED = "0037", "1000", "007D", "3701"
_SENDER_NAMES, _SENDER_ADDRESSES = ("0C1A", "0042"), ("5D01", "0C1F", "0065")
_NAMES, _ADDRESSES = ("3001",), ("39FE", "3003")
_FILE_NAMES, _KIND, _CONTENT_ID = ("3707", "3704", "3001"), "370E", "3712"
_SENT, _DELIVERED = 0x0039, 0x0E06
_PICTURES = (".png", ".gif", ".jpg", ".jpeg", ".bmp")
_DEEPEST = 10  # messages in messages


def read_outlook(source: Source, file: BufferedReader, encoding: str | None, read_member: ReadMember) -> Iterator[Item]:
    """Yield the documents of a message, and of the files and messages attached to it."""
    content = file.read(MAX_MESSAGE + 1)
    if len(content) > MAX_MESSAGE:
        yield BadInput(f"{source.name}: larger than {MAX_MESSAGE >> 20} MB")
        return
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            message = Storage(ole, len(content)).with_pages()
            if not any(message.text(number) for number in (_SUBJECT, _BODY, "1013", "001A")) and not message.page()[0]:
                raise ValueError("no message")
            mail = _mail(message)
    except _FAULTS:
        yield BadInput(f"{source.name}: {'broken, or no mail of Outlook' if content else 'empty file'}")
        return
    yield from mail_items(source, source.name, mail, read_member)


def _mail(message: Storage, depth: int = 0) -> Mail:
    body = message.text(_BODY).replace("\r\n", "\n")
    page, encoding = (b"", None) if body.strip() else message.page()
    headers = HeaderParser().parsestr(message.text(_HEADERS).strip())
    sender = header(headers, "From") or _person(message, _SENDER_NAMES, _SENDER_ADDRESSES)
    recipients = (_person(other, _NAMES, _ADDRESSES) for other in message.parts("__recip_version1.0_"))
    attachments = (_attachment(other, depth) for other in message.parts("__attach_version1.0_"))
    return Mail(
        message.text(_SUBJECT), sender, tuple(filter(None, recipients)), (), message.moment(_SENT, _DELIVERED),
        page_text(page, encoding) if page else RenderedText(body), tuple(filter(None, attachments)),
    )  # fmt: skip


def _person(storage: Storage, names: tuple[str, ...], addresses: tuple[str, ...]) -> str:
    name, address = (" ".join(storage.text(*numbers).split()) for numbers in (names, addresses))
    return named_address(name, address)


def _attachment(storage: Storage, depth: int) -> Attachment | None:
    """Return an attached file; None for a picture in the text."""
    name = storage.text(*_FILE_NAMES).replace("\\", "/").rpartition("/")[2].strip() or "attachment"
    if storage.text(_CONTENT_ID) and name.lower().endswith(_PICTURES):
        return None
    message = storage.embedded(_ATTACHED) if depth < _DEEPEST else None
    if message is not None:
        mail = _mail(message, depth + 1)
        return Attachment(f"{(mail.subject or name).replace('/', '-')[:100]}.eml", _as_internet_mail(mail))
    if storage.text(_KIND).startswith("multipart/"):  # the text of a signed message with its files
        name = f"{name}.eml"
    return Attachment(name, storage.binary(_ATTACHED))


def _as_internet_mail(mail: Mail) -> bytes:
    """Return a message in the form of the internet, which the reader of attached files knows."""
    made = MIMEMultipart()
    for name, value in (("Subject", mail.subject), ("From", mail.sender), ("To", ", ".join(mail.to))):
        made[name] = Header(" ".join(value.split()), "utf-8").encode()
    if mail.moment:
        made["Date"] = format_datetime(mail.moment)
    made.attach(MIMEText(mail.text.text, "plain", "utf-8"))
    for attachment in mail.attachments:
        part = MIMEApplication(attachment.content)
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", attachment.name))
        made.attach(part)
    return made.as_bytes()
