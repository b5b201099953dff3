"""The text objects of a page in the order of drawing, with the texts that they stand for (`ActualText`)."""

import ctypes
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from pypdfium2 import PdfTextPage, raw

_FORM_DEPTH = 8  # of forms within one another
_MARK_DEPTH = 8  # of the spans that an object is in, the innermost ones
_MAX_OBJECTS = 400_000  # of a page
_MAX_ACTUAL_TEXT = 20_000  # bytes
_BYTE_ORDER_MARKS = ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8"))

_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class TextObject(NamedTuple):
    """A piece of text that is drawn at once.

    Attributes:
        handle: PDFium's handle.
        address: The address of what the handle refers to, by which it is recognized.
        container: The matrix of the form that it is in.
        span: A number for the span that has a text of its own; 0 if it is in none.
        text: The text of the span; None if it is in none.
    """

    handle: Any
    address: int
    container: _Matrix
    span: int
    text: str | None

    def place(self) -> tuple[float, float, float]:
        """Return the coordinates of its origin on the page, and the size of its font."""
        _, _, c, d, e, f = _times(_matrix(self.handle), self.container)
        size = ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(self.handle, size)
        return e, f, size.value * math.hypot(c, d)

    def turn(self) -> tuple[float, bool]:
        """Return the angle that it is turned by, in radians, and True if it is drawn through a mirror."""
        a, b, c, d, _, _ = _times(_matrix(self.handle), self.container)
        mirrored = a * d < b * c
        return (math.atan2(-b, -a) if mirrored else math.atan2(b, a)), mirrored

    def bounds(self) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of what is drawn, on the page."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        raw.FPDFPageObj_GetBounds(self.handle, left, bottom, right, top)
        a, b, c, d, e, f = self.container
        corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
        xs = [a * x + c * y + e for x, y in corners]
        ys = [b * x + d * y + f for x, y in corners]
        return min(xs), max(xs), min(ys), max(ys)


def text_objects(page: PdfTextPage) -> Iterator[TextObject]:
    """Yield the text objects of a page, those in forms too, in the order of drawing."""
    handle = page.page.raw
    get, count = raw.FPDFPage_GetObject, raw.FPDFPage_CountObjects(handle)
    # What is still to do: the container, how to get an object, their number, the next one, the matrix.
    stack: list[tuple[Any, Any, int, int, _Matrix]] = [(handle, get, count, 0, _IDENTITY)]
    seen = 0
    while stack and seen < _MAX_OBJECTS:
        container, get, count, number, matrix = stack.pop()
        if number == count:
            continue
        stack.append((container, get, count, number + 1, matrix))
        drawn = get(container, number)
        seen += 1
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            span, text = _actual_text(drawn)
            yield TextObject(drawn, address_of(drawn), matrix, span, text)
        elif kind == raw.FPDF_PAGEOBJ_FORM and len(stack) < _FORM_DEPTH:
            inner = _times(_matrix(drawn), matrix)
            stack.append((drawn, raw.FPDFFormObj_GetObject, max(0, raw.FPDFFormObj_CountObjects(drawn)), 0, inner))


def address_of(handle: Any) -> int:
    """Return the address of what a handle refers to; 0 if it refers to nothing."""
    return ctypes.addressof(handle.contents) if handle else 0


def _actual_text(drawn: Any) -> tuple[int, str | None]:
    """Return the number and the text of the innermost span with a text of its own that an object is in."""
    count = max(0, raw.FPDFPageObj_CountMarks(drawn))
    for number in reversed(range(max(0, count - _MARK_DEPTH), count)):
        mark = raw.FPDFPageObj_GetMark(drawn, number)
        length = ctypes.c_ulong()
        if not raw.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", None, 0, length):
            continue
        if length.value <= _MAX_ACTUAL_TEXT:
            content = (ctypes.c_ubyte * max(1, length.value))()
            raw.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", content, length.value, length)
            return address_of(mark), _decoded(bytes(content)[: length.value])
    return 0, None


def _decoded(text: bytes) -> str:
    """Return a text string of a PDF: UTF-16 or UTF-8 after a byte order mark, or Latin."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if text.startswith(mark):
            return text[len(mark) :].decode(encoding, "replace")
    return text.decode("latin-1")


def _matrix(drawn: Any) -> _Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(drawn, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(one: _Matrix, two: _Matrix) -> _Matrix:
    """Return the matrix of one transformation and another after it."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
