"""The help in the language of the locale, where there is a catalog for it: Persian.

The catalog is one of gettext, in the domain that click's own messages are of, so that these are translated with it. Its
source is the file `messages.po` beside it, which `make locale` compiles.
"""

import gettext
import inspect
import os
from pathlib import Path

import click

LOCALES = Path(__file__).parent.parent / "locale"

_DOMAIN = "messages"  # click's

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def translate(command: click.Command) -> None:
    """Translate the help of a command and of its subcommands, if the locale has another language."""
    if any(map(os.environ.get, _VARIABLES)) and gettext.find(_DOMAIN, str(LOCALES)) is not None:
        gettext.bindtextdomain(_DOMAIN, str(LOCALES))
        _translate(command)


def _translate(command: click.Command) -> None:
    command.help = _translated(command.help)
    command.short_help = _translated(command.short_help)
    command.epilog = _translated(command.epilog)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            parameter.help = _translated(parameter.help)
    if isinstance(command, click.Group):
        for other in command.commands.values():
            _translate(other)


def texts(command: click.Command) -> set[str]:
    """Return all texts of the help of a command and of its subcommands, as catalogs have them."""
    options = [parameter.help for parameter in command.params if isinstance(parameter, click.Option)]
    found = {inspect.cleandoc(text) for text in (command.help, command.short_help, command.epilog, *options) if text}
    if isinstance(command, click.Group):
        found.update(*map(texts, command.commands.values()))
    return found


def _translated(text: str | None) -> str | None:
    return gettext.gettext(inspect.cleandoc(text)) if text else text
