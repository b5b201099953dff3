"""check, backup: keeping an index safe."""

from pathlib import Path

import click

from .. import Index
from . import presentation
from .common import index_option, print_lines, wait_option

DAMAGED = 2
"""Exit code."""


@click.command()
@index_option
@click.option("--repair", is_flag=True, help="Rebuild what can be, and say what is lost. Copy the folder first.")
@wait_option
def check(folder: Path, repair: bool, wait: float) -> None:
    """Look for damage in all of the index: exits with 0 if it is sound, with 2 and a line for each problem if not."""
    if repair:
        done = Index.repair(folder, wait)
        print_lines(presentation.repair_lines(done))
        found = done.report
    else:
        found = Index.check(folder)
    print_lines(presentation.soundness_lines(found))
    if found.problems:
        raise click.exceptions.Exit(DAMAGED)


@click.command()
@index_option
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
def backup(folder: Path, target: Path) -> None:
    """Copy the index to DIR, a new or empty folder, as of its last commit, while it may be written to."""
    with Index.open(folder) as opened:
        copied = opened.backup(target)
    click.echo(f"copied {copied.documents} documents, {copied.passages} passages to {target}")
