# Sorting the occurrences of terms into postings: the twin of `indexer/codec/counting_sort.py`.
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp.algorithm cimport is_sorted, sort
from libcpp.vector cimport vector


def sorted_postings(
    const uint32_t[::1] terms,
    const uint32_t[::1] positions,
    const int64_t[::1] docs,
    const int64_t[::1] counts,
    Py_ssize_t dictionary,
):
    """Return the postings of occurrences in order of term, document and position.

    Returns:
        The number of documents of each term; and one term after another the documents, the frequency in each, and the
        positions, which are none if `positions` is empty.

    Raises:
        ValueError: If the arrays do not agree.
    """
    cdef Py_ssize_t occurrences = terms.shape[0], row, term, place, end, posting = -1
    cdef bint with_positions = positions.shape[0] > 0, valid = True
    if docs.shape[0] != counts.shape[0] or positions.shape[0] not in (0, occurrences) or dictionary < 0:
        raise ValueError("arrays of different lengths")
    out = tuple([np.zeros(size, np.int64) for size in (dictionary, occurrences, occurrences)])
    places = np.empty(positions.shape[0], np.uint32)
    cdef int64_t[::1] out_counts = out[0], out_docs = out[1], out_freqs = out[2]
    cdef uint32_t[::1] out_positions = places
    # `ends[t]` is first the number of occurrences of term t, then the place of its next one, and at last its end.
    cdef vector[int64_t] ends
    # An occurrence is one number, its document above its position, so that it takes one access to memory.
    cdef vector[uint64_t] keys
    cdef uint64_t key
    cdef int64_t total = 0, count
    with nogil:
        ends.resize(dictionary)
        keys.resize(occurrences)
        for place in range(occurrences):
            if terms[place] >= <uint64_t>dictionary:
                valid = False
                break
            ends[terms[place]] += 1
        for row in range(docs.shape[0]):
            if counts[row] < 0 or counts[row] > occurrences - total or docs[row] < 0 or docs[row] >> 32:
                valid = False
                break
            total += counts[row]
        valid = valid and total == occurrences
        if valid:
            total = 0
            for term in range(dictionary):
                count = ends[term]
                ends[term] = total
                total += count
            place = 0
            for row in range(docs.shape[0]):
                key = <uint64_t>docs[row] << 32
                end = place + counts[row]
                while place < end:
                    keys[ends[terms[place]]] = key | (positions[place] if with_positions else 0)
                    ends[terms[place]] += 1
                    place += 1
            place = 0
            for term in range(dictionary):
                end = ends[term]
                if not is_sorted(keys.begin() + place, keys.begin() + end):
                    sort(keys.begin() + place, keys.begin() + end)
                total = -1  # the document before
                while place < end:
                    if <int64_t>(keys[place] >> 32) != total:
                        posting += 1
                        total = <int64_t>(keys[place] >> 32)
                        out_docs[posting] = total
                        out_counts[term] += 1
                    out_freqs[posting] += 1
                    if with_positions:
                        out_positions[place] = <uint32_t>keys[place]
                    place += 1
    if not valid:
        raise ValueError("numbers out of range")
    return out[0], out[1][: posting + 1], out[2][: posting + 1], places
