"""A search backend for modelsearch, the search layer of Wagtail: `pip install "jooya[django]"`.

MODELSEARCH_BACKENDS = {"default": {"BACKEND": "jooya.indexer.integrations.modelsearch", "PATH": BASE_DIR / "search"}}
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import BadQuery, BeyondLimit, Index, Limits
from .extras import missing
from .modelsearch_documents import (
    MISSING,
    MODELS,
    autocomplete_paths,
    declaration,
    document_of,
    filter_column,
    label,
    search_paths,
)
from .modelsearch_filters import Conditions, conditions_of
from .modelsearch_queries import Scope, compiled, completed, nothing
from .shared_index import SharedIndex, shared_index

try:
    from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
    from modelsearch.backends.base import (
        BaseIndex,
        BaseSearchBackend,
        BaseSearchQueryCompiler,
        BaseSearchResults,
        FilterFieldError,
        get_model_root,
    )
    from modelsearch.index import class_is_indexed, get_indexed_models
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error

_AT_ONCE = 1_000
"""How many keys a statement of SQL has; for more, the database tells all keys that it has."""

_ALL = 1 << 40
_DEFAULT_LIMITS = Limits(words=10_000, characters=200_000, nesting=50, patterns=1_000, expansions=100_000, depth=_ALL)


class JooyaSearchQueryCompiler(BaseSearchQueryCompiler):
    """A query and its queryset, as Jooya answers them."""

    HANDLES_ORDER_BY_EXPRESSIONS = True

    def text(self) -> str:
        """Return the query in Jooya's language."""
        return compiled(self.query, self._scope())

    def _scope(self) -> Scope:
        model = self.queryset.model
        boosts: dict[str, float] = {}
        for one in get_indexed_models():
            if issubclass(one, model):
                boosts |= search_paths(one)
        fields = None if not self.fields else tuple([(name, boosts.get(name, 1.0)) for name in self.fields])
        boosted = tuple([(path, boost) for path, boost in sorted(boosts.items()) if boost != 1])
        return Scope(label(model._meta.concrete_model), fields, boosted)

    def conditions(self, declared: Iterable[str]) -> Conditions:
        """Return what the index is to answer of the queryset's filters, and that objects are of its model."""
        found = conditions_of(self.queryset, declared)
        return found._replace(where={MODELS: label(self.queryset.model._meta.concrete_model), **found.where})


class JooyaAutocompleteQueryCompiler(JooyaSearchQueryCompiler):
    """A query that is completed while it is typed."""

    DEFAULT_OPERATOR = "and"

    def text(self) -> str:
        """Return the query in Jooya's language."""
        models = [one for one in get_indexed_models() if issubclass(one, self.queryset.model)]
        paths = {path for model in models for path in autocomplete_paths(model)}
        wanted = sorted(paths & set(self.fields)) if self.fields else sorted(paths)
        return completed(self.query, wanted, self._scope())


class JooyaSearchResults(BaseSearchResults):
    """The objects that a query finds: the index ranks them, and the database has them."""

    supports_facet = True

    def _do_search(self) -> Iterator[Any]:
        compiler = self.query_compiler
        if compiler.order_by_relevance:
            ranked = self._ranked(self.stop if self._conditions().is_exact else None)
        else:
            ordered = compiler.queryset if compiler.queryset.ordered else compiler.queryset.order_by("-pk")
            found = dict(self._ranked(None))
            ranked = [(key, found[key]) for key in dict.fromkeys(key for key, *_ in _rows(ordered, list(found)))]
        yield from self._objects(ranked[self.start : self.stop])

    def _do_count(self) -> int:
        conditions = self._conditions()
        if conditions.is_exact and not conditions.is_empty:
            try:
                total = self._index().search(self._text(), 0, collapse=False, **self._options(conditions)).total
            except BeyondLimit:
                raise
            except BadQuery:
                total = 0
        else:
            total = len(self._ranked(None))
        return max(min(total, total if self.stop is None else self.stop) - self.start, 0)

    def facet(self, field_name: str) -> dict[Any, int]:
        """Return how many of all objects found have each value of a filter field, the most frequent first.

        Args:
            field_name: The name of the field. None counts the objects that have no value.

        Raises:
            FilterFieldError: There is no such filter field.
        """
        model = self.query_compiler.queryset.model
        fields = {one.get_attname(model): one for one in model.get_filterable_search_fields()}
        field = fields.get(field_name) or next((one for one in fields.values() if one.field_name == field_name), None)
        if field is None:
            raise FilterFieldError(
                f'Cannot facet search results with field "{field_name}". Please add '
                f"index.FilterField('{field_name}') to {model.__name__}.search_fields.",
                field_name=field_name,
            )
        try:
            field.get_field(model)
        except FieldDoesNotExist:
            counts = self._counted(filter_column(field, model))
        else:
            keys = [key for key, _ in self._ranked(None)]
            counts = Counter(value for _, value in _rows(self.query_compiler.queryset, keys, field_name))
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None)))

    def _counted(self, column: Any) -> Counter[Any]:
        """Return the counts for a filter field that the database does not have, such as a property."""
        counts: Counter[Any] = Counter()
        keys = [key for key, _ in self._ranked(None)]
        index = self._index()
        for start in range(0, len(keys), _AT_ONCE):
            where = {"doc": keys[start : start + _AT_ONCE]}
            everything = "doc:*"
            found = index.search(everything, 0, where=where, facets=[column.name], collapse=False, limits=_DEFAULT_LIMITS)
            counts.update({one.value: one.count for one in found.facets[column.name]})
            lacking = index.search(
                everything, 0, where={**where, MISSING: column.name}, collapse=False, limits=_DEFAULT_LIMITS
            )
            counts[None] += lacking.total
        return +counts

    def _index(self) -> Index:
        return self.backend.get_index_for_model(self.query_compiler.queryset.model).open()

    def _text(self) -> str:
        return self.query_compiler.text()

    def _conditions(self) -> Conditions:
        found: Conditions = self.query_compiler.conditions(self._index().fields)
        return found

    def _options(self, conditions: Conditions) -> dict[str, Any]:
        return {"where": conditions.where, "correct": self.backend.correct, "limits": _DEFAULT_LIMITS}

    def _ranked(self, limit: int | None) -> list[tuple[str, float]]:
        """Return the keys and scores of what is found, best first: all of it, or so many at least."""
        conditions = self._conditions()
        if conditions.is_empty or limit == 0:
            return []
        try:
            ranked = self._index().rank(self._text(), limit or _ALL, **self._options(conditions))
        except BeyondLimit:
            raise
        except BadQuery:
            return []
        if conditions.is_exact:
            return ranked
        known = {key for key, *_ in _rows(self.query_compiler.queryset.order_by(), [key for key, _ in ranked])}
        return [pair for pair in ranked if pair[0] in known]

    def _objects(self, ranked: list[tuple[str, float]]) -> Iterator[Any]:
        """Yield the objects with some keys, in their order, as far as the database has them."""
        queryset = self.query_compiler.queryset.order_by()
        for start in range(0, len(ranked), _AT_ONCE):
            part = ranked[start : start + _AT_ONCE]
            found = {str(one.pk): one for one in queryset.filter(pk__in=[key for key, _ in part])}
            for key, score in part:
                if item := found.get(key):
                    if self._score_field:
                        setattr(item, self._score_field, score)
                    yield item


def _rows(queryset: Any, keys: list[str], *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows of a queryset: the key of an object, of those that have one of some keys, and the values of fields."""
    wanted = set(keys)
    few = queryset.filter(pk__in=keys) if len(keys) <= _AT_ONCE else queryset
    for pk, *values in few.values_list("pk", *names):
        if str(pk) in wanted:
            yield str(pk), *values


class JooyaIndex(BaseIndex):
    """The index of the objects of a model, and of the models that inherit from it: a folder of Jooya's."""

    def __init__(self, backend: "JooyaSearchBackend", root: Any) -> None:
        super().__init__(backend)
        self.root = root
        self.name = label(root).replace(".", "_")

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> SharedIndex:
        """The index as this process has it."""
        return shared_index(self.backend.path / self.name)

    def open(self) -> Index:
        """Return the index with the fields of its models declared.

        Raises:
            IndexUnusable: It is of another version, or its folder holds something else.
        """
        return self.shared.open(declaration(one for one in get_indexed_models() if issubclass(one, self.root)))

    def get_key(self) -> str:
        """Return the name of the index."""
        return self.name

    def add_model(self, model: Any) -> None:
        """Make the index take objects of a model."""
        self.open()

    def reset(self) -> None:
        """Remove all objects."""
        self.remove_all_but(())

    def add_items(self, model: Any, items: Iterable[Any]) -> None:
        """Add objects of a model, or take them in again."""
        if class_is_indexed(model):
            self.open().add([document_of(item) for item in items])

    def add_item(self, obj: Any) -> None:
        """Add an object, or take it in again."""
        self.add_items(type(obj), [obj])

    def delete_item(self, item: Any) -> None:
        """Remove an object, if it is there."""
        if class_is_indexed(type(item)) and (key := str(item.pk)) in (index := self.open()):
            index.remove(key)

    def remove_all_but(self, keys: Iterable[str]) -> None:
        """Remove all objects but those with some keys."""
        index = self.open()
        index.remove(*({stored.key for stored in index.documents()} - set(keys)))


class JooyaIndexRebuilder:
    """Rebuilds an index in its place: searches find its objects meanwhile, and those that are gone go at the end."""

    def __init__(self, index: JooyaIndex) -> None:
        self.index = index
        self._seen: set[str] = set()

    def start(self) -> "JooyaIndexRebuilder":
        """Return the index that takes the objects."""
        self.index.open()
        return self

    def add_model(self, model: Any) -> None:
        """Make the index take objects of a model."""
        self.index.add_model(model)

    def add_items(self, model: Any, items: Iterable[Any]) -> None:
        """Add objects of a model."""
        items = list(items)
        self.index.add_items(model, items)
        self._seen |= {str(item.pk) for item in items}

    def finish(self) -> None:
        """Remove the objects that were not added."""
        self.index.remove_all_but(self._seen)


class JooyaSearchBackend(BaseSearchBackend):
    """A search backend of modelsearch.

    Its settings are `PATH`, a folder in which each model without a parent has an index, and `CORRECT`: False searches
    for words as they were typed, without corrections of those that no object has.
    """

    query_compiler_class = JooyaSearchQueryCompiler
    autocomplete_query_compiler_class = JooyaAutocompleteQueryCompiler
    index_class = JooyaIndex
    results_class = JooyaSearchResults
    rebuilder_class = JooyaIndexRebuilder
    catch_indexing_errors = True

    def __init__(self, params: Mapping[str, Any]) -> None:
        super().__init__(params)
        if not params.get("PATH"):
            raise ImproperlyConfigured("Jooya's search backend needs PATH, the folder of its indexes.")
        self.path = Path(params["PATH"]).absolute()
        self.correct = bool(params.get("CORRECT", True))

    def get_index_for_model(self, model: Any) -> JooyaIndex:
        """Return the index that has the objects of a model."""
        return JooyaIndex(self, get_model_root(model._meta.concrete_model or model))


SearchBackend = JooyaSearchBackend
"""The class that modelsearch looks for in the module that `BACKEND` names."""
