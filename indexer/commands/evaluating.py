"""eval: how well an index answers."""

from pathlib import Path

import click

from .. import BadInput, BadQuery, Index
from . import presentation
from .common import file_lines, index_option, limits_of, limits_option, queries_of, say, timeout_option


@click.command(name="eval")
@index_option
@click.option("--run", "run_file", type=click.Path(path_type=Path), help="Write the answers to a file, as a TREC run.")
@timeout_option
@limits_option
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
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
    """Answer QUERIES (`id<TAB>text` a line) and measure the answers by QRELS (TREC judgements of passages).

    Passages are named by their ids: index records with --whole to have theirs.
    """
    from .. import evaluation  # noqa: PLC0415 (searching does not wait for it)

    allowed = limits_of(timeout, limits)
    judged = evaluation.qrels_of(list(file_lines(qrels)), str(qrels))
    asked: dict[str, str] = {}
    for query, text in queries_of(queries):
        name = presentation.column(query)
        if name in asked:
            raise BadInput(f"{queries}: two queries are called {query!r}")
        asked[name] = text
    for path, content in ((queries, asked), (qrels, judged)):
        if not content:
            raise BadInput(f"{path}: empty file")
    overlap = judged.keys() & asked.keys()
    if not overlap:
        raise BadInput(f"{queries} and {qrels} have no query in common ({min(asked)} and {min(judged)}, for example)")
    with Index.open(folder) as opened:
        _check_ids(opened, {passage for query in overlap for passage in judged[query]}, qrels)
        run: dict[str, list[tuple[str, float]]] = {}
        for query, text in asked.items():
            try:
                ranked = opened.rank(text, evaluation.DEPTH, limits=allowed)
                run[query] = [(presentation.column(passage), score) for passage, score in ranked]
            except BadQuery as error:
                say(f"query {query}: {error}")
                run[query] = []
    quality = evaluation.evaluate(run, judged)
    if len(overlap) < len(judged):
        say(f"{len(judged) - len(overlap)} judged queries are not in {queries}: left out")
    if run_file:
        lines = [line for query, answer in run.items() for line in presentation.run_lines(query, answer)]
        run_file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    click.echo(presentation.json_line(quality._asdict()) if as_json else presentation.quality_text(quality))


def _check_ids(index: Index, judged: set[str], qrels: Path) -> None:
    ids = index.ids()
    if not ids:
        raise BadInput(f"{index.path} is empty: index the passages first")
    # A TREC run has no white space in its columns, and so no judgement has.
    unknown = judged - {presentation.column(passage) for passage in ids}
    if unknown:
        raise BadInput(
            f"{qrels} judges {len(unknown)} passages that are not in {index.path} ({min(unknown)}, for example; "
            f"the index has {min(ids)}): index the same passages, records with --whole"
        )
