"""A retriever for LlamaIndex: `pip install "jooya[llama-index]"`."""

from collections.abc import Iterable, Mapping
from typing import Any

from .. import Document, Excerpt, Hit, IndexReport, Searcher
from ..any_index import AnyIndex
from .extras import missing
from .passage_metadata import add_all, document_from, metadata_of, metadata_of_excerpt

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import (
        BaseNode,
        MetadataMode,
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ModuleNotFoundError as error:
    raise missing("LlamaIndex", "llama-index", error) from error

_FOR_PROGRAMS = ("rank", "score", "id", "document", "start", "end", "copies", "highlights", "passages")
"""The metadata that LlamaIndex leaves out of prompts and embeddings: it says nothing to a language model."""


class JooyaRetriever(BaseRetriever):
    """Retrieves the passages of an index as nodes of LlamaIndex.

        retriever = JooyaRetriever(index, k=5, where={"collection": "speeches"})
        for found in retriever.retrieve("سرزمین‌های اشغالی"):
            print(found.score, found.node.get_content())

    The passage before and the passage after each, and its document, are relationships of the node.
    """

    def __init__(
        self,
        index: Searcher,
        k: int = 10,
        *,
        where: Mapping[str, Any] | None = None,
        budget: int | None = None,
        verbose: bool = False,
        **options: Any,
    ) -> None:
        """Create a retriever.

        Args:
            index: The index, open.
            k: The number of passages to return, at most.
            where: Conditions by field, as for `Index.search`.
            budget: The greatest length of all nodes together, with their citations; each is then an excerpt of
                `Index.context`, which chooses from `k` passages.
            verbose: Print what is retrieved, as LlamaIndex does.
            options: The other arguments of `Index.search`, or with a budget of `Index.context`.
        """
        super().__init__(verbose=verbose)
        self.index = index
        self._budget = budget
        # One passage before and after is always asked for, since the relationships name them.
        common: dict[str, Any] = {"context": 1} if budget is None else {}
        self._arguments: dict[str, Any] = {**common, **options, "where": where, "limit": k}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._budget is not None:
            found = self.index.context(query_bundle.query_str, self._budget, **self._arguments)
            return list(map(node_of_excerpt, found))
        return list(map(node_with_score, self.index.search(query_bundle.query_str, **self._arguments)))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._budget is not None:
            found = await self.index.acontext(query_bundle.query_str, self._budget, **self._arguments)
            return list(map(node_of_excerpt, found))
        return list(map(node_with_score, await self.index.asearch(query_bundle.query_str, **self._arguments)))


def node_with_score(hit: Hit) -> NodeWithScore:
    """Return a hit as a node of LlamaIndex with its score."""
    return _node(hit, hit.text, hit.start, hit.end, metadata_of(hit), _related(hit, hit))


def node_of_excerpt(excerpt: Excerpt) -> NodeWithScore:
    """Return an excerpt of a context as a node of LlamaIndex with its citation, and the score of its best passage."""
    best = min(excerpt.passages, key=lambda one: one.rank)
    related = _related(excerpt.passages[0], excerpt.passages[-1])
    return _node(best, excerpt.text, excerpt.start, excerpt.end, metadata_of_excerpt(excerpt), related)


_Related = dict[NodeRelationship, RelatedNodeInfo | list[RelatedNodeInfo]]


def _related(first: Hit, last: Hit) -> _Related:
    """Return the relationships of a node that begins and ends with some passages."""
    related: _Related = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=first.document)}
    if first.before:
        related[NodeRelationship.PREVIOUS] = RelatedNodeInfo(node_id=first.before[-1].id)
    if last.after:
        related[NodeRelationship.NEXT] = RelatedNodeInfo(node_id=last.after[0].id)
    return related


def _node(hit: Hit, text: str, start: int, end: int, metadata: dict[str, Any], related: _Related) -> NodeWithScore:
    empty = [name for name, value in metadata.items() if value is None]
    node = TextNode(
        id_=hit.id,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        excluded_embed_metadata_keys=[*_FOR_PROGRAMS, *empty],
        excluded_llm_metadata_keys=[*_FOR_PROGRAMS, *empty],
        relationships=related,
    )
    return NodeWithScore(node=node, score=hit.score)


def add_nodes(index: AnyIndex, nodes: Iterable[BaseNode], *, whole: bool = False, **options: Any) -> IndexReport:
    """Add documents or nodes of LlamaIndex to an index.

    Their ids are their keys; LlamaIndex gives one without an id a new one each time, so give documents ids of their own
    if you add them again. Their metadata is kept and returned with hits.

    Args:
        index: The index.
        nodes: The documents or nodes.
        whole: Make each a single passage, for nodes that a parser of LlamaIndex has made.
        options: The other arguments of `Index.add`.

    Returns:
        The report of `Index.add`. What was skipped is in it, and is logged as warnings.
    """

    def converted(node: BaseNode) -> Document:
        text = node.get_content(metadata_mode=MetadataMode.NONE)
        return document_from(text, node.metadata, node.node_id, whole=whole)

    return add_all(index, nodes, converted, **options)
