"""Words that stray spaces broke, as text pulled out of a PDF has them: مقا ومت, فلسطی ن, د ا ن ش.

A space may have broken a word in two where one piece is no word (نشگاه), or a single letter, or both are doubtful:
two letters that no dictionary has, and rare words, whose long list has much that is none (مقا, ایرا). با ران stays as
it is, since both are words.
"""

from .bloom_filter import code_of
from .lexicon import Lexicon
from .stemmer import Stem, Stemmer

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
SPELLED = range(3, 21)
"""How many letters that stand apart may be a word: د ا ن ش."""

_COMMON = frozenset("nap")  # kinds of the lexicon

# Endings, and what they end in.
_PLURALS = ("ها", "های", "هایی")
_LAST = ("ی", "ها")


class BrokenWords:
    """Tells what pieces, in folded letters of Persian, are a broken word."""

    def __init__(self, lexicon: Lexicon, stemmer: Stemmer) -> None:
        self._rare, self._heads, self._tails = lexicon.rare, lexicon.heads, lexicon.tails
        self._stem = stemmer.stem
        self._kinds = lexicon.kinds
        self._settled = lexicon.settled
        self._stop = frozenset(lexicon.stop)
        self._is_verb = stemmer.is_verb

    def bits(self, surface: str, stem: Stem) -> tuple[int, int]:
        """Bits of BROKEN for a letter, or a word that is unknown perhaps but for an ending, before a space and after
        one: neighbours that share a bit may be one word. Other words have `WORD`."""
        if surface in _LETTER_WORDS:
            return 0, 0
        if stem.why == "ending" and self.is_common(stem.term):
            return WORD
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
        if shared & _LETTER:
            return self._are_one_with_letter(piece, rest, shared)
        # As `is_common` does, since one word in fifty is asked for, hardly any of them broken.
        whole = piece + rest
        if self._kinds[whole[:2]].get(whole) in _COMMON or whole in self._settled:
            return True
        return rest.endswith(_LAST) and self._is_inflected(piece, rest)

    def _are_one_with_letter(self, piece: str, rest: str, shared: int) -> bool:
        longer = self._stem(rest if len(piece) == 1 else piece)
        if longer.term in self._stop:  # سال ۱۹۴۵ م است is of no ماست
            return False
        if longer.why == "unknown" and self._is_verb(piece + rest):
            return True
        return self.is_common(piece + rest) or (bool(shared & ~_LETTER) and self._is_inflected(piece, rest))

    def _is_inflected(self, piece: str, rest: str) -> bool:
        return any([self.is_common(piece + end) for end in without_ending(rest)])  # noqa: C419 - a list is faster

    def is_common(self, word: str) -> bool:
        """Whether `word` stands in the lexicon, and not as a rare one."""
        return self._kinds.find(word) in _COMMON or word in self._settled

    def is_known(self, word: str) -> bool:
        """Whether `word` is anything known: a rare word, a form of a verb, a word with an ending."""
        return self._stem(word).why != "unknown" or any(self.is_common(base) for base in without_ending(word))


def without_ending(piece: str) -> list[str]:
    """What may be left of `piece` without an ending that is easily told from other letters."""
    ends = [piece[:-1]] if len(piece) > 1 and piece[-1] == "ی" else []
    plural = piece.rfind("ها")
    if plural > 0 and piece[plural:] in _PLURALS:
        ends.append(piece[:plural])
    return ends
