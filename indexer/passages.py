"""Cutting a document into passages: whole sentences, grouped to a readable size."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from jooya.indexer.document import Document, Passage

PASSAGE_WORDS = 80
"""A passage takes sentences up to this many words; a single sentence may be twice as long before it is cut."""

_WORD = re.compile(r"\S+")
# A sentence ends at its mark, with any closing quotes and brackets, before white space. A mark after a single
# letter is an abbreviation: ه. ش.
_SENTENCE_END = re.compile(r"(?<!\b\w)[.!?؟۔…]+[»\"'”’)\]]*(?=\s|\Z)|(?<=\b\w)[!?؟۔…]+(?=\s|\Z)")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# Where a sentence that is too long may be cut, best first.
_PAUSES = tuple(re.compile(p) for p in (r"\n+", r"[؛;:،,]\s", r"\s+"))


def cut(document: Document, words: int = PASSAGE_WORDS) -> Iterator[Passage]:
    """The passages of `document`, in order; their offsets are into its text. A passage's id is the document's
    key, `#` and its number from 1; the only passage of a `whole` document has the key itself."""
    text = document.text
    if document.whole:
        spans = [(0, len(text))] if text.strip() else []
    else:
        spans = _group(text, [piece for span in _sentences(text, document.body) for piece in _short(text, *span)])
    starts = [place.start for place in document.places]
    for number, (start, end) in enumerate(spans, 1):
        passage_id = document.key if document.whole else f"{document.key}#{number}"
        place = document.places[bisect_right(starts, start) - 1] if starts and starts[0] <= start else None
        yield Passage(passage_id, start, end, text[start:end], place)


def _sentences(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Spans of sentences, without the white space around them."""
    ends = {match.end() for match in _SENTENCE_END.finditer(text, begin)} | {len(text)}
    ends |= {match.start() for match in _BLANK_LINE.finditer(text, begin) if _ends_short(text, match.start())}
    start = begin
    for end in sorted(ends):
        if span := _trimmed(text, start, end):
            yield span
        start = end


def _ends_short(text: str, end: int) -> bool:
    """Whether the line before the blank line at `end` stops well before the lines around it do: then it ends a
    heading or a paragraph. Text pulled out of a PDF has blank lines in mid-sentence, after full lines."""
    line = text[text.rfind("\n", 0, end) + 1 : end]
    following = text[end:].lstrip().partition("\n")[0]
    return len(line.strip()) < 0.6 * len(following.strip())


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span itself, or where it is very long (poems, lists, text without punctuation) pieces of it."""
    words = [match.start() for match in _WORD.finditer(text, start, end)]
    first = 0
    if len(words) > 2 * PASSAGE_WORDS:
        while len(words) - first > PASSAGE_WORDS:
            earliest, latest = words[first + PASSAGE_WORDS // 2], words[first + PASSAGE_WORDS]
            cut_at = next(ends[-1] for pause in _PAUSES if (ends := _ends(pause, text, earliest, latest)))
            yield from filter(None, [_trimmed(text, start, cut_at)])
            start = cut_at
            first = bisect_left(words, start)
    yield from filter(None, [_trimmed(text, start, end)])


def _ends(pause: re.Pattern[str], text: str, start: int, end: int) -> list[int]:
    return [match.end() for match in pause.finditer(text, start, end)]


def _group(text: str, sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    size = 0
    for start, end in sentences:
        words = len(_WORD.findall(text, start, end))
        if groups and size + words <= PASSAGE_WORDS:
            groups[-1] = (groups[-1][0], end)
            size += words
        else:
            groups.append((start, end))
            size = words
    return groups


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
