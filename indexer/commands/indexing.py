"""The commands index, watch, status and remove, which change an index or tell what is in it."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ...core import core_name
from .. import BadInput, IndexReport, ReadOptions
from ..any_index import AnyIndex, open_or_create, refuse_local_arguments
from ..any_index import open as open_index
from ..defaults import INDEXING_MEMORY, MOST_JOBS, PASSAGE_WORDS
from ..document import key_pattern
from ..places import is_address
from .completing import collections
from .completing import keys as completed_keys
from .config_file import declared_fields, settings
from .facet_output import status_facet_lines
from .json_output import json_line
from .line_io import say, say_done
from .output_options import json_option, quiet_option
from .progress_line import ProgressLine
from .shared_options import NOTHING_FOUND, index_key, index_option, number_option, wait_option
from .skipped_lines import skipped_lines
from .text_output import one_line, report_line, status_text

MOST_REASONS = 20
"""How many lines name what was skipped, after indexing."""

_LOGGER = __name__.partition(".")[0]

Command = Callable[..., None]


def reading_options(command: Command) -> Command:
    """Add the options of commands that read files."""
    for option in reversed(
        (
            index_option,
            click.option(
                "--whole",
                is_flag=True,
                help="Make each document one passage, whose id is the document's key (for a record: its id).",
            ),
            number_option(
                "--passage-words",
                most=100_000,
                default=PASSAGE_WORDS,
                what="Cut texts into passages of about N words.",
            ),
            click.option(
                "--collection",
                metavar="NAME",
                help="Put the documents into a collection; the query collection:NAME searches it alone.",
                shell_complete=collections,
            ),
            click.option(
                "--exclude",
                multiple=True,
                metavar="PATTERN",
                help="Leave out files in folders, as this line of a .gitignore would. Give it again for more patterns.",
            ),
            click.option(
                "--field",
                "fields",
                multiple=True,
                metavar="NAME=COLUMN",
                help="Take the id, text, title or date of records from another column, for example text=متن.",
            ),
            click.option(
                "--encoding",
                metavar="NAME",
                help="Read text files in this encoding, for example windows-1256, instead of detecting it.",
            ),
            click.option(
                "--ocr",
                is_flag=True,
                help="Recognize the text of scanned pages in PDFs; needs Tesseract with its Persian model.",
            ),
            click.option(
                "--comments",
                is_flag=True,
                help="Read the comments in Word documents and other office files too.",
            ),
            number_option(
                "--memory",
                default=INDEXING_MEMORY,
                metavar="MB",
                what="Keep about this many megabytes in memory before writing. More makes large runs faster.",
            ),
            number_option(
                "--jobs", most=MOST_JOBS, default=1, what="Analyze texts in N processes. The result is the same."
            ),
            number_option(
                "--keep",
                default=None,
                most=1_000,
                what="Keep the last N commits from now on, so that 'jooya restore' can return to each; "
                "a new index keeps one.",
            ),
            wait_option,
            quiet_option,
        )
    ):
        command = option(command)
    return command


@click.command(short_help="Add files and folders, or bring the index up to date.")
@reading_options
@click.option(
    "--rebuild",
    is_flag=True,
    help="Make a new index of PATH alone on OpenSearch, which replaces the present one when it is complete.",
)
@number_option("--shards", default=None, what="Give a new index on OpenSearch N shards.")
@number_option("--replicas", least=0, default=None, what="Keep N copies of each shard of a new index on OpenSearch.")
@json_option("Print the result as a JSON object.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def index(
    folder: Path | str,
    paths: tuple[str, ...],
    keep: int | None,
    as_json: bool,
    rebuild: bool,
    shards: int | None,
    replicas: int | None,
    **options: Any,
) -> None:
    """Add files and folders to the index, or bring it up to date with them.

    Reads texts (.txt, .md, .html, .pdf, .docx, .epub), subtitles (.srt, .vtt) and records with id, text, title and
    date (.csv, .tsv, .jsonl), also in archives (.gz, .zip, .tar.gz).

    Run it again after files have changed: only new and changed files are read, and documents whose files are gone
    are removed. This holds for a PATH that is gone, too.

    Exits with 1 if every file was skipped, and with 2 if a PATH does not exist; the others are taken in all the same.
    """
    arguments: dict[str, Any] = {**_arguments(**options), "ignore_missing": True}
    if rebuild:
        report = _rebuilt(folder, paths, keep, shards, replicas, arguments)
    else:
        with _opened(folder, keep, shards=shards, replicas=replicas) as opened, ProgressLine() as line:
            report = opened.add(*paths, on_progress=line.show, **arguments)
    _print_report(report, as_json)
    if report.failed:
        raise BadInput("; ".join(report.failed))
    if report.skipped and not (report.new or report.updated or report.unchanged):
        raise click.exceptions.Exit(NOTHING_FOUND)


@click.command(short_help="Keep the index up to date as files change.")
@reading_options
@json_option("Print each update as a JSON object.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def watch(folder: Path | str, paths: tuple[str, ...], keep: int | None, as_json: bool, **options: Any) -> None:
    """Keep the index up to date with files and folders as they change.

    It indexes them, then waits for changes until you press Ctrl-C, and prints a line for each update. What fails is
    printed, too, and tried again.
    """
    arguments = _arguments(**options)
    logging.getLogger(_LOGGER).addHandler(_Warnings(logging.WARNING))
    with _opened(folder, keep) as opened, suppress(KeyboardInterrupt):
        for report in opened.watch(*paths, **arguments):
            _print_report(report, as_json)


def _rebuilt(
    folder: Path | str,
    paths: Sequence[str],
    keep: int | None,
    shards: int | None,
    replicas: int | None,
    arguments: dict[str, Any],
) -> IndexReport:
    """Make an index on OpenSearch again."""
    if not is_address(folder):
        raise click.UsageError(
            f"--rebuild is for an index on OpenSearch; index into another folder, and remove {folder} then"
        )
    from .. import RemoteIndex  # noqa: PLC0415 - other commands do not wait for it

    refuse_local_arguments(keep=keep, key=index_key())
    fields = declared_fields(folder)
    opened = RemoteIndex.open_or_create_url(str(folder), shards=shards, replicas=replicas)
    with opened, ProgressLine() as line:
        return opened.rebuild(*paths, fields=fields, on_progress=line.show, **arguments)


def _opened(
    folder: Path | str, keep: int | None, *, shards: int | None = None, replicas: int | None = None
) -> AnyIndex:
    """Open or create the index in `folder`, with the fields that its configuration file declares."""
    fields = declared_fields(folder)
    opened = open_or_create(folder, keep=keep, key=index_key(), shards=shards, replicas=replicas)
    try:
        if fields is not None and fields != opened.fields:
            lines = opened.declare(fields)
            names = ", ".join(f"{name} ({kind})" for name, kind in opened.fields.items()) or "none"
            say(f"declared fields: {names}; what is in the index has them now, too")
            for line in lines:
                say(f"note: {line}")
    except BaseException:
        opened.close()
        raise
    return opened


class _Warnings(logging.Handler):
    """Prints what goes wrong while files are watched, a line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message to stderr."""
        say(record.getMessage(), error=True)


def _arguments(
    *,
    whole: bool,
    passage_words: int,
    collection: str | None,
    exclude: Sequence[str],
    fields: Sequence[str],
    encoding: str | None,
    ocr: bool,
    comments: bool,
    memory: int,
    jobs: int,
    wait: float,
) -> dict[str, Any]:
    """Return the options as `Index.add` takes them."""
    pairs = []
    for field in fields:
        name, equals, column = field.partition("=")
        if not (equals and column):
            raise click.UsageError(f"--field {field}: say NAME=COLUMN, for example text=متن")
        pairs.append((name, column))
    options = ReadOptions(whole, encoding, passage_words, tuple(pairs), collection, ocr, comments)
    return {"options": options, "exclude": exclude, "memory": memory, "jobs": jobs, "wait": wait}


def _print_report(report: IndexReport, as_json: bool) -> None:
    for path in report.gone:
        say(f"{path} is gone: what was indexed from it is removed")
    lines = skipped_lines(report.skipped)
    for line in lines[:MOST_REASONS]:
        say(f"skipped {line}")
    for note in report.notes:
        say(f"note: {one_line(note)}")
    if len(lines) > MOST_REASONS:
        say(f"skipped {len(lines) - MOST_REASONS:,} more; 'jooya status --json' names them all")
    if as_json:
        click.echo(json_line(asdict(report)))
    else:
        say_done(report_line(report))


@click.command(short_help="Show what is in the index, and the settings.")
@index_option
@quiet_option
@json_option("Print a JSON object.")
@click.pass_context
def status(context: click.Context, folder: Path | str, as_json: bool) -> None:
    """Show what is in the index, which files could not be read, and the settings in effect."""
    assert context.parent
    known = settings(context.parent, folder)
    with open_index(folder, key=index_key()) as opened:
        counts = opened.status()
    if as_json:
        by_command: dict[str, dict[str, Any]] = {}
        for setting in known:
            by_command.setdefault(setting.command, {})[setting.option] = setting.value
        click.echo(json_line(asdict(counts) | {"core": core_name(), "settings": by_command}))
    else:
        click.echo(status_text(counts))
        click.echo(f"core        {core_name()}")
        for line in status_facet_lines(counts):
            click.echo(line)
        for setting in known:
            click.echo(f"setting     {one_line(f'{setting.command} --{setting.option}: {setting.text}')}")
        for line in skipped_lines(counts.skipped):
            click.echo(f"skipped     {one_line(line)}")


@click.command(short_help="Remove documents by their keys, or by patterns such as 'talks/*'.")
@index_option
@wait_option
@quiet_option
@json_option("Print the keys of the documents that were removed, as a JSON list.")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...", shell_complete=completed_keys)
def remove(folder: Path | str, wait: float, keys: tuple[str, ...], as_json: bool) -> None:
    """Remove documents by their keys.

    The key of a document is its path as it was indexed, or the id of the record. A search shows it before the # of
    each hit, and as `document` in JSON. In a KEY that no document has, * stands for any characters, as in the query
    doc:talks/*; quote it, so that the shell leaves it alone.
    """
    with open_index(folder, key=index_key()) as opened:
        removed = opened.remove(*keys, wait=wait)
    for key in keys:
        if not any(map(key_pattern(key).fullmatch, removed)):
            say(f"no document {key!r} in {folder}")
    if as_json:
        click.echo(json_line(removed))
    else:
        say_done(f"removed {len(removed)}")
    if not removed:
        raise click.exceptions.Exit(NOTHING_FOUND)
