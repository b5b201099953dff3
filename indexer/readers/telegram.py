"""Exports of chats from Telegram, as JSON (result.json) and as web pages (messages.html)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from lxml import etree

from ..document import Document
from .chats import Message, chat_documents, or_error
from .source import Item, Source

_PAGE = re.compile(r'<div class="page_wrap')
_MESSAGE = re.compile(r'<div class="message (?:default|service)')
_MESSAGE_ID = re.compile(r"go_to_message(\d+)")
_HUGE = 1 << 20  # characters given to the parser at a time
_SAVED = "Saved messages"  # the chats of an export have no name if they are notes to oneself


def is_telegram_export(value: Any) -> bool:
    """Return True if an object of JSON is an export of a chat, or of all chats."""
    return isinstance(value, dict) and bool(list(_chats(value)))


def is_telegram_page(page: str) -> bool:
    """Return True if a web page is a page of an export."""
    return _PAGE.search(page) is not None and _MESSAGE.search(page) is not None


def read_telegram(source: Source, value: dict[str, Any]) -> Iterator[Item]:
    """Yield the documents of an export in JSON."""
    yield from or_error(source, _documents(source, list(_chats(value))))


def read_telegram_page(source: Source, page: str) -> Iterator[Item]:
    """Yield the documents of a page of an export."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True)
    for start in range(0, len(page), _HUGE):
        parser.feed(page[start : start + _HUGE].encode("utf-8", "replace"))
    root = parser.close()
    title = next((_shown(found) for found in _by_class(_first(root, "page_header"), "bold")), None)
    yield from or_error(source, chat_documents(source, title, _page_messages(root)))


def _documents(source: Source, chats: list[dict[str, Any]]) -> Iterator[Document]:
    for chat in chats:
        prefix = f"{chat.get('id', '')}/" if len(chats) > 1 else ""
        title = chat.get("name") or (_SAVED if chat.get("type") == "saved_messages" else None)
        yield from chat_documents(source, _string(title) or None, _messages(chat, prefix))


def _chats(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the chats in an export: its only one, or those of its lists."""
    lists = [value.get(name) for name in ("chats", "left_chats")]
    chats = [value, *(chat for found in lists if isinstance(found, dict) for chat in found.get("list") or ())]
    for chat in chats:
        if isinstance(chat, dict) and isinstance(messages := chat.get("messages"), list):
            first = messages[0] if messages else {}
            if isinstance(first, dict) and "id" in first and "type" in first and "text" in first:
                yield chat


def _messages(chat: dict[str, Any], prefix: str) -> Iterator[Message]:
    for message in chat["messages"]:
        if not isinstance(message, dict) or message.get("type") != "message":
            continue
        moment = None
        with suppress(ValueError):
            moment = datetime.fromisoformat(_string(message.get("date")))
        reply = message.get("reply_to_message_id")
        yield Message(
            f"{prefix}{message.get('id', '')}",
            _string(message.get("from")) or _string(message.get("from_id")),
            moment,
            "\n".join(filter(None, _texts(message))),
            f"{prefix}{reply}" if isinstance(reply, int) else "",
            _string(message.get("forwarded_from")),
        )


def _texts(message: dict[str, Any]) -> Iterator[str]:
    """Yield what a message says: its text, its poll or contact, and the names of what is attached."""
    yield _rich_text(message.get("text"))
    poll = message.get("poll")
    if isinstance(poll, dict):
        yield _rich_text(poll.get("question"))
        answers = poll.get("answers")
        for answer in answers if isinstance(answers, list) else ():
            yield _rich_text(answer.get("text")) if isinstance(answer, dict) else ""
    contact = message.get("contact_information")
    if isinstance(contact, dict):
        yield " ".join(_string(contact.get(name)) for name in ("first_name", "last_name", "phone_number")).strip()
    for name in ("place_name", "address", "title", "performer", "file_name"):
        if name != "file_name" or message.get("media_type") is None:
            yield _string(message.get(name))


def _rich_text(value: Any) -> str:
    """Return a text, which is a string or a list of strings and of objects for links, bold words and so on."""
    if isinstance(value, str):
        return value
    pieces = value if isinstance(value, list) else []
    return "".join(_string(piece.get("text")) if isinstance(piece, dict) else _string(piece) for piece in pieces)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _page_messages(root: Any) -> Iterator[Message]:
    sender = ""
    walker = etree.iterwalk(root, events=("start",))
    for _, message in walker:
        if not _classes(message) >= {"message", "default"}:
            continue
        walker.skip_subtree()
        body = _first(message, "body")
        forwarded = _first(body, "forwarded")
        inside = set() if forwarded is None else set(forwarded.iterdescendants())
        name = next((name for name in _by_class(body, "from_name") if name not in inside), None)
        sender = sender if name is None else _shown(name)
        date = _first(body, "date")
        reply = next((link.get("href", "") for link in _links(_first(body, "reply_to"))), "")
        answered = _MESSAGE_ID.search(reply)
        texts = [
            _shown(found)
            for name in ("text", "media_poll", "title")
            for found in _by_class(body, name)
            if name != "title" or _classes(found) >= {"bold"}
        ]
        yield Message(
            message.get("id", "").removeprefix("message"),
            sender,
            _page_moment("" if date is None else date.get("title", "")),
            "\n".join(filter(None, texts)),
            answered[1] if answered else "",
            "" if forwarded is None else _forwarded_name(forwarded),
        )


def _page_moment(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text[:19], "%d.%m.%Y %H:%M:%S")
    return None


def _forwarded_name(forwarded: Any) -> str:
    name = _first(forwarded, "from_name")
    return "" if name is None else " ".join((name.text or "").split())


def _shown(element: Any) -> str:
    """Return the text of an element as a browser lays it out: lines end at `<br>` and at divisions alone."""
    pieces: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if part.tag in ("br", "div"):
                pieces.append("\n")
            pieces.append(" ".join((part.text or "").split("\n")))
        elif part is not element:
            if part.tag == "div":
                pieces.append("\n")
            pieces.append(" ".join((part.tail or "").split("\n")))
    return "\n".join(filter(None, (" ".join(line.split(" ")).strip() for line in "".join(pieces).split("\n"))))


def _classes(element: Any) -> set[str]:
    return set(element.get("class", "").split())


def _by_class(element: Any, name: str) -> Iterator[Any]:
    """Yield the elements of a class below an element, in their order."""
    if element is not None:
        for found in element.iterdescendants(etree.Element):
            if name in found.get("class", "").split():
                yield found


def _links(element: Any) -> Iterator[Any]:
    if element is not None:
        yield from element.iterdescendants("a")


def _first(element: Any, name: str) -> Any | None:
    return next(_by_class(element, name), None)
