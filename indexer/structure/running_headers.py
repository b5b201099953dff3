"""The furniture of pages in plain text: headers and footers that come back, and page numbers. It is left out of
passages. A line that may be anything else (a list, a chapter's number, a refrain) stays."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple, Self

from .headings import is_numbered
from .words import Span, after_blank, ends_sentence

_LONGEST = 60
"""Characters of a line of furniture."""
_EDGE = 3
"""So many lines at the top or bottom of a page may be furniture."""
_PAGES = 3
"""On so many pages a line comes back that is furniture."""
_FULL = 45
"""A line of prose has at least so many characters; those of verse hardly ever have."""
_PAGE = 250
"""A page has at least so many characters: numbers that stand nearer to one another number something else."""

_LINE = re.compile(r"\S[^\n\f]*+")
_NUMBER = re.compile(r"\d{1,4}+")
_BARE = re.compile(r"[\W_]*#[\W_]*")  # a number, with dashes or brackets
_SAYS_PAGE = re.compile(r"\W*(?:صفحه(?:\u200c?ی)?|صفحهٔ|صفحة|page|p\.)\s*#\s*(?:(?:از|of|/)\s*#)?\W*", re.IGNORECASE)
_DASHED = re.compile(r"([-–—])\s*#\s*\1")
_SHORT_LINE = re.compile(rf"\n[^\S\n]*+(?=\S)[^\n]{{1,{_LONGEST}}}+(?=\n|\Z)")
_PAGE_LINE = re.compile(r"\n[^\S\n]*+[-–—(\[|]?\s?(?=صفح|[Pp](?:age|AGE|\.)\s)[^\n]{1,30}+(?=\n|\Z)")
# A short line after a full one that does not end a sentence.
_INTERRUPTION = re.compile(rf"\n(?<=[^\n]{{{_FULL}}}\n)(?<![.!?؟۔…:]\n)\s*+(?=([^\n]{{1,{_LONGEST}}}+)(?:\n|\Z))")
_WIDE_GAP = re.compile(r"\S(?:\s{3,}|\t)\S")


class _Line(NamedTuple):
    """A short line: where it stands, on which page, and what it is with its numbers as `#`."""

    start: int
    end: int
    page: int
    shape: str
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int, end: int, page: int = 0) -> Self:
        """The line at `text[start:end]`, without the white space after it."""
        line = text[start:end].rstrip()
        numbers = tuple(int(number) for number in _NUMBER.findall(line))
        return cls(start, start + len(line), page, _NUMBER.sub("#", " ".join(line.split())), numbers)

    @property
    def span(self) -> Span:
        """Its offsets."""
        return self.start, self.end

    @property
    def says(self) -> tuple[str, tuple[int, ...]]:
        """What two lines that are the same share."""
        return self.shape, self.numbers


def furniture(text: str, begin: int) -> list[Span]:
    """Spans of `text`, from `begin` on, that are furniture, in order: lines, without white space around them."""
    page_end = text.find("\f", begin)
    parted = page_end >= 0 and after_blank(text, page_end) < len(text)
    found = _at_edges(text, begin) if parted else _between_lines(text, begin)
    # What is half of a text is no furniture.
    return found if 2 * sum(end - start for start, end in found) < len(text) - begin else []


# ---- Pages parted by form feeds


def _at_edges(text: str, begin: int) -> list[Span]:
    """Lines that come back at the tops or bottoms of pages, from the edge of the page inwards."""
    edges: list[list[_Line]] = []
    start = begin
    page = 0
    while start <= len(text):
        end = text.find("\f", start)
        end = len(text) if end < 0 else end
        edges += [
            [_Line.of(text, *span, page) for span in islice(_first_lines(text, start, end), _EDGE)],
            [_Line.of(text, *span, page) for span in islice(_last_lines(text, start, end), _EDGE)],
        ]
        start = end + 1
        page += 1
    back: set[Span] = set()
    for zone in (edges[0::2], edges[1::2]):
        back |= _coming_back(line for lines in zone for line in lines)
    spans = set()
    for lines in edges:
        for line in lines:
            if line.span not in back:
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


def _coming_back(lines: Iterable[_Line]) -> set[Span]:
    """Those lines that stand on several pages: the same, or with a number that goes on with the pages."""
    same: defaultdict[tuple[str, tuple[int, ...]], list[_Line]] = defaultdict(list)
    alike: defaultdict[tuple[str, int, int], list[_Line]] = defaultdict(list)
    for line in lines:
        if line.end - line.start > _LONGEST:
            continue
        same[line.says].append(line)
        for place, number in enumerate(line.numbers):
            alike[line.shape, place, number - line.page].append(line)
    spans: set[Span] = set()
    for (shape, _), found in same.items():
        if len({line.page for line in found}) >= _PAGES:
            # The first may be the heading of the chapter whose pages it then stands on.
            spans |= {line.span for line in found[is_numbered(shape.replace("#", "1")) :]}
    for (shape, _, _), found in alike.items():
        few = 2 if _BARE.fullmatch(shape) or _SAYS_PAGE.fullmatch(shape) else _PAGES
        if len({line.page for line in found}) >= few:
            spans |= {line.span for line in found}
    return spans


# ---- Pages that nothing parts


def _between_lines(text: str, begin: int) -> list[Span]:
    """Lines that say that they are a page's number; and those in the middle of sentences that come back, or whose
    numbers go on from page to page, with the lines that stand beside them each time."""
    left_out: set[Span] = set()
    for match in _PAGE_LINE.finditer(text, begin):
        line = _Line.of(text, match.end() - len(match[0].lstrip()), match.end())
        if _SAYS_PAGE.fullmatch(line.shape):
            left_out.add(line.span)
    places = list(_breaks(text, begin))
    if len(places) < 2 and not any(_NUMBER.search(text, *span) for spans in places for span in spans):
        return sorted(left_out)
    breaks = [[_Line.of(text, *span) for span in spans] for spans in places]
    inside = {line.span for lines in breaks for line in lines}
    same = Counter(line.says for lines in breaks for line in lines)
    numbered = Counter(shape for shape, numbers in same if numbers)
    wanted = {shape for shape, count in numbered.items() if count > 1}
    wanted |= {shape for (shape, _), count in same.items() if count >= _PAGES}
    if wanted:
        alike: defaultdict[str, list[_Line]] = defaultdict(list)
        for line in _short_lines(text, begin):
            if line.shape in wanted:
                alike[line.shape].append(line)
        for lines in alike.values():
            left_out |= _going_on(lines, inside) | _at_distances(lines, inside)
    left_out |= {line.span for lines in breaks for line in lines if _DASHED.fullmatch(line.shape)}
    if left_out:
        left_out |= _beside(text, begin, breaks, left_out)
    return sorted(left_out)


def _short_lines(text: str, begin: int) -> Iterator[_Line]:
    for match in _SHORT_LINE.finditer(text, begin):
        yield _Line.of(text, match.end() - len(match[0].lstrip()), match.end())


def _breaks(text: str, begin: int) -> Iterator[list[Span]]:
    """Short lines, up to three together, after a full line of prose that does not end a sentence."""
    for match in _INTERRUPTION.finditer(text, begin):
        stop = match.start()
        before = text[max(text.rfind("\n", max(begin, stop - 200), stop) + 1, stop - 200) : stop].strip()
        if 4 * len(match[1].strip()) > 3 * len(before) or ends_sentence(before) or _WIDE_GAP.search(before):
            continue
        lines: list[Span] = []
        for following in islice(_LINE.finditer(text, match.end()), _EDGE):
            if 4 * len(following[0]) > 3 * len(before) or ends_sentence(following[0]):
                break
            lines.append(following.span())
        if lines:
            yield lines


def _going_on(lines: list[_Line], inside: set[Span]) -> set[Span]:
    """Of lines of one shape those whose numbers go on, a page or more apart, if several of them are in the middle of
    sentences: the chapters of a book begin after one."""
    spans: set[Span] = set()
    for place in range(len(lines[0].numbers)):
        runs = [[lines[0]]]
        for line, following in pairwise(lines):
            step = following.numbers[place] - line.numbers[place]
            if 1 <= step <= 2 and following.start - line.start >= _PAGE:
                runs[-1].append(following)
            else:
                runs.append([following])
        for run in runs:
            torn = sum(line.span in inside for line in run)
            if torn > 1 and 3 * torn >= len(run):
                spans |= {line.span for line in run}
    return spans


def _at_distances(lines: list[_Line], inside: set[Span]) -> set[Span]:
    """Of lines of one shape those that are the same, in the middle of sentences, at regular distances."""
    same: defaultdict[tuple[int, ...], list[_Line]] = defaultdict(list)
    for line in lines:
        same[line.numbers].append(line)
    spans: set[Span] = set()
    for found in same.values():
        distances = [other.start - one.start for one, other in pairwise(found)]
        torn = sum(line.span in inside for line in found)
        if torn < _PAGES or 2 * torn < len(found):
            continue
        if min(distances) >= _PAGE and max(distances) <= 2 * min(distances):
            spans |= {line.span for line in found}
    return spans


def _beside(text: str, begin: int, breaks: list[list[_Line]], left_out: set[Span]) -> set[Span]:
    """The same line beside several of those left out: the header under a page's number."""
    counts = Counter(
        line.says
        for lines in breaks
        if any(line.span in left_out for line in lines)
        for line in lines
        if line.span not in left_out
    )
    headers = {says for says, count in counts.items() if count > 1}
    if not headers:
        return set()
    starts, ends = {start for start, _ in left_out}, {end for _, end in left_out}
    spans: set[Span] = set()
    for line in _short_lines(text, begin):
        if line.says in headers:
            before = text[max(line.start - _LONGEST, 0) : line.start]
            after = text[line.end : line.end + _LONGEST]
            above = line.start - len(before) + len(before.rstrip())
            below = line.end + len(after) - len(after.lstrip())
            if above in ends or below in starts:
                spans.add(line.span)
    return spans
