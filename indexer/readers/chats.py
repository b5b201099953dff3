"""Chats: what one person writes in one go becomes a document, with its writer as speaker and its time."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from ..dates.parsing import day_of
from ..document import Document, Place, Section
from ..errors import BadInput
from .file_meta import file_meta
from .source import Item, Source

_PAUSE = 600  # seconds between two messages, after which the second is about something else
_SHORT = 40  # words of a message that may be joined with others
_MOST = 80  # words of all messages that are joined
_HASHTAG = re.compile(r"(?<![\w#])#(\w[\w\u200c]*)")


class Message(NamedTuple):
    """A message of a chat.

    Attributes:
        name: What tells it from the other messages of its file: an id, or its number.
        sender: Who wrote it; empty if that is not known.
        moment: When it was written, or None.
        text: What was written.
        reply_to: The name of the message that it answers, or empty.
        forwarded_from: Who wrote what it forwards, or empty.
    """

    name: str
    sender: str
    moment: datetime | None
    text: str
    reply_to: str = ""
    forwarded_from: str = ""


def chat_documents(source: Source, title: str | None, messages: Iterable[Message]) -> Iterator[Document]:
    """Yield the documents of a chat: one for each message, or for some short ones that follow one another.

    Args:
        source: The file of the chat.
        title: The name of the chat, or None.
        messages: Its messages, in their order. Those without text are left out.
    """
    waiting: list[Message] = []
    for message in messages:
        if not message.text.strip():
            continue
        if waiting and not _belongs(message, waiting):
            yield _document(source, title, waiting)
            waiting = []
        waiting.append(message)
    if waiting:
        yield _document(source, title, waiting)


def or_error(source: Source, documents: Iterable[Document]) -> Iterator[Item]:
    """Yield the documents of a file, or an error if there are none."""
    found = False
    for document in documents:
        found = True
        yield document
    if not found:
        yield BadInput(f"{source.name}: a chat without any text in it")


def _belongs(message: Message, waiting: list[Message]) -> bool:
    """Return True if a message goes on with those before it."""
    last = waiting[-1]
    if message.sender != last.sender or message.reply_to or message.forwarded_from != last.forwarded_from:
        return False
    if message.moment is None or last.moment is None or message.moment.date() != last.moment.date():
        return False
    if abs((message.moment - last.moment).total_seconds()) > _PAUSE:
        return False
    words = [len(other.text.split()) for other in (*waiting, message)]
    return max(words) <= _SHORT and sum(words) <= _MOST


def _document(source: Source, title: str | None, messages: list[Message]) -> Document:
    first = messages[0]
    places: list[Place] = []
    lines: list[str] = []
    offset = 0
    for message in messages:
        if message.moment:
            places.append(Place(offset, time=message.moment.strftime("%H:%M:%S")))
        lines.append(message.text.strip())
        offset += len(lines[-1]) + 1
    text = "\n".join(lines)
    sections = (Section(0, speaker=first.sender),) if first.sender else None
    meta = file_meta(
        author=first.sender,
        tags=_HASHTAG.findall(text),
        reply_to=first.reply_to and f"{source.name}:{first.reply_to}",
        forwarded_from=first.forwarded_from,
    )
    return Document(
        f"{source.name}:{first.name}",
        text,
        title or None,
        day_of(first.moment),
        source=source.path,
        places=places,
        sections=sections,
        meta=meta,
    )
