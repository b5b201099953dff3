"""The commands search, similar and suggest."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click

from .. import BadQuery, BeyondLimit, Limits, Results, Searcher
from ..any_index import open as open_index
from ..limits import deadline, left
from ..options import Grouping
from .completing import facets as completed_facets
from .completing import keys_and_ids, query_words
from .facet_output import facet_lines
from .json_output import json_line, results_json, results_jsonl, results_trec
from .line_io import file_queries, print_lines, say
from .option_types import SortName, WholeNumber
from .output_options import color_option, json_option, quiet_option
from .query_command import QueryCommand
from .shared_options import (
    NOTHING_FOUND,
    hits_option,
    index_key,
    index_option,
    limits_of,
    limits_option,
    number_option,
    timeout_option,
)
from .text_output import hit_text, one_line, terminal_width

_QUERY_LANGUAGE = """\b
The query language:
  word another        passages with more of the words, and rarer ones, first
  "exact phrase"      these words one after another; also «exact phrase»
  "near words"~5      in any order and form, with at most 5 words between
  +must -not          must be in the passage, must not be in it
  a AND b OR NOT c    use ( ) around parts of a query
  prefix* wi?ld       * is any number of letters, ? is one inside a word
  fuzzy~1             words one edit away; ~2 for two edits
  title:word          only where the title has it; also title:"…", title:(…)
  heading:word        in the heading of the section
  speaker:name        said by this person
  doc:KEY             in this document; doc:talks/* in all below talks/
  collection:NAME     in this collection
  date:1384           also date:1384-09..1385, date:>1384, date:2005-12 and
                      date:آبان ۱۳۹۹; write a day as 1384-09-22
  NAME:value          in a declared field: author:احمدی, tags:ورزش, pages:>10,
                      pages:5..20 (jooya status shows the fields)
  word^2              this word counts twice
Arabic or Persian letters, half-spaces and vowel marks do not matter. Persian
punctuation and digits (؟ « » ۱۳۸۴) work as Latin ones do. What cannot be read
as one of these is searched for as plain words, with a note.
Write -- before a query that has a -word: jooya search -- باران -برف"""


@click.command(cls=QueryCommand, short_help="Find passages, best first.", epilog=_QUERY_LANGUAGE)
@index_option
@hits_option
@number_option(
    "--from", "first", default=1, metavar="RANK", what="Begin with the hit of this rank, to see more results."
)
@click.option(
    "--sort",
    type=SortName(),
    metavar="[score|date|document|FIELD|-FIELD]",
    default="score",
    show_default=True,
    help="Show the best hits first, the newest first, all in the order of their documents, or in that of a declared "
    "field; with - before it, the greatest value first.",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="NAME",
    shell_complete=completed_facets,
    help="Count all hits by collection, year, speaker, document or a declared field. Give it again for another one.",
)
@click.option(
    "--by",
    type=click.Choice(get_args(Grouping)),
    default="passage",
    show_default=True,
    help="Show every passage, or only the best passage of each document.",
)
@click.option(
    "--within",
    metavar="QUERY",
    help="Show only passages that match this query, too. It does not change scores.",
)
@click.option(
    "--copies",
    is_flag=True,
    help="Show all passages with the same words, which are otherwise shown once, with a count.",
)
@click.option(
    "-C",
    "context",
    type=WholeNumber(0, 100),
    default=0,
    metavar="N",
    help="Show N passages before and after each hit.",
)
@click.option("--explain", is_flag=True, help="Show the parts of each score.")
@click.option(
    "--exact",
    is_flag=True,
    help="Search for the words as you typed them, without corrections of those that hardly any passage has.",
)
@click.option(
    "--bidi",
    is_flag=True,
    envvar="JOOYA_BIDI",
    show_envvar=True,
    help="Use this if your terminal shows Persian from left to right or does not join letters.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "trec", "csv", "md", "html"]),
    default="text",
    show_default=True,
    help="Print text for people, one JSON object, a JSON object for each hit, a TREC run, a table, Markdown or a page "
    "of HTML.",
)
@json_option("The same as --format json.")
@click.option(
    "-l", "--list", "lists", is_flag=True, help="Print the keys of the documents with hits alone, best first."
)
@click.option("--count", "counts", is_flag=True, help="Print only how many passages (or documents) were found.")
@quiet_option
@color_option
@click.option(
    "--queries",
    "queries_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Answer all queries in a file: an id, a tab and a query on each line. Needs --format jsonl or trec.",
)
@timeout_option
@limits_option
@number_option(
    "--memory",
    default=None,
    metavar="MB",
    what="Keep this many megabytes of the index in memory from one query of --queries to the next. "
    "The default grows with the index.",
)
@click.pass_context
@click.argument("query", nargs=-1, metavar="QUERY...", type=click.UNPROCESSED, shell_complete=query_words)
def search(
    command: click.Context,
    folder: Path | str,
    query: tuple[str, ...],
    limit: int,
    first: int,
    sort: str,
    facets: tuple[str, ...],
    by: Grouping,
    within: str | None,
    copies: bool,
    context: int,
    explain: bool,
    exact: bool,
    bidi: bool,
    form: str,
    as_json: bool,
    lists: bool,
    counts: bool,
    queries_file: Path | None,
    timeout: float,
    limits: tuple[str, ...],
    memory: int | None,
) -> None:
    """Find the passages with the words of QUERY, best first.

    Words are found in every spelling, with any ending, in the order of your query or another.
    """
    if queries_file and query:
        raise click.UsageError("give a QUERY or --queries FILE, not both")
    form = _form(command, form, as_json, lists, counts)
    if (lists or counts) and queries_file:
        raise click.UsageError("--list and --count are for one query, not for --queries")
    if queries_file and form not in ("jsonl", "trec"):
        raise click.UsageError("--queries needs --format jsonl or --format trec")
    queries = list(file_queries(queries_file)) if queries_file else [("1", " ".join(query))]
    allowed = limits_of(timeout, limits)
    if counts:
        limit = 0
    elif lists:
        by = "document"
        if command.get_parameter_source("limit") is click.core.ParameterSource.DEFAULT:
            limit = max(allowed.depth - first + 1, 1)
    found = False
    with open_index(folder, memory=memory, key=index_key()) as opened:
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
                        facets=facets,
                        collapse=not copies and form != "trec",
                        context=context,
                        explain=explain,
                        correct=not exact,
                        limits=allowed,
                    )
                    skips_others = queries_file or form == "trec" or counts
                    other = [] if skips_others else _other_queries(opened, results, allowed)
                    # All lines are made before the first is printed, since pipes and pagers may take their time.
                    lines = list(_lines(results, form, query_id if queries_file else None, other, bidi))
            except BadQuery as error:
                if not queries_file:
                    raise
                from . import hints  # noqa: PLC0415 - only errors wait for it

                say(f"query {query_id}: {hints.message(error)}", error=True)
                continue
            found = found or bool(results.hits or (counts and results.total))
            for note in results.notes:
                say(f"query {query_id}: {note}" if queries_file else f"note: {note}")
            _say_corrected(results, f"query {query_id}: " if queries_file else "")
            print_lines(lines)
            if not queries_file and not counts:
                _say_more(results, first, other, by)
    if not found:
        raise click.exceptions.Exit(NOTHING_FOUND)


def _form(command: click.Context, form: str, as_json: bool, lists: bool, counts: bool) -> str:
    """Return the form of the output that the options ask for, which must not contradict each other."""
    if as_json and form != "json":
        if command.get_parameter_source("form") is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--json and --format {form} are not the same")
        form = "json"
    if lists and counts:
        raise click.UsageError("give --list or --count, not both")
    if (lists or counts) and form not in ("text", "json"):
        raise click.UsageError(f"{'--list' if lists else '--count'} prints text or --json, not --format {form}")
    if lists or counts:
        return f"{'list' if lists else 'count'} {form}"
    return form


def _other_queries(opened: Searcher, results: Results, allowed: Limits) -> list[str]:
    """Return other queries that may have been meant. If there is no time for them, the hits are shown anyway."""
    if results.corrections:
        return []
    try:
        with deadline(left() / 2):
            return opened.did_you_mean(results.query, limits=allowed)
    except BeyondLimit:
        say("note: no time to look for other spellings of the query; allow more with --timeout")
        return []


def _say_corrected(results: Results, before: str) -> None:
    """Print on stderr what was searched for in place of the query, with `before` in front of it."""
    corrected = results.corrected_query
    if corrected is not None:
        say(f"{before}showing results for {corrected}; search instead for {results.query} with --exact")
    also = [" or ".join(one.used) for one in results.corrections if one.is_addition]
    if also:
        say(f"{before}also showing results for {', '.join(also)}; --exact shows only what you typed")


def _lines(results: Results, form: str, query_id: str | None, did_you_mean: list[str], bidi: bool) -> Iterator[str]:
    if form == "list text":
        yield from (one_line(hit.document) for hit in results)
    elif form == "list json":
        yield json_line([hit.document for hit in results])
    elif form == "count text":
        yield f"{results.total}"
    elif form == "count json":
        yield json_line({"query": results.query, "total": results.total, "notes": results.notes})
    elif form in ("csv", "md", "html"):
        from . import table_output  # noqa: PLC0415 - text does not wait for it

        table = {
            "csv": table_output.results_csv,
            "md": table_output.results_markdown,
            "html": table_output.results_html,
        }
        yield from table[form](results)
    elif form == "json":
        yield results_json(results, did_you_mean)
    elif form == "jsonl":
        yield from results_jsonl(results, query_id)
    elif form == "trec":
        yield from results_trec(results, query_id or "1")
    elif bidi and (columns := terminal_width()) is not None:
        from .bidi import visual  # noqa: PLC0415 - only the few terminals that need it wait for its libraries

        yield from (visual(hit_text(hit), columns) for hit in results)
    else:
        width = terminal_width()
        yield from (hit_text(hit, width) for hit in results)
    if form == "text":
        yield from facet_lines(results.facets)


def _say_more(results: Results, first: int, did_you_mean: list[str], by: Grouping) -> None:
    """Print on stderr what there is beside the hits shown."""
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


@click.command(short_help="Find passages like one that you know.")
@index_option
@hits_option
@timeout_option
@limits_option
@quiet_option
@color_option
@json_option("Print a JSON object.")
@click.argument("passage", metavar="ID", shell_complete=keys_and_ids)
def similar(
    folder: Path | str, passage: str, limit: int, timeout: float, limits: tuple[str, ...], as_json: bool
) -> None:
    """Find the passages that have most in common with a passage, by its most significant words.

    ID is the id of the passage, which a search shows in the line below the title: talks/transcript.txt#6.
    """
    allowed = limits_of(timeout, limits)
    with open_index(folder, key=index_key()) as opened, deadline(timeout):
        results = opened.similar(passage, limit, limits=allowed)
        lines = [results_json(results)] if as_json else [hit_text(hit, terminal_width()) for hit in results]
    print_lines(lines)
    if not results.hits:
        say("nothing found")
        raise click.exceptions.Exit(NOTHING_FOUND)


@click.command(cls=QueryCommand, short_help="Complete the last word, for search boxes.")
@index_option
@hits_option
@timeout_option
@limits_option
@quiet_option
@json_option("Print a JSON list.")
@click.argument("prefix", nargs=-1, required=True, metavar="PREFIX...")
def suggest(
    folder: Path | str, prefix: tuple[str, ...], limit: int, timeout: float, limits: tuple[str, ...], as_json: bool
) -> None:
    """Complete the last word of PREFIX from the words of the index, for search boxes.

    Prints a suggestion on each line, the likeliest first.
    """
    allowed = limits_of(timeout, limits)
    with open_index(folder, key=index_key()) as opened:
        suggestions = opened.suggest(" ".join(prefix), limit, limits=allowed)
    print_lines([json_line(suggestions)] if as_json else suggestions)
    if not suggestions:
        raise click.exceptions.Exit(NOTHING_FOUND)
