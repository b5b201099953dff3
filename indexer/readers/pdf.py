"""PDF (.pdf), read by PDFium, of which only the glyphs and their places are taken: it puts Persian letters in the wrong
order as often as in the right one."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ...analyzers.characters import fold
from ..dates.parsing import find_date
from ..document import Document, Place, Section
from ..errors import BadInput
from .mending import is_readable, known, mend
from .pdf_glyphs import Glyph, glyphs
from .pdf_layout import Line, lines
from .pdf_running_headers import without_furniture
from .source import Item, Source

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_PAGES = 20_000
MOST_ON_PAGE = 200_000
"""Characters on a page. A page of a newspaper has 30,000."""
MOST_IN_ALL = 50_000_000
"""Characters in a file. A thousand pages of a book have 3,000,000."""
MOST_HEADINGS = 5_000

_ORDERED = 0.5  # of the words are known
_FEW_WORDS = 4  # fewer do not tell
_DATED = 5  # lines
_HEADING = 10  # words
_DEPTH = 3  # of pictures in forms
_LONGEST_TITLE = 200  # characters
_FILE_NAME = re.compile(r"microsoft \w+ - |(untitled|document|presentation|slide|book)[\s\d]*\Z|.*\.\w{2,5}\Z", re.I)
_SENTENCE_END = re.compile(r"[.!?؟۔…:][»\"'”’)\]]*\Z")

_NO_TEXT = "no text in it; it may be a scan: run OCR first"
_NO_MEANING = "its text can't be read, since it does not say which letters its signs are: run OCR first"

_Page = list[Line]


def read_pdf(source: Source, content: bytes, _encoding: str | None) -> Iterator[Item]:
    """One document, with the page that each part of it is from, and why some pages are left out."""
    from pypdfium2 import PdfDocument, PdfiumError, raw  # noqa: PLC0415 - only those who have PDFs wait for it

    try:
        pdf = PdfDocument(content)
    except PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        reason = "is encrypted; remove its password first" if locked else "not a PDF, or a broken one"
        yield BadInput(f"{source.name}: {reason}")
        return
    with closing(pdf):
        if len(pdf) > MOST_PAGES:
            yield BadInput(f"{source.name}: has {len(pdf):,} pages; the most is {MOST_PAGES:,}: split it")
            return
        pages, faults = _pages(pdf)
        if any(pages):
            yield _document(source, pdf, pages)
    if not any(pages) and not faults:
        yield BadInput(f"{source.name}: {_NO_TEXT}")
    for fault, numbers in faults.items():
        where = "" if len(numbers) == len(pages) else f", page {_ranges(numbers)}"
        yield BadInput(f"{source.name}{where}: {fault}")


def _pages(pdf: "PdfDocument") -> tuple[list[_Page], dict[str, list[int]]]:
    """The lines of each page; and the numbers (from 1) of those that have none for a fault, by fault."""
    pages: list[_Page] = []
    pictures: list[int] = []
    faults: dict[str, list[int]] = defaultdict(list)
    left = MOST_IN_ALL
    for number in range(1, len(pdf) + 1):
        page: _Page | None = []
        try:
            if left <= 0:
                raise BadInput(f"more than {MOST_IN_ALL:,} characters before it")
            page = _page(pdf, number - 1)
            if page is None:
                pictures.append(number)
        except BadInput as error:
            faults[str(error)].append(number)
        pages.append(page or [])
        left -= sum(len(line.text) for line in pages[-1])
    if 2 * len(pictures) > len(pages):  # else they are the pictures of a book
        faults[_NO_TEXT] = pictures
    return pages, faults


def _page(pdf: "PdfDocument", index: int) -> _Page | None:
    """The lines of a page, or None if it is a picture. What stands along its edges (turned by right angles) comes last,
    and what is askew is no text.

    Raises BadInput if it can't be read.
    """
    from pypdfium2 import PdfiumError, raw  # noqa: PLC0415

    try:
        with closing(pdf[index]) as page, closing(page.get_textpage()) as text:
            if text.count_chars() > MOST_ON_PAGE:
                raise BadInput(f"more than {MOST_ON_PAGE:,} characters")
            turned = glyphs(text)
            if not turned:
                picture = next(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH), None)
                return [] if picture is None else None
    except PdfiumError:
        raise BadInput("broken") from None
    groups = sorted(turned.items(), key=lambda group: -len(group[1]))
    found = [line for angle, group in groups if angle % 90 == 0 for line in _lines(group)]
    if not is_readable(_text(found)):
        raise BadInput(_NO_MEANING)
    return found


def _lines(glyphs: list[Glyph]) -> list[Line]:
    """The lines of glyphs, whichever way round their letters are."""
    seen = lines(glyphs)
    share, words = known(_text(seen))
    if words >= _FEW_WORDS and share < _ORDERED:
        drawn = lines(glyphs, ordered=False)
        if known(_text(drawn))[0] >= _ORDERED:
            return drawn
    return seen


def _text(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _document(source: Source, pdf: "PdfDocument", pages: list[_Page]) -> Document:
    spans = without_furniture(
        [[line.text for line in page] for page in pages], [[line.height for line in page] for page in pages]
    )
    numbered = [
        (number, line)
        for number, (page, span) in enumerate(zip(pages, spans, strict=True), 1)
        for line in page[slice(*span)]
    ]
    texts = mend([line.text for _, line in numbered])
    parts: list[str] = []
    places: list[Place] = []
    starts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    end = 0
    for (page, line), text in zip(numbered, texts, strict=True):
        if not text:
            continue
        if parts:
            top = places[-1].page != page or line.apart is None
            gap = "\n\n" if (_SENTENCE_END.search(parts[-1]) if top else line.apart) else "\n"
            parts.append(gap)
            end += len(gap)
        if not places or places[-1].page != page:
            places.append(Place(end, page=page))
        starts[page].append((end, text))
        parts.append(text)
        end += len(text)
    dated = find_date("\n".join(text for text in texts[:_DATED] if len(text.split()) <= _HEADING))
    return Document(
        source.name,
        "".join(parts),
        _title(pdf, source),
        dated[0] if dated else None,
        source=source.path,
        places=tuple(places),
        sections=_sections(pdf, starts),
    )


def _title(pdf: "PdfDocument", source: Source) -> str | None:
    """The title that the file gives itself, if it is one: many hold the name of a file, or nothing readable."""
    try:
        title = " ".join(pdf.get_metadata_value("Title").split())
    except UnicodeDecodeError:
        return None
    if not any(map(str.isalpha, title)) or len(title) > _LONGEST_TITLE or not is_readable(title):
        return None
    return None if _FILE_NAME.match(title) or title == source.path.stem else title


def _sections(pdf: "PdfDocument", starts: dict[int, list[tuple[int, str]]]) -> tuple[Section, ...] | None:
    """The parts under the headings of the file's outline, if most of them stand where it says.

    starts: the lines of each page (from 1), with their offsets.
    """
    from pypdfium2 import PdfBookmark  # noqa: PLC0415

    bookmarks = _bookmarks(pdf)
    heads: dict[int, list[tuple[str, int]]] = {}
    found: dict[int, Section] = {}
    for bookmark in bookmarks:
        helper = PdfBookmark(bookmark, pdf, level=0)
        dest = helper.get_dest()
        index = dest.get_index() if dest else None
        try:
            heading = " ".join(helper.get_title().split())
        except UnicodeDecodeError:
            continue
        if index is None or not (letters := _letters(heading)):
            continue
        if index not in heads:
            heads[index] = _heads(starts.get(index + 1, []))
        at = bisect_left(heads[index], (letters,))
        if heads[index][at : at + 1] and heads[index][at][0].startswith(letters):
            start = heads[index][at][1]
            found.setdefault(start, Section(start, heading))
    return tuple(found[start] for start in sorted(found)) if 2 * len(found) > len(bookmarks) else None


def _bookmarks(pdf: "PdfDocument") -> list[Any]:
    """The entries of the outline, as PDFium names them, in no order. It may go round in circles."""
    from pypdfium2 import raw  # noqa: PLC0415

    found: list[Any] = []
    parents = [None]
    while parents:
        entry = raw.FPDFBookmark_GetFirstChild(pdf, parents.pop())
        while entry and len(found) < MOST_HEADINGS:
            found.append(entry)
            parents.append(entry)
            entry = raw.FPDFBookmark_GetNextSibling(pdf, entry)
    return found


def _heads(lines: list[tuple[int, str]]) -> list[tuple[str, int]]:
    """What follows the beginning of each line of a page, over line ends, with the line's offset, in order."""
    letters = [_letters(line) for _, line in lines]
    page = "".join(letters)
    begins = accumulate(map(len, letters), initial=0)
    return sorted(
        (page[begin : begin + _LONGEST_TITLE], offset) for begin, (offset, _) in zip(begins, lines, strict=False)
    )


def _letters(text: str) -> str:
    """What of a heading counts."""
    return "".join(filter(str.isalpha, fold(text)))[:_LONGEST_TITLE]


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, as `3, 5-7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
