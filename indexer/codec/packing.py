"""Packing many lists of integers into one sequence of bytes.

Each list takes as many bytes per integer as its greatest one needs; a list of zeros takes none. The width of a list
follows from its number of integers and its size in bytes, so that it need not be stored.
"""

import numpy as np

from ...core import compiled
from .arrays import Array

_WIDTHS = (1, 2, 4)


def pack(values: Array, counts: Array, most_zeros: Array | None = None) -> tuple[Array, Array]:
    """Pack lists of integers.

    Args:
        values: The lists one after another; each integer is at least 0 and below 2**32.
        counts: The length of each list, at least 1.
        most_zeros: For each list, the length up to which it takes no bytes if it has only zeros; None for any length.

    Returns:
        The packed bytes, and the size of each packed list in bytes.
    """
    if compiled is not None:
        return compiled.pack(values, counts, most_zeros)
    starts = np.cumsum(counts) - counts
    greatest = np.maximum.reduceat(values, starts)
    widths = np.select([greatest == 0, greatest < 1 << 8, greatest < 1 << 16], [0, 1, 2], 4)
    if most_zeros is not None:
        widths[(widths == 0) & (counts > most_zeros)] = 1
    sizes = widths * counts
    narrowest, widest = int(widths.min()), int(widths.max())
    if narrowest == widest:
        return (values.astype(f"<u{widest}").view(np.uint8) if widest else np.empty(0, np.uint8)), sizes
    width_of_each = repeat_each(widths, counts)
    ends = np.cumsum(width_of_each)
    packed = np.empty(int(ends[-1]), np.uint8)
    for width in _WIDTHS:
        chosen = np.flatnonzero(width_of_each == width)
        bytes_ = values[chosen].astype(f"<u{width}").view(np.uint8).reshape(-1, width)
        first = ends[chosen] - width
        for byte in range(width):
            packed[first + byte] = bytes_[:, byte]
    return packed, sizes


def unpack(packed: Array, sizes: Array, counts: Array, most_zeros: Array | int | None = None) -> Array:
    """Return the lists that `pack` packed, one after another, as uint32.

    Args:
        packed: The packed bytes.
        sizes: The size of each packed list in bytes. They add up to the size of `packed`.
        counts: The length of each list, at least 1.
        most_zeros: The length that a list (each list) may have if it takes no bytes; None for any length.

    Raises:
        ValueError: If a list of so many integers can't have its size.
    """
    if compiled is not None:
        zeros = np.full(len(counts), most_zeros) if isinstance(most_zeros, int) else most_zeros
        return compiled.unpack(packed, sizes, counts, zeros)
    widths, rest = np.divmod(sizes, counts)
    narrowest, widest = int(widths.min()), int(widths.max())
    if rest.any() or narrowest < 0 or widest > _WIDTHS[-1] or (widest > 2 and (widths == 3).any()):
        raise ValueError
    if not narrowest and most_zeros is not None and ((widths == 0) & (counts > most_zeros)).any():
        raise ValueError
    if narrowest == widest and narrowest:
        return packed.view(f"<u{narrowest}").astype(np.uint32)
    width_of_each = repeat_each(widths, counts)
    ends = np.cumsum(width_of_each)
    values = np.zeros(len(width_of_each), np.uint32)
    for width in _WIDTHS:
        chosen = np.flatnonzero(width_of_each == width)
        first = ends[chosen] - width
        for byte in range(width):
            values[chosen] |= packed[first + byte].astype(np.uint32) << np.uint32(8 * byte)
    return values


def unpack_one(packed: bytes | Array, count: int) -> Array | None:
    """Return one list of `count` integers in the type it was packed in; None if all of them are zero.

    Raises:
        ValueError: If a list of so many integers can't have the size of `packed`.
    """
    if not len(packed):
        return None
    width, rest = divmod(len(packed), count)
    if rest or width not in _WIDTHS:
        raise ValueError
    return np.frombuffer(packed, f"<u{width}")


def delta_encode(values: Array, starts: Array) -> Array:
    """Return ascending lists, which begin at `starts`, each as its first value and then the differences."""
    differences = np.diff(values, prepend=0)
    differences[starts] = values[starts]
    return differences


def delta_decode(differences: Array, starts: Array, counts: Array) -> Array:
    """Return the lists that `delta_encode` encoded; list i begins at `starts[i]` and has `counts[i]` values.

    Args:
        differences: The lists as they were encoded, as uint32.
        starts: The place of each list.
        counts: The length of each list.
    """
    if compiled is not None:
        return compiled.delta_decode(differences, counts)
    total = np.cumsum(differences, dtype=np.int64)
    return total - repeat_each(total[starts] - differences[starts], counts)


def repeat_each(values: Array, counts: Array) -> Array:
    """Return each of `values` repeated as often as `counts` says, which is never 0.

    This is `numpy.repeat` for long arrays of integers, several times as fast.
    """
    if not len(values):
        return values
    steps = np.zeros(int(counts.sum()), np.int64)
    steps[np.cumsum(counts[:-1])] = np.diff(values.astype(np.int64))
    steps[0] = values[0]
    return np.cumsum(steps)


def concatenated_ranges(starts: Array, counts: Array) -> Array:
    """Return the ranges that begin at `starts[i]` and have `counts[i]` numbers, one after another."""
    ends = counts.cumsum()
    total = ends[-1] if len(ends) else 0
    return np.arange(total) + (starts - ends + counts).repeat(counts)
