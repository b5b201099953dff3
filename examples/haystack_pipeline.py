"""Write documents to a store of Haystack, and retrieve some by a query and filters in a pipeline.

    python haystack_pipeline.py BOOKS.csv QUERY YEAR

It needs `pip install "jooya[haystack]"`. The columns of the file are عنوان, متن and تاریخ, as in `data/books.csv`.
"""

import csv
import sys

from haystack import Document, Pipeline
from haystack.document_stores.types import DuplicatePolicy

from jooya.indexer.integrations.haystack import JooyaDocumentStore, JooyaRetriever


def main(csv_file: str, query: str, year: str) -> None:
    """Write the books and print those of the year and later that the query finds."""
    store = JooyaDocumentStore("index", fields={"published": "number"})
    with open(csv_file, encoding="utf-8", newline="") as rows:  # noqa: PTH123 - a small program
        documents = [
            Document(
                id=row["شناسه"],
                content=row["متن"],
                meta={"title": row["عنوان"], "published": int(row["تاریخ"][:4])},
            )
            for row in csv.DictReader(rows)
        ]
    store.write_documents(documents, DuplicatePolicy.OVERWRITE)
    pipeline = Pipeline()
    pipeline.add_component("retriever", JooyaRetriever(store, top_k=5))
    filters = {"field": "meta.published", "operator": ">=", "value": int(year)}
    for found in pipeline.run({"retriever": {"query": query, "filters": filters}})["retriever"]["documents"]:
        print(f"{found.meta['published']}  {found.id}  {found.meta['title']}")
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
