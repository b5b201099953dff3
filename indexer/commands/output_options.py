"""Options of how a command prints: as JSON, in colour, or not at all."""

from collections.abc import Callable
from typing import Any

import click

from .line_io import QUIET

_COLOURS = {"auto": None, "always": True, "never": False}


def _set_colour(context: click.Context, _parameter: click.Parameter, value: str) -> None:
    context.color = _COLOURS[value]


def _set_quiet(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    context.meta[QUIET] = value


color_option = click.option(
    "--color",
    type=click.Choice([*_COLOURS]),
    default="auto",
    show_default=True,
    help="Print in colour on terminals alone, always, or never.",
    expose_value=False,
    callback=_set_colour,
)

quiet_option = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    help="Print results and errors alone: no notes, no summary and no progress.",
    expose_value=False,
    callback=_set_quiet,
)


def json_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option --json of a command, whose help is `what`."""
    return click.option("--json", "as_json", is_flag=True, help=what)
