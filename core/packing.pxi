# Packing many lists of integers: the twin of `indexer/codec/packing.py`.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t


ctypedef fused integer:
    int64_t
    uint32_t


def pack(const integer[::1] values, const int64_t[::1] counts, const int64_t[::1] most_zeros):
    """Return lists as bytes, and the size of each; see `pack` in the twin.

    Raises:
        ValueError: If there is no list, one is empty, or they do not have as many integers as there are.
    """
    cdef Py_ssize_t lists = counts.shape[0], row, place = 0, end, out = 0
    cdef int64_t greatest, width, total = 0
    cdef uint32_t value
    cdef bint valid = lists > 0
    if most_zeros is not None and most_zeros.shape[0] != lists:
        raise ValueError("arrays of different lengths")
    sizes = np.empty(lists, np.int64)
    cdef int64_t[::1] out_sizes = sizes
    with nogil:
        for row in range(lists):
            if counts[row] < 1 or counts[row] > values.shape[0] - place:
                valid = False
                break
            end = place + counts[row]
            greatest = values[place]
            while place < end:
                greatest = max(greatest, <int64_t>values[place])
                place += 1
            if greatest == 0:
                width = most_zeros is not None and counts[row] > most_zeros[row]
            else:
                width = 1 if greatest < 1 << 8 else 2 if greatest < 1 << 16 else 4
            out_sizes[row] = width * counts[row]
            total += out_sizes[row]
        valid = valid and place == values.shape[0]
    if not valid:
        raise ValueError("not as many values as the lists have")
    packed = np.empty(total, np.uint8)
    cdef uint8_t[::1] bytes_ = packed
    with nogil:
        place = 0
        for row in range(lists):
            end = place + counts[row]
            width = out_sizes[row] // counts[row]
            if width == 1:
                while place < end:
                    bytes_[out] = <uint8_t>values[place]
                    out += 1
                    place += 1
            elif width == 2:
                while place < end:
                    value = <uint32_t>values[place]
                    bytes_[out] = <uint8_t>value
                    bytes_[out + 1] = <uint8_t>(value >> 8)
                    out += 2
                    place += 1
            elif width == 4:
                while place < end:
                    value = <uint32_t>values[place]
                    bytes_[out] = <uint8_t>value
                    bytes_[out + 1] = <uint8_t>(value >> 8)
                    bytes_[out + 2] = <uint8_t>(value >> 16)
                    bytes_[out + 3] = <uint8_t>(value >> 24)
                    out += 4
                    place += 1
            place = end
    return packed, sizes


def unpack(const uint8_t[::1] packed, const int64_t[::1] sizes, const int64_t[::1] counts, const int64_t[::1] most_zeros):
    """Return the lists that `pack` packed as uint32; see `unpack` in the twin.

    Raises:
        ValueError: If a list of so many integers can't have its size, or the arrays do not agree.
    """
    cdef Py_ssize_t lists = counts.shape[0], row, place = 0, end, at = 0
    cdef int64_t width, total = 0, size = 0
    cdef bint valid = lists > 0
    if sizes.shape[0] != lists or (most_zeros is not None and most_zeros.shape[0] != lists):
        raise ValueError("arrays of different lengths")
    with nogil:
        for row in range(lists):
            if counts[row] < 1 or counts[row] >> 48 or sizes[row] < 0 or sizes[row] > packed.shape[0] - size:
                valid = False
                break
            width = sizes[row] // counts[row]
            if width * counts[row] != sizes[row] or width == 3 or width > 4 or total >> 48:
                valid = False
                break
            if width == 0 and most_zeros is not None and counts[row] > most_zeros[row]:
                valid = False
                break
            size += sizes[row]
            total += counts[row]
        valid = valid and size == packed.shape[0]
    if not valid:
        raise ValueError
    values = np.empty(total, np.uint32)
    cdef uint32_t[::1] out = values
    with nogil:
        for row in range(lists):
            end = place + counts[row]
            width = sizes[row] // counts[row]
            if width == 0:
                while place < end:
                    out[place] = 0
                    place += 1
            elif width == 1:
                while place < end:
                    out[place] = packed[at]
                    at += 1
                    place += 1
            elif width == 2:
                while place < end:
                    out[place] = packed[at] | <uint32_t>packed[at + 1] << 8
                    at += 2
                    place += 1
            else:
                while place < end:
                    out[place] = (
                        packed[at]
                        | <uint32_t>packed[at + 1] << 8
                        | <uint32_t>packed[at + 2] << 16
                        | <uint32_t>packed[at + 3] << 24
                    )
                    at += 4
                    place += 1
    return values


def delta_decode(const uint32_t[::1] differences, const int64_t[::1] counts):
    """Return lists that were encoded as their first value and differences, one after another, as int64.

    Raises:
        ValueError: If they do not have as many values as there are.
    """
    cdef Py_ssize_t place = 0, row, end
    cdef int64_t total
    cdef bint valid = True
    values = np.empty(differences.shape[0], np.int64)
    cdef int64_t[::1] out = values
    with nogil:
        for row in range(counts.shape[0]):
            if counts[row] < 0 or counts[row] > differences.shape[0] - place:
                valid = False
                break
            total = 0
            end = place + counts[row]
            while place < end:
                total += differences[place]
                out[place] = total
                place += 1
    if not valid or place != differences.shape[0]:
        raise ValueError("not as many values as the lists have")
    return values
