"""Indexes that all threads of a process share, for frameworks that open their backend anew for each call."""

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .. import Index
from ..own_fields import Kind


class SharedIndex:
    """An index that is opened, or created, when it is first used, and opened again if its folder was removed."""

    def __init__(self, path: Path) -> None:
        """Name the folder; `shared_index` returns the one object for it."""
        self.path = path
        self._index: Index | None = None
        self._opening = threading.Lock()

    def open(self, fields: Mapping[str, Kind]) -> Index:
        """Return the index with these fields declared.

        Raises:
            IndexUnusable: The folder holds something else, or an index of another format or analysis.
        """
        with self._opening:
            index = self._index
            if index is None or not self.path.exists():
                if index is not None:
                    index.close()
                self._index = None
                self._index = index = Index.open_or_create(self.path, fields=dict(fields))
            if index.fields != fields:
                index.declare(dict(fields))
            return index

    def close(self) -> None:
        """Close the index, if it is open. The next use opens it again."""
        with self._opening:
            if self._index is not None:
                self._index.close()
            self._index = None


@cache
def shared_index(path: Path) -> SharedIndex:
    """Return the index of this process in a folder, the absolute path of which is `path`."""
    return SharedIndex(path)
