"""The threads that answer requests, so many at a time, with a bound on how many requests wait for them."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from .problems import Problem

_Answer = TypeVar("_Answer")


class WorkerThreads:
    """Runs functions in threads.

    Attributes:
        running: The number of requests that run or wait.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        """Create the object.

        Args:
            threads: The number of functions that run at the same time.
            waiting: The number of functions that may wait for a thread.
        """
        self.running = 0
        self._most = threads + waiting
        self._threads = threads
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, function: Callable[[], _Answer]) -> _Answer:
        """Run a function in a thread.

        Raises:
            Problem: Too many wait already.
        """
        if self.running >= self._most:
            raise Problem("busy", "too many requests are waiting", "try again later", {"Retry-After": "1"})
        if self._limiter is None:  # it belongs to the event loop that runs
            self._limiter = anyio.CapacityLimiter(self._threads)
        self.running += 1
        try:
            return await anyio.to_thread.run_sync(function, limiter=self._limiter)
        finally:
            self.running -= 1
