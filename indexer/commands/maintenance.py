"""The commands check and backup, which keep an index safe."""

from dataclasses import asdict
from pathlib import Path

import click

from .. import BadInput, Index
from ..arguments import is_address
from .hints import CHECK_HINT, UNREADABLE_HINT
from .json_output import json_line
from .line_io import is_quiet, print_lines, say, say_done
from .output_options import json_option, quiet_option
from .progress_line import WorkLine
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
@quiet_option
@json_option("Print the report as a JSON object.")
def check(folder: Path | str, repair: bool, wait: float, as_json: bool) -> None:
    """Look for damage in the whole index.

    Exits with 0 if the index is sound. Otherwise prints a line for each problem and exits with 2. A repair exits with 0
    if all documents are there again, and with 2 if anything is lost or uncertain.
    """
    folder = _folder(folder)
    with WorkLine() as line:
        if repair:
            done = Index.repair(folder, wait, on_progress=line.show)
            found, complete = done.report, done.complete
        else:
            done = None
            found = Index.check(folder, on_progress=line.show)
            complete = not found.problems
    if as_json:
        answer = asdict(found) if done is None else asdict(done) | {"folder": done.folder and str(done.folder)}
        click.echo(json_line(answer))
    else:
        if done is not None:
            print_lines(repair_lines(done))
        if found.problems or not is_quiet():
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
@quiet_option
@json_option("Print what is in the copy as a JSON object.")
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
def backup(folder: Path | str, no_paths: bool, target: Path, as_json: bool) -> None:
    """Copy the index to DIR, a new or empty folder.

    The copy holds the last commit. Another process may write to the index meanwhile.
    """
    with Index.open(_folder(folder)) as opened, WorkLine() as line:
        copied = opened.backup(target, paths=not no_paths, on_progress=line.show)
    if as_json:
        click.echo(json_line(asdict(copied)))
    else:
        say_done(f"copied {copied.documents} documents, {copied.passages} passages to {target}")


def _folder(place: Path | str) -> Path:
    """Return the folder of an index.

    Raises:
        BadInput: The index is in no folder.
    """
    if is_address(place):
        raise BadInput(f"{place} is checked, repaired and copied by OpenSearch itself", "use its snapshots")
    return Path(place)
