# Merging the dictionaries and postings of segments: the twin of `indexer/codec/merged_lists.py`.
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from libcpp.algorithm cimport sort
from libcpp.pair cimport pair
from libcpp.string_view cimport string_view
from libcpp.vector cimport vector


# A term, and the number of its dictionary above its own number there: in order, equal terms are neighbours.
ctypedef pair[string_view, uint64_t] dictionary_entry


def merged_terms(list dictionaries):
    """Return the terms of all dictionaries in order, and for each dictionary an array of the new numbers of its terms.

    Raises:
        ValueError: If a dictionary is not in order, or has a term twice; the argument of the error is its number.
    """
    cdef Py_ssize_t number, place, rank = -1
    cdef list terms, merged = [], ranks = []
    cdef bytes term
    cdef string_view text, last
    cdef vector[dictionary_entry] entries
    cdef vector[int64_t*] ranks_of  # where the numbers of the terms of each dictionary are written
    cdef int64_t[::1] out
    for number, terms in enumerate(dictionaries):
        for place, term in enumerate(terms):
            if term is None:
                raise TypeError("a term must be bytes")
            text = string_view(PyBytes_AS_STRING(term), PyBytes_GET_SIZE(term))
            if place and text <= last:
                raise ValueError(number)
            last = text
            entries.push_back(dictionary_entry(text, <uint64_t>number << 32 | <uint64_t>place))
        ranks.append(np.empty(len(terms), np.int64))
        out = ranks[number]
        ranks_of.push_back(&out[0] if len(terms) else NULL)
    with nogil:
        sort(entries.begin(), entries.end())
    for index in range(<Py_ssize_t>entries.size()):
        number, place = entries[index].second >> 32, <uint32_t>entries[index].second
        if not index or entries[index].first != entries[index - 1].first:
            rank += 1
            merged.append((<list>dictionaries[number])[place])
        ranks_of[number][place] = rank
    return merged, ranks


def copy_lists(const integer[::1] values, const int64_t[::1] starts, const int64_t[::1] counts, integer[::1] out):
    """Copy lists, which are one after another in `values`, to their `starts` in `out`.

    Raises:
        ValueError: If the lists are not as long as `values`, or a place is not in `out`.
    """
    cdef Py_ssize_t row, place = 0
    cdef bint valid = True
    if starts.shape[0] != counts.shape[0]:
        raise ValueError("arrays of different lengths")
    with nogil:
        for row in range(counts.shape[0]):
            if counts[row] < 0 or counts[row] > values.shape[0] - place:
                valid = False
                break
            if starts[row] < 0 or starts[row] > out.shape[0] or counts[row] > out.shape[0] - starts[row]:
                valid = False
                break
            if counts[row]:
                memcpy(&out[starts[row]], &values[place], counts[row] * sizeof(integer))
            place += counts[row]
    if not valid or place != values.shape[0]:
        raise ValueError("lists out of range")


def live_postings(
    const int64_t[::1] counts,
    const int64_t[::1] docs,
    const int64_t[::1] freqs,
    const uint32_t[::1] positions,
    const uint8_t[::1] live,
    const int64_t[::1] new,
):
    """Return the postings of the documents that are `live`, with their `new` numbers.

    Raises:
        ValueError: If the arrays do not agree.
    """
    cdef Py_ssize_t row, place = 0, end, position = 0, kept = 0, kept_positions = 0
    cdef bint with_positions = positions.shape[0] > 0, valid = True
    if docs.shape[0] != freqs.shape[0] or live.shape[0] != new.shape[0]:
        raise ValueError("arrays of different lengths")
    out = [np.zeros(len(counts), np.int64), np.empty(len(docs), np.int64), np.empty(len(docs), np.int64)]
    places = np.empty(len(positions), np.uint32)
    cdef int64_t[::1] out_counts = out[0], out_docs = out[1], out_freqs = out[2]
    cdef uint32_t[::1] out_positions = places
    with nogil:
        for row in range(counts.shape[0]):
            if counts[row] < 0 or counts[row] > docs.shape[0] - place:
                valid = False
                break
            end = place + counts[row]
            while place < end:
                if docs[place] < 0 or docs[place] >= live.shape[0]:
                    valid = False
                    break
                if with_positions and (freqs[place] < 0 or freqs[place] > positions.shape[0] - position):
                    valid = False
                    break
                if live[docs[place]]:
                    out_counts[row] += 1
                    out_docs[kept] = new[docs[place]]
                    out_freqs[kept] = freqs[place]
                    kept += 1
                    if with_positions:
                        if freqs[place]:
                            memcpy(&out_positions[kept_positions], &positions[position], freqs[place] * sizeof(uint32_t))
                        kept_positions += freqs[place]
                if with_positions:
                    position += freqs[place]
                place += 1
            if not valid:
                break
    if not valid or place != docs.shape[0] or position != positions.shape[0]:
        raise ValueError("postings out of range")
    return out[0], out[1][:kept], out[2][:kept], places[:kept_positions]
