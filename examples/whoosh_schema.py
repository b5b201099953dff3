"""A Whoosh schema of your own over Jooya's index: recipes with a name, ingredients and a price.

    python whoosh_schema.py QUERY

Whoosh's parser reads the query, so its language is Whoosh's. The Persian analyzer works in any TEXT field.
"""

import sys
from pathlib import Path

from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.qparser import MultifieldParser

from jooya.analyzers import PersianAnalyzer
from jooya.indexer.whoosh.column_index import ColumnIndex

SCHEMA = Schema(
    key=ID(stored=True, unique=True),
    name=TEXT(analyzer=PersianAnalyzer(), stored=True),
    ingredients=TEXT(analyzer=PersianAnalyzer(), stored=True),
    price=NUMERIC(stored=True),
)

RECIPES = [
    {"key": "1", "name": "قورمه‌سبزی", "ingredients": "سبزی‌های خورشتی، لوبیا، گوشت، لیموهای خشک", "price": 320},
    {"key": "2", "name": "کوکوی سبزی", "ingredients": "سبزی کوکو، تخم‌مرغ، گردو", "price": 140},
    {"key": "3", "name": "عدس‌پلو", "ingredients": "برنج، عدس، کشمش، گوشت", "price": 210},
]


def main(query: str) -> None:
    """Index the recipes and print those that the query finds."""
    folder = Path("recipes")
    index = ColumnIndex(folder, SCHEMA) if folder.exists() else ColumnIndex.create(folder, SCHEMA)
    with index.writer() as writer:
        for recipe in RECIPES:
            writer.update_document(**recipe)
    with index.searcher() as searcher:
        for hit in searcher.search(MultifieldParser(["name", "ingredients"], SCHEMA).parse(query)):
            print(f"{hit['name']}: {hit['price']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
