"""The address of the API that makes a text for a language model. The tool of agents has its parameters, too."""

from typing import Any

from .. import Context
from ..options import ORDERS
from .conditions import CONDITIONS, conditions
from .endpoint import Answered, Endpoint, Served
from .parameters import Parameter
from .schemas import CONTEXT

BUDGET = Parameter(
    "budget", "The greatest length of the text with its citations, in tokens.", "count", 2_000, least=1, most=100_000
)

QUESTION = (
    *CONDITIONS,
    Parameter("order", "The best first, or all of a document together.", default="rank", choices=ORDERS),
    Parameter("neighbours", "How many passages around each to take along, if they fit.", "count", 0, most=20),
)
"""The parameters beside the question and the budget."""


def context_of(served: Served, given: Answered, question: str, budget: int) -> Context:
    """Return the context for a question."""
    return served.index.context(
        question,
        budget,
        order=given["order"],
        neighbours=given["neighbours"],
        where=conditions(given, served.index.fields),
        limits=served.settings.limits,
    )


def _context(served: Served, given: Answered) -> dict[str, Any]:
    return context_of(served, given, given["q"], given["budget"]).to_dict()


ENDPOINTS = (
    Endpoint(
        "/api/context",
        "context",
        "Make a text for a language model, with numbered citations.",
        (
            Parameter("q", "The question, in plain words.", required=True, example="سرزمین اشغالی کجاست؟"),
            BUDGET,
            *QUESTION,
        ),
        _context,
        CONTEXT,
    ),
)
