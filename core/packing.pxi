# Packing many lists of integers: the twin of `indexer/codec/packing.py`.
from libc.stdint cimport int64_t, uint8_t, uint32_t

import numpy as np


def delta_decode(const uint32_t[::1] differences, const int64_t[::1] counts):
    """Return lists that were encoded as their first value and differences, one after another, as int64."""
    values = np.empty(differences.shape[0], np.int64)
    cdef int64_t[::1] out = values
    cdef Py_ssize_t place = 0, row, end
    cdef int64_t total
    with nogil:
        for row in range(counts.shape[0]):
            total = 0
            end = place + counts[row]
            while place < end:
                total += differences[place]
                out[place] = total
                place += 1
    return values
