"""Waiting between the tries of something that may succeed later."""

import time
from random import uniform

from .. import limits

FIRST_PAUSE = 0.05
"""Seconds of the first pause between two tries, unless the caller says otherwise."""

LONGEST_PAUSE = 5.0
"""Seconds of the longest pause, likewise."""


class Patience:
    """The pauses between tries: longer each time, and never as long as those of others."""

    def __init__(self, seconds: float, first: float = FIRST_PAUSE, longest: float = LONGEST_PAUSE) -> None:
        """Begin to be patient.

        Args:
            seconds: For how long.
            first: Seconds of the first pause, at most.
            longest: Seconds of the longest pause.
        """
        self._end = time.monotonic() + seconds
        self._longest = longest
        self._pause = first

    def wait(self) -> bool:
        """Wait before the next try. Return False at once if there is none."""
        if time.monotonic() >= self._end:
            return False
        time.sleep(min(self._pause * uniform(0.5, 1.0), limits.left()))
        self._pause = min(2 * self._pause, self._longest)
        return True
