# The letters and digits of texts, folded: the twin of `indexer/fingerprints.py`.
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_GET_LENGTH
from libc.stdint cimport uint8_t, uint32_t
from libcpp.vector cimport vector


cdef class Letters:
    """The folded letters of characters that are folded one by one.

    Four bytes stand for each character: its letters in UTF-8, which nearly always fit, and then zeros. `NOT_ALONE` stands for
    a character whose letters do not fit, or depend on what is beside it.

    Args:
        letters: For each character from U+0000 its letters and digits, which may be none; None for all others.
    """

    cdef vector[uint32_t] table

    def __init__(self, list letters):
        cdef uint32_t packed
        for found in letters:
            encoded = b"" if found is None else found.encode()
            packed = 0
            for byte in reversed(encoded):
                packed = (packed << 8) | <uint8_t>byte
            self.table.push_back(NOT_ALONE if found is None or len(encoded) > 4 or 0 in encoded else packed)

    def of(self, str text not None):
        """Return the letters and digits of a text in UTF-8; None if a character is none of the table."""
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text), place, used = 0
        cdef vector[uint32_t] characters
        cdef vector[char] out
        cdef uint32_t packed
        characters.resize(length + 1)
        PyUnicode_AsUCS4(text, <Py_UCS4*>characters.data(), length + 1, 1)
        out.resize(4 * length)
        for place in range(length):
            if characters[place] >= self.table.size():
                return None
            packed = self.table[characters[place]]
            if packed == NOT_ALONE:
                return None
            while packed:
                out[used] = <char>(packed & 0xFF)
                used += 1
                packed >>= 8
        return PyBytes_FromStringAndSize(out.data(), used)


cdef uint32_t NOT_ALONE = 0xFFFFFFFF  # which is no UTF-8
