"""A retriever for LangChain: `pip install "jooya[langchain]"`."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from .. import Document, Excerpt, Hit, IndexReport, Searcher
from ..any_index import AnyIndex
from .extras import missing
from .passage_metadata import add_all, document_from, metadata_of, metadata_of_excerpt

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.retrievers import BaseRetriever
    from pydantic import Field
except ModuleNotFoundError as error:
    raise missing("LangChain", "langchain", error) from error


class JooyaRetriever(BaseRetriever):
    """Retrieves the passages of an index as documents of LangChain.

        retriever = JooyaRetriever(index=index, k=5, where={"collection": "speeches"})
        for document in retriever.invoke("سرزمین‌های اشغالی"):
            print(document.metadata["score"], document.page_content)

    Attributes:
        index: The index, open.
        k: The number of passages to return, at most. `invoke(query, k=3)` is for one call.
        where: Conditions by field, as for `Index.search`. `invoke(query, where={…})` is for one call.
        budget: The greatest length of all documents together, with their citations; each is then an excerpt of
            `Index.context`, which chooses from `k` passages. `invoke(query, budget=1_000)` is for one call.
        options: The other arguments of `Index.search`, such as `{"by": "document"}`, or with a budget of
            `Index.context`, such as `{"count": tokens, "neighbours": 1}`.
    """

    index: Searcher
    k: int = 10
    where: Mapping[str, Any] | None = None
    budget: int | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def from_documents(cls, documents: Iterable[LangChainDocument], index: AnyIndex, **fields: Any) -> Self:
        """Add documents of LangChain to an index, and return a retriever for it.

        Args:
            documents: The documents, see `add_documents`.
            index: The index.
            fields: The other fields of the retriever.
        """
        add_documents(index, documents)
        return cls(index=index, **fields)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[LangChainDocument]:
        arguments = self._arguments(options)
        if (budget := arguments.pop("budget")) is not None:
            return list(map(langchain_excerpt, self.index.context(query, budget, **arguments)))
        return list(map(langchain_document, self.index.search(query, **arguments)))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **options: Any
    ) -> list[LangChainDocument]:
        arguments = self._arguments(options)
        if (budget := arguments.pop("budget")) is not None:
            return list(map(langchain_excerpt, await self.index.acontext(query, budget, **arguments)))
        return list(map(langchain_document, await self.index.asearch(query, **arguments)))

    def _arguments(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of the search, and the budget: those of the retriever, then those of the call."""
        of_call = dict(options)
        limit = of_call.pop("k", self.k)
        return {"where": self.where, "budget": self.budget, **self.options, **of_call, "limit": limit}


def langchain_document(hit: Hit) -> LangChainDocument:
    """Return a hit as a document of LangChain, with all that is known of it as metadata."""
    return LangChainDocument(id=hit.id, page_content=hit.text, metadata=metadata_of(hit))


def langchain_excerpt(excerpt: Excerpt) -> LangChainDocument:
    """Return an excerpt of a context as a document of LangChain, with its citation as metadata."""
    best = min(excerpt.passages, key=lambda one: one.rank)
    return LangChainDocument(id=best.id, page_content=excerpt.text, metadata=metadata_of_excerpt(excerpt))


def add_documents(
    index: AnyIndex, documents: Iterable[LangChainDocument], *, whole: bool = False, **options: Any
) -> IndexReport:
    """Add documents of LangChain to an index.

    Their ids are their keys; one without an id has a hash of its content, so adding it again changes nothing. Their
    metadata is kept and returned with hits.

    Args:
        index: The index.
        documents: The documents.
        whole: Make each document a single passage, for documents that a text splitter has made.
        options: The other arguments of `Index.add`.

    Returns:
        The report of `Index.add`. Documents that were skipped are in it, and are logged as warnings.
    """

    def converted(document: LangChainDocument) -> Document:
        return document_from(document.page_content, document.metadata, document.id, whole=whole)

    return add_all(index, documents, converted, **options)
