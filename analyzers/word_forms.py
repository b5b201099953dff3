"""Word forms: for each way to write a word, its surface form, its stem, its parts, and what it may be joined with."""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from .addresses import AddressPart, address_parts
from .breaks import SOFT_HYPHEN, TATWEEL, breaks, gap, soft_hyphens, tatweels, without_breaks, without_ezafe
from .characters import squeeze
from .data_tables import table_rows
from .lexicon import Lexicon
from .native_words import LETTERS, word_reader
from .split_words import BITS_OF_WORDS, LETTER_SPACED, SPLIT, SplitWords
from .stemmer import Stem, Stemmer
from .typed_tokens import PERCENT, TypedToken, canonical, read_typed

if TYPE_CHECKING:
    from ..core._compiled import WordReader


class WordPart(NamedTuple):
    """A part of a compound, or the whole of a word with its second stem.

    Attributes:
        start: offset in characters into the word as written.
        end: offset in characters into the word as written.
        width: how many positions it takes: 0 for a part with parts of its own, which follow it.
    """

    surface: str
    stem: str
    start: int
    end: int
    width: int = 1


class WordForm(NamedTuple):
    """All that is known of one written form, in whatever text it stands.

    Attributes:
        surface: the form folded, without half-spaces; empty if it is not one word.
        stem: what its inflected forms share.
        size: its length in characters as written.
        toward_next: bits that say how it may go together with the word after it; see `COMPOUND` and those below.
        toward_previous: bits that say how it may go together with the word before it.
        why: how the stem was found, see `Token`.
        parts: of a compound its parts, of a word with two stems the second one.
        affix: if it is an affix that may be written apart, its row of joins.tsv: which neighbour it belongs to
            (`next`, `previous`), and what that must be.
        continuations: the words that make a compound with it if they follow.
        continues: the continuations of other words that it may be: as it is, or without its endings.
    """

    surface: str
    stem: str
    size: int
    toward_next: int
    toward_previous: int
    why: str
    parts: tuple[WordPart, ...] = ()
    affix: tuple[str, str] | None = None
    continuations: frozenset[str] = frozenset()
    continues: tuple[str, ...] = ()

    @property
    def is_one_word_with_parts(self) -> bool:
        """True if it has parts, or a second stem, and does not depend on its neighbours."""
        return bool(self.parts) and self.affix is None


# Two neighbours may belong together if the first's `toward_next` and the second's `toward_previous` share a bit.
COMPOUND = 1  # toward the next: begins some compound; toward the previous: continues some compound
CANDIDATE = COMPOUND | SPLIT
"""Bits of pairs that may be one word, which `WordForms.are_one` decides."""
JOINABLE = 64  # toward the next: no punctuation follows; toward the previous: an affix of the word before (ها)
READ_CLOSELY = 128  # toward the next: has parts, is an affix of the word after (می), or not one word; previous: always
NOT_ONE_WORD = 256  # toward the next: not one word (with its punctuation) but several, or none
SINGLE_LETTER = 512  # both: a single letter
DOTTED = 1024  # toward the next: a single letter and a dot (ه.); toward the previous: begins with a single letter
DIGITS = 2048  # toward the next: ends in a digit; toward the previous: begins with a digit or a percent sign

_NONE: frozenset[str] = frozenset()  # one for all: each empty set takes as much as the rest of what is known of a word

_FIRST_BEYOND_ASCII = "\x80"
_BE = "به"
_LONG_NOUN = 4  # letters of a noun that a joined به may stand before; joined_be.tsv has shorter ones

PERSIAN_LETTERS = re.compile(f"[{LETTERS}]+")
"""A pattern for words that folding leaves as they are: the letters of Persian, and no marks."""

# The parts of a hashtag (#سرزمین_اشغالی) and of a date or range (1384/9/22) that are found by themselves.
_TAG_PARTS = re.compile(r"[^#@_\s]+")
_NUMBER_PARTS = re.compile("[0-9.,]+")
_PATTERN_OF_PARTS = dict.fromkeys("#@", _TAG_PARTS) | dict.fromkeys("0123456789", _NUMBER_PARTS)


class Memo(dict[str, WordForm]):
    """A cache of written forms. It computes a form when that is first looked up, and is emptied when it is full."""

    MOST = 1 << 18  # forms

    def __init__(self, compute: Callable[[str], WordForm]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, written: str) -> WordForm:
        if len(self) >= self.MOST:
            self.clear()
        form = self[written] = self._compute(written)
        return form


class WordForms(Memo):
    """The word forms by aligned piece of text, which is a word, or several to read as one.

    Attributes:
        native: the reader of words of the compiled core, once it is used.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(self._read)
        self._compound = lexicon.compounds.find
        self._continuations = lexicon.continuations
        self._all_continuations = frozenset(" ".join(lexicon.continuations.values()).split())
        self.stemmer = Stemmer(lexicon)
        self._split_words = SplitWords(lexicon, self.stemmer)
        self._are_split = self._split_words.are_one
        self._affixes = {affix: (side, neighbour) for affix, side, neighbour, _why in table_rows("joins.tsv")}
        self._short_nouns = frozenset(" ".join(words for words, _why in table_rows("joined_be.tsv")).split())
        self._lexicon = lexicon
        self.native: WordReader[WordForm] | None = None

    def use_core(self) -> None:
        """Read words by the compiled core from now on, if it was built. This takes as long as to read some words."""
        if self.native is None:
            self.native = word_reader(self._lexicon, self.stemmer, self._affixes, self._short_nouns, WordForm, WordPart)

    def belong_together(self, so_far: str, form: WordForm, following: WordForm) -> bool:
        """Return True if `following` continues the word that is being joined.

        Args:
            so_far: the surface form of what is joined already.
            form: the last of the words that are joined already.
            following: the word after it.
        """
        if following.affix and following.affix[0] == "previous":
            if self._takes(so_far, following.surface, following.affix[1]):
                return True
        elif form.affix == ("next", "verb") and self._is_verb_with(so_far, following.surface):
            return True
        return so_far == form.surface and self.are_one(form, following)

    def are_one(self, form: WordForm, following: WordForm) -> bool:
        """Return True if two neighbours are a compound or a split word.

        If `following` is not one word but several, return True if its first word may be the second piece.
        """
        if not form.continuations.isdisjoint(following.continues):
            return True
        shared = form.toward_next & following.toward_previous & SPLIT
        if not shared or not following.surface:
            return bool(shared)
        if self.native and (split := self.native.are_split(form.surface, following.surface, shared)) is not None:
            return split
        return self._are_split(form.surface, following.surface, shared)

    def letter_spaced(self, forms: Sequence[WordForm], first: int, last: int) -> tuple[int, int] | None:
        """Return which of the single letters `forms[first]` to `forms[last]` are a word with spaces in between.

        These are all of د ا ن ش, and of و ک ت ا ب all but و, which is "and".

        Returns:
            The indices of the word's first and last letter, or None if there is no such word.
        """
        letters = "".join([letter.surface for letter in forms[first : last + 1]])
        start, stop = len(letters) - len(letters.lstrip("و")), len(letters.rstrip("و"))
        for is_word in (self._split_words.is_common, self._split_words.is_known):
            for begin in dict.fromkeys((0, start)):
                for end in dict.fromkeys((len(letters), stop)):
                    if end - begin in LETTER_SPACED and is_word(letters[begin:end]):
                        return first + begin, first + end - 1
        return None

    def _is_verb_with(self, prefix: str, rest: str) -> bool:
        if self.native and (is_verb := self.native.is_verb_with(prefix, rest)) is not None:
            return is_verb
        return self.stemmer.is_verb_with(prefix, rest)

    def _takes(self, so_far: str, affix: str, neighbour: str) -> bool:
        """Return True if `so_far` is the `neighbour` that `affix`, a row of joins.tsv, must have."""
        if neighbour == "any":
            return True
        if neighbour == "adjective":
            return self.stemmer.is_adjective(so_far)
        return so_far.endswith("ه") and self[so_far + affix].why != "unknown"

    def _without_splits(self, written: str) -> str:
        """Return `written` with tatweels, which mean nothing, in place of spaces that split a word and of soft hyphens.

        Soft hyphens stay where they set off the parts of a word that is not known: old word processors took them for
        half-spaces.
        """
        if " " in written:
            pieces = [self[piece] for piece in written.split() if squeeze(piece)]  # not a half-space by itself
            letters = next((place for place, piece in enumerate(pieces) if len(piece.surface) != 1), len(pieces))
            if letters > 1 and self.letter_spaced(pieces, 0, letters - 1) == (0, letters - 1):
                written = gap().sub(tatweels, written, letters - 1)
            elif len(pieces) > 1:
                first, second = pieces[:2]
                if first.continuations.isdisjoint(second.continues) and self.are_one(first, second):
                    written = gap().sub(tatweels, written, 1)
        if SOFT_HYPHEN in written:
            surface = squeeze("".join(written.split()))
            if not PERSIAN_LETTERS.fullmatch(surface) or self.stemmer.stem(surface).why != "unknown":
                written = soft_hyphens().sub(tatweels, written)
        return written

    def _read(self, written: str) -> WordForm:
        """Compute what is known of an aligned piece of text: a word, or several to read as one."""
        if self.native and (form := self.native.form(written)):
            return form
        size = len(written)
        pattern = None
        if persian := bool(PERSIAN_LETTERS.fullmatch(written)):
            surface = written
        else:
            if may_have_marks := written < _FIRST_BEYOND_ASCII or "." in written:
                if address := address_parts(written):
                    return self._address(size, *address)
                written, pattern = self._typed(written)
            written = self._without_splits(written)
            if self.native and not may_have_marks and (form := self.native.form(written, True)):
                return form
            surface = squeeze("".join(written.split()))
            if may_have_marks:
                surface = canonical(surface)
            persian = bool(PERSIAN_LETTERS.fullmatch(surface))
        if " " in surface:  # a ligature of several words: ﷺ
            words = surface.split()
            parts = tuple(WordPart(word, self[word].stem, 0, size) for word in words)
            whole = "".join(words)
            return WordForm(whole, whole, size, READ_CLOSELY | JOINABLE, READ_CLOSELY, "unknown", parts)
        bases = self.stemmer.bases(surface)
        found = self.stemmer.stem(surface, () if written.isalpha() else breaks(written), bases)
        parts = self._parts(written, surface, found) if pattern is None else self._matches(pattern, written)
        affix = self._affixes.get(surface)
        stripped = [base for base, _ in bases]
        continues = tuple([base for base in [surface, *stripped] if base in self._all_continuations])
        to_next, to_previous = JOINABLE, READ_CLOSELY
        if parts or (affix and affix[0] == "next"):
            to_next |= READ_CLOSELY
        if affix and affix[0] == "previous":
            to_previous |= JOINABLE
        continuations = self._continuations.get(surface)
        if continuations:
            to_next |= COMPOUND
        if continues:
            to_previous |= COMPOUND
        # A ب that is joined with a noun may also be a letter that a space split off: کتا بخانه.
        if persian and (not parts or parts[0].surface == _BE):
            doubtful = found.why in ("unknown", "ending") or len(surface) == 1
            split_next, split_previous = self._split_words.bits(surface, found) if doubtful else BITS_OF_WORDS
            to_next, to_previous = to_next | split_next, to_previous | split_previous
            if len(surface) == 1:
                to_next, to_previous = to_next | SINGLE_LETTER, to_previous | SINGLE_LETTER
        why = f"{found.why} {found.detail}" if found.detail else found.why
        if written != surface:
            surface = without_ezafe(surface, written)
        # One string object where surface and stem are equal: most of what is remembered are such words.
        stem = surface if found.term == surface else found.term
        following = frozenset(continuations.split()) if continuations else _NONE
        return WordForm(surface, stem, size, to_next, to_previous, why, parts, affix, following, continues)

    def _parts(self, written: str, surface: str, stem: Stem) -> tuple[WordPart, ...]:
        """Return the parts of a compound: those the lexicon gives, or those that a half-space or another mark sets off.

        Of a word with two stems, return the second stem.
        """
        if (pattern := _PATTERN_OF_PARTS.get(written[:1])) and not pattern.fullmatch(written):
            return self._matches(pattern, written)
        if stem.second:
            return (WordPart(surface, stem.second, 0, len(written)),)
        if stem.why == "verb":
            return ()
        compound = self._compound(surface) or self._compound(stem.term)
        if compound and surface.startswith("".join((known := compound.split("+"))[:-1])):
            return self._placed(written, known)
        if written.isalpha():
            return self._joined_with_be(written, surface, stem) if surface.startswith("ب") else ()
        return self._matches(without_breaks(), written)

    def _joined_with_be(self, written: str, surface: str, stem: Stem) -> tuple[WordPart, ...]:
        """Return به and the noun that it was joined with, as older spelling does: بدلیل, بعنوان.

        The whole is no other word, and what follows does not begin with ا: too many names begin with با.
        """
        rest = surface[1:]
        if rest[:1] == "ا" or not (stem.why == "unknown" or stem.term == _BE + rest):
            return ()
        is_noun = rest in self._short_nouns or (len(rest) >= _LONG_NOUN and self._split_words.is_common(rest))
        if not is_noun:
            return ()
        return (WordPart(_BE, self[_BE].stem, 0, 1), WordPart(rest, self[rest].stem, 1, len(written)))

    def _matches(self, pattern: re.Pattern[str], written: str) -> tuple[WordPart, ...]:
        """Return the matches of `pattern`, without the affixes (ها) after the last piece; none if one match is all."""
        pieces = [(squeeze(match[0]), *match.span()) for match in pattern.finditer(written)]
        while pieces and pieces[-1][0] in self._affixes:
            pieces.pop()
        if len(pieces) == 1 and pieces[0][1] == 0:
            return ()
        if pieces and pieces[0][0] == "%":  # the number is the first word of %12
            pieces.reverse()
        words = [(self[PERCENT if piece == "%" else piece], start, end) for piece, start, end in pieces if piece]
        return tuple([WordPart(form.surface, form.stem, start, end) for form, start, end in words])

    def _address(self, size: int, whole: str, found: Sequence[AddressPart]) -> WordForm:
        """Return the form of an address, whose parts are found by the words that they are."""
        parts = []
        for text, start, end, has_parts in found:
            form = None if has_parts else self[text]
            surface, stem = (form.surface, form.stem) if form else (text, text)
            if surface:
                parts.append(WordPart(surface, stem, start, end, 0 if has_parts else 1))
        to_next = READ_CLOSELY | JOINABLE if parts else JOINABLE
        return WordForm(whole, whole, size, to_next, READ_CLOSELY, "unknown", tuple(parts))

    def _typed(self, written: str) -> TypedToken:
        """Return how a piece with marks inside is read.

        An abbreviation of two letters keeps its dot if they are a word without it: ق.م is not قم.
        """
        typed = read_typed(written)
        if typed.parts is None and typed.written != written:
            surface = squeeze(typed.written)
            if len(surface) == 2 and PERSIAN_LETTERS.fullmatch(surface) and self.stemmer.stem(surface).why != "unknown":
                return TypedToken(written.replace(" ", TATWEEL).rstrip("."))
        return typed

    def _placed(self, written: str, parts: Sequence[str]) -> tuple[WordPart, ...]:
        """Return the parts of a compound with offsets into `written`.

        The surface form of `written` begins with `parts`; the last of them takes what follows it.
        """
        offsets = [offset for offset, char in enumerate(written) for _ in squeeze(char.strip())]
        edges = list(accumulate(map(len, parts), initial=0))
        placed = []
        for part, begin, end in zip(parts, edges, [*edges[1:-1], len(offsets)], strict=False):
            start, stop = offsets[begin], offsets[end - 1] + 1
            surface = squeeze("".join(written[start:stop].split()))
            surface = without_ezafe(surface, written[start:stop])
            placed.append(WordPart(surface, self[part].stem, start, stop))
        return tuple(placed)
