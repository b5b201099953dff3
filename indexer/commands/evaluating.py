"""The command eval, which measures how well an index answers queries whose relevant passages are known."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import BadInput, BadQuery, Index, WorkProgress
from . import hints
from .json_output import json_line, run_lines
from .line_io import file_lines, file_queries, say
from .output_options import json_option, quiet_option
from .progress_line import WorkLine
from .shared_options import index_option, limits_of, limits_option, timeout_option
from .text_output import trec_column

if TYPE_CHECKING:
    from ..evaluation import Quality


@click.command(name="eval", short_help="Measure how well queries are answered.")
@index_option
@click.option(
    "--run",
    "run_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the answers to a file, as a TREC run, for other evaluation tools.",
)
@timeout_option
@limits_option
@quiet_option
@json_option("Print a JSON object.")
@click.argument("queries", type=click.Path(path_type=Path))
@click.argument("qrels", type=click.Path(path_type=Path))
def evaluate(
    folder: Path,
    queries: Path,
    qrels: Path,
    run_file: Path | None,
    timeout: float,
    limits: tuple[str, ...],
    as_json: bool,
) -> None:
    """Measure how well the index answers queries whose relevant passages are known.

    QUERIES is a file with an id, a tab and a query on each line. QRELS is a file of TREC judgements: a query's id, 0,
    a passage's id and its relevance on each line.

    The judgements name passages by their ids. Index records with --whole, so that each passage has the id of its
    record. Needs the package pytrec-eval-terrier: pip install "jooya[eval]".
    """
    from .. import evaluation  # noqa: PLC0415 - other commands do not wait for it

    evaluation.check_installed()
    allowed = limits_of(timeout, limits)
    judged = evaluation.read_qrels(list(file_lines(qrels)), str(qrels))
    asked: dict[str, str] = {}
    for query, text in file_queries(queries):
        name = trec_column(query)
        if name in asked:
            raise BadInput(f"{queries}: two queries have the id {query!r}")
        asked[name] = text
    for path, content in ((queries, asked), (qrels, judged)):
        if not content:
            raise BadInput(f"{path}: empty file")
    overlap = judged.keys() & asked.keys()
    if not overlap:
        raise BadInput(f"{queries} and {qrels} have no query in common ({min(asked)} and {min(judged)}, for example)")
    with Index.open(folder) as opened, WorkLine() as line:
        _check_ids(opened, {passage for query in overlap for passage in judged[query]}, qrels)
        run: dict[str, list[tuple[str, float]]] = {}
        for done, (query, text) in enumerate(asked.items()):
            line.show(WorkProgress("evaluating", done, len(asked), "queries"))
            try:
                ranked = opened.rank(text, evaluation.DEPTH, limits=allowed)
                run[query] = [(trec_column(passage), score) for passage, score in ranked]
            except BadQuery as error:
                say(f"query {query}: {hints.message(error)}", error=True)
                run[query] = []
    quality = evaluation.evaluate(run, judged)
    if len(overlap) < len(judged):
        say(f"{len(judged) - len(overlap)} judged queries are not in {queries}: left out")
    if run_file:
        lines = [line for query, answer in run.items() for line in run_lines(query, answer)]
        run_file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    click.echo(json_line(quality._asdict()) if as_json else "\n".join(_quality_lines(quality)))


def _quality_lines(quality: "Quality") -> Iterator[str]:
    """Yield the number of queries and each measure, a line each."""
    from ..evaluation import NAMES  # noqa: PLC0415 - as above

    yield f"{'queries':<8} {quality.queries:,}"
    for measure, name in NAMES.items():
        yield f"{name:<8} {getattr(quality, measure):.4f}"


def _check_ids(index: Index, judged: set[str], qrels: Path) -> None:
    """Raise BadInput if the index has none or not all of the passages that are judged."""
    ids = index.ids()
    if not ids:
        raise BadInput(f"{index.path} is empty", "index the passages first")
    # A column of a TREC run has no white space, so judgements have none either.
    unknown = judged - {trec_column(passage) for passage in ids}
    if unknown:
        raise BadInput(
            f"{qrels} judges {len(unknown)} passages that are not in {index.path} ({min(unknown)}, for example; "
            f"the index has {min(ids)})",
            "index the same passages, records with --whole",
        )
