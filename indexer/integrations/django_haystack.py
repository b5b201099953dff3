"""A search engine for django-haystack, in the place of its Whoosh engine: `pip install "jooya[django-haystack]"`.

HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "jooya.indexer.integrations.django_haystack.JooyaEngine", "PATH": BASE_DIR / "search"}
}
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from whoosh.analysis import CommaSeparatedTokenizer, IDTokenizer
from whoosh.fields import KEYWORD, NGRAMWORDS, TEXT, Schema
from whoosh.highlight import ContextFragmenter, highlight
from whoosh.qparser import FuzzyTermPlugin, QueryParser

from ...analyzers import identity
from .. import IndexUnusable
from ..whoosh.column_index import ColumnIndex
from .bilingual_analysis import BilingualAnalyzer, PersianLettersFilter, SurfaceTokenizer, with_half_spaces
from .extras import missing

try:
    from django.utils.encoding import force_str
    from haystack.backends import BaseEngine
    from haystack.backends.whoosh_backend import WhooshHtmlFormatter, WhooshSearchBackend, WhooshSearchQuery
    from haystack.fields import FacetField
    from haystack.inputs import AutoQuery
except ModuleNotFoundError as error:
    raise missing("django-haystack", "django-haystack", error) from error

_HIGHLIGHTED = "em"


class JooyaSearchBackend(WhooshSearchBackend):
    """The backend of django-haystack's Whoosh engine over an index of Jooya.

    Its settings are those of the Whoosh engine. With `STORAGE = "ram"` the index is in a temporary folder that lasts
    as long as the process.
    """

    def setup(self) -> None:
        """Open the index in the folder that `PATH` names, or create it.

        Raises:
            IndexUnusable: The folder holds something else, or an index of another analysis.
        """
        from haystack import connections  # noqa: PLC0415 - the registry of django-haystack is ready by now

        fields = connections[self.connection_alias].get_unified_index().all_searchfields()
        self.content_field_name, self.schema = self.build_schema(fields)
        self.parser = QueryParser(self.content_field_name, schema=self.schema)
        self.parser.add_plugins([FuzzyTermPlugin])
        folder = self._folder()
        if not folder.exists() or not any(folder.iterdir()):
            self.index = ColumnIndex.create(folder, self.schema, analysis=identity())
        else:
            self.index = ColumnIndex(folder, self.schema)
            if (found := _analysis_of(self.index)) != identity():
                raise IndexUnusable(
                    f"{folder} was built with analysis {found}, this is {identity()}",
                    "run manage.py rebuild_index",
                    path=folder,
                    reason="analysis",
                )
        self.setup_complete = True

    def build_schema(self, fields: Any) -> tuple[str, Schema]:
        """Return the name of the field with the text, and Whoosh's schema for the fields of search indexes.

        Fields that name an analyzer of their own keep it.
        """
        content, schema = super().build_schema(fields)
        for field in fields.values():
            kind = schema[field.index_fieldname]
            if isinstance(kind, NGRAMWORDS):
                schema_kind = NGRAMWORDS(
                    2, 15, stored=kind.stored, field_boost=field.boost, tokenizer=SurfaceTokenizer(), at="start"
                )
                schema.remove(field.index_fieldname)
                schema.add(field.index_fieldname, schema_kind)
            elif isinstance(kind, KEYWORD):
                kind.analyzer = CommaSeparatedTokenizer() | PersianLettersFilter()
            elif isinstance(kind, TEXT) and not field.analyzer:
                # A facet has whole values, which are counted, and found by the query that a count leads to.
                is_facet = isinstance(field, FacetField)
                kind.analyzer = IDTokenizer() | PersianLettersFilter() if is_facet else BilingualAnalyzer()
        return content, schema

    def clear(self, models: Any = None, commit: bool = True) -> None:
        """Remove all objects of some models; or all, and with them an index of another analysis."""
        if models is None and not self.setup_complete:
            self.delete_index()
        else:
            super().clear(models, commit)

    def delete_index(self) -> None:
        """Remove the index, and make an empty one.

        Raises:
            IndexUnusable: The folder holds something else, which stays.
        """
        folder = self._folder()
        if folder.exists() and any(folder.iterdir()):
            _analysis_of(ColumnIndex(folder, self.schema if self.setup_complete else Schema()))
            shutil.rmtree(folder)
        self.setup()

    def search(self, query_string: str, **options: Any) -> Any:
        """Return what a query finds, with a suggestion for its spelling also where it finds nothing."""
        found = super().search(query_string, **options)
        if self.include_spelling and not found["hits"] and len(query_string) > 1:
            wanted = options.get("spelling_query") or query_string
            found["spelling_suggestion"] = self.create_spelling_suggestion(force_str(wanted))
        return found

    def create_spelling_suggestion(self, query_string: str) -> str | None:
        """Return a query with the likeliest spellings of those of its words that the index does not have."""
        if not query_string:
            return None
        cleaned = force_str(query_string)
        for mark in self.RESERVED_CHARACTERS:
            cleaned = cleaned.replace(mark, " ")
        words = [word for word in cleaned.split() if word not in self.RESERVED_WORDS]
        reader = self.index.reader()
        corrector = reader.corrector(self.content_field_name)
        spelled = reader.schema[self.content_field_name].spelling_fieldname(self.content_field_name)
        found = []
        for word in words:
            surface = "".join(token.text for token in SurfaceTokenizer()(word))
            is_known = (spelled, surface) in reader
            found.append(word if is_known else next(iter(corrector.suggest(surface, limit=1)), word))
        return " ".join(found)

    def _process_results(self, raw_page: Any, highlight: bool = False, query_string: str = "", **options: Any) -> Any:
        """Return the results of a page, with the found words marked in the text as it was written."""
        found = super()._process_results(raw_page, highlight=False, query_string=query_string, **options)
        if highlight:
            terms = self._terms(query_string)
            for result in found["results"]:
                text = getattr(result, self.content_field_name)
                result.highlighted = {self.content_field_name: [_marked(text, terms)]}
                result._additional_fields.append("highlighted")
        return found

    def _terms(self, query_string: str) -> frozenset[str]:
        """Return the terms of the text that a query finds, those that patterns stand for included."""
        reader = self.index.reader()
        terms = self.parser.parse(query_string).existing_terms(reader, phrases=True, expand=True)
        name = self.content_field_name
        return frozenset(self.schema[name].from_bytes(term) for field, term in terms if field == name)

    def _folder(self) -> Path:
        return (
            Path(self.path).absolute() if self.use_file_storage else Path(_temporary_folder(self.connection_alias).name)
        )


def _marked(text: str, terms: frozenset[str]) -> str:
    marked: str = highlight(text, terms, BilingualAnalyzer(), ContextFragmenter(), WhooshHtmlFormatter(_HIGHLIGHTED))
    return marked


@cache
def _temporary_folder(alias: str) -> "tempfile.TemporaryDirectory[str]":
    """Return the folder for the index of a connection that has none, for as long as the process lasts."""
    return tempfile.TemporaryDirectory(prefix=f"jooya-{alias}-")


def _analysis_of(index: ColumnIndex) -> str:
    """Return the analysis that built an index.

    Raises:
        IndexUnusable: There is no index in the folder.
    """
    try:
        return index.analysis
    except FileNotFoundError:
        raise IndexUnusable(
            f"{index.path} is not an index of Jooya",
            "name another folder as PATH",
            path=index.path,
            reason="not an index",
        ) from None


class JooyaSearchQuery(WhooshSearchQuery):
    """The queries of django-haystack's Whoosh engine, in which a word that a space has torn stays one word."""

    def clean(self, query_fragment: str) -> str:
        """Return what a user typed without marks of the query language."""
        cleaned: str = super().clean(with_half_spaces(query_fragment))
        return cleaned

    def build_query_fragment(self, field: str, filter_type: str, value: Any) -> str:
        """Return the query for a filter."""
        if isinstance(value, AutoQuery):
            value = AutoQuery(with_half_spaces(value.query_string), **value.kwargs)
        fragment: str = super().build_query_fragment(field, filter_type, value)
        return fragment


class JooyaEngine(BaseEngine):
    """Jooya as a search engine of django-haystack."""

    backend = JooyaSearchBackend
    query = JooyaSearchQuery
