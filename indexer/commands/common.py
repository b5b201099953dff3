"""What several commands share: options, reading lines, printing lines."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from .. import BadInput, Limits
from ..defaults import LOCK_WAIT
from ..limits import COUNTS, DEFAULT
from . import config_file, presentation

NOTHING_FOUND = 1
"""Exit code."""

index_option = click.option(
    "-i",
    "--index",
    "folder",
    type=click.Path(path_type=Path),
    default="index",
    envvar="JOOYA_INDEX",
    show_default=True,
    show_envvar=True,
    help="The folder of the index.",
    is_eager=True,
    callback=config_file.apply,
)

limit_option = click.option("-k", "limit", type=click.IntRange(1), default=10, show_default=True, help="How many.")

wait_option = click.option(
    "--wait",
    type=click.FloatRange(0),
    default=LOCK_WAIT,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another process that is writing.",
)


timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(0),
    default=DEFAULT.seconds,
    show_default=True,
    metavar="SECONDS",
    help="How long a query may take.",
)

limits_option = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=N",
    help=f"What a query may ask for: {', '.join(f'{name}={getattr(DEFAULT, name)}' for name in COUNTS)} unless said.",
)


def limits_of(timeout: float, said: Iterable[str]) -> Limits:
    """The limits that options set. Raises click.BadParameter if there is none of such a name, or it takes no such
    number."""
    counts: dict[str, int] = {}
    for one in said:
        name, _, number = one.partition("=")
        if name not in COUNTS or not re.fullmatch(r"[0-9]{1,9}", number):
            raise click.BadParameter(
                f"{one!r} is not NAME=N with one of {', '.join(COUNTS)} and a number.", param_hint="'--limit'"
            )
        counts[name] = int(number)
    try:
        return replace(DEFAULT, seconds=timeout, **counts)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--limit'") from None


def print_lines(lines: Iterable[str]) -> None:
    """Prints to stdout, in colour on terminals only. Exits quietly if the other end of a pipe has gone."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    try:
        for line in lines:
            click.echo(line, color=colour)
    except BrokenPipeError:
        # The reader of a pipe has gone (jooya search … | head): no error, but nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


def say(text: str) -> None:
    """Prints a line to stderr."""
    click.echo(presentation.line(text), err=True)


def decoded_lines(file: Iterable[bytes], name: str) -> Iterator[str]:
    """The lines of a UTF-8 file, without their ends. Raises BadInput where it is not."""
    for number, line in enumerate(file, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadInput(f"{name}:{number}: not UTF-8; convert it first, for example with iconv") from None


def file_lines(path: Path) -> Iterator[str]:
    """The lines of a file. Raises BadInput if it can't be read."""
    try:
        with path.open("rb") as file:
            yield from decoded_lines(file, str(path))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def queries_of(path: Path) -> Iterator[tuple[str, str]]:
    """The queries in a file, `id<TAB>text` a line. Raises BadInput, with the line."""
    for number, line in enumerate(file_lines(path), 1):
        query_id, tab, text = line.partition("\t")
        if line.strip() and not (tab and query_id.strip()):
            raise BadInput(f"{path}:{number}: no tab; each line is an id, a tab and a query")
        if line.strip():
            yield query_id.strip(), text
