"""Queries of modelsearch in Jooya's query language."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from .extras import missing
from .modelsearch_documents import MODELS, STARTS, words_column
from .query_text import literal_phrase, literal_words

try:
    from modelsearch.query import And, Boost, Fuzzy, MatchAll, Not, Or, Phrase, PlainText
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error

_LEAST_BOOST, _MOST_BOOST = 0.000001, 1000.0


class Scope(NamedTuple):
    """The fields and the model that a query looks in.

    Attributes:
        model: The label of the model whose objects are found.
        fields: The search fields that are searched, with their boosts; None for all of them.
        boosted: The search fields whose boost is not 1, with it; their words count again, by the boost.
    """

    model: str
    fields: tuple[tuple[str, float], ...] | None
    boosted: tuple[tuple[str, float], ...]


def compiled(query: Any, scope: Scope) -> str:
    """Return a query as one part of a query of Jooya.

    Raises:
        NotImplementedError: There is no such query in modelsearch.
    """
    match query:
        case MatchAll():
            return everything(scope)
        case PlainText():
            return _plain(query.query_string, query.operator == "and", scope, query.boost)
        case Phrase():
            phrase = literal_phrase(query.query_string)
            return _somewhere(f"({phrase})", phrase, scope) if phrase else nothing(scope)
        case Fuzzy():
            return _fuzzy(query.query_string, query.operator == "and", scope)
        case Boost():
            return f"({compiled(query.subquery, scope)}){_boost(query.boost)}"
        case Not():
            return f"(-{compiled(query.subquery, scope)})"
        case And():
            parts = [_signed(inner, scope) for inner in _flat(query, And)]
            return f"({' '.join(parts)})" if parts else everything(scope)
        case Or():
            parts = [compiled(inner, scope) for inner in _flat(query, Or)]
            return f"({' OR '.join(parts)})" if parts else nothing(scope)
        case _:
            raise NotImplementedError(f"`{type(query).__name__}` is not supported by the Jooya search backend.")


def everything(scope: Scope) -> str:
    """Return the query that finds all objects."""
    return f'{MODELS}:"{scope.model}"'


def nothing(scope: Scope) -> str:
    """Return the query that finds no object."""
    return f"(-{everything(scope)})"


def completed(query: Any, paths: Collection[str], model: str) -> str:
    """Return the query for objects with words that begin as the words of a query of modelsearch do.

    Args:
        query: The query, which is plain text or all.
        paths: The autocomplete fields that are searched.
        model: The label of the model whose objects are found.

    Raises:
        NotImplementedError: The query is of another kind.
    """
    scope = Scope(model, None, ())
    if isinstance(query, MatchAll):
        return everything(scope)
    if not isinstance(query, PlainText):
        raise NotImplementedError(f"`{type(query).__name__}` is not supported for autocomplete queries.")
    words = [word for word in map(_beginning, query.query_string.split()) if word]
    if not words or not paths:
        return nothing(scope)
    parts = [_any(_starts(word, paths)) for word in words]
    # What is typed may go on across spaces: آب انب is completed to آب‌انبار, too.
    joined = _any(_starts(" ".join(words), paths))
    if query.operator == "or":
        return _any([joined, *parts])
    return _any([joined, f"({' '.join(f'+{part}' for part in parts)})"])


def _beginning(word: str) -> str:
    return "".join(char for char in word if char not in '"«»“”„*٭')


def _starts(text: str, paths: Iterable[str]) -> list[str]:
    return [f'{STARTS}:"{path}={text}*"' for path in paths]


def _any(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _plain(text: str, is_all: bool, scope: Scope, boost: float) -> str:
    words = literal_words(text)
    if not words:
        return nothing(scope)
    plain = " ".join(words)
    if not is_all:
        return _somewhere(f"({plain})", plain, scope) + _boost(boost)
    every = " ".join(f"+{word}" for word in words)
    if scope.fields is not None:
        return _somewhere("", every, scope) + _boost(boost)
    more = f" {_somewhere(f'({plain})', plain, scope)}" if scope.boosted else ""
    return f"({every}{more}){_boost(boost)}"


def _fuzzy(text: str, is_all: bool, scope: Scope) -> str:
    words = [f"{word}{_edits(word)}" for word in literal_words(text)]
    if not words:
        return nothing(scope)
    inner = " ".join(f"+{word}" for word in words) if is_all else " OR ".join(words)
    return _somewhere(f"({inner})", inner, scope)


def _edits(word: str) -> str:
    """Return the mark for the edits that a word may have: none up to 2 letters, 1 up to 5, 2 beyond."""
    if " " in word or not word.replace("\u200c", "").isalpha():
        return ""
    return "" if len(word) < 3 else "~1" if len(word) < 6 else "~2"


def _somewhere(in_text: str, inner: str, scope: Scope) -> str:
    """Return the query for what is in the text, or in the fields of a scope, each weighed by its boost."""
    weighed = scope.boosted if scope.fields is None else scope.fields
    fields = [f"{words_column(path)}:({inner}){_boost(boost)}" for path, boost in weighed]
    if scope.fields is None:
        return _any([in_text, *fields])
    return _any(fields) if fields else nothing(scope)


def _signed(query: Any, scope: Scope) -> str:
    if isinstance(query, Not):
        return f"-{compiled(query.subquery, scope)}"
    return f"+{compiled(query, scope)}"


def _flat(query: Any, kind: Any) -> list[Any]:
    """Return the parts of a combination, with those of the same combinations in it."""
    found: list[Any] = []
    waiting = list(reversed(query.subqueries))
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, kind):
            waiting += reversed(inner.subqueries)
        else:
            found.append(inner)
    return found


def _boost(factor: float) -> str:
    if factor == 1:
        return ""
    return f"^{min(max(float(factor), _LEAST_BOOST), _MOST_BOOST):.6f}".rstrip("0").rstrip(".")
