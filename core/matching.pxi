# Which documents have some terms, also in sequence, and what terms add to the scores of a few documents: the twin of
# parts of `topk.py`, `phrase_matching.py`, `kept_matches.py` and `rescorers.py` in `indexer/ranking/`.

cdef enum:
    MAX_DISPLACEMENT = 8  # as in `rescorers.py`


def union_of(list terms, Py_ssize_t blocks):
    """Return the documents with any of some terms: a word for each block, with a bit for each document."""
    cdef vector[QueryTerm] own = terms_of(terms, None)
    check_terms(own, blocks)
    bits = np.zeros(blocks, np.uint64)
    cdef uint64_t[::1] words = bits
    cdef size_t one
    cdef Py_ssize_t place
    with nogil:
        for one in range(own.size()):
            if own[one].bits != NULL:
                for place in range(blocks):
                    words[place] |= own[one].bits[place]
            else:
                for place in range(own[one].count):
                    words[own[one].docs[place] >> BLOCK_BITS] |= <uint64_t>1 << (own[one].docs[place] & (BLOCK - 1))
    return bits


def set_bits(uint64_t[::1] words, const int64_t[::1] docs):
    """Set the bits of some documents."""
    cdef Py_ssize_t place
    for place in range(docs.shape[0]):
        if not 0 <= docs[place] < words.shape[0] << BLOCK_BITS:
            raise ValueError("documents")
        words[docs[place] >> BLOCK_BITS] |= <uint64_t>1 << (docs[place] & (BLOCK - 1))


def count_bits(const uint64_t[::1] words):
    """Return how many bits are set."""
    cdef Py_ssize_t place, total = 0
    with nogil:
        for place in range(words.shape[0]):
            total += count_of_bits(words[place])
    return total


cdef int check_positions(const vector[QueryTerm]& terms) except -1:
    cdef size_t place
    for place in range(terms.size()):
        if terms[place].starts == NULL and terms[place].count:
            raise ValueError("no positions")
    return 0


cdef int read_positions(const QueryTerm& term, int32_t doc, vector[int64_t]& positions) except -1 nogil:
    # Read where a term is in a document; nowhere if it does not have it.
    cdef Py_ssize_t cursor = 0, place, first
    cdef uint32_t frequency = look_up(term, doc, &cursor)
    positions.clear()
    if not frequency:
        return 0
    first = first_position(term, doc, cursor)
    if first + frequency > term.positions.count:
        return 0  # not with postings whose frequencies add up, which `set_positions` has seen to
    for place in range(first, first + frequency):
        positions.push_back(number_at(term.positions, place))
    return 0


cdef int has_sequence(
    const vector[QueryTerm]& terms, int32_t doc, int64_t slop, vector[int64_t]& reached, vector[int64_t]& positions
) except -1 nogil:
    # Return 1 if the terms occur in order, each at most `slop` positions after the last; the vectors are for scratch.
    cdef size_t one, place, before, kept
    for one in range(terms.size()):
        read_positions(terms[one], doc, positions)
        if one:
            before = kept = 0
            for place in range(positions.size()):
                while before < reached.size() and reached[before] < positions[place]:
                    before += 1
                if before and positions[place] - reached[before - 1] <= slop:
                    positions[kept] = positions[place]
                    kept += 1
            positions.resize(kept)
        reached.swap(positions)
        if reached.empty():
            return 0
    return 1 if terms.size() else 0


cdef int find_all(
    const vector[QueryTerm]& terms, int64_t slop, vector[Scored]& found, Best* best
) except -1 nogil:
    # Find the documents that have all of some terms (with a `slop` of 0 or more: in order, each at most so many positions
    # after the last), ascending, and their scores: all of them, or with `best` only those that can be among the best,
    # which are added to it. The documents of a block are compared as bits of a word.
    cdef vector[Py_ssize_t] order
    cdef vector[InBlock] here = vector[InBlock](terms.size())
    cdef vector[int64_t] reached, positions
    cdef Py_ssize_t size = terms.size(), place, other, entry
    cdef int32_t block
    cdef int bit
    cdef uint64_t word
    cdef double bound
    cdef double scores[BLOCK]
    cdef Scored one
    cdef const QueryTerm* rarest
    if not size:
        return 0
    for place in range(size):  # the rarest first, by insertion: there are few
        here[place].entry = 0
        other = place
        order.push_back(place)
        while other and terms[order[other - 1]].count > terms[place].count:
            order[other] = order[other - 1]
            other -= 1
        order[other] = place
    rarest = &terms[order[0]]
    for entry in range(rarest.entries):
        block = <int32_t>entry if rarest.block == NULL else rarest.block[entry]
        word = ~<uint64_t>0
        bound = 0
        for place in range(size):
            look_at(terms[order[place]], block, here[order[place]])
            word &= here[order[place]].word
            if not word:
                break
            bound += here[order[place]].most
        if not word or (best != NULL and bound < least_of(best[0]) * (1 - 1e-9)):  # see `score_blocks`
            continue
        for bit in range(BLOCK):
            scores[bit] = 0
        for place in range(size):
            add_impacts(terms[place], block, here[place], word, scores)
        while word:
            bit = lowest_bit(word)
            word &= word - 1
            one.doc = (block << BLOCK_BITS) + bit
            one.score = scores[bit]
            if best != NULL and one.score < least_of(best[0]):
                continue
            if slop >= 0 and not has_sequence(terms, one.doc, slop, reached, positions):
                continue
            if best == NULL:
                found.push_back(one)
            else:
                add_best(best[0], one.doc, one.score)
    return 0


def all_of(list terms, const double[::1] weights, Py_ssize_t blocks, int64_t slop):
    """Return all documents, ascending, that have all of some terms, and their scores.

    With a `slop` of 0 or more, only those in which they are in order, each at most `slop` positions after the last.
    """
    cdef vector[QueryTerm] own = terms_of(terms, weights)
    cdef vector[Scored] found
    check_terms(own, blocks)
    if slop >= 0:
        check_positions(own)
    with nogil:
        find_all(own, slop, found, NULL)
    return arrays_of(found, -np.inf)


def best_of_all(list terms, const double[::1] weights, Py_ssize_t blocks, Py_ssize_t k, double floor, int64_t slop):
    """Return what `topk.top_k_of_all` does, with a `slop` for documents as `all_of` finds them."""
    cdef vector[QueryTerm] own = terms_of(terms, weights)
    cdef vector[Scored] found
    cdef Best best
    check_terms(own, blocks)
    if slop >= 0:
        check_positions(own)
    best.k = max(k, 0)
    best.floor = floor
    with nogil:
        find_all(own, slop, found, &best)
    return arrays_of(best.found, least_of(best))


cdef int check_docs(const int64_t[::1] docs, Py_ssize_t blocks) except -1:
    cdef Py_ssize_t place
    for place in range(docs.shape[0]):
        if docs[place] < 0 or docs[place] >> BLOCK_BITS >= blocks:
            raise ValueError("documents")
    return 0


def in_sequence(list terms, const int64_t[::1] docs, Py_ssize_t blocks, int64_t slop):
    """Return what `phrase_matching.in_sequence` does."""
    cdef vector[QueryTerm] own = terms_of(terms, None)
    cdef vector[int64_t] reached, positions
    cdef Py_ssize_t place
    check_terms(own, blocks)
    check_positions(own)
    check_docs(docs, blocks)
    found = np.zeros(docs.shape[0], np.bool_)
    cdef uint8_t[::1] has = found.view(np.uint8)
    with nogil:
        for place in range(docs.shape[0]):
            has[place] = has_sequence(own, <int32_t>docs[place], slop, reached, positions)
    return found


def add_scores(list terms, const double[::1] weights, Py_ssize_t blocks, const int64_t[::1] docs, double[::1] scores):
    """Add what each of some terms counts to the scores of documents (ascending)."""
    cdef vector[QueryTerm] own = terms_of(terms, weights)
    cdef size_t one
    cdef Py_ssize_t place, cursor
    cdef uint32_t frequency
    check_terms(own, blocks)
    check_docs(docs, blocks)
    if scores.shape[0] != docs.shape[0]:
        raise ValueError("scores")
    for place in range(1, docs.shape[0]):
        if docs[place] < docs[place - 1]:
            raise ValueError("documents")
    with nogil:
        for one in range(own.size()):
            cursor = 0
            for place in range(docs.shape[0]):
                frequency = look_up(own[one], <int32_t>docs[place], &cursor)
                if frequency:
                    scores[place] += own[one].weight * impact(own[one], frequency, docs[place])


cdef struct Pair:
    size_t first, second  # the numbers of its terms
    int64_t distance
    double weight
    bint is_loose


cdef double closeness(const vector[int64_t]& first, const vector[int64_t]& second, const Pair& pair) noexcept nogil:
    # How close a pair comes in a document to its form in the query, from 0 to 1.
    cdef size_t place
    cdef int64_t off, most = MAX_DISPLACEMENT if pair.is_loose else 0
    cdef double best = 0
    for place in range(first.size()):
        off = distance_to_nearest(second, first[place] + pair.distance)
        if pair.is_loose:
            off = min(off, distance_to_nearest(second, first[place] - pair.distance) + 1)
        if off <= most:
            best = max(best, 1 / <double>(1 + off))
    return best


cdef int64_t distance_to_nearest(const vector[int64_t]& line, int64_t target) noexcept nogil:
    cdef size_t place
    cdef int64_t least = <int64_t>1 << 40
    for place in range(line.size()):
        least = min(least, line[place] - target if line[place] > target else target - line[place])
    return least


def add_pairs(list terms, list pairs, Py_ssize_t blocks, const int64_t[::1] docs, double[::1] scores):
    """Add what pairs of terms count to the scores of documents, as `ProximityRescorer` does.

    Each pair is a tuple of the places of its two terms in `terms`, its distance, its weight, and if it is loose.
    """
    cdef vector[QueryTerm] own = terms_of(terms, None)
    cdef vector[Pair] all_pairs
    cdef vector[vector[int64_t]] positions = vector[vector[int64_t]](own.size())
    cdef Pair one
    cdef Py_ssize_t place
    cdef size_t term
    check_terms(own, blocks)
    check_positions(own)
    check_docs(docs, blocks)
    if scores.shape[0] != docs.shape[0]:
        raise ValueError("scores")
    for first, second, distance, weight, is_loose in pairs:
        one.first, one.second, one.distance, one.weight, one.is_loose = first, second, distance, weight, is_loose
        if one.first >= own.size() or one.second >= own.size():
            raise ValueError("pairs")
        all_pairs.push_back(one)
    with nogil:
        for place in range(docs.shape[0]):
            for term in range(own.size()):
                read_positions(own[term], <int32_t>docs[place], positions[term])
            for term in range(all_pairs.size()):
                one = all_pairs[term]
                scores[place] += closeness(positions[one.first], positions[one.second], one) * one.weight


def other_spelling(list words, list typed, Py_ssize_t blocks, double weight):
    """Return the matches of an `OtherSpelling`, as its twin `_among` does.

    `words` are the postings of its words, `typed` those of the typed spelling; documents with all of these are left
    out, if there are any.
    """
    cdef vector[QueryTerm] own = terms_of(words, None)
    cdef vector[QueryTerm] other = terms_of(typed, None)
    cdef vector[Py_ssize_t] cursors = vector[Py_ssize_t](own.size(), 0)
    cdef vector[Py_ssize_t] other_cursors = vector[Py_ssize_t](other.size(), 0)
    cdef vector[Scored] found
    cdef size_t place, one, kept = 0
    cdef int64_t slop = 1 if own.size() > 1 else -1
    cdef bint is_typed
    cdef double least
    check_terms(own, blocks)
    check_terms(other, blocks)
    if slop >= 0:
        check_positions(own)
    with nogil:
        find_all(own, slop, found, NULL)
        for place in range(found.size()):
            is_typed = not other.empty()
            for one in range(other.size()):
                if not look_up(other[one], found[place].doc, &other_cursors[one]):
                    is_typed = False
                    break
            if is_typed:
                continue
            for one in range(own.size()):
                least = impact(own[one], look_up(own[one], found[place].doc, &cursors[one]), found[place].doc)
                if not one or least < found[place].score:
                    found[place].score = least
            found[place].score *= weight
            found[kept] = found[place]
            kept += 1
        found.resize(kept)
    return arrays_of(found, -np.inf)
