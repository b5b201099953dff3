"""Other queries that may have been meant, looked for when a program first asks for them."""

import threading
from collections.abc import Callable
from typing import Any

from ..errors import BeyondLimit, IndexUnusable


class OtherQueries:
    """The other spellings of a query. Threads may share it.

    To find them may take longer than the search itself, and most programs do not ask.
    """

    def __init__(self, find: Callable[[], list[str]] | None = None) -> None:
        """Keep the function that finds them; None if there are none."""
        self._find = find
        self._found: list[str] = []
        self._lock = threading.Lock()

    def found(self) -> list[str]:
        """Return the queries, likeliest first. The next call tries again what raises an error."""
        with self._lock:
            if self._find is not None:
                self._found = self._find()
                self._find = None
            return list(self._found)

    def found_or_reason(self) -> tuple[list[str], str | None]:
        """Return the queries, or none and the reason: the index was closed meanwhile, or the time was over."""
        try:
            return self.found(), None
        except (BeyondLimit, IndexUnusable) as error:
            return [], f"other spellings of the query were not looked for: {error.problem}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle what can be found: a lock and an open index cannot be."""
        return _with, (self.found_or_reason()[0],)


def _with(found: list[str]) -> OtherQueries:
    return OtherQueries(lambda: found)
