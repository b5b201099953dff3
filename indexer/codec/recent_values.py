"""Values that were last read of documents, as far as there is memory for them."""

import threading
from typing import Any


class RecentValues:
    """Keeps the values that were used last, by the number of the document. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[int, tuple[Any, int]] = {}  # with the size of each; those that were used last come last
        self._size = 0
        self._most = 0

    def limit(self, most: int) -> None:
        """Keep values of so many bytes from now on."""
        with self._lock:
            self._most = most
            self._forget()

    def get(self, doc: int) -> Any:
        """Return the value of a document; None if it is not kept."""
        with self._lock:
            found = self._values.pop(doc, None)
            if found is None:
                return None
            self._values[doc] = found
        return found[0]

    def put(self, doc: int, value: object, size: int) -> None:
        """Keep a value that takes so many bytes, and forget those that were not used for the longest time."""
        with self._lock:
            before = self._values.pop(doc, None)
            self._size += size - (before[1] if before else 0)
            self._values[doc] = (value, size)
            self._forget()

    def _forget(self) -> None:
        while self._size > self._most and self._values:
            self._size -= self._values.pop(next(iter(self._values)))[1]
