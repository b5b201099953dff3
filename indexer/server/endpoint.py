"""An address of the API: its parameters, the function that answers, and the schema of its answers."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .. import BadInput, Hit, IndexStatus
from ..any_index import AnyIndex
from .parameters import Parameter
from .problems import Problem
from .server_settings import ServerSettings

T = TypeVar("T")

Answered = Mapping[str, Any]
"""The values of the parameters of a request, by name."""

Schema = Mapping[str, Any]
"""A JSON schema."""


class OfLastCommit(Generic[T]):
    """Something that is computed once for each commit of an index."""

    def __init__(self, compute: Callable[[AnyIndex], T]) -> None:
        """Begin without one."""
        self._compute = compute
        self._lock = threading.Lock()
        self._last: tuple[str, T] | None = None

    def of(self, index: AnyIndex) -> T:
        """Return it for the last commit."""
        with self._lock:
            commit = index.commit
            if self._last is None or self._last[0] != commit:
                self._last = commit, self._compute(index)
            return self._last[1]


_TRIES = 10
"""How often an answer is made before a server gives up because of commits between its parts."""


def of_one_commit(index: AnyIndex, compute: Callable[[], T]) -> T:
    """Return what is computed by several calls, each of which answers from the last commit, all from the same one.

    It is computed again if there was a commit meanwhile. So the marks of a query in a document are those in the text
    that is shown, and not in one that has just taken its place.

    Raises:
        Problem: There was a commit each time.
    """
    for _ in range(_TRIES):
        before = index.commit
        found = compute()
        if index.commit == before:
            return found
    raise Problem("busy", "the index changes faster than it can be read", "try again later", {"Retry-After": "1"})


@dataclass(frozen=True, slots=True)
class Served:
    """An index that is served, with the settings.

    Attributes:
        index: The index.
        settings: The settings.
        last_status: Its status.
    """

    index: AnyIndex
    settings: ServerSettings
    last_status: OfLastCommit[IndexStatus] = field(default_factory=lambda: OfLastCommit(lambda index: index.status()))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of the API, with a method.

    Attributes:
        path: Its path; a name in braces stands for a parameter.
        name: The name of the operation.
        summary: What it does, in one sentence.
        parameters: Its parameters.
        answer: The function that answers, in a thread: from the values of the parameters to what JSON can hold.
        schema: The JSON schema of an answer.
        method: The method of HTTP.
        body: The JSON schema of the body of a request, if it has one.
        media_type: The media type of an answer.
    """

    path: str
    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Served, Answered], Any]
    schema: Schema
    method: str = "GET"
    body: Schema | None = None
    media_type: str = "application/json"


def found_passage(served: Served, passage_id: str, context: int = 0) -> Hit:
    """Return a passage.

    Raises:
        Problem: No passage has this id.
    """
    try:
        return served.index.passage(passage_id, context)
    except BadInput:
        raise no_passage(passage_id) from None


def no_passage(passage_id: str) -> Problem:
    """Return the problem that no passage has an id."""
    return Problem("not-found", f"no passage {passage_id!r}", "give an id as a hit shows it in `id`")
