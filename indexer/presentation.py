"""Results as text for people and as JSON, JSON lines and TREC runs for programs."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import click

from jooya.analyzers import Token
from jooya.indexer.dates import Date
from jooya.indexer.highlight import Span
from jooya.indexer.results import Changes, Hit, Results, Status

RUN_TAG = "jooya"
"""The name of the system in a TREC run."""


def hit_text(hit: Hit) -> str:
    """A hit for people: a heading, then the passage on one line with what was found in colour."""
    heading = " · ".join(filter(None, [hit.title or hit.document, _date_text(hit.date)]))
    place = f"{hit.id} · {hit.score:.2f}"
    return (
        f"{hit.rank}. {click.style(_line(heading), bold=True)}\n"
        f"   {click.style(_line(place), dim=True)}\n"
        f"   {_marked(hit.text, hit.highlights)}\n"
    )


def hit_dict(hit: Hit) -> dict[str, Any]:
    """A hit for programs; offsets are in characters."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "id": hit.id,
        "document": hit.document,
        "title": hit.title,
        "date": {"jalali": hit.date.jalali, "gregorian": hit.date.gregorian} if hit.date else None,
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "highlights": [list(span) for span in hit.highlights],
    }


def results_json(results: Results) -> str:
    """The whole answer as one JSON object."""
    answer = {"query": results.query, "total": results.total, "hits": [hit_dict(hit) for hit in results]}
    return json.dumps(answer, ensure_ascii=False, indent=2)


def results_jsonl(results: Results, query_id: str | None = None) -> Iterator[str]:
    """A JSON object a line for each hit; it says of which query where there are several."""
    for hit in results:
        named = {} if query_id is None else {"query_id": query_id}
        yield json.dumps(named | hit_dict(hit), ensure_ascii=False)


def results_trec(results: Results, query_id: str) -> Iterator[str]:
    """The lines of a TREC run. Its columns part at white space, so that in an id becomes `_`."""
    for hit in results:
        yield f"{_column(query_id)} Q0 {_column(hit.id)} {hit.rank} {hit.score:.6f} {RUN_TAG}"


def changes_line(changes: Changes) -> str:
    """What an indexing run did, on one line."""
    names = ["new", "updated", "unchanged", "removed"]
    counts = [f"{name} {getattr(changes, name)}" for name in names]
    return ", ".join(counts + ([f"skipped {len(changes.skipped)}"] if changes.skipped else []))


def status_text(status: Status) -> str:
    """The counts of an index, a line each."""
    rows = {
        "index": status.path,
        "documents": f"{status.documents:,}",
        "passages": f"{status.passages:,}",
        "terms": f"{status.terms:,}",
        "size": f"{status.size / 1e6:.1f} MB" if status.size >= 1e6 else f"{status.size / 1e3:.1f} kB",
        "format": str(status.format),
        "analysis": status.analysis,
    }
    return "\n".join(f"{name:<10} {value}" for name, value in rows.items())


def token_text(token: Token, text: str) -> str:
    """A token for people: where it stands, as written, as folded and joined, what it is found by, and why."""
    written = _line(text[token.start : token.end])
    place = f"{token.start}-{token.end}"
    steps = [written] + ([token.surface] if token.surface != written else []) + [token.stem]
    return f"{token.position:>4}  {place:<9}  {'  →  '.join(steps)}  ({token.why})"


def token_dict(token: Token) -> dict[str, Any]:
    """A token for programs; offsets are in characters of the text."""
    return {name: getattr(token, name) for name in ("surface", "stem", "position", "start", "end")}


def _marked(text: str, spans: list[Span]) -> str:
    pieces = []
    done = 0
    for start, end in spans:
        pieces += [_line(text[done:start]), click.style(_line(text[start:end]), fg="red", bold=True)]
        done = end
    return "".join([*pieces, _line(text[done:])])


def _line(text: str) -> str:
    """`text` on one line, with control characters (a terminal would obey them) made visible."""
    text = re.sub(r"\s+", " ", text)
    return "".join("\ufffd" if unicodedata.category(char) == "Cc" else char for char in text)


def _date_text(date: Date | None) -> str | None:
    return f"{date.jalali} ({date.gregorian})" if date else None


def _column(text: str) -> str:
    return re.sub(r"\s+", "_", text)
