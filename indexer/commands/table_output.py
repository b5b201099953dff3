"""Results as tables and pages for other programs: CSV, Markdown and HTML."""

import io
import re
from collections.abc import Iterator
from html import escape

from .. import Hit, Results
from ..result_dicts import ROW, hit_row

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])|^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)

_PAGE = """<!doctype html>
<html lang="fa" dir="rtl">
<meta charset="utf-8">
<title>{query}</title>
<style>body{{max-width:45em;margin:2em auto;padding:0 1em;line-height:1.8}}article{{margin:1.5em 0}}\
h2{{font-size:1em;margin:0}}p{{margin:.3em 0;white-space:pre-line}}small{{color:#666}}</style>
<h1><bdi>{query}</bdi></h1>
"""


def results_csv(results: Results) -> Iterator[str]:
    """Yield the rows of a table of hits as CSV, the names of the columns first; texts keep their line breaks."""
    import csv  # noqa: PLC0415 - only who wants a table waits for it

    rows = [ROW, *(hit_row(hit).values() for hit in results)]
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue().removesuffix("\n")


def results_markdown(results: Results) -> Iterator[str]:
    """Yield the lines of a Markdown list of hits, with the words found in bold."""
    for hit in results:
        title = _escaped(_line(hit.title or hit.document))
        yield f"{hit.rank}. **{title}**{f' · {hit.date.jalali}' if hit.date else ''}  "
        yield f"   {_escaped(_line(' · '.join(_place(hit))))}"
        yield ""
        text = _bold(
            hit.highlighted("\x02", "\x03", lambda piece: piece.replace("\x02", "").replace("\x03", ""), part="snippet")
        )
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        yield from (f"   {line}{'' if line is lines[-1] else '  '}" for line in lines)
        yield ""


def results_html(results: Results) -> Iterator[str]:
    """Yield the lines of a page of HTML that needs nothing else, from right to left, with the words found marked."""
    yield _PAGE.format(query=escape(results.query))
    for hit in results:
        date = f" · <bdi>{escape(hit.date.jalali)}</bdi>" if hit.date else ""
        yield f'<article id="{escape(hit.id)}">'
        yield f"<h2><bdi>{escape(hit.title or hit.document)}</bdi>{date}</h2>"
        yield f"<p>{hit.highlighted(part='snippet')}</p>"
        yield f"<small>{' · '.join(f'<bdi>{escape(part)}</bdi>' for part in _place(hit))}</small>"
        yield "</article>"
    yield "</html>"


def _place(hit: Hit) -> list[str]:
    """Return where a hit stands."""
    parts = [hit.id, hit.heading, hit.speaker, f"page {hit.page}" if hit.page else None, hit.time]
    return [part for part in parts if part]


def _bold(text: str) -> str:
    """Return a text as Markdown, with the parts between its marks in bold."""
    return "".join(
        f"**{_escaped(piece)}**" if place % 2 and piece else _escaped(piece)
        for place, piece in enumerate(re.split("[\x02\x03]", text))
    )


def _escaped(text: str) -> str:
    """Return a text in which Markdown reads no markup."""
    return _MARKDOWN.sub(
        lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}{found[3][:-1]}\\{found[3][-1]}", text
    )


def _line(text: str) -> str:
    return " ".join(text.split())
