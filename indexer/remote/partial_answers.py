"""Searches that do with the shards that answer: what they have missed, and what they have counted.

A search may do so where `ConnectionOptions.partial` says it. All else that is asked of an index needs all shards: a
writer, or a count that is remembered, would take what is missing for what is not there.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class PartialAnswers:
    """The answers to the requests of one search.

    Attributes:
        is_partial: True if shards did not answer one of them.
        counts: The counts since then, which are of this search alone, by the keys of their queries.
    """

    def __init__(self) -> None:
        self.is_partial = False
        self.counts: dict[str, int] = {}

    def add(self, answers: Iterable[Mapping[str, Any]]) -> None:
        """See whether all shards are in some answers."""
        self.is_partial = self.is_partial or not all(map(is_whole, answers))


_taken: ContextVar[PartialAnswers | None] = ContextVar("partial_answers", default=None)
"""The answers of the search that is under way, if it may do with some shards. Each thread and task has its own."""


@contextmanager
def taking_partial_answers(*, allowed: bool) -> Iterator[PartialAnswers]:
    """Let the searches in the body of a `with` statement do with the shards that answer, if that is allowed."""
    answers = PartialAnswers()
    token = _taken.set(answers if allowed else None)
    try:
        yield answers
    finally:
        _taken.reset(token)


def partial_answers() -> PartialAnswers | None:
    """Return the answers of the search that is under way; None if it needs all shards."""
    return _taken.get()


def is_whole(answer: Mapping[str, Any]) -> bool:
    """Return True if an answer is of all shards."""
    shards = answer.get("_shards", {})
    # A shard without any copy has not failed by the engine's account.
    is_missing = shards.get("failed") or shards.get("successful", 0) < shards.get("total", 0)
    return not (is_missing or answer.get("timed_out"))
