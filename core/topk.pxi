# The best documents for the terms of a query: the twin of `indexer/ranking/topk.py`, which says how it is done.
#
# A score is summed in the order of the terms, as the twin sums it, so that both are equal to the last digit.
from libcpp.algorithm cimport nth_element, pop_heap, push_heap, sort
from libcpp.functional cimport greater
from libcpp.utility cimport pair

cdef enum:
    FIRST_BLOCKS = 48  # how many blocks are scored first

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


cdef struct InBlock:  # what a term has in the block that is being scored
    uint64_t word  # a bit for each document that has it
    double most  # the most it can add to a score
    Py_ssize_t entry  # for a term without a table: the entry of the block, or the next one


cdef inline void look_at(const QueryTerm& term, int32_t block, InBlock& found) noexcept nogil:
    # Blocks come in ascending order, so what is looked for comes after what was found last.
    cdef Py_ssize_t low, high, middle, step = 1, place
    if term.bits != NULL:
        found.word = term.bits[block]
        found.most = term.weight * term.most[block]
        return
    low = high = found.entry
    while high < term.entries and term.block[high] < block:
        low = high + 1
        high += step
        step *= 2
    high = min(high, term.entries)
    while low < high:
        middle = (low + high) >> 1
        if term.block[middle] < block:
            low = middle + 1
        else:
            high = middle
    found.entry = low
    found.word = 0
    if low < term.entries and term.block[low] == block:
        for place in range(term.begin[low], term.begin[low + 1]):
            found.word |= <uint64_t>1 << (term.docs[place] & (BLOCK - 1))
        found.most = term.weight * term.most[low]


cdef inline void add_impacts(
    const QueryTerm& term, int32_t block, const InBlock& found, uint64_t chosen, double* scores
) noexcept nogil:
    # Add what a term counts in the chosen documents of a block.
    cdef uint64_t word
    cdef Py_ssize_t place, base = <Py_ssize_t>block << BLOCK_BITS
    cdef int bit
    if not found.word & chosen:
        return
    if term.bits != NULL:
        word = found.word & chosen
        while word:
            bit = lowest_bit(word)
            word &= word - 1
            scores[bit] += term.weight * impact(term, number_at(term.table, base + bit), base + bit)
        return
    for place in range(term.begin[found.entry], term.begin[found.entry + 1]):
        bit = term.docs[place] & (BLOCK - 1)
        if chosen >> bit & 1:
            scores[bit] += term.weight * impact(term, frequency_at(term, place), base + bit)


cdef void add_bounds(const QueryTerm& term, double* bounds) noexcept nogil:
    cdef Py_ssize_t entry
    if term.block == NULL:
        for entry in range(term.entries):
            bounds[entry] += term.weight * term.most[entry]
    else:
        for entry in range(term.entries):
            bounds[term.block[entry]] += term.weight * term.most[entry]


cdef enum:
    PLANES = 11  # of the counters below
    UNITS = 100  # into which the least score that counts is divided
    MOST_TERMS = 500  # whose sums fit into the counters, if all of them together are no more than 1,000 units

cdef double MINOR_SHARE = 0.1  # of the least score that counts, for the terms that are not counted


cdef struct Needed:  # what a document must have to be among the best
    Py_ssize_t first  # where the terms that are counted begin in the order
    double units  # how many units a score of 1 is
    int count  # the units that these terms must add


cdef void find_needed(const vector[pair[double, size_t]]& order, double least, Needed& needed) noexcept nogil:
    # The first terms of the order together add no more than a small share of `least`; the others must add the rest.
    cdef double minor = 0, total = 0
    cdef Py_ssize_t place
    needed.first = 0
    for place in range(<Py_ssize_t>order.size()):
        total += order[place].first
        if place == needed.first and total < least * MINOR_SHARE:
            needed.first += 1
            minor = total
    needed.units = min(UNITS / least, 1000 / total) if total > 0 else 0
    needed.count = <int>max(0.0, (least * (1 - 1e-9) - minor) * needed.units - 1e-6)  # the score may be rounded


cdef inline void count_units(uint64_t* planes, uint64_t word, int units) noexcept nogil:
    # Add `units` to the counters of the documents in `word`.
    cdef uint64_t sum_, carry
    cdef int plane, first = 0
    while units:
        if units & 1:
            carry = word
            for plane in range(first, PLANES):
                sum_ = planes[plane] ^ carry
                carry &= planes[plane]
                planes[plane] = sum_
                if not carry:
                    break
        units >>= 1
        first += 1


cdef inline uint64_t at_least(const uint64_t* planes, int count) noexcept nogil:
    # The documents whose counter, one bit of which is in each plane, is at least `count`.
    cdef uint64_t greater_ones = 0, equal = ~<uint64_t>0
    cdef int plane
    for plane in range(PLANES - 1, -1, -1):
        if count >> plane & 1:
            equal &= planes[plane]
        else:
            greater_ones |= equal & planes[plane]
            equal &= ~planes[plane]
    return greater_ones | equal


cdef enum:
    CHUNK_BITS = 8
    CHUNK = 256  # neighbouring blocks whose counters are made together: they take 22 kB, so they stay in the first cache


cdef void count_chunk(
    const vector[QueryTerm]& terms, const vector[pair[double, size_t]]& order, const Needed& needed, int32_t base,
    const vector[int32_t]& rows, vector[Py_ssize_t]& cursors, uint64_t* planes
) noexcept nogil:
    # Count for each document in some rows of a chunk, which begins at block `base`, the units that its terms can add.
    cdef uint8_t wanted[CHUNK]
    cdef const QueryTerm* term
    cdef Py_ssize_t place, entry, one
    cdef size_t row
    cdef int plane
    cdef double units
    cdef uint64_t word
    for place in range(CHUNK):
        wanted[place] = 0
    for row in range(rows.size()):
        wanted[rows[row]] = 1
        for plane in range(PLANES):
            planes[rows[row] * PLANES + plane] = 0
    for place in range(needed.first, <Py_ssize_t>order.size()):
        term = &terms[order[place].second]
        units = term.weight * needed.units
        if term.bits != NULL:
            for row in range(rows.size()):
                word = term.bits[base + rows[row]]
                if word:
                    count_units(planes + rows[row] * PLANES, word, <int>(units * term.most[base + rows[row]]) + 1)
            continue
        entry = cursors[order[place].second]
        while entry < term.entries and term.block[entry] < base:
            entry += 1
        while entry < term.entries and term.block[entry] < base + CHUNK:
            if wanted[term.block[entry] - base]:
                word = 0
                for one in range(term.begin[entry], term.begin[entry + 1]):
                    word |= <uint64_t>1 << (term.docs[one] & (BLOCK - 1))
                count_units(planes + (term.block[entry] - base) * PLANES, word, <int>(units * term.most[entry]) + 1)
            entry += 1
        cursors[order[place].second] = entry


cdef int score_blocks(
    const vector[QueryTerm]& terms, Py_ssize_t finding, const vector[pair[double, size_t]]& order,
    const vector[int32_t]& blocks, const double* bounds, Best& best
) except -1 nogil:
    # Score the documents of some blocks (ascending) that can still be among the best.
    #
    # The first `finding` terms find documents, the others only add to their scores. `order` has the terms that can add
    # least first, with the most that they can add. Documents are passed over whose terms cannot add enough, by what
    # each adds at most in its block, in whole units. The 64 documents of a block are counted together, in words that
    # have a bit for each: bit i of plane p is bit p of the counter of document i.
    cdef vector[InBlock] here = vector[InBlock](terms.size())
    cdef vector[Py_ssize_t] cursors = vector[Py_ssize_t](terms.size(), 0)
    cdef vector[int32_t] rows
    cdef double scores[BLOCK]
    cdef double more[BLOCK]
    cdef uint64_t planes[CHUNK * PLANES]
    cdef size_t next_block = 0, row
    cdef Py_ssize_t place, size = terms.size()
    cdef int32_t block, base
    cdef int bit
    cdef uint64_t chosen, has
    cdef double least, score
    cdef Needed needed
    for place in range(size):
        here[place].entry = 0
    while next_block < blocks.size():
        base = blocks[next_block] >> CHUNK_BITS << CHUNK_BITS
        least = least_of(best)
        rows.clear()
        while next_block < blocks.size() and blocks[next_block] < base + CHUNK:
            if bounds[blocks[next_block]] >= least:
                rows.push_back(blocks[next_block] - base)
            next_block += 1
        find_needed(order, least, needed)
        if size > MOST_TERMS:
            needed.count = 0
        if needed.count:
            count_chunk(terms, order, needed, base, rows, cursors, planes)
        for row in range(rows.size()):
            block = base + rows[row]
            chosen = at_least(planes + rows[row] * PLANES, needed.count) if needed.count else ~<uint64_t>0
            least = least_of(best)
            if not chosen or bounds[block] < least:
                continue
            has = 0
            for place in range(size):
                look_at(terms[place], block, here[place])
                if place < finding:
                    has |= here[place].word
            chosen &= has
            for bit in range(BLOCK):
                scores[bit] = more[bit] = 0
            for place in range(finding):
                add_impacts(terms[place], block, here[place], chosen, scores)
            for place in range(finding, size):
                add_impacts(terms[place], block, here[place], chosen, more)
            while chosen:
                bit = lowest_bit(chosen)
                chosen &= chosen - 1
                score = scores[bit] + more[bit]
                if score >= least:
                    add_best(best, (block << BLOCK_BITS) + bit, score)
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


cdef int find_any(const vector[QueryTerm]& terms, Py_ssize_t finding, Py_ssize_t blocks, Best& best) except -1 nogil:
    # Find the best documents with any of the first `finding` terms; the others only add to their scores.
    cdef vector[double] bounds = vector[double](blocks, 0.0)
    cdef vector[double] more
    cdef vector[int32_t] chosen
    cdef vector[pair[double, size_t]] order
    cdef size_t place, entry
    cdef double least, greatest
    for place in range(terms.size()):
        if <Py_ssize_t>place < finding:
            add_bounds(terms[place], bounds.data())
        else:
            if more.empty():
                more.resize(blocks)
            add_bounds(terms[place], more.data())
        greatest = 0
        for entry in range(<size_t>terms[place].entries):
            greatest = max(greatest, terms[place].most[entry])
        order.push_back(pair[double, size_t](terms[place].weight * greatest, place))
    sort(order.begin(), order.end())
    for place in range(more.size()):
        if bounds[place] != 0:
            bounds[place] += more[place]
    best_blocks(bounds, chosen)
    score_blocks(terms, finding, order, chosen, bounds.data(), best)
    for place in range(chosen.size()):
        bounds[chosen[place]] = 0
    chosen.clear()
    least = least_of(best)
    for place in range(bounds.size()):
        if bounds[place] >= least:
            chosen.push_back(<int32_t>place)
    score_blocks(terms, finding, order, chosen, bounds.data(), best)
    return 0


cdef int check_terms(const vector[QueryTerm]& terms, Py_ssize_t blocks) except -1:
    cdef size_t place
    for place in range(terms.size()):
        if terms[place].documents >> BLOCK_BITS != blocks:
            raise ValueError("terms of different segments")
    return 0


def best_of_any(list terms, const double[::1] weights, list optional, const double[::1] optional_weights,
                Py_ssize_t blocks, Py_ssize_t k, double floor):
    """Return what `topk.top_k_of_any` does, in a segment of so many blocks."""
    cdef vector[QueryTerm] own = terms_of(terms, weights)
    cdef vector[QueryTerm] more = terms_of(optional, optional_weights)
    cdef Py_ssize_t finding = own.size()
    cdef Best best
    own.insert(own.end(), more.begin(), more.end())
    check_terms(own, blocks)
    best.k = max(k, 0)
    best.floor = floor
    with nogil:
        find_any(own, finding, blocks, best)
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
