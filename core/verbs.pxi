# Verb forms: the twin of `analyzers/verbs.py`, which explains what is done.

# Ranks, see `verbs.Rank`, and NO_FORM for the twin's None.
cdef enum:
    NO_FORM = -1
    ARCHAIC = 0
    LAST = 1
    ENDING = 2
    WORD = 3

# Tenses. SHORT are present stems in a vowel.
cdef enum:
    PAST = 0
    PRESENT = 1
    SHORT = 2


cdef struct VerbForm:
    int verb
    int prefix
    int preverb
    int ending  # the number of its text
    int rank
    bint is_nominal


cdef struct VerbReading:
    # A verb that a stem belongs to.
    int tense
    int verb
    double place  # in the list of verbs, setbacks included


cdef struct VerbEnding:
    # A row of the table of conjugation: what may follow a stem after a prefix.
    int tense
    int text
    int common
    int other
    double setback
    bint is_formal


cdef struct Affix:
    int size
    uint8_t letters[ROOM]


cdef class Endings:
    """Texts that words end in, as a tree over their letters from the last to the first.

    A node has a row of `width` numbers, of the nodes for each letter before it, 0 where there is none; node 0 is the
    end of the word. `texts` has for each node the number of the text that is complete there, or -1.
    """

    cdef Alphabet alphabet
    cdef int width
    cdef vector[int16_t] nodes
    cdef vector[int16_t] texts
    cdef list words

    def __cinit__(self, Alphabet alphabet not None):
        self.alphabet = alphabet
        self.width = len(alphabet.letters) + 1
        self.nodes.resize(self.width)
        self.texts.push_back(-1)
        self.words = []

    cdef int add(self, str text) except -1:
        """Return the number of a text, which is added if it is new."""
        cdef uint8_t letters[ROOM]
        cdef int place, size = self.alphabet.read(text, letters), node = 0, following
        if size < 0:
            raise ValueError(f"no ending of letters: {text}")
        for place in range(size - 1, -1, -1):
            following = self.step(node, letters[place])
            if not following:
                following = <int>self.texts.size()
                if following > 32767:
                    raise ValueError("too many endings")
                self.nodes[node * self.width + letters[place]] = following
                self.nodes.resize(self.nodes.size() + self.width)
                self.texts.push_back(-1)
            node = following
        if self.texts[node] < 0:
            self.texts[node] = len(self.words)
            self.words.append(text)
        return self.texts[node]

    cdef inline int step(self, int node, int letter) noexcept nogil:
        """Return the node for a letter before the text of a node; 0 if there is none."""
        return self.nodes[node * self.width + letter]


cdef class Verbs:
    """Reads words as verb forms.

    Args:
        lexemes: the words of the lexicon, which get the stems of verbs.
        stems: from the names of tenses and from stems to verbs and their places.
        endings: from prefixes, longest first, and the texts of endings to tenses and rows of the table.
        common: the verbs so common that their forms win over nouns spelled alike.
        preverbs: what may stand before all else.
    """

    cdef Lexemes lexemes
    cdef Endings endings
    cdef vector[VerbReading] readings
    cdef vector[VerbEnding] rows
    cdef vector[int] edges  # of prefix p and text t the rows from edges[t * prefixes + p] to the next
    cdef vector[Affix] prefixes
    cdef vector[Affix] preverbs
    cdef vector[Affix] infinitives  # of each verb, without preverb
    cdef vector[bint] are_common
    cdef list names, prefix_texts, preverb_texts
    cdef dict numbers
    cdef int be, noon, alef, yeh, heh, seen, teh  # ب ن ا ی ه س ت
    cdef int text_of_nothing, text_of_noon, text_of_heh  # as endings
    cdef int bare  # the empty prefix

    def __cinit__(self, Lexemes lexemes not None, dict stems not None, dict endings not None, common, preverbs):
        alphabet = lexemes.alphabet
        self.lexemes = lexemes
        self.be, self.noon, self.alef, self.yeh = [alphabet.code(letter) for letter in "بنای"]
        self.heh, self.seen, self.teh = [alphabet.code(letter) for letter in "هست"]
        self.names, self.numbers = [], {}
        self.prefix_texts, self.preverb_texts = list(endings), list(preverbs)
        for text in self.prefix_texts:
            self.prefixes.push_back(self._affix(text))
        for text in self.preverb_texts:
            self.preverbs.push_back(self._affix(text))
        self._take_stems(stems, common)
        self._take_endings(endings)

    cdef int number(self, str name) except -1:
        """Return the number of a verb, which is added if it is new."""
        if name not in self.numbers:
            self.infinitives.push_back(self._affix(name.partition("#")[0] + "ن"))
            self.are_common.push_back(False)
            self.numbers[name] = len(self.names)
            self.names.append(name)
        return self.numbers[name]

    cdef Affix _affix(self, str text) except *:
        cdef Affix affix
        affix.size = self.lexemes.alphabet.read(text, affix.letters)
        if affix.size < 0 or affix.size > LONGEST // 2:
            raise ValueError(f"no affix of letters: {text}")
        return affix

    cdef int _take_stems(self, dict stems, common) except -1:
        cdef VerbReading reading
        cdef int lexeme
        by_stem = {}
        for tense, name in enumerate(("past", "present", "short")):
            for stem, verbs in stems[name].items():
                by_stem.setdefault(stem, []).extend([(tense, verb, place) for verb, place in verbs])
        for stem, found in by_stem.items():
            lexeme = self.lexemes.add_text(stem)
            if lexeme < 0:
                continue
            self.lexemes.items[lexeme].readings[0] = <int32_t>self.readings.size()
            for tense, verb, place in found:
                reading.tense, reading.verb, reading.place = tense, self.number(verb), place
                self.readings.push_back(reading)
            self.lexemes.items[lexeme].readings[1] = <int32_t>self.readings.size()
        for verb in common:
            self.are_common[self.number(verb)] = True
        return 0

    cdef int _take_endings(self, dict endings) except -1:
        cdef VerbEnding row
        tenses = {"past": PAST, "present": PRESENT, "short": SHORT}
        self.endings = Endings(self.lexemes.alphabet)
        self.text_of_nothing, self.text_of_noon, self.text_of_heh = [self.endings.add(text) for text in ("", "ن", "ه")]
        self.bare = self.prefix_texts.index("")
        for texts in endings.values():
            for text in texts:
                self.endings.add(text)
        for text in self.endings.words:
            for prefix in self.prefix_texts:
                self.edges.push_back(<int>self.rows.size())
                for tense, found in endings[prefix].get(text, ()):
                    row.tense, row.text = tenses[tense], self.endings.add(found.text)
                    row.common = NO_FORM if found.common is None else found.common
                    row.other = NO_FORM if found.other is None else found.other
                    row.setback, row.is_formal = found.setback, found.formal
                    self.rows.push_back(row)
        self.edges.push_back(<int>self.rows.size())
        return 0

    cdef bint read(self, const uint8_t* word, int size, VerbForm* form) noexcept nogil:
        """Read a word as the verb form with the highest rank, of the commonest verb; return false if it is none."""
        cdef bint found = self._simple(word, size, -1, form)
        cdef VerbForm compound
        cdef size_t number
        if found and form.rank:
            return True
        for number in range(self.preverbs.size()):
            if (
                size - self.preverbs[number].size >= 3
                and not memcmp(word, self.preverbs[number].letters, self.preverbs[number].size)
                and self._simple(
                    word + self.preverbs[number].size, size - self.preverbs[number].size, <int>number, &compound
                )
                and compound.rank >= ENDING
            ):
                form[0] = compound
                return True
        return found

    cdef bint _simple(self, const uint8_t* word, int size, int preverb, VerbForm* form) noexcept nogil:
        """Find the best reading of a word that follows a preverb, if that is not -1."""
        cdef uint8_t changed[ROOM]
        cdef const uint8_t* rest
        cdef size_t number
        cdef int prefix, length
        cdef bint found = False, is_be, is_noon
        cdef double best[2]
        best[0] = best[1] = 0
        for number in range(self.prefixes.size()):
            prefix, length = <int>number, self.prefixes[number].size
            if length > size or memcmp(word, self.prefixes[number].letters, length):
                continue
            rest, length = word + length, size - length
            is_be = self.prefixes[number].size == 1 and word[0] == self.be
            is_noon = self.prefixes[number].size == 1 and word[0] == self.noon
            if length and (is_be or is_noon):
                # Between ب or ن and a stem in alef stands a ی: see `verbs._rests`.
                if rest[0] == self.yeh:
                    if length > 1 and rest[1] == self.alef:
                        self._take_apart(rest + 1, length - 1, prefix, preverb, &found, best, form)
                    else:
                        memcpy(changed, rest, length)
                        changed[0] = self.alef
                        self._take_apart(changed, length, prefix, preverb, &found, best, form)
                elif rest[0] == self.alef and is_be and not (
                    length > 3 and rest[1] == self.yeh and rest[2] == self.seen and rest[3] == self.teh
                ):
                    continue
            self._take_apart(rest, length, prefix, preverb, &found, best, form)
        return found

    cdef void _take_apart(
        self, const uint8_t* rest, int size, int prefix, int preverb, bint* found, double* best, VerbForm* form
    ) noexcept nogil:
        """Put the readings of a stem and its ending into `form` if they are better than the best, which is in it."""
        cdef int cut = size, node = 0, text, edge, row, reading, lexeme, rank
        cdef VerbEnding* ending
        cdef double place
        while cut > 0:
            text = self.endings.texts[node]
            if text >= 0:
                edge = text * <int>self.prefixes.size() + prefix
                if self.edges[edge] < self.edges[edge + 1]:
                    lexeme = self.lexemes.find(rest, cut)
                    if lexeme >= 0 and self.lexemes.items[lexeme].readings[1]:
                        for row in range(self.edges[edge], self.edges[edge + 1]):
                            ending = &self.rows[row]
                            for reading in range(
                                self.lexemes.items[lexeme].readings[0], self.lexemes.items[lexeme].readings[1]
                            ):
                                if self.readings[reading].tense != ending.tense:
                                    continue
                                rank = self._rank(&self.readings[reading], ending, preverb)
                                place = self.readings[reading].place + ending.setback
                                if rank != NO_FORM and (
                                    not found[0] or -rank < best[0] or (-rank == best[0] and place < best[1])
                                ):
                                    found[0], best[0], best[1] = True, -rank, place
                                    form.verb, form.prefix, form.preverb = self.readings[reading].verb, prefix, preverb
                                    form.rank, form.ending = rank, ending.text
                                    form.is_nominal = ending.tense == PAST and self._is_nominal(ending.text, prefix)
            cut -= 1
            node = self.endings.step(node, rest[cut])
            if not node:
                return

    cdef int _rank(self, VerbReading* reading, VerbEnding* ending, int preverb) noexcept nogil:
        """Return how a reading ranks, or NO_FORM: see `verbs.VerbReader._rank`."""
        cdef int rank = ending.common if self.are_common[reading.verb] else ending.other
        if reading.place >= 1000:  # archaic
            return NO_FORM if rank == NO_FORM or preverb >= 0 else ARCHAIC
        if reading.place != <int>reading.place:  # colloquial
            if preverb >= 0 or ending.is_formal or rank <= LAST:
                return NO_FORM
            return min(rank, <int>ENDING)
        return min(rank, <int>ENDING) if rank > 0 and preverb >= 0 else rank

    cdef bint _is_nominal(self, int text, int prefix) noexcept nogil:
        """Return whether the past with an ending is an infinitive or participle: ن or ه, and no prefix or ن."""
        return (text == self.text_of_noon or text == self.text_of_heh) and (
            self.prefixes[prefix].size == 0
            or (self.prefixes[prefix].size == 1 and self.prefixes[prefix].letters[0] == self.noon)
        )

    cdef int of_present(self, int lexeme) noexcept nogil:
        """Return the ordinary verb that a word is the present stem of, or -1: see `Lexicon.present`."""
        cdef int reading
        if lexeme < 0:
            return -1
        for reading in range(self.lexemes.items[lexeme].readings[0], self.lexemes.items[lexeme].readings[1]):
            if (
                self.readings[reading].tense == PRESENT
                and self.readings[reading].place < 1000
                and self.readings[reading].place == <int>self.readings[reading].place
            ):
                return self.readings[reading].verb
        return -1

    cdef str shape(self, VerbForm* form):
        """Return the prefixes and the ending of a form, to show to people: می-…-د."""
        parts = [self.preverb_texts[form.preverb] if form.preverb >= 0 else "", self.prefix_texts[form.prefix]]
        return "-".join(filter(None, [*parts, "…", self.endings.words[form.ending]]))
