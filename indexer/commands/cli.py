"""The command line. A thin layer over the public API of `jooya.indexer`; the commands are in `commands`.

Exit codes: 0 something found or done, 1 nothing found, 2 an error, said in one line on stderr.
"""

import os
import sys

import click

from .. import JooyaError
from .analyzing import analyze
from .common import say
from .evaluating import evaluate
from .indexing import index, remove, status, watch
from .maintenance import backup, check
from .searching import search, similar, suggest

ERROR = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jooya", message="%(prog)s %(version)s")
def cli() -> None:
    """Persian passage search: finds the passage however its words are spelled.

    Exit codes: 0 something found or done, 1 nothing found, 2 an error.
    """


for _command in (index, watch, search, similar, suggest, status, remove, check, backup, analyze, evaluate):
    cli.add_command(_command)


def main() -> None:
    """The `jooya` command."""
    # Persian is UTF-8 here whatever the locale says; arguments in another encoding arrive as surrogates.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        code = cli.main(prog_name="jooya", standalone_mode=False) or 0
    except click.ClickException as error:
        hint = f" (see '{error.ctx.command_path} --help')" if isinstance(error, click.UsageError) and error.ctx else ""
        code = _say_error(f"{error.format_message()}{hint}")
    except JooyaError as error:
        code = _say_error(str(error), error)
    except (click.Abort, KeyboardInterrupt) as error:
        code = _say_error("interrupted", error.__cause__ or error)  # click's own exception stands for the first
    except OSError as error:
        code = _say_error(f"{error.filename or 'input/output'}: {error.strerror}", error)
    sys.stdout.flush()
    sys.stderr.flush()
    # Freeing the lexicon and everything else, one object after another, would take a tenth of a search's time.
    os._exit(code)


def _say_error(message: str, error: BaseException | None = None) -> int:
    """Says what is wrong, and what a writer notes of what became of the index."""
    say(f"jooya: {'; '.join([message, *getattr(error, '__notes__', [])])}")
    return ERROR
