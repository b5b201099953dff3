"""The command eval, which measures how well an index answers queries whose relevant passages are known."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click
from click.core import ParameterSource

from .. import BadInput, BadQuery, Searcher, WorkProgress
from ..any_index import open as open_index
from ..places import is_address
from . import dataset_index, hints
from .json_output import json_line, run_lines
from .line_io import file_lines, file_queries, say
from .output_options import json_option, quiet_option
from .progress_line import WorkLine
from .shared_options import index_key, index_option, limits_of, limits_option, timeout_option
from .text_output import trec_column


class _Task(NamedTuple):
    """An index, queries by their ids, and the relevance of what was judged for each."""

    opened: Searcher
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


@click.command(name="eval", short_help="Measure how well queries are answered.")
@index_option
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Print this measure of ir-measures, such as P@5 or 'RR(rel=2)@10', in place of the usual ones. "
    "Give it again for more.",
)
@click.option("--download", is_flag=True, help="Let ir-datasets download what it does not have of the dataset.")
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
@click.argument("qrels", type=click.Path(path_type=Path), required=False)
@click.pass_context
def evaluate(
    context: click.Context,
    folder: Path | str,
    queries: Path,
    qrels: Path | None,
    measures: tuple[str, ...],
    download: bool,
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

    In place of both, 'ir:ID' is a dataset of ir-datasets, such as ir:miracl/fa/dev. Its documents are indexed for the
    measurement alone, or into the new folder that -i names, and are not indexed again if it is there. Needs the package
    ir-datasets: pip install "jooya[ir]".
    """
    from .. import evaluation  # noqa: PLC0415 - other commands do not wait for it

    evaluation.check_installed()
    evaluation.check_measures(measures)
    allowed = limits_of(timeout, limits)
    name = str(queries)
    if name.startswith(dataset_index.PREFIX):
        if qrels is not None:
            raise click.UsageError(f"{name} has judgements of its own: leave out {qrels}")
        given = context.get_parameter_source("folder") is ParameterSource.COMMANDLINE
        if given and is_address(folder):
            raise click.UsageError(f"{name} is indexed into a folder, not at {folder}: give a folder with -i")
        source = _dataset(name.removeprefix(dataset_index.PREFIX), Path(folder) if given else None, download)
    elif qrels is None:
        raise click.MissingParameter(ctx=context, param_hint="'QRELS'", param_type="argument")
    elif download:
        raise click.UsageError(f"--download is for datasets, such as {dataset_index.PREFIX}miracl/fa/dev")
    else:
        source = _files(folder, queries, qrels)
    with source as (opened, asked, judged), WorkLine() as line:
        run: dict[str, list[tuple[str, float]]] = {}
        for done, (query, text) in enumerate(asked.items()):
            line.show(WorkProgress("evaluating", done, len(asked), "queries"))
            try:
                ranked = opened.rank(text, evaluation.DEPTH, limits=allowed)
                run[query] = [(trec_column(passage), score) for passage, score in ranked]
            except BadQuery as error:
                say(f"query {query}: {hints.message(error)}", error=True)
                run[query] = []
    left_out = judged.keys() - asked.keys()
    if left_out:
        say(f"{len(left_out)} judged queries are not in {queries}: left out")
    if measures:
        number, values = evaluation.measured(run, judged, measures)
        found: dict[str, float] = {"queries": number} | values
    else:
        found = evaluation.evaluate(run, judged)._asdict()
    if run_file:
        lines = [line for query, answer in run.items() for line in run_lines(query, answer)]
        run_file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    click.echo(json_line(found) if as_json else "\n".join(_quality_lines(found)))


@contextmanager
def _files(folder: Path | str, queries: Path, qrels: Path) -> Iterator[_Task]:
    """Give the body of a `with` statement the index, the queries and the judgements of two files."""
    from .. import evaluation  # noqa: PLC0415 - as above

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
    with open_index(folder, key=index_key()) as opened:
        _check_ids(opened, {passage for query in overlap for passage in judged[query]}, qrels)
        yield _Task(opened, asked, judged)


@contextmanager
def _dataset(name: str, folder: Path | None, download: bool) -> Iterator[_Task]:
    """Give the body of a `with` statement the index, the queries and the judgements of a dataset."""
    from ..integrations.local_datasets import NotOnDisk, local_dataset  # noqa: PLC0415 - an extra

    try:
        with local_dataset(name, download=download) as dataset, dataset_index.dataset_index(dataset, folder) as opened:
            asked = {trec_column(query): text for query, text in dataset.queries.items()}
            judged = {
                trec_column(query): {trec_column(document): grade for document, grade in grades.items()}
                for query, grades in dataset.qrels.items()
            }
            of_queries = {document for query in judged.keys() & asked.keys() for document in judged[query]}
            there = {trec_column(passage) for passage in opened.ids()}
            unknown = of_queries - there
            if of_queries and unknown == of_queries:
                raise BadInput(f"{opened.where} has none of the documents of {name}", "give a new folder with -i")
            if unknown:
                say(f"{len(unknown)} judged documents ({min(unknown)}, for example) are not in the index: not found")
            yield _Task(opened, asked, judged)
    except NotOnDisk as error:
        raise BadInput(error.problem, "let it be downloaded (--download)") from error


def _quality_lines(found: Mapping[str, float]) -> Iterator[str]:
    """Yield the number of queries and each measure, a line each."""
    from ..evaluation import NAMES  # noqa: PLC0415 - as above

    names = {NAMES.get(measure, measure): value for measure, value in found.items()}
    width = max(8, *map(len, names))
    for name, value in names.items():
        yield f"{name:<{width}} {value:,}" if name == "queries" else f"{name:<{width}} {value:.4f}"


def _check_ids(index: Searcher, judged: set[str], qrels: Path) -> None:
    """Raise BadInput if the index has none or not all of the passages that are judged."""
    ids = index.ids()
    if not ids:
        raise BadInput(f"{index.where} is empty", "index the passages first")
    # A column of a TREC run has no white space, so judgements have none either.
    unknown = judged - {trec_column(passage) for passage in ids}
    if unknown:
        raise BadInput(
            f"{qrels} judges {len(unknown)} passages that are not in {index.where} ({min(unknown)}, for example; "
            f"the index has {min(ids)})",
            "index the same passages, records with --whole",
        )
