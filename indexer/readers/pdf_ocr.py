"""The lines of a page that is a picture, as they are recognized."""

import ctypes
from contextlib import closing

from pypdfium2 import PdfBitmap, PdfDocument, PdfiumError

from ..errors import BadInput
from .legibility import is_legible
from .ocr import RESOLUTION, Picture, Recognizer
from .pdf_layout import Line

_MOST_POINTS = 60_000_000  # of a picture; A3 at 300 dots per inch has 17 million
_LINE = 1.0  # the distance of two lines, of which only the order is known


def recognized_lines(pdf: PdfDocument, index: int, recognizer: Recognizer) -> list[Line]:
    """Return the lines of a page.

    Raises:
        BadInput: The page can't be drawn, or its text can't be recognized.
    """
    lines: list[Line] = []
    apart: bool | None = None
    for number, text in enumerate(recognizer.lines(_picture(pdf, index))):
        if text:
            lines.append(Line(text, -number * _LINE, apart))
        apart = not text if lines else None
    # A photograph gives letters, but no words.
    return lines if is_legible("\n".join(line.text for line in lines)) else []


def _picture(pdf: PdfDocument, index: int) -> Picture:
    try:
        with closing(pdf[index]) as page:
            width, height = page.get_size()
            scale = RESOLUTION / 72
            if width * height * scale**2 > _MOST_POINTS:
                scale = (_MOST_POINTS / (width * height)) ** 0.5
            with closing(page.render(scale=scale, grayscale=True)) as bitmap:
                return _gray(bitmap)
    except PdfiumError:
        raise BadInput("broken") from None


def _gray(bitmap: PdfBitmap) -> Picture:
    points = ctypes.string_at(bitmap.buffer, bitmap.stride * bitmap.height)
    if bitmap.stride != bitmap.width:
        rows = range(0, len(points), bitmap.stride)
        points = b"".join(points[start : start + bitmap.width] for start in rows)
    return Picture(bitmap.width, bitmap.height, points)
