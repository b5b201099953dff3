"""A document store and a retriever for Haystack: `pip install "jooya[haystack]"`."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from .. import BadArgument, Context, Hit, Index, Limits
from ..arguments import check_integer
from ..candidate_passages import Rerank, reranked
from .extras import missing
from .haystack_async import AsyncTwins
from .haystack_documents import to_haystack, to_jooya
from .haystack_filters import where_of
from .haystack_metadata import MetadataStatistics

try:
    from haystack import Document as HaystackDocument
    from haystack import component, default_from_dict, default_to_dict
    from haystack.document_stores.errors import DuplicateDocumentError
    from haystack.document_stores.types import DuplicatePolicy, FilterPolicy, apply_filter_policy
    from haystack.utils.filters import document_matches_filter
except ModuleNotFoundError as error:
    raise missing("Haystack", "haystack", error) from error


class JooyaDocumentStore(AsyncTwins, MetadataStatistics):
    """A document store of Haystack in an index of Jooya.

        store = JooyaDocumentStore("index", fields={"published": "number"})
        store.write_documents([Document(content="کتاب‌های تازه", meta={"published": 1402})])

    Documents come back as they were written, with metadata and embeddings. Passages of files that are in the index are
    documents, too, with what is known of them as metadata; they are changed by `index` alone.

    Attributes:
        index: The index, for all that Haystack has no call for.
    """

    def __init__(self, path: str | Path, fields: Mapping[str, Any] | None = None) -> None:
        """Open the index in a folder, or create it.

        Args:
            path: The folder of the index.
            fields: The metadata that is searched, filtered and sorted by the index itself, as for
                `Index.open_or_create`. Filters on other metadata work, too; they read the documents.
        """
        self._path, self._fields = path, fields
        self.index = Index.open_or_create(path, fields=None if fields is None else dict(fields))

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def to_dict(self) -> dict[str, Any]:
        """Return the store as a dictionary, for pipelines that are saved."""
        data: dict[str, Any] = default_to_dict(self, path=str(self._path), fields=self._fields)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the store for a dictionary."""
        store: Self = default_from_dict(cls, data)
        return store

    def count_documents(self) -> int:
        """Return the number of documents."""
        return sum(stored.size for stored in self.index.documents())

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[HaystackDocument]:
        """Return the documents that match filters, in the order of their ids.

        Raises:
            FilterError: The filters cannot be read.
        """
        matches = _matching(filters)
        return [document for document in self._all() if matches(document)]

    def write_documents(self, documents: list[HaystackDocument], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int:
        """Write documents, all or, if there is an error, none.

        Args:
            documents: The documents.
            policy: What to do with a document whose id is there: `SKIP` it, `OVERWRITE` the one that is there, or
                `FAIL`, which is also meant by `NONE`.

        Returns:
            The number of documents that were written.

        Raises:
            DuplicateDocumentError: The id of a document is there.
            BadArgument: A document has more beside its text than Jooya stores (64 kB).
        """
        if not isinstance(documents, Iterable) or isinstance(documents, str):
            raise BadArgument("documents is no list", "give a list of documents of Haystack", argument="documents")
        wanted = {}
        written = 0
        for document in documents:
            if not isinstance(document, HaystackDocument):
                raise BadArgument(
                    f"documents has a {type(document).__name__}", "give documents of Haystack", argument="documents"
                )
            if policy is not DuplicatePolicy.OVERWRITE and (document.id in wanted or document.id in self.index):
                if policy is DuplicatePolicy.SKIP:
                    continue
                raise DuplicateDocumentError(f"ID '{document.id}' already exists.")
            wanted[document.id] = to_jooya(document)
            written += 1
        self.index.add(list(wanted.values()))
        return written

    def delete_documents(self, document_ids: list[str]) -> None:
        """Delete the documents with these ids. Those that are not there are passed over."""
        self._remove(document_ids)

    def delete_all_documents(self) -> None:
        """Delete all documents."""
        self._remove([stored.key for stored in self.index.documents()])

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        """Delete the documents that match filters, and return their number."""
        return self._remove([document.id for document in self.filter_documents(filters)])

    def update_by_filter(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """Set metadata of the documents that match filters, and return their number."""
        found = [document for document in self.filter_documents(filters) if document.id in self.index]
        changed = [HaystackDocument.from_dict(one.to_dict(flatten=False) | {"meta": one.meta | meta}) for one in found]
        self.index.add([to_jooya(document) for document in changed])
        return len(changed)

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        """Return the number of documents that match filters."""
        return len(self.filter_documents(filters))

    def retrieve(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int = 10, **options: Any
    ) -> list[HaystackDocument]:
        """Return the documents that a query finds, with their scores, best first.

        Args:
            query: The query, as for `Index.search`.
            filters: Filters that documents must match.
            top_k: The number of documents, at most.
            options: The other arguments of `Index.search`.

        Raises:
            BadQuery: The query has no words.
            FilterError: The filters cannot be read.
        """
        check_integer("top_k", top_k, 0)
        matches = _matching(filters)
        given = {"collapse": False, **options}
        given["where"] = {**where_of(filters, self.index.fields), **(given.get("where") or {})}
        found: list[HaystackDocument] = []
        first, size = 1, top_k
        while True:
            results = self.index.search(query, size, first=first, **given)
            found += [document for hit in results if matches(document := to_haystack(hit, hit.score))]
            first += size
            if len(found) >= top_k or first > results.total:
                return found[:top_k]
            # What is left of the ranking is read in growing pages: the index could not answer the filters by itself.
            size = min(size * 4, results.total - first + 1)
            given["limits"] = _deep_enough(given.get("limits"), results.total)

    def context(
        self,
        query: str,
        budget: int,
        filters: dict[str, Any] | None = None,
        *,
        rerank: Rerank | None = None,
        **options: Any,
    ) -> Context:
        """Return documents for a question as one text with numbered citations, within a budget.

        Args:
            query: The question.
            budget: The greatest length of the text.
            filters: Filters that documents must match.
            rerank: As for `Index.context`.
            options: The other arguments of `Index.context`.

        Raises:
            BadQuery: The question has no words.
            FilterError: The filters cannot be read.
        """
        matches = _matching(filters)
        where = {**where_of(filters, self.index.fields), **(options.pop("where", None) or {})}

        def chosen(question: str, hits: Sequence[Hit]) -> list[Hit]:
            kept = [hit for hit in hits if matches(to_haystack(hit))]
            return kept if rerank is None else reranked(question, kept, rerank)

        return self.index.context(query, budget, where=where, rerank=chosen, **options)

    def _all(self) -> Iterator[HaystackDocument]:
        for document in self.index.documents(passages=True):
            yield from map(to_haystack, document.passages)

    def _remove(self, ids: Iterable[str]) -> int:
        """Remove documents by their ids, in which a `*` is an asterisk. Return how many there were."""
        there = [name for name in ids if name in self.index]
        return len(self.index.remove(*there)) if there else 0


def _matching(filters: Mapping[str, Any] | None) -> Callable[[HaystackDocument], bool]:
    """Return the function that tells whether a document matches filters.

    Raises:
        FilterError: The filters cannot be read.
    """
    if not filters:
        return lambda _: True
    wanted = dict(filters)
    document_matches_filter(wanted, HaystackDocument(content=""))
    return lambda document: bool(document_matches_filter(wanted, document))


def _deep_enough(limits: Limits | None, total: int) -> Limits:
    """Return limits by which hits may be as far down the ranking as there are any, unless the caller gave some."""
    return Limits(depth=max(total, 1)) if limits is None else limits


@component
class JooyaRetriever:
    """A component of Haystack that retrieves documents from a `JooyaDocumentStore` by a query.

    pipeline.add_component("retriever", JooyaRetriever(store, top_k=5))
    """

    def __init__(
        self,
        document_store: JooyaDocumentStore,
        filters: dict[str, Any] | None = None,
        top_k: int = 10,
        filter_policy: FilterPolicy = FilterPolicy.REPLACE,
    ) -> None:
        """Create a retriever.

        Args:
            document_store: The store.
            filters: Filters that documents must match.
            top_k: The number of documents to return, at most.
            filter_policy: Filters of a call `REPLACE` these, or `MERGE` with them.
        """
        check_integer("top_k", top_k, 1)
        self.document_store = document_store
        self.filters = filters
        self.top_k = top_k
        self.filter_policy = filter_policy

    def to_dict(self) -> dict[str, Any]:
        """Return the component as a dictionary, for pipelines that are saved."""
        data: dict[str, Any] = default_to_dict(
            self,
            document_store=self.document_store.to_dict(),
            filters=self.filters,
            top_k=self.top_k,
            filter_policy=self.filter_policy.value,
        )
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the component for a dictionary."""
        given = dict(data["init_parameters"])
        store = given["document_store"]
        if isinstance(store, Mapping):
            given["document_store"] = JooyaDocumentStore.from_dict(dict(store))
        given["filter_policy"] = FilterPolicy.from_str(given.get("filter_policy", FilterPolicy.REPLACE.value))
        retriever: Self = default_from_dict(cls, {**data, "init_parameters": given})
        return retriever

    @component.output_types(documents=list[HaystackDocument])
    def run(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[HaystackDocument]]:
        """Return the documents that a query finds, best first, as `documents`.

        Args:
            query: The query.
            filters: Filters that documents must match.
            top_k: The number of documents to return, at most.
        """
        wanted = apply_filter_policy(self.filter_policy, self.filters, filters)
        number = self.top_k if top_k is None else top_k
        return {"documents": self.document_store.retrieve(query, wanted, number)}

    @component.output_types(documents=list[HaystackDocument])
    async def run_async(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[HaystackDocument]]:
        """Call `run` in another thread."""
        return await asyncio.to_thread(self.run, query, filters, top_k)
