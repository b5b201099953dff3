"""The arguments of `Index.add`: paths and documents, and iterables of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any

from ..arguments import bad, check_path
from ..document import Document

_LISTS = (list, tuple, set, frozenset)


def divided(items: Sequence[Any]) -> tuple[list[str | Path], Iterable[Document], bool]:
    """Return the paths among some items, the documents, and True if there may be documents.

    Lists are looked into. Any other iterable, such as a generator, is taken for one of documents, which are read from
    it as they are indexed.

    Raises:
        BadArgument: An item, or one in a list, is none of these.
    """
    paths: list[str | Path] = []
    documents: list[Iterable[Document]] = []
    for item in items:
        if isinstance(item, Document):
            documents.append([item])
        elif isinstance(item, _LISTS):
            within_paths, within, has_documents = divided(list(item))
            paths += within_paths
            documents += [within] if has_documents else []
        elif isinstance(item, Iterable) and not isinstance(item, str | bytes | PathLike | Mapping):
            documents.append(_checked(item))
        else:
            check_path("items", item)
            paths.append(item)
    return paths, chain.from_iterable(documents), bool(documents)


def documents_of(items: Sequence[Document | Iterable[Document]]) -> list[Document]:
    """Return the documents among some items, and in the iterables among them.

    Raises:
        BadArgument: An item is anything else.
    """
    found = []
    for item in items:
        if isinstance(item, Document):
            found.append(item)
        elif isinstance(item, Iterable) and not isinstance(item, str | bytes | PathLike | Mapping):
            found += _checked(item)
        else:
            raise bad("documents", item, "Document objects")
    return found


def _checked(items: Iterable[Any]) -> Iterator[Document]:
    """Yield the documents of an iterable. Raise BadArgument at anything else."""
    for item in items:
        if not isinstance(item, Document):
            raise bad("items", item, "Document objects in an iterable, and paths as arguments or in a list")
        yield item
