# What is known of words: the twin of the look-ups in `analyzers/lexicon.py`, and the letters that words are made of.
#
# A word is an array of bytes here, a number from 1 for each of the letters of Persian. It has at most LONGEST letters,
# since the stemmer knows no longer ones; text with any other character is left to Python.
cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromKindAndData, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int16_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy
from libcpp.vector cimport vector

cdef enum:
    LONGEST = 60  # letters of a word
    ROOM = 80  # for a word, and for an infinitive with its preverb, whose parts have at most LONGEST letters together
    BEYOND = 0x10000  # Persian letters, their marks and the joiners are below
    _EXPECTED = 1 << 16  # words of the lexicon, a power of 2; there may be more

# Kinds of characters that are no letters.
cdef enum:
    OTHER = 0
    FIRST_KIND = 64  # all below are letters
    MARK = 64  # belongs to the letter before it
    LETTERLIKE_MARK = 65  # likewise, but `str.isalpha` holds for it: tatweel, hamza
    JOINER = 66
    SOFT_HYPHEN = 67
    SPACE = 68
    PUNCTUATION = 69  # ends a word, and does not begin a token

# Parts of speech as bits, see `Lexicon.parts_of_speech`, and the columns of suffixes.tsv and loose_affixes.tsv.
cdef enum:
    NOUN = 1
    ADJECTIVE = 2
    PLURAL = 4
    RARE = 8
    UNLISTED = 16  # `-`, in no dictionary
    INNER = 32  # `i`, what another ending left
    ANY_WORD = 64  # `?`
    PRESENT_STEM = 128  # `s`, of a verb
    VERB_FORM = 256  # `v`
    COMMON = NOUN | ADJECTIVE | PLURAL

# What else a word may be, as bits.
cdef enum:
    SETTLED = 1
    CONTINUES = 2  # it is a continuation of some compound
    SHORT_NOUN = 4  # in joined_be.tsv
    APART = 8  # an affix of the word before, which may be written apart
    STOP = 16  # a stop stem


cdef struct Term:
    # A word, or the name of a verb: رفت#رو.
    int verb  # the number of the verb, or -1
    int size
    uint8_t letters[ROOM]


cdef struct Lexeme:
    # All that is known of one word; 40 bytes. Numbers of lists are -1 where the word has none.
    uint32_t start  # of its letters
    uint8_t size
    uint8_t part_of_speech  # 0 if it has none
    uint8_t flags
    int32_t stem  # the lexeme that it is settled by, or ~n for the name of verb n
    uint64_t cuts  # of a compound: bit i is set if a part begins at letter i
    int32_t continuations
    int32_t affix
    int32_t readings[2]  # where the readings of a verb's stem begin and end


cdef struct Slot:
    int32_t number  # of a lexeme, or -1
    uint32_t hashed  # its word


cdef class Alphabet:
    """The letters of words, and the kinds of all other characters.

    Args:
        letters: the letters, each of which is below U+10000.
        aligned: from code point to code point, see `characters.align`.
        marks: aligned characters that a word may have, and that are dropped from it.
        joiners: likewise the characters between letters that divide a word.
        punctuation: characters that may stand after a word, and begin no token.
    """

    cdef readonly str letters
    # From a character to its number or kind: of raw text, and of aligned text, which has no other forms of a letter.
    # Only the pages with such characters are ever touched.
    cdef vector[uint8_t] raw
    cdef vector[uint8_t] aligned
    cdef uint16_t points[FIRST_KIND]

    def __cinit__(
        self, str letters not None, dict aligned not None, str marks not None, str joiners not None, str punctuation not None
    ):
        cdef int code
        if len(letters) >= FIRST_KIND:
            raise ValueError("an alphabet has at most 63 letters")
        self.letters = letters
        self.aligned.resize(BEYOND)
        self.raw.resize(BEYOND)
        for characters, kind in ((marks, MARK), (joiners, JOINER), (punctuation, PUNCTUATION)):
            for character in characters:
                self._place(ord(character), LETTERLIKE_MARK if kind == MARK and character.isalpha() else kind)
        self._place(0xAD, SOFT_HYPHEN)
        self._place(0x20, SPACE)
        for code, letter in enumerate(letters, 1):
            self.points[code] = ord(letter)
            self._place(ord(letter), code)
        for point, target in aligned.items():
            if point < BEYOND and target < BEYOND:
                self.raw[point] = self.aligned[target]

    cdef int _place(self, Py_ssize_t point, int kind) except -1:
        if point < BEYOND:
            self.aligned[point] = self.raw[point] = kind
        return 0

    cdef int read(self, str word, uint8_t* letters) except -2:
        """Write the letters of a word; return their number, -1 if it has other characters or is too long."""
        cdef Py_ssize_t place, size = len(word)
        cdef int kind = PyUnicode_KIND(word)
        cdef void* data = PyUnicode_DATA(word)
        cdef Py_UCS4 character
        if size > LONGEST:
            return -1
        for place in range(size):
            character = PyUnicode_READ(kind, data, place)
            if character >= BEYOND or not 0 < self.aligned[character] < FIRST_KIND:
                return -1
            letters[place] = self.aligned[character]
        return <int>size

    cdef str text(self, const uint8_t* letters, int size):
        """Return a word as Python has it."""
        cdef uint16_t points[ROOM]
        cdef int place
        for place in range(size):
            points[place] = self.points[letters[place]]
        return PyUnicode_FromKindAndData(2, points, size)

    cdef int code(self, str letter) except -1:
        """Return the number of a letter."""
        return self.letters.index(letter) + 1


cdef class Lexemes:
    """The words of the lexicon, each with all that is known of it, in one hash table.

    The letters of all words stand one after another. A slot of the hash table has the number of a lexeme and its word's
    hash, so that hardly any words are compared that are not equal. A word's slot is the first one that was free from
    the place on that its hash gives.
    """

    cdef Alphabet alphabet
    cdef vector[uint8_t] letters
    cdef vector[Lexeme] items
    cdef vector[Slot] slots
    cdef uint32_t mask

    def __cinit__(self, Alphabet alphabet not None):
        self.alphabet = alphabet
        self.items.reserve(_EXPECTED)
        self.letters.reserve(8 * _EXPECTED)
        self._grow(2 * _EXPECTED)

    cdef int find(self, const uint8_t* letters, int size) noexcept nogil:
        """Return the number of a word, or -1 if nothing is known of it."""
        return self._find(letters, size, _hash(letters, size))

    cdef inline int _find(self, const uint8_t* letters, int size, uint32_t hashed) noexcept nogil:
        cdef uint32_t place = hashed & self.mask
        cdef Slot slot = self.slots[place]
        while slot.number >= 0:
            if (
                slot.hashed == hashed
                and self.items[slot.number].size == size
                and not memcmp(&self.letters[self.items[slot.number].start], letters, size)
            ):
                return slot.number
            place = (place + 1) & self.mask
            slot = self.slots[place]
        return -1

    cdef int add(self, const uint8_t* letters, int size) except -1:
        """Return the number of a word, which is added if it is new."""
        cdef uint32_t hashed = _hash(letters, size)
        cdef int32_t number = self._find(letters, size, hashed)
        cdef int place
        cdef Lexeme item
        if number >= 0:
            return number
        item.start, item.size, item.part_of_speech, item.flags = <uint32_t>self.letters.size(), size, 0, 0
        item.stem, item.cuts, item.continuations, item.affix = 0, 0, -1, -1
        item.readings[0] = item.readings[1] = 0
        number = <int32_t>self.items.size()
        for place in range(size):
            self.letters.push_back(letters[place])
        self.items.push_back(item)
        if 2 * self.items.size() > self.slots.size():
            self._grow(2 * self.slots.size())
        else:
            self._put(number, hashed)
        return number

    cdef int add_text(self, str word) except -2:
        """Return the number of a word, which is added if it is new; -1 if it has other characters or is too long."""
        cdef uint8_t letters[ROOM]
        cdef int size = self.alphabet.read(word, letters)
        return self.add(letters, size) if size > 0 else -1

    cdef int flag(self, words, int flag) except -1:
        """Set a flag of each of some words."""
        cdef int number
        for word in words:
            number = self.add_text(word)
            if number >= 0:
                self.items[number].flags |= flag
        return 0

    cdef int part_of_speech(self, int number) noexcept nogil:
        """Return the part of speech of a word, 0 if it has none."""
        return self.items[number].part_of_speech if number >= 0 else 0

    cdef bint is_settled(self, int number) noexcept nogil:
        """Return whether a table has the stem of a word."""
        return number >= 0 and self.items[number].flags & SETTLED != 0

    cdef bint is_common(self, int number) noexcept nogil:
        """Return whether a word is in the lexicon, and not as a rare one."""
        return number >= 0 and (self.items[number].part_of_speech & COMMON or self.items[number].flags & SETTLED)

    cdef int read_lines(self, bytes block, bint has_values) except -1:
        """Take words from a block of a `WordTable`, in which a line with two letters comes after each blank line.

        Args:
            block: the block, without the line of its letter.
            has_values: True if a tab and the part of speech is after a word, False if the lines are compounds.
        """
        cdef const uint8_t* text = block
        cdef Py_ssize_t place = 0, end = len(block)
        cdef uint8_t letters[ROOM]
        cdef int size, number
        cdef uint32_t point
        cdef uint64_t cuts
        cdef bint is_word, is_first = True  # of a group, whose first line is the two letters
        while place < end:
            size, cuts, is_word = 0, 0, True
            while place < end and text[place] != c"\n" and text[place] != c"\t":
                if text[place] == c"+":
                    cuts |= <uint64_t>1 << min(size, LONGEST)
                    place += 1
                elif 0xC0 <= text[place] < 0xE0 and place + 1 < end and size < LONGEST:
                    point = (text[place] & 0x1F) << 6 | (text[place + 1] & 0x3F)
                    letters[size] = self.alphabet.aligned[point]
                    is_word = is_word and 0 < letters[size] < FIRST_KIND
                    size += 1
                    place += 2
                else:
                    is_word = False
                    place += 1
            if size and is_word and not is_first:
                number = self.add(letters, size)
                if not has_values:
                    self.items[number].cuts = cuts
                elif place + 1 < end:
                    self.items[number].part_of_speech = _part_of_speech(text[place + 1])
            is_first = size == 0 and is_word and (place >= end or text[place] == c"\n")
            while place < end and text[place] != c"\n":
                place += 1
            place += 1
        return 0

    cdef int _grow(self, size_t slots) except -1:
        cdef size_t number
        cdef Slot empty
        empty.number, empty.hashed = -1, 0
        self.slots.assign(slots, empty)
        self.mask = <uint32_t>(slots - 1)
        for number in range(self.items.size()):
            self._put(<int32_t>number, _hash(&self.letters[self.items[number].start], self.items[number].size))
        return 0

    cdef void _put(self, int32_t number, uint32_t hashed) noexcept nogil:
        cdef uint32_t place = hashed & self.mask
        while self.slots[place].number >= 0:
            place = (place + 1) & self.mask
        self.slots[place].number, self.slots[place].hashed = number, hashed


cdef inline uint32_t _hash(const uint8_t* letters, int size) noexcept nogil:
    cdef uint64_t hashed = size
    cdef int place
    for place in range(size):
        hashed = (hashed ^ letters[place]) * <uint64_t>0x9E3779B97F4A7C15
        hashed ^= hashed >> 32
    return <uint32_t>hashed


cdef int _part_of_speech(int letter) noexcept nogil:
    """Return the bit of a part of speech, or of a column of suffixes.tsv."""
    if letter == c"n":
        return NOUN
    if letter == c"a":
        return ADJECTIVE
    if letter == c"p":
        return PLURAL
    if letter == c"r":
        return RARE
    if letter == c"-":
        return UNLISTED
    if letter == c"i":
        return INNER
    if letter == c"s":
        return PRESENT_STEM
    if letter == c"v":
        return VERB_FORM
    return ANY_WORD if letter == c"?" else 0


cdef int _parts_of_speech(letters) except -1:
    cdef int bits = 0
    for letter in letters:
        bits |= _part_of_speech(ord(letter))
    return bits
