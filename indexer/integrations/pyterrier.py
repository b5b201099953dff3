"""Transformers and an indexer for PyTerrier pipelines: `pip install "jooya[pyterrier]"`. No Java is started."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from .. import BadArgument, BadInput, Document, Searcher
from ..any_index import AnyIndex
from ..arguments import check_choice, check_integer
from .extras import missing
from .ir_evaluation import Unit, run_of
from .passage_metadata import add_all, document_from, metadata_of

try:
    import pandas as pd
    import pyterrier as pt
except ModuleNotFoundError as error:
    raise missing("PyTerrier", "pyterrier", error) from error

_DEPTH = 10_000  # the rank to which passages are looked for that are scored again
_MOST_KEYS = 1_000  # the number of documents that a filter may name

_HELP = {"help_url": "https://github.com/jooya-search/jooya/blob/main/docs/integrations.md#pyterrier"}
"""What drawings of pipelines link to; PyTerrier would look for it on the web otherwise."""

_LOADED = ("text", "title")
"""The columns that a text loader adds unless it is asked for others."""


class JooyaRetriever(pt.Transformer):
    """Retrieves passages or documents for queries: from the columns `qid`, `query` to `docno`, `score` and `rank`.

    After another retriever, it scores the results of that one again.

        retriever = JooyaRetriever(index, num_results=100)
        pt.Experiment([retriever, retriever % 10], topics, qrels, ["ndcg_cut_10"])

    Scores fall from row to row, so measures that order by score keep the order of the index. A query that cannot be
    answered has no rows, and is logged as a warning to `jooya.integrations`.
    """

    schematic = _HELP

    def __init__(
        self,
        index: Searcher,
        num_results: int = 1000,
        *,
        unit: Unit = "passage",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Create a retriever.

        Args:
            index: The index, open.
            num_results: The number of results for each query, at most. `retriever % 10` returns one of 10.
            unit: `"passage"` for ids of passages, `"document"` for keys of documents, each once, with its best passage.
            options: The other arguments of `Index.rank` (for documents, of `Index.search`), such as `{"where": {…}}`.
        """
        check_integer("num_results", num_results, 1)
        check_choice("unit", unit, get_args(Unit))
        self.index = index
        self.num_results = num_results
        self.unit = unit
        self.options = dict(options or {})

    def transform(self, inp: "pd.DataFrame") -> "pd.DataFrame":
        """Return the results for a frame of queries, or new scores and ranks for one of results (with `docno`).

        Other columns are kept. A result that its query does not find has the score 0.
        """
        with pt.validate.any(inp) as columns:
            is_query = columns.query_frame(extra_columns=["query"], mode="retrieve")
            columns.result_frame(extra_columns=["query"], mode="score again")
        return self._retrieved(inp) if is_query else self._scored(inp)

    def _retrieved(self, inp: "pd.DataFrame") -> "pd.DataFrame":
        columns = [*inp.columns, *(name for name in ("docno", "score", "rank") if name not in inp.columns)]
        rows: list[dict[str, Any]] = []
        for query in inp.to_dict(orient="records"):
            run = run_of(self.index, {query["qid"]: query["query"]}, self.num_results, unit=self.unit, **self.options)
            rows += [query | {"docno": one.doc_id, "score": one.score, "rank": rank} for rank, one in enumerate(run)]
        frame = pd.DataFrame(rows, columns=columns)
        return frame if rows else frame.astype({"docno": object, "score": float, "rank": int})

    def _scored(self, inp: "pd.DataFrame") -> "pd.DataFrame":
        scores: dict[tuple[str, str], float] = {}
        for (name, query), group in inp.groupby(["qid", "query"], sort=False):
            wanted = list(dict.fromkeys(group["docno"]))
            where = {"doc": keys} if len(keys := self._keys(wanted)) <= _MOST_KEYS else {}
            options = self.options | {"where": where | dict(self.options.get("where") or {})}
            # A document may have many passages, and their ranks are not known.
            limit = _DEPTH if self.unit == "passage" else min(_DEPTH, len(wanted) if where else _DEPTH)
            run = run_of(self.index, {name: query}, limit, unit=self.unit, **options)
            scores |= {(name, one.doc_id): one.score for one in run}
        frame = inp.assign(score=[scores.get(pair, 0.0) for pair in zip(inp["qid"], inp["docno"], strict=True)])
        return pt.model.add_ranks(frame.astype({"score": float}))

    def _keys(self, names: list[str]) -> list[str]:
        """Return the keys of the documents that names are of: of an id `KEY#NUMBER`, unless that is a key itself."""
        return list(dict.fromkeys(name if name in self.index else name.rpartition("#")[0] or name for name in names))

    def fuse_rank_cutoff(self, k: int) -> "JooyaRetriever":
        """Return the retriever for `self % k`, which does not rank more than `k` results."""
        if k >= self.num_results:
            return self
        return JooyaRetriever(self.index, k, unit=self.unit, options=self.options)

    def text_loader(self, fields: Sequence[str] | str = "*", *, verbose: bool = False) -> "JooyaTextLoader":
        """Return the text loader for the results, also for `pt.text.get_text(retriever)`.

        Args:
            fields: See `JooyaTextLoader`.
            verbose: Has no effect: there is no bar of progress.
        """
        return JooyaTextLoader(self.index, fields, unit=self.unit)

    def __repr__(self) -> str:
        return f"JooyaRetriever({self.index.where!r}, {self.num_results})"


class JooyaTextLoader(pt.Transformer):
    """Adds the text of passages or documents to a frame with the column `docno`, and what else is known of them."""

    schematic = _HELP

    def __init__(self, index: Searcher, fields: Sequence[str] | str = "*", *, unit: Unit = "passage") -> None:
        """Create a text loader.

        Args:
            index: The index, open.
            fields: The columns to add: `"text"`, and any name of `Results.to_frame` or of the document's own metadata.
                `"*"` is the text and the title.
            unit: What the column `docno` names.
        """
        check_choice("unit", unit, get_args(Unit))
        self.index = index
        self.fields = list(_LOADED) if fields == "*" else [fields] if isinstance(fields, str) else list(fields)
        self.unit = unit

    def transform(self, inp: "pd.DataFrame") -> "pd.DataFrame":
        """Return the frame with the columns of this loader; others of the same name are replaced.

        Raises:
            BadInput: The index has no passage or document of one of the names.
        """
        pt.validate.columns(inp, includes=["docno"])
        known = {name: self._values(str(name)) for name in inp["docno"].unique()}
        added = {field: [known[name].get(field) for name in inp["docno"]] for field in self.fields}
        # Texts are strings also where there is none, as other transformers expect.
        return inp.assign(**{field: pd.Series(values, inp.index, dtype=object) for field, values in added.items()})

    def _values(self, name: str) -> dict[str, Any]:
        """Return what is known of a passage or document, by the names of columns."""
        if self.unit == "passage":
            hit = self.index.passage(name)
            return metadata_of(hit) | {"text": hit.text}
        found = self.index.get(name)
        if found is None:
            raise BadInput(f"no document {name!r} in {self.index.where}", "give a key as Index.documents has it")
        return dict(found.meta) | {"text": found.text, "title": found.title, "collection": found.collection}

    def __repr__(self) -> str:
        return f"JooyaTextLoader({', '.join(self.fields)})"


class JooyaIndexer(pt.Indexer):
    """Indexes what PyTerrier calls documents: mappings with `docno` and texts."""

    schematic = _HELP

    def __init__(
        self, index: AnyIndex, *, text: str = "text", whole: bool = True, options: Mapping[str, Any] | None = None
    ):
        """Create an indexer.

        Args:
            index: The index, open.
            text: The member with the text. `title`, `date` and `collection` become those of the document; all others
                are metadata.
            whole: Make each document a single passage, so that its `docno` is the passage's id.
            options: The other arguments of `Index.add`.
        """
        self.jooya_index = index
        self.text = text
        self.whole = whole
        self.options = dict(options or {})

    def index(self, iter: Iterable[Mapping[str, Any]], **kwargs: Any) -> AnyIndex:
        """Add documents to the index, and return it, for `JooyaRetriever`.

        Documents that were skipped are logged as warnings to `jooya.integrations`.

        Args:
            iter: The documents.
            kwargs: Arguments of `Index.add`, which go before those of the indexer.
        """

        def converted(document: Mapping[str, Any]) -> Document:
            fields = dict(document)
            name, text = fields.pop("docno", None), fields.pop(self.text, None)
            if not isinstance(name, str) or not isinstance(text, str):
                raise BadArgument(
                    f"a document needs 'docno' and {self.text!r} as strings", "name the member with the text"
                )
            return document_from(text, fields, name, whole=self.whole)

        add_all(self.jooya_index, iter, converted, **(self.options | kwargs))
        return self.jooya_index

    def index_inputs(self) -> list[list[str]]:
        """Return the members that a document needs, for inspections of pipelines."""
        return [["docno", self.text]]

    def __repr__(self) -> str:
        return f"JooyaIndexer({self.jooya_index.where!r})"
