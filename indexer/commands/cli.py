"""The command `jooya`: its subcommands are in the other modules of this package.

Exit codes: 0 if something was found or done, 1 if nothing was found, 2 for an error, with one line on stderr, and 70
for a fault of Jooya itself.
"""

import gc
import os
import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

from ..errors import JooyaError
from .lazy_numpy import import_numpy
from .line_io import say
from .persian_help import translate

# The dots of an import cannot reach the package `jooya` from this folder of the checkout.
_VERSION: str = sys.modules[__name__.partition(".")[0]].__version__

ERROR = 2
"""The exit code of a command that failed."""

FAULT = 70
"""The exit code of a command that a fault of Jooya itself ended, EX_SOFTWARE of `sysexits.h`."""

_REPORT = "https://github.com/jooya-search/jooya/issues"

_SHOWN = 200  # characters of an unforeseen exception in a message

_EPILOG = """\b
First steps:
  jooya index texts/             index the files in a folder
  jooya search سرزمین اشغالی     find passages
  jooya search --help            the query language and all options

Exit codes: 0 if something was found or done, 1 if nothing was found, 2 for an
error, 70 for a fault of jooya itself."""


_COMMANDS = {
    "index": "indexing.index",
    "watch": "indexing.watch",
    "search": "searching.search",
    "context": "answering.context",
    "similar": "searching.similar",
    "suggest": "searching.suggest",
    "serve": "serving.serve",
    "mcp": "agents.mcp",
    "list": "browsing.list_documents",
    "show": "browsing.show",
    "status": "indexing.status",
    "remove": "indexing.remove",
    "check": "maintenance.check",
    "scrub": "maintenance.scrub",
    "backup": "maintenance.backup",
    "commits": "maintenance.commits",
    "restore": "maintenance.restore",
    "seal": "maintenance.seal",
    "analyze": "analyzing.analyze",
    "eval": "evaluating.evaluate",
}
"""The module and the function of each command, in the order of the help."""


class _Subcommands(MutableMapping[str, click.Command]):
    """The commands by name. Each is imported when it is first looked up: a search does not wait for the others."""

    def __init__(self) -> None:
        self._imported: dict[str, click.Command] = {}
        self._names = list(_COMMANDS)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._imported:
            import_numpy()
            module, _, function = _COMMANDS[name].partition(".")
            command: click.Command = getattr(import_module(f".{module}", __package__), function)
            translate(command)
            self._imported[name] = command
            gc.freeze()
            gc.enable()
        return self._imported[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._imported[name] = command
        if name not in self._names:
            self._names.append(name)

    def __delitem__(self, name: str) -> None:
        self._names.remove(name)
        self._imported.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Commands(click.Group):
    """A group that lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Commands,
    commands=_Subcommands(),
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    epilog=_EPILOG,
)
@click.version_option(_VERSION, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def cli(command: click.Context) -> None:
    """Search Persian texts: find the passages with your words, however they are spelled."""
    if command.invoked_subcommand is None:
        click.echo(command.get_help())


def main() -> None:
    """Run the command `jooya` and end the process."""
    # Imported modules stay, so the garbage collector need not look at them; it runs from when they are there.
    gc.disable()
    # Persian is UTF-8 here whatever the locale is; arguments in another encoding arrive as surrogates.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    translate(cli)
    try:
        code = cli.main(prog_name="jooya", standalone_mode=False) or 0
    except click.ClickException as error:
        hint = f" (see '{error.ctx.command_path} --help')" if isinstance(error, click.UsageError) and error.ctx else ""
        code = _say_error(f"{error.format_message()}{hint}")
    except JooyaError as error:
        from . import hints  # noqa: PLC0415 - only errors wait for it

        code = _say_error(hints.message(error), error)
    except (click.Abort, KeyboardInterrupt) as error:
        code = _say_error("interrupted", error.__cause__ or error)  # click turns a KeyboardInterrupt into Abort
    except OSError as error:
        from . import hints  # noqa: PLC0415 - as above

        code = _say_error(hints.os_message(error), error)
    except Exception as error:  # Python would exit with 1, which says that nothing was found
        code = _say_fault(error)
    sys.stdout.flush()
    sys.stderr.flush()
    # To free the lexicon and everything else, one object after another, would take a tenth of a search's time.
    os._exit(code)


def _say_fault(error: Exception) -> int:
    """Print an exception that nobody foresaw. Return the exit code."""
    what = " ".join(f"{type(error).__name__}: {error}".split())[:_SHOWN]
    _say_error(f"a fault of Jooya {_VERSION}, please report it at {_REPORT} ({what}; JOOYA_DEBUG=1 shows where)", error)
    if os.environ.get("JOOYA_DEBUG"):
        import traceback  # noqa: PLC0415 - no other command needs it

        traceback.print_exception(error)
    return FAULT


def _say_error(message: str, error: BaseException | None = None) -> int:
    """Print an error, with the note in which a writer says what became of the index. Return the exit code."""
    say(f"jooya: {'; '.join([message, *getattr(error, '__notes__', [])])}")
    return ERROR
