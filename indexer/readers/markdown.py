"""Markdown (.md, .markdown), converted to HTML by markdown-it."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference

from ..errors import BadInput
from .blocks import render
from .document_builder import build_document
from .front_matter import front_matter
from .html_parser import parse_html
from .own_metadata import with_metadata
from .plain_text import read_text
from .source import Item, Source

_MAX_LENGTH = 3_000_000  # characters; more could take gigabytes, since the parser keeps a token for each mark
_MAX_NESTING = 20  # quotes and items within one another; the parser leaves out text that is nested more deeply


def read_markdown(source: Source, text: str) -> Iterator[Item]:
    """Yield one document: the text without its markup, with the title and date of its front matter.

    A text that is too long or too deeply nested for the parser is read as plain text.
    """
    front = front_matter(text)
    html = _html(text[front.end :] if front else text) if len(text) <= _MAX_LENGTH else None
    if html is None:
        yield from read_text(source, text)
        return
    rendered = render(parse_html(html).blocks)
    if front is None:
        yield build_document(source, rendered)
        return
    if front.problem:
        yield BadInput(f"{source.name}: {front.problem}")
    yield from with_metadata(build_document(source, rendered, title=front.title, date=front.date), front.values)


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
