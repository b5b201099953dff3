"""Reading lines of files and printing lines to a terminal or a pipe."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from .. import BadInput
from .text_output import one_line

QUIET = "jooya.quiet"
"""The name, among the values that a context of click keeps, of the one that --quiet sets."""


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to stdout, in colour on terminals alone unless --color asks for something else.

    Exit quietly if the other end of a pipe is closed.
    """
    context = click.get_current_context(silent=True)
    colour = None if context is None else context.color
    if colour is None:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    try:
        for line in lines:
            click.echo(line, color=colour)
    except BrokenPipeError:
        # In `jooya search … | head`, head has read enough: this is no error, but nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


def say(text: str, *, error: bool = False) -> None:
    """Print a line to stderr. With --quiet, only errors are printed."""
    if error or not is_quiet():
        click.echo(one_line(text), err=True)


def say_done(text: str) -> None:
    """Print to stdout what a command did, unless --quiet leaves that to its exit code."""
    if not is_quiet():
        click.echo(text)


def is_quiet() -> bool:
    """Return True if the command that runs was given --quiet."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


def decoded_lines(file: Iterable[bytes], name: str) -> Iterator[str]:
    """Yield the lines of a UTF-8 file without their ends. Raise BadInput at a line that is not UTF-8."""
    for number, line in enumerate(file, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadInput(f"{name}:{number}: not UTF-8", "convert it first, for example with iconv") from None


def file_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file. Raise BadInput if it cannot be read."""
    try:
        with path.open("rb") as file:
            yield from decoded_lines(file, str(path))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def file_queries(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the ids and texts of the queries in a file, `id<TAB>text` on each line.

    Raises:
        BadInput: A line has another form, or the file cannot be read.
    """
    for number, line in enumerate(file_lines(path), 1):
        query_id, tab, text = line.partition("\t")
        if line.strip() and not (tab and query_id.strip()):
            raise BadInput(f"{path}:{number}: no tab; each line is an id, a tab and a query")
        if line.strip():
            yield query_id.strip(), text
