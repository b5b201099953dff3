"""Results for people, as lines of text in which nothing from a document can control the terminal."""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..result_dicts import SCORE_DIGITS
from .wrapping import END, FOUND, wrapped, written_lines

# Control characters, and overrides of the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202d\u202e]")
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_OTHER_CONTROLS = re.compile(r"(?![\n\t])[\x00-\x1f\x7f-\x9f\u202d\u202e]")
if TYPE_CHECKING:
    from ...analyzers import Token
    from .. import (
        CheckReport,
        Commit,
        Date,
        Hit,
        IndexReport,
        IndexStatus,
        RepairReport,
        ScorePart,
        ScrubReport,
        StoredDocument,
    )

_INDENT = "   "
_NARROWEST = 20  # columns of text, on the narrowest terminal
_EMBEDDINGS = re.compile(r"[\u202a-\u202c\u2066-\u2069]")


def one_line(text: str) -> str:
    """Return `text` on one line, made harmless to a terminal.

    Control characters and overrides of direction are replaced by U+FFFD. Embeddings and isolates, which might reach
    beyond the text, are left out.
    """
    return _EMBEDDINGS.sub("", _CONTROLS.sub("\ufffd", re.sub(r"\s+", " ", text)))


def harmless(text: str) -> str:
    """Return `text` with its line breaks and tabs, made harmless to a terminal in all else, as by `one_line`."""
    return _EMBEDDINGS.sub("", _OTHER_CONTROLS.sub("\ufffd", _BREAKS.sub("\n", text)))


def trec_column(text: str) -> str:
    """Return `text` as a column of a TREC run, where white space separates columns."""
    return re.sub(r"\s+", "_", _CONTROLS.sub("\ufffd", text))


def terminal_width() -> int | None:
    """Return how many columns the terminal has that stdout is; None if it is none."""
    if not sys.stdout.isatty():
        return None
    import shutil  # noqa: PLC0415 - pipes do not wait for its archives

    return shutil.get_terminal_size().columns


def hit_text(hit: "Hit", width: int | None = None) -> str:
    """Return the lines of a hit.

    These are a heading, the place of the passage, and the passage with its own line breaks and the words found in
    colour; with neighbours and the parts of the score if they were asked for.

    Args:
        hit: The hit.
        width: The width of the terminal in columns, at which lines are broken; None to leave long lines as they are.
    """
    heading = " · ".join(filter(None, [hit.title or hit.document, _date_text(hit.date)]))
    score = f"{hit.score:.{SCORE_DIGITS}f}" if hit.explanation else f"{hit.score:.2f}"
    copies = f" · {hit.copies} more with the same words" if hit.copies else ""
    lines = [
        f"{hit.rank}. {click.style(one_line(heading), bold=True)}",
        f"   {click.style(one_line(f'{_where(hit)} · {score}{copies}'), dim=True)}",
        *passage_lines(hit, width),
        *map(_part_text, hit.explanation),
    ]
    return "\n".join(lines) + "\n"


def passage_heading(passage: "Hit") -> Iterator[str]:
    """Yield the lines above a passage that no query found: the document, and the place in it."""
    heading = " · ".join(filter(None, [passage.title or passage.document, _date_text(passage.date)]))
    yield click.style(one_line(heading), bold=True)
    yield f"{_INDENT}{click.style(one_line(_where(passage)), dim=True)}"


def document_line(document: "StoredDocument") -> str:
    """Return a document on one line: its key, title, date, collection and number of passages."""
    count = f"{document.size:,} passage{'' if document.size == 1 else 's'}"
    parts = [document.title, _date_text(document.date), document.collection, count]
    about = one_line(" · ".join(part for part in parts if part))
    return f"{click.style(one_line(document.key), bold=True)} {click.style(f'· {about}', dim=True)}"


def passage_lines(hit: "Hit", width: int | None = None, *, whole: bool = False) -> Iterator[str]:
    """Yield the lines of a passage between those of its neighbours, indented.

    Args:
        hit: The passage.
        width: As for `hit_text`.
        whole: Show all of a long passage, not the part with most of the words found.
    """
    for neighbour in hit.before:
        yield from _dim_lines(neighbour.text, width)
    yield from _marked_lines(hit.highlighted(FOUND, END, harmless, part="text" if whole else "snippet"), width)
    for neighbour in hit.after:
        yield from _dim_lines(neighbour.text, width)


def _dim_lines(text: str, width: int | None) -> Iterator[str]:
    for row in _rows(harmless(text), width):
        yield f"{_INDENT}{click.style(row, dim=True)}" if row else ""


def _marked_lines(text: str, width: int | None) -> Iterator[str]:
    """Yield the lines of a text with the words between `FOUND` and `END` in colour, also where a line ends in them."""
    is_found = False
    for row in _rows(text, width):
        shown = []
        for piece in re.split(f"([{FOUND}{END}])", row):
            if piece in (FOUND, END):
                is_found = piece == FOUND
            elif piece:
                shown.append(click.style(piece, fg="red", bold=True) if is_found else piece)
        yield f"{_INDENT}{''.join(shown)}" if shown else ""


def _rows(text: str, width: int | None) -> Iterator[str]:
    within = None if width is None else max(width - len(_INDENT), _NARROWEST)
    for line in written_lines(text):
        yield from wrapped(line, within)


def _where(hit: "Hit") -> str:
    """Return where a passage stands: its id, heading, speaker, page and time."""
    place = [hit.id, hit.heading, hit.speaker, f"page {hit.page}" if hit.page else None, hit.time]
    return " · ".join(part for part in place if part)


def _part_text(part: "ScorePart") -> str:
    factors = " × ".join(f"{name} {factor:.3f}" for name, factor in part.factors.items())
    return f"   {part.score:>10.{SCORE_DIGITS}f}  {one_line(part.description)}{f'  = {factors}' if factors else ''}"


def _date_text(date: "Date | None") -> str | None:
    return f"{date.jalali} ({date.gregorian})" if date else None


def report_line(report: "IndexReport") -> str:
    """Return the changes of an indexing run on one line."""
    names = ["new", "updated", "unchanged", "removed"]
    counts = [f"{name} {getattr(report, name)}" for name in names]
    more = {"skipped": len(report.skipped), "pages recognized": report.recognized}
    return ", ".join(counts + [f"{name} {count}" for name, count in more.items() if count])


def status_text(status: "IndexStatus") -> str:
    """Return the contents of an index in numbers, a line each."""
    rows = {
        "index": status.path,
        "documents": f"{status.documents:,}",
        "passages": f"{status.passages:,}",
        "terms": f"{status.terms:,}",
        "size": size_text(status.size),
        "encodings": _counts(status.encodings),
        "collections": _counts(status.collections),
        "fields": ", ".join(f"{name} ({kind})" for name, kind in status.fields.items()) or "–",
        "skipped": f"{len(status.skipped):,}",
        "format": str(status.format),
        "analysis": status.analysis,
    }
    return "\n".join(f"{name:<11} {one_line(value)}" for name, value in rows.items())


def size_text(size: int) -> str:
    """Return a size of so many bytes in megabytes or kilobytes."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "–"


def check_lines(report: "CheckReport") -> Iterator[str]:
    """Yield the problems that a check found, or a line that there are none."""
    yield from map(one_line, report.problems)
    if not report.problems:
        yield f"sound: {report.documents} documents, {report.passages} passages, {report.segments} segments"


def scrub_lines(report: "ScrubReport") -> Iterator[str]:
    """Yield what a scrub found and mended, or a line that all files are sound."""
    yield from map(one_line, report.problems)
    if report.mended:
        yield one_line(f"mended {', '.join(report.mended)}")
    if report.folder is not None:
        yield one_line(f"the damaged files are in {report.folder}")
    if not report.problems:
        yield f"sound: {report.files} files, {size_text(report.size)}"


def commit_lines(commits: "Sequence[Commit]") -> Iterator[str]:
    """Yield a line for each commit: its name, its time here, what it has, and the room that it alone takes."""
    from datetime import datetime  # noqa: PLC0415 - a search does not wait for it

    width = max((len(commit.name) for commit in commits), default=0)
    for commit in commits:
        if commit.problem is not None:
            yield one_line(f"{commit.name:<{width}}  {commit.problem}")
            continue
        made = "–" if commit.time is None else f"{datetime.fromtimestamp(commit.time):%Y-%m-%d %H:%M:%S}"
        room = f"{size_text(commit.size)} (own {size_text(commit.own)})"
        yield f"{commit.name:<{width}}  {made}  {commit.documents:,} documents, {commit.passages:,} passages  {room}"


def repair_lines(report: "RepairReport") -> Iterator[str]:
    """Yield what a repair did, and what it could not save."""
    if report.rebuilt:
        yield f"rebuilt {report.rebuilt} passages from their stored text"
    yield from (one_line(f"lost {loss}") for loss in report.losses)
    if report.lost:
        yield one_line(f"lost {len(report.lost)} documents: {', '.join(report.lost)}")
    if report.folder is not None:
        yield one_line(f"moved to {report.folder}: {', '.join(report.files)}")
    if report.losses or report.lost:
        yield "run 'jooya index' on their sources again"


def token_text(token: "Token", text: str) -> str:
    """Return a token of `text`: its position and offsets, the word as written and as folded, its stem, and why."""
    written = one_line(text[token.start : token.end])
    place = f"{token.start}-{token.end}"
    steps = [written] + ([token.surface] if token.surface != written else []) + [token.stem]
    return f"{token.position:>4}  {place:<9}  {'  →  '.join(steps)}  ({token.why})"
