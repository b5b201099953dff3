"""Results for agents: each with a citation, and as many as a budget of tokens allows."""

import json
from collections.abc import Sequence
from typing import Any

from .. import Hit

_CHARACTERS = 2.5  # of a token of Persian text; models differ, so this is on the safe side


def citation(hit: Hit) -> str:
    """Return where a passage stands, in words: its title, date, page or time."""
    parts = [f"«{hit.title}»" if hit.title else hit.document]
    if hit.date:
        parts.append(f"{hit.date.jalali} ({hit.date.gregorian})")
    if hit.speaker:
        parts.append(hit.speaker)
    if hit.page:
        parts.append(f"page {hit.page}")
    if hit.time:
        parts.append(f"at {hit.time}")
    return ", ".join(parts)


def passage_for_agent(hit: Hit) -> dict[str, Any]:
    """Return a passage with what an agent needs to use and to cite it."""
    found: dict[str, Any] = {"id": hit.id, "document": hit.document, "citation": citation(hit)}
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


def within_budget(found: Sequence[dict[str, Any]], tokens: int) -> list[dict[str, Any]]:
    """Return the first of some results, as many as a number of tokens holds; the first one always."""
    shown: list[dict[str, Any]] = []
    left = tokens * _CHARACTERS
    for one in found:
        left -= len(json.dumps(one, ensure_ascii=False))
        if left < 0 and shown:
            break
        shown.append(one)
    return shown
