"""From a question to a context: search, fuse with other retrievers, rank anew, add neighbours, and pack."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .arguments import bad, check_callable, check_choice, check_integer
from .candidate_passages import Rerank, Retriever, fused, reranked, with_neighbours
from .context import Cite, Context, numbered, pack
from .options import ORDERS, Order
from .token_counts import Counter, estimated_tokens

if TYPE_CHECKING:
    from .readable_index import ReadableIndex


def context_of(
    index: "ReadableIndex",
    question: str,
    budget: int,
    *,
    count: Counter | None,
    order: Order,
    limit: int,
    neighbours: int,
    retrievers: Sequence[Retriever],
    k: float,
    rerank: Rerank | None,
    cite: Cite | None,
    **options: Any,
) -> Context:
    """Return the context for a question. The arguments are those of `Index.context`; `options` are for the search."""
    check_integer("budget", budget, 1)
    check_choice("order", order, ORDERS)
    check_integer("limit", limit, 1)
    check_integer("neighbours", neighbours, 0)
    for name, function in (("count", count), ("rerank", rerank), ("cite", cite)):
        if function is not None:
            check_callable(name, function)
    if isinstance(retrievers, str) or not isinstance(retrievers, Sequence):
        raise bad("retrievers", retrievers, "a list of functions")
    for retriever in retrievers:
        check_callable("retrievers", retriever)
    count = count or estimated_tokens
    # The neighbours tell which passages follow one another.
    around = max(neighbours, 1)
    found = index.search(question, limit, context=around, **options)
    passages, notes = list(found.hits), list(found.notes)
    if retrievers:
        find = partial(index.passages, where=options.get("where"), context=around)
        passages, more = fused(question, passages, retrievers, find, k, limit)
        notes += more
    if rerank is not None:
        passages = reranked(question, passages, rerank)
    if neighbours:
        passages = with_neighbours(passages, neighbours, lambda name: index.passage(name, context=1))
    packed = pack(passages, budget, count, order, cite or numbered)
    if passages and not packed.excerpts:
        notes.append(f"no passage fits into a budget of {budget}: allow more, or index shorter passages")
    return Context(question, packed.text, packed.excerpts, budget, packed.size, len(packed.left_out), notes)
