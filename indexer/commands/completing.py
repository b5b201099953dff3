"""Completions for shells: keys, ids, collections and fields of the index. No error is shown while a shell completes."""

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING

import click

from .. import JooyaError, Searcher
from ..any_index import open as open_index
from ..options import FACETS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_MOST = 200  # completions

_FIELDS = ("title:", "heading:", "speaker:", "doc:", "collection:", "date:")

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _of_index(find: Callable[[Searcher, str], Iterator[str]]) -> Completer:
    """Return the completer whose completions a function finds in the index."""

    @wraps(find)
    def complete(context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only shells wait for it

        try:
            with open_index(context.params.get("folder") or "index") as opened:
                return [CompletionItem(found) for found in islice(find(opened, typed), _MOST)]
        except (JooyaError, OSError):
            return []

    return complete


@_of_index
def keys(index: Searcher, typed: str) -> Iterator[str]:
    """Yield the keys of documents."""
    return (document.key for document in index.documents(prefix=typed))


@_of_index
def keys_and_ids(index: Searcher, typed: str) -> Iterator[str]:
    """Yield the keys of documents, and after a # the ids of passages."""
    key, mark, _ = typed.rpartition("#")
    document = index.get(key) if mark else None
    if document is None:
        return (other.key for other in index.documents(prefix=typed))
    return (passage.id for passage in document.passages if passage.id.startswith(typed))


@_of_index
def collections(index: Searcher, typed: str) -> Iterator[str]:
    """Yield the names of collections."""
    return (name for name in index.collections() if name.startswith(typed))


@_of_index
def query_words(index: Searcher, typed: str) -> Iterator[str]:
    """Yield fields, collections after `collection:` and keys after `doc:`."""
    field, colon, value = typed.partition(":")
    if not colon:
        names = (*_FIELDS, *[f"{name}:" for name in index.fields])
        return (name for name in names if typed and name.startswith(typed))
    if field == "collection":
        return (f"collection:{name}" for name in index.collections() if name.startswith(value))
    if field == "doc":
        return (f"doc:{document.key}" for document in index.documents(prefix=value))
    return iter(())


@_of_index
def facets(index: Searcher, typed: str) -> Iterator[str]:
    """Yield the names of what hits can be counted by."""
    return (name for name in (*FACETS, *index.fields) if name.startswith(typed))
