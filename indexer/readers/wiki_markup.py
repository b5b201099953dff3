"""The text of an article in the markup of MediaWiki, without what no reader sees."""

import html
import re
from typing import NamedTuple

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_REFERENCE = re.compile(r"<ref\b[^<>]*/>|<ref\b[^<>]*>.*?</ref\s*>", re.DOTALL | re.IGNORECASE)
_DROPPED = re.compile(
    r"<(gallery|math|timeline|source|syntaxhighlight|imagemap|score|templatestyles|chem)\b[^<>]*>.*?</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BRACES = re.compile(r"\{\{|\}\}|\{\||\|\}")
_HEADING = re.compile(r"^(={1,6})\s*(.+?)\s*\1\s*$", re.MULTILINE)
_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_ADDRESS = re.compile(r"\[(?:https?:)?//[^\s\[\]]+(?:\s+([^\[\]]*))?\]")
_QUOTES = re.compile(r"'{2,5}")
_LIST_MARK = re.compile(r"^[*#:;]+\s*", re.MULTILINE)
_SWITCH = re.compile(r"__[A-Z]+__")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_SPACES = re.compile(r"[ \t]{2,}")
_CATEGORIES = frozenset(("category", "رده"))
_FILES = frozenset(("file", "image", "media", "پرونده", "تصویر"))
_LANGUAGE = re.compile(r"[a-z][a-z-]{1,11}")
_DEEPEST = 40  # files whose captions have links


class Article(NamedTuple):
    """The text of an article.

    Attributes:
        text: The text.
        headings: The offset in the text and the words of each heading.
        categories: The categories that it is in.
    """

    text: str
    headings: list[tuple[int, str]]
    categories: list[str]


def article_text(markup: str) -> Article:
    """Return the text of an article that is written in the markup of MediaWiki."""
    text = _COMMENT.sub("", markup)
    text = _DROPPED.sub("", _REFERENCE.sub("", text))
    text = _without_braces(text)
    categories: list[str] = []

    def shown(link: re.Match[str]) -> str:
        target, _, label = link[1].partition("|")
        prefix, colon, name = target.partition(":")
        kind = prefix.strip().lower()
        if colon and kind in _CATEGORIES:
            categories.append(name.strip().replace("_", " "))
            return ""
        if colon and (kind in _FILES or (_LANGUAGE.fullmatch(kind) and not label)):
            return ""
        return label.rpartition("|")[2] or target.lstrip(":")

    for _ in range(_DEEPEST):
        text, found = _LINK.subn(shown, text)
        if not found:
            break
    text = _ADDRESS.sub(lambda address: address[1] or "", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _SWITCH.sub("", _QUOTES.sub("", _LIST_MARK.sub("", text)))
    return _with_headings(html.unescape(text), categories)


def _without_braces(text: str) -> str:
    """Return a text without templates and tables, which may be in one another."""
    kept: list[str] = []
    depth = done = 0
    for brace in _BRACES.finditer(text):
        if brace[0] in ("{{", "{|"):
            if not depth:
                kept.append(text[done : brace.start()])
            depth += 1
        elif depth:
            depth -= 1
            done = brace.end()
    if not depth:
        kept.append(text[done:])
    return "".join(kept)


def _with_headings(text: str, categories: list[str]) -> Article:
    pieces: list[str] = []
    headings: list[tuple[int, str]] = []
    offset = done = 0

    def add(piece: str) -> None:
        nonlocal offset
        piece = _SPACES.sub(" ", _BLANK_LINES.sub("\n\n", piece)).strip()
        if piece:
            if pieces:
                pieces.append("\n\n")
                offset += 2
            pieces.append(piece)
            offset += len(piece)

    for heading in _HEADING.finditer(text):
        add(text[done : heading.start()])
        words = " ".join(heading[2].split())
        add(words)
        headings.append((offset - len(words), words))
        done = heading.end()
    add(text[done:])
    return Article("".join(pieces), headings, list(dict.fromkeys(categories)))
