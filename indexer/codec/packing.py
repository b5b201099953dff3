"""Many lists of numbers in one run of bytes: each list takes as many bytes a number as its greatest one needs.

A list of nothing but zeros takes no bytes. How wide a list is follows from its length in numbers and in bytes.
"""

import numpy as np

from .arrays import Array

_WIDTHS = (1, 2, 4)


def pack(values: Array, counts: Array) -> tuple[Array, Array]:
    """Packs lists that follow one another in `values`, list i of `counts[i]` numbers (at least one, each below 2**32).

    Returns the bytes, and how many of them each list takes.
    """
    starts = np.cumsum(counts) - counts
    most = np.maximum.reduceat(values, starts)
    widths = np.select([most == 0, most < 1 << 8, most < 1 << 16], [0, 1, 2], 4)
    sizes = widths * counts
    least, greatest = int(widths.min()), int(widths.max())
    if least == greatest:
        return (values.astype(f"<u{least}").view(np.uint8) if least else np.empty(0, np.uint8)), sizes
    each = spread(widths, counts)
    ends = np.cumsum(each)
    packed = np.empty(int(ends[-1]), np.uint8)
    for width in _WIDTHS:
        chosen = np.flatnonzero(each == width)
        bytes_ = values[chosen].astype(f"<u{width}").view(np.uint8).reshape(-1, width)
        first = ends[chosen] - width
        for place in range(width):
            packed[first + place] = bytes_[:, place]
    return packed, sizes


def unpack(packed: Array, sizes: Array, counts: Array) -> Array:
    """The lists of `pack`, one after another, as an array of uint32."""
    widths = sizes // counts
    least, greatest = int(widths.min()), int(widths.max())
    if least == greatest and least:
        return packed.view(f"<u{least}").astype(np.uint32)
    each = spread(widths, counts)
    ends = np.cumsum(each)
    values = np.zeros(len(each), np.uint32)
    for width in _WIDTHS:
        chosen = np.flatnonzero(each == width)
        first = ends[chosen] - width
        for place in range(width):
            values[chosen] |= packed[first + place].astype(np.uint32) << np.uint32(8 * place)
    return values


def unpack_one(packed: bytes | Array, count: int) -> Array | None:
    """One list of `count` numbers in its own type; None if all are zero."""
    return np.frombuffer(packed, f"<u{len(packed) // count}") if len(packed) else None


def gaps(values: Array, starts: Array) -> Array:
    """Ascending lists that begin at `starts`, each as its first number and the steps from each to the next."""
    steps = np.diff(values, prepend=0)
    steps[starts] = values[starts]
    return steps


def sums(steps: Array, starts: Array, counts: Array) -> Array:
    """Undoes `gaps`."""
    total = np.cumsum(steps, dtype=np.int64)
    return total - spread(total[starts] - steps[starts], counts)


def spread(values: Array, counts: Array) -> Array:
    """Each of `values` as often as `counts` says, which is never 0: `repeat` for long arrays of integers, several times
    as fast."""
    if not len(values):
        return values
    steps = np.zeros(int(counts.sum()), np.int64)
    steps[np.cumsum(counts[:-1])] = np.diff(values.astype(np.int64))
    steps[0] = values[0]
    return np.cumsum(steps)


def runs(starts: Array, counts: Array) -> Array:
    """`starts[0]`, `starts[0] + 1`, … as many as `counts[0]` says; then from `starts[1]`, and so on."""
    ends = counts.cumsum()
    total = ends[-1] if len(ends) else 0
    return np.arange(total) + (starts - ends + counts).repeat(counts)
