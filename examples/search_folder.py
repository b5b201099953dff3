"""Index a folder and search it.

    python search_folder.py FOLDER QUERY

The index is kept in the folder `index`. The second run reads only files that have changed.
"""

import sys

from jooya import Index


def main(folder: str, query: str) -> None:
    """Index a folder and print the best passages for a query."""
    with Index.open_or_create("index") as index:
        report = index.add(folder)
        print(f"{report.new} new, {report.updated} updated, {report.unchanged} unchanged documents")
        for reason in report.skipped:
            print(f"skipped {reason}", file=sys.stderr)
        results = index.search(query, limit=3)
        print(f"{results.total} passages")
        for hit in results:
            start, end = hit.snippet
            print(f"{hit.rank}. {hit.title or hit.document} ({hit.id})")
            print(f"   {' '.join(hit.text[start:end].split())}")


if __name__ == "__main__":
    main(*sys.argv[1:])
