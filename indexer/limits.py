"""What a query may ask for, and for how long: whatever is typed, an answer or an error comes soon."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from math import inf
from time import monotonic

from .errors import BeyondLimit

MOST_NESTING = 50
"""What `nesting` may be at most: Python's stack is not endless."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a query is read, and how far it is followed. What is beyond the first five is left out, with a note;
    what is beyond the last two is an error.

    words, characters: of a query. nesting: brackets within brackets, `MOST_NESTING` at most. patterns: different
    patterns and fuzzy words in a query. expansions: words that one of them stands for, the commonest.
    depth: the rank of the last hit that may be asked for.
    seconds: how long a query may take.

    Raises ValueError for what is no number above 0 (seconds: 0 or more).
    """

    words: int = 500
    characters: int = 10_000
    nesting: int = 20
    patterns: int = 20
    expansions: int = 1_000
    depth: int = 10_000
    seconds: float = 10.0

    def __post_init__(self) -> None:
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is a number above 0, not {getattr(self, name)}")
        if self.nesting > MOST_NESTING:
            raise ValueError(f"nesting is {MOST_NESTING} at most, not {self.nesting}")
        if not self.seconds >= 0:
            raise ValueError(f"seconds is 0 or more, not {self.seconds}")


COUNTS = tuple([field.name for field in fields(Limits) if field.name != "seconds"])
"""The names of those that count something."""

DEFAULT = Limits()

_ends: ContextVar[tuple[float, float] | None] = ContextVar("deadline", default=None)
"""When what is being done must be done, and how many seconds it was given. Each thread and task has its own."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Gives what is done inside so many seconds: `check` raises BeyondLimit after them. Within another deadline the
    earlier one counts."""
    end, outer = monotonic() + seconds, _ends.get()
    token = _ends.set((end, seconds) if outer is None or end < outer[0] else outer)
    try:
        yield
    finally:
        _ends.reset(token)


def left() -> float:
    """How many seconds are left; infinity if there is no deadline."""
    ends = _ends.get()
    return inf if ends is None else max(ends[0] - monotonic(), 0.0)


def check() -> None:
    """To be called between any two steps, none of which takes long. Raises BeyondLimit if the time is over."""
    ends = _ends.get()
    if ends is not None and monotonic() >= ends[0]:
        raise BeyondLimit(
            f"the query takes longer than {ends[1]:g} second{'' if ends[1] == 1 else 's'}: ask for less, or give it "
            "more by --timeout"
        )


def check_depth(last: int, limits: Limits) -> None:
    """Raises BeyondLimit if the hit of rank `last` is beyond the limits."""
    if last > limits.depth:
        raise BeyondLimit(
            f"hit {last:,} is asked for, the last that can be is {limits.depth:,}: narrow the query, or allow more by "
            f"--limit depth={last}"
        )
