"""An address of the API: its parameters, the function that answers, and the schema of its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import BadInput, Hit, Index
from .parameters import Parameter
from .problems import Problem
from .server_settings import ServerSettings

Answered = Mapping[str, Any]
"""The values of the parameters of a request, by name."""

Schema = Mapping[str, Any]
"""A JSON schema."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server answers from."""

    index: Index
    settings: ServerSettings


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of the API that is read with GET.

    Attributes:
        path: Its path; a name in braces stands for a parameter.
        name: The name of the operation.
        summary: What it does, in one sentence.
        parameters: Its parameters.
        answer: The function that answers, in a thread: from the values of the parameters to what JSON can hold.
        schema: The JSON schema of an answer.
    """

    path: str
    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Served, Answered], Any]
    schema: Schema


def found_passage(served: Served, passage_id: str, context: int = 0) -> Hit:
    """Return a passage.

    Raises:
        Problem: No passage has this id.
    """
    try:
        return served.index.passage(passage_id, context)
    except BadInput:
        raise Problem("not-found", f"no passage {passage_id!r}", "give an id as a hit shows it in `id`") from None
