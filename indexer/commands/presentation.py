"""Results as text for people and as JSON, JSON lines and TREC runs for programs."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from ...analyzers import Token
from ..dates.parsing import Date
from ..evaluation import NAMES, Quality
from ..ranking.score_parts import DIGITS, ScorePart
from ..results import CheckReport, Hit, IndexReport, IndexStatus, RepairReport, Results

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u202d\u202e]")
_EMBEDDINGS = re.compile(r"[\u202a-\u202c\u2066-\u2069]")

RUN_TAG = "jooya"
"""The name of the system in a TREC run."""


def hit_text(hit: Hit) -> str:
    """A hit for people: a heading, its place, then the passage on one line with what was found in colour; passages
    around it, and how its score came about, if asked for."""
    heading = " · ".join(filter(None, [hit.title or hit.document, _date_text(hit.date)]))
    score = f"{hit.score:.{DIGITS}f}" if hit.explanation else f"{hit.score:.2f}"
    copies = f" · {hit.copies} more with the same words" if hit.copies else ""
    place = [hit.heading, hit.speaker, f"page {hit.page}" if hit.page else None, hit.time]
    where = " · ".join([hit.id, *[part for part in place if part]])
    lines = [
        f"{hit.rank}. {click.style(line(heading), bold=True)}",
        f"   {click.style(line(f'{where} · {score}{copies}'), dim=True)}",
        *[f"   {click.style(line(one.text), dim=True)}" for one in hit.before],
        f"   {_marked(hit)}",
        *[f"   {click.style(line(one.text), dim=True)}" for one in hit.after],
        *map(_part_text, hit.explanation),
    ]
    return "\n".join(lines) + "\n"


def hit_dict(hit: Hit) -> dict[str, Any]:
    """A hit for programs; offsets are in characters."""
    found: dict[str, Any] = {
        "rank": hit.rank,
        "score": round(hit.score, DIGITS),
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
        "highlights": [list(span) for span in hit.highlights],
        "snippet": list(hit.snippet),
        "copies": hit.copies,
    }
    if hit.before or hit.after:
        found |= {"before": [asdict(one) for one in hit.before], "after": [asdict(one) for one in hit.after]}
    if hit.explanation:
        found["explanation"] = [
            {"what": part.description, "score": part.score}
            | {name: round(factor, DIGITS) for name, factor in part.factors.items()}
            for part in hit.explanation
        ]
    return found


def results_json(results: Results, did_you_mean: Sequence[str] = ()) -> str:
    """The whole answer as one JSON object."""
    answer = {
        "query": results.query,
        "total": results.total,
        "notes": results.notes,
        "did_you_mean": list(did_you_mean),
        "hits": [hit_dict(hit) for hit in results],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def results_jsonl(results: Results, query_id: str | None = None) -> Iterator[str]:
    """A JSON object a line for each hit; it says of which query where there are several."""
    for hit in results:
        named = {} if query_id is None else {"query_id": query_id}
        yield json_line(named | hit_dict(hit))


def results_trec(results: Results, query_id: str) -> Iterator[str]:
    """The lines of a TREC run."""
    return run_lines(query_id, [(hit.id, hit.score) for hit in results], first=results.hits[0].rank if results else 1)


def run_lines(query_id: str, answer: Sequence[tuple[str, float]], first: int = 1) -> Iterator[str]:
    """The lines of a TREC run for the answer (ids and scores) to a query."""
    for rank, (passage, score) in enumerate(answer, first):
        yield f"{column(query_id)} Q0 {column(passage)} {rank} {score:.{DIGITS}f} {RUN_TAG}"


def json_line(value: object) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def quality_text(quality: Quality) -> str:
    """The measures of an evaluation, a line each."""
    rows = [f"{'queries':<8} {quality.queries:,}"]
    return "\n".join(rows + [f"{name:<8} {getattr(quality, measure):.4f}" for measure, name in NAMES.items()])


def changes_line(changes: IndexReport) -> str:
    """What an indexing run did, on one line."""
    names = ["new", "updated", "unchanged", "removed"]
    counts = [f"{name} {getattr(changes, name)}" for name in names]
    return ", ".join(counts + ([f"skipped {len(changes.skipped)}"] if changes.skipped else []))


def status_text(status: IndexStatus) -> str:
    """The counts of an index, a line each."""
    rows = {
        "index": status.path,
        "documents": f"{status.documents:,}",
        "passages": f"{status.passages:,}",
        "terms": f"{status.terms:,}",
        "size": f"{status.size / 1e6:.1f} MB" if status.size >= 1e6 else f"{status.size / 1e3:.1f} kB",
        "encodings": _counts(status.encodings),
        "collections": _counts(status.collections),
        "skipped": f"{len(status.skipped):,}",
        "format": str(status.format),
        "analysis": status.analysis,
    }
    return "\n".join(f"{name:<11} {line(value)}" for name, value in rows.items())


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "–"


def soundness_lines(found: CheckReport) -> Iterator[str]:
    """What a check found: its problems, or that there are none."""
    yield from map(line, found.problems)
    if not found.problems:
        yield f"sound: {found.documents} documents, {found.passages} passages, {found.segments} segments"


def repair_lines(done: RepairReport) -> Iterator[str]:
    """What a repair did, and what it could not save."""
    if done.rebuilt:
        yield f"rebuilt {done.rebuilt} passages from their stored text"
    yield from (line(f"lost {loss}") for loss in done.losses)
    if done.lost:
        yield line(f"lost {len(done.lost)} documents: {', '.join(done.lost)}")
    if done.losses or done.lost:
        yield "run 'jooya index' on their sources again"


def token_text(token: Token, text: str) -> str:
    """A token for people: where it stands, as written, as folded and joined, what it is found by, and why."""
    written = line(text[token.start : token.end])
    place = f"{token.start}-{token.end}"
    steps = [written] + ([token.surface] if token.surface != written else []) + [token.stem]
    return f"{token.position:>4}  {place:<9}  {'  →  '.join(steps)}  ({token.why})"


def token_dict(token: Token) -> dict[str, Any]:
    """A token for programs; offsets are in characters of the text."""
    return {name: getattr(token, name) for name in ("surface", "stem", "position", "start", "end")}


def _marked(hit: Hit) -> str:
    """What is shown of a hit's text."""
    done, end = hit.snippet
    pieces = ["… "] if done else []
    for start, stop in hit.highlights:
        if start >= done and stop <= end:
            pieces += [line(hit.text[done:start]), click.style(line(hit.text[start:stop]), fg="red", bold=True)]
            done = stop
    return "".join([*pieces, line(hit.text[done:end]), " …" if end < len(hit.text) else ""])


def _part_text(part: ScorePart) -> str:
    factors = " × ".join(f"{name} {factor:.3f}" for name, factor in part.factors.items())
    return f"   {part.score:>10.{DIGITS}f}  {line(part.description)}{f'  = {factors}' if factors else ''}"


def line(text: str) -> str:
    """`text` on one line that does nothing to a terminal: control characters and overrides of direction are made
    visible, embeddings and isolates (which might reach beyond the text) left out."""
    return _EMBEDDINGS.sub("", _STEERING.sub("\ufffd", re.sub(r"\s+", " ", text)))


def _date_text(date: Date | None) -> str | None:
    return f"{date.jalali} ({date.gregorian})" if date else None


def column(text: str) -> str:
    """`text` as a column of a TREC run, which part at white space."""
    return re.sub(r"\s+", "_", _STEERING.sub("\ufffd", text))
