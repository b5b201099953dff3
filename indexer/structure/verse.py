"""Verse: poems in couplets or free lines, told apart from prose that was wrapped at a margin, and from lists.

In wrapped prose, sentences end anywhere in a line, and the first word of the next line would not have fitted on it.
Lines of verse are short, contain no end of a sentence, and rhyme, or differ much in length.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, groupby, islice, pairwise
from typing import NamedTuple, Self

from .text_spans import SENTENCE_MARKS, Span, ends_sentence

Stanza = list[Span]
"""The spans of the couplets of a stanza, or of the lines of free verse; no passage cuts any of them."""

_MAX_LINE = 70
"""The longest line, in characters; a couplet on one line has up to twice as many."""
_MAX_HEMISTICH = 50
"""The longest hemistich, in characters; 97 percent of those in classical poetry have no more than 40."""
_COUPLET = 2
_SAMPLE_LINES = 40
"""The number of lines by which it is decided whether the others are verse, too."""
_MIN_LINES = 4
"""A stanza of fewer lines is judged together with its neighbours."""

# Short lines, with blank lines among them.
_SHORT_LINES = re.compile(rf"(?:[^\n]{{0,{2 * _MAX_LINE}}}+\n)*+(?:[^\n]{{1,{2 * _MAX_LINE}}}+\Z)?")
_MORE_SHORT_LINES = re.compile(rf"\n(?=(?:[^\n]{{0,{2 * _MAX_LINE}}}+(?:\n|\Z)){{2}}){_SHORT_LINES.pattern}")
_BLOCK = re.compile(r"\S[^\n]*+(?:\n[^\S\n]*+\S[^\n]*+)*+")
_SEPARATORS = ("   ", "\t", "*", "/", "|", "…", "...", "\xa0\xa0", "\u2003")
_SEPARATION = re.compile(r"\s{3,}|\s*(?:\t|\*+|/+|\|+|…+|\.{3,})\s*")
# The end of a sentence inside a line; and signs that are rare in verse: a question inside a line, numbers, brackets.
_INNER_STOP = re.compile(r"[.۔](?<!\..)[»\"'”’)\]]*+[^\S\n]+(?=\S)")
_PROSE_SIGN = re.compile(r"[!?؟0-9۰-۹٠-٩()\[\]؛](?:(?<![!?؟])[0-9۰-۹٠-٩()\[\]؛]*+|[»\"'”’)\]]*+[^\S\n]+(?=\S))")
_ITEM = re.compile(r"[-–—•▪◦·+]|\(?\d|[^:：\n]{1,40}[:：](?:\s|\Z)")
_NOT_LETTERS = re.compile(r"[\W\d_\u0640\u064b-\u065f]+")
_MARKS = tuple(SENTENCE_MARKS)
_BEFORE_POEM = (":", "：", *SENTENCE_MARKS)
_LETTER_VARIANTS = str.maketrans("يىئك", "یییک")


class _Block(NamedTuple):
    """Lines without a blank line between them.

    Attributes:
        starts: The offsets of the lines.
        lines: The lines.
        is_couplets: True if each line is a couplet.
    """

    starts: list[int]
    lines: list[str]
    is_couplets: bool

    def spans(self, phase: int, lines: int) -> Stanza:
        """Return the spans of pieces of `lines` lines each.

        The first piece has `phase` lines more: a title, or the end of a couplet.
        """
        nexts = [*range(phase + lines, len(self.lines), lines), len(self.lines)]
        return [
            (self.starts[first], self.starts[following - 1] + len(self.lines[following - 1]))
            for first, following in pairwise([0, *nexts])
        ]


def find_stanzas(text: str, begin: int, stop: int) -> list[Stanza]:
    """Return the verse in `text[begin:stop]`, in order: for each stanza, the spans of its couplets or free lines."""
    found: list[Stanza] = []
    if text.find("\n", begin, stop) < 0:
        return found
    for start, end in _runs(text, begin, stop):
        margin = 0
        together: list[_Block] = []
        for block in chain(_blocks(text, start, end), [0]):
            if together and (isinstance(block, int) or block.is_couplets != together[0].is_couplets):
                following = block if isinstance(block, int) else 0
                found += _stanzas_of(together, max(margin, following))
                margin = 0
                together = []
            if isinstance(block, int):
                margin = block
            else:
                together.append(block)
    return found


# ---- Lines that may be verse


def _runs(text: str, begin: int, stop: int) -> Iterator[Span]:
    """Yield the spans in which no line is long."""
    first = _SHORT_LINES.match(text, begin, stop)
    resume = first.end() if first else begin
    if resume > begin:
        yield begin, resume
    for match in _MORE_SHORT_LINES.finditer(text, resume, stop):
        yield match.span()


def _blocks(text: str, begin: int, stop: int) -> Iterator[_Block | int]:
    """Yield the blocks of lines that are short, or couplets; for other lines between, the length of the longest."""
    for match in _BLOCK.finditer(text, begin, stop):
        lines = match[0].split("\n")
        lengths = list(map(len, lines))
        longest = max(lengths)
        limit = _MAX_LINE if longest <= _MAX_LINE else min(_MAX_LINE, 7 * longest // 10)
        if limit >= longest and not _may_be_verse(match[0], len(lines)):
            yield longest
            continue
        starts = list(accumulate([length + 1 for length in lengths[:-1]], initial=match.start()))
        present = [sign for sign in _SEPARATORS if sign in match[0]]
        if limit >= longest and not present:
            yield _Block(starts, lines, False)
            continue
        kinds = [
            _COUPLET if any(sign in line for sign in present) and _halves(line) else int(len(line) <= limit)
            for line in lines
        ]
        if not any(kinds):
            yield longest
            continue
        first = 0
        for kind, alike in groupby(kinds):
            last = first + len(list(alike))
            while kind and last - first < len(lines) and first < last and lines[first].rstrip().endswith(_BEFORE_POEM):
                first += 1  # the last line of the prose before, which introduces the poem: چنین می\u200cگوید:
            kept = lines[first:last]
            if kind and (last - first > 1 or len(lines) == 1) and _may_be_verse("\n".join(kept), len(kept)):
                yield _Block(starts[first:last], kept, kind == _COUPLET)
            else:
                yield longest
            first = last


def _may_be_verse(block: str, lines: int) -> bool:
    """Return False if a block of `lines` lines is prose at first sight: sentences of prose end inside the lines."""
    return 20 * len(_INNER_STOP.findall(block)) <= lines and 4 * len(_PROSE_SIGN.findall(block)) <= lines


def _halves(line: str) -> list[str]:
    """Return the hemistichs of a line that is a couplet; nothing if it is none."""
    halves = _SEPARATION.split(line.strip())
    if len(halves) != 2 or any(len(half.split()) < 3 for half in halves):
        return []
    short, long = sorted(map(len, halves))
    return halves if long <= _MAX_LINE and 10 * short >= 6 * long else []


# ---- Judging whether lines are verse


def _stanzas_of(blocks: list[_Block], margin: int) -> list[Stanza]:
    """Return the stanzas of neighbouring blocks that have the same layout: of all of them, or of some, or none.

    Args:
        blocks: The blocks.
        margin: The length of the lines of prose beside them. If there are only few lines, and these are as long, they
            are prose, too.
    """
    few = sum(len(block.lines) for block in blocks) < 2 * _MIN_LINES
    if few and margin and not blocks[0].is_couplets:
        longest = max(len(line) for block in blocks for line in block.lines)
        if 4 * longest > 3 * margin:
            return []
    units: list[list[_Block]] = []
    for big, alike in groupby(blocks, lambda block: len(block.lines) >= _MIN_LINES):
        neighbours = list(alike)
        units += [[block] for block in neighbours] if big else [neighbours]
    if found := _judge(units):
        return found
    return [stanza for unit in units for stanza in _judge([unit])] if len(units) > 1 else []


def _judge(units: list[list[_Block]]) -> list[Stanza]:
    """Return the stanzas of `units` if they are verse together. A unit is one block, or several small ones."""
    is_couplets = units[0][0].is_couplets
    samples = [_sample(unit) for unit in units]
    lines = [line for sample in samples for line in sample]
    if not _reads_like_verse(lines):
        return []
    rhymes = [_rhymes(_line_ends(sample), is_couplets=is_couplets) for sample in samples]
    rhymed = _couplets_rhyme(rhymes, 0.5 if is_couplets else 1.0) and _is_even(lines)
    if rhymed and not is_couplets:
        return [stanza for unit, found in zip(units, rhymes, strict=True) for stanza in _couplets(unit, found.phase)]
    if rhymed or (not is_couplets and _is_free_verse(samples)):
        return [block.spans(0, 1) for unit in units for block in unit]
    return []


def _sample(unit: list[_Block]) -> list[str]:
    """Return the first lines, or hemistichs, of a unit."""
    lines = [line.strip() for line in islice(chain.from_iterable(block.lines for block in unit), _SAMPLE_LINES)]
    return [half for line in lines for half in _halves(line)] if unit[0].is_couplets else lines


def _reads_like_verse(lines: list[str]) -> bool:
    """Return True if the lines are neither items of a list nor names, nor mostly whole sentences."""
    if len(lines) < 2 or sum(line.count(" ") for line in lines) < 2 * len(lines):
        return False
    items = sum(_ITEM.match(line) is not None for line in lines if ":" in line or not line[0].isalpha())
    return 3 * items <= len(lines) and 4 * sum(line.endswith(_MARKS) for line in lines) <= 3 * len(lines)


def _is_even(lines: list[str]) -> bool:
    """Return True if all lines but a title, or but one in seven, have about the same length, that of a hemistich."""
    lengths = sorted(map(len, lines))
    middle = lengths[len(lengths) // 2]
    odd = bisect_left(lengths, 0.6 * middle) + len(lengths) - bisect_right(lengths, 1.5 * middle)
    return middle <= _MAX_HEMISTICH and odd <= max(len(lines) // 7, len(lines) >= _MIN_LINES)


class _Rhymes(NamedTuple):
    """The rhymes of hemistichs.

    Attributes:
        phase: The number of lines before the first couplet.
        within: For each couplet, how well its hemistichs rhyme, from 0 to 1.
        across: For each couplet, how well its second hemistich rhymes with that of the next couplet.
    """

    phase: int
    within: list[float]
    across: list[float]

    @classmethod
    def of(cls, ends: list[str], phase: int) -> Self:
        """Return the rhymes of lines with these ends."""
        seconds = ends[phase + 1 :: 2]
        return cls(phase, list(map(_rhyme, ends[phase::2], seconds)), list(map(_rhyme, seconds, seconds[1:])))

    @property
    def best(self) -> float:
        """The degree to which they rhyme in the better of the two ways, from 0 to 1."""
        return max(_mean(self.within), _mean(self.across))


def _line_ends(lines: list[str]) -> list[str]:
    """Return the last two letters of each line."""
    ends = [end if (end := line[-2:]).isalpha() else _NOT_LETTERS.sub("", line[-16:])[-2:] for line in lines]
    return "\n".join(ends).translate(_LETTER_VARIANTS).split("\n")


def _rhyme(one: str, other: str) -> float:
    """Return how well two ends of lines rhyme, from 0 to 1.

    One shared letter counts half: short vowels are not written, so that it may be all there is of a rhyme.
    """
    if one == other:
        return 1.0 if one else 0.0
    return 0.5 if one and other and one[-1] == other[-1] else 0.0


def _rhymes(ends: list[str], *, is_couplets: bool) -> _Rhymes:
    """Return the rhymes of lines with these ends.

    If couplets are not marked, the first line may be the end of one, or a title. The others then rhyme better.
    """
    even = _Rhymes.of(ends, 0)
    if is_couplets or even.best >= 0.7:
        return even
    odd = _Rhymes.of(ends, 1)
    return odd if odd.best > even.best + 0.3 else even


def _mean(rhymes: list[float]) -> float:
    return sum(rhymes) / len(rhymes) if rhymes else 0.0


def _couplets_rhyme(found: list[_Rhymes], least: float) -> bool:
    """Return True if couplets rhyme: within each, or from one to the next."""
    within = [rhyme for rhymes in found for rhyme in rhymes.within]
    across = [rhyme for rhymes in found for rhyme in rhymes.across]
    return any(
        sum(rhymes) >= least and _mean(rhymes) >= (0.5 if sum(rhymes) < 6 else 0.4) for rhymes in (within, across)
    )


def _is_free_verse(samples: list[list[str]]) -> bool:
    """Return True if lines end where a poet ended them: most long before the margin, and in mid-sentence."""
    longest = max(len(line) for sample in samples for line in sample)
    before_margin = [
        100 * (len(line) + 1 + len(following.split(None, 1)[0])) <= 85 * longest
        for sample in samples
        for line, following in pairwise(sample)
        if not ends_sentence(line)
    ]
    return len(before_margin) >= 3 and 2 * sum(before_margin) >= len(before_margin)


def _couplets(unit: list[_Block], phase: int) -> list[Stanza]:
    """Return the stanzas of a unit. If each hemistich stands alone between blank lines, two of them are a couplet."""
    if len(unit) > 1 and all(len(block.lines) == 1 for block in unit):
        starts = [block.starts[0] for block in unit]
        return [[span] for span in _Block(starts, [block.lines[0] for block in unit], False).spans(phase, 2)]
    return [block.spans(phase if len(unit) == 1 else 0, 2) for block in unit]
