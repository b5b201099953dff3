# Scanning texts: the twin of `Analysis._columns`, which reads chunks (what stands between two spaces) one by one.
#
# Nearly all chunks of a text were met before, and so were most groups of chunks that must be read together. What is known
# of them is in hash tables, so that Python is called for what is new alone. Terms are numbers in these tables: the places
# of strings in the list `vocabulary`, which only grows. When the tables are full, a scanner begins new ones; whoever holds
# numbers of the old ones holds their vocabulary.
#
# Threads: tables change while the interpreter lock is held, and no pointer into them is kept over a call of Python.
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.list cimport PyList_New, PyList_SET_ITEM
from cpython.ref cimport Py_INCREF
from cpython.unicode cimport PyUnicode_GET_LENGTH
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp
from libcpp.vector cimport vector

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define jooya_fetch(place) __builtin_prefetch(place)
    #else
    #define jooya_fetch(place) ((void)(place))
    #endif
    """
    void fetch "jooya_fetch"(const void* place) noexcept nogil

cdef extern from "Python.h":
    Py_UCS4* PyUnicode_AsUCS4(object text, Py_UCS4* buffer, Py_ssize_t length, int copy_null) except NULL

import os

# The bits of pairs of words that may be one, see `word_forms.py`; `word_forms.pxi` has the others.
cdef uint32_t CANDIDATE = 63

cdef uint32_t NO_TERM = 0xFFFFFFFF  # of a word whose loose term is its stem
cdef uint32_t NOT_ASKED = 0xFFFFFFFE  # a loose term that nobody has asked for yet


cdef inline void put(list items, Py_ssize_t place, object item) noexcept:
    """Set an item of a list that has nothing there yet."""
    Py_INCREF(item)
    PyList_SET_ITEM(items, place, item)


cdef class KeyTable:
    """A hash table of short sequences of numbers (the characters of a chunk, the chunks of a group), numbered from 0.

    `keys` holds all sequences one after another; that of entry i begins at `starts[i]`. `slots` has a power of two of
    places, at most half of them in use. A place holds the hash of an entry and, in its lower half, the entry's number
    plus one, or 0; so a place of another entry is passed over without a look elsewhere in memory. An entry stands at the
    first free place from the one that its hash gives.
    """

    cdef vector[uint32_t] keys, starts
    cdef vector[uint64_t] slots
    cdef uint64_t secret

    def __cinit__(self):
        # A secret for each table: nobody can make a text whose chunks all have the same hash.
        self.secret = int.from_bytes(os.urandom(8), "little") | 1
        self.starts.push_back(0)
        self.slots.resize(1 << 10)

    cdef inline Py_ssize_t count(self) noexcept nogil:
        return self.starts.size() - 1

    cdef inline uint32_t hash(self, const uint32_t* key, Py_ssize_t length) noexcept nogil:
        cdef uint64_t state = self.secret
        cdef Py_ssize_t place
        for place in range(length):
            state = (state ^ key[place]) * self.secret
            state ^= state >> 29
        return <uint32_t>(state ^ (state >> 32))

    cdef inline void fetch_slot(self, uint32_t hashed) noexcept nogil:
        """Have the memory fetched that `find` first looks at."""
        fetch(self.slots.data() + (hashed & (self.slots.size() - 1)))

    cdef inline int64_t likely(self, uint32_t hashed) noexcept nogil:
        """Return the number of the entry that has a hash, most likely; -1 if it is not at once found."""
        cdef uint64_t slot = self.slots[hashed & (self.slots.size() - 1)]
        return <int64_t>(<uint32_t>slot - 1) if slot and slot >> 32 == hashed else -1

    cdef inline int64_t find(self, const uint32_t* key, Py_ssize_t length, uint32_t hashed) noexcept nogil:
        """Return the number of an entry; -1 if there is none."""
        cdef size_t mask = self.slots.size() - 1, slot = hashed & mask
        cdef uint32_t entry
        while self.slots[slot]:
            entry = <uint32_t>self.slots[slot] - 1
            if (
                self.slots[slot] >> 32 == hashed
                and <Py_ssize_t>(self.starts[entry + 1] - self.starts[entry]) == length
                and memcmp(self.keys.data() + self.starts[entry], key, length * sizeof(uint32_t)) == 0
            ):
                return entry
            slot = (slot + 1) & mask
        return -1

    cdef int add(self, const uint32_t* key, Py_ssize_t length, uint32_t hashed) except -1:
        """Add an entry, which takes the next number."""
        cdef size_t number = self.count()
        if 2 * (number + 1) > self.slots.size():
            self.grow()
        self.keys.resize(self.starts[number])  # it is longer if memory ran out in a call before
        self.keys.insert(self.keys.end(), key, key + length)
        self.starts.push_back(<uint32_t>self.keys.size())
        self.place(self.slots, (<uint64_t>hashed << 32) | (number + 1))
        return 0

    cdef int grow(self) except -1:
        cdef vector[uint64_t] slots
        cdef size_t slot
        slots.resize(2 * self.slots.size())
        for slot in range(self.slots.size()):
            if self.slots[slot]:
                self.place(slots, self.slots[slot])
        self.slots.swap(slots)
        return 0

    cdef inline void place(self, vector[uint64_t]& slots, uint64_t value) noexcept nogil:
        cdef size_t mask = slots.size() - 1, slot = (value >> 32) & mask
        while slots[slot]:
            slot = (slot + 1) & mask
        slots[slot] = value


cdef struct ScannedToken:
    # A token of a chunk or group: numbers of its terms, and its place relative to the first position and character.
    uint32_t surface, stem, loose, position, start, end


cdef struct Reading:
    # The tokens of a chunk or group, `tokens[first:first + count]`, and how many positions they take.
    uint32_t first, count, width
    # Of a chunk: its bits; 1 if it is one word that does not depend on its neighbours though it has parts; 1 if there is
    # nothing in it that could stand between two words that belong together.
    uint32_t toward_next, toward_previous, stands_alone, is_gap


cdef class ScanTables:
    """What is known of chunks, pairs and groups, and the numbers of terms."""

    cdef KeyTable chunks, pairs, groups
    cdef vector[Reading] of_chunks, of_groups
    cdef vector[uint8_t] are_one
    cdef vector[ScannedToken] tokens
    cdef vector[ChunkWord] words  # by chunk; those that the core has not read may be missing
    cdef vector[uint8_t] letters
    cdef vector[int] lexemes
    cdef readonly list vocabulary
    cdef dict numbers
    cdef vector[uint32_t] last_seen  # for each term the last text in which it was a loose term
    cdef uint32_t texts

    def __cinit__(self):
        self.chunks, self.pairs, self.groups = KeyTable(), KeyTable(), KeyTable()
        self.vocabulary, self.numbers = [], {}
        self.texts = 0

    cdef void fetch_chunks(self, vector[uint32_t]& hashes) noexcept nogil:
        """Have the memory fetched that look-ups of chunks with these hashes need.

        The tables of a large text are in no cache of the processor. A look-up after the other would wait for each of
        its three places in memory; so they are asked for together.
        """
        cdef size_t place
        cdef int64_t chunk
        for place in range(hashes.size()):
            self.chunks.fetch_slot(hashes[place])
        for place in range(hashes.size()):
            chunk = self.chunks.likely(hashes[place])
            if chunk >= 0:
                fetch(self.chunks.starts.data() + chunk)
                fetch(self.of_chunks.data() + chunk)
        for place in range(hashes.size()):
            chunk = self.chunks.likely(hashes[place])
            if chunk >= 0:
                fetch(self.chunks.keys.data() + self.chunks.starts[chunk])

    cdef void fetch_readings(self, vector[uint32_t]& chunks) noexcept nogil:
        """Have the memory fetched that the tokens of these chunks and their pairs need."""
        cdef size_t place
        for place in range(chunks.size()):
            fetch(self.tokens.data() + self.of_chunks[chunks[place]].first)

    cdef inline bint is_word(self, uint32_t chunk) noexcept nogil:
        """Return whether a chunk is a word that the core has read."""
        return chunk < self.words.size() and self.words[chunk].count != 0

    cdef int set_word(self, uint32_t chunk, ChunkWord word) except -1:
        """Remember that a chunk is this word."""
        cdef ChunkWord none
        if self.words.size() <= chunk:
            none.count = 0
            self.words.resize(chunk, none)
            self.words.push_back(word)
        else:
            self.words[chunk] = word
        return 0

    cdef bint is_full(self, Py_ssize_t most) noexcept:
        return (
            self.chunks.count() >= most
            or self.groups.count() >= most
            or self.pairs.count() // 4 >= most
            or <Py_ssize_t>self.chunks.keys.size() // 64 >= most  # characters
            or self.texts == NO_TERM
        )

    cdef uint32_t number(self, str term) except? 0xFFFFFFFF:
        """Return the number of a term, the next one if it is new."""
        number = self.numbers.get(term)
        if number is None:
            number = self.numbers[term] = len(self.vocabulary)
            self.vocabulary.append(term)
        return number

    cdef ScannedToken token(self, str surface, str stem, uint32_t position, uint32_t start, uint32_t end) except *:
        cdef ScannedToken token
        token.surface, token.stem, token.loose = self.number(surface), self.number(stem), NOT_ASKED
        token.position, token.start, token.end = position, start, end
        return token

    cdef Reading reading(self, vector[ScannedToken]& tokens, uint32_t width) except *:
        """Return the reading of a chunk or group with these tokens, without bits."""
        cdef Reading reading
        reading.first, reading.count = <uint32_t>self.tokens.size(), <uint32_t>tokens.size()
        self.tokens.insert(self.tokens.end(), tokens.begin(), tokens.end())
        reading.width = width
        reading.toward_next = reading.toward_previous = reading.stands_alone = reading.is_gap = 0
        return reading


cdef class Scan:
    """The tokens of a text: places in the tables, which the methods make terms, positions and offsets of.

    Attributes:
        tables: The tables that it was made by.
    """

    cdef readonly ScanTables tables
    cdef vector[uint32_t] tokens, positions, starts
    cdef uint32_t next_position

    def __len__(self):
        return self.tokens.size()

    @property
    def vocabulary(self):
        """The list of terms whose places are the numbers of terms."""
        return self.tables.vocabulary

    def position_bytes(self):
        """Return the positions of the tokens as unsigned integers of 32 bits."""
        return PyBytes_FromStringAndSize(<char*>self.positions.data(), self.positions.size() * sizeof(uint32_t))

    def stem_bytes(self):
        """Return the numbers of the stems, likewise."""
        found = PyBytes_FromStringAndSize(NULL, self.tokens.size() * sizeof(uint32_t))
        cdef uint32_t* out = <uint32_t*>PyBytes_AS_STRING(found)
        cdef size_t place
        for place in range(self.tokens.size()):
            out[place] = self.tables.tokens[self.tokens[place]].stem
        return found

    def surface_bytes(self):
        """Return the numbers of the surface forms, likewise."""
        found = PyBytes_FromStringAndSize(NULL, self.tokens.size() * sizeof(uint32_t))
        cdef uint32_t* out = <uint32_t*>PyBytes_AS_STRING(found)
        cdef size_t place
        for place in range(self.tokens.size()):
            out[place] = self.tables.tokens[self.tokens[place]].surface
        return found

    def loose_bytes(self, loose_term):
        """Return the numbers of the loose terms that are not their words' stems, each once.

        Args:
            loose_term: A function that returns the loose term of a surface form and a stem.
        """
        cdef ScanTables tables = self.tables
        cdef vector[uint32_t] found
        cdef size_t place
        cdef uint32_t token, loose
        for place in range(self.tokens.size()):
            token = self.tokens[place]
            if tables.tokens[token].loose == NOT_ASKED:
                self._find_loose(token, loose_term)
        # From here on, Python is not called, so that no other thread uses the same marks.
        tables.texts += 1
        tables.last_seen.resize(len(tables.vocabulary))
        for place in range(self.tokens.size()):
            loose = tables.tokens[self.tokens[place]].loose
            if loose != NO_TERM and tables.last_seen[loose] != tables.texts:
                tables.last_seen[loose] = tables.texts
                found.push_back(loose)
        return PyBytes_FromStringAndSize(<char*>found.data(), found.size() * sizeof(uint32_t))

    cdef int _find_loose(self, uint32_t token, loose_term) except -1:
        cdef ScanTables tables = self.tables
        cdef str stem = tables.vocabulary[tables.tokens[token].stem]
        cdef str loose = loose_term(tables.vocabulary[tables.tokens[token].surface], stem)
        cdef uint32_t number = NO_TERM if loose == stem else tables.number(loose)
        tables.tokens[token].loose = number
        return 0

    def fill(self, columns):
        """Set the lists of `TokenColumns`."""
        cdef ScanTables tables = self.tables
        cdef list vocabulary = tables.vocabulary
        cdef Py_ssize_t place, count = self.tokens.size()
        # Lists of the right size, whose items are put in once, which takes a third of the time of appending.
        cdef list surfaces = PyList_New(count), stems = PyList_New(count)
        cdef list positions = PyList_New(count), starts = PyList_New(count), ends = PyList_New(count)
        cdef ScannedToken token
        for place in range(count):
            token = tables.tokens[self.tokens[place]]
            put(surfaces, place, vocabulary[token.surface])
            put(stems, place, vocabulary[token.stem])
            put(positions, place, self.positions[place])
            put(starts, place, self.starts[place])
            put(ends, place, self.starts[place] + (token.end - token.start))
        columns.surfaces, columns.stems, columns.positions = surfaces, stems, positions
        columns.starts, columns.ends, columns.next_position = starts, ends, self.next_position

    cdef int _append(self, Reading reading, uint32_t begin) except -1:
        """Append the tokens of a chunk or group that begins at the character `begin`."""
        cdef uint32_t token
        for token in range(reading.first, reading.first + reading.count):
            self.tokens.push_back(token)
            self.positions.push_back(self.next_position + self.tables.tokens[token].position)
            self.starts.push_back(begin + self.tables.tokens[token].start)
        self.next_position += reading.width
        return 0


cdef class Scanner:
    """Reads texts by what is known of their chunks, and asks the analysis for what is not.

    Args:
        read_chunk: A function that returns the `WordForm` of a chunk.
        read_several: A function that returns what a chunk is that is not one word, with its punctuation, but several, or
            none: its `TokenColumns`, its bits toward the next chunk, and true if it is a gap, like an empty chunk.
        are_one: A function that returns True if two neighbouring chunks, which share a bit, are to be read together.
        read_group: A function that returns the `TokenColumns` of chunks to be read together, with spaces in between.
        most: The number of chunks, and of groups, after which what is known is forgotten before the next text.
    """

    cdef object read_chunk, read_several, are_one, read_group
    cdef Py_ssize_t most
    cdef ScanTables tables
    cdef Joiner joiner

    def __init__(self, read_chunk, read_several, are_one, read_group, Py_ssize_t most):
        self.read_chunk, self.read_several = read_chunk, read_several
        self.are_one, self.read_group, self.most = are_one, read_group, most
        self.tables = ScanTables()

    def use(self, WordReader reader not None):
        """Read words by the core from now on; those that were read before are read again, to be joined by it."""
        cdef ScanTables tables = self.tables
        cdef Joiner joiner = Joiner(reader)
        cdef uint32_t chunk = 0, start, end
        cdef NativeForm form
        while chunk < <uint32_t>tables.chunks.count():
            start, end = tables.chunks.starts[chunk], tables.chunks.starts[chunk + 1]
            form = reader.native_chunk(PyUnicode_FromKindAndData(4, tables.chunks.keys.data() + start, end - start))
            if form is not None:
                tables.set_word(chunk, joiner.word(tables, form))
            chunk += 1
        self.joiner = joiner

    def scan(self, str text not None):
        """Return the tokens of a text whose lines have no hyphens at their ends."""
        if self.tables.is_full(self.most):
            self.tables = ScanTables()
        cdef ScanTables tables = self.tables  # another thread may replace it during a call of Python
        cdef Scan found = Scan.__new__(Scan)
        found.tables = tables
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text), begin = 0, end
        cdef vector[uint32_t] characters, chunks, begins, hashes
        cdef uint32_t hashed
        cdef int64_t chunk
        cdef size_t first, last, next, count
        characters.resize(length + 1)
        PyUnicode_AsUCS4(text, <Py_UCS4*>characters.data(), length + 1, 1)
        characters[length] = c" "
        for end in range(length + 1):
            if characters[end] != c" " and characters[end] != c"\n":
                continue
            hashes.push_back(tables.chunks.hash(characters.data() + begin, end - begin))
            begins.push_back(<uint32_t>begin)
            begin = end + 1
        begins.push_back(<uint32_t>begin)
        count = hashes.size()
        tables.fetch_chunks(hashes)
        for first in range(count):
            begin, end, hashed = begins[first], begins[first + 1] - 1, hashes[first]
            chunk = tables.chunks.find(characters.data() + begin, end - begin, hashed)
            if chunk < 0:
                chunk = self._new_chunk(tables, text[begin:end], characters.data() + begin, end - begin, hashed)
            chunks.push_back(<uint32_t>chunk)
        tables.fetch_readings(chunks)
        first = 0
        cdef int64_t group
        while first < count:
            if tables.of_chunks[chunks[first]].is_gap:
                first += 1
                continue
            last, next = first, self._next(tables, chunks, first)
            if not self._is_close(tables, text, chunks, begins, first, next):
                found._append(tables.of_chunks[chunks[first]], begins[first])
            elif (
                tables.of_chunks[chunks[first]].stands_alone
                and self._shared(tables, chunks, first, next) == READ_CLOSELY
            ):
                found._append(tables.of_chunks[chunks[first]], begins[first])
            else:
                while next < count and (last == first or self._is_close(tables, text, chunks, begins, last, next)):
                    last, next = next, self._next(tables, chunks, next)
                hashed = tables.groups.hash(chunks.data() + first, last + 1 - first)
                group = tables.groups.find(chunks.data() + first, last + 1 - first, hashed)
                if group < 0:
                    group = self._new_group(
                        tables, text, characters.data(), begins.data() + first, chunks.data() + first, last + 1 - first, hashed
                    )
                found._append(tables.of_groups[group], begins[first])
            first = last + 1
        return found

    cdef inline size_t _next(self, ScanTables tables, vector[uint32_t]& chunks, size_t place) noexcept:
        """Return the place of the next chunk that is no gap; the number of chunks if there is none."""
        place += 1
        while place < chunks.size() and tables.of_chunks[chunks[place]].is_gap:
            place += 1
        return place

    cdef inline uint32_t _shared(
        self, ScanTables tables, vector[uint32_t]& chunks, size_t place, size_t next
    ) noexcept:
        """Return the bits that a chunk shares with the next one; after the last one, nothing is known of the next."""
        cdef uint32_t toward_previous = READ_CLOSELY
        if next < chunks.size():
            toward_previous = tables.of_chunks[chunks[next]].toward_previous
        return tables.of_chunks[chunks[place]].toward_next & toward_previous

    cdef int _is_close(
        self,
        ScanTables tables,
        str text,
        vector[uint32_t]& chunks,
        vector[uint32_t]& begins,
        size_t place,
        size_t next,
    ) except -1:
        """Return 1 if a chunk and the next one are to be read together, or the chunk by itself is not a word."""
        cdef uint32_t shared = self._shared(tables, chunks, place, next), hashed
        cdef int64_t pair
        cdef uint32_t[2] key
        if shared == 0 or shared > CANDIDATE:
            return shared != 0
        key[0], key[1] = chunks[place], chunks[next]
        hashed = tables.pairs.hash(key, 2)
        pair = tables.pairs.find(key, 2, hashed)
        if pair >= 0:
            return tables.are_one[pair]
        cdef int are_one = -1
        if self.joiner is not None:
            are_one = self.joiner.are_one(tables, chunks[place], chunks[next], shared)
        if are_one < 0:
            first, second = text[begins[place] : begins[place + 1] - 1], text[begins[next] : begins[next + 1] - 1]
            are_one = 1 if self.are_one(first, second) else 0
        if tables.pairs.find(key, 2, hashed) < 0:  # another thread may have been here
            tables.are_one.resize(tables.pairs.count())
            tables.are_one.push_back(are_one)
            tables.pairs.add(key, 2, hashed)
        return are_one

    cdef vector[ScannedToken] _tokens_of(self, ScanTables tables, columns) except *:
        cdef vector[ScannedToken] tokens
        for start, end, position, stem, surface in columns.rows():
            tokens.push_back(tables.token(surface, stem, position, start, end))
        return tokens

    cdef int64_t _new_chunk(
        self, ScanTables tables, str written, const uint32_t* key, Py_ssize_t length, uint32_t hashed
    ) except -1:
        """Have a chunk read, and return its number."""
        cdef vector[ScannedToken] tokens
        cdef uint32_t width = 0, next, previous, alone, is_gap = 0
        cdef Joiner joiner = self.joiner
        cdef NativeForm word = None if joiner is None else joiner.reader.native_chunk(written)
        if word is not None:
            next, previous, alone = word.to_next, word.to_previous, 1 if word.affix < 0 and word.parts else 0
            width = self._put(tables, tokens, 0, 0, word.surface, word.stem, word.size, word.parts)
        else:
            form = self.read_chunk(written)
            next, previous, alone = form.toward_next, form.toward_previous, form.is_one_word_with_parts
            if next & NOT_ONE_WORD:
                columns, next, is_gap = self.read_several(written)
                tokens = self._tokens_of(tables, columns)
                width = columns.next_position
            elif form.surface:
                width = self._put(tables, tokens, 0, 0, form.surface, form.stem, form.size, form.parts)
        # From here on, nothing of Python is called or made, and so no other thread runs.
        cdef int64_t known = tables.chunks.find(key, length, hashed)
        if known >= 0:  # another thread has been here
            return known
        cdef Reading reading = tables.reading(tokens, width)
        reading.toward_next, reading.toward_previous, reading.stands_alone = next, previous, alone
        reading.is_gap = is_gap
        tables.of_chunks.resize(tables.chunks.count())
        tables.of_chunks.push_back(reading)
        tables.chunks.add(key, length, hashed)
        known = tables.chunks.count() - 1
        if word is not None:
            tables.set_word(<uint32_t>known, joiner.word(tables, word))
        return known

    cdef uint32_t _put(
        self,
        ScanTables tables,
        vector[ScannedToken]& tokens,
        uint32_t position,
        uint32_t start,
        str surface,
        str stem,
        uint32_t size,
        parts,
    ) except? 0xFFFFFFFF:
        """Append the tokens of a word and its parts; return the next position. See `Analysis._append`."""
        cdef uint32_t next = position
        tokens.push_back(tables.token(surface, stem, position, start, start + size))
        for part_surface, part_stem, part_start, part_end, width in parts:
            tokens.push_back(tables.token(part_surface, part_stem, next, start + part_start, start + part_end))
            next += width
        return max(next, position + 1)

    cdef uint32_t _join(
        self,
        ScanTables tables,
        vector[ScannedToken]& tokens,
        const uint32_t* text,
        const uint32_t* begins,
        const uint32_t* chunks,
        int count,
    ) except? 0xFFFFFFFF:
        """Append the tokens of chunks that belong together; return the next position, or 0 if Python has to do it."""
        cdef vector[JoinedWord] words
        cdef size_t number
        cdef uint32_t position = 0, start, place
        cdef JoinedWord joined
        cdef Joiner joiner = self.joiner
        cdef Reading reading
        cdef ScannedToken token
        cdef NativeForm form
        if joiner is None or not joiner.join(tables, chunks, count, words):
            return 0
        for number in range(words.size()):
            joined = words[number]
            start = begins[joined.first] - begins[0]
            if joined.last > joined.first:
                form = joiner.form(tables, text, begins, chunks, joined)
                if form is None:
                    return 0
                position = self._put(tables, tokens, position, start, form.surface, form.stem, form.size, form.parts)
                continue
            reading = tables.of_chunks[chunks[joined.first]]
            for place in range(reading.first, reading.first + reading.count):
                token = tables.tokens[place]
                token.position += position
                token.start += start
                token.end += start
                tokens.push_back(token)
            position += reading.width
        return position

    cdef int64_t _new_group(
        self,
        ScanTables tables,
        str text,
        const uint32_t* characters,
        const uint32_t* begins,
        const uint32_t* key,
        Py_ssize_t length,
        uint32_t hashed,
    ) except -1:
        """Have chunks read that belong together, and return the number of the group."""
        cdef vector[ScannedToken] tokens
        cdef uint32_t width = self._join(tables, tokens, characters, begins, key, <int>length)
        if not width:
            columns = self.read_group(text[begins[0] : begins[length] - 1])
            tokens = self._tokens_of(tables, columns)
            width = columns.next_position
        # As above.
        cdef int64_t known = tables.groups.find(key, length, hashed)
        if known >= 0:
            return known
        cdef Reading reading = tables.reading(tokens, width)
        tables.of_groups.resize(tables.groups.count())
        tables.of_groups.push_back(reading)
        tables.groups.add(key, length, hashed)
        return tables.groups.count() - 1
