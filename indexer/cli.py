"""The command line. A thin layer over the public API of `jooya.indexer`.

Exit codes: 0 something found or done, 1 nothing found, 2 an error, said in one line on stderr.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from jooya.analyzers import analysis
from jooya.indexer import MEMORY, BadInput, BadQuery, Index, JooyaError, Results, presentation

NOTHING_FOUND = 1
ERROR = 2
DEEPEST = 1000

_index_option = click.option(
    "-i",
    "--index",
    "folder",
    type=click.Path(path_type=Path),
    default="index",
    envvar="JOOYA_INDEX",
    show_default=True,
    show_envvar=True,
    help="The folder of the index.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jooya", message="%(prog)s %(version)s")
def cli() -> None:
    """Persian passage search: finds the passage however its words are spelled.

    Exit codes: 0 something found or done, 1 nothing found, 2 an error.
    """


@cli.command()
@_index_option
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
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def index(folder: Path, paths: tuple[str, ...], whole: bool, memory: int, jobs: int) -> None:
    """Take in files and folders: .txt, and .jsonl records {id, title?, date?, text}.

    Run it again to bring the index up to date: only what has changed is read in, and what is gone is removed.
    """
    from jooya.indexer import sources  # noqa: PLC0415 (searching does not wait for it)

    size = sum(source.path.stat().st_size for source in sources.find(paths))
    with (
        Index.open_or_create(folder) as opened,
        click.progressbar(length=size, label="indexing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):
        changes = opened.add(*paths, whole=whole, memory=memory, jobs=jobs, on_bytes=bar.update)
    for reason in changes.skipped:
        click.echo(f"skipped {reason}", err=True)
    click.echo(presentation.changes_line(changes))


@cli.command()
@_index_option
@click.option("-k", "limit", type=click.IntRange(1, DEEPEST), default=10, show_default=True, help="How many hits.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "trec"]),
    default="text",
    show_default=True,
    help="text for people; a JSON object; a JSON object a hit; a TREC run.",
)
@click.option(
    "--queries",
    "queries_file",
    type=click.Path(path_type=Path),
    help="Answer each line of a file, `id<TAB>text`; needs --format jsonl or trec.",
)
@click.argument("query", nargs=-1, metavar="QUERY...")
def search(folder: Path, query: tuple[str, ...], limit: int, form: str, queries_file: Path | None) -> None:
    """Find the passages with the words of QUERY, best first."""
    if queries_file and query:
        raise click.UsageError("give a QUERY or --queries FILE, not both")
    if queries_file and form not in ("jsonl", "trec"):
        raise click.UsageError("--queries needs --format jsonl or --format trec")
    queries = list(_queries(queries_file)) if queries_file else [("1", " ".join(query))]
    found = False
    with Index.open(folder) as opened:
        for query_id, text in queries:
            try:
                results = opened.search(text, limit=limit)
            except BadQuery as error:
                if not queries_file:
                    raise
                click.echo(f"query {query_id}: {error}", err=True)
                continue
            found = found or bool(results.hits)
            _print_lines(_shown(results, form, query_id if queries_file else None))
    if not queries_file and results.total > len(results):
        click.echo(f"{len(results)} of {results.total} passages; -k shows more", err=True)
    if not found:
        if not queries_file:
            click.echo("nothing found", err=True)
        raise click.exceptions.Exit(NOTHING_FOUND)


def _shown(results: Results, form: str, query_id: str | None) -> Iterator[str]:
    if form == "json":
        yield presentation.results_json(results)
    elif form == "jsonl":
        yield from presentation.results_jsonl(results, query_id)
    elif form == "trec":
        yield from presentation.results_trec(results, query_id or "1")
    else:
        yield from map(presentation.hit_text, results)


@cli.command()
@_index_option
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
def status(folder: Path, as_json: bool) -> None:
    """Say what the index holds."""
    with Index.open(folder) as opened:
        counts = opened.status()
    click.echo(json.dumps(asdict(counts), ensure_ascii=False) if as_json else presentation.status_text(counts))


@cli.command()
@_index_option
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def remove(folder: Path, keys: tuple[str, ...]) -> None:
    """Remove documents by their keys (the `document` of a hit)."""
    with Index.open(folder) as opened:
        removed = opened.remove(*keys)
    for key in keys:
        if key not in removed:
            click.echo(f"no document {key!r} in {folder}", err=True)
    click.echo(f"removed {len(removed)}")
    if not removed:
        raise click.exceptions.Exit(NOTHING_FOUND)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each text.")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
def analyze(texts: tuple[str, ...], as_json: bool) -> None:
    """Show what the analyzer makes of each TEXT; `-` reads them from stdin, one a line."""
    _print_lines(_analyzed(texts, as_json))


def _analyzed(texts: Iterable[str], as_json: bool) -> Iterator[str]:
    for argument in texts:
        for text in _lines(sys.stdin.buffer, "stdin") if argument == "-" else [argument]:
            tokens = analysis().tokens(text)
            if as_json:
                answer = {"text": text, "tokens": [presentation.token_dict(token) for token in tokens]}
                yield json.dumps(answer, ensure_ascii=False)
            else:
                yield from (presentation.token_text(token, text) for token in tokens)


def _queries(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file, str(path)), 1):
                query_id, tab, text = line.partition("\t")
                if line.strip() and not (tab and query_id.strip()):
                    raise BadInput(f"{path}:{number}: no tab; each line is an id, a tab and a query")
                if line.strip():
                    yield query_id.strip(), text
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None


def _lines(file: Iterable[bytes], name: str) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        try:
            yield line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadInput(f"{name}:{number}: not UTF-8; convert it first, for example with iconv") from None


def _print_lines(lines: Iterable[str]) -> None:
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    try:
        for line in lines:
            click.echo(line, color=colour)
    except BrokenPipeError:
        # The reader of a pipe has gone (jooya search … | head): no error, but nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


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
        code = _say_error(str(error))
    except (click.Abort, KeyboardInterrupt):
        code = _say_error("interrupted")
    except OSError as error:
        code = _say_error(f"{error.filename or 'input/output'}: {error.strerror}")
    sys.stdout.flush()
    sys.stderr.flush()
    # Freeing the lexicon and everything else, one object after another, would take a tenth of a search's time.
    os._exit(code)


def _say_error(message: str) -> int:
    click.echo(f"jooya: {' '.join(message.split())}", err=True)
    return ERROR
