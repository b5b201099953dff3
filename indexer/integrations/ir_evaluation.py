"""Runs and judgements for ir-measures and ir-datasets, both ways.

It needs no package to convert: what ir-measures and ir-datasets take and give are named tuples, or objects with the
same attributes. `pip install "jooya[ir]"` installs both.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, Protocol, get_args

import numpy as np

from .. import BadArgument, BadQuery, Document, IndexReport, Searcher
from ..any_index import AnyIndex
from ..arguments import check_choice, check_integer
from .passage_metadata import add_all, document_from

_LOGGER = logging.getLogger("jooya.integrations")

Unit = Literal["passage", "document"]
"""The things that judgements are about."""


class ScoredDoc(NamedTuple):
    """An item of the answer to a query, as ir-measures and ir-datasets have it."""

    query_id: str
    doc_id: str
    score: float


class Qrel(NamedTuple):
    """A judgement, as ir-measures and ir-datasets have it."""

    query_id: str
    doc_id: str
    relevance: int
    iteration: str = "0"


class AnyQuery(Protocol):
    """A query of ir-datasets."""

    @property
    def query_id(self) -> Any:
        """The id of the query."""
        ...

    def default_text(self) -> str:
        """Return the text that is searched for by default."""
        ...


def run_of(
    index: Searcher,
    queries: Mapping[str, str] | Iterable[AnyQuery],
    limit: int = 1000,
    *,
    unit: Unit = "passage",
    **options: Any,
) -> Iterator[ScoredDoc]:
    """Yield the answers to queries, for `ir_measures.calc_aggregate`.

    Measures order by score, and break ties in their own way. So an item whose score equals that of the one before has
    the next smaller number in single precision, and the order is that of the index.

    A query that cannot be answered does not cost the others: it has no items, and a warning is logged to
    `jooya.integrations`.

    Args:
        index: The index.
        queries: The texts of queries by their ids, or queries of ir-datasets (`dataset.queries_iter()`).
        limit: The number of items for each query, at most.
        unit: `"passage"` for ids of passages, `"document"` for keys of documents, each once, with its best passage.
            The two are the same for documents that were indexed with `whole=True`.
        options: The other arguments of `Index.rank` (for documents, of `Index.search`).
    """
    check_integer("limit", limit, 1)
    check_choice("unit", unit, get_args(Unit))
    pairs = (
        queries.items()
        if isinstance(queries, Mapping)
        else ((str(query.query_id), query.default_text()) for query in queries)
    )
    return _answers(index, pairs, limit, unit, options)


def _answers(
    index: Searcher, queries: Iterable[tuple[str, str]], limit: int, unit: Unit, options: dict[str, Any]
) -> Iterator[ScoredDoc]:
    for name, text in queries:
        try:
            if unit == "passage":
                ranked = index.rank(text, limit, **options)
            else:
                found = index.search(text, limit, by="document", collapse=False, **options)
                ranked = [(hit.document, hit.score) for hit in found]
        except BadQuery as error:
            _LOGGER.warning("query %s: %s", name, error)
            continue
        yield from ranked_docs(name, ranked)


def ranked_docs(query: str, ranked: Iterable[tuple[str, float]]) -> Iterator[ScoredDoc]:
    """Yield the answer to a query with scores that fall from item to item, also in single precision.

    Args:
        query: The id of the query.
        ranked: Ids and scores, best first, as `Index.rank` returns them.
    """
    last = np.float32(np.inf)
    for name, score in ranked:
        last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
        yield ScoredDoc(query, name, float(last))


def run_from(scored: Iterable[Any]) -> dict[str, list[tuple[str, float]]]:
    """Return a run as `jooya.indexer.evaluation` has it.

    Args:
        scored: Items with `query_id`, `doc_id` and `score`: those of ir-measures, of ir-datasets, or of `run_of`.
    """
    run: dict[str, list[tuple[str, float]]] = {}
    for one in scored:
        run.setdefault(str(one.query_id), []).append((str(one.doc_id), float(one.score)))
    return {query: sorted(answer, key=lambda item: -item[1]) for query, answer in run.items()}


def scored_docs(run: Mapping[str, Iterable[tuple[str, float]]]) -> Iterator[ScoredDoc]:
    """Yield a run of `jooya.indexer.evaluation` as items for ir-measures, in the same order."""
    for query, ranked in run.items():
        yield from ranked_docs(query, ranked)


def qrels_from(judgements: Iterable[Any]) -> dict[str, dict[str, int]]:
    """Return judgements as `jooya.indexer.evaluation` has them.

    Args:
        judgements: Items with `query_id`, `doc_id` and `relevance`: those of ir-measures or ir-datasets
            (`dataset.qrels_iter()`). Of several about the same document, as for subtopics, the greatest counts.
    """
    found: dict[str, dict[str, int]] = {}
    for one in judgements:
        of_query = found.setdefault(str(one.query_id), {})
        name, grade = str(one.doc_id), int(one.relevance)
        of_query[name] = max(grade, of_query.get(name, grade))
    return found


def qrels(judgements: Mapping[str, Mapping[str, int]]) -> Iterator[Qrel]:
    """Yield judgements of `jooya.indexer.evaluation` as items for ir-measures."""
    for query, of_query in judgements.items():
        for name, grade in of_query.items():
            yield Qrel(query, name, grade)


def add_dataset(index: AnyIndex, documents: Iterable[Any], *, whole: bool = True, **options: Any) -> IndexReport:
    """Add the documents of a dataset of ir-datasets to an index.

    Args:
        index: The index.
        documents: The documents: `dataset.docs_iter()`, or a part of it. Their ids are the keys; `title` is the title,
            and fields other than the text are metadata.
        whole: Make each document a single passage, so that runs have the ids that judgements have.
        options: The other arguments of `Index.add`.

    Returns:
        The report of `Index.add`. Documents that were skipped are in it, and are logged as warnings.
    """

    def converted(document: Any) -> Document:
        fields = dict(document._asdict())
        name = str(fields.pop("doc_id"))
        text = fields.pop("text", None)
        if not isinstance(text, str):
            text = document.default_text()
        if not name:
            raise BadArgument("a document has no id", "give it one", argument="documents")
        return document_from(text, fields, name, whole=whole)

    return add_all(index, documents, converted, **options)
