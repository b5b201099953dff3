"""Compressing blocks in another thread, while the one that writes a segment goes on."""

import zlib
from _thread import allocate_lock, start_new_thread
from collections import deque
from contextlib import suppress
from queue import SimpleQueue

_LEVEL = 4  # of zlib: a higher level takes twice as long and saves 3 % more


class Compressor:
    """Compresses lists of blocks in another thread, and gives them back in order.

    A list belongs to the thread that takes it first: what the other thread has not begun when it is wanted, the one
    that wants it compresses itself. So nothing waits for a thread that had too little memory to start. With a pool of
    `concurrent.futures` it would, and where memory is short, such a pool may also leave a lock behind that is never
    released, for which each pool of the process then waits.
    """

    def __init__(self) -> None:
        self._pending: deque[_Job] = deque()
        self._jobs: SimpleQueue[_Job | None] | None = None

    def __len__(self) -> int:
        """Return the number of lists that were not taken back yet."""
        return len(self._pending)

    def put(self, blocks: list[bytes]) -> None:
        """Have some blocks compressed."""
        if self._jobs is None:
            self._jobs = SimpleQueue()
            with suppress(RuntimeError):  # the system has no more threads
                start_new_thread(_work, (self._jobs,))
        job = _Job(blocks)
        self._pending.append(job)
        self._jobs.put(job)

    def take(self) -> list[bytes]:
        """Return the blocks of the oldest list compressed, when they are."""
        job = self._pending.popleft()
        if job.taken.acquire(blocking=False):
            return compressed(job.blocks)
        job.done.acquire()
        if job.error is not None:
            raise job.error
        return job.blocks

    def close(self) -> None:
        """Let the thread end; what was not begun is forgotten."""
        while self._pending:
            self._pending.popleft().taken.acquire(blocking=False)
        if self._jobs is not None:
            self._jobs.put(None)


class _Job:
    """Some blocks, which the other thread replaces by compressed ones.

    Attributes:
        blocks: The blocks.
        error: What was raised instead.
        taken: A lock; the thread that acquires it compresses the blocks.
        done: A lock that the other thread releases when it has done so.
    """

    __slots__ = ("blocks", "done", "error", "taken")

    def __init__(self, blocks: list[bytes]) -> None:
        self.blocks = blocks
        self.error: BaseException | None = None
        self.taken = allocate_lock()
        self.done = allocate_lock()
        self.done.acquire()


def compressed(blocks: list[bytes]) -> list[bytes]:
    """Return some blocks compressed."""
    return [zlib.compress(block, _LEVEL) for block in blocks]


def _work(jobs: "SimpleQueue[_Job | None]") -> None:
    try:
        while (job := jobs.get()) is not None:
            if job.taken.acquire(blocking=False):
                try:
                    job.blocks = compressed(job.blocks)
                except BaseException as error:
                    job.error = error
                finally:
                    job.done.release()
    except MemoryError:
        return  # the other thread does what is left
