"""The commands check and backup, which keep an index safe."""

from pathlib import Path

import click

from .. import Index
from .hints import CHECK_HINT, UNREADABLE_HINT
from .line_io import print_lines, say
from .shared_options import index_option, wait_option
from .text_output import check_lines, repair_lines

DAMAGED = 2
"""The exit code of a check that found damage, and of a repair after which not everything is there."""


@click.command(short_help="Look for damage in the whole index, and repair it.")
@index_option
@click.option(
    "--repair",
    is_flag=True,
    help="Rebuild the damaged parts from what can still be read, name what is lost, and move the damaged files to a "
    "folder 'damaged' in that of the index.",
)
@wait_option
def check(folder: Path, repair: bool, wait: float) -> None:
    """Look for damage in the whole index.

    Exits with 0 if the index is sound. Otherwise prints a line for each problem and exits with 2. A repair exits with 0
    if all documents are there again, and with 2 if anything is lost or uncertain.
    """
    if repair:
        done = Index.repair(folder, wait)
        print_lines(repair_lines(done))
        found, complete = done.report, done.complete
    else:
        found = Index.check(folder)
        complete = not found.problems
    print_lines(check_lines(found))
    if found.unreadable:
        say(UNREADABLE_HINT)
    elif found.problems:
        say(CHECK_HINT)
    if not complete:
        raise click.exceptions.Exit(DAMAGED)


@click.command(short_help="Copy the index to another folder.")
@index_option
@click.option(
    "--no-paths",
    is_flag=True,
    help="Leave out which files the documents are from and what was skipped. The keys of the documents stay.",
)
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
def backup(folder: Path, no_paths: bool, target: Path) -> None:
    """Copy the index to DIR, a new or empty folder.

    The copy holds the last commit. Another process may write to the index meanwhile.
    """
    with Index.open(folder) as opened:
        copied = opened.backup(target, paths=not no_paths)
    click.echo(f"copied {copied.documents} documents, {copied.passages} passages to {target}")
