"""The commands check, scrub, backup, commits, restore and seal, which keep an index safe."""

import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from .. import BadInput, Index
from ..places import is_address
from .hints import CHECK_HINT, SCRUB_HINT, UNREADABLE_HINT
from .json_output import json_line
from .line_io import is_quiet, print_lines, say, say_done
from .output_options import json_option, quiet_option
from .progress_line import WorkLine
from .shared_options import KEY_VARIABLE, index_key, index_option, number_option, wait_option
from .text_output import check_lines, commit_lines, repair_lines, scrub_lines, size_text

DAMAGED = 2
"""The exit code of a check that found damage, and of a repair after which not everything is there."""

_RATE = 50  # megabytes a second


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
            found = Index.check(folder, on_progress=line.show, key=index_key())
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


@click.command(short_help="Read all files of an index in use, slowly, and mend them from a backup.")
@index_option
@number_option("--rate", default=_RATE, metavar="MB", what="Read at most this many megabytes a second.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="BACKUP",
    help="Replace damaged files by the same files of this backup, and move them to a folder 'damaged' in that of the "
    "index.",
)
@wait_option
@quiet_option
@json_option("Print the report as a JSON object.")
def scrub(folder: Path | str, rate: int, source: Path | None, wait: float, as_json: bool) -> None:
    """Read all files of an index that is in use, and compare their checksums.

    Other processes may search and write meanwhile; this one takes the lowest priority. Exits with 0 if all files are
    sound, or were mended. Otherwise prints a line for each problem and exits with 2.
    """
    with suppress(OSError):  # a system may not allow it
        os.nice(19)
    with WorkLine() as line:
        found = Index.scrub(
            _folder(folder), rate=rate, backup=source, wait=wait, on_progress=line.show, key=index_key()
        )
    if as_json:
        click.echo(json_line(asdict(found) | {"folder": found.folder and str(found.folder)}))
    elif found.problems or not is_quiet():
        print_lines(scrub_lines(found))
    if found.problems:
        say(CHECK_HINT if source else SCRUB_HINT)
        raise click.exceptions.Exit(DAMAGED)


@click.command(short_help="Copy the index to another folder, or bring a copy up to date.")
@index_option
@click.option(
    "--no-paths",
    is_flag=True,
    help="Leave out which files the documents are from and what was skipped. The keys of the documents stay. "
    "DIR must be new or empty.",
)
@quiet_option
@json_option("Print what is in the copy, and how much was copied, as a JSON object.")
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
def backup(folder: Path | str, no_paths: bool, target: Path, as_json: bool) -> None:
    """Copy the index to DIR, a folder that is new or empty, or has an earlier backup of the index.

    The copy holds the last commit. Of an earlier backup, also of one that was interrupted, only what is missing is
    copied; the rest is checked, and copied again if it is damaged. Another process may write to the index meanwhile.
    """
    with Index.open(_folder(folder), key=index_key()) as opened, WorkLine() as line:
        copied = opened.backup(target, paths=not no_paths, on_progress=line.show)
    for name in copied.replaced:
        say(f"{target / name} was damaged, and is copied again")
    if as_json:
        click.echo(json_line(asdict(copied)))
    else:
        sizes = (
            f" ({size_text(copied.copied)} new, {size_text(copied.present)} already there)" if copied.present else ""
        )
        say_done(f"copied {copied.documents} documents, {copied.passages} passages to {target}{sizes}")


@click.command(short_help="List the commits that the index can return to.")
@index_option
@json_option("Print a JSON list.")
def commits(folder: Path | str, as_json: bool) -> None:
    """List the commits that are kept, the last one first.

    `jooya index --keep N` says how many are kept. `own` is the size of the files that no other commit needs.
    """
    with Index.open(_folder(folder), key=index_key()) as opened:
        found = opened.commits()
    if as_json:
        click.echo(json_line([asdict(commit) for commit in found]))
    else:
        print_lines(commit_lines(found))


@click.command(short_help="Return to an earlier commit, or make an index of one or of a backup.")
@index_option
@click.option(
    "--to",
    "commit",
    metavar="COMMIT",
    help="Return to this commit, by its number or its name; 'jooya commits' lists them.",
)
@wait_option
@quiet_option
@json_option("Print what is in the index now as a JSON object.")
@click.argument("target", type=click.Path(path_type=Path), metavar="[DIR]", required=False)
def restore(folder: Path | str, commit: str | None, target: Path | None, wait: float, as_json: bool) -> None:
    """Make an index of a commit in DIR, a new or empty folder; without DIR, return to the commit in the index itself.

    All files of the commit are checked first. What was committed later stays as other earlier commits do, so you can
    return to it, too. To restore a backup, give its folder with -i, and DIR.
    """
    if commit is None and target is None:
        raise click.UsageError("give --to COMMIT, or the DIR of a new index, or both")
    with WorkLine() as line:
        status = Index.restore(_folder(folder), commit, to=target, wait=wait, on_progress=line.show, key=index_key())
    if as_json:
        click.echo(json_line(asdict(status)))
    else:
        say_done(f"{target or folder} has {status.documents} documents, {status.passages} passages now")


@click.command(short_help="Authenticate the index by a key, so that one that was altered is refused.")
@index_option
@click.option("--remove", is_flag=True, help="Take the code away again. With the key, the code is checked first.")
@wait_option
@quiet_option
def seal(folder: Path | str, remove: bool, wait: float) -> None:
    """Give the index an authentication code by the key of --key-file or JOOYA_KEY.

    With the key, an index that somebody else has altered is refused; without it, the index can be read, but not written
    to. All of the index is checked first.
    """
    key = index_key()
    if remove:
        Index.unseal(_folder(folder), key, wait=wait)
        say_done(f"{folder} has no authentication code now")
    elif key is None:
        raise click.UsageError(f"give the key with --key-file FILE, or in {KEY_VARIABLE}")
    else:
        Index.seal(_folder(folder), key, wait=wait)
        say_done(f"{folder} has an authentication code now")


def _folder(place: Path | str) -> Path:
    """Return the folder of an index.

    Raises:
        BadInput: The index is in no folder.
    """
    if is_address(place):
        command = click.get_current_context().info_name
        raise BadInput(
            f"'jooya {command}' is for an index in a folder, and {place} is on OpenSearch",
            "OpenSearch checks its own files, and its snapshots are the backups",
        )
    return Path(place)
