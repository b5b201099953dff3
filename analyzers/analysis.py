"""Text to tokens: fold, tokenize, join what a space broke, stem. Offsets are into the text as given."""

import re
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from operator import add, and_
from typing import NamedTuple

from jooya.analyzers.characters import align, characters, squeeze
from jooya.analyzers.datafiles import DATA, rows
from jooya.analyzers.lexicon import Lexicon, lexicon
from jooya.analyzers.stemmer import Stem, Stemmer
from jooya.analyzers.tokenizer import token_pattern

_MOST_JOINED = 4  # words read as one: نمی توانسته اند

VERSION = 2
"""Raised when the code comes to give other terms for the same tables."""


class Token(NamedTuple):
    """A word of a text.

    surface: the word as written, folded, without half-spaces.
    stem: what its inflected forms share.
    position: which word of the text it is, from 0. A compound stands at the position of its first part.
    start, end: offsets in characters into the text as given; `text[start:end]` is the word.
    why: how the stem came about: `settled` by a table, `lexicon`, `verb`, `ending` or `unknown`; after a space,
        what was seen (the endings, or the shape of the verb form).
    """

    surface: str
    stem: str
    position: int
    start: int
    end: int
    why: str


class Columns:
    """The tokens of a text, a list for each attribute of `Token`: item i of every list is token i."""

    __slots__ = ("ends", "next_position", "positions", "starts", "stems", "surfaces")

    def __init__(self) -> None:
        self.surfaces: list[str] = []
        self.stems: list[str] = []
        self.positions: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.next_position = 0


class _Part(NamedTuple):
    """A part of a compound, or a second stem of a word; offsets are into the word as written."""

    surface: str
    stem: str
    start: int
    end: int


class _Word(NamedTuple):
    """What is known of one written form, whatever text it stands in.

    size: its length in characters as written.
    left, right: bits that say how it may go together with the word after and the word before it (below).
    torn: the row of joins.tsv for a piece that a space tore off: which neighbour, and what that must be.
    opens: what may follow it to make a compound. closes: what it may be there, with endings or without.
    """

    surface: str
    term: str
    why: str
    size: int
    left: int
    right: int
    parts: tuple[_Part, ...] = ()
    torn: tuple[str, str] | None = None
    opens: frozenset[str] = frozenset()
    closes: tuple[str, ...] = ()


# Two neighbours need a look where the first one's `left` and the second one's `right` share a bit.
_COMPOUND = 1  # left: begins some compound; right: closes some compound
_ENDING = 2  # left: no punctuation follows; right: a piece torn off the word before (ها)
_LOOK = 4  # left: has parts, or is torn off the word after (می), or is several words; right: always
_SEVERAL = 8  # left: not one word (with its punctuation) but several, or none


# Words that folding leaves as they are: the letters of Persian, and no marks.
_LETTERS = re.compile("[\u0627-\u063a\u0641-\u0648\u067e\u0686\u0698\u06a9\u06af\u06cc]+")

# What parts of a hashtag (#سرزمین_اشغالی) and of a date or range (1384/9/22) are found by themselves.
_SET_APART = dict.fromkeys("#@", re.compile(r"[^#@_\s]+")) | dict.fromkeys("0123456789", re.compile("[0-9.,]+"))


class Analysis:
    """Analyzes texts. Remembers the written forms it has met, so keep one for many texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._compound = lexicon.compounds.find
        self._opens = lexicon.opens
        self._closes = frozenset(" ".join(lexicon.opens.values()).split())
        self._stemmer = Stemmer(lexicon)
        self._torn = {piece: (side, neighbour) for piece, side, neighbour, _why in rows("joins.tsv")}
        self._split = token_pattern().split
        self._words = _Memo(self._word)
        self._chunks = _Memo(self._chunk)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of `text`, in order of position; a compound comes before its parts."""
        columns = self.columns(text)
        aligned = align(text)
        return [
            Token(surface, stem, position, start, end, self._words[aligned[start:end]].why)
            for surface, stem, position, start, end in zip(
                columns.surfaces, columns.stems, columns.positions, columns.starts, columns.ends, strict=True
            )
        ]

    def columns(self, text: str) -> Columns:
        """The same as `tokens`, in columns: the fast way.

        Most of a text is words between single spaces that have nothing to do with their neighbours: those are
        looked up and taken over in runs, and only the rest is read closely.
        """
        pieces = text.replace("\n", " ").split(" ")
        words = list(map(self._chunks.__getitem__, pieces))
        starts = list(accumulate([len(piece) + 1 for piece in pieces], initial=0))
        looks = map(and_, [word.left for word in words], [*[word.right for word in words[1:]], _LOOK])
        close = {
            index: None
            for index, look in enumerate(looks)
            if look > _COMPOUND or (look == _COMPOUND and not words[index].opens.isdisjoint(words[index + 1].closes))
        }
        out = Columns()
        done = 0
        for index in close:
            if index < done:
                continue
            self._take_run(out, words[done:index], starts[done:index])
            last = index
            while last in close and last + 1 < len(words):
                last += 1
            if any(word.left & _SEVERAL for word in words[index : last + 1]):
                self._read(out, align(text[starts[index] : starts[last + 1] - 1]), starts[index])
            else:
                self._take_joined(out, text, words[index : last + 1], starts[index : last + 1])
            done = last + 1
        self._take_run(out, words[done:], starts[done:-1])
        return out

    @staticmethod
    def _take_run(out: Columns, words: list[_Word], starts: list[int]) -> None:
        """Takes over words that stand alone."""
        out.surfaces += [word.surface for word in words]
        out.stems += [word.term for word in words]
        out.positions += range(out.next_position, out.next_position + len(words))
        out.starts += starts
        out.ends += map(add, starts, [word.size for word in words])
        out.next_position += len(words)

    def _take_joined(self, out: Columns, text: str, words: list[_Word], starts: list[int]) -> None:
        """Takes over words, joining those that belong together."""
        index = 0
        while index < len(words):
            last = index
            so_far = words[index].surface
            while last + 1 < min(len(words), index + _MOST_JOINED) and words[last].left & _ENDING:
                if not self._belong(so_far, words[last], words[last + 1]):
                    break
                last += 1
                so_far += words[last].surface
            start, end = starts[index], starts[last] + words[last].size
            word = words[index] if last == index else self._words[align(text[start:end])]
            self._take(out, word, start, end)
            index = last + 1

    def _read(self, out: Columns, aligned: str, base: int) -> None:
        """Takes over the words of `aligned`, whatever it is, which stands at `base` in the text."""
        pieces = self._split(aligned)
        edges = list(accumulate(map(len, pieces)))
        words = [self._words[piece] for piece in pieces[1::2]]
        index = 0
        while index < len(words):
            last = index
            so_far = words[index].surface
            while last + 1 < min(len(words), index + _MOST_JOINED) and _joinable(pieces[2 * last + 2]):
                if not self._belong(so_far, words[last], words[last + 1]):
                    break
                last += 1
                so_far += words[last].surface
            start, end = edges[2 * index], edges[2 * last + 1]
            word = words[index] if last == index else self._words[aligned[start:end]]
            self._take(out, word, base + start, base + end)
            index = last + 1

    @staticmethod
    def _take(out: Columns, word: _Word, start: int, end: int) -> None:
        """One word and its parts: a compound stands where its first part does, a second stem where the first."""
        if not word.surface:  # nothing but marks
            return
        out.surfaces.append(word.surface)
        out.stems.append(word.term)
        out.positions.append(out.next_position)
        out.starts.append(start)
        out.ends.append(end)
        for place, part in enumerate(word.parts):
            out.surfaces.append(part.surface)
            out.stems.append(part.stem)
            out.positions.append(out.next_position + place)
            out.starts.append(start + part.start)
            out.ends.append(start + part.end)
        out.next_position += len(word.parts) or 1

    def _chunk(self, written: str) -> _Word:
        """What stands between two spaces: a word, perhaps with punctuation after it, or anything else."""
        aligned = align(written)
        pieces = self._split(aligned)
        if len(pieces) != 3 or pieces[0] or (pieces[2] and _joinable(pieces[2])) or not self._words[pieces[1]].surface:
            # The first word may belong to the one before, unless punctuation is between.
            right = _LOOK
            if _joinable(pieces[0]):
                right |= self._words[pieces[1]].right if len(pieces) > 1 else _ENDING
            return _Word("", "", "", 0, _SEVERAL | _LOOK, right)
        word = self._words[pieces[1]]
        return word._replace(left=word.left & _LOOK) if pieces[2] else word

    def _belong(self, so_far: str, word: _Word, following: _Word) -> bool:
        if following.torn and following.torn[0] == "previous":
            neighbour = following.torn[1]
            if neighbour == "any":
                return True
            if neighbour == "adjective":
                return self._stemmer.is_adjective(so_far)
            return so_far.endswith("ه") and self._words[so_far + following.surface].why != "unknown"
        if word.torn == ("next", "verb"):
            return self._stemmer.is_verb_with(so_far, following.surface)
        return any(self._compound(so_far + close) for close in following.closes)

    def _word(self, written: str) -> _Word:
        """What `written` is: an aligned piece of text, a word or several to be read as one."""
        size = len(written)
        surface = written if _LETTERS.fullmatch(written) else squeeze("".join(written.split()))
        if " " in surface:  # a ligature of several words: ﷺ
            words = surface.split()
            parts = tuple(_Part(word, self._words[word].term, 0, size) for word in words)
            return _Word("".join(words), "".join(words), "unknown", size, _LOOK | _ENDING, _LOOK, parts)
        bases = self._stemmer.bases(surface)
        stem = self._stemmer.stem(surface, () if written.isalpha() else _breaks(written), bases)
        parts = self._parts(written, surface, stem)
        torn = self._torn.get(surface)
        closes = tuple([base for base in [surface, *[base for base, _ in bases]] if base in self._closes])
        left, right = _ENDING, _LOOK
        if parts or (torn and torn[0] == "next"):
            left |= _LOOK
        if torn and torn[0] == "previous":
            right |= _ENDING
        opens = self._opens.get(surface)
        if opens:
            left |= _COMPOUND
        if closes:
            right |= _COMPOUND
        why = f"{stem.why} {stem.detail}" if stem.detail else stem.why
        return _Word(surface, stem.term, why, size, left, right, parts, torn, frozenset((opens or "").split()), closes)

    def _parts(self, written: str, surface: str, stem: Stem) -> tuple[_Part, ...]:
        """The parts of a compound: those the lexicon gives, or those a half-space or another mark sets off."""
        if (pattern := _SET_APART.get(written[:1])) and not pattern.fullmatch(written):
            return self._set_apart(pattern, written)
        if stem.also:
            return (_Part(surface, stem.also, 0, len(written)),)
        if stem.why == "verb":
            return ()
        compound = self._compound(surface) or self._compound(stem.term)
        if compound and surface.startswith("".join((known := compound.split("+"))[:-1])):
            return self._placed(written, known)
        if written.isalpha():
            return ()
        return self._set_apart(_apart(), written)

    def _set_apart(self, pattern: re.Pattern[str], written: str) -> tuple[_Part, ...]:
        """What `pattern` finds in `written`, without the endings (ها) that follow the last piece; nothing if it
        finds all of it in one piece."""
        pieces = [(squeeze(match[0]), *match.span()) for match in pattern.finditer(written)]
        while pieces and pieces[-1][0] in self._torn:
            pieces.pop()
        if len(pieces) == 1 and pieces[0][1] == 0:
            return ()
        return tuple([_Part(piece, self._words[piece].term, start, end) for piece, start, end in pieces if piece])

    def _placed(self, written: str, parts: Sequence[str]) -> tuple[_Part, ...]:
        """`parts`, which the surface of `written` begins with, with offsets into `written`; the last one takes
        what follows it."""
        offsets = [offset for offset, char in enumerate(written) for _ in squeeze(char.strip())]
        edges = list(accumulate(map(len, parts), initial=0))
        placed = []
        for part, begin, end in zip(parts, edges, [*edges[1:-1], len(offsets)], strict=False):
            start, stop = offsets[begin], offsets[end - 1] + 1
            surface = squeeze("".join(written[start:stop].split()))
            placed.append(_Part(surface, self._words[part].term, start, stop))
        return tuple(placed)


def _joinable(gap: str) -> bool:
    """Whether words on both sides of `gap` may be one: spaces, or nothing between two scripts."""
    return not gap or gap.isspace() or not squeeze(gap)


def _breaks(written: str) -> tuple[int, ...]:
    """Where half-spaces and spaces stand in `written`, as offsets into its surface."""
    *before, _last = (len(squeeze(match[0])) for match in _apart().finditer(written))
    return tuple(accumulate(before))


@cache
def _apart() -> re.Pattern[str]:
    """Runs of characters without half-spaces, other joiners and spaces."""
    return re.compile(rf"[^{characters().joiners}\s]+")


class _Memo(dict[str, _Word]):
    """Remembers results by written form, so many at a time."""

    _MOST = 1 << 18

    def __init__(self, compute: Callable[[str], _Word]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, written: str) -> _Word:
        if len(self) >= self._MOST:
            self.clear()
        word = self[written] = self._compute(written)
        return word


@cache
def stop_stems() -> frozenset[str]:
    """The stems of words that say little of what a text is about."""
    return frozenset(stem for _class, words in rows("stopwords.tsv") for stem in analysis().columns(words).stems)


def identity() -> str:
    """Names the analysis: two that give other terms for some text have other names."""
    check = zlib.crc32(lexicon().digest.encode())
    for table in sorted(DATA.glob("*.tsv")):
        check = zlib.crc32(table.read_bytes(), check)
    return f"{VERSION}-{check:08x}"


@cache
def analysis() -> Analysis:
    """The analysis over the compiled lexicon, made once."""
    return Analysis(lexicon())
