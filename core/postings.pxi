# The postings of a term in a segment: the twin of `indexer/ranking/postings.py`.
from libc.math cimport nextafterf
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libcpp.vector cimport vector

cdef extern from *:
    """
    static inline int lowest_bit(unsigned long long word) { return __builtin_ctzll(word); }
    static inline int count_of_bits(unsigned long long word) { return __builtin_popcountll(word); }
    """
    int lowest_bit(uint64_t word) noexcept nogil
    int count_of_bits(uint64_t word) noexcept nogil

cdef enum:
    BLOCK_BITS = 6  # as in `postings.py`: a block is 64 documents, so the documents of a block are the bits of a word
    BLOCK = 64


cdef struct Numbers:  # an array of unsigned integers, as `packing` stores them: not aligned, the lowest byte first
    const uint8_t* bytes
    Py_ssize_t count
    int width  # bytes a number: 1, 2 or 4


cdef inline uint32_t number_at(const Numbers& numbers, Py_ssize_t place) noexcept nogil:
    cdef const uint8_t* at = numbers.bytes + place * numbers.width
    if numbers.width == 1:
        return at[0]
    if numbers.width == 2:
        return at[0] | <uint32_t>at[1] << 8
    return at[0] | <uint32_t>at[1] << 8 | <uint32_t>at[2] << 16 | <uint32_t>at[3] << 24


cdef Numbers numbers_of(const uint8_t[::1] data, int width) except *:
    cdef Numbers numbers
    if width not in (1, 2, 4) or data.shape[0] % width:
        raise ValueError(width)
    numbers.bytes = &data[0] if data.shape[0] else NULL
    numbers.count = data.shape[0] // width
    numbers.width = width
    return numbers


# What functions without the GIL see of a term. A term with a table has no `docs`; a rare one has no table and no bits.
cdef struct QueryTerm:
    Py_ssize_t count  # documents that have it and are not deleted
    Py_ssize_t documents  # of the segment, padded to whole blocks
    const int32_t* docs  # ascending
    const int64_t* index  # where each of `docs` stands among all postings; NULL if no document is deleted
    bint repeats  # False if it is nowhere more than once: there are no `extra`
    Numbers extra  # of all postings: the frequency minus 1
    Numbers table  # for each document of the segment: the frequency, 0 where the term is not
    const uint64_t* bits  # with a table, for each block: a bit for each document that has the term
    Py_ssize_t entries  # of the next three: the blocks that have the term; with a table all blocks
    const int32_t* block  # the number of the block; NULL with a table
    const int32_t* begin  # where its documents begin in `docs`; NULL with a table
    const float* most  # the greatest impact in it, or a little more
    const double* norms  # for each document; NULL if the field has no lengths, so that each impact is 1
    double delta
    double weight  # of the term in the query
    const int64_t* starts  # where the positions of each 64th posting (with a table, of each block) begin; NULL: unread
    Numbers positions


cdef inline double impact(const QueryTerm& term, uint32_t frequency, Py_ssize_t doc) noexcept nogil:
    if term.norms == NULL:
        return 1.0
    cdef double freq = frequency
    return freq / (freq + term.norms[doc]) + term.delta


cdef inline float bound_of(double greatest) noexcept nogil:
    # Half the memory of a double, and not less than it.
    cdef float bound = <float>greatest
    return nextafterf(bound, 2 * bound) if bound < greatest else bound


cdef inline uint32_t frequency_at(const QueryTerm& term, Py_ssize_t place) noexcept nogil:
    # Of the document docs[place].
    if not term.repeats:
        return 1
    return number_at(term.extra, place if term.index == NULL else term.index[place]) + 1


cdef inline Py_ssize_t place_of(const QueryTerm& term, int32_t doc, Py_ssize_t begin) noexcept nogil:
    # The first place in `docs`, from `begin` on, of a document that is not before `doc`: by steps that double, and then
    # by bisection, so that looking for one document after another costs little.
    cdef Py_ssize_t step = 1, low = begin, high = begin, middle
    while high < term.count and term.docs[high] < doc:
        low = high + 1
        high += step
        step *= 2
    if high > term.count:
        high = term.count
    while low < high:
        middle = (low + high) >> 1
        if term.docs[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low


cdef inline uint32_t look_up(const QueryTerm& term, int32_t doc, Py_ssize_t* cursor) noexcept nogil:
    # The frequency in a document, 0 if the term is not in it. `cursor` is where the last search in `docs` ended, which
    # must have been for a document that is not after this one; with a table it is not used.
    if term.table.bytes != NULL:
        return number_at(term.table, doc)
    cursor[0] = place_of(term, doc, cursor[0])
    if cursor[0] == term.count or term.docs[cursor[0]] != doc:
        return 0
    return frequency_at(term, cursor[0])


cdef inline Py_ssize_t first_position(const QueryTerm& term, int32_t doc, Py_ssize_t cursor) noexcept nogil:
    # Where the positions in a document that has the term begin.
    cdef Py_ssize_t place, before, start
    if term.table.bytes != NULL:
        start = term.starts[doc >> BLOCK_BITS]
        for place in range(doc >> BLOCK_BITS << BLOCK_BITS, doc):
            start += number_at(term.table, place)
        return start
    place = cursor if term.index == NULL else term.index[cursor]
    if not term.repeats:
        return place
    start = term.starts[place >> BLOCK_BITS]
    for before in range(place >> BLOCK_BITS << BLOCK_BITS, place):
        start += number_at(term.extra, before) + 1
    return start


cdef class TermPostings:
    """The postings of a term, as the functions of the core take them. It is never changed once it was made."""

    cdef QueryTerm term
    cdef vector[int32_t] block, begin
    cdef vector[float] most
    cdef vector[uint64_t] bits
    cdef vector[int64_t] starts
    cdef Py_ssize_t postings
    cdef object arrays, position_array  # which own what `term` points to

    def __init__(
        self,
        const int32_t[::1] docs,
        const int64_t[::1] index,
        const uint8_t[::1] extra,
        int extra_width,
        const uint8_t[::1] table,
        int table_width,
        const double[::1] norms,
        double delta,
        Py_ssize_t postings,
        Py_ssize_t blocks,
    ):
        cdef QueryTerm* term = &self.term
        cdef Py_ssize_t place
        if self.arrays is not None:
            raise ValueError("made already")
        if blocks < 0 or blocks >> 40:
            raise ValueError("blocks")
        self.arrays = (docs, index, extra, table, norms)
        self.postings = postings
        term.documents = blocks << BLOCK_BITS
        term.delta = delta
        if norms is not None:
            if norms.shape[0] != term.documents:
                raise ValueError("norms")
            term.norms = &norms[0]
        if extra is not None:
            term.extra = numbers_of(extra, extra_width)
            term.repeats = True
            if term.extra.count != postings:
                raise ValueError("frequencies")
        if table is not None:
            term.table = numbers_of(table, table_width)
            if term.table.count != term.documents or index is not None:
                raise ValueError("table")
            self._read_table(blocks)
            return
        term.count = docs.shape[0]
        if index is None:
            if term.count != postings:
                raise ValueError("documents")
        elif index.shape[0] != term.count:
            raise ValueError("index")
        else:
            for place in range(term.count):
                if not 0 <= index[place] < postings:
                    raise ValueError("index")
            term.index = &index[0] if term.count else NULL
        for place in range(term.count):
            if docs[place] < 0 or docs[place] >= term.documents or (place and docs[place] <= docs[place - 1]):
                raise ValueError("documents")
        term.docs = &docs[0] if term.count else NULL
        self._read_docs()

    cdef int _read_table(self, Py_ssize_t blocks) except -1:
        cdef QueryTerm* term = &self.term
        cdef Py_ssize_t block, doc
        cdef uint32_t frequency
        cdef uint64_t word
        cdef double most
        self.bits.resize(blocks)
        self.most.resize(blocks)
        with nogil:
            for block in range(blocks):
                word = 0
                most = 0
                for doc in range(block << BLOCK_BITS, (block + 1) << BLOCK_BITS):
                    frequency = number_at(term.table, doc)
                    if frequency:
                        word |= <uint64_t>1 << (doc & (BLOCK - 1))
                        most = max(most, impact(term[0], frequency, doc))
                self.bits[block] = word
                self.most[block] = bound_of(most)
                term.count += count_of_bits(word)
        term.bits = self.bits.data()
        term.most = self.most.data()
        term.entries = blocks
        return 0

    cdef int _read_docs(self) except -1:
        cdef QueryTerm* term = &self.term
        cdef Py_ssize_t place
        cdef int32_t block, last = -1
        cdef float one
        for place in range(term.count):
            block = term.docs[place] >> BLOCK_BITS
            one = bound_of(impact(term[0], frequency_at(term[0], place), term.docs[place]))
            if block != last:
                last = block
                self.block.push_back(block)
                self.begin.push_back(<int32_t>place)
                self.most.push_back(one)
            elif one > self.most.back():
                self.most[self.most.size() - 1] = one
        self.begin.push_back(<int32_t>term.count)
        self.block.shrink_to_fit()
        self.begin.shrink_to_fit()
        self.most.shrink_to_fit()
        term.block = self.block.data()
        term.begin = self.begin.data()
        term.most = self.most.data()
        term.entries = self.block.size()
        return 0

    def occurrences(self):
        """Return how often the term occurs in all documents, deleted ones included."""
        cdef Py_ssize_t place, total = 0
        if self.term.table.bytes != NULL:
            for place in range(self.term.table.count):
                total += number_at(self.term.table, place)
            return total
        if self.term.repeats:
            for place in range(self.postings):
                total += number_at(self.term.extra, place)
        return total + self.postings

    def has_positions(self):
        """Return True if `set_positions` was called."""
        return self.position_array is not None

    def set_positions(self, const uint8_t[::1] positions, int width):
        """Take the positions of all occurrences; further calls do nothing."""
        cdef Py_ssize_t place, total = 0
        cdef QueryTerm* term = &self.term
        cdef bint has_table = term.table.bytes != NULL
        cdef Py_ssize_t count = term.table.count if has_table else self.postings
        cdef vector[int64_t] starts
        if self.position_array is not None:
            return
        cdef Numbers numbers = numbers_of(positions, width)
        if not has_table and count > numbers.count:  # each posting has a position, so `starts` stays within bounds
            raise ValueError("positions")
        for place in range(count):
            if not place & (BLOCK - 1):
                starts.push_back(total)
            if has_table:
                total += number_at(term.table, place)
            else:
                total += 1 + (number_at(term.extra, place) if term.repeats else 0)
        if total != numbers.count:
            raise ValueError("positions")
        self.starts.swap(starts)
        term.positions = numbers
        term.starts = self.starts.data()
        self.position_array = positions


cdef vector[QueryTerm] terms_of(list postings, const double[::1] weights) except *:
    # What the functions below see of the terms of a query; the list keeps the terms alive.
    cdef vector[QueryTerm] terms
    cdef TermPostings one
    cdef Py_ssize_t place
    if weights is not None and weights.shape[0] != len(postings):
        raise ValueError("weights")
    for place in range(len(postings)):
        one = postings[place]
        if one is None or one.arrays is None:
            raise ValueError("postings")
        terms.push_back(one.term)
        terms[terms.size() - 1].weight = 1.0 if weights is None else weights[place]
    return terms
