"""Options that several commands share."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from .. import Limits
from ..defaults import LEAST_KEY, LOCK_WAIT
from ..errors import BadArgument
from ..limits import COUNTS, DEFAULT
from . import config_file
from .option_types import IndexPlace, Seconds, WholeNumber

KEY_VARIABLE = "JOOYA_KEY"
"""The variable of the environment that may have the key of the index."""

NOTHING_FOUND = 1
"""The exit code of a command that found nothing."""

_KEY = "jooya.key"  # where the context of a command has the key

_folder_option = click.option(
    "-i",
    "--index",
    "folder",
    type=IndexPlace(),
    metavar="DIR",
    default="index",
    envvar="JOOYA_INDEX",
    show_default=True,
    show_envvar=True,
    help="The folder of the index, or its address on OpenSearch: https://HOST:PORT/NAME.",
    is_eager=True,
    callback=config_file.apply,
)


def _keep_key(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    """Read the key of the index from its file, or else from the environment, for `index_key`.

    No message has anything of the key.
    """
    if context.resilient_parsing:
        return
    if path is None:
        key, source = os.environ.get(KEY_VARIABLE, "").encode("utf-8", "surrogateescape"), KEY_VARIABLE
    else:
        try:
            key, source = path.read_bytes().rstrip(b"\r\n"), str(path)
        except OSError as error:
            raise click.UsageError(f"--key-file {path} can't be read: {error.strerror or error}") from None
    if path is None and not key:
        return
    if len(key) < LEAST_KEY:
        raise click.UsageError(f"the key in {source} is too short: give {LEAST_KEY} bytes or more")
    context.meta[_KEY] = key


_key_option = click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="JOOYA_KEY_FILE",
    show_envvar=True,
    expose_value=False,
    callback=_keep_key,
    help="The file with the key of an authenticated index. The variable JOOYA_KEY may have the key itself.",
)


def index_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which index, and what its key is."""
    return _folder_option(_key_option(command))


def index_key() -> bytes | None:
    """Return the key of the index that the running command was given; None if it was given none."""
    key: bytes | None = click.get_current_context().meta.get(_KEY)
    return key


def number_option(
    *names: str, default: int | None, what: str, least: int = 1, most: int | None = None, metavar: str | None = "N"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return an option whose value is a whole number, and whose help is `what` and the default, if there is one."""
    kind = WholeNumber(least, most)
    return click.option(*names, type=kind, default=default, show_default=True, metavar=metavar, help=what)


hits_option = number_option("-k", "limit", default=10, what="Show at most N results.")

wait_option = click.option(
    "--wait",
    type=Seconds(),
    default=LOCK_WAIT,
    metavar="SECONDS",
    help=f"How long to wait while another process is writing to the index.  [default: {LOCK_WAIT:g}]",
)

timeout_option = click.option(
    "--timeout",
    type=Seconds(),
    default=DEFAULT.seconds,
    metavar="SECONDS",
    help=f"Give up a query that takes longer.  [default: {DEFAULT.seconds:g}]",
)

limits_option = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=N",
    help="Raise or lower a limit of queries; give it again for another one. "
    f"The defaults are {', '.join(f'{name}={getattr(DEFAULT, name)}' for name in COUNTS)}.",
)


def limits_of(timeout: float, settings: Iterable[str]) -> Limits:
    """Return the limits that the options --timeout and --limit set.

    Raises:
        click.BadParameter: There is no limit of such a name, or it cannot have this value.
    """
    counts: dict[str, int] = {}
    for setting in settings:
        name, _, number = setting.partition("=")
        if name not in COUNTS or not re.fullmatch(r"[0-9]{1,9}", number):
            raise click.BadParameter(
                f"{setting!r} is not NAME=N with one of {', '.join(COUNTS)} and a number.", param_hint="'--limit'"
            )
        counts[name] = int(number)
    try:
        return replace(DEFAULT, seconds=timeout, **counts)
    except BadArgument as error:
        raise click.BadParameter(f"{error}.", param_hint="'--limit'") from None
