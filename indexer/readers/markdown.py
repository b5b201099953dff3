"""Markdown (.md, .markdown), converted to HTML by markdown-it."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference

from ..dates.parsing import sole_date
from .blocks import render
from .document_builder import build_document, clean_title
from .html_parser import parse_html
from .plain_text import read_text
from .source import Item, Source

_MAX_LENGTH = 3_000_000  # characters; more could take gigabytes, since the parser keeps a token for each mark
_MAX_NESTING = 20  # quotes and items within one another; the parser leaves out text that is nested more deeply

# Between two lines of dashes at the very beginning.
_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<fields>(?:(?!---|\.\.\.)[^\n]*\n)*+)(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)"
)
_FIELD = re.compile(r"^(title|date|عنوان|تاریخ)[ \t]*:[ \t]*(\S[^\n]*)", re.MULTILINE | re.IGNORECASE)
_TITLES = ("title", "عنوان")


def read_markdown(source: Source, text: str) -> Iterator[Item]:
    """Yield one document: the text without its markup, with the title and date of its front matter.

    A text that is too long or too deeply nested for the parser is read as plain text.
    """
    front = _FRONT_MATTER.match(text)
    rest = text[front.end() :] if front else text
    fields = dict(_field(match) for match in _FIELD.finditer(front["fields"])) if front else {}
    html = _html(rest) if len(rest) <= _MAX_LENGTH else None
    if html is None:
        yield from read_text(source, text)
    else:
        title, date = clean_title(fields.get("title")), sole_date(fields.get("date", ""))
        yield build_document(source, render(parse_html(html).blocks), title=title, date=date)


def _field(match: re.Match[str]) -> tuple[str, str]:
    name, value = match[1].lower(), match[2].strip()
    if value[0] in "\"'" and value[0] == value[-1]:
        value = value[1:-1]
    return ("title" if name in _TITLES else "date"), value


def _html(text: str) -> str | None:
    """Convert a text to HTML; return None if it is nested too deeply for the parser."""
    # With `breaks`, lines stay lines: those of poems and conversations are seldom marked.
    parser = MarkdownIt("commonmark", {"breaks": True, "maxNesting": _MAX_NESTING}).enable("table")
    _keep_footnotes(parser)
    tokens = parser.parse(text)
    if any(token.level >= _MAX_NESTING - 1 and token.type in ("blockquote_open", "list_item_open") for token in tokens):
        return None
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _keep_footnotes(parser: MarkdownIt) -> None:
    """Let the parser keep the text of footnotes (`[^1]: …`), which it would take for the address of a link and drop."""

    def definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return not state.src.startswith("[^", state.bMarks[start] + state.tShift[start]) and reference(
            state, start, end, silent
        )

    parser.block.ruler.at("reference", definition, {"alt": []})
