# Loose terms: the twin of `analyzers/loose_terms.py`, which explains what is done.

cdef enum:
    SHORTEST_UNKNOWN = 3
    SHORTEST_BEFORE_PLURAL = 3
    MOST_LOOSE = 64  # rows of loose_affixes.tsv


cdef struct LooseAffix:
    # A row of loose_affixes.tsv.
    Affix text
    Affix restored
    bint is_beginning
    int after
    int taken_from
    int left
    int least


cdef class LooseReader:
    """Finds the loose terms of words.

    Args:
        reader: the reader of words.
        affixes: the rows of loose_affixes.tsv in the order in which they are tried.
        words: from the words of loose_words.tsv to their loose terms.
    """

    cdef Alphabet alphabet
    cdef Lexemes lexemes
    cdef Stems stems
    cdef WordReader reader
    cdef Lexemes words  # each has the number of its loose term as its stem
    cdef vector[LooseAffix] affixes
    cdef uint8_t plural[4]  # های

    def __cinit__(self, WordReader reader not None, affixes, dict words not None):
        cdef LooseAffix affix
        cdef int number, term
        self.reader, self.alphabet, self.lexemes, self.stems = reader, reader.alphabet, reader.lexemes, reader.stems
        self.words = Lexemes(self.alphabet)
        for word, loose in words.items():
            number, term = self.words.add_text(word), self.words.add_text(loose)
            if number >= 0 and term < 0:
                raise ValueError(f"no word of letters: {loose}")
            if number >= 0:
                self.words.items[number].stem = term
                self.words.items[number].flags = SETTLED
        for row in affixes:
            affix.text, affix.restored = reader.verbs._affix(row.text), reader.verbs._affix(row.restored)
            affix.is_beginning, affix.after, affix.least = row.is_beginning, _AFTER.index(row.after), row.least
            affix.taken_from, affix.left = _parts_of_speech(row.taken_from), _parts_of_speech(row.left)
            if affix.restored.size > affix.text.size or affix.least < 1:
                raise ValueError(f"an affix takes the place of more letters than it has: {row.text}")
            self.affixes.push_back(affix)
        if self.affixes.size() > MOST_LOOSE:
            raise ValueError("too many affixes")
        self.alphabet.read("های", self.plural)

    def find(self, str surface not None, str stem not None):
        """Return the loose term of a word; None if its stem is not of letters alone."""
        cdef uint8_t word[ROOM]
        cdef uint8_t written[ROOM]
        cdef Term term
        cdef int size = self.alphabet.read(stem, word), count, rounds
        cdef bint is_shorter = True
        if size < 1:
            return None
        _take(&term, word, size)
        if self.reader._is_stop(&term):
            return stem
        if size >= SHORTEST_BEFORE_PLURAL and size + 3 <= LONGEST and len(surface) == size + 3:
            count = self.alphabet.read(surface, written)
            if count == size + 3 and not memcmp(written, word, size) and not memcmp(written + size, self.plural, 3):
                written[size] = self.plural[0]
                if self._is_noun(written, size + 1):  # دانه‌ای without its half-space
                    _take(&term, written, size + 1)
        for rounds in range(LONGEST):
            is_shorter = self._shorten(&term)
            if not is_shorter:
                break
        if _is_word(&term, word, size) or self.reader._is_stop(&term):
            return stem
        return self.stems.text(&term)

    cdef bint _shorten(self, Term* term) noexcept nogil:
        """Take an affix off a term; return false if it has none that can be taken off."""
        cdef uint8_t bases[MOST_LOOSE][ROOM]
        cdef int sizes[MOST_LOOSE]
        cdef int number, pos, row, unknown = -1
        cdef Term known
        cdef Stem stem
        if term.verb >= 0:
            return False
        number = self.words.find(term.letters, term.size)
        if number >= 0 and self.words.items[number].flags & SETTLED:
            number = self.words.items[number].stem
            _take(&known, &self.words.letters[self.words.items[number].start], self.words.items[number].size)
            if _is_word(&known, term.letters, term.size):
                return False
            term[0] = known
            return True
        number = self.lexemes.find(term.letters, term.size)
        pos = self.lexemes.part_of_speech(number)
        if not pos:
            pos = NOUN if self.lexemes.is_settled(number) else UNLISTED
        for row in range(<int>self.affixes.size()):
            sizes[row] = 0
            if not pos & self.affixes[row].taken_from:
                continue
            sizes[row] = self._take_off(&self.affixes[row], term, bases[row])
            if not sizes[row]:
                continue
            if self.affixes[row].left & ANY_WORD:
                unknown = row
            if self._find_known(bases[row], sizes[row], self.affixes[row].left, &known) and not (
                known.verb < 0 and _is_word(&known, term.letters, term.size)
            ):
                term[0] = known
                return True
        if unknown < 0:
            return False
        self.stems.stem(bases[unknown], sizes[unknown], NULL, NULL, &stem)
        if stem.term.verb < 0 and stem.term.size < SHORTEST_UNKNOWN:
            _take(term, bases[unknown], sizes[unknown])
        else:
            term[0] = stem.term
        return True

    cdef int _take_off(self, LooseAffix* affix, Term* term, uint8_t* base) noexcept nogil:
        """Write what is left of a term without an affix; return its size, or 0 if the term does not have the affix."""
        cdef int size = term.size - affix.text.size
        cdef const uint8_t* rest = &term.letters[affix.text.size if affix.is_beginning else 0]
        if size < affix.least:
            return 0
        if memcmp(&term.letters[0 if affix.is_beginning else size], affix.text.letters, affix.text.size):
            return 0
        if not self._follows(affix.after, rest[size - 1]):
            return 0
        memcpy(base, rest, size)
        memcpy(base + size, affix.restored.letters, affix.restored.size)
        return size + affix.restored.size

    cdef bint _follows(self, int after, int last) noexcept nogil:
        if after == AFTER_HEH:
            return last == self.stems.heh
        if after == AFTER_VOWEL:
            return last == self.stems.alef or last == self.stems.waw
        if after == AFTER_YEH:
            return last == self.stems.yeh
        if after == AFTER_OTHER:
            return last != self.stems.heh and last != self.stems.alef and last != self.stems.waw
        return True

    cdef bint _find_known(self, const uint8_t* base, int size, int left, Term* known) noexcept nogil:
        """Find the stem of a word that is one of what may be left; return false if it is none of these."""
        cdef int number = self.lexemes.find(base, size), pos = self.lexemes.part_of_speech(number), verb
        cdef Stem stem
        if left & PRESENT_STEM:
            verb = self.stems.verbs.of_present(number)
            if verb >= 0:
                known.verb, known.size = verb, 0
                return True
        if (pos if pos else UNLISTED) & left or (left & NOUN and self.lexemes.is_settled(number)):
            self.stems.stem(base, size, NULL, NULL, &stem)
            known[0] = stem.term
            return True
        if left & VERB_FORM:
            self.stems.stem(base, size, NULL, NULL, &stem)
            known[0] = stem.term
            return stem.term.verb >= 0
        return False

    cdef bint _is_noun(self, const uint8_t* word, int size) noexcept nogil:
        """Return whether a word is a noun or adjective, and no form of another word."""
        cdef Stem stem
        if not self.lexemes.part_of_speech(self.lexemes.find(word, size)) & COMMON:
            return False
        self.stems.stem(word, size, NULL, NULL, &stem)
        return _is_word(&stem.term, word, size)
