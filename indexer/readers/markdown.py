"""Markdown (.md, .markdown), read by markdown-it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..dates.parsing import sole_date
from .blocks import render
from .markup import parse
from .plain_text import read_text
from .source import Item, Source
from .structured import document, sensible_title

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_LONGEST = 3_000_000  # characters; more could take gigabytes, for the parser keeps a token for each mark
_DEEPEST = 20  # quotes and items within one another; from there on the parser leaves text out

# Between two lines of dashes at the very beginning.
_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<fields>(?:(?!---|\.\.\.)[^\n]*\n)*+)(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)"
)
_FIELD = re.compile(r"^(title|date|عنوان|تاریخ)[ \t]*:[ \t]*(\S[^\n]*)", re.MULTILINE | re.IGNORECASE)
_TITLES = ("title", "عنوان")


def read_markdown(source: Source, text: str) -> Iterator[Item]:
    """One document: the text without its marks, with the title and date of its front matter."""
    front = _FRONT_MATTER.match(text)
    rest = text[front.end() :] if front else text
    fields = dict(_field(match) for match in _FIELD.finditer(front["fields"])) if front else {}
    html = _html(rest) if len(rest) <= _LONGEST else None
    if html is None:
        yield from read_text(source, text)
    else:
        title, date = sensible_title(fields.get("title")), sole_date(fields.get("date", ""))
        yield document(source, render(parse(html).blocks), title=title, date=date)


def _field(match: re.Match[str]) -> tuple[str, str]:
    name, value = match[1].lower(), match[2].strip()
    if value[0] in "\"'" and value[0] == value[-1]:
        value = value[1:-1]
    return ("title" if name in _TITLES else "date"), value


def _html(text: str) -> str | None:
    """None if it is nested too deeply for the parser."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only those who have Markdown wait for it

    # Lines stay lines (`breaks`): those of poems and conversations are seldom marked.
    parser = MarkdownIt("commonmark", {"breaks": True, "maxNesting": _DEEPEST}).enable("table")
    _keep_notes(parser)
    tokens = parser.parse(text)
    if any(token.level >= _DEEPEST - 1 and token.type in ("blockquote_open", "list_item_open") for token in tokens):
        return None
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _keep_notes(parser: "MarkdownIt") -> None:
    """What stands after [^1]: is a note, and no address of a link, which would not be shown."""
    from markdown_it.rules_block import reference  # noqa: PLC0415 - as above

    def definition(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
        return not state.src.startswith("[^", state.bMarks[start] + state.tShift[start]) and reference(
            state, start, end, silent
        )

    parser.block.ruler.at("reference", definition, {"alt": []})
