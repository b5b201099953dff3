"""The indexes of modelsearch's objects: one for each model without a parent, in a folder of its own."""

import shutil
from collections.abc import Iterable
from typing import Any

from .. import Index, IndexDamaged, IndexUnusable
from .extras import missing
from .modelsearch_documents import declaration, document_of, label
from .passage_metadata import add_all
from .shared_index import SharedIndex, shared_index

try:
    from modelsearch.backends.base import BaseIndex
    from modelsearch.index import class_is_indexed, get_indexed_models
except ModuleNotFoundError as error:
    raise missing("modelsearch", "django", error) from error


class JooyaIndex(BaseIndex):
    """The index of the objects of a model, and of the models that inherit from it: a folder of Jooya's."""

    def __init__(self, backend: Any, root: Any) -> None:
        """Name the index.

        Args:
            backend: The backend, whose `path` is the folder of all its indexes.
            root: The model without a parent.
        """
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

    def make_usable(self) -> None:
        """Open the index; in the place of one of another version, make an empty one.

        Raises:
            IndexUnusable: Its folder holds something else.
        """
        try:
            self.open()
        except IndexUnusable as error:
            if error.reason not in ("analysis", "format") and not isinstance(error, IndexDamaged):
                raise
            shutil.rmtree(self.shared.path)
            self.open()

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
        """Add objects of a model, or take them in again. One that cannot be added is logged, and costs no other."""
        if class_is_indexed(model):
            add_all(self.open(), items, document_of)

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
        self.index.make_usable()
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
