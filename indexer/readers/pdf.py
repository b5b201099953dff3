"""PDF (.pdf), read by PDFium, of which only the glyphs and their positions are taken.

PDFium's own text is not used, since it has Persian letters in the wrong order as often as in the right one.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate
from typing import Any

from pypdfium2 import PdfBookmark, PdfDocument, PdfiumError, raw

from ...analyzers.characters import fold
from ..dates.parsing import find_date
from ..document import Document, Place, Section
from ..errors import BadInput
from . import budgets
from .dehyphenation import dehyphenate
from .legibility import is_legible
from .ocr import ADVICE, Recognizer
from .own_metadata import listed, with_metadata
from .pdf_layout import Line
from .pdf_ocr import recognized_lines
from .pdf_pages import LEAD, MAX_PAGE_CHARACTERS, NoUnicodeMap, Page, in_one_order, leading, read_page
from .pdf_running_headers import body_spans
from .source import Item, ReadFailure, Source

MAX_PAGES = 20_000
"""The most pages of a file."""

MAX_CHARACTERS = budgets.MAX_CHARACTERS - 2 * MAX_PAGE_CHARACTERS
"""The most characters before a page that is read; with the page and line ends, the document is within the limit."""

MAX_HEADINGS = 5_000
"""The most headings that are taken from an outline."""

_PAGES_THAT_TELL = 20  # the last pages, whose words tell the order of letters for the others
_DATE_LINES = 5  # at the beginning, in which a date is looked for
_MAX_DATE_WORDS = 10  # of such a line
_MAX_TITLE = 200  # characters
_FILE_NAME = re.compile(r"microsoft \w+ - |(untitled|document|presentation|slide|book)[\s\d]*\Z|.*\.\w{2,5}\Z", re.I)
_SENTENCE_END = re.compile(r"[.!?؟۔…:][»\"'”’)\]]*\Z")

_NO_TEXT = f"no text in it; it may be a scan: {ADVICE}"
_NONE_RECOGNIZED = "no text was recognized in it"

_Page = list[Line]
_Fault = tuple[bool, str]  # True if it may be another one the next time, and the reason


def read_pdf(source: Source, content: bytes, recognizer: Recognizer | None = None) -> Iterator[Item]:
    """Yield one document, with a place for each page, and an error for each reason why pages can't be read.

    Args:
        source: The file.
        content: Its content.
        recognizer: What recognizes the text of pages that have none, or none that can be read; None to leave them out.
    """
    try:
        pdf = PdfDocument(content)
    except PdfiumError as error:
        is_encrypted = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        reason = "is encrypted; remove its password first" if is_encrypted else "not a PDF, or a broken one"
        yield BadInput(f"{source.name}: {reason}")
        return
    with closing(pdf):
        if len(pdf) > MAX_PAGES:
            yield BadInput(f"{source.name}: has {len(pdf):,} pages; the most is {MAX_PAGES:,}: split it")
            return
        pages, errors = _pages(pdf, recognizer)
        if any(pages):
            yield from _items(source, pdf, pages)
    if not any(pages) and not errors:
        yield BadInput(f"{source.name}: {_NONE_RECOGNIZED if recognizer else _NO_TEXT}")
    for (again, reason), numbers in errors.items():
        where = "" if len(numbers) == len(pages) else f", page {_ranges(numbers)}"
        kind = ReadFailure if again else BadInput
        yield kind(f"{source.name}{where}: {reason}")


def _pages(pdf: PdfDocument, recognizer: Recognizer | None) -> tuple[list[_Page], dict[_Fault, list[int]]]:
    """Return the lines of each page, and the numbers (from 1) of the pages that can't be read, by the reason."""
    pages: list[Page] = []
    pictures: list[int] = []
    errors: dict[_Fault, list[int]] = defaultdict(list)
    remaining = MAX_CHARACTERS
    order: int | None = None
    for number in range(1, len(pdf) + 1):
        page: Page | None = Page(([],))
        try:
            if remaining <= 0:
                raise BadInput(f"more than {MAX_CHARACTERS:,} characters before it")
            page = _page(pdf, number - 1, order, recognizer)
            if page is None:
                pictures.append(number)
        except BadInput as error:
            errors[isinstance(error, ReadFailure), str(error)].append(number)
        pages.append(page or Page(([],)))
        if order is None and len(pages[-1].orders) > 1:
            order = leading(pages[-_PAGES_THAT_TELL:], LEAD)
        remaining -= sum(len(line.text) for line in pages[-1].orders[0])
    if 2 * len(pictures) > len(pages):  # otherwise they are illustrations
        errors[False, _NO_TEXT] = pictures
    return in_one_order(pages), errors


def _page(pdf: PdfDocument, index: int, order: int | None, recognizer: Recognizer | None) -> Page | None:
    """Return a page, or None if the page is a picture and there is nothing to recognize its text.

    Raises:
        BadInput: If the page can't be read.
    """
    try:
        page = read_page(pdf, index, order)
    except NoUnicodeMap:
        if recognizer is None:
            raise
        page = None
    return Page((recognized_lines(pdf, index, recognizer),)) if page is None and recognizer else page


def _items(source: Source, pdf: PdfDocument, pages: list[_Page]) -> Iterator[Item]:
    spans = body_spans(
        [[line.text for line in page] for page in pages], [[line.height for line in page] for page in pages]
    )
    numbered = [
        (number, line)
        for number, (page, span) in enumerate(zip(pages, spans, strict=True), 1)
        for line in page[slice(*span)]
    ]
    texts = dehyphenate([line.text for _, line in numbered])
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
    dated = find_date("\n".join(text for text in texts[:_DATE_LINES] if len(text.split()) <= _MAX_DATE_WORDS))
    document = Document(
        source.name,
        "".join(parts),
        _title(pdf, source),
        dated[0] if dated else None,
        source=source.path,
        places=tuple(places),
        sections=_sections(pdf, starts),
    )
    yield from with_metadata(document, _metadata(pdf))


def _metadata(pdf: PdfDocument) -> dict[str, object]:
    """Return the author, subject and keywords in the metadata, as far as they can be read, and the number of pages."""
    stated: dict[str, object] = {"pages": len(pdf)}
    for own, name in (("author", "Author"), ("subject", "Subject"), ("keywords", "Keywords")):
        try:
            value = " ".join(pdf.get_metadata_value(name).split())
        except UnicodeDecodeError:
            continue
        if any(map(str.isalnum, value)) and is_legible(value):
            stated[own] = listed(value) if own == "keywords" else value
    return stated


def _title(pdf: PdfDocument, source: Source) -> str | None:
    """Return the title in the metadata, if it is one: in many files it is the name of a file, or can't be read."""
    try:
        title = " ".join(pdf.get_metadata_value("Title").split())
    except UnicodeDecodeError:
        return None
    if not any(map(str.isalpha, title)) or len(title) > _MAX_TITLE or not is_legible(title):
        return None
    return None if _FILE_NAME.match(title) or title == source.path.stem else title


def _sections(pdf: PdfDocument, starts: dict[int, list[tuple[int, str]]]) -> tuple[Section, ...] | None:
    """Return the sections under the headings of the outline, if most of them stand where the outline says.

    Args:
        pdf: The open file.
        starts: The lines of each page (from 1), with their offsets in the document's text.
    """
    bookmarks = _bookmarks(pdf)
    lines: dict[int, list[tuple[str, int]]] = {}  # of each page, by its index
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
        if index not in lines:
            lines[index] = _letters_from_lines(starts.get(index + 1, []))
        at = bisect_left(lines[index], (letters,))
        if lines[index][at : at + 1] and lines[index][at][0].startswith(letters):
            start = lines[index][at][1]
            found.setdefault(start, Section(start, heading))
    return tuple(found[start] for start in sorted(found)) if 2 * len(found) > len(bookmarks) else None


def _bookmarks(pdf: PdfDocument) -> list[Any]:
    """Return the entries of the outline, as PDFium's handles, in no order. An outline can lead back to itself."""
    found: list[Any] = []
    parents = [None]
    while parents:
        entry = raw.FPDFBookmark_GetFirstChild(pdf, parents.pop())
        while entry and len(found) < MAX_HEADINGS:
            found.append(entry)
            parents.append(entry)
            entry = raw.FPDFBookmark_GetNextSibling(pdf, entry)
    return found


def _letters_from_lines(lines: list[tuple[int, str]]) -> list[tuple[str, int]]:
    """Return for each line of a page the letters from its beginning on, and its offset, in order of the letters.

    The letters go on across line ends, since a heading may take several lines.
    """
    letters = [_letters(line) for _, line in lines]
    page = "".join(letters)
    begins = accumulate(map(len, letters), initial=0)
    return sorted((page[begin : begin + _MAX_TITLE], offset) for begin, (offset, _) in zip(begins, lines, strict=False))


def _letters(text: str) -> str:
    """Return the folded letters of a text, up to a length; headings and lines are compared by them."""
    return "".join(filter(str.isalpha, fold(text)))[:_MAX_TITLE]


def _ranges(numbers: list[int]) -> str:
    """Return numbers in order as `3, 5-7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
