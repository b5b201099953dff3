"""The configuration file `jooya.toml` beside the folder of an index: options that need not be typed each time.

It has a table for each command, with a key for each long option:

    [index]
    passage-words = 120
    exclude = ["drafts/"]

The table [fields] declares metadata of documents, with the kind of each:

    [fields]
    author = "text"
    pages = "number"
"""

from pathlib import Path
from typing import Any, NamedTuple

import click

from ..errors import BadArgument
from ..own_fields import OwnFields, checked_fields
from ..places import is_address

NAME = "jooya.toml"

_FIELDS = "fields"

_TABLES = {"watch": "index"}
"""Commands that use the table of another command."""


class Setting(NamedTuple):
    """The value that an option has if it is not given.

    Attributes:
        command: The name of the command.
        option: The name of the option, without dashes.
        value: The value.
        from_file: True if the value is from `jooya.toml`.
    """

    command: str
    option: str
    value: Any
    from_file: bool

    @property
    def text(self) -> str:
        """The value for people, with its source."""
        value = self.value
        if isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        shown = "–" if value is None or value == "" else value
        return f"{shown} ({NAME})" if self.from_file else f"{shown}"


def load(group: click.Group, folder: Path | str) -> dict[str, dict[str, Any]]:
    """Return the settings for the index in `folder`: for each command, values by the names of parameters.

    Raises:
        click.UsageError: The file cannot be read, names an unknown command or option, or gives a wrong value.
    """
    path, tables = _tables(folder)
    found: dict[str, dict[str, Any]] = {}
    for command, table in tables.items():
        if command == _FIELDS:
            continue
        if command not in group.commands or not isinstance(table, dict):
            raise click.UsageError(
                f"{path}: no table [{command}]; there are {', '.join(sorted([*group.commands, _FIELDS]))}"
            )
        options = _options(group.commands[command])
        for option, value in table.items():
            if option not in options:
                raise click.UsageError(f"{path}: [{command}] has no {option!r}; there are {', '.join(options)}")
            if wrong := _fault(options[option], value):
                raise click.UsageError(f"{path}: [{command}] {option}: {wrong}")
            found.setdefault(command, {})[options[option].name or ""] = value
    return found


def declared_fields(folder: Path | str) -> OwnFields | None:
    """Return the fields that the file declares for the index in `folder`; None if it declares none.

    Raises:
        click.UsageError: The file cannot be read, or declares fields that there cannot be.
    """
    path, tables = _tables(folder)
    fields = tables.get(_FIELDS)
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise click.UsageError(f"{path}: [{_FIELDS}] is no table of names and kinds")
    try:
        return checked_fields(fields)
    except BadArgument as error:
        raise click.UsageError(f"{path}: [{_FIELDS}]: {error}") from None


def _tables(folder: Path | str) -> tuple[Path, dict[str, Any]]:
    """Return the path of the file for an index, and its tables; none if there is no file.

    It is beside the folder of the index. For an index on OpenSearch it is in the present folder.
    """
    path = (Path() if is_address(folder) else Path(folder).absolute().parent) / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return path, {}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    import tomllib  # noqa: PLC0415 - most indexes have no such file

    try:
        return path, tomllib.loads(text)
    except ValueError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> click.UsageError:
    return click.UsageError(f"{path} can't be read: {error}")


def settings(group: click.Context, folder: Path | str) -> list[Setting]:
    """Return the values that the options of `index` and `search` have if they are not given.

    Args:
        group: The context of the group of all commands.
        folder: The folder of the index.

    Raises:
        click.UsageError: As for `load`.
    """
    assert isinstance(group.command, click.Group)
    known = load(group.command, folder)
    found = []
    for name in ("index", "search"):
        command = group.command.commands[name]
        context = command.make_context(name, ["-i", str(folder)], parent=group, resilient_parsing=True)
        for option, parameter in _options(command).items():
            key = parameter.name or ""
            found.append(Setting(name, option, context.params[key], key in known.get(name, {})))
    return found


def apply(context: click.Context, _parameter: click.Parameter, folder: Path | str) -> Path | str:
    """Make the settings of an index the defaults of the other options: the callback of the option that names it."""
    group = context.parent and context.parent.command
    assert isinstance(group, click.Group)
    name = context.info_name or ""
    try:
        context.default_map = load(group, folder).get(_TABLES.get(name, name), {})
    except click.UsageError:
        if not context.resilient_parsing:  # a shell that completes a command shows no errors
            raise
    return folder


def _options(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a command that the file may set, by their names without dashes."""
    return {
        max(parameter.opts, key=len).lstrip("-"): parameter
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and parameter.expose_value
        and parameter.name not in ("folder", "as_json", "lists", "counts", "opens")
    }


def _fault(option: click.Option, value: Any) -> str | None:
    """Return what is wrong with a value for an option, or None if it is valid."""
    if option.is_flag:
        return None if isinstance(value, bool) else f"{value!r} is neither true nor false."
    if option.multiple and not isinstance(value, list):
        return f'{value!r} is not a list, such as ["…", "…"].'
    for one in value if option.multiple else [value]:
        if isinstance(option.type, click.types.StringParamType | click.Path) and not isinstance(one, str):
            return f"{one!r} is not a text in quotation marks."
        try:
            option.type.convert(one, option, None)
        except click.BadParameter as error:
            return error.message
    return None
