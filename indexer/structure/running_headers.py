"""Running headers in plain text: headers and footers that recur from page to page, and page numbers.

They are left out of passages. A line that may be anything else (a list, the number of a chapter, a refrain) stays. The
module `readers.pdf_running_headers` does the same for PDFs, and says why there are two.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple, Self

from .headings import has_number
from .text_spans import Span, ends_sentence, skip_space

_MAX_LENGTH = 60
"""The longest running header, in characters."""
_EDGE_LINES = 3
"""The number of lines at the top, and at the bottom, of a page that may be running headers."""
_MIN_PAGES = 3
"""The number of pages on which a line has to recur."""
_MIN_FULL_LINE = 45
"""The least number of characters in a full line of prose; lines of verse hardly ever have so many."""
_MIN_PAGE = 250
"""The least number of characters on a page: numbers that are nearer to one another are no page numbers."""

_LINE = re.compile(r"\S[^\n\f]*+")
_NUMBER = re.compile(r"\d{1,4}+")
_BARE_NUMBER = re.compile(r"[\W_]*#[\W_]*")  # a number, with dashes or brackets
_PAGE_LABEL = re.compile(r"\W*(?:صفحه(?:\u200c?ی)?|صفحهٔ|صفحة|page|p\.)\s*#\s*(?:(?:از|of|/)\s*#)?\W*", re.IGNORECASE)
_DASHED = re.compile(r"([-–—])\s*#\s*\1")
_SHORT_LINE = re.compile(rf"\n[^\S\n]*+(?=\S)[^\n]{{1,{_MAX_LENGTH}}}+(?=\n|\Z)")
_PAGE_LINE = re.compile(r"\n[^\S\n]*+[-–—(\[|]?\s?(?=صفح|[Pp](?:age|AGE|\.)\s)[^\n]{1,30}+(?=\n|\Z)")
# A short line after a full one that does not end a sentence.
_INTERRUPTION = re.compile(
    rf"\n(?<=[^\n]{{{_MIN_FULL_LINE}}}\n)(?<![.!?؟۔…:]\n)\s*+(?=([^\n]{{1,{_MAX_LENGTH}}}+)(?:\n|\Z))"
)
_WIDE_GAP = re.compile(r"\S(?:\s{3,}|\t)\S")


class _ShortLine(NamedTuple):
    """A short line.

    Attributes:
        start: The offset of its start.
        end: The offset of its end.
        page: The number of its page, from 0.
        shape: The line with `#` in place of its numbers.
        numbers: Its numbers, in order.
    """

    start: int
    end: int
    page: int
    shape: str
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int, end: int, page: int = 0) -> Self:
        """Return the line at `text[start:end]`, without the white space after it."""
        line = text[start:end].rstrip()
        numbers = tuple(int(number) for number in _NUMBER.findall(line))
        return cls(start, start + len(line), page, _NUMBER.sub("#", " ".join(line.split())), numbers)

    @property
    def span(self) -> Span:
        """Its offsets."""
        return self.start, self.end

    @property
    def content(self) -> tuple[str, tuple[int, ...]]:
        """The key that equal lines share."""
        return self.shape, self.numbers


def running_headers(text: str, begin: int) -> list[Span]:
    """Return the spans of running headers in `text` from `begin` on, in order: lines without white space around."""
    page_end = text.find("\f", begin)
    has_form_feeds = page_end >= 0 and skip_space(text, page_end) < len(text)
    found = _at_edges(text, begin) if has_form_feeds else _between_lines(text, begin)
    # Lines that make up half of a text are no running headers.
    return found if 2 * sum(end - start for start, end in found) < len(text) - begin else []


# ---- Pages that are separated by form feeds


def _at_edges(text: str, begin: int) -> list[Span]:
    """Return the lines that recur at the tops or bottoms of pages, from the edge of the page inwards."""
    edges: list[list[_ShortLine]] = []
    start = begin
    page = 0
    while start <= len(text):
        end = text.find("\f", start)
        end = len(text) if end < 0 else end
        edges += [
            [_ShortLine.of(text, *span, page) for span in islice(_first_lines(text, start, end), _EDGE_LINES)],
            [_ShortLine.of(text, *span, page) for span in islice(_last_lines(text, start, end), _EDGE_LINES)],
        ]
        start = end + 1
        page += 1
    recurring: set[Span] = set()
    for edge in (edges[0::2], edges[1::2]):
        recurring |= _recurring(line for lines in edge for line in lines)
    spans = set()
    for lines in edges:
        for line in lines:
            if line.span not in recurring:
                break
            spans.add(line.span)
    return sorted(spans)


def _first_lines(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _LINE.finditer(text, start, end):
        yield match.span()


def _last_lines(text: str, start: int, end: int) -> Iterator[Span]:
    while True:
        end = start + len(text[start:end].rstrip())
        if end == start:
            return
        line = max(text.rfind("\n", start, end) + 1, start)
        yield line + len(text[line:end]) - len(text[line:end].lstrip()), end
        end = line


def _recurring(lines: Iterable[_ShortLine]) -> set[Span]:
    """Return the lines that stand on several pages: the same line, or one with a number that goes up with the pages."""
    same: defaultdict[tuple[str, tuple[int, ...]], list[_ShortLine]] = defaultdict(list)
    alike: defaultdict[tuple[str, int, int], list[_ShortLine]] = defaultdict(list)
    for line in lines:
        if line.end - line.start > _MAX_LENGTH:
            continue
        same[line.content].append(line)
        for place, number in enumerate(line.numbers):
            alike[line.shape, place, number - line.page].append(line)
    spans: set[Span] = set()
    for (shape, _), found in same.items():
        if len({line.page for line in found}) >= _MIN_PAGES:
            # The first may be the heading of the chapter whose pages it stands on after that.
            spans |= {line.span for line in found[has_number(shape.replace("#", "1")) :]}
    for (shape, _, _), found in alike.items():
        few = 2 if _BARE_NUMBER.fullmatch(shape) or _PAGE_LABEL.fullmatch(shape) else _MIN_PAGES
        if len({line.page for line in found}) >= few:
            spans |= {line.span for line in found}
    return spans


# ---- Pages that nothing separates


def _between_lines(text: str, begin: int) -> list[Span]:
    """Return the running headers of a text without form feeds.

    These are lines that are labelled as the number of a page (صفحه ۱۲); lines in the middle of sentences that recur, or
    whose numbers go up from page to page; and the lines that stand beside these each time.
    """
    found_spans: set[Span] = set()
    for match in _PAGE_LINE.finditer(text, begin):
        line = _ShortLine.of(text, match.end() - len(match[0].lstrip()), match.end())
        if _PAGE_LABEL.fullmatch(line.shape):
            found_spans.add(line.span)
    places = list(_interruptions(text, begin))
    if len(places) < 2 and not any(_NUMBER.search(text, *span) for spans in places for span in spans):
        return sorted(found_spans)
    interruptions = [[_ShortLine.of(text, *span) for span in spans] for spans in places]
    inside = {line.span for lines in interruptions for line in lines}
    same = Counter(line.content for lines in interruptions for line in lines)
    numbered = Counter(shape for shape, numbers in same if numbers)
    wanted = {shape for shape, count in numbered.items() if count > 1}
    wanted |= {shape for (shape, _), count in same.items() if count >= _MIN_PAGES}
    if wanted:
        alike: defaultdict[str, list[_ShortLine]] = defaultdict(list)
        for line in _short_lines(text, begin):
            if line.shape in wanted:
                alike[line.shape].append(line)
        for lines in alike.values():
            found_spans |= _with_consecutive_numbers(lines, inside) | _at_regular_distances(lines, inside)
    found_spans |= {line.span for lines in interruptions for line in lines if _DASHED.fullmatch(line.shape)}
    if found_spans:
        found_spans |= _lines_beside(text, begin, interruptions, found_spans)
    return sorted(found_spans)


def _short_lines(text: str, begin: int) -> Iterator[_ShortLine]:
    for match in _SHORT_LINE.finditer(text, begin):
        yield _ShortLine.of(text, match.end() - len(match[0].lstrip()), match.end())


def _interruptions(text: str, begin: int) -> Iterator[list[Span]]:
    """Yield the short lines, up to three together, after a full line of prose that does not end a sentence."""
    for match in _INTERRUPTION.finditer(text, begin):
        stop = match.start()
        before = text[max(text.rfind("\n", max(begin, stop - 200), stop) + 1, stop - 200) : stop].strip()
        if 4 * len(match[1].strip()) > 3 * len(before) or ends_sentence(before) or _WIDE_GAP.search(before):
            continue
        lines: list[Span] = []
        for following in islice(_LINE.finditer(text, match.end()), _EDGE_LINES):
            if 4 * len(following[0]) > 3 * len(before) or ends_sentence(following[0]):
                break
            lines.append(following.span())
        if lines:
            yield lines


def _with_consecutive_numbers(lines: list[_ShortLine], inside: set[Span]) -> set[Span]:
    """Return the lines of one shape whose numbers go up by one or two, a page or more apart.

    Several of them have to be in the middle of sentences: the chapters of a book begin after one.
    """
    spans: set[Span] = set()
    for place in range(len(lines[0].numbers)):
        runs = [[lines[0]]]
        for line, following in pairwise(lines):
            step = following.numbers[place] - line.numbers[place]
            if 1 <= step <= 2 and following.start - line.start >= _MIN_PAGE:
                runs[-1].append(following)
            else:
                runs.append([following])
        for run in runs:
            interrupting = sum(line.span in inside for line in run)
            if interrupting > 1 and 3 * interrupting >= len(run):
                spans |= {line.span for line in run}
    return spans


def _at_regular_distances(lines: list[_ShortLine], inside: set[Span]) -> set[Span]:
    """Return the lines of one shape that are the same, in the middle of sentences, at regular distances."""
    same: defaultdict[tuple[int, ...], list[_ShortLine]] = defaultdict(list)
    for line in lines:
        same[line.numbers].append(line)
    spans: set[Span] = set()
    for found in same.values():
        distances = [other.start - one.start for one, other in pairwise(found)]
        interrupting = sum(line.span in inside for line in found)
        if interrupting < _MIN_PAGES or 2 * interrupting < len(found):
            continue
        if min(distances) >= _MIN_PAGE and max(distances) <= 2 * min(distances):
            spans |= {line.span for line in found}
    return spans


def _lines_beside(text: str, begin: int, interruptions: list[list[_ShortLine]], found_spans: set[Span]) -> set[Span]:
    """Return the lines that stand beside several of those found: the header under the number of a page."""
    counts = Counter(
        line.content
        for lines in interruptions
        if any(line.span in found_spans for line in lines)
        for line in lines
        if line.span not in found_spans
    )
    headers = {content for content, count in counts.items() if count > 1}
    if not headers:
        return set()
    starts, ends = {start for start, _ in found_spans}, {end for _, end in found_spans}
    spans: set[Span] = set()
    for line in _short_lines(text, begin):
        if line.content in headers:
            before = text[max(line.start - _MAX_LENGTH, 0) : line.start]
            after = text[line.end : line.end + _MAX_LENGTH]
            above = line.start - len(before) + len(before.rstrip())
            below = line.end + len(after) - len(after.lstrip())
            if above in ends or below in starts:
                spans.add(line.span)
    return spans
