"""Text to tokens: fold, tokenize, join what a space broke, stem. Offsets are into the text as given."""

import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

from jooya.analyzers.characters import align, characters, squeeze
from jooya.analyzers.datafiles import DATA, rows
from jooya.analyzers.lexicon import Lexicon, lexicon
from jooya.analyzers.stemmer import Stem, Stemmer
from jooya.analyzers.tokenizer import token_pattern

VERSION = 1
"""Raised when the code comes to give other terms for the same tables."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    surface: the word as written, folded, without half-spaces.
    stem: what its inflected forms share.
    position: which word of the text it is, from 0. A compound stands at the position of its first part.
    start, end: offsets in characters into the text as given; `text[start:end]` is the word.
    why: how the stem came about (`lexicon`, `verb`, `ending`, `unknown`).
    """

    surface: str
    stem: str
    position: int
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The tokens of a text, a list for each attribute: item i of every list is token i."""

    surfaces: list[str] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a compound; offsets are into the compound as written."""

    surface: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    """What is known of one written form, whatever text it stands in."""

    surface: str
    stem: Stem
    parts: tuple[_Part, ...]
    # Joining: the table's row for a torn-off piece; whether it can begin a compound; which parts of
    # compounds it can be the last of.
    torn: tuple[str, str] | None
    begins: bool
    closes: tuple[str, ...]

    @property
    def alone(self) -> bool:
        return not (self.parts or self.torn or self.begins)


class Analysis:
    """Analyzes texts. Remembers each written form it has met, so keep one for many texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._compounds = lexicon.compounds
        self._begins = {parts[0] for parts in lexicon.compounds.values()}
        self._closes = {parts[-1] for parts in lexicon.compounds.values()}
        self._stemmer = Stemmer(lexicon)
        self._torn = {piece: (side, neighbour) for piece, side, neighbour, _why in rows("joins.tsv")}
        self._split = token_pattern().split
        self._words = _Memo(self._word)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of `text`, in order of position; a compound comes before its parts."""
        columns = self.columns(text)
        aligned = align(text)
        return [
            Token(surface, stem, position, start, end, self._words[aligned[start:end]].stem.why)
            for surface, stem, position, start, end in zip(
                columns.surfaces, columns.stems, columns.positions, columns.starts, columns.ends, strict=True
            )
        ]

    def columns(self, text: str) -> Columns:
        """The same as `tokens`, in columns: the fast way."""
        aligned = align(text)
        pieces = self._split(aligned)
        edges = list(accumulate(map(len, pieces)))
        starts, ends, gaps = edges[0:-1:2], edges[1::2], pieces[2::2]
        words = [self._words[piece] for piece in pieces[1::2]]
        out = Columns()
        position = index = 0
        while index < len(words):
            word, start, end = words[index], starts[index], ends[index]
            index += 1
            last = self._last_joined(words, gaps, index - 1)
            if last >= index:
                end = ends[last]
                word = self._words[aligned[start:end]]
                index = last + 1
            if not word.surface:
                continue
            out.surfaces.append(word.surface)
            out.stems.append(word.stem.term)
            out.positions.append(position)
            out.starts.append(start)
            out.ends.append(end)
            for offset, part in enumerate(word.parts):
                out.surfaces.append(part.surface)
                out.stems.append(part.stem)
                out.positions.append(position + offset)
                out.starts.append(start + part.start)
                out.ends.append(start + part.end)
            position += len(word.parts) or 1
        return out

    def _last_joined(self, words: list[_Word], gaps: list[str], first: int) -> int:
        """The index of the last word that belongs to the one at `first`, which is `first` mostly."""
        last = first
        while last + 1 < len(words) and _joinable(gaps[last]):
            word, following = words[last], words[last + 1]
            if not self._belong("".join(w.surface for w in words[first : last + 1]), word, following):
                break
            last += 1
        return last

    def _belong(self, so_far: str, word: _Word, following: _Word) -> bool:
        if following.torn and following.torn[0] == "previous":
            neighbour = following.torn[1]
            if neighbour == "any":
                return True
            if neighbour == "adjective":
                return self._stemmer.is_adjective(so_far)
            return so_far.endswith("ه") and self._word(so_far + following.surface).stem.why in (
                "verb",
                "ending",
            )
        if word.torn == ("next", "verb"):
            return self._stemmer.is_verb_with(so_far, following.surface)
        return word.begins and any(so_far + close in self._compounds for close in following.closes)

    def _word(self, written: str) -> _Word:
        """What `written` is: an aligned piece of text, a word or several to be read as one."""
        surface = squeeze("".join(written.split()))
        whole = "".join(surface.split())
        if len(surface) != len(whole):  # a ligature of several words: ﷺ
            parts = tuple(_Part(s, self._stemmer.stem(s).term, 0, len(written)) for s in surface.split())
            return _Word(whole, Stem(whole, "unknown"), parts, None, False, ())
        stem = self._stemmer.stem(surface, _breaks(written))
        bases = (surface, *self._stemmer.endless(surface))
        return _Word(
            surface,
            stem,
            self._parts(written, surface, stem),
            self._torn.get(surface),
            surface in self._begins,
            tuple(base for base in bases if base in self._closes),
        )

    def _parts(self, written: str, surface: str, stem: Stem) -> tuple[_Part, ...]:
        """The parts of a compound: those the lexicon gives, or those a half-space sets off."""
        if stem.also:
            return (_Part(surface, stem.also, 0, len(written)),)
        if stem.why == "verb":
            return ()
        parts = self._compounds.get(surface) or self._compounds.get(stem.term)
        if parts and surface.startswith("".join(parts[:-1])):
            return self._placed(written, parts)
        pieces = [squeeze(piece) for piece in _unjoined(written).split(" ")]
        while pieces and pieces[-1] in self._torn:
            pieces.pop()
        return self._placed(written, pieces) if len(pieces) > 1 and all(pieces) else ()

    def _placed(self, written: str, parts: Iterable[str]) -> tuple[_Part, ...]:
        """`parts` with offsets into `written`; the last part takes the endings that follow it."""
        parts = list(parts)
        lengths = accumulate((len(squeeze(char)) if not char.isspace() else 0 for char in written), initial=0)
        at: dict[int, int] = {}
        for offset, length in enumerate(lengths):
            at.setdefault(length, offset)
        placed = []
        begin = 0
        for number, part in enumerate(parts, 1):
            end = begin + len(part)
            if begin not in at or end not in at:  # a ligature across the parts
                return ()
            start = at[begin]
            while start < len(written) and (written[start].isspace() or not squeeze(written[start])):
                start += 1
            stop = at[end] if number < len(parts) else len(written)
            placed.append(
                _Part(squeeze("".join(written[start:stop].split())), self._stemmer.stem(part).term, start, stop)
            )
            begin = end
        return tuple(placed)


def _joinable(gap: str) -> bool:
    """Whether words on both sides of `gap` may be one: spaces, or nothing between two scripts."""
    return not gap or gap.isspace() or not squeeze(gap)


def _breaks(written: str) -> tuple[int, ...]:
    """Where half-spaces and spaces stand in `written`, as offsets into its surface."""
    *before, _last = (len(squeeze(piece)) for piece in _unjoined(written).split(" "))
    return tuple(accumulate(before))


def _unjoined(written: str) -> str:
    """`written` with a space for each joiner."""
    return re.sub(rf"[{characters().joiners}\s]+", " ", written)


class _Memo(dict[str, _Word]):
    """Remembers results by written form."""

    def __init__(self, compute: Callable[[str], _Word]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, written: str) -> _Word:
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
