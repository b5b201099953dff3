"""Other queries that may have been meant, looked for when a program first asks for them."""

import threading
from collections.abc import Callable
from typing import Any


class OtherQueries:
    """The other spellings of a query. Threads may share it.

    To find them may take longer than the search itself, and most programs do not ask. The commit that was searched
    stays open until then, so the answer is of that commit, also after the index was closed.
    """

    def __init__(self, find: Callable[[], list[str]] | None = None) -> None:
        """Keep the function that finds them; None if there are none."""
        self._find = find
        self._found: list[str] = []
        self._lock = threading.Lock()

    def found(self) -> list[str]:
        """Return the queries, likeliest first. Raise BeyondLimit if that takes too long; the next call tries again."""
        with self._lock:
            if self._find is not None:
                self._found = self._find()
                self._find = None
            return list(self._found)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle what was found: a lock and an open index cannot be."""
        return _found_queries, (self.found(),)


def _found_queries(found: list[str]) -> OtherQueries:
    return OtherQueries(lambda: found)
