"""Search the objects of a model of Django through modelsearch, the search layer of Wagtail.

    python django_modelsearch.py BOOKS.csv QUERY YEAR

It needs `pip install "jooya[django]"`. The columns of the file are شناسه, عنوان, متن and تاریخ, as in `data/books.csv`.
In a site of your own, the model is in an application, and `manage.py migrate` makes the tables.
"""

import csv
import sys

import django
from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.db import models


class Library(AppConfig):
    """The application of this file."""

    name, label = __name__, "library"

    def import_models(self) -> None:
        """Say that the models are in this file."""
        super().import_models()
        self.models_module = self.module


settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "modelsearch", f"{__name__}.Library"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MODELSEARCH_BACKENDS={
        "default": {"BACKEND": "jooya.indexer.integrations.modelsearch", "PATH": "search"},
    },
)
django.setup()

from modelsearch import index
from modelsearch.backends import get_search_backend


class Book(index.Indexed, models.Model):
    """A book."""

    key = models.CharField(primary_key=True, max_length=20)
    title = models.CharField(max_length=200)
    text = models.TextField()
    year = models.IntegerField()

    search_fields = [
        index.SearchField("title", boost=2),
        index.AutocompleteField("title"),
        index.SearchField("text"),
        index.FilterField("year"),
    ]

    class Meta:
        """Names the application, since the model is not in a module of it."""

        app_label = "library"


def main(csv_file: str, query: str, year: str) -> None:
    """Save the books, and print those since a year that the query finds."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with open(csv_file, encoding="utf-8", newline="") as rows:  # noqa: PTH123 - a small program
        books = [
            Book(key=row["شناسه"], title=row["عنوان"], text=row["متن"], year=int(row["تاریخ"][:4]))
            for row in csv.DictReader(rows)
        ]
    Book.objects.bulk_create(books)
    call_command("rebuild_modelsearch_index", verbosity=0)  # save() and delete() update the index by themselves
    backend = get_search_backend()
    for book in backend.search(query, Book.objects.filter(year__gte=int(year))):
        print(f"{book.year}  {book.key}  {book.title}")
    years = backend.search(query, Book).facet("year")
    print(", ".join(f"{year}: {count}" for year, count in sorted(years.items())))
    print(", ".join(book.title for book in backend.autocomplete(query[:2], Book)))


if __name__ == "__main__":
    main(*sys.argv[1:])
