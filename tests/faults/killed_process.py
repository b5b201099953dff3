"""A process that works until it is killed."""

import os
import signal
from collections.abc import Callable


def killed(work: Callable[[Callable[[], None]], None], wait: Callable[[], None]) -> int:
    """Let a forked process work until it is killed with SIGKILL, and return how many steps it finished.

    Args:
        work: Works for ever. It calls its argument after each step.
        wait: Returns when the process is to be killed.
    """
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            work(lambda: _finished(write))
        finally:
            os._exit(1)
    os.close(write)
    wait()
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    with os.fdopen(read, "rb") as finished:
        return len(finished.read())


def _finished(write: int) -> None:
    os.write(write, b".")
