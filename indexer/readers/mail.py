"""Mail (.eml, .mbox), read by Python's own library: a document for each message, and those of the files attached to it.

A message has its subject as title, its day, and its sender and recipients as metadata. Of a text that was sent both as
plain text and as a web page, the plain one is read, unless it is much shorter.
"""

import binascii
import email
import email.header
import email.policy
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from io import BufferedReader, BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple

from ..dates.parsing import day_of
from ..document import Document
from ..errors import BadInput
from .blocks import RenderedText, render
from .document_builder import clean_title
from .encodings import decode
from .file_meta import file_meta
from .html import decode_page
from .html_parser import parse_html
from .source import Item, Source

MAX_MESSAGE = 200 << 20
"""The largest message that is read, in bytes."""

MAX_ATTACHMENTS = 1_000
"""The most files that are read of one message."""

ReadMember = Callable[[Source, BufferedReader], Iterator[Item]]
"""The function that reads a file that is attached to a message."""

# What the library raises on broken headers.
_HEADER_FAULTS = (IndexError, ValueError, AttributeError, TypeError, LookupError, MessageError)
_MUCH_SHORTER = 0.5
_FROM = b"From "


class Attachment(NamedTuple):
    """A file that is attached to a message."""

    name: str
    content: bytes


class Mail(NamedTuple):
    """A message, as far as it is read.

    Attributes:
        subject: Its subject.
        sender: Who sent it, as the header names them.
        to: Who got it.
        cc: Who got a copy.
        moment: When it was sent, or None.
        text: Its text.
        attachments: The files attached to it.
    """

    subject: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    moment: datetime | None
    text: RenderedText
    attachments: tuple[Attachment, ...]


def read_mail(source: Source, file: BufferedReader, encoding: str | None, read_member: ReadMember) -> Iterator[Item]:
    """Yield the documents of a message, or of the messages of a mailbox, which have the keys `FILE:NUMBER`."""
    start = file.peek(len(_FROM))
    if source.suffix == ".eml" and not start.startswith(_FROM):
        content = file.read(MAX_MESSAGE + 1)
        yield from _message_items(source, source.name, content, read_member)
        return
    number = 0
    for number, content in enumerate(_messages(file), 1):
        yield from _message_items(source, f"{source.name}:{number}", content, read_member)
    if not number:
        yield BadInput(f"{source.name}: {'no mailbox' if start else 'empty file'}")


def mail_items(source: Source, key: str, mail: Mail, read_member: ReadMember) -> Iterator[Item]:
    """Yield the document of a message, and those of the files attached to it, whose keys are `KEY/NAME`."""
    date = day_of(mail.moment)
    known = file_meta(**{"from": mail.sender, "to": mail.to, "cc": mail.cc})
    title = clean_title(mail.subject) or mail.subject[:500].strip() or None
    text = mail.text.text
    if text.strip() or title:
        shown = text if text.strip() else title or ""
        sections = mail.text.sections or None
        yield Document(key, shown, title, date, source=source.path, sections=sections, meta=known)
    elif not mail.attachments:
        yield BadInput(f"{key}: no text in it")
    if len(mail.attachments) > MAX_ATTACHMENTS:
        yield BadInput(f"{key}: {len(mail.attachments):,} attached files, of which {MAX_ATTACHMENTS:,} are read")
    names: dict[str, int] = {}
    for attachment in mail.attachments[:MAX_ATTACHMENTS]:
        name = _unique(attachment.name, names)
        member = Source(source.path, f"{key}/{name}", attachment.name)
        for item in read_member(member, BufferedReader(BytesIO(attachment.content))):
            if isinstance(item, Document):
                meta = {"attached_to": key} | known | dict(item.meta)
                yield replace(item, date=item.date or date, meta=meta)
            else:
                yield item


def _message_items(source: Source, key: str, content: bytes, read_member: ReadMember) -> Iterator[Item]:
    if not content.strip():
        yield BadInput(f"{key}: empty file")
        return
    if len(content) > MAX_MESSAGE:
        yield BadInput(f"{key}: larger than {MAX_MESSAGE >> 20} MB")
        return
    try:
        mail = _mail(email.message_from_bytes(content, policy=email.policy.compat32))
    except RecursionError:
        yield BadInput(f"{key}: nested too deeply")
        return
    except BadInput as error:
        yield BadInput(f"{key}: {error}")
        return
    yield from mail_items(source, key, mail, read_member)


def _messages(file: BufferedReader) -> Iterator[bytes]:
    """Yield the messages of a mailbox. Each begins after a line with `From ` that follows a blank line."""
    lines: list[bytes] = []
    size = 0
    after_blank, begun = True, False
    for line in file:
        if after_blank and line.startswith(_FROM):
            if begun:
                yield b"".join(lines)
            lines, size, begun = [], 0, True
        elif begun and size <= MAX_MESSAGE:  # one line more makes it too large
            lines.append(line[1:] if line.startswith(b">From ") else line)
            size += len(line)
        after_blank = not line.strip()
    if begun:
        yield b"".join(lines)


def _mail(message: Message) -> Mail:
    if not message.keys():
        raise BadInput("no mail: it has no headers")
    texts: list[RenderedText] = []
    attachments: list[Attachment] = []
    for part in _leaves(message):
        if isinstance(part, Attachment):
            attachments.append(part)
        elif part.text.strip():
            texts.append(part)
    moment = None
    with suppress(*_HEADER_FAULTS):
        moment = parsedate_to_datetime(str(message.get("Date", "")))
    text = texts[0] if len(texts) == 1 else RenderedText("\n\n".join(part.text.strip("\n") for part in texts))
    return Mail(
        header(message, "Subject"), header(message, "From"), _addresses(message, "To"), _addresses(message, "Cc"),
        moment, text, tuple(attachments),
    )  # fmt: skip


def _leaves(part: Message) -> Iterator[RenderedText | Attachment]:
    """Yield the texts of a part of a message and the files attached to it."""
    kind = part.get_content_type()
    if kind == "multipart/encrypted" or kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        raise BadInput("encrypted mail; export it decrypted")
    if kind == "message/rfc822" or (kind.startswith("message/") and part.is_multipart()):
        for inner in part.get_payload():
            if isinstance(inner, Message):
                name = file_name(part) or f"{header(inner, 'Subject')[:100] or 'message'}.eml"
                content = _unpacked(part, inner)
                yield Attachment(name if name.lower().endswith(".eml") else f"{name}.eml", content)
    elif kind == "multipart/alternative" and part.is_multipart():
        yield from _best([list(_leaves(inner)) for inner in part.get_payload() if isinstance(inner, Message)])
    elif part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _leaves(inner)
    else:
        yield from _leaf(part, kind)


def _unpacked(part: Message, inner: Message) -> bytes:
    """Return an attached message. GroupWise encodes it as one file, where the library expects its headers."""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64" and not inner.keys():
        with suppress(ValueError):
            return binascii.a2b_base64(str(inner.get_payload()))
    return inner.as_bytes()


def _leaf(part: Message, kind: str) -> Iterator[RenderedText | Attachment]:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    name = file_name(part)
    if part.get_content_disposition() == "attachment" or (name and not kind.startswith("text/")):
        is_inline = kind.startswith("image/") and part.get_content_disposition() != "attachment" and part["Content-ID"]
        if not is_inline:  # pictures in the text, such as the logo of a signature
            yield Attachment(name or f"attachment.{kind.rpartition('/')[2]}", content)
    elif kind == "text/html":
        yield page_text(content, part.get_content_charset())
    elif kind.startswith("text/"):
        yield RenderedText(decoded(content, part.get_content_charset()).replace("\r\n", "\n"))


def _best(alternatives: list[list[RenderedText | Attachment]]) -> Iterator[RenderedText | Attachment]:
    """Yield the best of the alternatives of a text: the first, unless a later one says much more."""
    texts = [sum(len(part.text.split()) for part in parts if isinstance(part, RenderedText)) for parts in alternatives]
    chosen = next((place for place, words in enumerate(texts) if words >= _MUCH_SHORTER * max(texts)), 0)
    for place, parts in enumerate(alternatives):
        yield from (part for part in parts if place == chosen or isinstance(part, Attachment))


def page_text(content: bytes, charset: str | None) -> RenderedText:
    """Return the text of a web page in a message."""
    try:
        page = decode_page(content, charset).text
    except BadInput:
        page = decoded(content, charset)
    return render(parse_html(page).blocks)


def decoded(content: bytes, charset: str | None) -> str:
    """Return a text whose encoding may be stated wrongly."""
    if charset:
        with suppress(LookupError, ValueError):
            return content.decode(charset)
    try:
        return decode(content).text
    except BadInput:
        return content.decode("utf-8", "replace")


def header(message: Message, name: str) -> str:
    """Return a header of a message, decoded; broken ones as far as possible."""
    value = message.get(name)
    if value is None:
        return ""
    with suppress(*_HEADER_FAULTS):
        return " ".join(_decoded_header(value).split())
    return " ".join(str(value).split())


def named_address(name: str, address: str) -> str:
    """Return a person as headers name them: `NAME <ADDRESS>`, or what is known of these."""
    return f"{name} <{address}>" if name and address else name or address


def _decoded_header(value: str) -> str:
    return "".join(
        piece if isinstance(piece, str) else decoded(piece, None if charset == "unknown-8bit" else charset)
        for piece, charset in email.header.decode_header(value)
    )


def _addresses(message: Message, name: str) -> tuple[str, ...]:
    return tuple(filter(None, (named_address(*found) for found in getaddresses([header(message, name)]))))


def file_name(part: Message) -> str:
    """Return the name of an attached file, without folders."""
    name = ""
    with suppress(*_HEADER_FAULTS):
        name = _decoded_header(part.get_filename() or "")
    return PurePosixPath(" ".join(name.replace("\\", "/").replace("\0", "").split())).name


def _unique(name: str, names: dict[str, int]) -> str:
    """Return a name that no other file of the message has."""
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{names[name]}/{name}"
