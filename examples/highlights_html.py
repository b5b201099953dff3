"""Print hits as a page of HTML, with the words that the query found in <mark> elements.

    python highlights_html.py FOLDER QUERY > hits.html

`Hit.highlighted` escapes each piece of the text by itself.
"""

import sys
from html import escape

from jooya import Index


def main(folder: str, query: str) -> None:
    """Index a folder and print the hits of a query as a page of HTML."""
    with Index.open_or_create("index") as index:
        index.add(folder)
        print('<!doctype html>\n<html lang="fa" dir="rtl">\n<meta charset="utf-8">')
        print(f"<title>{escape(query)}</title>")
        for hit in index.search(query):
            print(f'<article id="{escape(hit.id)}">')
            print(f"  <h2>{escape(hit.title or hit.document)}</h2>")
            print(f"  <p>{hit.highlighted(part='snippet')}</p>")
            print("</article>")


if __name__ == "__main__":
    main(*sys.argv[1:])
