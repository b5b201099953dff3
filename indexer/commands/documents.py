"""index, status, remove: what is in an index."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from jooya.indexer import MEMORY, Index, presentation
from jooya.indexer.commands.common import NOTHING_FOUND, index_option, wait_option


@click.command()
@index_option
@click.option("--whole", is_flag=True, help="Make each record one passage, with the record's id.")
@click.option(
    "--memory",
    type=click.IntRange(1),
    default=MEMORY,
    show_default=True,
    metavar="MB",
    help="How much may wait in memory to be written.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes analyze.")
@wait_option
@click.option("--encoding", metavar="NAME", help="Of files of text, where it is found out wrongly.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def index(
    folder: Path, paths: tuple[str, ...], whole: bool, memory: int, jobs: int, wait: float, encoding: str | None
) -> None:
    """Take in files and folders: .txt, .srt and .vtt, and .jsonl records {id, title?, date?, text}.

    Run it again to bring the index up to date: only what has changed is read in, and what is gone is removed.
    """
    from jooya.indexer import sources  # noqa: PLC0415 (searching does not wait for it)

    size = sum(source.path.stat().st_size for source in sources.find(paths))
    with (
        Index.open_or_create(folder) as opened,
        click.progressbar(length=size, label="indexing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):
        changes = opened.add(
            *paths, whole=whole, memory=memory, jobs=jobs, wait=wait, encoding=encoding, on_bytes=bar.update
        )
    for reason in changes.skipped:
        click.echo(f"skipped {reason}", err=True)
    click.echo(presentation.changes_line(changes))


@click.command()
@index_option
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
def status(folder: Path, as_json: bool) -> None:
    """Say what the index holds."""
    with Index.open(folder) as opened:
        counts = opened.status()
    click.echo(json.dumps(asdict(counts), ensure_ascii=False) if as_json else presentation.status_text(counts))


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
            click.echo(f"no document {key!r} in {folder}", err=True)
    click.echo(f"removed {len(removed)}")
    if not removed:
        raise click.exceptions.Exit(NOTHING_FOUND)
