"""search, similar, suggest: what finds something."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click

from .. import BadQuery, BeyondLimit, Index, Limits, Results
from ..defaults import CACHE_MEMORY
from ..limits import deadline, left
from ..search.pages import Grouping, Sort
from . import presentation
from .common import (
    NOTHING_FOUND,
    index_option,
    limit_option,
    limits_of,
    limits_option,
    print_lines,
    queries_of,
    say,
    timeout_option,
)

LANGUAGE = """\b
The language of queries:
  word another        the more of the words, and the rarer, the better
  "exact phrase"      just these words one after another; also «…»
  "near words"~5      in any order and form, at most 5 others among them
  +must -not          required in the passage's text, excluded
  a AND b OR NOT c    and ( ) around parts of a query
  prefix* wi?ld       * any letters, ? one letter inside a word
  fuzzy~1             words one edit away (or two: ~2)
  title:word          in the title; also title:"…" and title:(…)
  heading:word        in the heading of the section
  speaker:name        said by
  doc:KEY             in this document; doc:talks/* in those
  collection:NAME     in this collection
  date:1384           and date:1384-09..1385, date:2005-12: the year tells
                      the calendar; a day is 1384-09-22
  word^2              counts twice
Letters of another keyboard, half-spaces and vowel marks never matter; Persian
punctuation and digits (؟ « » ۱۳۸۴) are as good as Latin ones.
What can't be read as one of these is searched for as words, and said.
On the command line put -- before a query that has a -word."""


@click.command(epilog=LANGUAGE, context_settings={"ignore_unknown_options": True})
@index_option
@limit_option
@click.option(
    "--from", "first", type=click.IntRange(1), default=1, show_default=True, help="The rank of the first hit shown."
)
@click.option(
    "--sort", type=click.Choice(get_args(Sort)), default="score", show_default=True, help="The order of hits."
)
@click.option(
    "--by", type=click.Choice(get_args(Grouping)), default="passage", help="The best passage of each document alone."
)
@click.option("--within", metavar="QUERY", help="Only passages that this query matches, too; it counts nothing.")
@click.option("--copies", is_flag=True, help="Show each of several passages with the same words.")
@click.option("-C", "context", type=click.IntRange(0, 100), default=0, metavar="N", help="Passages around each hit.")
@click.option("--explain", is_flag=True, help="Show how each score came about.")
@click.option("--bidi", is_flag=True, envvar="JOOYA_BIDI", help="For terminals that write Persian left to right.")
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
@timeout_option
@limits_option
@click.option(
    "--memory",
    type=click.IntRange(1),
    default=CACHE_MEMORY,
    show_default=True,
    metavar="MB",
    help="How much of the index is kept from one query to the next.",
)
@click.argument("query", nargs=-1, metavar="QUERY...", type=click.UNPROCESSED)
def search(
    folder: Path,
    query: tuple[str, ...],
    limit: int,
    first: int,
    sort: Sort,
    by: Grouping,
    within: str | None,
    copies: bool,
    context: int,
    explain: bool,
    bidi: bool,
    form: str,
    queries_file: Path | None,
    timeout: float,
    limits: tuple[str, ...],
    memory: int,
) -> None:
    """Find the passages with the words of QUERY, best first."""
    if queries_file and query:
        raise click.UsageError("give a QUERY or --queries FILE, not both")
    if queries_file and form not in ("jsonl", "trec"):
        raise click.UsageError("--queries needs --format jsonl or --format trec")
    queries = list(queries_of(queries_file)) if queries_file else [("1", " ".join(query))]
    allowed = limits_of(timeout, limits)
    found = False
    with Index.open(folder, memory=memory) as opened:
        for query_id, text in queries:
            try:
                with deadline(timeout):
                    results = opened.search(
                        text,
                        limit=limit,
                        first=first,
                        sort=sort,
                        by=by,
                        within=within,
                        collapse=not copies and form != "trec",
                        context=context,
                        explain=explain,
                        limits=allowed,
                    )
                    other = [] if queries_file or form == "trec" else _other_queries(opened, text, allowed)
                    # What is shown is made before any of it is: pipes and pagers may take their time.
                    lines = list(_shown(results, form, query_id if queries_file else None, other, bidi))
            except BadQuery as error:
                if not queries_file:
                    raise
                say(f"query {query_id}: {error}")
                continue
            found = found or bool(results.hits)
            for note in results.notes:
                say(f"query {query_id}: {note}" if queries_file else f"note: {note}")
            print_lines(lines)
            if not queries_file:
                _say_more(results, first, other, by)
    if not found:
        raise click.exceptions.Exit(NOTHING_FOUND)


def _other_queries(opened: Index, text: str, allowed: Limits) -> list[str]:
    """What else may have been meant; that there is no time to tell is no reason to show no hits."""
    try:
        with deadline(left() / 2):
            return opened.did_you_mean(text, limits=allowed)
    except BeyondLimit:
        say("note: no time to look for what else may have been meant; give it more by --timeout")
        return []


def _shown(results: Results, form: str, query_id: str | None, did_you_mean: list[str], bidi: bool) -> Iterator[str]:
    if form == "json":
        yield presentation.results_json(results, did_you_mean)
    elif form == "jsonl":
        yield from presentation.results_jsonl(results, query_id)
    elif form == "trec":
        yield from presentation.results_trec(results, query_id or "1")
    elif bidi and sys.stdout.isatty():
        from .bidi import visual  # noqa: PLC0415 (for the few terminals that need it)

        width = shutil.get_terminal_size().columns
        yield from (visual(presentation.hit_text(hit), width) for hit in results)
    else:
        yield from map(presentation.hit_text, results)


def _say_more(results: Results, first: int, did_you_mean: list[str], by: Grouping) -> None:
    """What there is beside the hits shown, on stderr."""
    for suggestion in did_you_mean:
        say(f"did you mean: {suggestion}")
    if not results.hits:
        say("nothing found" if first == 1 else f"no hit {first}: there are fewer")
        return
    last = first + len(results) - 1
    if results.total > last + sum(hit.copies for hit in results):
        what = "documents" if by == "document" else "passages"
        shown = f"{last}" if first == 1 else f"{first} to {last}"
        say(f"{shown} of {results.total} {what}; --from {last + 1} shows more")


@click.command()
@index_option
@limit_option
@timeout_option
@limits_option
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.argument("passage", metavar="ID")
def similar(folder: Path, passage: str, limit: int, timeout: float, limits: tuple[str, ...], as_json: bool) -> None:
    """Find the passages most like the one with ID (the `id` of a hit), by its most telling words."""
    with Index.open(folder) as opened, deadline(timeout):
        results = opened.similar(passage, limit, limits=limits_of(timeout, limits))
        lines = [presentation.results_json(results)] if as_json else list(map(presentation.hit_text, results))
    print_lines(lines)
    if not results.hits:
        say("nothing found")
        raise click.exceptions.Exit(NOTHING_FOUND)


@click.command(context_settings={"ignore_unknown_options": True})
@index_option
@limit_option
@timeout_option
@limits_option
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.argument("prefix", nargs=-1, required=True, metavar="PREFIX...")
def suggest(
    folder: Path, prefix: tuple[str, ...], limit: int, timeout: float, limits: tuple[str, ...], as_json: bool
) -> None:
    """Complete what is being typed from the words of the index, a suggestion a line: for search boxes."""
    with Index.open(folder) as opened:
        suggestions = opened.suggest(" ".join(prefix), limit, limits=limits_of(timeout, limits))
    print_lines([presentation.json_line(suggestions)] if as_json else suggestions)
    if not suggestions:
        raise click.exceptions.Exit(NOTHING_FOUND)
