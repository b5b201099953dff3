"""Text to tokens: fold, tokenize, join what a space broke, stem. Offsets are into the text as given."""

import zlib
from functools import cache
from itertools import accumulate, repeat
from operator import add, and_
from typing import NamedTuple

from .characters import align, squeeze
from .data_tables import checksum
from .lexicon import Lexicon, lexicon
from .tokenizer import token_pattern, unhyphenated
from .word_forms import COMPOUND, ENDING, GUESS, LETTER, LOOK, SEVERAL, Memo, Word, Words

_MOST_JOINED = 4  # words read as one: نمی توانسته اند

VERSION = 4
"""Raised when the code comes to give other terms for the same tables."""


class Token(NamedTuple):
    """A word of a text.

    surface: the word as written, folded, without half-spaces.
    stem: what its inflected forms share.
    position: which word of the text it is, from 0. A compound stands at the position of its first part.
    start, end: offsets in characters into the text as given; `text[start:end]` is the word.
    why: how the stem came about: `settled` by a table, `lexicon`, `verb`, `ending`, `number` or `unknown`; after
        a space, what was seen (the endings, or the shape of the verb form).
    """

    surface: str
    stem: str
    position: int
    start: int
    end: int
    why: str


class TokenColumns:
    """The tokens of a text, a list for each attribute of `Token`: item i of every list is token i."""

    __slots__ = ("ends", "next_position", "positions", "starts", "stems", "surfaces")

    def __init__(self) -> None:
        self.surfaces: list[str] = []
        self.stems: list[str] = []
        self.positions: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.next_position = 0


class Analysis:
    """Analyzes texts. Remembers the written forms it has met, so keep one for many texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._split = token_pattern().split
        self._words = Words(lexicon)
        self._chunks = Memo(self._chunk)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of `text`, in order of position; a compound comes before its parts."""
        text = unhyphenated(text)
        columns = self._columns(text)
        aligned = align(text)
        # Of each place once: thousands of tokens may stand at one, which is as long (ﷺﷺﷺ…).
        spans = dict.fromkeys(zip(columns.starts, columns.ends, strict=True))
        why = {(start, end): self._words[aligned[start:end]].why for start, end in spans}
        return [
            Token(surface, stem, position, start, end, why[start, end])
            for surface, stem, position, start, end in zip(
                columns.surfaces, columns.stems, columns.positions, columns.starts, columns.ends, strict=True
            )
        ]

    def columns(self, text: str) -> TokenColumns:
        """The same as `tokens`, in columns: the fast way."""
        return self._columns(unhyphenated(text))

    def _columns(self, text: str) -> TokenColumns:
        """Most of a text is words between single spaces that have nothing to do with their neighbours: those are
        looked up and taken over in runs, and only the rest is read closely."""
        pieces = text.replace("\n", " ").split(" ")
        words = list(map(self._chunks.__getitem__, pieces))
        starts = list(accumulate(map(add, map(len, pieces), repeat(1)), initial=0))
        looks = list(map(and_, [word.left for word in words], [*[word.right for word in words[1:]], LOOK]))
        close = {
            index: look
            for index, look in enumerate(looks)
            if look
            and (
                look > GUESS
                or (
                    not words[index].opens.isdisjoint(words[index + 1].closes)
                    if look == COMPOUND
                    else self._words.guess(words[index], words[index + 1])
                )
            )
        }
        out = TokenColumns()
        done = 0
        for index, look in close.items():
            if index < done:
                continue
            self._take_run(out, words[done:index], starts[done:index])
            last = index
            if look == LOOK and words[index].alone:
                self._take(out, words[index], starts[index], starts[index] + words[index].size)
            else:
                while last in close and last + 1 < len(words):
                    last += 1
                self._take_group(out, text, words[index : last + 1], starts[index : last + 2])
            done = last + 1
        self._take_run(out, words[done:], starts[done:-1])
        return out

    def _take_group(self, out: TokenColumns, text: str, words: list[Word], starts: list[int]) -> None:
        """Takes over words that may belong together; `starts` has one more, of what follows."""
        if any(word.left & SEVERAL for word in words):
            self._read(out, text, starts[0], starts[-1] - 1)
        else:
            ends = [start + word.size for start, word in zip(starts, words, strict=False)]
            self._take_joined(out, text, words, starts, ends, [bool(word.left & ENDING) for word in words])

    @staticmethod
    def _take_run(out: TokenColumns, words: list[Word], starts: list[int]) -> None:
        """Takes over words that stand alone."""
        out.surfaces += [word.surface for word in words]
        out.stems += [word.term for word in words]
        out.positions += range(out.next_position, out.next_position + len(words))
        out.starts += starts
        out.ends += map(add, starts, [word.size for word in words])
        out.next_position += len(words)

    def _read(self, out: TokenColumns, text: str, start: int, end: int) -> None:
        """Takes over the words of `text[start:end]`, whatever it is."""
        pieces = self._split(align(text[start:end]))
        edges = [start + edge for edge in accumulate(map(len, pieces))]
        words = [self._words[piece] for piece in pieces[1::2]]
        self._take_joined(out, text, words, edges[0::2], edges[1::2], list(map(_joinable, pieces[2::2])))

    def _take_joined(
        self, out: TokenColumns, text: str, words: list[Word], starts: list[int], ends: list[int], goes_on: list[bool]
    ) -> None:
        """Takes over words, joining those that belong together; `goes_on` says after which words any may."""
        spelled = self._spelled(words, starts, ends, goes_on) if len(words) > 2 else {}
        index = 0
        while index < len(words):
            last = spelled.get(index, index)
            so_far = words[index].surface
            if last > index:
                so_far = "".join([word.surface for word in words[index : last + 1]])
            most = last + _MOST_JOINED
            # What is nothing but tatweels, as a line of them is, goes with none.
            while so_far and last + 1 < min(len(words), most) and goes_on[last] and last + 1 not in spelled:
                if not self._words.belong(so_far, words[last], words[last + 1]):
                    break
                last += 1
                so_far += words[last].surface
            start, end = starts[index], ends[last]
            self._take(out, words[index] if last == index else self._words[align(text[start:end])], start, end)
            index = last + 1

    def _spelled(self, words: list[Word], starts: list[int], ends: list[int], goes_on: list[bool]) -> dict[int, int]:
        """Where single letters, each one space from the next, are a word: the first to the last."""
        found: dict[int, int] = {}
        first = -1
        for index, word in enumerate(words):
            if not word.right & LETTER:
                continue
            if first < 0:
                first = index
            after = index + 1
            on = after < len(words) and goes_on[index] and starts[after] == ends[index] + 1
            if not on or not words[after].right & LETTER:
                if ends_of_word := self._words.spelled(words, first, index):
                    found[ends_of_word[0]] = ends_of_word[1]
                first = -1
        return found

    @staticmethod
    def _take(out: TokenColumns, word: Word, start: int, end: int) -> None:
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

    def _chunk(self, written: str) -> Word:
        """What stands between two spaces: a word, perhaps with punctuation after it, or anything else."""
        aligned = align(written)
        pieces = self._split(aligned)
        if len(pieces) == 3 and len(pieces[1]) == len(written):
            word = self._words[written if aligned == written else aligned]
            if word.surface:
                return word
        elif len(pieces) == 3 and not pieces[0] and not _joinable(pieces[2]):
            word = self._words[pieces[1]]
            if word.surface:
                return word._replace(left=word.left & LOOK)
        # The first word may belong to the one before, unless punctuation is between.
        if len(pieces) > 1 and _joinable(pieces[0]):
            first = self._words[pieces[1]]
            return Word("", "", 0, SEVERAL | LOOK, first.right, "", closes=first.closes)
        return Word("", "", 0, SEVERAL | LOOK, LOOK | ENDING if _joinable(pieces[0]) else LOOK, "")


def _joinable(gap: str) -> bool:
    """Whether words on both sides of `gap` may be one: spaces, half-spaces, or nothing between two scripts."""
    return not gap or gap.isspace() or not squeeze(gap).strip()


@cache
def stop_stems() -> frozenset[str]:
    """The stems of words that say little of what a text is about."""
    return frozenset(lexicon().stop)


def identity() -> str:
    """Names the analysis: two that give other terms for some text have other names."""
    return f"{VERSION}-{zlib.crc32(lexicon().digest.encode(), checksum()):08x}"


@cache
def analysis() -> Analysis:
    """The analysis over the compiled lexicon, made once."""
    return Analysis(lexicon())
