"""Words that stray spaces broke, as text pulled out of a PDF has them: مقا ومت, فلسطی ن, د ا ن ش.

A space may have broken a word in two where one piece is no word (نشگاه), or a single letter, or both are doubtful:
two letters that no dictionary has, and rare words, whose long list has much that is none (مقا, ایرا). با ران stays as
it is, since both are words.
"""

from jooya.analyzers.bloom import code_of
from jooya.analyzers.lexicon import Lexicon
from jooya.analyzers.stemmer import Stemmer

# Bits by which neighbours that may be one word are found: they share one. See `BrokenWords.bits`.
_NONE_BEFORE = 2  # left: no word, and the head of one; right: any
_NONE_AFTER = 4  # left: any; right: no word, and the tail of one
_DOUBTFUL = 8  # left: doubtful, and the head of a word; right: doubtful, and the tail of one
_LETTER_BEFORE = 16  # left: a single letter; right: any
_LETTER_AFTER = 32  # left: any; right: a single letter
_LETTER = _LETTER_BEFORE | _LETTER_AFTER
WORD = (_NONE_AFTER | _LETTER_AFTER, _NONE_BEFORE | _LETTER_BEFORE)
BROKEN = _NONE_BEFORE | _NONE_AFTER | _DOUBTFUL | _LETTER

_LETTER_WORDS = ("و", "ز")  # ز is از in verse
_SHORTEST = 3  # the longer of two pieces; اس اس is no اساس
_SPELLED = range(3, 21)  # how many letters that stand apart may be a word

_COMMON = frozenset("nap")  # kinds of the lexicon

# Endings, and what they end in.
_PLURALS = ("ها", "های", "هایی")
_LAST = ("ی", "ها")


class BrokenWords:
    """Tells what pieces, in folded letters of Persian, are a broken word."""

    def __init__(self, lexicon: Lexicon, stemmer: Stemmer) -> None:
        self._rare, self._heads, self._tails = lexicon.rare, lexicon.heads, lexicon.tails
        self._stem = stemmer.stem
        self._kind = lexicon.kinds.find
        self._settled = lexicon.settled
        self._stop = frozenset(lexicon.stop)
        self._is_verb = stemmer.is_verb

    def bits(self, surface: str) -> tuple[int, int]:
        """Bits of BROKEN for a doubtful word before a space, and for it after one: neighbours that share a bit may be
        one word. Other words have `WORD`."""
        if surface in _LETTER_WORDS:
            return 0, 0
        left, right = WORD
        if len(surface) == 1:
            return left | _LETTER_BEFORE | _DOUBTFUL, right | _LETTER_AFTER | _DOUBTFUL
        code = code_of(surface)
        head = code in self._heads
        tail = code in self._tails
        if not tail and surface.endswith(_LAST):
            tail = any(code_of(end) in self._tails for end in without_ending(surface))
        if head or tail:
            none = len(surface) >= _SHORTEST and code not in self._rare
            if head:
                left |= _DOUBTFUL | (_NONE_BEFORE if none else 0)
            if tail:
                right |= _DOUBTFUL | (_NONE_AFTER if none else 0)
        return left, right

    def are_one(self, piece: str, rest: str, shared: int) -> bool:
        """Whether a space broke one word into `piece` and `rest`, which share bits: together they are a word that is
        not rare, or one with an ending that begins after the break, or a form of a verb that a single letter is off."""
        if len(piece) < _SHORTEST > len(rest):
            return False
        whole = piece + rest
        if shared & _LETTER:
            longer = self._stem(rest if len(piece) == 1 else piece)
            if longer.term in self._stop:  # سال ۱۹۴۵ م است is of no ماست
                return False
            if longer.why == "unknown" and self._is_verb(whole):
                return True
        if self._is_common(whole):
            return True
        if shared & ~_LETTER and rest.endswith(_LAST):
            return any(self._is_common(piece + end) for end in without_ending(rest))
        return False

    def _is_common(self, word: str) -> bool:
        return self._kind(word) in _COMMON or word in self._settled

    def are_spelled(self, letters: str) -> bool:
        """Whether `letters`, which stand apart, are a word: د ا ن ش."""
        if len(letters) not in _SPELLED:
            return False
        return self._stem(letters).why != "unknown" or any(self._is_common(end) for end in without_ending(letters))


def without_ending(piece: str) -> list[str]:
    """What may be left of `piece` without an ending that is easily told from other letters."""
    ends = [piece[:-1]] if len(piece) > 1 and piece[-1] == "ی" else []
    plural = piece.rfind("ها")
    if plural > 0 and piece[plural:] in _PLURALS:
        ends.append(piece[:plural])
    return ends
