"""Search the objects of a model of Django through django-haystack, with Jooya in the place of its Whoosh engine.

    python django_haystack_site.py BOOKS.csv QUERY

It needs `pip install "jooya[django-haystack]"`. The columns of the file are شناسه, عنوان, متن and تاریخ, as in
`data/books.csv`. In a site of your own, the model and its `search_indexes.py` are in an application, and
`manage.py rebuild_index` makes the index.
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
    INSTALLED_APPS=["django.contrib.contenttypes", "haystack", f"{__name__}.Library"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    HAYSTACK_CONNECTIONS={
        "default": {"ENGINE": "jooya.indexer.integrations.django_haystack.JooyaEngine", "PATH": "search"},
    },
)
django.setup()

from haystack import indexes
from haystack.query import SearchQuerySet


class Book(models.Model):
    """A book."""

    key = models.CharField(primary_key=True, max_length=20)
    title = models.CharField(max_length=200)
    text = models.TextField()
    year = models.IntegerField()

    class Meta:
        """Names the application, since the model is not in a module of it."""

        app_label = "library"


class BookIndex(indexes.SearchIndex, indexes.Indexable):
    """The fields that django-haystack indexes of a book."""

    text = indexes.CharField(document=True)
    title = indexes.CharField(model_attr="title")
    year = indexes.IntegerField(model_attr="year", faceted=True)

    def get_model(self) -> type[Book]:
        """Return the model."""
        return Book

    def prepare_text(self, book: Book) -> str:
        """Return the text that is searched."""
        return f"{book.title}\n\n{book.text}"


sys.modules[f"{__name__}.search_indexes"] = sys.modules[__name__]  # where django-haystack looks for indexes


def main(csv_file: str, query: str) -> None:
    """Save and index the books, and print those that the query finds."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with open(csv_file, encoding="utf-8", newline="") as rows:  # noqa: PTH123 - a small program
        books = [
            Book(key=row["شناسه"], title=row["عنوان"], text=row["متن"], year=int(row["تاریخ"][:4]))
            for row in csv.DictReader(rows)
        ]
    Book.objects.bulk_create(books)
    call_command("rebuild_index", interactive=False, verbosity=0)
    for result in SearchQuerySet().auto_query(query).highlight():
        print(f"{result.year}  {result.pk}  {result.title}: {result.highlighted['text'][0]}")
    print(SearchQuerySet().facet("year").facet_counts()["fields"]["year"])


if __name__ == "__main__":
    main(*sys.argv[1:])
