# Word forms: the twin of `analyzers/word_forms.py` and `analyzers/split_words.py`, for words of Persian letters with
# their marks and half-spaces. All else is left to Python.

# The bits of `toward_next` and `toward_previous`, see `word_forms.py` and `split_words.py`.
cdef enum:
    TO_COMPOUND = 1
    FIRST_IS_NO_WORD = 2
    SECOND_IS_NO_WORD = 4
    DOUBTFUL = 8
    FIRST_IS_LETTER = 16
    SECOND_IS_LETTER = 32
    JOINABLE = 64
    READ_CLOSELY = 128
    NOT_ONE_WORD = 256
    SINGLE_LETTER = 512
    BITS_TO_NEXT = SECOND_IS_NO_WORD | SECOND_IS_LETTER  # of a word that is surely one
    BITS_TO_PREVIOUS = FIRST_IS_NO_WORD | FIRST_IS_LETTER

# What an affix that may be written apart belongs to, see joins.tsv.
cdef enum:
    OF_NONE = 0
    OF_ANY = 1
    OF_ADJECTIVE = 2
    OF_HEH = 3
    OF_VERB = 4  # the next word

_AFFIX_KINDS = {
    ("previous", "any"): OF_ANY,
    ("previous", "adjective"): OF_ADJECTIVE,
    ("previous", "heh"): OF_HEH,
    ("next", "verb"): OF_VERB,
}

cdef enum:
    MOST_WRITTEN = 120  # characters of a word as written
    LONG_NOUN = 4
    SHORTEST_PIECE = 3


cdef struct Piece:
    # What stands between two joiners.
    int16_t start  # offsets of characters as written
    int16_t end
    int16_t first  # the number of its first letter
    int16_t count  # of letters


cdef struct Written:
    # A word as it was written.
    int size  # in characters
    int count  # of letters
    int pieces
    bint is_plain  # nothing but letters in their aligned form
    bint is_alpha  # `str.isalpha` holds
    uint8_t letters[ROOM]
    int16_t offsets[ROOM]  # of the letters
    Piece items[LONGEST]
    Breaks breaks


@cython.final
@cython.freelist(16)
cdef class NativeForm:
    """A word form before it is one of Python: what `WordForm` has, with numbers in place of lists."""

    cdef str surface, stem
    cdef tuple parts
    cdef int size, to_next, to_previous
    cdef int affix, continuations  # numbers of lists, or -1
    cdef int continued  # how many continuations it may be
    cdef int continues[MOST_BASES + 1]  # their lexemes
    cdef int count  # of the letters of its surface form
    cdef uint8_t letters[ROOM]
    cdef Stem found


cdef class Filter:
    """A set of words, see `analyzers/bloom_filter.py`."""

    cdef bytes held
    cdef const uint8_t* bits
    cdef uint32_t size

    def __cinit__(self, bytes bits not None):
        if not 0 < len(bits) < 1 << 28:
            raise ValueError("a filter has bits")
        self.held, self.bits, self.size = bits, bits, 8 * len(bits)

    cdef bint has(self, uint32_t code) noexcept nogil:
        cdef uint32_t place = code % self.size
        if not self.bits[place >> 3] >> (place & 7) & 1:
            return False
        place = (code >> 8) % self.size
        return self.bits[place >> 3] >> (place & 7) & 1


cdef class WordReader:
    """Reads words that were never met. It does not change, so threads may share it.

    Args:
        tables: what `analyzers/native_words.py` has put together.
        form: the type of word forms.
        part: the type of their parts.
    """

    cdef Alphabet alphabet
    cdef Lexemes lexemes
    cdef Verbs verbs
    cdef Stems stems
    cdef Filter heads, tails, rare
    cdef object form_type, part_type, new
    cdef list affixes, continuations
    cdef vector[int] affix_kinds  # of each affix what it belongs to
    cdef vector[int] edges, continuing  # the lexemes that continue word n are continuing[edges[n]:edges[n + 1]]
    cdef dict whys
    cdef set stop_verbs
    cdef uint32_t crc[256]
    cdef int alef, be, heh, waw, yeh, ze
    cdef uint8_t plural[2]  # ها
    cdef str be_stem
    cdef object nothing, not_one_word

    def __cinit__(self, tables, form, part):
        cdef int number, place
        cdef uint32_t code
        self.alphabet = Alphabet(*tables.alphabet)
        self.lexemes = Lexemes(self.alphabet)
        for block in tables.parts_of_speech:
            self.lexemes.read_lines(block, True)
        for block in tables.compounds:
            self.lexemes.read_lines(block, False)
        self.verbs = Verbs(self.lexemes, tables.verb_stems, tables.verb_endings, tables.common_verbs, tables.preverbs)
        apart = [affix for affix, (side, _) in tables.affixes.items() if side == "previous"]
        self.stems = Stems(self.lexemes, self.verbs, tables.settled, tables.noun_endings, apart)
        self.lexemes.flag(tables.short_nouns, SHORT_NOUN)
        self.lexemes.flag([stem for stem in tables.stop_stems if "#" not in stem], STOP)
        self.stop_verbs = {self.verbs.number(stem) for stem in tables.stop_stems if "#" in stem}
        self.affixes, self.continuations = [], []
        for text, row in tables.affixes.items():
            number = self.lexemes.add_text(text)
            if number >= 0:
                self.lexemes.items[number].affix = len(self.affixes)
                self.affixes.append(row)
                self.affix_kinds.push_back(_AFFIX_KINDS.get(row, OF_NONE))
        for text, others in tables.continuations.items():
            number = self.lexemes.add_text(text)
            words = others.split()
            self.lexemes.flag(words, CONTINUES)
            if number >= 0:
                self.lexemes.items[number].continuations = len(self.continuations)
                self.continuations.append(others)
                self.edges.push_back(<int>self.continuing.size())
                for word in words:
                    self.continuing.push_back(self.lexemes.add_text(word))
        self.edges.push_back(<int>self.continuing.size())
        self.heads, self.tails, self.rare = [Filter(bits) for bits in tables.filters]
        for place in range(256):
            code = place
            for _ in range(8):
                code = code >> 1 ^ (<uint32_t>0xEDB88320 if code & 1 else 0)
            self.crc[place] = code
        self.alef, self.be, self.heh = [self.alphabet.code(letter) for letter in "ابه"]
        self.waw, self.yeh, self.ze = [self.alphabet.code(letter) for letter in "ویز"]
        self.plural[0], self.plural[1] = self.heh, self.alef
        self.form_type, self.part_type, self.new, self.whys = form, part, tuple.__new__, {}
        self.nothing = frozenset()
        be = bytes([self.be, self.heh])
        self.be_stem = self._stem_of(be, 2)
        to_next = NOT_ONE_WORD | READ_CLOSELY
        self.not_one_word = self._new_form("", "", 0, to_next, READ_CLOSELY, "", (), None, self.nothing, ())

    def form(self, str written not None, bint joined=False):
        """Return the form of an aligned piece of text; None if it is not made of letters, marks and joiners.

        Args:
            written: the piece, which is a word, or several to read as one.
            joined: True if spaces and soft hyphens divide a word as half-spaces do.
        """
        cdef Written word
        cdef int kind = PyUnicode_KIND(written)
        if not self._read(kind, PyUnicode_DATA(written), 0, len(written), &self.alphabet.aligned[0], joined, &word):
            return None
        return self._form(&word, written if word.is_plain else None, JOINABLE | READ_CLOSELY)

    def chunk(self, str written not None):
        """Return the form of a chunk of raw text as `Analysis` has it; None for chunks that are not words.

        Punctuation may stand before and after the word. A word of one letter may be part of an abbreviation, so it is
        left to Python.
        """
        cdef Written word
        cdef Py_ssize_t start, end
        if not self._read_chunk(written, &start, &end, &word):
            return None
        if start:
            return self.not_one_word
        if end < len(written):
            return self._form(&word, None, READ_CLOSELY)
        return self._form(&word, written if word.is_plain else None, JOINABLE | READ_CLOSELY)

    cdef NativeForm native_chunk(self, str written):
        """Return what `chunk` does before it is of Python; None also for a word with punctuation before it."""
        cdef Written word
        cdef Py_ssize_t start, end
        if not self._read_chunk(written, &start, &end, &word) or start:
            return None
        if end < len(written):
            return self._native_form(&word, None, READ_CLOSELY)
        return self._native_form(&word, written if word.is_plain else None, JOINABLE | READ_CLOSELY)

    cdef NativeForm native_joined(self, uint32_t* written, int size):
        """Return what `form` does, with `joined`, of raw characters, before it is of Python."""
        cdef Written word
        if not self._read(4, written, 0, size, &self.alphabet.raw[0], True, &word):
            return None
        return self._native_form(&word, None, JOINABLE | READ_CLOSELY)

    cdef bint _read_chunk(self, str written, Py_ssize_t* start, Py_ssize_t* end, Written* word) noexcept:
        """Take a chunk apart; return false for one that is not a word of two letters, perhaps in punctuation."""
        cdef int kind = PyUnicode_KIND(written)
        cdef void* data = PyUnicode_DATA(written)
        start[0], end[0] = 0, len(written)
        while end[0] and self._kind(kind, data, end[0] - 1) == PUNCTUATION:
            end[0] -= 1
        while start[0] < end[0] and self._kind(kind, data, start[0]) == PUNCTUATION:
            start[0] += 1
        if not self._read(kind, data, start[0], end[0], &self.alphabet.raw[0], False, word):
            return False
        return word.items[0].count >= 2

    def are_split(self, str piece not None, str rest not None, int shared):
        """Return True if a space split one word into two surface forms; None if they are not of letters alone.

        See `SplitWords.are_one`.
        """
        cdef uint8_t whole[2 * ROOM]
        cdef int count = self.alphabet.read(piece, whole), size
        if count < 0:
            return None
        size = self.alphabet.read(rest, whole + count)
        if size < 0 or count + size > LONGEST:
            return None
        return self._are_split(whole, count, size, shared)

    cdef bint _are_split(self, const uint8_t* whole, int count, int size, int shared):
        """Return whether a space split the first letters of a word from the rest, of which there are `size`."""
        cdef Stem stem
        cdef VerbForm verb
        if count < SHORTEST_PIECE > size:
            return False
        if not shared & (FIRST_IS_LETTER | SECOND_IS_LETTER):
            return self._is_common(whole, count + size) or self._is_inflected(whole, count, count + size)
        if count == 1:
            self.stems.stem(whole + 1, size, NULL, NULL, &stem)
        else:
            self.stems.stem(whole, count, NULL, NULL, &stem)
        if self._is_stop(&stem.term):
            return False
        if stem.reason == UNKNOWN and self.verbs.read(whole, count + size, &verb) and verb.rank >= ENDING:
            return True
        if self._is_common(whole, count + size):
            return True
        if not shared & ~(FIRST_IS_LETTER | SECOND_IS_LETTER):
            return False
        return self._is_inflected(whole, count, count + size)

    def is_verb_with(self, str prefix not None, str rest not None):
        """Return True if a prefix and a surface form together are a verb form; None if they are not of letters alone.

        See `Stemmer.is_verb_with`.
        """
        cdef uint8_t whole[2 * ROOM]
        cdef int size = self.alphabet.read(prefix, whole), more
        more = self.alphabet.read(rest, whole + size) if size >= 0 else -1
        if more < 0 or size + more > LONGEST:
            return None
        return self._is_verb_with(whole, size, more)

    cdef bint _is_verb_with(self, const uint8_t* whole, int size, int more) noexcept nogil:
        """Return whether letters are a verb form whose prefix is the first `size` of them."""
        cdef VerbForm form
        if not self.verbs.read(whole, size + more, &form) or form.preverb >= 0:
            return False
        return self.verbs.prefixes[form.prefix].size == size and not memcmp(
            self.verbs.prefixes[form.prefix].letters, whole, size
        )

    cdef int _kind(self, int kind, void* data, Py_ssize_t place) noexcept:
        cdef Py_UCS4 character = PyUnicode_READ(kind, data, place)
        return self.alphabet.raw[character] if character < BEYOND else OTHER

    cdef bint _read(
        self, int unicode_kind, void* data, Py_ssize_t start, Py_ssize_t end, const uint8_t* kinds, bint joined,
        Written* word
    ) noexcept:
        """Take a word apart; return false if it has other characters, or is long, or has joiners at its edges."""
        cdef int place, kind = OTHER
        cdef Py_UCS4 character
        cdef bint is_inside = False  # a piece
        cdef Piece* piece
        if not 0 < end - start <= MOST_WRITTEN:
            return False
        word.size, word.count, word.pieces = <int>(end - start), 0, 0
        word.is_plain = word.is_alpha = True
        for place in range(word.size):
            character = PyUnicode_READ(unicode_kind, data, start + place)
            if character >= BEYOND:
                return False
            kind = kinds[character]
            if kind == OTHER or kind >= PUNCTUATION or (kind >= SOFT_HYPHEN and not joined):
                return False
            if kind >= JOINER:
                word.is_plain = word.is_alpha = is_inside = False
                continue
            if not is_inside:
                if word.pieces == LONGEST:
                    return False
                piece = &word.items[word.pieces]
                piece.start, piece.first, piece.count = place, word.count, 0
                word.pieces += 1
                is_inside = True
            piece.end = place + 1
            if kind >= FIRST_KIND:
                word.is_plain = False
                word.is_alpha = word.is_alpha and kind == LETTERLIKE_MARK
                continue
            if word.count == LONGEST:
                return False
            word.is_plain = word.is_plain and character == self.alphabet.points[kind]
            word.letters[word.count] = kind
            word.offsets[word.count] = place
            word.count += 1
            piece.count += 1
        if not word.count or word.offsets[0] or kind >= JOINER:
            return False
        word.breaks.count = word.pieces - 1
        for place in range(1, word.pieces):
            word.breaks.places[place - 1] = <uint8_t>word.items[place].first
        return True

    cdef object _form(self, Written* word, str written, int mask):
        """Return the form of a word, see `_native_form`."""
        cdef NativeForm form = self._native_form(word, written, mask)
        cdef tuple continues = ()
        cdef Lexeme* item
        cdef int place
        for place in range(form.continued):
            item = &self.lexemes.items[form.continues[place]]
            continues += (self.alphabet.text(&self.lexemes.letters[item.start], item.size),)
        affix = self.affixes[form.affix] if form.affix >= 0 else None
        following = self._continuations(form.continuations) if form.continuations >= 0 else self.nothing
        return self._new_form(
            form.surface,
            form.stem,
            form.size,
            form.to_next,
            form.to_previous,
            self._why(&form.found),
            form.parts,
            affix,
            following,
            continues,
        )

    cdef NativeForm _native_form(self, Written* word, str written, int mask):
        """Return the form of a word; `mask` has the bits toward the next word that it may have.

        Args:
            written: the word itself, if it is plain.
        """
        cdef NativeForm form = NativeForm.__new__(NativeForm)
        cdef Bases bases
        cdef Stem* stem = &form.found
        cdef Lexeme* item
        cdef int count = word.count, lexeme = self.lexemes.find(word.letters, count), place
        cdef int to_next = JOINABLE, to_previous = READ_CLOSELY
        cdef int bits[2]
        cdef tuple parts
        cdef str surface
        self.stems.bases(word.letters, count, &bases)
        self.stems.stem(word.letters, count, &word.breaks, &bases, stem)
        surface = self.alphabet.text(word.letters, count) if written is None else written
        parts = self._parts(word, lexeme, surface, stem)
        form.affix = form.continuations = -1
        form.continued = 0
        if lexeme >= 0:
            item = &self.lexemes.items[lexeme]
            if item.affix >= 0:
                form.affix = item.affix
                if item.flags & APART:
                    to_previous |= JOINABLE
                else:
                    to_next |= READ_CLOSELY
            if item.flags & CONTINUES:
                form.continues[0] = lexeme
                form.continued = 1
            if item.continuations >= 0:
                to_next |= TO_COMPOUND
                form.continuations = item.continuations
        if parts:
            to_next |= READ_CLOSELY
        for place in range(bases.count):
            lexeme = bases.items[place].lexeme
            if lexeme >= 0 and self.lexemes.items[lexeme].flags & CONTINUES:
                form.continues[form.continued] = lexeme
                form.continued += 1
        if form.continued:
            to_previous |= TO_COMPOUND
        if not parts or (<tuple>parts[0])[0] == "به":
            if stem.reason == UNKNOWN or stem.reason == BY_ENDING or count == 1:
                self._split_bits(word.letters, count, stem, bits)
                to_next |= bits[0]
                to_previous |= bits[1]
            else:
                to_next |= BITS_TO_NEXT
                to_previous |= BITS_TO_PREVIOUS
            if count == 1:
                to_next |= SINGLE_LETTER
                to_previous |= SINGLE_LETTER
        if self._is_ezafe(word, count):
            count -= 1
            surface = surface[:count]
        if mask != JOINABLE | READ_CLOSELY:
            to_next &= mask
        form.surface = surface
        form.stem = surface if _is_word(&stem.term, word.letters, count) else self.stems.text(&stem.term)
        form.parts, form.size, form.to_next, form.to_previous = parts, word.size, to_next, to_previous
        form.count = count
        memcpy(form.letters, word.letters, count)
        return form

    cdef object _new_form(
        self, surface, stem, size, to_next, to_previous, why, parts, affix, continuations, continues
    ):
        """Return a word form as the type's own `_make` does."""
        values = (surface, stem, size, to_next, to_previous, why, parts, affix, continuations, continues)
        return self.new(self.form_type, values)

    cdef object _part(self, str surface, str stem, int start, int end):
        return self.new(self.part_type, (surface, stem, start, end, 1))

    cdef tuple _parts(self, Written* word, int lexeme, str surface, Stem* stem):
        """Return the parts of a compound, or a word's second stem; see `WordForms._parts`."""
        cdef int count, known
        if stem.has_second:
            return (self._part(surface, self.stems.text(&stem.second), 0, word.size),)
        if stem.reason == BY_VERB:
            return ()
        known = lexeme
        if known < 0 or not self.lexemes.items[known].cuts:
            known = self.lexemes.find(stem.term.letters, stem.term.size) if stem.term.verb < 0 else -1
        if known >= 0 and self.lexemes.items[known].cuts:
            count = _last_cut(self.lexemes.items[known].cuts)
            if count < word.count and not memcmp(
                word.letters, &self.lexemes.letters[self.lexemes.items[known].start], count
            ):
                return self._placed(word, &self.lexemes.items[known])
        if word.is_alpha:
            return self._joined_with_be(word, stem)
        return self._between_joiners(word)

    cdef tuple _placed(self, Written* word, Lexeme* compound):
        """Return the parts of a compound with offsets into the word as written."""
        cdef const uint8_t* letters = &self.lexemes.letters[compound.start]
        cdef int begin = 0, end, stop, count
        cdef list parts = []
        while begin < compound.size:
            end = begin + 1
            while end < compound.size and not compound.cuts >> end & 1:
                end += 1
            stop = end if end < compound.size else word.count
            count = stop - begin
            if count >= 2 and self._is_ezafe_at(word, begin, stop):
                count -= 1
            parts.append(
                self._part(
                    self.alphabet.text(word.letters + begin, count),
                    self._stem_of(letters + begin, end - begin),
                    word.offsets[begin],
                    word.offsets[stop - 1] + 1,
                )
            )
            begin = end
        return tuple(parts)

    cdef tuple _joined_with_be(self, Written* word, Stem* stem):
        """Return به and the noun that it was joined with; see `WordForms._joined_with_be`."""
        cdef int size = word.count - 1, lexeme
        cdef const uint8_t* rest = word.letters + 1
        if word.letters[0] != self.be or not size or rest[0] == self.alef:
            return ()
        if stem.reason != UNKNOWN and not (
            stem.term.verb < 0
            and stem.term.size == size + 2
            and stem.term.letters[0] == self.be
            and stem.term.letters[1] == self.heh
            and not memcmp(stem.term.letters + 2, rest, size)
        ):
            return ()
        lexeme = self.lexemes.find(rest, size)
        if lexeme < 0 or not (
            self.lexemes.items[lexeme].flags & SHORT_NOUN or (size >= LONG_NOUN and self.lexemes.is_common(lexeme))
        ):
            return ()
        noun = self._part(self.alphabet.text(rest, size), self._stem_of(rest, size), 1, word.size)
        return (self._part("به", self.be_stem, 0, 1), noun)

    cdef tuple _between_joiners(self, Written* word):
        """Return the pieces between half-spaces without the affixes after the last of them; none if one is all."""
        cdef int place, pieces = word.pieces, lexeme
        cdef Piece* piece
        cdef list parts = []
        cdef str text
        while pieces:
            piece = &word.items[pieces - 1]
            lexeme = self.lexemes.find(word.letters + piece.first, piece.count)
            if lexeme < 0 or self.lexemes.items[lexeme].affix < 0:
                break
            pieces -= 1
        if pieces < 2:
            return ()
        for place in range(pieces):
            piece = &word.items[place]
            if piece.count:
                text = self.alphabet.text(word.letters + piece.first, piece.count)
                stem = self._stem_of(word.letters + piece.first, piece.count)
                parts.append(self._part(text, stem, piece.start, piece.end))
        return tuple(parts)

    cdef bint is_continued(self, int continuations, const int* continues, int count) noexcept nogil:
        """Return whether one of some words continues a word, whose continuations have a number, or -1."""
        cdef int place, number
        if continuations < 0:
            return False
        for place in range(self.edges[continuations], self.edges[continuations + 1]):
            for number in range(count):
                if self.continuing[place] == continues[number]:
                    return True
        return False

    cdef bint takes(self, const uint8_t* whole, int size, int more, int kind) noexcept nogil:
        """Return whether letters are what an affix after them, of `more` letters, belongs to; see `WordForms._takes`."""
        cdef Bases bases
        cdef Breaks breaks
        cdef Stem stem
        if kind == OF_ANY:
            return True
        if kind == OF_ADJECTIVE:
            return self.lexemes.part_of_speech(self.lexemes.find(whole, size)) == ADJECTIVE
        if whole[size - 1] != self.heh:
            return False
        breaks.count = 0
        self.stems.bases(whole, size + more, &bases)
        self.stems.stem(whole, size + more, &breaks, &bases, &stem)
        return stem.reason != UNKNOWN

    cdef str _stem_of(self, const uint8_t* word, int size):
        cdef Stem stem
        self.stems.stem(word, size, NULL, NULL, &stem)
        return self.stems.text(&stem.term)

    cdef bint _is_ezafe(self, Written* word, int count) noexcept nogil:
        return count >= 2 and word.items[word.pieces - 1].count and self._is_ezafe_at(word, 0, count)

    cdef bint _is_ezafe_at(self, Written* word, int begin, int end) noexcept nogil:
        """Return whether letters end in ه and a ی that a joiner sets off: see `breaks.without_ezafe`."""
        cdef int place
        if word.letters[end - 1] != self.yeh or word.letters[end - 2] != self.heh:
            return False
        for place in range(word.breaks.count):
            if word.breaks.places[place] == end - 1:
                return True
        return False

    cdef str _why(self, Stem* stem):
        """Return how a stem was found, as `Token.why` has it. All words with the same reason share the string."""
        cdef Py_ssize_t key = -1
        cdef str why, detail
        if stem.reason == BY_VERB:
            key = ((stem.form.preverb + 1) * 64 + stem.form.prefix) * 32768 + stem.form.ending + 1
        elif stem.reason == BY_ENDING:
            key = -10 - stem.endings[0] if stem.count == 1 else 0
        else:
            return _REASONS[stem.reason]
        if key:
            why = self.whys.get(key)
            if why is not None:
                return why
        detail = self.stems.detail(stem)
        why = f"{_REASONS[stem.reason]} {detail}" if detail else _REASONS[stem.reason]
        if key:
            self.whys[key] = why
        return why

    cdef object _continuations(self, int number):
        """Return the words that make a compound with a word; a set is made when it is first asked for."""
        found = self.continuations[number]
        if type(found) is str:
            found = self.continuations[number] = frozenset(found.split())
        return found

    cdef bint _is_common(self, const uint8_t* word, int size) noexcept nogil:
        return self.lexemes.is_common(self.lexemes.find(word, size))

    cdef bint _is_stop(self, Term* term):
        cdef int lexeme
        if term.verb >= 0:
            return term.verb in self.stop_verbs
        lexeme = self.lexemes.find(term.letters, term.size)
        return lexeme >= 0 and self.lexemes.items[lexeme].flags & STOP

    cdef bint _is_inflected(self, const uint8_t* whole, int begin, int end) noexcept nogil:
        """Return whether the second of two pieces has an ending, without which both together are a common word."""
        cdef int place
        cdef int lengths[2]
        for place in range(self._without_ending(whole + begin, end - begin, lengths)):
            if self._is_common(whole, begin + lengths[place]):
                return True
        return False

    cdef int _without_ending(self, const uint8_t* piece, int size, int* lengths) noexcept nogil:
        """Write how much is left of a piece without ی and without a plural; return how many of these it has."""
        cdef int found = 0, place
        if size > 1 and piece[size - 1] == self.yeh:
            lengths[0] = size - 1
            found = 1
        # ها, های, هایی: the last ها of the piece
        for place in range(size - 2, 0, -1):
            if not memcmp(piece + place, self.plural, 2):
                if size - place <= 4 and (size - place < 3 or piece[place + 2] == self.yeh) and (
                    size - place < 4 or piece[place + 3] == self.yeh
                ):
                    lengths[found] = place
                    found += 1
                break
        return found

    cdef void _split_bits(self, const uint8_t* word, int size, Stem* stem, int* bits) noexcept nogil:
        """Write the bits of a piece that may be split: see `SplitWords.bits`."""
        cdef uint32_t code
        cdef bint is_head, is_tail, is_no_word
        cdef int place
        cdef int lengths[2]
        bits[0] = bits[1] = 0
        if size == 1 and (word[0] == self.waw or word[0] == self.ze):
            return
        bits[0], bits[1] = BITS_TO_NEXT, BITS_TO_PREVIOUS
        if stem.reason == BY_ENDING and stem.term.verb < 0 and self._is_common(stem.term.letters, stem.term.size):
            return
        if size == 1:
            bits[0] |= FIRST_IS_LETTER | DOUBTFUL
            bits[1] |= SECOND_IS_LETTER | DOUBTFUL
            return
        code = self._code(word, size)
        is_head, is_tail = self.heads.has(code), self.tails.has(code)
        if not is_tail:
            for place in range(self._without_ending(word, size, lengths)):
                is_tail = is_tail or self.tails.has(self._code(word, lengths[place]))
        if not is_head and not is_tail:
            return
        is_no_word = size >= SHORTEST_PIECE and not self.rare.has(code)
        if is_head:
            bits[0] |= DOUBTFUL | (FIRST_IS_NO_WORD if is_no_word else 0)
        if is_tail:
            bits[1] |= DOUBTFUL | (SECOND_IS_NO_WORD if is_no_word else 0)

    cdef uint32_t _code(self, const uint8_t* word, int size) noexcept nogil:
        """Return the CRC-32 of a word in UTF-8, where each letter has two bytes."""
        cdef uint32_t code = ~<uint32_t>0
        cdef int place, point
        for place in range(size):
            point = self.alphabet.points[word[place]]
            code = code >> 8 ^ self.crc[(code ^ (0xC0 | point >> 6)) & 0xFF]
            code = code >> 8 ^ self.crc[(code ^ (0x80 | (point & 0x3F))) & 0xFF]
        return ~code


cdef int _last_cut(uint64_t cuts) noexcept nogil:
    cdef int place = 63
    while not cuts >> place & 1:
        place -= 1
    return place
