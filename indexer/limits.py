"""The limits of a query, by which an answer or an error comes soon, whatever is typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from math import inf
from time import monotonic

from .arguments import check_integer, check_number
from .errors import BeyondLimit

MOST_NESTING = 50
"""The greatest value of `Limits.nesting`: Python's stack is not endless."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a query: how much of it is read, and how far it is followed.

    What exceeds one of the first five limits is left out, and `Results.notes` says so; what exceeds `depth` or
    `seconds` raises BeyondLimit.

    Attributes:
        words: The number of words that are read of a query.
        characters: The number of characters that are read of a query.
        nesting: How deeply brackets may be nested, at most 50.
        patterns: The number of different patterns (`ketab*`) and fuzzy words (`ketab~1`) in a query.
        expansions: The number of words that one pattern or fuzzy word stands for; the most frequent ones are taken.
        depth: The rank of the last hit that may be asked for.
        seconds: How long a query may take.

    Raises:
        BadArgument: A limit is not an integer above 0 (`seconds`: a number of 0 or more).
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
            check_integer(name, getattr(self, name), 1, MOST_NESTING if name == "nesting" else None)
        check_number("seconds", self.seconds)


COUNTS = tuple([field.name for field in fields(Limits) if field.name != "seconds"])
"""The names of the limits that count something."""

DEFAULT = Limits()
"""The limits of a call that names none."""

_ends: ContextVar[tuple[float, float] | None] = ContextVar("deadline", default=None)
"""The time at which the current work must be done, and the seconds it was given. Each thread and task has its own."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give the body of a `with` statement so many seconds, after which `check` raises BeyondLimit.

    Within another deadline, the earlier one counts.
    """
    end, outer = monotonic() + seconds, _ends.get()
    token = _ends.set((end, seconds) if outer is None or end < outer[0] else outer)
    try:
        yield
    finally:
        _ends.reset(token)


def left() -> float:
    """Return how many seconds are left before the deadline; infinity if there is none."""
    ends = _ends.get()
    return inf if ends is None else max(ends[0] - monotonic(), 0.0)


def check() -> None:
    """Raise BeyondLimit if the deadline has passed.

    Whatever may take long calls this between any two steps, so no step may take long by itself.
    """
    ends = _ends.get()
    if ends is not None and monotonic() >= ends[0]:
        raise BeyondLimit(
            f"the query takes longer than {ends[1]:g} second{'' if ends[1] == 1 else 's'}",
            "ask for less, or allow more with Limits(seconds=…)",
            limit="seconds",
            allowed=ends[1],
        )


def check_depth(last: int, limits: Limits) -> None:
    """Raise BeyondLimit if `limits` do not allow asking for the hit of rank `last`."""
    if last > limits.depth:
        raise BeyondLimit(
            f"hit {last:,} is beyond the last that may be asked for, {limits.depth:,}",
            f"narrow the query, or allow more with Limits(depth={last})",
            limit="depth",
            asked=last,
            allowed=limits.depth,
        )
