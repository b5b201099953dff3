"""Print hits as a page of HTML, with the words that the query found in <mark> elements.

    python highlights_html.py FOLDER QUERY > hits.html

Highlights are spans of the text as it was written, so each piece is escaped by itself.
"""

import sys
from collections.abc import Iterator
from html import escape

from jooya import Hit, Index


def marked(hit: Hit) -> Iterator[str]:
    """Yield the HTML of a hit's snippet."""
    done, end = hit.snippet
    for start, stop in hit.highlights:
        if done <= start and stop <= end:
            yield f"{escape(hit.text[done:start])}<mark>{escape(hit.text[start:stop])}</mark>"
            done = stop
    yield escape(hit.text[done:end])


def main(folder: str, query: str) -> None:
    """Index a folder and print the hits of a query as a page of HTML."""
    with Index.open_or_create("index") as index:
        index.add(folder)
        print('<!doctype html>\n<html lang="fa" dir="rtl">\n<meta charset="utf-8">')
        print(f"<title>{escape(query)}</title>")
        for hit in index.search(query):
            print(f'<article id="{escape(hit.id)}">')
            print(f"  <h2>{escape(hit.title or hit.document)}</h2>")
            print(f"  <p>{''.join(marked(hit))}</p>")
            print("</article>")


if __name__ == "__main__":
    main(*sys.argv[1:])
