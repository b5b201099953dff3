"""Passages of a document: whole sentences, or couplets of a poem, grouped to a readable size."""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import merge
from typing import NamedTuple

from ..defaults import PASSAGE_WORDS
from ..document import Document, Passage
from .divisions import Division, divide

_MAX_COPY = 1 << 16
"""The longest sentence, in characters, that is copied to be split into words."""

_LONG_WORD = 1000
"""A longer word, in characters, counts as several words, so that it cannot make a passage of a million characters."""

_WORD = re.compile(rf"\S{{1,{_LONG_WORD}}}+")
# A sentence ends after its mark and any closing quotes and brackets, before white space. A full stop after a single
# letter marks an abbreviation: ه. ش. The pattern begins with the mark and looks back from there, which is faster.
_SENTENCE_END = re.compile(
    r"[.!?؟۔…](?<![.!?؟۔…].)(?:(?<!\b\w\.)|(?=[.!?؟۔…]))[.!?؟۔…]*+[»\"'”’)\]]*+(?=\s|\Z)", re.DOTALL
)
_WINDOWS_LINE_END = re.compile(r"\r\n")
_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n\s*+")
# The pauses at which a sentence that is too long may be cut, best first.
_PAUSES = tuple(re.compile(p) for p in (r"\n+", r"[؛;:،,]\s", r"\s+"))


PassageSpan = tuple[int, int, str | None, str | None]
"""The offsets of a passage in the text of its document, its heading and its speaker."""


class _Unit(NamedTuple):
    """A unit that passages are made of: a sentence, a couplet or a heading.

    Attributes:
        start: The offset of its start.
        end: The offset of its end.
        words: The number of its words.
        keep_with_next: True if the next unit has to be in the same passage.
    """

    start: int
    end: int
    words: int
    keep_with_next: bool = False


def cut(document: Document, words: int = PASSAGE_WORDS) -> Iterator[Passage]:
    """Return the passages of `document`, in order.

    The id of a passage is the key of the document, `#` and the passage's number from 1; the only passage of a `whole`
    document has the key itself.

    Args:
        document: The document to cut.
        words: The size up to which sentences are grouped, in words, at least 1.
    """
    return made(document, spans(document, words))


def spans(document: Document, words: int) -> Iterator[PassageSpan]:
    """Yield the spans of the passages of `document`, in order; `words` is as in `cut`."""
    for start, end, division in _whole(document) if document.whole else _spans(document, words):
        yield start, end, division and division.heading, division and division.speaker


def made(document: Document, found: Iterable[PassageSpan]) -> Iterator[Passage]:
    """Yield the passages of `document` whose spans were found."""
    text = document.text
    starts = [place.start for place in document.places]
    for number, (start, end, heading, speaker) in enumerate(found, 1):
        passage_id = document.key if document.whole else f"{document.key}#{number}"
        if not starts:
            yield Passage(passage_id, start, end, text[start:end], None, heading, speaker)
            continue
        first = bisect_right(starts, start)
        place = document.places[first - 1] if first else None
        later = document.places[first : bisect_left(starts, end, first)]
        yield Passage(passage_id, start, end, text[start:end], place, heading, speaker, later)


def _whole(document: Document) -> Iterator[tuple[int, int, Division | None]]:
    if document.text.strip():
        yield 0, len(document.text), None


def _spans(document: Document, words: int) -> Iterator[tuple[int, int, Division | None]]:
    """Yield the spans of passages, each with its division.

    A text whose lines end in two characters, as on Windows, is cut as if they ended in one.
    """
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
    for start, end, division in _grouped(plain, words):
        yield start + bisect_left(ends, start), end + bisect_left(ends, end), division


def _grouped(document: Document, words: int) -> Iterator[tuple[int, int, Division]]:
    for division in divide(document):
        for start, end in _group(_units(document.text, division, words), words):
            yield start, end, division


def _group(units: Iterable[_Unit], words: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of units that are grouped up to the size."""
    start = end = size = 0
    keep = False
    for unit in units:
        if keep or (size and size + unit.words <= words):
            size += unit.words
        else:
            if size:
                yield start, end
            start, size = unit.start, unit.words
        end = unit.end
        keep = unit.keep_with_next
    if size:
        yield start, end


def _units(text: str, division: Division, words: int) -> Iterator[_Unit]:
    """Yield the units of a division."""
    begin = division.start
    if division.lead > begin:
        lead = list(_sized(text, begin, division.lead, words))
        if len(lead) == 1:
            # A heading or a name is kept in one passage with the sentence after it.
            yield lead[0]._replace(keep_with_next=lead[0].words <= words)
            begin = division.lead
    for stanza in division.verse:
        start, end = stanza[0][0], stanza[-1][1]
        yield from _prose(text, begin, start, words)
        fits = len(text[start:end].split(None, words)) <= words
        for couplet in [(start, end)] if fits else stanza:
            yield from _sized(text, *couplet, _MAX_COPY)
        begin = end
    yield from _prose(text, begin, division.end, words)


def _prose(text: str, begin: int, stop: int, words: int) -> Iterator[_Unit]:
    """Yield the sentences of `text[begin:stop]`."""
    ends: Iterable[int] = (match.end() for match in _SENTENCE_END.finditer(text, begin, stop))
    if _BLANK_LINE.search(text, begin, stop):
        blanks = _BLANK_LINE.finditer(text, begin, stop)
        ends = merge(ends, (blank.start() for blank in blanks if _ends_short(text, *blank.span())))
    for end in ends:
        yield from _sized(text, begin, end, words)
        begin = end
    yield from _sized(text, begin, stop, words)


def _ends_short(text: str, end: int, resume: int) -> bool:
    """Return True if the line before some blank lines is much shorter than the line after them.

    It then ends a heading or a paragraph. Text that was extracted from a PDF also has blank lines in the middle of
    sentences, after full lines.

    Args:
        text: The text.
        end: The offset of the end of the line before.
        resume: The offset of the line after.
    """
    line = text[text.rfind("\n", 0, end) + 1 : end]
    following_end = text.find("\n", resume)
    following = text[resume : None if following_end < 0 else following_end]
    return len(line.strip()) < 0.6 * len(following.strip())


def _sized(text: str, start: int, end: int, words: int) -> Iterator[_Unit]:
    """Yield the span without the white space around it, or pieces of it if it is very long; nothing if it is blank.

    Lists and text without punctuation can be that long.
    """
    if end - start <= _MAX_COPY:
        piece = text[start:end].rstrip()
        end = start + len(piece)
        piece = piece.lstrip()
        count = max(len(piece.split(None, 2 * words)), len(piece) // _LONG_WORD)
        if count <= 2 * words:
            if count:
                yield _Unit(end - len(piece), end, count)
            return
    window: list[int] = []  # the offsets of words
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
    """Return the end of the last of the best pauses between two words, or of the piece of a very long word."""
    ends = (deque((match.end() for match in pause.finditer(text, earliest, latest)), 1) for pause in _PAUSES)
    return next((last.pop() for last in ends if last), latest)
