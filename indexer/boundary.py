"""The boundary around all reading of an index, at which what nobody foresaw becomes damage.

What is read of an index is validated where it is read. But an index may be crafted by somebody who knows the code, and
there is always a value that nobody thought of. So each public method that reads an index does it within `reading`.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from .errors import IndexDamaged, IndexUnusable, JooyaError

_UNFORESEEN = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    BufferError,
    RecursionError,
    struct.error,
    zlib.error,
)
"""What code raises when it gets values that it does not expect.

Errors of the operating system are not among them: a file that cannot be read now may be sound.
"""

_ROOT = __name__.rpartition(".indexer.")[0]

_OUTSIDE = tuple(
    f"{_ROOT}.{name}"
    for name in (
        "analyzers",
        "indexer.query.parser",
        "indexer.query.scanner",
        "indexer.query.where",
        "indexer.query.query_words",
    )
)
"""Modules that work on what a person typed, or on texts. What they raise is an error of theirs, not damage."""


@contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Raise IndexDamaged in place of any unforeseen exception within a `with` statement.

    Args:
        path: The folder, or the address, of the index that is read.

    Raises:
        IndexDamaged: If reading the index raised an unforeseen exception, which is its cause.
        IndexUnusable: If there was not enough memory.
    """
    try:
        yield
    except JooyaError:
        raise
    except MemoryError as error:
        # A sound index may need more than there is; one that is damaged may ask for more than it has.
        raise IndexUnusable(
            f"there is not enough memory to read {path}",
            "free some memory, or see with Index.check whether the index is sound",
            path=path,
        ) from error
    except _UNFORESEEN as error:
        if _is_from_outside(error.__traceback__):
            raise
        raise IndexDamaged.at(path) from error


def _is_from_outside(trace: TracebackType | None) -> bool:
    """Return True if an exception was raised in a call of one of the modules that do not read the index."""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if any(module == name or module.startswith(f"{name}.") for name in _OUTSIDE):
            return True
        trace = trace.tb_next
    return False
