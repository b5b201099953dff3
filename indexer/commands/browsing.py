"""The commands list and show, which print what is in an index without a query."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import BadInput, Hit
from ..any_index import open as open_index
from ..result_dicts import passage_dict
from . import completing
from .json_output import json_line
from .line_io import print_lines, say
from .opening import open_source
from .option_types import WholeNumber
from .output_options import color_option, json_option, quiet_option
from .shared_options import NOTHING_FOUND, index_key, index_option
from .text_output import document_line, one_line, passage_heading, passage_lines, terminal_width

if TYPE_CHECKING:
    from .. import StoredDocument


@click.command(name="list", short_help="List the documents.")
@index_option
@quiet_option
@color_option
@json_option("Print a JSON list, an object for each document.")
@click.argument("pattern", required=False, shell_complete=completing.keys)
def list_documents(folder: Path | str, pattern: str | None, as_json: bool) -> None:
    """List the documents of the index in the order of their keys, with titles, dates and numbers of passages.

    PATTERN is what their keys begin with. A * in it stands for any characters; then it is the whole key. Quote it, so
    that the shell leaves it alone.
    """
    with open_index(folder, key=index_key()) as opened:
        if pattern is not None and "*" in pattern:
            found = opened.documents(pattern)
        else:
            found = opened.documents(prefix=pattern or "")
        first = next(found, None)
        documents = iter(()) if first is None else _chained(first, found)
        print_lines(_json_list(documents) if as_json else map(document_line, documents))
    if first is None:
        say(f"no document {pattern!r} in {folder}" if pattern else f"no documents in {folder}")
        raise click.exceptions.Exit(NOTHING_FOUND)


def _chained(first: "StoredDocument", others: "Iterator[StoredDocument]") -> "Iterator[StoredDocument]":
    yield first
    yield from others


def _json_list(documents: "Iterator[StoredDocument]") -> Iterator[str]:
    """Yield the lines of a JSON list, one for each document, so that none waits for the others."""
    before = "["
    for document in documents:
        yield before + json_line(document.to_dict())
        before = ","
    yield "]" if before == "," else "[]"


@click.command(short_help="Show a document or a passage.")
@index_option
@click.option(
    "-C",
    "context",
    type=WholeNumber(0, 100),
    default=0,
    metavar="N",
    help="Show N passages before and after a passage.",
)
@click.option("--open", "opens", is_flag=True, help="Open the file that it is from, at its page or time if possible.")
@quiet_option
@color_option
@json_option("Print a JSON object.")
@click.argument("name", metavar="KEY|ID", shell_complete=completing.keys_and_ids)
def show(folder: Path | str, name: str, context: int, opens: bool, as_json: bool) -> None:
    """Show a document by its key, or a passage by its id, as a search prints them.

    With --open, the source is opened instead: a PDF at the page, a recording beside its subtitles at the time.
    """
    with open_index(folder, key=index_key()) as opened:
        document = opened.get(name)
        passage = None
        if document is None or (context and document.size == 1):
            try:
                passage = opened.passage(name, context)
            except BadInput:
                raise BadInput(
                    f"no document or passage {name!r} in {folder}", "'jooya list' shows the keys of all documents"
                ) from None
            document = opened.get(passage.document)
        elif context:
            raise click.UsageError("-C needs the id of a passage, such as KEY#NUMBER")
    assert document is not None
    if opens:
        say(open_source(document.source, document.key, passage))
    elif as_json:
        print_lines([json_line(document.to_dict() if passage is None else passage_dict(passage))])
    else:
        print_lines(_document_lines(document) if passage is None else _passage_lines(passage))


def _document_lines(document: "StoredDocument") -> Iterator[str]:
    """Yield the lines of a document: its key and the like, and its text with headings and speakers."""
    width = terminal_width()
    yield document_line(document)
    heading = speaker = None
    for passage in document.passages:
        if passage.heading and passage.heading != heading:
            yield ""
            yield click.style(f"   {one_line(passage.heading)}", bold=True)
        if passage.speaker and passage.speaker != speaker:
            yield ""
            yield click.style(f"   {one_line(passage.speaker)}:", dim=True)
        heading, speaker = passage.heading, passage.speaker
        yield from passage_lines(passage, width, whole=True)


def _passage_lines(passage: Hit) -> Iterator[str]:
    yield from passage_heading(passage)
    yield from passage_lines(passage, terminal_width(), whole=True)
