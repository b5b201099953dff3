"""The state of an index on OpenSearch: one small document that each commit replaces in one step.

The engine has no transactions over several documents, so what a commit shows is decided by numbers. Each passage has
the number of the commit that it was written for (`since`), and the state has the number of the last commit. Readers
leave out what is newer, so the passages of a commit appear together when its number gets into the state. Passages that
a commit replaces or removes are deleted after that; until they are, the state says that they are `pending`, and readers
leave them out, too.

A writer that has lost its lease may still have a request under way. Its number is `dead` then: no commit ever gets it,
and readers leave out its passages, whenever they arrive.

The state is the document `commit` of an index of its own, whose name is that of the index with `-meta`. It is replaced
by its sequence number and primary term alone, so that one of two writers always fails.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from ..errors import IndexDamaged
from .layout import SINCE

COMMIT = "commit"
"""The id of the document with the state."""

META = "-meta"
"""The end of the name of the index with the state."""


class State(NamedTuple):
    """The state of an index after a commit.

    Attributes:
        layout: The version of the layout.
        analysis: The identity of the analysis that made the terms.
        fields: The declared fields.
        engine_index: The name of the engine's index with the passages. A rebuilding makes another one.
        number: The number of the last commit, 0 if there was none.
        dead: The numbers that no commit has, though there may be passages with them.
        pending: The keys, as terms, whose passages older than the commit are not deleted yet.
        passages: The number of passages.
        documents: The number of documents.
        lengths: For each field with lengths, by its name in segments, how many passages have terms in it, and how many
            terms these are.
        content: Where the rest is: the manifest and its journal, and the vocabulary.
    """

    layout: int
    analysis: str
    fields: dict[str, Any]
    engine_index: str
    number: int = 0
    dead: tuple[int, ...] = ()
    pending: tuple[str, ...] = ()
    passages: int = 0
    documents: int = 0
    lengths: Mapping[str, tuple[int, int]] = {}
    content: Mapping[str, Any] = {}

    @classmethod
    def from_json(cls, where: str, stored: Mapping[str, Any]) -> Self:
        """Return the state that `to_json` returned.

        Raises:
            IndexDamaged: It is none.
        """
        try:
            return cls(
                int(stored["layout"]),
                str(stored["analysis"]),
                dict(stored["fields"]),
                str(stored["engine_index"]),
                int(stored["number"]),
                tuple(map(int, stored["dead"])),
                tuple(map(str, stored["pending"])),
                int(stored["passages"]),
                int(stored["documents"]),
                {str(name): (int(one), int(other)) for name, (one, other) in stored["lengths"].items()},
                dict(stored["content"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise IndexDamaged(
                f"the state of {where} is damaged", "make it again with RemoteIndex.rebuild, or restore a snapshot"
            ) from None

    def to_json(self) -> dict[str, Any]:
        """Return the state as its document has it."""
        return {
            **self._asdict(),
            "dead": list(self.dead),
            "pending": list(self.pending),
            "lengths": {name: list(both) for name, both in self.lengths.items()},
        }

    def visible(self) -> list[dict[str, Any]]:
        """Return the filters by which a query of the engine finds the passages of this commit alone.

        A reader that finds another `number` in the state after its last request asks again: between its requests, what
        the next commit replaces may have been deleted.
        """
        filters: list[dict[str, Any]] = [{"range": {SINCE: {"lte": self.number}}}]
        if self.dead:
            filters.append({"bool": {"must_not": {"terms": {SINCE: list(self.dead)}}}})
        if self.pending:
            filters.append({"bool": {"must_not": self.replaced()}})
        return filters

    def replaced(self) -> dict[str, Any]:
        """Return the query that finds the passages that this commit replaced or removed."""
        return {
            "bool": {
                "filter": [
                    {"terms": {"document": list(self.pending)}},
                    {"range": {SINCE: {"lt": self.number}}},
                ]
            }
        }
