"""Queries of modelsearch with their querysets, and their results: the index ranks, and the database has the objects."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from .. import BadArgument, BadQuery, BeyondLimit, Index, Limits
from ..own_fields import MAX_DECLARED
from .extras import missing
from .modelsearch_documents import MODELS, autocomplete_paths, in_database, label, search_paths, words_column
from .modelsearch_filters import Conditions, conditions_of
from .modelsearch_queries import Scope, compiled, completed

try:
    from modelsearch.backends.base import BaseSearchQueryCompiler, BaseSearchResults, FilterFieldError
    from modelsearch.index import get_indexed_models
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error


_AT_ONCE = 1_000
"""How many keys a statement of SQL has; for more, the database tells all keys that it has."""

_ALL = 1 << 40
_LIMITS = Limits(words=10_000, characters=200_000, nesting=50, patterns=1_000, expansions=100_000, depth=_ALL)


class JooyaSearchQueryCompiler(BaseSearchQueryCompiler):
    """A query and its queryset, as Jooya answers them."""

    HANDLES_ORDER_BY_EXPRESSIONS = True

    def text(self, declared: Collection[str]) -> str:
        """Return the query in Jooya's language.

        Args:
            declared: The names of the own fields of the index.

        Raises:
            BadArgument: The query names a search field that has no own field.
        """
        return compiled(self.query, self.scope(declared))

    def scope(self, declared: Collection[str]) -> Scope:
        """Return the fields and the model that the query looks in."""
        model = self.queryset.model
        boosts: dict[str, float] = {}
        for one in get_indexed_models():
            if issubclass(one, model):
                boosts |= search_paths(one)
        fields = None if not self.fields else tuple([(name, boosts.get(name, 1.0)) for name in self.fields])
        for name in self.fields or ():
            if words_column(name) not in declared:
                raise BadArgument(
                    f"the field {name!r} has no place of its own in the index, which has {MAX_DECLARED} fields already",
                    "search in all fields",
                )
        known = [(path, boost) for path, boost in sorted(boosts.items()) if words_column(path) in declared]
        boosted = tuple([(path, boost) for path, boost in known if boost != 1])
        return Scope(label(model._meta.concrete_model), fields, boosted)

    def conditions(self, declared: Collection[str]) -> Conditions:
        """Return what the index is to answer of the queryset's filters, and that objects are of its model."""
        found = conditions_of(self.queryset, declared)
        return found._replace(where={MODELS: label(self.queryset.model._meta.concrete_model), **found.where})


class JooyaAutocompleteQueryCompiler(JooyaSearchQueryCompiler):
    """A query that is completed while it is typed."""

    DEFAULT_OPERATOR = "and"

    def text(self, declared: Collection[str]) -> str:
        """Return the query in Jooya's language, which completes words."""
        models = [one for one in get_indexed_models() if issubclass(one, self.queryset.model)]
        paths = {path for model in models for path in autocomplete_paths(model)}
        wanted = sorted(paths & set(self.fields)) if self.fields else sorted(paths)
        return completed(self.query, wanted, label(self.queryset.model._meta.concrete_model))


class JooyaSearchResults(BaseSearchResults):
    """The objects that a query finds: the index ranks them, and the database has them."""

    supports_facet = True

    def _do_search(self) -> Iterator[Any]:
        compiler = self.query_compiler
        if compiler.order_by_relevance:
            ranked = self._ranked(self.stop)
        else:
            ordered = compiler.queryset if compiler.queryset.ordered else compiler.queryset.order_by("-pk")
            found = dict(self._ranked(None))
            ranked = [(key, found[key]) for key in dict.fromkeys(key for key, *_ in _rows(ordered, list(found)))]
        yield from self._objects(ranked[self.start : self.stop])

    def _do_count(self) -> int:
        conditions = self._conditions()
        total = self._total(conditions) if conditions.is_exact else len(self._ranked(None))
        last: int = total if self.stop is None else min(total, self.stop)
        return max(last - int(self.start), 0)

    def _total(self, conditions: Conditions) -> int:
        if conditions.is_empty:
            return 0
        try:
            return self._index().search(self._text(), 0, collapse=False, **self._options(conditions)).total
        except BeyondLimit:
            raise
        except BadQuery:
            return 0

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
        ranked = self._ranked(None)
        counts: Counter[Any] = Counter()
        if in_database(field, model):
            keys = [key for key, _ in ranked]
            counts.update(value for _, value in _rows(self.query_compiler.queryset, keys, field_name))
        else:
            for item in self._objects(ranked):
                value = field.get_value(item)
                counts.update(value if isinstance(value, list | tuple | set) else [value])
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None)))

    def _index(self) -> Index:
        index: Index = self.backend.get_index_for_model(self.query_compiler.queryset.model).open()
        return index

    def _text(self) -> str:
        text: str = self.query_compiler.text(self._index().fields)
        return text

    def _conditions(self) -> Conditions:
        found: Conditions = self.query_compiler.conditions(self._index().fields)
        return found

    def _options(self, conditions: Conditions) -> dict[str, Any]:
        return {"where": conditions.where, "correct": self.backend.correct, "limits": _LIMITS}

    def _ranked(self, limit: int | None) -> list[tuple[str, float]]:
        """Return the keys and scores of what is found, best first: all of it, or so many at least as there are."""
        conditions = self._conditions()
        if conditions.is_empty or limit == 0:
            return []
        most = limit if limit and conditions.is_exact else _ALL
        try:
            ranked = self._index().rank(self._text(), most, **self._options(conditions))
        except BeyondLimit:
            raise
        except BadQuery:
            return []
        return ranked if conditions.is_exact else self._known(ranked, limit)

    def _known(self, ranked: list[tuple[str, float]], limit: int | None) -> list[tuple[str, float]]:
        """Return those keys that the queryset has: all of them, or so many at least as there are."""
        queryset = self.query_compiler.queryset.order_by()
        known: list[tuple[str, float]] = []
        start, size = 0, len(ranked) if limit is None else _AT_ONCE
        while start < len(ranked) and (limit is None or len(known) < limit):
            part = ranked[start : start + size]
            there = {key for key, *_ in _rows(queryset, [key for key, _ in part])}
            known += [pair for pair in part if pair[0] in there]
            start, size = start + size, len(ranked)
        return known

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
