"""A component of Haystack that makes the text of a prompt: passages within a budget, with numbered citations."""

import asyncio
from collections.abc import Mapping
from typing import Any, Self

from .. import Context
from ..arguments import check_integer
from .extras import missing
from .haystack import JooyaDocumentStore
from .passage_metadata import metadata_of_excerpt

try:
    from haystack import Document as HaystackDocument
    from haystack import component, default_from_dict, default_to_dict
except ModuleNotFoundError as error:
    raise missing("Haystack", "haystack", error) from error


@component
class JooyaContext:
    """A component of Haystack that returns passages for a question as one text with numbered citations.

        pipeline.add_component("context", JooyaContext(store, budget=1_000))
        pipeline.connect("context.text", "prompt_builder.context")

    See `Index.context`.
    """

    def __init__(
        self, document_store: JooyaDocumentStore, budget: int, filters: dict[str, Any] | None = None, **options: Any
    ) -> None:
        """Create a component.

        Args:
            document_store: The store.
            budget: The greatest length of the text.
            filters: Filters that documents must match.
            options: The other arguments of `Index.context`. For a component that is saved, they are values that JSON
                can hold; functions are not.
        """
        check_integer("budget", budget, 1)
        self.document_store = document_store
        self.budget = budget
        self.filters = filters
        self.options = options

    def to_dict(self) -> dict[str, Any]:
        """Return the component as a dictionary, for pipelines that are saved."""
        store = self.document_store.to_dict()
        data: dict[str, Any] = default_to_dict(
            self, document_store=store, budget=self.budget, filters=self.filters, **self.options
        )
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the component for a dictionary."""
        given = dict(data["init_parameters"])
        if isinstance(given["document_store"], Mapping):
            given["document_store"] = JooyaDocumentStore.from_dict(dict(given["document_store"]))
        made: Self = default_from_dict(cls, {**data, "init_parameters": given})
        return made

    @component.output_types(text=str, documents=list[HaystackDocument])
    def run(self, query: str, filters: dict[str, Any] | None = None, budget: int | None = None) -> dict[str, Any]:
        """Return the text, and its excerpts as documents with their citations as metadata.

        Args:
            query: The question.
            filters: Filters that documents must match, in place of those of the component.
            budget: The greatest length of the text, in place of that of the component.
        """
        found = self.document_store.context(
            query,
            self.budget if budget is None else budget,
            self.filters if filters is None else filters,
            **self.options,
        )
        return {"text": found.text, "documents": _documents(found)}

    @component.output_types(text=str, documents=list[HaystackDocument])
    async def run_async(
        self, query: str, filters: dict[str, Any] | None = None, budget: int | None = None
    ) -> dict[str, Any]:
        """Call `run` in another thread."""
        found: dict[str, Any] = await asyncio.to_thread(self.run, query, filters, budget)
        return found


def _documents(context: Context) -> list[HaystackDocument]:
    """Return excerpts as documents; each has the id and the score of the best of its passages."""
    found = []
    for excerpt in context:
        best = min(excerpt.passages, key=lambda one: one.rank)
        meta = metadata_of_excerpt(excerpt)
        found.append(HaystackDocument(id=best.id, content=excerpt.text, meta=meta, score=best.score))
    return found
