"""Words that stray spaces split, as text extracted from a PDF has them: مقا ومت, فلسطی ن, د ا ن ش.

A space may have split a word in two pieces if one of them is no word (نشگاه) or is a single letter, or if both are
doubtful: two letters that no dictionary has, or rare words, since the long list of these has many that are no words
(مقا, ایرا). با ران stays as it is, since both pieces are words.
"""

from .bloom_filter import code_of
from .lexicon import Lexicon
from .stemmer import Stem, Stemmer

# Bits for finding neighbours that may be one split word. A word has one set of bits toward the next word and one toward
# the previous word; neighbours are candidates if the first one's bits toward the second and the second one's toward the
# first share a bit. See `SplitWords.bits`.
_FIRST_IS_NO_WORD = 2  # toward the next: no word, and the head of one; toward the previous: any
_SECOND_IS_NO_WORD = 4  # toward the next: any; toward the previous: no word, and the tail of one
_DOUBTFUL = 8  # toward the next: doubtful, and the head of a word; toward the previous: doubtful, and the tail of one
_FIRST_IS_LETTER = 16  # toward the next: a single letter; toward the previous: any
_SECOND_IS_LETTER = 32  # toward the next: any; toward the previous: a single letter
_LETTER = _FIRST_IS_LETTER | _SECOND_IS_LETTER
SPLIT = _FIRST_IS_NO_WORD | _SECOND_IS_NO_WORD | _DOUBTFUL | _LETTER
"""All the bits of this module."""

BITS_OF_WORDS = (_SECOND_IS_NO_WORD | _SECOND_IS_LETTER, _FIRST_IS_NO_WORD | _FIRST_IS_LETTER)
"""The bits of a word that is surely one, toward the next word and toward the previous word."""

_LETTERS_THAT_ARE_WORDS = ("و", "ز")  # ز is از in verse
_SHORTEST = 3  # letters of the longer of two pieces; اس اس is no اساس
LETTER_SPACED = range(3, 21)
"""The numbers of letters that may be a word when spaces stand between them: د ا ن ش."""

_COMMON = frozenset("nap")  # parts of speech in the lexicon, see Lexicon.parts_of_speech

# Endings that are easily told from other letters, and the letters that they end in.
_PLURALS = ("ها", "های", "هایی")
_ENDINGS_END_IN = ("ی", "ها")


class SplitWords:
    """Tells which neighbours are one word that a space split. Pieces are in folded Persian letters."""

    def __init__(self, lexicon: Lexicon, stemmer: Stemmer) -> None:
        self._rare, self._heads, self._tails = lexicon.rare, lexicon.heads, lexicon.tails
        self._stem = stemmer.stem
        self._parts_of_speech = lexicon.parts_of_speech
        self._settled = lexicon.settled
        self._stop_stems = frozenset(lexicon.stop_stems)
        self._is_verb = stemmer.is_verb

    def bits(self, surface: str, stem: Stem) -> tuple[int, int]:
        """Return the bits of a piece toward the next word and toward the previous word.

        Args:
            surface: a letter, or a word that is unknown, perhaps but for an ending. All other words have
                `BITS_OF_WORDS`.
            stem: the stem of `surface`.
        """
        if surface in _LETTERS_THAT_ARE_WORDS:
            return 0, 0
        if stem.why == "ending" and self.is_common(stem.term):
            return BITS_OF_WORDS
        to_next, to_previous = BITS_OF_WORDS
        if len(surface) == 1:
            return to_next | _FIRST_IS_LETTER | _DOUBTFUL, to_previous | _SECOND_IS_LETTER | _DOUBTFUL
        code = code_of(surface)
        is_head = code in self._heads
        is_tail = code in self._tails
        if not is_tail and surface.endswith(_ENDINGS_END_IN):
            is_tail = any(code_of(base) in self._tails for base in without_ending(surface))
        if is_head or is_tail:
            is_no_word = len(surface) >= _SHORTEST and code not in self._rare
            if is_head:
                to_next |= _DOUBTFUL | (_FIRST_IS_NO_WORD if is_no_word else 0)
            if is_tail:
                to_previous |= _DOUBTFUL | (_SECOND_IS_NO_WORD if is_no_word else 0)
        return to_next, to_previous

    def are_one(self, piece: str, rest: str, shared: int) -> bool:
        """Return True if a space split one word into `piece` and `rest`.

        Together they are then a word that is not rare, or such a word with an ending that begins after the space, or a
        form of a verb of which a single letter is set off.

        Args:
            piece: the surface form before the space.
            rest: the surface form after the space.
            shared: the bits that they share; not 0.
        """
        if len(piece) < _SHORTEST > len(rest):
            return False
        if shared & _LETTER:
            return self._are_one_with_letter(piece, rest, shared)
        # This is `is_common`, written out for speed: one word in fifty gets here, and hardly any of them is split.
        whole = piece + rest
        if self._parts_of_speech[whole[:2]].get(whole) in _COMMON or whole in self._settled:
            return True
        return rest.endswith(_ENDINGS_END_IN) and self._is_inflected(piece, rest)

    def _are_one_with_letter(self, piece: str, rest: str, shared: int) -> bool:
        longer = self._stem(rest if len(piece) == 1 else piece)
        if longer.term in self._stop_stems:  # م است in سال ۱۹۴۵ م است is not ماست
            return False
        if longer.why == "unknown" and self._is_verb(piece + rest):
            return True
        return self.is_common(piece + rest) or (bool(shared & ~_LETTER) and self._is_inflected(piece, rest))

    def _is_inflected(self, piece: str, rest: str) -> bool:
        return any([self.is_common(piece + base) for base in without_ending(rest)])  # noqa: C419 - a list is faster

    def is_common(self, word: str) -> bool:
        """Return True if `word` stands in the lexicon, and not as a rare word."""
        return self._parts_of_speech.find(word) in _COMMON or word in self._settled

    def is_known(self, word: str) -> bool:
        """Return True if `word` is anything known: a rare word, a form of a verb, a word with an ending."""
        return self._stem(word).why != "unknown" or any(self.is_common(base) for base in without_ending(word))


def without_ending(piece: str) -> list[str]:
    """Return what may be left of `piece` without an ending that is easily told from other letters: ی, or a plural."""
    bases = [piece[:-1]] if len(piece) > 1 and piece[-1] == "ی" else []
    plural = piece.rfind("ها")
    if plural > 0 and piece[plural:] in _PLURALS:
        bases.append(piece[:plural])
    return bases
