"""Several processes that serve one address, so that each core of the machine answers requests."""

import os
import signal
from collections.abc import Callable
from time import monotonic, sleep
from types import FrameType

_FAILED_AT_ONCE = 2.0  # seconds; a process that ends sooner would do so again


def run_processes(number: int, work: Callable[[], None]) -> None:
    """Run a function in several processes until this one is told to stop; a process that dies gets a successor.

    Args:
        number: The number of processes.
        work: The function. It ends by itself on SIGTERM.

    Raises:
        ChildProcessError: A process ended as soon as it was started.
    """
    started: dict[int, float] = {}
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)
        for process in started:
            os.kill(process, signal.SIGTERM)

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        while started or not stopping:
            while len(started) < number and not stopping:
                started[_fork(work)] = monotonic()
            process, _ = os.waitpid(-1, os.WNOHANG) if not stopping else os.wait()
            if process == 0:
                sleep(0.1)
                continue
            if monotonic() - started.pop(process, 0.0) < _FAILED_AT_ONCE and not stopping:
                stop(signal.SIGTERM, None)
                raise ChildProcessError("a process of the server ended as soon as it was started")
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _fork(work: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        # A key that interrupts the terminal reaches all processes: the first one tells the others.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work()
        code = 0
    finally:
        os._exit(code)
