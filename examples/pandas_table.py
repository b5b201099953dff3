"""Index the rows of a DataFrame of pandas, and answer several queries in another.

    python pandas_table.py BOOKS.csv QUERY…

It needs pandas. `pl.read_csv` of polars and `load_dataset` of `datasets` give tables that do as well.
"""

import sys

import pandas

from jooya import Index
from jooya.indexer.integrations.tables import add_table, results_table

COLUMNS = {"عنوان": "title", "تاریخ": "date"}


def main(csv_file: str, *queries: str) -> None:
    """Index the rows, and print a row for each hit."""
    with Index.open_or_create("index") as index:
        books = pandas.read_csv(csv_file)
        report = add_table(index, books, text="متن", key="شناسه", columns=COLUMNS, whole=True)
        print(f"{report.new} new, {report.unchanged} unchanged documents")
        answers = results_table(index.search_many(queries))
        print(answers[["query", "rank", "id", "jalali"]].to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
