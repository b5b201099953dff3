"""What is known of a written form by itself: surface, stem, parts, and what it may be joined with."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from .characters import characters, squeeze
from .data_tables import rows
from .lexicon import Lexicon
from .split_words import BROKEN, SPELLED, WORD, BrokenWords
from .stemmer import Stem, Stemmer


class Part(NamedTuple):
    """A part of a compound, or a second stem of a word; offsets are into the word as written."""

    surface: str
    stem: str
    start: int
    end: int


class Word(NamedTuple):
    """What is known of one written form, whatever text it stands in.

    size: its length in characters as written.
    left, right: bits that say how it may go together with the word after and the word before it (below).
    torn: the row of joins.tsv for a piece that a space tore off: which neighbour, and what that must be.
    opens: what may follow it to make a compound. closes: what it may be there, with endings or without.
    """

    surface: str
    term: str
    size: int
    left: int
    right: int
    why: str
    parts: tuple[Part, ...] = ()
    torn: tuple[str, str] | None = None
    opens: frozenset[str] = frozenset()
    closes: tuple[str, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether it is one word that has parts, or a second stem, and asks nothing of its neighbours."""
        return bool(self.parts) and self.torn is None


# Two neighbours may belong together where the first one's `left` and the second one's `right` share a bit. COMPOUND and
# BROKEN are guesses, which the words themselves confirm or not.
COMPOUND = 1  # left: begins some compound; right: closes some compound
GUESS = COMPOUND | BROKEN
ENDING = 64  # left: no punctuation follows; right: a piece torn off the word before (ها)
LOOK = 128  # left: has parts, or is torn off the word after (می), or is several words; right: always
SEVERAL = 256  # left: not one word (with its punctuation) but several, or none
LETTER = 512  # both: a single letter

_SOFT_HYPHEN, _TATWEEL = "\u00ad", "\u0640"

_NONE: frozenset[str] = frozenset()  # one for all: each empty set takes as much as the rest of what is known of a word

# Words that folding leaves as they are: the letters of Persian, and no marks.
_LETTERS = re.compile("[\u0627-\u063a\u0641-\u0648\u067e\u0686\u0698\u06a9\u06af\u06cc]+")

# What parts of a hashtag (#سرزمین_اشغالی) and of a date or range (1384/9/22) are found by themselves.
_SET_APART = dict.fromkeys("#@", re.compile(r"[^#@_\s]+")) | dict.fromkeys("0123456789", re.compile("[0-9.,]+"))


class Memo(dict[str, Word]):
    """Remembers results by written form, so many at a time."""

    _MOST = 1 << 18

    def __init__(self, compute: Callable[[str], Word]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, written: str) -> Word:
        if len(self) >= self._MOST:
            self.clear()
        word = self[written] = self._compute(written)
        return word


class Words(Memo):
    """Written forms (aligned pieces of text, a word or several to be read as one) to what is known of them."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(self._word)
        self._compound = lexicon.compounds.find
        self._opens = lexicon.opens
        self._closes = frozenset(" ".join(lexicon.opens.values()).split())
        self._stemmer = Stemmer(lexicon)
        self._broken = BrokenWords(lexicon, self._stemmer)
        self._are_one = self._broken.are_one
        self._torn = {piece: (side, neighbour) for piece, side, neighbour, _why in rows("joins.tsv")}

    def belong(self, so_far: str, word: Word, following: Word) -> bool:
        """Whether `following` goes on with `word`, the last of those that are `so_far` together."""
        if following.torn and following.torn[0] == "previous":
            if self._takes(so_far, following.surface, following.torn[1]):
                return True
        elif word.torn == ("next", "verb") and self._stemmer.is_verb_with(so_far, following.surface):
            return True
        return so_far == word.surface and self.guess(word, following)

    def guess(self, word: Word, following: Word) -> bool:
        """Whether the guess is right that `following` goes on with `word` to a compound or a broken word; or, of
        `following` that is several words, whether it may be."""
        if not word.opens.isdisjoint(following.closes):
            return True
        shared = word.left & following.right & BROKEN
        if not shared or not following.surface:
            return bool(shared)
        return self._are_one(word.surface, following.surface, shared)

    def spelled(self, words: Sequence[Word], first: int, last: int) -> tuple[int, int] | None:
        """Which of the single letters from `words[first]` to `words[last]` are a word set with spaces, the first to the
        last: all of د ا ن ش, and of و ک ت ا ب all but و, which is "and". None if there is no such word."""
        letters = "".join([letter.surface for letter in words[first : last + 1]])
        start, stop = len(letters) - len(letters.lstrip("و")), len(letters.rstrip("و"))
        for is_word in (self._broken.is_common, self._broken.is_known):
            for begin in dict.fromkeys((0, start)):
                for end in dict.fromkeys((len(letters), stop)):
                    if end - begin in SPELLED and is_word(letters[begin:end]):
                        return first + begin, first + end - 1
        return None

    def _takes(self, so_far: str, ending: str, neighbour: str) -> bool:
        """Whether `so_far` is the `neighbour` that `ending`, a row of joins.tsv, must have."""
        if neighbour == "any":
            return True
        if neighbour == "adjective":
            return self._stemmer.is_adjective(so_far)
        return so_far.endswith("ه") and self[so_far + ending].why != "unknown"

    def _healed(self, written: str) -> str:
        """`written` with tatweels, which mean nothing, for the spaces that broke a word, and for soft hyphens unless
        they set off the parts of one that is not known: old word processors took them for half-spaces."""
        if " " in written:
            pieces = [self[piece] for piece in written.split() if squeeze(piece)]  # not a half-space by itself
            single = next((place for place, piece in enumerate(pieces) if len(piece.surface) != 1), len(pieces))
            if single > 1 and self.spelled(pieces, 0, single - 1) == (0, single - 1):
                written = _gap().sub(_tatweels, written, single - 1)
            elif pieces[0].opens.isdisjoint(pieces[1].closes) and self.guess(*pieces[:2]):
                written = _gap().sub(_tatweels, written, 1)
        if _SOFT_HYPHEN in written:
            surface = squeeze("".join(written.split()))
            if not _LETTERS.fullmatch(surface) or self._stemmer.stem(surface).why != "unknown":
                written = _soft_hyphens().sub(_tatweels, written)
        return written

    def _word(self, written: str) -> Word:
        """What `written` is: an aligned piece of text, a word or several to be read as one."""
        size = len(written)
        if persian := bool(_LETTERS.fullmatch(written)):
            surface = written
        else:
            written = self._healed(written)
            surface = squeeze("".join(written.split()))
            persian = bool(_LETTERS.fullmatch(surface))
        if " " in surface:  # a ligature of several words: ﷺ
            words = surface.split()
            parts = tuple(Part(word, self[word].term, 0, size) for word in words)
            whole = "".join(words)
            return Word(whole, whole, size, LOOK | ENDING, LOOK, "unknown", parts)
        bases = self._stemmer.bases(surface)
        stem = self._stemmer.stem(surface, () if written.isalpha() else _breaks(written), bases)
        parts = self._parts(written, surface, stem)
        torn = self._torn.get(surface)
        closes = tuple([base for base in [surface, *[base for base, _ in bases]] if base in self._closes])
        left, right = ENDING, LOOK
        if parts or (torn and torn[0] == "next"):
            left |= LOOK
        if torn and torn[0] == "previous":
            right |= ENDING
        opens = self._opens.get(surface)
        if opens:
            left |= COMPOUND
        if closes:
            right |= COMPOUND
        if persian and not parts:
            doubtful = stem.why in ("unknown", "ending") or len(surface) == 1
            before, after = self._broken.bits(surface, stem) if doubtful else WORD
            left, right = left | before, right | after
            if len(surface) == 1:
                left, right = left | LETTER, right | LETTER
        why = f"{stem.why} {stem.detail}" if stem.detail else stem.why
        # One string object where surface and stem are equal: most of what is remembered are such words.
        term = surface if stem.term == surface else stem.term
        follow = frozenset(opens.split()) if opens else _NONE
        return Word(surface, term, size, left, right, why, parts, torn, follow, closes)

    def _parts(self, written: str, surface: str, stem: Stem) -> tuple[Part, ...]:
        """The parts of a compound: those the lexicon gives, or those a half-space or another mark sets off."""
        if (pattern := _SET_APART.get(written[:1])) and not pattern.fullmatch(written):
            return self._set_apart(pattern, written)
        if stem.also:
            return (Part(surface, stem.also, 0, len(written)),)
        if stem.why == "verb":
            return ()
        compound = self._compound(surface) or self._compound(stem.term)
        if compound and surface.startswith("".join((known := compound.split("+"))[:-1])):
            return self._placed(written, known)
        if written.isalpha():
            return ()
        return self._set_apart(_apart(), written)

    def _set_apart(self, pattern: re.Pattern[str], written: str) -> tuple[Part, ...]:
        """What `pattern` finds in `written`, without the endings (ها) that follow the last piece; nothing if it
        finds all of it in one piece."""
        pieces = [(squeeze(match[0]), *match.span()) for match in pattern.finditer(written)]
        while pieces and pieces[-1][0] in self._torn:
            pieces.pop()
        if len(pieces) == 1 and pieces[0][1] == 0:
            return ()
        return tuple([Part(piece, self[piece].term, start, end) for piece, start, end in pieces if piece])

    def _placed(self, written: str, parts: Sequence[str]) -> tuple[Part, ...]:
        """`parts`, which the surface of `written` begins with, with offsets into `written`; the last one takes
        what follows it."""
        offsets = [offset for offset, char in enumerate(written) for _ in squeeze(char.strip())]
        edges = list(accumulate(map(len, parts), initial=0))
        placed = []
        for part, begin, end in zip(parts, edges, [*edges[1:-1], len(offsets)], strict=False):
            start, stop = offsets[begin], offsets[end - 1] + 1
            surface = squeeze("".join(written[start:stop].split()))
            placed.append(Part(surface, self[part].term, start, stop))
        return tuple(placed)


@cache
def _gap() -> re.Pattern[str]:
    """What is between two words: spaces, joiners before and after, and marks that stand on none."""
    table = characters()
    return re.compile(f"[{table.joiners}]* [ {table.joiners}{table.marks}]*")


@cache
def _soft_hyphens() -> re.Pattern[str]:
    """Soft hyphens without other joiners, such as half-spaces, beside them."""
    joiners = characters().joiners
    return re.compile(f"(?<![{joiners}]){_SOFT_HYPHEN}+(?![{joiners}])")


def _tatweels(match: re.Match[str]) -> str:
    return _TATWEEL * len(match[0])


def _breaks(written: str) -> tuple[int, ...]:
    """Where half-spaces and spaces stand in `written`, as offsets into its surface."""
    *before, _last = (len(squeeze(match[0])) for match in _apart().finditer(written))
    return tuple(accumulate(before))


@cache
def _apart() -> re.Pattern[str]:
    """Runs of characters without half-spaces, other joiners and spaces."""
    return re.compile(rf"[^{characters().joiners}\s]+")
