"""Documents with the same number in a column, such as the copies of a passage, which have the same fingerprint."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..codec.arrays import Array
from ..limits import check

_FEW_SCANS = 16  # the columns are looked through so often before it pays to sort them


class EqualNumbers:
    """Finds the documents of a snapshot whose number in a column is one of a few, if several documents have it.

    The first calls look through the whole column, so that a search by itself need not sort it. Later ones know which
    numbers several documents have, and there are usually few. Threads may share an object: whichever sorts the column
    first, the result is the same.
    """

    def __init__(self, columns: Sequence[tuple[int, Array]]) -> None:
        """Prepare to find documents.

        Args:
            columns: For each segment, the number in the snapshot of its first document, and its column (int64).
        """
        self._columns = columns
        self._scans = 0
        self._repeated: tuple[Array, Array] | None = None  # numbers, ascending, and the documents that have them

    def of(self, numbers: Iterable[int]) -> dict[int, Array]:
        """Return the documents, ascending, with each of some numbers that more than one document has."""
        wanted = np.array(sorted(set(numbers)), np.int64)
        if self._repeated is None:
            self._scans += 1
            if self._scans <= _FEW_SCANS:
                return _grouped(*self._having(wanted), wanted)
            self._repeated = self._having(self._several())
        return _grouped(*self._repeated, wanted)

    def _several(self) -> Array:
        """Return the numbers that more than one document has, ascending."""
        check()
        ordered = np.sort(np.concatenate([np.empty(0, np.int64), *[column for _, column in self._columns]]))
        return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])

    def _having(self, numbers: Array) -> tuple[Array, Array]:
        """Return the numbers of all documents that have one of `numbers`, ascending, and these documents."""
        may_be = np.zeros(1 << 16, np.bool_)  # most documents are ruled out by the low 16 bits
        may_be[numbers & 0xFFFF] = True
        found, docs = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for base, column in self._columns:
            check()
            places = np.flatnonzero(may_be[np.ascontiguousarray(column).view(np.uint16)[::4]])
            places = places[np.isin(column[places], numbers)]
            found.append(column[places])
            docs.append(places + base)
        every = np.concatenate(found)
        order = np.argsort(every, kind="stable")
        return every[order], np.concatenate(docs)[order]


def _grouped(numbers: Array, docs: Array, wanted: Array) -> dict[int, Array]:
    """Return the documents of those of `wanted` that are in `numbers` (ascending) more than once."""
    begins, ends = numbers.searchsorted(wanted).tolist(), numbers.searchsorted(wanted, "right").tolist()
    return {
        number: docs[begin:end]
        for number, begin, end in zip(wanted.tolist(), begins, ends, strict=True)
        if end - begin > 1
    }
