"""PDFs as they are found in the wild, made by fpdf2: with text layers that are right, and wrong in known ways."""

import io
import re
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache

import fontpkg_ibm_plex_sans_arabic
from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from fpdf import FPDF
from PIL import Image
from pypdfium2 import PdfDocument

FONT = fontpkg_ibm_plex_sans_arabic.ROOT / "files" / "IBMPlexSansArabic-Regular.ttf"  # has no half-space
SIZE = 12.0
PITCH = 20.0  # points from line to line
WIDTH, HEIGHT = 595.0, 842.0
RIGHT = 540.0
SPACE = 0.25 * SIZE

Draw = Callable[[FPDF, str, float, float], None]
"""Draws a line: the text, and its right end and baseline in points from the left and from the top of the page."""


def new() -> FPDF:
    pdf = FPDF(unit="pt", format=(WIDTH, HEIGHT))
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime(2005, 12, 13, tzinfo=UTC))  # so that it is the same whenever it is made
    pdf.add_font("plex", fname=FONT)
    pdf.set_font("plex", size=SIZE)
    return pdf


def made(pages: Sequence[Sequence[str]], draw: Draw | None = None) -> bytes:
    """Return a PDF of pages of lines; an empty line is a gap."""
    pdf = new()
    for lines in pages:
        pdf.add_page()
        put(pdf, lines, draw or shaped)
    return bytes(pdf.output())


def put(pdf: FPDF, lines: Sequence[str], draw: Draw, right: float = RIGHT, height: float = 80.0) -> None:
    """Put lines on the page."""
    for number, line in enumerate(lines):
        if line:
            draw(pdf, line, right, height + number * PITCH)


def shaped(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw as word processors do: shaped by HarfBuzz, with letters in the text layer."""
    pdf.set_text_shaping(True, direction="rtl")
    pdf.set_xy(0, height - 0.8 * SIZE)
    pdf.cell(w=right + pdf.c_margin, h=SIZE, text=line, align="R")
    pdf.set_text_shaping(False)


def forms(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw as old programs do: presentation forms from left to right, with lam-alef as one of them."""
    _text(pdf, get_display(_reshaped(line), base_dir="R"), right, height)


def letters(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw letters in visual order."""
    _text(pdf, get_display(line, base_dir="R"), right, height)


def words(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw without spaces in the text layer: each word is put in its place."""
    for word in reversed(get_display(_reshaped(line), base_dir="R").split()):
        _text(pdf, word, right, height)
        right -= pdf.get_string_width(word) + SPACE


def spaced(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw each letter by itself, with a gap after it."""
    for letter in reversed(get_display(_reshaped(line), base_dir="R")):
        _text(pdf, letter, right, height)
        right -= pdf.get_string_width(letter) + 0.07 * SIZE


def unordered(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw as programs do that do not support Persian: letters in logical order, but from left to right."""
    _text(pdf, line, right, height)


def recognized(pdf: FPDF, line: str, right: float, height: float) -> None:
    """Draw as OCR programs do: each word by itself, from the right through a mirror, numbers too."""
    for word in line.split():
        with pdf.mirror((right, height), "SOUTH"):
            pdf.text(right, height, word)
        right -= pdf.get_string_width(word) + SPACE


DRAWN: dict[str, Draw] = {
    "shaped": shaped,
    "presentation forms": forms,
    "visual order": letters,
    "words placed": words,
    "letters spaced": spaced,
    "left to right": unordered,
    "mirrored": recognized,
}


def without_unicode_map(pdf: bytes) -> bytes:
    """Return `pdf` without the Unicode maps of its fonts."""
    return pdf.replace(b"/ToUnicode", b"/XoUnicode")


def with_wrong_unicode_map(lines: Sequence[str]) -> bytes:
    """Return a PDF whose Unicode maps have other letters of the alphabet for its glyphs."""
    pdf = new()
    pdf.set_compression(False)
    pdf.add_page()
    put(pdf, lines, letters)

    def other(match: re.Match[bytes]) -> bytes:
        code = int(match[2], 16)
        return b"<%s> <%04X>" % (match[1], 0x0628 + (code * 7 + 3) % 32 if 0x0620 < code < 0x06D0 else code)

    return re.sub(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", other, bytes(pdf.output()))


def in_old_font(line: str) -> bytes:
    """Return a PDF in a font that draws Persian letters for Latin characters, as many of the nineties do."""
    pdf = FPDF(unit="pt", format=(WIDTH, HEIGHT))
    pdf.add_page()
    pdf.set_font("Helvetica", size=SIZE)
    pdf.text(50, 100, line.encode("cp1256").decode("latin1"))
    return bytes(pdf.output())


def picture() -> bytes:
    """Return a PDF of a page that is a picture, as a scan is."""
    pdf = new()
    pdf.add_page()
    pdf.image(io.BytesIO(_png()), x=0, y=0, w=WIDTH, h=HEIGHT)
    return bytes(pdf.output())


def joined(*pdfs: bytes) -> bytes:
    """Return the pages of several PDFs in one."""
    out = io.BytesIO()
    with PdfDocument.new() as whole:
        for pdf in pdfs:
            with PdfDocument(pdf) as part:
                whole.import_pages(part)
        whole.save(out)
    return out.getvalue()


def locked(lines: Sequence[str], password: str | None = None) -> bytes:
    """Return an encrypted PDF: nobody may change it, and if there is a password, nobody may read it without."""
    pdf = new()
    pdf.set_encryption(owner_password="owner", user_password=password)
    pdf.add_page()
    put(pdf, lines, forms)
    return bytes(pdf.output())


def raw(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, b"".join(places))
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + table + end


def drawing(content: bytes, *more: bytes, pages: bytes = b"/Kids[4 0 R]/Count 1", entries: bytes = b"") -> bytes:
    """Return a PDF of one page (object 4) with this content, in the font F; `more` are objects from 6 on."""
    return raw(
        b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>",
        b"<</Type/Pages%s>>" % pages,
        stream(content),
        b"<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>%s>>"
        % (entries or b"/MediaBox[0 0 595 842]"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<</Filter/FlateDecode/Length %d%s>>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("L", (8, 8), 128).save(out, "PNG")
    return out.getvalue()


def _text(pdf: FPDF, line: str, right: float, height: float) -> None:
    pdf.text(right - pdf.get_string_width(line), height, line)


@cache
def _reshaper() -> ArabicReshaper:
    return ArabicReshaper({"use_unshaped_instead_of_isolated": True, "delete_harakat": False})


def _reshaped(line: str) -> str:
    return str(_reshaper().reshape(line))
