"""index, watch, status, remove: what is in an index."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .. import Index, IndexReport, ReadOptions
from ..defaults import INDEXING_MEMORY, PASSAGE_WORDS
from . import presentation
from .common import NOTHING_FOUND, index_option, say, wait_option
from .config_file import settings
from .progress import ProgressLine

MOST_REASONS = 20
"""Why something was skipped, said at once."""


Options = Callable[..., None]


def reading_options(command: Options) -> Options:
    """The options of commands that take in files."""
    for option in reversed(
        (
            index_option,
            click.option("--whole", is_flag=True, help="Make each record one passage, with the record's id."),
            click.option(
                "--passage-words",
                type=click.IntRange(1, 100_000),
                default=PASSAGE_WORDS,
                show_default=True,
                metavar="N",
                help="How long passages are.",
            ),
            click.option("--collection", metavar="NAME", help="What the documents belong to."),
            click.option("--exclude", multiple=True, metavar="PATTERN", help="What to leave out, as in a .gitignore."),
            click.option(
                "--field",
                "fields",
                multiple=True,
                metavar="NAME=COLUMN",
                help="What records call their id, text, title or date.",
            ),
            click.option("--encoding", metavar="NAME", help="Of files of text, where it is found out wrongly."),
            click.option(
                "--memory",
                type=click.IntRange(1),
                default=INDEXING_MEMORY,
                show_default=True,
                metavar="MB",
                help="How much may wait in memory to be written.",
            ),
            click.option(
                "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes analyze."
            ),
            wait_option,
        )
    ):
        command = option(command)
    return command


@click.command()
@reading_options
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def index(folder: Path, paths: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Take in files and folders, of the formats .txt, .md, .html, .pdf, .docx, .epub, .srt and .vtt, and records (.csv,
    .tsv, .jsonl: id, text, title, date), also in archives (.gz, .zip, .tar.gz).

    Run it again to bring the index up to date: only what has changed is read in, and what is gone is removed.
    """
    with Index.open_or_create(folder) as opened, ProgressLine() as line:
        changes = opened.add(*paths, on_progress=line.show, **_arguments(**options))
    _say(changes, as_json)


@click.command()
@reading_options
@click.argument("paths", nargs=-1, required=True, metavar="DIR...")
def watch(folder: Path, paths: tuple[str, ...], **options: Any) -> None:
    """Keep the index in step with files and folders as they change, until interrupted."""
    from ..ingest.watch import watch as watched  # noqa: PLC0415 (for those who watch)

    with Index.open_or_create(folder) as opened, suppress(KeyboardInterrupt):
        for changes in watched(opened, paths, **_arguments(**options)):
            _say(changes, as_json=False)


def _arguments(
    *,
    whole: bool,
    passage_words: int,
    collection: str | None,
    exclude: Sequence[str],
    fields: Sequence[str],
    encoding: str | None,
    memory: int,
    jobs: int,
    wait: float,
) -> dict[str, Any]:
    """The options as `Index.add` takes them."""
    pairs = []
    for field in fields:
        name, equals, column = field.partition("=")
        if not (equals and column):
            raise click.UsageError(f"--field {field}: say NAME=COLUMN, for example text=متن")
        pairs.append((name, column))
    how = ReadOptions(whole, encoding, passage_words, tuple(pairs), collection)
    return {"options": how, "exclude": exclude, "memory": memory, "jobs": jobs, "wait": wait}


def _say(changes: IndexReport, as_json: bool) -> None:
    for reason in changes.skipped[:MOST_REASONS]:
        say(f"skipped {reason}")
    if len(changes.skipped) > MOST_REASONS:
        more = len(changes.skipped) - MOST_REASONS
        say(f"skipped {more:,} more; 'jooya status' names them all")
    click.echo(presentation.json_line(asdict(changes)) if as_json else presentation.changes_line(changes))


@click.command()
@index_option
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def status(context: click.Context, folder: Path, as_json: bool) -> None:
    """Say what the index holds, what could not be read, and what the settings are."""
    assert context.parent
    known = settings(context.parent, folder)
    with Index.open(folder) as opened:
        counts = opened.status()
    if as_json:
        by_command: dict[str, dict[str, Any]] = {}
        for setting in known:
            by_command.setdefault(setting.command, {})[setting.option] = setting.value
        click.echo(presentation.json_line(asdict(counts) | {"settings": by_command}))
    else:
        click.echo(presentation.status_text(counts))
        for setting in known:
            click.echo(f"setting     {presentation.line(f'{setting.command} --{setting.option}: {setting.text}')}")
        for reason in counts.skipped:
            click.echo(f"skipped     {presentation.line(reason)}")


@click.command()
@index_option
@wait_option
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def remove(folder: Path, wait: float, keys: tuple[str, ...]) -> None:
    """Remove documents by their keys (the `document` of a hit)."""
    with Index.open(folder) as opened:
        removed = opened.remove(*keys, wait=wait)
    for key in keys:
        if key not in removed:
            say(f"no document {key!r} in {folder}")
    click.echo(f"removed {len(removed)}")
    if not removed:
        raise click.exceptions.Exit(NOTHING_FOUND)
