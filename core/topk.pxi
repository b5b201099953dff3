# The best documents for the terms of a query: the twin of `indexer/ranking/topk.py`, which says how it is done.
#
# A score is summed in the order of the terms, as the twin sums it, so that both are equal to the last digit.
from libcpp.algorithm cimport nth_element, pop_heap, push_heap, sort
from libcpp.functional cimport greater
from libcpp.utility cimport pair

cdef enum:
    FIRST_BLOCKS = 48  # how many blocks are scored first
    CHUNK = 64  # blocks that are scored together: their scores take 32 kB, so they stay in the fastest cache
    FIRST_CHECKS = 256  # how many documents are looked at first for a phrase

cdef double TIE_TOLERANCE = 1e-6
cdef double TINY = 1e-300


ctypedef pair[double, pair[uint32_t, int64_t]] Ordered  # the negated score, the ordinal in the column, the document


cdef struct Scored:
    double score
    int32_t doc


cdef cppclass Best:
    # The documents that may be among the best k, and the least score that counts.
    vector[Scored] found
    vector[double] heap  # the k greatest scores so far; the least of them comes first
    size_t k
    double floor


cdef inline double least_of(const Best& best) noexcept nogil:
    # The least score that a document may have to be among the best.
    cdef double kth = best.floor
    if best.k and best.heap.size() == best.k and best.heap[0] > kth:
        kth = best.heap[0]
    kth *= 1 - TIE_TOLERANCE
    return kth if kth > TINY else TINY


cdef int add_best(Best& best, int32_t doc, double score) except -1 nogil:
    cdef Scored one
    one.doc = doc
    one.score = score
    best.found.push_back(one)
    if best.heap.size() < best.k:
        best.heap.push_back(score)
        push_heap(best.heap.begin(), best.heap.end(), greater[double]())
    elif best.k and score > best.heap[0]:
        pop_heap(best.heap.begin(), best.heap.end(), greater[double]())
        best.heap[best.k - 1] = score
        push_heap(best.heap.begin(), best.heap.end(), greater[double]())
    return 0


cdef tuple arrays_of(const vector[Scored]& found, double least):
    # The documents that score at least so much, and their scores.
    cdef Py_ssize_t place, size = 0
    for place in range(<Py_ssize_t>found.size()):
        size += found[place].score >= least
    docs = np.empty(size, np.int64)
    scores = np.empty(size)
    cdef int64_t[::1] doc_of = docs
    cdef double[::1] score_of = scores
    size = 0
    for place in range(<Py_ssize_t>found.size()):
        if found[place].score >= least:
            doc_of[size] = found[place].doc
            score_of[size] = found[place].score
            size += 1
    return docs, scores


cdef void add_block(const Term& term, int32_t block, Py_ssize_t* cursor, double* scores) noexcept nogil:
    # Add what a term counts in the documents of a block. `cursor` is the first entry that may be of this block.
    cdef uint64_t word
    cdef Py_ssize_t place, doc, low, high, middle
    cdef Py_ssize_t base = <Py_ssize_t>block << BLOCK_BITS
    cdef int bit
    if term.bits != NULL:
        word = term.bits[block]
        while word:
            bit = lowest_bit(word)
            word &= word - 1
            scores[bit] += term.weight * impact(term, number_at(term.table, base + bit), base + bit)
        return
    low = cursor[0]
    if low < term.entries and term.block[low] < block:
        high = low + 1
        while high < term.entries and term.block[high] < block:
            low = high
            high += high - cursor[0]
        high = min(high, term.entries)
        while low < high:
            middle = (low + high) >> 1
            if term.block[middle] < block:
                low = middle + 1
            else:
                high = middle
        cursor[0] = low
    if low == term.entries or term.block[low] != block:
        return
    for place in range(term.begin[low], term.begin[low + 1]):
        doc = term.docs[place]
        scores[doc & (BLOCK - 1)] += term.weight * impact(term, frequency_at(term, place), doc)


cdef void add_bounds(const Term& term, double* bounds) noexcept nogil:
    cdef Py_ssize_t entry
    if term.block == NULL:
        for entry in range(term.entries):
            bounds[entry] += term.weight * term.most[entry]
    else:
        for entry in range(term.entries):
            bounds[term.block[entry]] += term.weight * term.most[entry]


cdef int score_blocks(
    const vector[Term]& terms, const vector[Term]& optional, const vector[int32_t]& blocks, const double* bounds, Best& best
) except -1 nogil:
    # Score the documents of some blocks (ascending) that can still hold one of the best.
    cdef vector[Py_ssize_t] cursors = vector[Py_ssize_t](terms.size(), 0)
    cdef vector[Py_ssize_t] more_cursors = vector[Py_ssize_t](optional.size(), 0)
    cdef vector[double] scores = vector[double](CHUNK << BLOCK_BITS)
    cdef vector[double] more = vector[double](CHUNK << BLOCK_BITS if optional.size() else 0)
    cdef int32_t chunk[CHUNK]
    cdef size_t next_block = 0, place
    cdef Py_ssize_t size, row, cell
    cdef double least
    while next_block < blocks.size():
        least = least_of(best)
        size = 0
        while next_block < blocks.size() and size < CHUNK:
            if bounds[blocks[next_block]] >= least:
                chunk[size] = blocks[next_block]
                size += 1
            next_block += 1
        for cell in range(size << BLOCK_BITS):
            scores[cell] = 0
        for place in range(terms.size()):
            for row in range(size):
                add_block(terms[place], chunk[row], &cursors[place], &scores[row << BLOCK_BITS])
        if optional.size():
            for cell in range(size << BLOCK_BITS):
                more[cell] = 0
            for place in range(optional.size()):
                for row in range(size):
                    add_block(optional[place], chunk[row], &more_cursors[place], &more[row << BLOCK_BITS])
            for cell in range(size << BLOCK_BITS):
                if scores[cell] != 0:
                    scores[cell] += more[cell]
        for row in range(size):
            for cell in range(row << BLOCK_BITS, (row + 1) << BLOCK_BITS):
                if scores[cell] >= least:
                    add_best(best, (chunk[row] << BLOCK_BITS) + <int32_t>(cell & (BLOCK - 1)), scores[cell])
                    least = least_of(best)
    return 0


cdef int best_blocks(vector[double]& bounds, vector[int32_t]& first) except -1 nogil:
    # Find the blocks with the greatest bounds, ascending.
    cdef vector[double] ordered
    cdef size_t block
    cdef double least = 0
    cdef Py_ssize_t equal = FIRST_BLOCKS
    for block in range(bounds.size()):
        if bounds[block] > 0:
            ordered.push_back(bounds[block])
    if ordered.size() > FIRST_BLOCKS:
        nth_element(ordered.begin(), ordered.begin() + (FIRST_BLOCKS - 1), ordered.end(), greater[double]())
        least = ordered[FIRST_BLOCKS - 1]
        for block in range(<size_t>FIRST_BLOCKS):
            equal -= ordered[block] > least
    for block in range(bounds.size()):
        if bounds[block] > least:
            first.push_back(<int32_t>block)
        elif bounds[block] == least and least > 0 and equal:
            equal -= 1
            first.push_back(<int32_t>block)
    return 0


cdef int find_any(const vector[Term]& terms, const vector[Term]& optional, Py_ssize_t blocks, Best& best) except -1 nogil:
    cdef vector[double] bounds = vector[double](blocks, 0.0)
    cdef vector[double] more
    cdef vector[int32_t] chosen
    cdef size_t place
    cdef double least
    for place in range(terms.size()):
        add_bounds(terms[place], bounds.data())
    if optional.size():
        more.resize(blocks)
        for place in range(optional.size()):
            add_bounds(optional[place], more.data())
        for place in range(bounds.size()):
            if bounds[place] != 0:
                bounds[place] += more[place]
    best_blocks(bounds, chosen)
    score_blocks(terms, optional, chosen, bounds.data(), best)
    for place in range(chosen.size()):
        bounds[chosen[place]] = 0
    chosen.clear()
    least = least_of(best)
    for place in range(bounds.size()):
        if bounds[place] >= least:
            chosen.push_back(<int32_t>place)
    score_blocks(terms, optional, chosen, bounds.data(), best)
    return 0


cdef int check_terms(const vector[Term]& terms, Py_ssize_t blocks) except -1:
    cdef size_t place
    for place in range(terms.size()):
        if terms[place].documents != blocks << BLOCK_BITS:
            raise ValueError("terms of different segments")
    return 0


def best_of_any(list terms, const double[::1] weights, list optional, const double[::1] optional_weights,
                Py_ssize_t blocks, Py_ssize_t k, double floor):
    """Return what `topk.top_k_of_any` does, in a segment of so many blocks."""
    cdef vector[Term] own = terms_of(terms, weights)
    cdef vector[Term] more = terms_of(optional, optional_weights)
    cdef Best best
    check_terms(own, blocks)
    check_terms(more, blocks)
    best.k = max(k, 0)
    best.floor = floor
    with nogil:
        find_any(own, more, blocks, best)
    return arrays_of(best.found, least_of(best))


def first_of(const int64_t[::1] docs, const double[::1] scores, Py_ssize_t k, const uint8_t[::1] column, int width):
    """Return what `collector.first_documents` does; `column` holds integers of `width` bytes, or is None."""
    cdef vector[Ordered] found
    cdef vector[double] ordered
    cdef uint32_t ordinal = 0
    cdef Py_ssize_t place, size = docs.shape[0]
    cdef double least = -np.inf
    cdef Numbers ordinals = numbers_of(column, width) if column is not None else Numbers(NULL, 0, 1)
    if scores.shape[0] != size:
        raise ValueError("scores")
    if k < size:
        if k <= 0:
            size = 0
        else:
            ordered.assign(&scores[0], &scores[0] + size)
            nth_element(ordered.begin(), ordered.begin() + (k - 1), ordered.end(), greater[double]())
            least = ordered[k - 1] - abs(ordered[k - 1]) * TIE_TOLERANCE
    for place in range(size):
        if scores[place] >= least:
            if column is not None:
                if not 0 <= docs[place] < ordinals.count:
                    raise ValueError("documents")
                ordinal = number_at(ordinals, docs[place])
            found.push_back(Ordered(-<double><float>scores[place], pair[uint32_t, int64_t](ordinal, docs[place])))
    sort(found.begin(), found.end())
    size = min(k, <Py_ssize_t>found.size())
    chosen = np.empty(size, np.int64)
    rounded = np.empty(size)
    cdef int64_t[::1] chosen_docs = chosen
    cdef double[::1] chosen_scores = rounded
    for place in range(size):
        chosen_docs[place] = found[place].second.second
        chosen_scores[place] = -found[place].first
    return chosen, rounded
