"""Verse: poems in couplets or free lines, told from prose that was broken at a margin, and from lists.

In wrapped prose sentences end anywhere in a line, and the first word of the next line would not have fitted on it.
Lines of verse are short, hold no end of a sentence inside, and rhyme, or are far from equal in length.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, groupby, islice, pairwise
from typing import NamedTuple, Self

from .words import MARKS, Span, ends_sentence

Stanza = list[Span]
"""The couplets of a stanza, or the lines of free verse: what is never cut."""

_LONGEST = 70
"""Characters of a line; a couplet on one line has up to twice as many."""
_HEMISTICH = 50
"""Characters of a hemistich; of 100 in classical poetry 97 have no more than 40."""
_COUPLET = 2
_LOOKED_AT = 40
"""So many lines tell whether the others are verse, too."""
_SMALL = 4
"""A stanza of fewer lines is judged together with its neighbours."""

# Lines none of which is long, blank ones among them.
_SHORT_LINES = re.compile(rf"(?:[^\n]{{0,{2 * _LONGEST}}}+\n)*+(?:[^\n]{{1,{2 * _LONGEST}}}+\Z)?")
_MORE_SHORT_LINES = re.compile(rf"\n(?=(?:[^\n]{{0,{2 * _LONGEST}}}+(?:\n|\Z)){{2}}){_SHORT_LINES.pattern}")
_BLOCK = re.compile(r"\S[^\n]*+(?:\n[^\S\n]*+\S[^\n]*+)*+")
_MAY_PART = ("   ", "\t", "*", "/", "|", "…", "...", "\xa0\xa0", "\u2003")
_PARTING = re.compile(r"\s{3,}|\s*(?:\t|\*+|/+|\|+|…+|\.{3,})\s*")
# The end of a sentence inside a line; and what is seldom in verse: a question there, numbers, brackets.
_INNER_STOP = re.compile(r"[.۔](?<!\..)[»\"'”’)\]]*+[^\S\n]+(?=\S)")
_PROSE_SIGN = re.compile(r"[!?؟0-9۰-۹٠-٩()\[\]؛](?:(?<![!?؟])[0-9۰-۹٠-٩()\[\]؛]*+|[»\"'”’)\]]*+[^\S\n]+(?=\S))")
_ITEM = re.compile(r"[-–—•▪◦·+]|\(?\d|[^:：\n]{1,40}[:：](?:\s|\Z)")
_NOT_LETTERS = re.compile(r"[\W\d_\u0640\u064b-\u065f]+")
_MARKS = tuple(MARKS)
_BEFORE = (":", "：", *MARKS)
_SAME = str.maketrans("يىئك", "یییک")


class _Block(NamedTuple):
    """Lines without a blank one between: their offsets, and what they are. parted: whether each is a couplet."""

    starts: list[int]
    lines: list[str]
    parted: bool

    def spans(self, phase: int, lines: int) -> Stanza:
        """The block in pieces of so many lines; the first takes `phase` more, a title or the rest of a couplet."""
        nexts = [*range(phase + lines, len(self.lines), lines), len(self.lines)]
        return [
            (self.starts[first], self.starts[following - 1] + len(self.lines[following - 1]))
            for first, following in pairwise([0, *nexts])
        ]


def stanzas(text: str, begin: int, stop: int) -> list[Stanza]:
    """The verse in `text[begin:stop]`, in order: for each stanza the spans of its couplets or free lines."""
    found: list[Stanza] = []
    if text.find("\n", begin, stop) < 0:
        return found
    for start, end in _runs(text, begin, stop):
        margin = 0
        together: list[_Block] = []
        for block in chain(_blocks(text, start, end), [0]):
            if together and (isinstance(block, int) or block.parted != together[0].parted):
                following = block if isinstance(block, int) else 0
                found += _poem(together, max(margin, following))
                margin = 0
                together = []
            if isinstance(block, int):
                margin = block
            else:
                together.append(block)
    return found


# ---- Lines that may be verse


def _runs(text: str, begin: int, stop: int) -> Iterator[Span]:
    """Where no line is long."""
    first = _SHORT_LINES.match(text, begin, stop)
    resume = first.end() if first else begin
    if resume > begin:
        yield begin, resume
    for match in _MORE_SHORT_LINES.finditer(text, resume, stop):
        yield match.span()


def _blocks(text: str, begin: int, stop: int) -> Iterator[_Block | int]:
    """Blocks of lines that are couplets, or short. Where others are between, how long their longest line is."""
    for match in _BLOCK.finditer(text, begin, stop):
        lines = match[0].split("\n")
        lengths = list(map(len, lines))
        longest = max(lengths)
        limit = _LONGEST if longest <= _LONGEST else min(_LONGEST, 7 * longest // 10)
        if limit >= longest and not _unbroken(match[0], len(lines)):
            yield longest
            continue
        starts = list(accumulate([length + 1 for length in lengths[:-1]], initial=match.start()))
        parting = [sign for sign in _MAY_PART if sign in match[0]]
        if limit >= longest and not parting:
            yield _Block(starts, lines, False)
            continue
        kinds = [
            _COUPLET if any(sign in line for sign in parting) and _halves(line) else int(len(line) <= limit)
            for line in lines
        ]
        if not any(kinds):
            yield longest
            continue
        first = 0
        for kind, alike in groupby(kinds):
            last = first + len(list(alike))
            while kind and last - first < len(lines) and first < last and lines[first].rstrip().endswith(_BEFORE):
                first += 1  # the last line of the prose before: چنین می‌گوید:
            kept = lines[first:last]
            if kind and (last - first > 1 or len(lines) == 1) and _unbroken("\n".join(kept), len(kept)):
                yield _Block(starts[first:last], kept, kind == _COUPLET)
            else:
                yield longest
            first = last


def _unbroken(block: str, lines: int) -> bool:
    """Whether `block`, of so many lines, is not prose at first sight: there sentences end inside the lines."""
    return 20 * len(_INNER_STOP.findall(block)) <= lines and 4 * len(_PROSE_SIGN.findall(block)) <= lines


def _halves(line: str) -> list[str]:
    """The hemistichs of a line that is a couplet, or nothing."""
    halves = _PARTING.split(line.strip())
    if len(halves) != 2 or any(len(half.split()) < 3 for half in halves):
        return []
    short, long = sorted(map(len, halves))
    return halves if long <= _LONGEST and 10 * short >= 6 * long else []


# ---- Whether they are


def _poem(blocks: list[_Block], margin: int) -> list[Stanza]:
    """What of neighbouring blocks, of one layout, is verse: all of them, or some. margin: where the lines of prose
    beside them end; few lines as long as those are prose, too."""
    few = sum(len(block.lines) for block in blocks) < 2 * _SMALL
    if few and margin and not blocks[0].parted:
        longest = max(len(line) for block in blocks for line in block.lines)
        if 4 * longest > 3 * margin:
            return []
    units: list[list[_Block]] = []
    for big, alike in groupby(blocks, lambda block: len(block.lines) >= _SMALL):
        neighbours = list(alike)
        units += [[block] for block in neighbours] if big else [neighbours]
    if found := _judged(units):
        return found
    return [stanza for unit in units for stanza in _judged([unit])] if len(units) > 1 else []


def _judged(units: list[list[_Block]]) -> list[Stanza]:
    """The stanzas of `units` if they are verse together. A unit is a block, or several small ones."""
    parted = units[0][0].parted
    samples = [_sample(unit) for unit in units]
    lines = [line for sample in samples for line in sample]
    if not _like_verse(lines):
        return []
    rhymes = [_rhymes(_tails(sample), parted=parted) for sample in samples]
    rhymed = _rhymed(rhymes, 0.5 if parted else 1.0) and _even(lines)
    if rhymed and not parted:
        return [stanza for unit, found in zip(units, rhymes, strict=True) for stanza in _couplets(unit, found.phase)]
    if rhymed or (not parted and _free(samples)):
        return [block.spans(0, 1) for unit in units for block in unit]
    return []


def _sample(unit: list[_Block]) -> list[str]:
    """The first lines, or hemistichs, of a unit."""
    lines = [line.strip() for line in islice(chain.from_iterable(block.lines for block in unit), _LOOKED_AT)]
    return [half for line in lines for half in _halves(line)] if unit[0].parted else lines


def _like_verse(lines: list[str]) -> bool:
    """Whether these are neither the items of a list nor names, nor mostly whole sentences."""
    if len(lines) < 2 or sum(line.count(" ") for line in lines) < 2 * len(lines):
        return False
    items = sum(_ITEM.match(line) is not None for line in lines if ":" in line or not line[0].isalpha())
    return 3 * items <= len(lines) and 4 * sum(line.endswith(_MARKS) for line in lines) <= 3 * len(lines)


def _even(lines: list[str]) -> bool:
    """Whether the lines, but for a title or another in seven, are of about one length, and that of a hemistich."""
    lengths = sorted(map(len, lines))
    middle = lengths[len(lengths) // 2]
    odd = bisect_left(lengths, 0.6 * middle) + len(lengths) - bisect_right(lengths, 1.5 * middle)
    return middle <= _HEMISTICH and odd <= max(len(lines) // 7, len(lines) >= _SMALL)


class _Rhymes(NamedTuple):
    """How well hemistichs rhyme, after `phase` others: within couplets, and the second ones with those of the next."""

    phase: int
    within: list[float]
    across: list[float]

    @classmethod
    def of(cls, tails: list[str], phase: int) -> Self:
        """The rhymes of lines that end so."""
        seconds = tails[phase + 1 :: 2]
        return cls(phase, list(map(_rhyme, tails[phase::2], seconds)), list(map(_rhyme, seconds, seconds[1:])))

    @property
    def best(self) -> float:
        """How well they rhyme in the better of the two ways, from 0 to 1."""
        return max(_mean(self.within), _mean(self.across))


def _tails(lines: list[str]) -> list[str]:
    """The last two letters of each line."""
    tails = [tail if (tail := line[-2:]).isalpha() else _NOT_LETTERS.sub("", line[-16:])[-2:] for line in lines]
    return "\n".join(tails).translate(_SAME).split("\n")


def _rhyme(one: str, other: str) -> float:
    """How well two ends of lines rhyme: short vowels are not written, so that one letter may be all there is."""
    if one == other:
        return 1.0 if one else 0.0
    return 0.5 if one and other and one[-1] == other[-1] else 0.0


def _rhymes(tails: list[str], *, parted: bool) -> _Rhymes:
    """The rhymes of lines that end so. Where couplets are not marked, the first line may be the end of one, or a
    title: then the others rhyme better."""
    even = _Rhymes.of(tails, 0)
    if parted or even.best >= 0.7:
        return even
    odd = _Rhymes.of(tails, 1)
    return odd if odd.best > even.best + 0.3 else even


def _mean(rhymes: list[float]) -> float:
    return sum(rhymes) / len(rhymes) if rhymes else 0.0


def _rhymed(found: list[_Rhymes], least: float) -> bool:
    """Whether couplets rhyme: within each, or from one to the next."""
    within = [rhyme for rhymes in found for rhyme in rhymes.within]
    across = [rhyme for rhymes in found for rhyme in rhymes.across]
    return any(
        sum(rhymes) >= least and _mean(rhymes) >= (0.5 if sum(rhymes) < 6 else 0.4) for rhymes in (within, across)
    )


def _free(samples: list[list[str]]) -> bool:
    """Whether lines end where their writer wanted: most of them long before the margin, and not with a sentence."""
    longest = max(len(line) for sample in samples for line in sample)
    before_margin = [
        100 * (len(line) + 1 + len(following.split(None, 1)[0])) <= 85 * longest
        for sample in samples
        for line, following in pairwise(sample)
        if not ends_sentence(line)
    ]
    return len(before_margin) >= 3 and 2 * sum(before_margin) >= len(before_margin)


def _couplets(unit: list[_Block], phase: int) -> list[Stanza]:
    """The stanzas of a unit; where each hemistich stands alone between blank lines, two are one."""
    if len(unit) > 1 and all(len(block.lines) == 1 for block in unit):
        starts = [block.starts[0] for block in unit]
        return [[span] for span in _Block(starts, [block.lines[0] for block in unit], False).spans(phase, 2)]
    return [block.spans(phase if len(unit) == 1 else 0, 2) for block in unit]
