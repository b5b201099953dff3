"""Results as dictionaries that JSON can hold: one schema for the command line, for Python and for servers."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .ranking.score_parts import DIGITS

if TYPE_CHECKING:
    from .results import Hit, Results
    from .stored_documents import StoredDocument

SCORE_DIGITS = DIGITS
"""The decimals to which the parts of an explanation add up to the score."""


def hit_dict(hit: "Hit") -> dict[str, Any]:
    """Return a hit as a dictionary. Neighbours and explanation are there only if they were asked for."""
    found: dict[str, Any] = {
        "rank": hit.rank,
        "score": round(hit.score, SCORE_DIGITS),
        "id": hit.id,
        "document": hit.document,
        "title": hit.title,
        "date": {"jalali": hit.date.jalali, "gregorian": hit.date.gregorian} if hit.date else None,
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "page": hit.page,
        "time": hit.time,
        "heading": hit.heading,
        "speaker": hit.speaker,
        "collection": hit.collection,
        "meta": dict(hit.meta),
        "highlights": [list(span) for span in hit.highlights],
        "snippet": list(hit.snippet),
        "copies": hit.copies,
    }
    if hit.before or hit.after:
        found |= {"before": [asdict(one) for one in hit.before], "after": [asdict(one) for one in hit.after]}
    if hit.explanation:
        found["explanation"] = [
            {"what": part.description, "score": part.score}
            | {name: round(factor, SCORE_DIGITS) for name, factor in part.factors.items()}
            for part in hit.explanation
        ]
    return found


ROW = (
    *("rank", "score", "id", "document", "title", "gregorian", "jalali", "text", "start", "end", "page", "time"),
    *("heading", "speaker", "collection", "copies"),
)
"""The columns of tables of hits."""


def hit_row(hit: "Hit") -> dict[str, Any]:
    """Return a hit as a row of a table: a value for each of `ROW`."""
    own: dict[str, Any] = {"gregorian": hit.date and hit.date.gregorian, "jalali": hit.date and hit.date.jalali}
    own["score"] = round(hit.score, SCORE_DIGITS)
    return {name: own[name] if name in own else getattr(hit, name) for name in ROW}


def results_dict(results: "Results", did_you_mean: Sequence[str]) -> dict[str, Any]:
    """Return the answer to a query as a dictionary.

    Args:
        results: The answer.
        did_you_mean: Other queries that may have been meant.
    """
    answer: dict[str, Any] = {
        "query": results.query,
        "total": results.total,
        "notes": results.notes,
        "did_you_mean": list(did_you_mean),
        "corrected_query": results.corrected_query,
        "corrections": [asdict(one) for one in results.corrections],
        "hits": [hit_dict(hit) for hit in results],
    }
    if results.facets:
        answer["facets"] = {name: [asdict(count) for count in counts] for name, counts in results.facets.items()}
    return answer


_OF_PASSAGES = ("rank", "score", "highlights", "snippet", "copies")
"""The keys of a hit that say nothing of a passage that no query found."""


def passage_dict(passage: "Hit") -> dict[str, Any]:
    """Return a passage as a dictionary: that of a hit, without what only a query gives it."""
    return {name: value for name, value in hit_dict(passage).items() if name not in _OF_PASSAGES}


def document_dict(document: "StoredDocument") -> dict[str, Any]:
    """Return a document as a dictionary. Its passages are in it if they were read."""
    found: dict[str, Any] = {
        "key": document.key,
        "title": document.title,
        "date": {"jalali": document.date.jalali, "gregorian": document.date.gregorian} if document.date else None,
        "collection": document.collection,
        "source": document.source,
        "encoding": document.encoding,
        "size": document.size,
        "meta": dict(document.meta),
    }
    if document.passages:
        found["passages"] = [passage_dict(passage) for passage in document.passages]
    return found
