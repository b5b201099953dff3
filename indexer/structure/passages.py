"""Cutting a document into passages: whole sentences, or couplets of a poem, grouped to a readable size."""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import merge
from typing import NamedTuple

from ..defaults import PASSAGE_WORDS
from ..document import Document, Passage
from .parts import Part, parts

_LONG = 1 << 16
"""Characters of a sentence beyond which no copy is made of it."""

_WORD = re.compile(r"\S+")
# A sentence ends at its mark, with any closing quotes and brackets, before white space. A full stop after a single
# letter is an abbreviation: ه. ش. The pattern begins with the mark, and looks back from there: it is found faster.
_SENTENCE_END = re.compile(
    r"[.!?؟۔…](?<![.!?؟۔…].)(?:(?<!\b\w\.)|(?=[.!?؟۔…]))[.!?؟۔…]*+[»\"'”’)\]]*+(?=\s|\Z)", re.DOTALL
)
_WINDOWS_LINE_END = re.compile(r"\r\n")
_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n\s*+")
# Where a sentence that is too long may be cut, best first.
_PAUSES = tuple(re.compile(p) for p in (r"\n+", r"[؛;:،,]\s", r"\s+"))


class _Unit(NamedTuple):
    """What is grouped: a sentence, a couplet, a heading. goes_on: whether the next one has to stay with it."""

    start: int
    end: int
    words: int
    goes_on: bool = False


def cut(document: Document, words: int = PASSAGE_WORDS) -> Iterator[Passage]:
    """The passages of `document`, in order; their offsets are into its text. A passage's id is the document's
    key, `#` and its number from 1; the only passage of a `whole` document has the key itself.

    words: the size that sentences are grouped up to, at least 1.
    """
    text = document.text
    spans = _whole(document) if document.whole else _spans(document, words)
    starts = [place.start for place in document.places]
    for number, (start, end, part) in enumerate(spans, 1):
        passage_id = document.key if document.whole else f"{document.key}#{number}"
        place = document.places[bisect_right(starts, start) - 1] if starts and starts[0] <= start else None
        heading, speaker = (part.heading, part.speaker) if part else (None, None)
        yield Passage(passage_id, start, end, text[start:end], place, heading, speaker)


def _whole(document: Document) -> Iterator[tuple[int, int, Part | None]]:
    if document.text.strip():
        yield 0, len(document.text), None


def _spans(document: Document, words: int) -> Iterator[tuple[int, int, Part | None]]:
    """The spans of passages, each with the part it is of. A text whose lines end in two characters, as on Windows, is
    cut as if they ended in one."""
    if "\r\n" not in document.text:
        yield from _grouped(document, words)
        return
    returns = [match.start() for match in _WINDOWS_LINE_END.finditer(document.text)]
    ends = [offset - number for number, offset in enumerate(returns)]
    sections = document.sections and tuple(
        replace(section, start=section.start - bisect_left(returns, section.start)) for section in document.sections
    )
    plain = replace(
        document,
        text=document.text.replace("\r\n", "\n"),
        body=document.body - bisect_left(returns, document.body),
        sections=sections,
    )
    for start, end, part in _grouped(plain, words):
        yield start + bisect_left(ends, start), end + bisect_left(ends, end), part


def _grouped(document: Document, words: int) -> Iterator[tuple[int, int, Part]]:
    for part in parts(document):
        for start, end in _group(_units(document.text, part, words), words):
            yield start, end, part


def _group(units: Iterable[_Unit], words: int) -> Iterator[tuple[int, int]]:
    """Spans of units together."""
    start = end = size = 0
    joined = False
    for unit in units:
        if joined or (size and size + unit.words <= words):
            size += unit.words
        else:
            if size:
                yield start, end
            start, size = unit.start, unit.words
        end = unit.end
        joined = unit.goes_on
    if size:
        yield start, end


def _units(text: str, part: Part, words: int) -> Iterator[_Unit]:
    """What passages of `part` are put together from."""
    begin = part.start
    if part.lead > begin:
        lead = list(_sized(text, begin, part.lead, words))
        if len(lead) == 1:
            # A heading, or a name, is in one passage with the sentence after it.
            yield lead[0]._replace(goes_on=lead[0].words <= words)
            begin = part.lead
    for stanza in part.verse:
        start, end = stanza[0][0], stanza[-1][1]
        yield from _prose(text, begin, start, words)
        together = len(text[start:end].split(None, words)) <= words
        for couplet in [(start, end)] if together else stanza:
            yield from _sized(text, *couplet, _LONG)
        begin = end
    yield from _prose(text, begin, part.end, words)


def _prose(text: str, begin: int, stop: int, words: int) -> Iterator[_Unit]:
    """The sentences of `text[begin:stop]`."""
    ends: Iterable[int] = (match.end() for match in _SENTENCE_END.finditer(text, begin, stop))
    if _BLANK_LINE.search(text, begin, stop):
        blanks = _BLANK_LINE.finditer(text, begin, stop)
        ends = merge(ends, (blank.start() for blank in blanks if _ends_short(text, *blank.span())))
    for end in ends:
        yield from _sized(text, begin, end, words)
        begin = end
    yield from _sized(text, begin, stop, words)


def _ends_short(text: str, end: int, resume: int) -> bool:
    """Whether the line before the blank lines from `end` to `resume` stops well before the line after them does: then
    it ends a heading or a paragraph. Text pulled out of a PDF has blank lines in mid-sentence, after full lines."""
    line = text[text.rfind("\n", 0, end) + 1 : end]
    following_end = text.find("\n", resume)
    following = text[resume : None if following_end < 0 else following_end]
    return len(line.strip()) < 0.6 * len(following.strip())


def _sized(text: str, start: int, end: int, words: int) -> Iterator[_Unit]:
    """The span itself, without the white space around it, or where it is very long (lists, text without punctuation)
    pieces of it; nothing if it is blank."""
    if end - start <= _LONG:
        piece = text[start:end].rstrip()
        end = start + len(piece)
        piece = piece.lstrip()
        count = len(piece.split(None, 2 * words))
        if count <= 2 * words:
            if count:
                yield _Unit(end - len(piece), end, count)
            return
    window: list[int] = []  # where words begin
    for word in _WORD.finditer(text, start, end):
        window.append(word.start())
        if len(window) > words:
            cut_at = _pause(text, window[words // 2], window[words])
            done = bisect_left(window, cut_at)
            yield _Unit(window[0], window[0] + len(text[window[0] : cut_at].rstrip()), done)
            del window[:done]
    if window:
        yield _Unit(window[0], word.end(), len(window))


def _pause(text: str, earliest: int, latest: int) -> int:
    """The end of the last of the best pauses between two words."""
    ends = (deque((match.end() for match in pause.finditer(text, earliest, latest)), 1) for pause in _PAUSES)
    return next(last.pop() for last in ends if last)
