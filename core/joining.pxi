# Joining chunks that a space has torn: the twin of `Analysis._append_joined` and `WordForms.belong_together`, for
# chunks that are words of Persian letters. All others are left to Python.

cdef enum:
    MOST_JOINED = 4  # words that are read as one at most, see `analysis.py`


cdef struct ChunkWord:
    # What is known of a chunk that is a word: numbers and places in arrays of its tables.
    uint32_t letters  # the place of the first letter of its surface form
    uint32_t continues  # the place of the first lexeme that it may be as a continuation
    int32_t continuations
    int16_t affix
    uint8_t count  # of letters; 0 if the core has not read it
    uint8_t continued  # how many lexemes
    uint8_t size  # in characters as written


cdef struct JoinedWord:
    # Some chunks of a group that are one word, or one of them: `first` to `last`.
    int first, last
    bint is_split  # a space split the first of them from the second


@cython.final
cdef class Joiner:
    """Tells which chunks belong together, by a reader of words.

    Args:
        reader: the reader.
    """

    cdef WordReader reader

    def __cinit__(self, WordReader reader not None):
        self.reader = reader

    cdef ChunkWord word(self, ScanTables tables, NativeForm form) except *:
        """Return what is known of a chunk with this form, whose letters and lexemes are put into the tables."""
        cdef ChunkWord word
        cdef int place
        word.letters, word.continues = <uint32_t>tables.letters.size(), <uint32_t>tables.lexemes.size()
        word.continuations, word.affix = form.continuations, form.affix
        word.count, word.continued, word.size = form.count, form.continued, form.size
        for place in range(form.count):
            tables.letters.push_back(form.letters[place])
        for place in range(form.continued):
            tables.lexemes.push_back(form.continues[place])
        return word

    cdef int are_one(self, ScanTables tables, uint32_t first, uint32_t second, uint32_t shared):
        """Return 1 if two neighbouring chunks are a compound or a split word, 0 if not, -1 if Python has to tell.

        See `WordForms.are_one`.
        """
        if not tables.is_word(first) or not tables.is_word(second):
            return -1
        if self._is_continued(tables, first, second):
            return 1
        return self._are_split(tables, first, second, shared)

    cdef bint _is_continued(self, ScanTables tables, uint32_t first, uint32_t second) noexcept nogil:
        cdef const int* continues = tables.lexemes.data() + tables.words[second].continues
        return self.reader.is_continued(tables.words[first].continuations, continues, tables.words[second].continued)

    cdef int _are_split(self, ScanTables tables, uint32_t first, uint32_t second, uint32_t shared):
        cdef uint8_t whole[2 * ROOM]
        cdef int count = tables.words[first].count, size = tables.words[second].count
        shared &= CANDIDATE & ~TO_COMPOUND
        if not shared:
            return 0
        if count + size > LONGEST:
            return -1
        memcpy(whole, tables.letters.data() + tables.words[first].letters, count)
        memcpy(whole + count, tables.letters.data() + tables.words[second].letters, size)
        return self.reader._are_split(whole, count, size, shared)

    cdef int join(self, ScanTables tables, const uint32_t* chunks, int count, vector[JoinedWord]& found) except -2:
        """Put together which chunks of a group are one word. Return 0 if Python has to tell, or else 1."""
        cdef uint8_t whole[2 * ROOM]
        cdef JoinedWord joined
        cdef int place, size, belongs
        cdef uint32_t shared
        for place in range(count):
            if not tables.is_word(chunks[place]):
                return 0
        joined.last = -1
        while joined.last + 1 < count:
            joined.first = joined.last = joined.last + 1
            joined.is_split = False
            size = tables.words[chunks[joined.first]].count
            memcpy(whole, tables.letters.data() + tables.words[chunks[joined.first]].letters, size)
            while joined.last + 1 < min(count, joined.first + MOST_JOINED):
                if not tables.of_chunks[chunks[joined.last]].toward_next & JOINABLE:
                    break
                belongs = self._belongs(tables, whole, size, chunks[joined.last], chunks[joined.last + 1])
                if belongs < 0:
                    return 0
                if not belongs:
                    break
                joined.last += 1
                size += tables.words[chunks[joined.last]].count
            if joined.last > joined.first:
                place = joined.first
                if not self._is_continued(tables, chunks[place], chunks[place + 1]):
                    shared = tables.of_chunks[chunks[place]].toward_next & tables.of_chunks[chunks[place + 1]].toward_previous
                    belongs = self._are_split(tables, chunks[place], chunks[place + 1], shared)
                    if belongs < 0:
                        return 0
                    joined.is_split = belongs
            found.push_back(joined)
        return 1

    cdef int _belongs(self, ScanTables tables, uint8_t* whole, int size, uint32_t last, uint32_t next):
        """Return 1 if a chunk continues the word that is being joined, 0 if not, -1 if Python has to tell.

        The letters of the chunk are written after those of the word; see `WordForms.belong_together`.
        """
        cdef ChunkWord before = tables.words[last], after = tables.words[next]
        cdef int kind = OF_NONE
        if size + after.count > LONGEST:
            return -1
        memcpy(whole + size, tables.letters.data() + after.letters, after.count)
        if after.affix >= 0:
            kind = self.reader.affix_kinds[after.affix]
        if kind != OF_NONE and kind != OF_VERB:
            if self.reader.takes(whole, size, after.count, kind):
                return 1
        elif before.affix >= 0 and self.reader.affix_kinds[before.affix] == OF_VERB:
            if self.reader._is_verb_with(whole, size, after.count):
                return 1
        if size != before.count:  # there is more before the last word
            return 0
        cdef uint32_t shared = tables.of_chunks[last].toward_next & tables.of_chunks[next].toward_previous
        return self.are_one(tables, last, next, shared)

    cdef NativeForm form(
        self, ScanTables tables, const uint32_t* text, const uint32_t* begins, const uint32_t* chunks, JoinedWord joined
    ):
        """Return the form of some chunks as one word; None if Python has to read it.

        Args:
            text: the characters of the whole text.
            begins: where the chunks begin in it.
            chunks: the chunks.
            joined: which of these are the word.
        """
        cdef uint32_t written[MOST_WRITTEN]
        cdef uint32_t begin = begins[joined.first]
        cdef int size = begins[joined.last] - begin + tables.words[chunks[joined.last]].size, place
        if size > MOST_WRITTEN:
            return None
        memcpy(written, text + begin, size * sizeof(uint32_t))
        for place in range(joined.first + 1, joined.last + 1):
            written[begins[place] - begin - 1] = c" "
        if joined.is_split:
            written[begins[joined.first + 1] - begin - 1] = 0x640  # a tatweel, which means nothing
        return self.reader.native_joined(written, size)
