"""A process that tells its parent what it has done, and then does nothing until it is killed."""

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from jooya.indexer import JooyaError
from jooya.indexer.errors import IndexDamaged

Say = Callable[..., None]
"""Tells the parent something: its kind, and numbers or text."""

_REST = 20.0  # seconds to wait for the rest of what was said


class Process:
    """A forked process that says something, and then does nothing until it is killed.

    When its work has ended with an error, it says "error", or "fault" if that must not be; in the end it says "end".

    Attributes:
        pid: Its number.
        said: The things it has said so far, each with its kind first.
    """

    def __init__(self, work: Callable[[Say], None]) -> None:
        self._read, write = os.pipe()
        self._rest = b""
        self.said: list[list[Any]] = []
        self.pid = os.fork()
        if not self.pid:
            os.close(self._read)
            _work(work, lambda *words: _say(write, words))
        os.close(write)

    def wait(self, enough: Callable[[list[Any]], bool], seconds: float) -> bool:
        """Listen until something is said that is `enough`; return False if it was not said in time."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            heard, _, _ = select.select([self._read], [], [], max(left, 0))
            data = os.read(self._read, 1 << 16) if heard else b""
            *lines, self._rest = (self._rest + data).split(b"\n")
            new = [json.loads(line) for line in lines]
            self.said += new
            if any(map(enough, new)):
                return True
            if (heard and not data) or (not heard and left <= 0):
                return False

    def end(self) -> int:
        """Kill the process, listen to the rest, and return the number of the signal that ended it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.wait(lambda _: False, _REST)
        os.close(self._read)
        return -os.waitstatus_to_exitcode(status)

    def last(self, kind: str, otherwise: int = -1) -> int:
        """Return the last number that was said with `kind`."""
        return next((words[1] for words in reversed(self.said) if words[0] == kind), otherwise)


def _say(pipe: int, words: tuple[Any, ...]) -> None:
    os.write(pipe, json.dumps(words).encode() + b"\n")


def _work(work: Callable[[Say], None], say: Say) -> None:
    try:
        work(say)
    except IndexDamaged:
        say("fault", f"a cut was taken for damage: {traceback.format_exc()}"[-3000:])
    except (OSError, JooyaError) as error:
        say("error", f"{type(error).__name__}: {error}"[:300])
    except BaseException:
        say("fault", traceback.format_exc()[-3000:])
    finally:
        try:
            say("end")
            while True:
                signal.pause()
        finally:
            os._exit(1)
