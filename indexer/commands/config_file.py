"""`jooya.toml`: what would otherwise be said by the same options again and again. It lies beside the index's folder.

A table for each command, a key for each of its long options:

    [index]
    passage-words = 120
    exclude = ["drafts/"]
"""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import click

NAME = "jooya.toml"

_LIKE = {"watch": "index"}
"""Commands that have the settings of another."""


class Setting(NamedTuple):
    """What an option is if it is not given. file: whether `jooya.toml` says so."""

    command: str
    option: str
    value: Any
    file: bool

    @property
    def text(self) -> str:
        """The value for people, and where it is from."""
        value = self.value
        if isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        shown = "–" if value is None or value == "" else value
        return f"{shown} ({NAME})" if self.file else f"{shown}"


def file_of(folder: Path) -> Path:
    """Where the settings of the index in `folder` are."""
    return folder.absolute().parent / NAME


def load(group: click.Group, folder: Path) -> dict[str, dict[str, Any]]:
    """The settings of the index in `folder`: values by name of parameter, by command; none if there is no file.

    Raises click.UsageError if the file can't be read, or names what there is not.
    """
    path = file_of(folder)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} can't be read: {error}") from None
    found: dict[str, dict[str, Any]] = {}
    for command, table in tables.items():
        if command not in group.commands or not isinstance(table, dict):
            raise click.UsageError(f"{path}: no table [{command}]; there are {', '.join(sorted(group.commands))}")
        options = _options(group.commands[command])
        for option, value in table.items():
            if option not in options:
                raise click.UsageError(f"{path}: [{command}] has no {option!r}; there are {', '.join(options)}")
            found.setdefault(command, {})[options[option]] = value
    return found


def settings(group: click.Context, folder: Path) -> list[Setting]:
    """What the options of `index` and `search` are if they are not given; `group` is the context of all commands.
    Raises as `load`."""
    assert isinstance(group.command, click.Group)
    known = load(group.command, folder)
    found = []
    for name in ("index", "search"):
        command = group.command.commands[name]
        context = command.make_context(name, ["-i", str(folder)], parent=group, resilient_parsing=True)
        for option, parameter in _options(command).items():
            found.append(Setting(name, option, context.params[parameter], parameter in known.get(name, {})))
    return found


def apply(context: click.Context, _parameter: click.Parameter, folder: Path) -> Path:
    """Callback of the option that names the index: lets its settings be the defaults of the other options."""
    group = context.parent and context.parent.command
    assert isinstance(group, click.Group)
    context.default_map = load(group, folder).get(_LIKE.get(context.info_name or "", context.info_name or ""), {})
    return folder


def _options(command: click.Command) -> dict[str, str]:
    """Names of parameters by those of options, without the dashes."""
    return {
        max(parameter.opts, key=len).lstrip("-"): parameter.name or ""
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name not in ("folder", "as_json")
    }
