"""Libraries and programs that read the text of a PDF, Jooya among them: for the measurements of PDFs."""

import io
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from unicodedata import normalize

from jooya import Document
from jooya.indexer.readers.pdf import read_pdf
from jooya.indexer.readers.source import Source


def jooya(pdf: bytes) -> str:
    """Return the text that Jooya's reader finds. The functions below do the same with other libraries."""
    items = read_pdf(Source(Path("/a.pdf"), "a.pdf"), pdf, None)
    return "\n".join(item.text for item in items if isinstance(item, Document))


def pdfium(pdf: bytes) -> str:
    with import_module("pypdfium2").PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def pdfium_normalized(pdf: bytes) -> str:
    return normalize("NFKC", pdfium(pdf))


def pypdf(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in import_module("pypdf").PdfReader(io.BytesIO(pdf)).pages)


def pdfminer(pdf: bytes) -> str:
    return str(import_module("pdfminer.high_level").extract_text(io.BytesIO(pdf)))


def mupdf(pdf: bytes) -> str:
    with import_module("pymupdf").open(stream=pdf) as document:
        return "\n".join(page.get_text() for page in document)


def poppler(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


READERS: dict[str, tuple[Callable[[bytes], str], str]] = {
    "Jooya": (jooya, "pypdfium2"),
    "pypdfium2": (pdfium, "pypdfium2"),
    "and NFKC": (pdfium_normalized, "pypdfium2"),
    "pypdf": (pypdf, "pypdf"),
    "pdfminer.six": (pdfminer, "pdfminer"),
    "PyMuPDF": (mupdf, "pymupdf"),
    "pdftotext": (poppler, "pdftotext"),
}
"""The readers, each with the module or program it needs."""


def installed(need: str) -> bool:
    """Return True if a module or program is installed."""
    return find_spec(need) is not None or shutil.which(need) is not None
