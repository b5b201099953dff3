"""A retriever for LangChain: `pip install "jooya[langchain]"`."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from .. import Document, Hit, Index, IndexReport
from .passage_metadata import add_all, document_from, metadata_of


class JooyaRetriever(BaseRetriever):
    """Retrieves the passages of an index as documents of LangChain.

        retriever = JooyaRetriever(index=index, k=5, where={"collection": "speeches"})
        for document in retriever.invoke("سرزمین‌های اشغالی"):
            print(document.metadata["score"], document.page_content)

    Attributes:
        index: The index, open.
        k: The number of passages to return, at most. `invoke(query, k=3)` is for one call.
        where: Conditions by field, as for `Index.search`. `invoke(query, where={…})` is for one call.
        options: The other arguments of `Index.search`, such as `{"by": "document"}`.
    """

    index: Index
    k: int = 10
    where: Mapping[str, Any] | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def from_documents(cls, documents: Iterable[LangChainDocument], index: Index, **fields: Any) -> Self:
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
        return list(map(langchain_document, self.index.search(query, **self._arguments(options))))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **options: Any
    ) -> list[LangChainDocument]:
        return list(map(langchain_document, await self.index.asearch(query, **self._arguments(options))))

    def _arguments(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of `Index.search`: those of the retriever, then those of the call."""
        of_call = dict(options)
        limit = of_call.pop("k", self.k)
        return {"where": self.where, **self.options, **of_call, "limit": limit}


def langchain_document(hit: Hit) -> LangChainDocument:
    """Return a hit as a document of LangChain, with all that is known of it as metadata."""
    return LangChainDocument(id=hit.id, page_content=hit.text, metadata=metadata_of(hit))


def add_documents(
    index: Index, documents: Iterable[LangChainDocument], *, whole: bool = False, **options: Any
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
