# Stems: the twin of `analyzers/stemmer.py`, which explains what is done.

cdef enum:
    MOST_BASES = 32  # endings that one word may have
    MOST_UNLISTED = 2
    SHORTEST_STEM = 2
    SHORTEST_UNKNOWN_STEM = 3
    LONG = 4

# How a stem was found, in the order of `_REASONS`.
cdef enum:
    UNKNOWN = 0
    BY_TABLE = 1
    BY_LEXICON = 2
    BY_VERB = 3
    BY_ENDING = 4

_REASONS = ("unknown", "settled", "lexicon", "verb", "ending")

# What a word ends in that an ending follows.
cdef enum:
    AFTER_ANY = 0
    AFTER_HEH = 1
    AFTER_VOWEL = 2
    AFTER_OTHER = 3
    AFTER_YEH = 4
    AFTER_LONG = 5

_AFTER = ("any", "heh", "vowel", "other", "yeh", "long")  # by these numbers, as suffixes.tsv has them


cdef struct NounEnding:
    # A row of suffixes.tsv.
    int text
    int size
    int after
    int taken_from
    int left
    Affix restored


cdef struct Base:
    # What is left of a word without an ending.
    int length  # of the word before the ending
    int size  # with what the ending took the place of
    int ending  # the number of its row
    int lexeme


cdef struct Bases:
    int count
    Base items[MOST_BASES]


cdef struct Breaks:
    # Offsets in a word where something stood between its letters.
    int count
    uint8_t places[LONGEST + 1]


cdef struct Stem:
    int reason
    bint has_second
    Term term
    Term second
    VerbForm form  # if a verb is the reason
    int count  # of endings, if they are the reason
    int16_t endings[2 * LONGEST]  # the numbers of their texts, the innermost first; -1 for none


cdef class Stems:
    """Finds the stems of words.

    Args:
        lexemes: the words of the lexicon.
        verbs: the reader of verb forms.
        settled: words to their stems where no rule finds these.
        endings: from the letters of endings to their rows of suffixes.tsv.
        apart: the affixes that may be written apart from the word before them.
    """

    cdef Lexemes lexemes
    cdef Verbs verbs
    cdef Endings endings
    cdef vector[NounEnding] rows
    cdef vector[int] edges  # of text t the rows from edges[t] to the next
    cdef int alef, waw, heh, yeh, noon, meem, text_of_yeh

    def __cinit__(self, Lexemes lexemes not None, Verbs verbs not None, dict settled not None, dict endings not None, apart):
        cdef int lexeme, stem
        cdef NounEnding row
        alphabet = lexemes.alphabet
        self.lexemes, self.verbs, self.endings = lexemes, verbs, Endings(alphabet)
        self.alef, self.waw, self.heh = [alphabet.code(letter) for letter in "اوه"]
        self.yeh, self.noon, self.meem = [alphabet.code(letter) for letter in "ینم"]
        for word, term in settled.items():
            lexeme = lexemes.add_text(word)
            if lexeme < 0:
                continue
            stem = ~verbs.number(term) if "#" in term else lexemes.add_text(term)
            if stem == -1 and "#" not in term:
                raise ValueError(f"no word of letters: {term}")
            lexemes.items[lexeme].flags |= SETTLED
            lexemes.items[lexeme].stem = stem
        lexemes.flag(apart, APART)
        for text in [*endings, "ی"]:
            self.endings.add(text)
        self.text_of_yeh = self.endings.add("ی")
        for text in self.endings.words:
            self.edges.push_back(<int>self.rows.size())
            for found in endings.get(text, ()):
                row.text, row.size, row.after = self.endings.add(text), len(text), _AFTER.index(found.after)
                row.restored = verbs._affix(found.restored)
                if row.restored.size > row.size:
                    raise ValueError(f"an ending takes the place of more letters than it has: {text}")
                row.taken_from, row.left = _parts_of_speech(found.taken_from), _parts_of_speech(found.left)
                self.rows.push_back(row)
            if sum([len(endings.get(text[place:], ())) for place in range(len(text))]) > MOST_BASES:
                raise ValueError("too many endings end alike")
        self.edges.push_back(<int>self.rows.size())
        self._check_lengths()

    cdef int _check_lengths(self) except -1:
        """Refuse endings that would be taken off for ever, since each takes the place of as many letters as it has."""
        cdef size_t first
        texts = []
        for first in range(self.rows.size()):
            if self.rows[first].restored.size == self.rows[first].size:
                restored = self.lexemes.alphabet.text(self.rows[first].restored.letters, self.rows[first].size)
                texts.append((self.endings.words[self.rows[first].text], restored))
        for _, restored in texts:
            for text, _ in texts:
                if restored.endswith(text) or text.endswith(restored):
                    raise ValueError(f"endings take the place of one another: {text}")
        return 0

    cdef void bases(self, const uint8_t* word, int size, Bases* found) noexcept nogil:
        """Find what is left of a word without each ending that fits, longest ending first."""
        cdef int nodes[LONGEST + 1]
        cdef int depth = 0, node = 0, row, text
        cdef uint8_t room[ROOM]
        cdef Base* base
        while depth < size - SHORTEST_STEM:
            node = self.endings.step(node, word[size - depth - 1])
            if not node:
                break
            nodes[depth] = node
            depth += 1
        found.count = 0
        while depth > 0:
            depth -= 1
            text = self.endings.texts[nodes[depth]]
            if text < 0:
                continue
            for row in range(self.edges[text], self.edges[text + 1]):
                if self._fits(row, word, size - depth - 1):
                    base = &found.items[found.count]
                    base.length, base.ending = size - depth - 1, row
                    base.size = base.length + self.rows[row].restored.size
                    base.lexeme = self.lexemes.find(self.base(word, base, room), base.size)
                    found.count += 1

    cdef const uint8_t* base(self, const uint8_t* word, Base* base, uint8_t* room) noexcept nogil:
        """Return the letters of what is left of a word; `room` is for those that need another place."""
        cdef Affix* restored = &self.rows[base.ending].restored
        if not restored.size:
            return word
        memcpy(room, word, base.length)
        memcpy(room + base.length, restored.letters, restored.size)
        return room

    cdef bint _fits(self, int row, const uint8_t* word, int size) noexcept nogil:
        """Return whether what is before an ending ends in letters that it follows."""
        cdef int last = word[size - 1], after = self.rows[row].after
        if after == AFTER_HEH:
            return last == self.heh
        if after == AFTER_VOWEL:
            return last == self.alef or last == self.waw
        if after == AFTER_YEH:
            return last == self.yeh
        if after == AFTER_LONG and size < LONG:
            return False
        return after == AFTER_ANY or (last != self.heh and last != self.alef and last != self.waw)

    cdef void stem(self, const uint8_t* word, int size, Breaks* breaks, Bases* bases, Stem* stem) noexcept nogil:
        """Find the stem of a word; `breaks` and `bases` may be NULL."""
        cdef Bases own
        cdef uint8_t short[ROOM]
        cdef int most, length
        if bases == NULL:
            bases = &own
            self.bases(word, size, bases)
        if self._look_up(word, size, breaks, bases, stem):
            return
        for most in range(1, 3):
            length = _without_runs(word, size, most, short)
            if length == size:
                break
            self.bases(short, length, &own)
            if self._look_up(short, length, NULL, &own, stem):
                return
        self._set(stem, UNKNOWN, word, size)

    cdef void _set(self, Stem* stem, int reason, const uint8_t* word, int size) noexcept nogil:
        stem.reason, stem.has_second, stem.count = reason, False, 0
        _take(&stem.term, word, size)

    cdef bint _look_up(
        self, const uint8_t* word, int size, Breaks* breaks, Bases* bases, Stem* stem
    ) noexcept nogil:
        """Find the stem of a word by the first of its readings; return false if it has none."""
        cdef int lexeme = self.lexemes.find(word, size)
        cdef int pos = self.lexemes.part_of_speech(lexeme), rank = ARCHAIC, first
        cdef VerbForm verb
        cdef bint is_verb = self.verbs.read(word, size, &verb)
        cdef Lexeme* item
        if self.lexemes.is_settled(lexeme):
            item = &self.lexemes.items[lexeme]
            if item.stem >= 0:
                item = &self.lexemes.items[item.stem]
                self._set(stem, BY_TABLE, &self.lexemes.letters[item.start], item.size)
            else:
                self._set(stem, BY_TABLE, word, 0)
                stem.term.verb = ~item.stem
            if (
                is_verb
                and verb.rank != ARCHAIC
                and (verb.ending == self.verbs.text_of_nothing or verb.ending == self.verbs.text_of_heh)
                and not self.verbs.prefixes[verb.prefix].size
            ):
                stem.has_second, stem.second.verb = True, verb.verb
            return True
        if not pos:
            pos = UNLISTED
        if is_verb:
            rank = verb.rank
            first = breaks.places[0] if breaks != NULL and breaks.count else 0
            if (
                rank == WORD
                or (verb.preverb >= 0 and verb.is_nominal and word[size - 1] == self.noon)
                or (rank and first > 1 and word[first - 2] == self.meem and word[first - 1] == self.yeh)
            ):
                self._verb_stem(word, size, pos, &verb, stem)
                return True
        if breaks != NULL and breaks.count and self._before_break(word, size, breaks, stem):
            return True
        if self._strip_plural(word, bases, pos, stem):
            return True
        if is_verb and rank == ENDING and not pos & COMMON:
            self._verb_stem(word, size, pos, &verb, stem)
            return True
        if self._strip(word, bases, pos, 0, stem):
            return True
        if pos & COMMON:
            self._set(stem, BY_LEXICON, word, size)
            return True
        if is_verb and (rank == LAST or pos == UNLISTED):
            self._verb_stem(word, size, pos, &verb, stem)
            return True
        if pos == RARE:
            self._set(stem, BY_LEXICON, word, size)
            return True
        return False

    cdef void _verb_stem(self, const uint8_t* word, int size, int pos, VerbForm* form, Stem* stem) noexcept nogil:
        cdef bint is_infinitive = form.is_nominal and word[size - 1] == self.noon
        stem.reason, stem.count, stem.form = BY_VERB, 0, form[0]
        stem.term.verb = form.verb
        stem.has_second = is_infinitive or form.preverb >= 0 or (form.is_nominal and pos & COMMON)
        if is_infinitive:
            self._infinitive(form, &stem.term)
            stem.second.verb = form.verb
        elif form.preverb >= 0:
            self._infinitive(form, &stem.second)
        elif stem.has_second:
            _take(&stem.second, word, size)

    cdef void _infinitive(self, VerbForm* form, Term* term) noexcept nogil:
        cdef Affix* infinitive = &self.verbs.infinitives[form.verb]
        _take(term, infinitive.letters, infinitive.size)
        if form.preverb >= 0:
            _take(term, self.verbs.preverbs[form.preverb].letters, self.verbs.preverbs[form.preverb].size)
            memcpy(term.letters + term.size, infinitive.letters, infinitive.size)
            term.size += infinitive.size

    cdef void _under(self, const uint8_t* base, int size, int text, Breaks* breaks, Stem* stem) noexcept nogil:
        """Find the stem of what an ending was taken from. A participle with an ending is used as a noun."""
        self.stem(base, size, breaks, NULL, stem)
        if stem.has_second and _is_word(&stem.second, base, size):
            stem.second = stem.term
            _take(&stem.term, base, size)
            if stem.reason == BY_ENDING:
                stem.count, stem.endings[0] = 1, -1
        _add_ending(stem, text)

    cdef bint _before_break(self, const uint8_t* word, int size, Breaks* breaks, Stem* stem) noexcept nogil:
        """Find the stem of what stands before the last half-space; return false if what follows it is no ending."""
        cdef Breaks earlier = breaks[0]
        cdef int last, lexeme, node = 0, place, row, text
        cdef bint fits = False
        earlier.count -= 1
        last = breaks.places[earlier.count]
        lexeme = self.lexemes.find(word + last, size - last)
        if last < SHORTEST_STEM or lexeme < 0 or not self.lexemes.items[lexeme].flags & APART:
            return False
        text = _ending(self.endings, word + last, size - last)
        if text < 0:
            return False
        for row in range(self.edges[text], self.edges[text + 1]):
            fits = fits or (not self.rows[row].restored.size and self._fits(row, word, last))
        if not fits:
            return False
        if self._is_perfect(word, last, size):
            self.stem(word, last, &earlier, NULL, stem)
        else:
            self._under(word, last, text, &earlier, stem)
        return True

    cdef bint _is_perfect(self, const uint8_t* word, int size, int end) noexcept nogil:
        """Return whether a participle of `size` letters takes what follows it as a verb, not as a noun does."""
        cdef int text, edge
        if word[size - 1] != self.heh:
            return False
        text = _ending(self.verbs.endings, word + size - 1, end - size + 1)
        edge = text * <int>self.verbs.prefixes.size() + self.verbs.bare
        return text >= 0 and self.verbs.edges[edge] < self.verbs.edges[edge + 1]

    cdef bint _strip(self, const uint8_t* word, Bases* bases, int pos, int depth, Stem* stem) noexcept nogil:
        """Find the stem of a word under its endings; return false if it has none."""
        cdef int place, decided = 0, base_pos
        cdef NounEnding* ending
        cdef Base* base
        cdef uint8_t room[ROOM]
        cdef const uint8_t* letters
        for place in range(bases.count - 1, -1, -1):
            base = &bases.items[place]
            ending = &self.rows[base.ending]
            if pos == RARE and base.size < SHORTEST_UNKNOWN_STEM:
                continue
            if decided and ending.size > decided:
                break
            if self.lexemes.is_common(base.lexeme):
                base_pos = self.lexemes.part_of_speech(base.lexeme)
                decided = ending.size
                letters = self.base(word, base, room)
                if (pos & ending.taken_from and (not base_pos or base_pos & ending.left)) or (
                    ending.text == self.text_of_yeh and self._is_plural(letters, base.size)
                ):
                    self._under(letters, base.size, ending.text, NULL, stem)
                    return True
        return not decided and self._strip_unlisted(word, bases, pos, depth, stem)

    cdef bint _is_plural(self, const uint8_t* word, int size) noexcept nogil:
        """Return whether a word is a plural in ان, after which ی is always the indefinite article."""
        cdef Stem stem
        if size < 2 or word[size - 2] != self.alef or word[size - 1] != self.noon:
            return False
        self.stem(word, size, NULL, NULL, &stem)
        return not _is_word(&stem.term, word, size)

    cdef bint _strip_plural(self, const uint8_t* word, Bases* bases, int pos, Stem* stem) noexcept nogil:
        """Find the stem of a plural in ها; return false if the word is none."""
        cdef int place
        cdef NounEnding* ending
        cdef Base* base
        cdef uint8_t room[ROOM]
        for place in range(bases.count):
            base = &bases.items[place]
            ending = &self.rows[base.ending]
            if ending.left & ANY_WORD and pos & ending.taken_from and self.lexemes.is_common(base.lexeme):
                self._under(self.base(word, base, room), base.size, ending.text, NULL, stem)
                return True
        return False

    cdef bint _strip_unlisted(
        self, const uint8_t* word, Bases* bases, int pos, int depth, Stem* stem
    ) noexcept nogil:
        """Find the stem of a word under its endings where none of these leaves a word that is surely one."""
        cdef int place, base_pos
        cdef Bases inner
        cdef NounEnding* ending
        cdef Base* base
        cdef uint8_t room[ROOM]
        cdef const uint8_t* letters
        if depth < MOST_UNLISTED:
            for place in range(bases.count):
                base = &bases.items[place]
                ending = &self.rows[base.ending]
                if not self._may_be_unlisted(base, pos) or self.lexemes.part_of_speech(base.lexeme):
                    continue
                letters = self.base(word, base, room)
                self.bases(letters, base.size, &inner)
                if self._strip(letters, &inner, INNER, depth + 1, stem):
                    _add_ending(stem, ending.text)
                    return True
        for place in range(bases.count):
            base = &bases.items[place]
            ending = &self.rows[base.ending]
            if not self._may_be_unlisted(base, pos):
                continue
            base_pos = self.lexemes.part_of_speech(base.lexeme)
            if (base_pos == RARE and ending.left & RARE) or (
                ending.left & ANY_WORD and base.size >= SHORTEST_UNKNOWN_STEM
            ):
                self._set(stem, BY_ENDING, self.base(word, base, room), base.size)
                stem.count, stem.endings[0] = 1, ending.text
                return True
        return False

    cdef bint _may_be_unlisted(self, Base* base, int pos) noexcept nogil:
        return pos & self.rows[base.ending].taken_from and (pos != RARE or base.size >= SHORTEST_UNKNOWN_STEM)

    cdef str text(self, Term* term):
        """Return a term as Python has it."""
        if term.verb >= 0:
            return self.verbs.names[term.verb]
        return self.lexemes.alphabet.text(term.letters, term.size)

    cdef str detail(self, Stem* stem):
        """Return what was seen in the word: its endings, or the shape of the verb form."""
        cdef int place
        if stem.reason == BY_VERB:
            return self.verbs.shape(&stem.form)
        if stem.reason != BY_ENDING:
            return ""
        return "+".join(
            [
                self.endings.words[stem.endings[place]] if stem.endings[place] >= 0 else ""
                for place in range(stem.count)
            ]
        )


cdef inline void _take(Term* term, const uint8_t* word, int size) noexcept nogil:
    term.verb, term.size = -1, size
    memcpy(term.letters, word, size)


cdef inline bint _is_word(Term* term, const uint8_t* word, int size) noexcept nogil:
    """Return whether a term is a word, and not the name of a verb."""
    return term.verb < 0 and term.size == size and not memcmp(term.letters, word, size)


cdef inline void _add_ending(Stem* stem, int text) noexcept nogil:
    if stem.reason != BY_ENDING:
        stem.reason, stem.count = BY_ENDING, 0
    if stem.count < 2 * LONGEST:  # each leaves a shorter word, or one that is in no dictionary
        stem.endings[stem.count] = text
        stem.count += 1


cdef int _ending(Endings endings, const uint8_t* word, int size) noexcept nogil:
    """Return the number of a text, or -1 if it is no ending."""
    cdef int place, node = 0
    for place in range(size - 1, -1, -1):
        node = endings.step(node, word[place])
        if not node:
            return -1
    return endings.texts[node]


cdef int _without_runs(const uint8_t* word, int size, int most, uint8_t* short) noexcept nogil:
    """Write a word with `most` letters in place of each letter three times or more; return how many letters are left."""
    cdef int place = 0, end, length = 0
    while place < size:
        end = place + 1
        while end < size and word[end] == word[place]:
            end += 1
        if end - place > 2:
            memcpy(short + length, word + place, most)
            length += most
        else:
            memcpy(short + length, word + place, end - place)
            length += end - place
        place = end
    return length
