"""Index the records of a CSV file with Persian column names, and search those of some years.

    python csv_records.py CSV QUERY

The program knows the names of the columns; change COLUMNS for other files.
"""

import sys

from jooya import Index, ReadOptions

COLUMNS = (("id", "شناسه"), ("title", "عنوان"), ("text", "متن"), ("date", "تاریخ"))


def main(csv_file: str, query: str) -> None:
    """Index the records and print those that the query finds, newest first."""
    with Index.open_or_create("index") as index:
        # Each record is one passage, so hits are records.
        index.add(csv_file, options=ReadOptions(whole=True, fields=COLUMNS, collection="books"))
        for hit in index.search(query, within="collection:books date:1395..1400", sort="date"):
            published = hit.date.jalali if hit.date else "undated"
            print(f"{published}  {hit.document}  {hit.title}")


if __name__ == "__main__":
    main(*sys.argv[1:])
