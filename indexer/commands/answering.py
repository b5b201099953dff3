"""The command context."""

from collections.abc import Iterator
from pathlib import Path

import click

from .. import Context
from ..any_index import open as open_index
from ..limits import deadline
from ..options import ORDERS, Order
from .completing import query_words
from .json_output import json_line
from .line_io import print_lines, say
from .option_types import WholeNumber
from .output_options import json_option, quiet_option
from .query_command import QueryCommand
from .shared_options import (
    NOTHING_FOUND,
    index_key,
    index_option,
    limits_of,
    limits_option,
    number_option,
    timeout_option,
)
from .text_output import harmless

BUDGET = 2_000
"""The budget of a command that names none, in tokens."""


@click.command(cls=QueryCommand, short_help="Make a text of passages for a language model.")
@index_option
@number_option("--budget", default=BUDGET, what="The greatest length of the text: N tokens, estimated.")
@click.option("--characters", is_flag=True, help="Count the budget in characters.")
@number_option("-k", "limit", default=50, what="Choose from at most N passages.")
@click.option(
    "--order",
    type=click.Choice(ORDERS),
    default="rank",
    show_default=True,
    help="Show the best passages first, or all of a document together, in the order of its text.",
)
@click.option(
    "-C",
    "neighbours",
    type=WholeNumber(0, 100),
    default=0,
    metavar="N",
    help="Take N passages before and after each along, if they fit.",
)
@click.option(
    "--query",
    "is_query",
    is_flag=True,
    help="Read the question as a query, with the marks of the query language.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="Search for the words as you typed them, without corrections of those that hardly any passage has.",
)
@timeout_option
@limits_option
@quiet_option
@json_option("Print a JSON object.")
@click.argument("question", nargs=-1, required=True, metavar="QUESTION...", shell_complete=query_words)
def context(
    folder: Path | str,
    question: tuple[str, ...],
    budget: int,
    characters: bool,
    limit: int,
    order: Order,
    neighbours: int,
    is_query: bool,
    exact: bool,
    timeout: float,
    limits: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print passages for QUESTION as one text with numbered citations, within a budget, for a language model.

    Passages are whole, the best first; those that follow one another are merged.
    """
    allowed = limits_of(timeout, limits)
    with open_index(folder, key=index_key()) as opened, deadline(timeout):
        found = opened.context(
            " ".join(question),
            budget,
            count=len if characters else None,
            order=order,
            limit=limit,
            neighbours=neighbours,
            plain=not is_query,
            correct=not exact,
            limits=allowed,
        )
    for note in found.notes:
        say(f"note: {note}")
    print_lines(_lines(found, as_json))
    if not found.excerpts:
        if not found.left_out:
            say("nothing found")
        raise click.exceptions.Exit(NOTHING_FOUND)
    unit = "characters" if characters else "tokens"
    left = f"; {found.left_out} passages did not fit" if found.left_out else ""
    say(f"{found.size} of {budget} {unit}{left}")


def _lines(found: Context, as_json: bool) -> Iterator[str]:
    if as_json:
        yield json_line(found.to_dict())
    elif found.text:
        yield harmless(found.text)
