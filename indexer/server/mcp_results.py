"""Results for agents: each with a citation, and as many as a budget of tokens allows."""

import json
from collections.abc import Sequence
from typing import Any

from .. import Context, Hit, estimated_tokens
from ..context import cited
from ..token_counts import how_many_fit


def passage_for_agent(hit: Hit) -> dict[str, Any]:
    """Return a passage with what an agent needs to use and to cite it."""
    found: dict[str, Any] = {"id": hit.id, "document": hit.document, "citation": cited(hit)}
    if hit.heading:
        found["heading"] = hit.heading
    found["text"] = hit.text
    if hit.before or hit.after:
        found["before"] = [{"id": one.id, "text": one.text} for one in hit.before]
        found["after"] = [{"id": one.id, "text": one.text} for one in hit.after]
    return found


def hit_for_agent(hit: Hit) -> dict[str, Any]:
    """Return a hit with what an agent needs: of a long passage, the part that fits the query."""
    start, end = hit.snippet
    found = passage_for_agent(hit) | {"rank": hit.rank}
    if (start, end) != (0, len(hit.text)):
        found |= {"text": ("…" if start else "") + hit.text[start:end] + ("…" if end < len(hit.text) else "")}
        found |= {"is_part": True}
    return found | ({"copies": hit.copies} if hit.copies else {})


def context_for_agent(context: Context) -> dict[str, Any]:
    """Return a context with what an agent needs to cite it and to read on."""
    sources = [
        {
            "number": one.number,
            "document": one.document,
            "citation": one.citation,
            "start": one.start,
            "end": one.end,
            "passages": [passage.id for passage in one.passages],
        }
        for one in context
    ]
    found: dict[str, Any] = {"question": context.question, "text": context.text, "sources": sources}
    found |= {"left_out": context.left_out} if context.left_out else {}
    return found | ({"notes": context.notes} if context.notes else {})


def within_budget(found: Sequence[dict[str, Any]], tokens: int) -> list[dict[str, Any]]:
    """Return the first of some results, as many as a number of tokens holds; the first one always."""
    texts = (json.dumps(one, ensure_ascii=False) for one in found)
    return list(found[: max(how_many_fit(texts, tokens, estimated_tokens), 1)])
