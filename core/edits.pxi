# Edit distances from one word to many: the twins of `indexer/ranking/edit_distance.py` and of
# `Vocabulary.candidates` in `indexer/suggestions/vocabulary.py`.
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp.vector cimport vector

import numpy as np


cdef enum:
    _MOST = 1 << 30  # of lengths and distances


cdef extern from *:
    int popcount "__builtin_popcountll"(uint64_t) nogil


def edit_distances(
    const uint32_t[::1] typed,
    const uint32_t[:, ::1] letters,
    const int64_t[::1] lengths,
    double missing,
    double extra,
    double swap,
    const float[:, ::1] wrong,
    Py_ssize_t most,
):
    """Return the costs of the edits that turn a typed word into each of some words, as float64.

    Args:
        typed: The letters of the typed word.
        letters: A row for each word.
        lengths: The number of letters of each word.
        missing: The cost of a letter that the typed word lacks.
        extra: The cost of a letter that it has too many.
        swap: The cost of two letters in the wrong order.
        wrong: The cost of each letter (row) typed in place of each other (column); with no rows, each costs 1.
        most: As in the twin, or -1 for None.

    Raises:
        ValueError: A length or a letter is beyond its table, or `most` beyond all distances.
    """
    cdef Py_ssize_t size = lengths.shape[0], count = typed.shape[0], width = letters.shape[1], word, i, j, first, last
    cdef uint32_t letter, kinds = <uint32_t>wrong.shape[0]
    cdef double far = <double>most + 1, best, cost
    cdef bint is_limited = most >= 0, is_sound = True
    found = np.empty(size, np.float64)
    cdef double[::1] out = found
    # Three rows of the table: the costs from the first i letters of the typed word to the first j of the other.
    cdef vector[double] rows = vector[double](3 * (width + 1))
    cdef double* before
    cdef double* previous
    cdef double* current
    if letters.shape[0] != size or wrong.shape[1] != wrong.shape[0]:
        raise ValueError("the tables of edit distances differ in size")
    if most > _MOST:
        raise ValueError("no edit distance is so great")
    for i in range(count):
        is_sound = is_sound and (not kinds or typed[i] < kinds)
    with nogil:
        for word in range(size):
            if not is_sound or not 0 <= lengths[word] <= width:
                is_sound = False
                break
            before, previous, current = &rows[0], &rows[width + 1], &rows[2 * (width + 1)]
            for j in range(lengths[word] + 1):
                cost = missing * j
                previous[j] = min(cost, far) if is_limited else cost
                if j and kinds and letters[word, j - 1] >= kinds:
                    is_sound = False
            if not is_sound:
                break
            for i in range(1, count + 1):
                letter = typed[i - 1]
                cost = extra * i
                first, last = 1, lengths[word]
                if is_limited:
                    cost = min(cost, far)
                    first, last = max(i - most, 1), min(i + most, last)
                    for j in range(1, lengths[word] + 1):
                        current[j] = far
                current[0] = cost
                for j in range(first, last + 1):
                    best = min(previous[j] + extra, current[j - 1] + missing)
                    if kinds:
                        cost = wrong[letter, letters[word, j - 1]]
                    else:
                        cost = letters[word, j - 1] != letter
                    best = min(best, previous[j - 1] + cost)
                    if i > 1 and j > 1 and letters[word, j - 2] == letter and letters[word, j - 1] == typed[i - 2]:
                        best = min(best, before[j - 2] + swap)
                    current[j] = best
                before, previous, current = previous, current, before
            out[word] = previous[lengths[word]]
    if not is_sound:
        raise ValueError("a length or a letter is beyond the table of edit distances")
    return found


def words_near(
    const int64_t[::1] lengths,
    const int64_t[::1] counts,
    const uint64_t[::1] signatures,
    int64_t length,
    uint64_t signature,
    int64_t edits,
    int64_t least,
):
    """Return the places of the words that some edits may turn into a word, as int64; see `Vocabulary.candidates`.

    Raises:
        ValueError: The arrays differ in length, or a number is beyond all words.
    """
    cdef Py_ssize_t size = lengths.shape[0], place, found = 0
    cdef vector[int64_t] places
    if counts.shape[0] != size or signatures.shape[0] != size:
        raise ValueError("the columns of a vocabulary differ in length")
    if not (0 <= length <= _MOST and 0 <= edits <= 64):
        raise ValueError("no word is so long, or so many edits off")
    with nogil:
        for place in range(size):
            if (
                length - edits <= lengths[place] <= length + edits
                and counts[place] >= least
                and popcount(signatures[place] ^ signature) <= 2 * edits
            ):
                places.push_back(place)
    result = np.empty(places.size(), np.int64)
    cdef int64_t[::1] out = result
    for found in range(<Py_ssize_t>places.size()):
        out[found] = places[found]
    return result
