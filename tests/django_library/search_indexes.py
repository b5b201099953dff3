"""The search indexes of django-haystack for the models of the app."""

from typing import Any

from haystack import indexes

from .models import Author, Book


class BookIndex(indexes.SearchIndex, indexes.Indexable):
    text = indexes.CharField(document=True)
    title = indexes.CharField(model_attr="title")
    title_auto = indexes.EdgeNgramField(model_attr="title")
    author = indexes.CharField(model_attr="author__name", null=True, faceted=True)
    language = indexes.CharField(model_attr="language", faceted=True)
    pages = indexes.IntegerField(model_attr="pages", null=True)
    published = indexes.DateField(model_attr="published", null=True)
    is_lent = indexes.BooleanField(model_attr="is_lent")
    subjects = indexes.MultiValueField(faceted=True)

    def get_model(self) -> type[Book]:
        return Book

    def prepare_text(self, book: Any) -> str:
        return f"{book.title}\n\n{book.body}"

    def prepare_subjects(self, book: Any) -> list[str]:
        return [subject.name for subject in book.subjects.all()]


class AuthorIndex(indexes.SearchIndex, indexes.Indexable):
    text = indexes.CharField(document=True, model_attr="name")

    def get_model(self) -> type[Author]:
        return Author
