"""The methods of a Haystack document store for asyncio: each calls its twin in another thread."""

import asyncio
from typing import Any

from .extras import missing

try:
    from haystack import Document as HaystackDocument
    from haystack.document_stores.types import DuplicatePolicy
except ModuleNotFoundError as error:
    raise missing("Haystack", "haystack", error) from error


class AsyncTwins:
    """Methods for asyncio. What a call does is said by the method without `_async`."""

    async def _twin(self, name: str, *arguments: Any) -> Any:
        """Call the method with a name in another thread."""
        return await asyncio.to_thread(getattr(self, name), *arguments)

    async def count_documents_async(self) -> int:
        """Call `count_documents` in another thread."""
        number: int = await self._twin("count_documents")
        return number

    async def filter_documents_async(self, filters: dict[str, Any] | None = None) -> list[HaystackDocument]:
        """Call `filter_documents` in another thread."""
        found: list[HaystackDocument] = await self._twin("filter_documents", filters)
        return found

    async def write_documents_async(
        self, documents: list[HaystackDocument], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        """Call `write_documents` in another thread."""
        number: int = await self._twin("write_documents", documents, policy)
        return number

    async def delete_documents_async(self, document_ids: list[str]) -> None:
        """Call `delete_documents` in another thread."""
        await self._twin("delete_documents", document_ids)

    async def delete_all_documents_async(self) -> None:
        """Call `delete_all_documents` in another thread."""
        await self._twin("delete_all_documents")

    async def delete_by_filter_async(self, filters: dict[str, Any]) -> int:
        """Call `delete_by_filter` in another thread."""
        number: int = await self._twin("delete_by_filter", filters)
        return number

    async def update_by_filter_async(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """Call `update_by_filter` in another thread."""
        number: int = await self._twin("update_by_filter", filters, meta)
        return number

    async def count_documents_by_filter_async(self, filters: dict[str, Any]) -> int:
        """Call `count_documents_by_filter` in another thread."""
        number: int = await self._twin("count_documents_by_filter", filters)
        return number

    async def count_unique_metadata_by_filter_async(
        self, filters: dict[str, Any], metadata_fields: list[str]
    ) -> dict[str, int]:
        """Call `count_unique_metadata_by_filter` in another thread."""
        numbers: dict[str, int] = await self._twin("count_unique_metadata_by_filter", filters, metadata_fields)
        return numbers

    async def get_metadata_fields_info_async(self) -> dict[str, dict[str, str]]:
        """Call `get_metadata_fields_info` in another thread."""
        types: dict[str, dict[str, str]] = await self._twin("get_metadata_fields_info")
        return types

    async def get_metadata_field_min_max_async(self, metadata_field: str) -> dict[str, Any]:
        """Call `get_metadata_field_min_max` in another thread."""
        ends: dict[str, Any] = await self._twin("get_metadata_field_min_max", metadata_field)
        return ends

    async def get_metadata_field_unique_values_async(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        """Call `get_metadata_field_unique_values` in another thread."""
        values: tuple[list[Any], int] = await self._twin(
            "get_metadata_field_unique_values", metadata_field, search_term, from_, size, filters
        )
        return values
