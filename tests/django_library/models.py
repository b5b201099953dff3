"""The models of the app: books and their authors, searched through modelsearch if it is installed."""

import importlib.util
from typing import Any

from django.db import models


class NotIndexed:
    """The base of the models where modelsearch is not installed."""


index: Any = None
Indexed: Any = NotIndexed
Books: Any = models.Manager

if importlib.util.find_spec("modelsearch"):
    from modelsearch import index  # type: ignore[no-redef]
    from modelsearch.queryset import SearchableQuerySetMixin

    class BookQuerySet(SearchableQuerySetMixin, models.QuerySet):
        """Querysets with `search` and `autocomplete`."""

    Indexed, Books = index.Indexed, BookQuerySet.as_manager


class Subject(models.Model):
    name = models.CharField(max_length=50)


class Author(Indexed, models.Model):
    name = models.CharField(max_length=100)
    born = models.DateField(null=True)

    search_fields = index and [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("name"),
        index.FilterField("born"),
    ]


class Book(Indexed, models.Model):
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    author = models.ForeignKey(Author, null=True, on_delete=models.CASCADE, related_name="books")
    pages = models.IntegerField(null=True)
    weight = models.FloatField(null=True)
    price = models.DecimalField(null=True, max_digits=8, decimal_places=2)
    published = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)
    is_lent = models.BooleanField(default=False)
    language = models.CharField(max_length=20, default="فارسی")
    before = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    subjects = models.ManyToManyField(Subject)

    objects = Books()

    search_fields = index and [
        index.SearchField("title", boost=3),
        index.AutocompleteField("title"),
        index.SearchField("body"),
        index.RelatedFields("author", [index.SearchField("name"), index.FilterField("name")]),
        index.RelatedFields("subjects", [index.SearchField("name")]),
        index.RelatedFields("before", [index.FilterField("pages")]),
        *[
            index.FilterField(name)
            for name in (
                *("title", "author", "pages", "weight", "price", "published", "read_at", "is_lent", "language"),
                *("before", "subjects", "size"),
            )
        ],
    ]

    @property
    def size(self) -> str | None:
        """A word for the number of pages, which the database does not have."""
        return None if self.pages is None else "کوتاه" if self.pages < 100 else "بلند"


class Novel(Book):
    setting = models.CharField(max_length=100)

    search_fields = index and [
        *Book.search_fields,
        index.SearchField("setting"),
        index.AutocompleteField("setting"),
        index.FilterField("setting"),
    ]
