"""Results as they show themselves: as a line in a console, and as right-to-left HTML in a notebook."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import Hit, Results
    from .stored_documents import StoredDocument

_SHOWN = 60  # characters of a text in a line

_MORE = "color:gray;font-size:smaller"


def hit_repr(hit: "Hit") -> str:
    """Return a line that names a hit."""
    return f"<Hit {hit.rank} {hit.id!r} {hit.score:.2f}: {_shortened(hit.text)!r}>"


def results_repr(results: "Results") -> str:
    """Return a line that tells how much was found."""
    return f"<Results of {_shortened(results.query)!r}: {len(results.hits)} of {results.total:,}>"


def document_repr(document: "StoredDocument") -> str:
    """Return a line that names a document."""
    title = f" {_shortened(document.title)!r}" if document.title else ""
    return f"<StoredDocument {document.key!r}{title}: {document.size:,} passages>"


def hit_html(hit: "Hit") -> str:
    """Return a hit as HTML, from right to left."""
    return f'<div dir="rtl" style="text-align:right">{_item(hit)}</div>'


def results_html(results: "Results") -> str:
    """Return the answer to a query as HTML, from right to left."""
    items = "".join(f'<li value="{hit.rank}">{_item(hit)}</li>' for hit in results.hits)
    notes = "".join(f"<p dir='ltr'>{escape(note)}</p>" for note in results.notes)
    head = (
        f"<p><b>{_isolated(results.query)}</b> <bdi style='{_MORE}'>{len(results.hits)} of {results.total:,}</bdi></p>"
    )
    return f'<div dir="rtl" style="text-align:right">{head}{notes}<ol>{items}</ol></div>'


def document_html(document: "StoredDocument") -> str:
    """Return a document as HTML, from right to left: its title and its passages."""
    head = (
        f"<p><b>{_isolated(document.title or document.key)}</b> <bdi style='{_MORE}'>{escape(document.key)}</bdi></p>"
    )
    text = "".join(f"<p>{_lines(escape(passage.text))}</p>" for passage in document.passages)
    return f'<div dir="rtl" style="text-align:right">{head}{text}</div>'


def _item(hit: "Hit") -> str:
    date = f" · {_isolated(hit.date.jalali)}" if hit.date else ""
    place = " · ".join(
        _isolated(part)
        for part in (hit.id, hit.heading, hit.speaker, f"p. {hit.page}" if hit.page else None, hit.time)
        if part
    )
    return (
        f"<b>{_isolated(hit.title or hit.document)}</b>{date}"
        f"<br>{_lines(hit.highlighted(part='snippet'))}"
        f"<br><span style='{_MORE}'>{place}</span>"
    )


def _isolated(text: str) -> str:
    """Return text as HTML whose direction does not affect what is around it."""
    return f"<bdi>{escape(text)}</bdi>"


def _lines(html: str) -> str:
    """Return HTML with the line breaks of the text in it."""
    return "<br>".join(html.split("\n"))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
